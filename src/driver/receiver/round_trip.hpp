/// How long it takes from a question to its answer on the path of one image.
#pragma once

#include "base/time.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace gale::driver::receiver {

/// Smoothed, its spread, and the shortest of late. A value; fed by measurements and by repairs.
class RoundTrip {
public:
    void on_sample(Nanos now, Nanos sample) noexcept {
        sample = std::max(sample, Nanos{1});
        if (!known_) {
            smoothed_ = sample;
            spread_ = sample / 8;
            shortest_ = {sample, sample};
            epoch_ = now;
            known_ = true;
            return;
        }
        const Nanos error = sample > smoothed_ ? sample - smoothed_ : smoothed_ - sample;
        spread_ += (error - spread_) / 4;
        smoothed_ += (sample - smoothed_) / 8;
        if (now - epoch_ > half_memory) {
            shortest_ = {sample, shortest_[0]};
            epoch_ = now;
        }
        shortest_[0] = std::min(shortest_[0], sample);
    }

    [[nodiscard]] bool known() const noexcept { return known_; }
    [[nodiscard]] Nanos smoothed() const noexcept { return smoothed_; }
    /// Of the last 5 to 10 s: without the queues that come and go.
    [[nodiscard]] Nanos shortest() const noexcept { return std::min(shortest_[0], shortest_[1]); }
    /// After that an answer is not likely to come any more.
    [[nodiscard]] Nanos timeout() const noexcept { return smoothed_ + std::max(4 * spread_, smoothed_ / 8); }

private:
    static constexpr Nanos half_memory = std::chrono::seconds{5};
    bool known_ = false;
    Nanos smoothed_{};
    Nanos spread_{};
    std::array<Nanos, 2> shortest_{};  // of this half of the memory, and of the one before
    Nanos epoch_{};
};

}  // namespace gale::driver::receiver
