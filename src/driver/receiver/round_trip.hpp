/// How long it takes from a question to its answer on the path of one image.
#pragma once

#include "base/shortest_of_late.hpp"
#include "base/time.hpp"

#include <algorithm>
#include <cstdint>

namespace gale::driver::receiver {

/// Smoothed, its spread, and the shortest of late. A value; fed by measurements and by repairs.
class RoundTrip {
public:
    void on_sample(Nanos now, Nanos sample) noexcept {
        sample = std::max(sample, Nanos{1});
        shortest_.add(now, sample);
        if (!known_) {
            smoothed_ = sample;
            spread_ = sample / 8;
            known_ = true;
            return;
        }
        const Nanos error = sample > smoothed_ ? sample - smoothed_ : smoothed_ - sample;
        spread_ += (error - spread_) / 4;
        smoothed_ += (sample - smoothed_) / 8;
    }

    [[nodiscard]] bool known() const noexcept { return known_; }
    [[nodiscard]] Nanos smoothed() const noexcept { return smoothed_; }
    /// Of the last 5 to 10 s: without the queues that come and go.
    [[nodiscard]] Nanos shortest() const noexcept { return known_ ? shortest_.get() : Nanos{}; }
    /// After that an answer is not likely to come any more.
    [[nodiscard]] Nanos timeout() const noexcept { return smoothed_ + std::max(4 * spread_, smoothed_ / 8); }

private:
    bool known_ = false;
    Nanos smoothed_{};
    Nanos spread_{};
    ShortestOfLate shortest_{};
};

}  // namespace gale::driver::receiver
