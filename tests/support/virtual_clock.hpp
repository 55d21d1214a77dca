/// Time that stands still until a test moves it.
#pragma once

#include <gale/clock.hpp>

#include <chrono>

namespace gale::testing {

/// Not thread-safe: for those who step everything on one thread.
class VirtualClock final : public Clock {
public:
    [[nodiscard]] Tick tick() noexcept override { return tick_; }
    void advance(Nanos by) noexcept {
        const auto before = std::chrono::duration_cast<Millis>(tick_.now);
        tick_.now += by;
        tick_.wall += std::chrono::duration_cast<Millis>(tick_.now) - before;
    }
    void step_wall(Millis by) noexcept { tick_.wall += by; }

private:
    Tick tick_{.now = std::chrono::seconds{1000}, .wall = Millis{1'700'000'000'000}};
};

}  // namespace gale::testing
