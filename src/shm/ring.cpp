#include "shm/ring.hpp"

#include <cstring>

namespace gale::shm {

bool Ring::is_section_length(std::int64_t length) noexcept {
    const auto capacity = length - ring_trailer_length;
    return capacity >= 1024 && capacity <= (1 << 30) && is_power_of_two(capacity);
}

Ring::Ring(std::span<std::byte> section) noexcept
    : data_{section.first(section.size() - ring_trailer_length)},
      capacity_{static_cast<std::int32_t>(data_.size())},
      trailer_{overlay<RingTrailer>(section, data_.size())} {
    ensure(is_section_length(static_cast<std::int64_t>(section.size())), "a ring is a power of two plus its trailer");
}

RecordHeader& Ring::record(std::int64_t index) const noexcept {
    return overlay<RecordHeader>(data_, static_cast<std::size_t>(index));
}

std::optional<Ring::Spot> Ring::claim(std::int32_t record_length) noexcept {
    const std::int32_t required = record_footprint(record_length);
    const std::int64_t mask = capacity_ - 1;
    std::int64_t head = trailer_.head_cache.load_acquire();
    std::int64_t tail = 0;
    std::int32_t padding = 0;
    do {
        tail = trailer_.tail.load_acquire();
        if (required > capacity_ - (tail - head)) {
            head = trailer_.head.load_acquire();  // pairs with the release in consume: the space is zero when we see it
            if (required > capacity_ - (tail - head)) return std::nullopt;
            trailer_.head_cache.store_release(head);
        }
        padding = 0;
        const auto to_end = static_cast<std::int32_t>(capacity_ - (tail & mask));
        if (required > to_end) {
            if (required > (head & mask)) {
                head = trailer_.head.load_acquire();
                if (required > (head & mask)) return std::nullopt;
                trailer_.head_cache.store_release(head);
            }
            padding = to_end;
        }
    } while (!trailer_.tail.compare_exchange(tail, tail + required + padding));

    auto index = static_cast<std::int32_t>(tail & mask);
    if (padding != 0) {
        RecordHeader& filler = record(index);
        filler.length.store_release(-padding);
        filler.type.store_relaxed(padding_type);
        filler.length.store_release(padding);
        index = 0;
    }
    return Spot{index};
}

RingWrite Ring::write(std::int32_t type, std::span<const std::byte> payload) noexcept {
    ensure(type >= 1, "record types count from 1");
    if (payload.size() > static_cast<std::size_t>(max_payload_length())) return RingWrite::too_long;
    const std::int32_t length = record_header_length + static_cast<std::int32_t>(payload.size());
    const auto spot = claim(length);
    if (!spot) return RingWrite::full;
    RecordHeader& header = record(spot->index);
    header.length.store_release(-length);  // a claim that can be repaired should we die before the last line
    std::atomic_thread_fence(std::memory_order_release);
    copy_in(payload, data_.data() + spot->index + record_header_length);
    header.type.store_relaxed(type);
    header.length.store_release(length);
    return RingWrite::written;
}

int Ring::read(Handler handler, int limit) {
    const std::int64_t head = trailer_.head.load_relaxed();
    const auto index = static_cast<std::int32_t>(head & (capacity_ - 1));
    const std::int32_t end = capacity_ - index;
    std::int32_t bytes = 0;
    int count = 0;
    struct Release {  // also when a handler throws: what was handed over is never handed over twice
        Ring& ring;
        std::int64_t head;
        std::int32_t index;
        std::int32_t& bytes;
        ~Release() { ring.consume(head, index, bytes); }
    } release{*this, head, index, bytes};

    while (bytes < end && count < limit) {
        RecordHeader& header = record(index + bytes);
        const std::int32_t length = header.length.load_acquire();  // pairs with the last store in write
        if (length <= 0) break;
        if (length < record_header_length || length > end - bytes || record_footprint(length) > end - bytes) {
            bytes += damaged_extent(index + bytes, end - bytes, head + bytes);
            ++damaged_;
            break;
        }
        const std::int32_t type = header.type.load_relaxed();
        const std::int32_t start = index + bytes + record_header_length;
        const std::int32_t before = bytes;
        bytes += record_footprint(length);
        if (type == padding_type) continue;
        const auto payload = data_.subspan(static_cast<std::size_t>(start), static_cast<std::size_t>(length - record_header_length));
        if (handler(type, payload) == RingRead::leave_for_later) {
            bytes = before;
            break;
        }
        ++count;
    }
    return count;
}

void Ring::consume(std::int64_t head, std::int32_t index, std::int32_t bytes) noexcept {
    if (bytes == 0) return;
    // Producers and unblock take any non-zero length word for a record: the whole run must be zero before the head moves.
    std::memset(data_.data() + index, 0, static_cast<std::size_t>(bytes));
    trailer_.head.store_release(head + bytes);
}

// A record whose length cannot be. The next place from which records chain without fault up to the tail (or the end of the
// buffer) is where honest producers go on; if there is none, all that was claimed so far is lost.
std::int32_t Ring::damaged_extent(std::int32_t index, std::int32_t limit, std::int64_t head) const noexcept {
    const std::int64_t claimed = trailer_.tail.load_acquire() - head;
    const auto reach = static_cast<std::int32_t>(claimed <= 0 || claimed > limit ? limit : claimed);
    for (std::int32_t start = record_alignment; start < reach; start += record_alignment) {
        std::int32_t at = start;
        while (at < reach) {
            const RecordHeader& header = record(index + at);
            const std::int32_t length = header.length.load_acquire();
            const std::int32_t size = length < 0 ? -length : length;
            const std::int32_t type = header.type.load_relaxed();
            if (length == INT32_MIN || size < record_header_length || size > reach - at || (length > 0 && type < 1 && type != padding_type)) break;
            at += record_footprint(size);
        }
        if (at == reach) return start;
    }
    return align_up(reach, record_alignment);
}

bool Ring::unblock(RingTail seen) noexcept {
    const std::int64_t head = trailer_.head.load_acquire();
    const std::int64_t tail = trailer_.tail.load_acquire();
    if (head == tail) return false;
    const std::int64_t mask = capacity_ - 1;
    const auto consumer = static_cast<std::int32_t>(head & mask);
    const auto producer = static_cast<std::int32_t>(tail & mask);
    RecordHeader& blocked = record(consumer);
    const std::int32_t length = blocked.length.load_acquire();
    if (length < 0) {
        const std::int32_t end = capacity_ - consumer;
        blocked.type.store_relaxed(padding_type);
        blocked.length.store_release(length < -end ? end : -length);
        return true;
    }
    if (length > 0) return false;
    const std::int32_t limit = producer > consumer ? producer : capacity_;
    for (std::int32_t at = consumer + record_alignment; at < limit; at += record_alignment) {
        if (record(at).length.load_acquire() == 0) continue;
        for (std::int32_t back = at - record_alignment; back >= consumer; back -= record_alignment)
            if (record(back).length.load_acquire() != 0) return false;  // a slow producer came to life meanwhile
        blocked.type.store_relaxed(padding_type);
        blocked.length.store_release(at - consumer);
        return true;
    }
    if (seen == RingTail::moved) return false;
    // Nothing behind it: the dead producer's claim is the last one, or reaches the end of the buffer.
    blocked.type.store_relaxed(padding_type);
    blocked.length.store_release(limit - consumer);
    return true;
}

}  // namespace gale::shm
