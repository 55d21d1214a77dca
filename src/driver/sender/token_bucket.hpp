/// So much a second, and so much at once: bounds what others can make us do.
#pragma once

#include "base/time.hpp"

#include <algorithm>
#include <cstdint>

namespace gale::driver::sender {

class TokenBucket {
public:
    /// `per_second` > 0, at most 2^33. Full at the beginning.
    TokenBucket(std::int64_t per_second, std::int64_t at_most) noexcept
        : per_second_{per_second}, at_most_{at_most}, tokens_{at_most} {}

    /// A tenth of a second's worth at once.
    [[nodiscard]] static TokenBucket smooth(std::int64_t per_second) noexcept {
        return {per_second, std::max<std::int64_t>(per_second / 10, 1)};
    }

    /// How many there are.
    [[nodiscard]] std::int64_t available(Nanos now) noexcept {
        refill(now);
        return tokens_;
    }
    /// Takes `amount`; it may go below zero, and then recovers first.
    void take(std::int64_t amount) noexcept { tokens_ -= amount; }

private:
    void refill(Nanos now) noexcept {
        constexpr std::int64_t second = 1'000'000'000;
        filled_ = std::max(filled_, now - Nanos{second});
        const std::int64_t earned = (now - filled_).count() * per_second_ / second;
        if (earned <= 0) return;
        tokens_ = std::min(at_most_, tokens_ + earned);
        filled_ += Nanos{earned * second / per_second_};  // what is not a whole one yet is not lost
    }

    std::int64_t per_second_;
    std::int64_t at_most_;
    std::int64_t tokens_;
    Nanos filled_{};
};

}  // namespace gale::driver::sender
