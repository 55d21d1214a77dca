#include "client/publication_common.hpp"

#include <gale/publication.hpp>

#include <utility>

namespace gale {

using client::ClientCore;

ExclusivePublication::ExclusivePublication() noexcept = default;
ExclusivePublication::ExclusivePublication(std::shared_ptr<client::PublicationState> state) noexcept
    : state_{std::move(state)} {}
ExclusivePublication::ExclusivePublication(ExclusivePublication&& other) noexcept = default;
ExclusivePublication& ExclusivePublication::operator=(ExclusivePublication&& other) noexcept {
    if (this == &other) return *this;
    close();
    state_ = std::move(other.state_);
    return *this;
}
ExclusivePublication::~ExclusivePublication() { close(); }

// Flattened, these two: what a call costs here is paid for every message.
[[gnu::flatten]] OfferResult ExclusivePublication::offer(std::span<const std::byte> message) noexcept {
    if (!client::is_message(message)) return OfferError::error;
    if (!client::is_open(state_)) return OfferError::closed;
    return state_->exclusive().offer(state_->limit(), logbuffer::SingleSource{message}, nullptr);
}

OfferResult ExclusivePublication::offer(std::span<const std::byte> message, ReservedValueSupplier supplier) {
    if (!client::is_message(message)) return OfferError::error;
    if (!client::is_open(state_)) return OfferError::closed;
    return state_->exclusive().offer(state_->limit(), logbuffer::SingleSource{message}, &supplier);
}

OfferResult ExclusivePublication::offer(std::span<const std::span<const std::byte>> pieces) noexcept {
    if (!client::are_pieces(pieces)) return OfferError::error;
    if (!client::is_open(state_)) return OfferError::closed;
    return state_->exclusive().offer(state_->limit(), logbuffer::VectorSource{pieces}, nullptr);
}

OfferResult ExclusivePublication::offer(std::span<const std::span<const std::byte>> pieces,
                                        ReservedValueSupplier supplier) {
    if (!client::are_pieces(pieces)) return OfferError::error;
    if (!client::is_open(state_)) return OfferError::closed;
    return state_->exclusive().offer(state_->limit(), logbuffer::VectorSource{pieces}, &supplier);
}

[[gnu::flatten]] OfferResult ExclusivePublication::try_claim(std::int32_t length, BufferClaim& claim) noexcept {
    claim.abort();
    if (!state_) return OfferError::closed;
    if (length < 0 || length > state_->exclusive().max_payload_length()) return OfferError::error;
    if (!client::is_open(state_)) return OfferError::closed;
    logbuffer::ClaimedFrame claimed;
    const OfferResult result = state_->exclusive().claim(state_->limit(), length, claimed);
    if (result) claim.open(state_->log(), claimed.frame, claimed.frame_length);
    return result;
}

OfferResult ExclusivePublication::append_padding(std::int32_t length) noexcept {
    if (!state_) return OfferError::closed;
    if (length < 0 || length > state_->exclusive().max_message_length()) return OfferError::error;
    if (!client::is_open(state_)) return OfferError::closed;
    return state_->exclusive().append_padding(state_->limit(), length);
}

OfferResult ExclusivePublication::offer_block(std::span<const std::byte> frames) noexcept {
    if (frames.data() == nullptr) return OfferError::error;
    if (!client::is_open(state_)) return OfferError::closed;
    return state_->exclusive().offer_block(state_->limit(), frames);
}

bool ExclusivePublication::is_connected() const noexcept { return state_ && state_->is_connected(); }
bool ExclusivePublication::is_closed() const noexcept { return !state_ || state_->is_closed(); }
ChannelStatus ExclusivePublication::channel_status() const noexcept { return client::channel_status_of(state_.get()); }
std::optional<Position> ExclusivePublication::position() const noexcept {
    if (is_closed()) return std::nullopt;
    return state_->exclusive().position();
}
std::optional<Position> ExclusivePublication::position_limit() const noexcept {
    return client::position_limit_of(state_.get());
}
const PublicationConstants& ExclusivePublication::constants() const noexcept {
    return client::constants_of(state_.get());
}
void ExclusivePublication::close() noexcept { client::close(state_.get(), ClientCore::Ending::drain); }
void ExclusivePublication::revoke() noexcept { client::close(state_.get(), ClientCore::Ending::revoke); }

}  // namespace gale
