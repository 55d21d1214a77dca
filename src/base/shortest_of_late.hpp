/// The shortest of the times that were measured lately.
#pragma once

#include "base/time.hpp"

#include <algorithm>
#include <array>
#include <chrono>

namespace gale {

/// Of the last 5 to 10 s: without the queues that come and go. A value.
class ShortestOfLate {
public:
    void add(Nanos now, Nanos sample) noexcept {
        if (now - epoch_ > half_memory) {
            shortest_ = {sample, shortest_[0]};
            epoch_ = now;
        }
        shortest_[0] = std::min(shortest_[0], sample);
    }
    /// Nanos::max() before the first one.
    [[nodiscard]] Nanos get() const noexcept { return std::min(shortest_[0], shortest_[1]); }

private:
    static constexpr Nanos half_memory = std::chrono::seconds{5};
    std::array<Nanos, 2> shortest_{Nanos::max(), Nanos::max()};  // of this half of the memory, and of the one before
    Nanos epoch_{};
};

}  // namespace gale
