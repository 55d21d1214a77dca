/// The ring from many clients to one driver. docs/formats/rings.md, to-driver ring.
#pragma once

#include "shm/records.hpp"

#include <gale/function_ref.hpp>

#include <cstdint>
#include <optional>
#include <span>

namespace gale::shm {

struct RingTrailer {
    std::byte unused[128];
    alignas(128) Cell<std::int64_t> tail;                // producers, by compare_exchange
    alignas(128) Cell<std::int64_t> head_cache;          // producers
    alignas(128) Cell<std::int64_t> head;                // the consumer
    alignas(128) Cell<std::int64_t> correlation;         // anybody, by fetch_add
    alignas(128) Cell<std::int64_t> consumer_heartbeat;  // the consumer; ms since 1970, -1 after a clean stop
};
static_assert(sizeof(RingTrailer) == 768 && offsetof(RingTrailer, tail) == 128 &&
              offsetof(RingTrailer, head_cache) == 256);
static_assert(offsetof(RingTrailer, head) == 384 && offsetof(RingTrailer, correlation) == 512);
static_assert(offsetof(RingTrailer, consumer_heartbeat) == 640);

inline constexpr std::int32_t ring_trailer_length = 768;

enum class RingWrite { written, full, too_long };
enum class RingRead { consumed, leave_for_later };
/// Whether anybody has claimed anything while the head stood still.
enum class RingTail { moved, stood_still };

/// A view of the ring's section; any thread may produce, one thread of one process consumes.
class Ring {
public:
    using Handler = FunctionRef<RingRead(std::int32_t type, std::span<const std::byte> payload)>;

    /// A power of two plus the trailer, at least 1 KiB.
    [[nodiscard]] static bool is_section_length(std::int64_t length) noexcept;
    /// `section` is aligned to 64 and of a legal length; it outlives the ring.
    explicit Ring(std::span<std::byte> section) noexcept;

    [[nodiscard]] std::int32_t capacity() const noexcept { return capacity_; }
    [[nodiscard]] std::int32_t max_payload_length() const noexcept { return capacity_ / 8; }

    /// A fresh identity: the only source of them in the system.
    [[nodiscard]] std::int64_t next_correlation_id() noexcept { return trailer_.correlation.fetch_add(1); }
    [[nodiscard]] Cell<std::int64_t>& consumer_heartbeat() noexcept { return trailer_.consumer_heartbeat; }
    [[nodiscard]] const Cell<std::int64_t>& consumer_heartbeat() const noexcept { return trailer_.consumer_heartbeat; }
    /// Changes with every claim: the word that a consumer with nothing to do sleeps on.
    [[nodiscard]] const void* tail_address() const noexcept { return trailer_.tail.address(); }

    /// One whole record. `type` >= 1.
    [[nodiscard]] RingWrite write(std::int32_t type, std::span<const std::byte> payload) noexcept;

    /// Consumer: hands over at most `limit` records, oldest first, and returns how many were consumed. A record whose
    /// length makes no sense is skipped with all that cannot be told apart behind it, counted, and ends the call.
    int read(Handler handler, int limit) noexcept(false);
    /// Records or runs of bytes that had to be skipped so far. The consumer's own count.
    [[nodiscard]] std::int64_t damaged() const noexcept { return damaged_; }

    [[nodiscard]] std::int64_t head() const noexcept { return trailer_.head.load_acquire(); }
    [[nodiscard]] std::int64_t tail() const noexcept { return trailer_.tail.load_acquire(); }
    /// Consumer: turns the record at the head, claimed by somebody who will never commit it, into padding.
    /// True when that freed something. Call it only when the head has stood still for long; a claim behind which
    /// nothing was ever written can be told from one just being made only when the tail stood still as long.
    bool unblock(RingTail seen);

private:
    struct Spot {
        std::int32_t index;
    };
    [[nodiscard]] std::optional<Spot> claim(std::int32_t record_length) noexcept;
    [[nodiscard]] RecordHeader& record(std::int64_t index) const noexcept;
    void consume(std::int64_t head, std::int32_t index, std::int32_t bytes) noexcept;
    [[nodiscard]] std::int32_t index_of(std::int64_t position) const noexcept;
    [[nodiscard]] std::int32_t claimed_room(std::int32_t index, std::int64_t position) const noexcept;
    [[nodiscard]] std::int32_t damaged_extent(std::int32_t index, std::int32_t room) const;
    [[nodiscard]] bool all_zero(std::int32_t from, std::int32_t to) const noexcept;

    std::span<std::byte> data_;
    std::int32_t capacity_;
    RingTrailer& trailer_;
    std::int64_t damaged_ = 0;
};

}  // namespace gale::shm
