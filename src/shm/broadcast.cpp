#include "shm/broadcast.hpp"

namespace gale::shm {
namespace {

std::span<std::byte> broadcast_data(std::span<std::byte> section) noexcept {
    ensure(is_broadcast_section_length(static_cast<std::int64_t>(section.size())),
           "a broadcast buffer is a power of two plus its trailer");
    return section.first(section.size() - broadcast_trailer_length);
}

// Where a record may begin: whatever the trailer holds, an index made of this lies within the buffer and is aligned.
std::int64_t record_place(std::int64_t counter) noexcept {
    return counter & (INT64_MAX >> 1) & ~std::int64_t{record_alignment - 1};
}

}  // namespace

bool is_broadcast_section_length(std::int64_t length) noexcept {
    const auto capacity = length - broadcast_trailer_length;
    return capacity >= 1024 && capacity <= (1 << 30) && is_power_of_two(capacity);
}

BroadcastTransmitter::BroadcastTransmitter(std::span<std::byte> section) noexcept
    : data_{broadcast_data(section)}, capacity_{static_cast<std::int32_t>(data_.size())},
      trailer_{overlay<BroadcastTrailer>(section, data_.size())}, tail_{record_place(trailer_.tail.load_acquire())} {}

void BroadcastTransmitter::transmit(std::int32_t type, std::span<const std::byte> payload) noexcept {
    ensure(type >= 1 && payload.size() <= static_cast<std::size_t>(max_payload_length()), "the record fits the buffer");
    const std::int64_t tail = tail_;
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
    tail_ = tail + padding + required;
    trailer_.tail.store_release(tail_);
}

BroadcastReceiver::BroadcastReceiver(std::span<std::byte> section)
    : data_{broadcast_data(section)}, capacity_{static_cast<std::int64_t>(data_.size())},
      trailer_{overlay<BroadcastTrailer>(section, data_.size())}, next_{record_place(trailer_.latest.load_acquire())},
      copy_(static_cast<std::size_t>(capacity_ / 8) + record_alignment) {}

bool BroadcastReceiver::still_valid(std::int64_t cursor) const noexcept {
    // Orders the copy before this look: had the transmitter begun to overwrite what we copied, its intent says so.
    std::atomic_thread_fence(std::memory_order_acquire);
    return cursor + capacity_ >= trailer_.tail_intent.load_acquire();
}

void BroadcastReceiver::skip_to(std::int64_t place) noexcept {
    ++lapped_;
    next_ = record_place(place);
}

std::optional<BroadcastReceiver::Message> BroadcastReceiver::receive() {
    // Overtaken twice in one call is bad luck; more often, somebody scribbled on the trailer, which must not keep us
    // here.
    for (int records = 0; records < 4; ++records) {
        const std::int64_t tail = trailer_.tail.load_acquire();  // pairs with the last store in transmit
        if (tail <= next_) return std::nullopt;
        const std::int64_t cursor = next_;
        const auto offset = static_cast<std::size_t>(cursor & (capacity_ - 1));
        const auto& header = overlay<RecordHeader>(data_, offset);
        const std::int32_t length = header.length.load_relaxed();
        const std::int32_t type = header.type.load_relaxed();
        const bool padding = type == padding_type;
        const std::int64_t room = padding ? capacity_ : capacity_ / 8 + record_header_length;
        const bool sane =
            length >= record_header_length && length <= room && length <= capacity_ - static_cast<std::int64_t>(offset);
        const auto payload_length = sane ? static_cast<std::size_t>(length - record_header_length) : 0;
        if (!padding) copy_out(data_.subspan(offset + record_header_length, payload_length), copy_.data());
        if (!still_valid(cursor)) {
            const std::int64_t latest = trailer_.latest.load_acquire();
            skip_to(latest > cursor ? latest : tail);
            continue;
        }
        if (!sane) {  // no overtaking made this: what lies behind it cannot be told apart
            skip_to(tail);
            return std::nullopt;
        }
        next_ = cursor + record_footprint(length);
        if (padding) continue;
        return Message{type, std::span{copy_}.first(payload_length)};
    }
    return std::nullopt;
}

}  // namespace gale::shm
