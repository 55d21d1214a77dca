#include "logbuffer/append.hpp"

namespace gale::logbuffer {
namespace {

// One more, also for a count that no honest publisher wrote.
std::int32_t counted_on(std::int32_t count) noexcept {
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(count) + 1U);
}

}  // namespace

void rotate_log(LogMetadata& metadata, std::int32_t count, TermId term_id) noexcept {
    const TermId next = term_after(term_id, 1);
    const TermId expected = term_after(next, -term_count);
    const std::int32_t next_count = counted_on(count);
    auto& tail = metadata.tails[static_cast<std::size_t>(partition_of(next_count))];
    for (;;) {
        // The id is compared, not the offset: late tripping publishers may still be adding to a tail three terms old.
        const std::int64_t raw = tail.load_acquire();
        if (RawTail{raw}.term_id() != expected || tail.compare_exchange(raw, RawTail{next, 0}.value)) break;
    }
    metadata.active_term_count.compare_exchange(count, next_count);
}

OfferResult ConcurrentAppender::end_of_term(Place place, std::int32_t required) const noexcept {
    // Just one of those who trip finds room left; it pads, the others only help to rotate.
    const std::int32_t count = terms_between(log_.geometry().initial_term_id(), place.term_id);
    pad_to(log_.term(partition_of(count)), place.offset, log_.term_length(), place.term_id);
    if (log_.geometry().position(place).value + required >= log_.geometry().max_position())
        return OfferError::max_position_exceeded;
    rotate_log(log_.metadata(), count, place.term_id);
    return OfferError::admin_action;
}

ExclusiveAppender::ExclusiveAppender(const Log& log, StreamIdentity stream) noexcept : AppenderBase{log, stream} {
    LogMetadata& metadata = log_.metadata();
    const std::int32_t count = metadata.active_term_count.load_acquire();
    partition_ = partition_of(count);
    tail_ = &metadata.tails[static_cast<std::size_t>(partition_)];
    const RawTail tail{tail_->load_acquire()};
    term_id_ = tail.term_id();
    offset_ = tail.offset(log_.term_length());
    term_ = log_.term(partition_);
    term_begin_ = log_.geometry().position({term_id_, 0}).value;
}

OfferResult ExclusiveAppender::end_of_term() noexcept {
    // In the last term nothing is used up: a shorter message may still fit.
    if (term_begin_ + log_.term_length() >= log_.geometry().max_position()) return OfferError::max_position_exceeded;
    tail_->store_release(RawTail{term_id_, log_.term_length()}.value);
    pad_to(term_, offset_, log_.term_length(), term_id_);
    enter_next_term();
    return OfferError::admin_action;
}

void ExclusiveAppender::enter_next_term() noexcept {
    LogMetadata& metadata = log_.metadata();
    term_begin_ += log_.term_length();
    term_id_ = term_after(term_id_, 1);
    partition_ = (partition_ + 1) % term_count;
    term_ = log_.term(partition_);
    tail_ = &metadata.tails[static_cast<std::size_t>(partition_)];
    offset_ = 0;
    tail_->store_relaxed(RawTail{term_id_, 0}.value);
    metadata.active_term_count.store_release(terms_between(log_.geometry().initial_term_id(), term_id_));
}

OfferResult ExclusiveAppender::append_padding(std::int64_t limit, std::int32_t length) noexcept {
    const Position at = position();
    if (at.value >= limit) return blocked(at, length);
    const std::int32_t required = wire::footprint(length + wire::frame_header_length);
    if (required > log_.term_length() - offset_) return end_of_term();
    const std::int32_t end = advance_tail(required);
    const std::int32_t offset = std::exchange(offset_, end);
    const std::int32_t frame_length = length + wire::frame_header_length;
    claim_frame(term_ + offset, frame_length, offset, stream_, term_id_, wire::flags::whole, wire::FrameType::padding);
    commit_frame(term_ + offset, frame_length);
    return Position{term_begin_ + end};
}

namespace {

// Every frame of the block must be one that this stream could have written itself, one behind the other.
bool is_block_of(std::span<const std::byte> block, StreamIdentity stream, Place place) noexcept {
    if (block.size() < sizeof(wire::FrameHeader) || block.size() % wire::frame_alignment != 0) return false;
    std::size_t at = 0;
    while (at < block.size()) {
        wire::FrameHeader header{};
        if (block.size() - at < sizeof header) return false;
        std::memcpy(&header, block.data() + at, sizeof header);
        const bool ours = header.session_id == stream.session_id.value && header.stream_id == stream.stream_id.value &&
                          header.term_id == place.term_id.value &&
                          header.term_offset == place.offset + static_cast<std::int32_t>(at);
        const bool kind = header.type == wire::FrameType::data || (at > 0 && header.type == wire::FrameType::padding);
        if (!ours || !kind || header.frame_length < wire::frame_header_length) return false;
        if (static_cast<std::size_t>(header.frame_length) > block.size() - at) return false;
        at += static_cast<std::size_t>(wire::footprint(header.frame_length));
    }
    return at == block.size();
}

}  // namespace

OfferResult ExclusiveAppender::offer_block(std::int64_t limit, std::span<const std::byte> block) noexcept {
    if (offset_ >= log_.term_length()) {
        if (term_begin_ + log_.term_length() >= log_.geometry().max_position())
            return OfferError::max_position_exceeded;
        enter_next_term();
    }
    const Position at = position();
    if (at.value >= limit) return blocked(at, static_cast<std::int64_t>(block.size()));
    if (block.size() > static_cast<std::size_t>(log_.term_length() - offset_)) return OfferError::error;
    if (!is_block_of(block, stream_, {term_id_, offset_})) return OfferError::error;
    const std::int32_t end = advance_tail(static_cast<std::int32_t>(block.size()));
    std::byte* frame = term_ + std::exchange(offset_, end);
    const std::size_t header = sizeof(wire::FrameHeader);
    std::memcpy(frame + header, block.data() + header, block.size() - header);
    std::memcpy(frame + 4, block.data() + 4, header - 4);
    std::int32_t first_length = 0;
    std::memcpy(&first_length, block.data(), sizeof first_length);
    commit_frame(frame, first_length);
    return Position{term_begin_ + end};
}

}  // namespace gale::logbuffer
