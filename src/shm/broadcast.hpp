/// The broadcast buffer from one driver to every client; slow readers are lapped. docs/formats/rings.md, to-clients
/// broadcast.
#pragma once

#include "shm/records.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace gale::shm {

struct BroadcastTrailer {
    Cell<std::int64_t> tail_intent;  // the transmitter, before it touches what it will overwrite
    Cell<std::int64_t> tail;         // the transmitter, when a record is whole
    Cell<std::int64_t> latest;       // the transmitter: where the newest record begins
    std::byte unused[104];
};
static_assert(sizeof(BroadcastTrailer) == 128);

inline constexpr std::int32_t broadcast_trailer_length = 128;

[[nodiscard]] bool is_broadcast_section_length(std::int64_t length) noexcept;

/// One per buffer, one thread.
class BroadcastTransmitter {
public:
    explicit BroadcastTransmitter(std::span<std::byte> section) noexcept;
    [[nodiscard]] std::int32_t max_payload_length() const noexcept { return capacity_ / 8; }
    /// `type` >= 1; the payload is at most `max_payload_length` bytes.
    void transmit(std::int32_t type, std::span<const std::byte> payload) noexcept;
    /// Changes with every record: the word that receivers with nothing to do sleep on.
    [[nodiscard]] const void* tail_address() const noexcept { return trailer_.tail.address(); }

private:
    std::span<std::byte> data_;
    std::int32_t capacity_;
    BroadcastTrailer& trailer_;
    std::int64_t tail_;  // our own: clients can write the shared one
};

/// Any number per buffer; each has its own place and is used by one thread at a time.
class BroadcastReceiver {
public:
    struct Message {
        std::int32_t type;
        std::span<const std::byte> payload;  ///< the receiver's own copy, valid until the next call
    };
    /// Starts at the newest record, which it delivers again.
    explicit BroadcastReceiver(std::span<std::byte> section);
    /// The next record, if there is one.
    [[nodiscard]] std::optional<Message> receive();
    /// How often the transmitter overtook this receiver, or a record made no sense; every time, records were lost.
    [[nodiscard]] std::int64_t lapped() const noexcept { return lapped_; }
    [[nodiscard]] const void* tail_address() const noexcept { return trailer_.tail.address(); }

private:
    [[nodiscard]] bool still_valid(std::int64_t cursor) const noexcept;
    void skip_to(std::int64_t place) noexcept;

    std::span<std::byte> data_;
    std::int64_t capacity_;
    BroadcastTrailer& trailer_;
    std::int64_t next_;
    std::int64_t lapped_ = 0;
    std::vector<std::byte> copy_;
};

}  // namespace gale::shm
