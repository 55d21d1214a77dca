/// Chance from a seed (splitmix64): the same seed tells the same story.
#pragma once

#include <cstdint>

namespace gale {

/// Spreads numbers that lie close together: splitmix64's finish.
[[nodiscard]] constexpr std::uint64_t mixed(std::uint64_t value) noexcept {
    value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
    value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
    return value ^ (value >> 31U);
}

class Random {
public:
    constexpr explicit Random(std::uint64_t seed) noexcept : state_{seed} {}
    constexpr std::uint64_t next() noexcept { return mixed(state_ += 0x9e3779b97f4a7c15U); }
    constexpr std::int32_t next_int32() noexcept { return static_cast<std::int32_t>(next() >> 32U); }
    /// Uniform enough in [0, bound); bound > 0.
    constexpr std::uint64_t below(std::uint64_t bound) noexcept { return next() % bound; }

private:
    std::uint64_t state_;
};

}  // namespace gale
