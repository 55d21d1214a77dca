/// Powers of two and alignment.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace gale {

inline constexpr std::size_t cache_line_length = 64;

/// The next multiple of `alignment` (a power of two) at or above `value`.
template <std::integral T> [[nodiscard]] constexpr T align_up(T value, std::type_identity_t<T> alignment) noexcept {
    return static_cast<T>((value + (alignment - 1)) & ~(alignment - 1));
}
template <std::integral T> [[nodiscard]] constexpr bool is_power_of_two(T value) noexcept {
    return value > 0 && (value & (value - 1)) == 0;
}
/// The exponent of a power of two.
template <std::integral T> [[nodiscard]] constexpr int log2_of(T power_of_two) noexcept {
    return std::countr_zero(static_cast<std::make_unsigned_t<T>>(power_of_two));
}

static_assert(align_up(33, 32) == 64 && align_up(64, 32) == 64 && align_up(0, 32) == 0);
static_assert(is_power_of_two(65536) && !is_power_of_two(65535) && !is_power_of_two(0));
static_assert(log2_of(65536) == 16);

}  // namespace gale
