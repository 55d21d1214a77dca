#include "everyday/connection.hpp"

#include <gale/context.hpp>

namespace gale {

Context::Context(const ContextOptions& options) : connection_{std::make_shared<everyday::Connection>(options)} {}
Context::Context(Context&&) noexcept = default;
Context& Context::operator=(Context&&) noexcept = default;
Context::~Context() = default;

const std::string& Context::directory() const { return connection()->directory(); }

bool Context::is_embedded() const noexcept { return connection_ != nullptr && connection_->is_embedded(); }

bool Context::is_closed() const noexcept { return connection_ == nullptr || connection_->is_closed(); }

std::optional<Error> Context::close_reason() const {
    if (connection_ == nullptr) return Error{ErrorCode::closed, "the context was moved away"};
    if (!connection_->is_closed()) return std::nullopt;
    return connection_->why_closed("the context");
}

Client& Context::client() const { return connection()->client(); }

void Context::close() noexcept {
    if (connection_ != nullptr) connection_->close();
}

const std::shared_ptr<everyday::Connection>& Context::connection() const {
    if (connection_ == nullptr) throw Error{ErrorCode::closed, "the context was moved away"};
    return connection_;
}

}  // namespace gale
