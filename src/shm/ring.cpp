#include "shm/ring.hpp"

#include <cstring>
#include <vector>

namespace gale::shm {
namespace {

std::span<std::byte> ring_data(std::span<std::byte> section) noexcept {
    ensure(Ring::is_section_length(static_cast<std::int64_t>(section.size())),
           "a ring is a power of two plus its trailer");
    return section.first(section.size() - ring_trailer_length);
}

// Positions are words that every client can write: their difference wraps rather than overflows.
std::int64_t between(std::int64_t head, std::int64_t tail) noexcept {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(tail) - static_cast<std::uint64_t>(head));
}

std::int64_t after(std::int64_t position, std::int64_t bytes) noexcept {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(position) + static_cast<std::uint64_t>(bytes));
}

}  // namespace

bool Ring::is_section_length(std::int64_t length) noexcept {
    const auto capacity = length - ring_trailer_length;
    return capacity >= 1024 && capacity <= (1 << 30) && is_power_of_two(capacity);
}

Ring::Ring(std::span<std::byte> section) noexcept
    : data_{ring_data(section)}, capacity_{static_cast<std::int32_t>(data_.size())},
      trailer_{overlay<RingTrailer>(section, data_.size())} {}

RecordHeader& Ring::record(std::int64_t index) const noexcept {
    return overlay<RecordHeader>(data_, static_cast<std::size_t>(index));
}

std::int32_t Ring::index_of(std::int64_t position) const noexcept {
    return static_cast<std::int32_t>(position & (capacity_ - record_alignment));
}

std::optional<Ring::Spot> Ring::claim(std::int32_t record_length) noexcept {
    const std::int32_t required = record_footprint(record_length);
    std::int64_t head = trailer_.head_cache.load_acquire();
    std::int64_t tail = 0;
    std::int32_t padding = 0;
    do {
        tail = trailer_.tail.load_acquire();
        if (required > capacity_ - between(head, tail)) {
            head = trailer_.head.load_acquire();  // pairs with the release in consume: the space is zero when we see it
            if (required > capacity_ - between(head, tail)) return std::nullopt;
            trailer_.head_cache.store_release(head);
        }
        padding = 0;
        const std::int32_t to_end = capacity_ - index_of(tail);
        if (required > to_end) {
            if (required > index_of(head)) {
                head = trailer_.head.load_acquire();
                if (required > index_of(head)) return std::nullopt;
                trailer_.head_cache.store_release(head);
            }
            padding = to_end;
        }
    } while (!trailer_.tail.compare_exchange(tail, after(tail, required + padding)));

    std::int32_t index = index_of(tail);
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
    const std::int32_t index = index_of(head);
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
        const std::int32_t room = claimed_room(index + bytes, after(head, bytes));
        if (length < record_header_length || length > room) {
            bytes += damaged_extent(index + bytes, room);
            ++damaged_;
            break;  // one search per call, whatever the bytes are
        }
        const std::int32_t type = header.type.load_relaxed();
        const std::int32_t start = index + bytes + record_header_length;
        const std::int32_t before = bytes;
        bytes += record_footprint(length);
        if (type == padding_type) continue;
        const auto payload =
            data_.subspan(static_cast<std::size_t>(start), static_cast<std::size_t>(length - record_header_length));
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
    // Producers and unblock take any non-zero length word for a record: the whole run must be zero before the head
    // moves.
    std::memset(data_.data() + index, 0, static_cast<std::size_t>(bytes));
    trailer_.head.store_release(after(head, bytes));
}

// Bytes from `index` that producers have claimed without wrapping; to the end of the buffer when the tail makes no
// sense.
std::int32_t Ring::claimed_room(std::int32_t index, std::int64_t position) const noexcept {
    const std::int32_t to_end = capacity_ - index;
    const std::int64_t claimed = between(position, trailer_.tail.load_acquire());
    if (claimed <= 0 || claimed > to_end || claimed % record_alignment != 0) return to_end;
    return static_cast<std::int32_t>(claimed);
}

// How far to skip from a record whose length cannot be: to the next place from which records chain without fault up to
// the end of the room, or at least up to zeros, where somebody is still writing. If there is none, all of it is lost.
// From the end backwards, so that it takes one step per place whatever the bytes are.
std::int32_t Ring::damaged_extent(std::int32_t index, std::int32_t room) const {
    enum Chain : std::uint8_t { broken, to_zeros, to_end };
    std::vector<Chain> chains(static_cast<std::size_t>(room / record_alignment) + 1, broken);
    chains.back() = to_end;
    std::int32_t best = room;
    Chain best_chain = broken;
    bool only_zeros = true;
    for (std::int32_t at = room - record_alignment; at >= record_alignment; at -= record_alignment) {
        const RecordHeader& header = record(index + at);
        const std::int32_t length = header.length.load_acquire();
        const std::int32_t type = header.type.load_relaxed();
        only_zeros = only_zeros && length == 0 && type == 0;
        Chain& chain = chains[static_cast<std::size_t>(at / record_alignment)];
        if (only_zeros) chain = to_zeros;
        if (length == 0 || length < -room || length > room) continue;
        const std::int32_t size = length < 0 ? -length : length;
        if (size < record_header_length || size > room - at) continue;
        if (length > 0 && type < 1 && type != padding_type) continue;
        chain = chains[static_cast<std::size_t>((at + record_footprint(size)) / record_alignment)];
        if (chain == broken || chain < best_chain) continue;
        best = at;
        best_chain = chain;
    }
    return best;
}

// Whether anything was written in [from, to), looked at only where records may begin.
bool Ring::all_zero(std::int32_t from, std::int32_t to) const noexcept {
    for (std::int32_t at = to - record_alignment; at >= from; at -= record_alignment)
        if (record(at).length.load_acquire() != 0) return false;
    return true;
}

bool Ring::unblock(RingTail seen) {
    const std::int64_t head = trailer_.head.load_acquire();
    const std::int64_t tail = trailer_.tail.load_acquire();
    if (head == tail) return false;
    const std::int32_t consumer = index_of(head);
    const std::int32_t producer = index_of(tail);
    RecordHeader& blocked = record(consumer);
    const std::int32_t length = blocked.length.load_acquire();
    if (length > 0) return false;
    if (length < 0) {  // a claim that says how long it is, unless somebody scribbled on it
        const std::int32_t room = claimed_room(consumer, head);
        const bool sane = length >= -room && length <= -record_header_length;
        if (!sane) ++damaged_;
        blocked.type.store_relaxed(padding_type);
        blocked.length.store_release(sane ? -length : damaged_extent(consumer, room));
        return true;
    }
    const bool wrapped = producer <= consumer;
    const std::int32_t limit = wrapped ? capacity_ : producer;
    std::int32_t at = consumer + record_alignment;
    while (at < limit && record(at).length.load_acquire() == 0) at += record_alignment;
    const bool somebody_went_on = at < limit || (wrapped && !all_zero(0, producer));
    if (!somebody_went_on && seen == RingTail::moved) return false;  // perhaps a claim that is being made just now
    if (!all_zero(consumer, at)) return false;                       // a slow producer came to life meanwhile
    blocked.type.store_relaxed(padding_type);
    blocked.length.store_release(at - consumer);
    return true;
}

}  // namespace gale::shm
