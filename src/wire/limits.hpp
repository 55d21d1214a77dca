/// What both sides of a stream agree on without asking. docs/formats/wire.md, limits.
#pragma once

#include "base/bits.hpp"
#include "wire/frame_header.hpp"

#include <cstdint>

namespace gale::wire {

inline constexpr std::int32_t min_term_length = 64 * 1024;
inline constexpr std::int32_t max_term_length = 1024 * 1024 * 1024;
inline constexpr std::int32_t min_mtu_length = 64;
inline constexpr std::int32_t max_mtu_length = 65504;  ///< the last multiple of 32 that a UDP payload can have
inline constexpr std::int32_t max_error_text_length = 1023;
inline constexpr std::int32_t max_driver_name_length = 512;

[[nodiscard]] constexpr bool is_term_length(std::int64_t length) noexcept {
    return length >= min_term_length && length <= max_term_length && is_power_of_two(length);
}
[[nodiscard]] constexpr bool is_mtu(std::int64_t length) noexcept {
    return length >= min_mtu_length && length <= max_mtu_length && length % frame_alignment == 0;
}
/// Whether a frame may begin there.
[[nodiscard]] constexpr bool is_term_offset(std::int32_t offset, std::int32_t term_length) noexcept {
    return offset >= 0 && offset < term_length && offset % frame_alignment == 0;
}

}  // namespace gale::wire
