#include "shm/broadcast.hpp"

namespace gale::shm {

bool is_broadcast_section_length(std::int64_t length) noexcept {
    const auto capacity = length - broadcast_trailer_length;
    return capacity >= 1024 && capacity <= (1 << 30) && is_power_of_two(capacity);
}

BroadcastTransmitter::BroadcastTransmitter(std::span<std::byte> section) noexcept
    : data_{section.first(section.size() - broadcast_trailer_length)},
      capacity_{static_cast<std::int32_t>(data_.size())},
      trailer_{overlay<BroadcastTrailer>(section, data_.size())} {
    ensure(is_broadcast_section_length(static_cast<std::int64_t>(section.size())), "a broadcast buffer is a power of two plus its trailer");
}

void BroadcastTransmitter::transmit(std::int32_t type, std::span<const std::byte> payload) noexcept {
    ensure(type >= 1 && payload.size() <= static_cast<std::size_t>(max_payload_length()), "the record fits the buffer");
    const std::int64_t tail = trailer_.tail.load_relaxed();
    const std::int32_t length = record_header_length + static_cast<std::int32_t>(payload.size());
    const std::int32_t required = record_footprint(length);
    auto offset = static_cast<std::int32_t>(tail & (capacity_ - 1));
    const std::int32_t to_end = capacity_ - offset;
    const std::int32_t padding = to_end < required ? to_end : 0;

    trailer_.tail_intent.store_release(tail + padding + required);
    // No byte of the new record may become visible before the intent that warns slow readers of it.
    std::atomic_thread_fence(std::memory_order_release);
    if (padding != 0) {
        auto& filler = overlay<RecordHeader>(data_, static_cast<std::size_t>(offset));
        filler.length.store_relaxed(padding);
        filler.type.store_relaxed(padding_type);
        offset = 0;
    }
    auto& header = overlay<RecordHeader>(data_, static_cast<std::size_t>(offset));
    header.length.store_relaxed(length);
    header.type.store_relaxed(type);
    copy_in(payload, data_.data() + offset + record_header_length);
    trailer_.latest.store_release(tail + padding);
    trailer_.tail.store_release(tail + padding + required);
}

BroadcastReceiver::BroadcastReceiver(std::span<std::byte> section)
    : data_{section.first(section.size() - broadcast_trailer_length)},
      capacity_{static_cast<std::int64_t>(data_.size())},
      trailer_{overlay<BroadcastTrailer>(section, data_.size())},
      next_{trailer_.latest.load_acquire()},
      copy_(static_cast<std::size_t>(capacity_ / 8) + record_alignment) {
    ensure(is_broadcast_section_length(static_cast<std::int64_t>(section.size())), "a broadcast buffer is a power of two plus its trailer");
}

bool BroadcastReceiver::still_valid(std::int64_t cursor) const noexcept {
    // Orders the copy before this look: had the transmitter begun to overwrite what we copied, its intent says so.
    std::atomic_thread_fence(std::memory_order_acquire);
    return cursor + capacity_ >= trailer_.tail_intent.load_acquire();
}

void BroadcastReceiver::skip_to_latest() noexcept {
    ++lapped_;
    next_ = trailer_.latest.load_acquire();
}

std::optional<BroadcastReceiver::Message> BroadcastReceiver::receive() {
    for (;;) {
        const std::int64_t tail = trailer_.tail.load_acquire();  // pairs with the last store in transmit
        if (tail <= next_) return std::nullopt;
        const std::int64_t cursor = next_;
        const auto offset = static_cast<std::size_t>(cursor & (capacity_ - 1));
        const auto& header = overlay<RecordHeader>(data_, offset);
        const std::int32_t length = header.length.load_relaxed();
        const std::int32_t type = header.type.load_relaxed();
        const bool sane = length >= record_header_length && length <= capacity_ - static_cast<std::int64_t>(offset);
        const bool fits = sane && (type == padding_type || static_cast<std::size_t>(length - record_header_length) <= copy_.size() - record_alignment);
        if (fits && type != padding_type)
            copy_out(data_.subspan(offset + record_header_length, static_cast<std::size_t>(length - record_header_length)), copy_.data());
        if (!still_valid(cursor) || !fits) {
            skip_to_latest();
            continue;
        }
        next_ = cursor + record_footprint(length);
        if (type == padding_type) continue;
        return Message{type, std::span{copy_}.first(static_cast<std::size_t>(length - record_header_length))};
    }
}

}  // namespace gale::shm
