#include "client/client_core.hpp"

#include <gale/image.hpp>

#include <utility>

namespace gale {
namespace {

constexpr std::size_t max_reason_length = 1023;

}  // namespace

Image::Image(std::shared_ptr<client::ImageState> state) noexcept : state_{std::move(state)} {}

// An image that was moved from has nothing to read, and says that it is closed.
int Image::poll(FragmentHandler handler, int fragment_limit) {
    return state_ ? state_->poll(handler, fragment_limit) : 0;
}
int Image::controlled_poll(ControlledFragmentHandler handler, int fragment_limit) {
    return state_ ? state_->controlled_poll(handler, fragment_limit) : 0;
}
int Image::bounded_poll(FragmentHandler handler, Position limit, int fragment_limit) {
    return state_ ? state_->bounded_poll(handler, limit, fragment_limit) : 0;
}
int Image::bounded_controlled_poll(ControlledFragmentHandler handler, Position limit, int fragment_limit) {
    return state_ ? state_->bounded_controlled_poll(handler, limit, fragment_limit) : 0;
}
Position Image::controlled_peek(Position from, ControlledFragmentHandler handler, Position limit) {
    return state_ ? state_->controlled_peek(from, handler, limit) : from;
}
int Image::block_poll(BlockHandler handler, int byte_limit) {
    return state_ ? state_->block_poll(handler, byte_limit) : 0;
}
bool Image::set_position(Position to) noexcept { return state_ && state_->set_position(to); }

Position Image::position() const noexcept { return state_ ? state_->position() : Position{}; }
Position Image::join_position() const noexcept { return state_ ? state_->join_position() : Position{}; }
bool Image::is_closed() const noexcept { return !state_ || state_->is_closed(); }
bool Image::is_end_of_stream() const noexcept { return state_ && state_->is_end_of_stream(); }
std::optional<Position> Image::end_of_stream_position() const noexcept {
    return state_ ? state_->end_of_stream_position() : std::nullopt;
}
bool Image::is_publication_revoked() const noexcept { return state_ && state_->is_publication_revoked(); }
int Image::active_transport_count() const noexcept { return state_ ? state_->active_transport_count() : 0; }
CorrelationId Image::correlation_id() const noexcept {
    return state_ ? state_->constants().correlation_id : CorrelationId{};
}
SessionId Image::session_id() const noexcept { return state_ ? state_->constants().session_id : SessionId{}; }
StreamId Image::stream_id() const noexcept { return state_ ? state_->constants().stream_id : StreamId{}; }
TermId Image::initial_term_id() const noexcept {
    return state_ ? state_->log().geometry().initial_term_id() : TermId{};
}
std::int32_t Image::term_length() const noexcept { return state_ ? state_->log().term_length() : 0; }
std::int32_t Image::mtu_length() const noexcept { return state_ ? state_->log().mtu_length() : 0; }
CounterId Image::position_counter_id() const noexcept {
    return state_ ? state_->constants().position_counter_id : no_counter;
}
const std::string& Image::source_identity() const noexcept {
    static const std::string nobody;
    return state_ ? state_->constants().source_identity : nobody;
}

void* Image::attached() const noexcept { return state_ ? state_->attached() : nullptr; }

void Image::reject(std::string_view reason) {
    if (!state_) throw Error{ErrorCode::closed, "the image was moved away: reject the one it was moved to"};
    const auto& core = state_->core();
    core->refuse_in_handler("Image::reject", "call it from another thread, or after the handler");
    if (reason.size() > max_reason_length)
        throw Error{ErrorCode::invalid_argument,
                    "the reason has " + std::to_string(reason.size()) + " bytes; at most 1023 are allowed"};
    if (is_closed()) throw Error{ErrorCode::closed, "the image is closed: there is nothing to reject any more"};
    static_cast<void>(Pending<CorrelationId>{core->reject_image(*state_, reason)}.wait());
}

}  // namespace gale
