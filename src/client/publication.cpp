
#include "client/publication_common.hpp"

#include <gale/publication.hpp>

#include <utility>

namespace gale {

using client::ClientCore;

Publication::Publication() noexcept = default;
Publication::Publication(std::shared_ptr<client::PublicationState> state) noexcept : state_{std::move(state)} {}
Publication::Publication(Publication&& other) noexcept = default;
Publication& Publication::operator=(Publication&& other) noexcept {
    if (this == &other) return *this;
    close();
    state_ = std::move(other.state_);
    return *this;
}
Publication::~Publication() { close(); }

// Flattened, these two: what a call costs here is paid for every message.
[[gnu::flatten]] OfferResult Publication::offer(std::span<const std::byte> message) const noexcept {
    if (!client::is_message(message)) return OfferError::error;
    if (!client::is_open(state_)) return OfferError::closed;
    return state_->concurrent().offer(state_->limit(), logbuffer::SingleSource{message}, nullptr);
}

OfferResult Publication::offer(std::span<const std::byte> message, ReservedValueSupplier supplier) const {
    if (!client::is_message(message)) return OfferError::error;
    if (!client::is_open(state_)) return OfferError::closed;
    return state_->concurrent().offer(state_->limit(), logbuffer::SingleSource{message}, &supplier);
}

OfferResult Publication::offer(std::span<const std::span<const std::byte>> pieces) const noexcept {
    if (!client::are_pieces(pieces)) return OfferError::error;
    if (!client::is_open(state_)) return OfferError::closed;
    return state_->concurrent().offer(state_->limit(), logbuffer::VectorSource{pieces}, nullptr);
}

OfferResult Publication::offer(std::span<const std::span<const std::byte>> pieces,
                               ReservedValueSupplier supplier) const {
    if (!client::are_pieces(pieces)) return OfferError::error;
    if (!client::is_open(state_)) return OfferError::closed;
    return state_->concurrent().offer(state_->limit(), logbuffer::VectorSource{pieces}, &supplier);
}

[[gnu::flatten]] OfferResult Publication::try_claim(std::int32_t length, BufferClaim& claim) const noexcept {
    claim.abort();
    if (!state_) return OfferError::closed;
    if (length < 0 || length > state_->concurrent().max_payload_length()) return OfferError::error;
    if (!client::is_open(state_)) return OfferError::closed;
    logbuffer::ClaimedFrame claimed;
    const OfferResult result = state_->concurrent().claim(state_->limit(), length, claimed);
    if (result) claim.open(state_->log(), claimed.frame, claimed.frame_length);
    return result;
}

bool Publication::is_connected() const noexcept { return state_ && state_->is_connected(); }
bool Publication::is_closed() const noexcept { return !state_ || state_->is_closed(); }
ChannelStatus Publication::channel_status() const noexcept { return client::channel_status_of(state_.get()); }
std::optional<Position> Publication::position() const noexcept {
    if (is_closed()) return std::nullopt;
    return state_->concurrent().position();
}
std::optional<Position> Publication::position_limit() const noexcept { return client::position_limit_of(state_.get()); }
const PublicationConstants& Publication::constants() const noexcept { return client::constants_of(state_.get()); }
void Publication::close() noexcept { client::close(state_.get(), ClientCore::Ending::drain); }

}  // namespace gale
