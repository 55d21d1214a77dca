#include "everyday/idle.hpp"
#include "everyday/publisher_state.hpp"

#include <gale/publisher.hpp>

#include <utility>

namespace gale {

std::string_view name(PutStatus status) noexcept {
    switch (status) {
    case PutStatus::success: return "success";
    case PutStatus::not_connected: return "not_connected";
    case PutStatus::back_pressured: return "back_pressured";
    case PutStatus::admin_action: return "admin_action";
    case PutStatus::closed: return "closed";
    case PutStatus::too_large: return "too_large";
    case PutStatus::max_position_exceeded: return "max_position_exceeded";
    case PutStatus::error: return "error";
    }
    return "unknown";
}

Publisher::Publisher(std::unique_ptr<everyday::PublisherState> state) noexcept : state_{std::move(state)} {}
Publisher::Publisher(Publisher&&) noexcept = default;
Publisher& Publisher::operator=(Publisher&&) noexcept = default;
Publisher::~Publisher() = default;

PutStatus Publisher::put(Bytes message) {
    return state_ == nullptr ? PutStatus::closed : state_->put(message, state_->put_options());
}
PutStatus Publisher::put(Bytes message, const PutOptions& options) {
    return state_ == nullptr ? PutStatus::closed : state_->put(message, options);
}
PutStatus Publisher::put(Pieces message) {
    return state_ == nullptr ? PutStatus::closed : state_->put(message, state_->put_options());
}
PutStatus Publisher::put(Pieces message, const PutOptions& options) {
    return state_ == nullptr ? PutStatus::closed : state_->put(message, options);
}

bool Publisher::is_connected() const noexcept { return state_ != nullptr && state_->is_connected(); }

bool Publisher::wait_connected(Nanos timeout, const std::stop_token& stop) const {
    const auto settled = [&] { return is_closed() || is_connected(); };
    return everyday::wait_until(settled, timeout, stop) && !is_closed();
}

bool Publisher::is_closed() const noexcept { return state_ == nullptr || state_->is_closed(); }

std::optional<Error> Publisher::close_reason() const {
    if (state_ == nullptr) return Error{ErrorCode::closed, "the publisher was moved away"};
    return state_->is_closed() ? std::optional<Error>{state_->why_closed()} : std::nullopt;
}

const std::string& Publisher::uri() const noexcept {
    static const std::string none;
    return state_ == nullptr ? none : state_->uri();
}
StreamId Publisher::stream_id() const noexcept {
    return state_ == nullptr ? StreamId{} : state_->constants().stream_id;
}
SessionId Publisher::session_id() const noexcept {
    return state_ == nullptr ? SessionId{} : state_->constants().session_id;
}
std::size_t Publisher::max_message_length() const noexcept {
    return state_ == nullptr ? 0 : static_cast<std::size_t>(state_->constants().max_message_length);
}

void Publisher::close() noexcept {
    if (state_ != nullptr) state_->close();
}

Publisher publisher(const Context& context, const Config& config) {
    return Publisher{std::make_unique<everyday::PublisherState>(context.connection(), config)};
}

}  // namespace gale
