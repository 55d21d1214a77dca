/// The 32 bytes at the front of every frame, in a log as on the wire. docs/formats/log-buffer.md, frames.
#pragma once

#include "base/bits.hpp"

#include <gale/types.hpp>

#include <cstddef>
#include <cstdint>

namespace gale::wire {

inline constexpr std::int32_t frame_alignment = 32;

enum class FrameType : std::uint16_t {
    padding = 0,
    data = 1,
    nak = 2,
    status_message = 3,
    error = 4,
    setup = 5,
    rtt_measurement = 6,
    resolution = 7,
    response_setup = 11,
};

/// Of data frames; those of other frames stand in their structs.
namespace flags {
inline constexpr std::uint8_t begin = 0x80;
inline constexpr std::uint8_t end = 0x40;
inline constexpr std::uint8_t whole = begin | end;
inline constexpr std::uint8_t end_of_stream = 0x20;
inline constexpr std::uint8_t revoked = 0x10;
}  // namespace flags

/// As it lies in memory; all little-endian. `frame_length` is raced over: see logbuffer/frame.hpp.
struct FrameHeader {
    std::int32_t frame_length;  ///< header included, not aligned; negative while being written, 0: nothing here yet
    std::uint8_t version;
    std::uint8_t flags;
    FrameType type;
    std::int32_t term_offset;
    std::int32_t session_id;
    std::int32_t stream_id;
    std::int32_t term_id;
    std::int64_t reserved_value;
};
static_assert(sizeof(FrameHeader) == 32 && offsetof(FrameHeader, type) == 6 && offsetof(FrameHeader, term_offset) == 8);
static_assert(offsetof(FrameHeader, term_id) == 20 && offsetof(FrameHeader, reserved_value) == 24);

inline constexpr std::int32_t frame_header_length = static_cast<std::int32_t>(sizeof(FrameHeader));

/// Bytes that a frame takes up: its length rounded up to 32.
[[nodiscard]] constexpr std::int32_t footprint(std::int32_t frame_length) noexcept {
    return align_up(frame_length, frame_alignment);
}

}  // namespace gale::wire
