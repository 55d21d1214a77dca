/// How long duty cycles take: the longest, and how many were longer than they should be.
#pragma once

#include <gale/types.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

namespace gale::agent {

/// What one cycle changed; the caller stores it where others can read it.
struct CycleReport {
    bool is_longest = false;
    bool exceeded = false;
};

/// Fed with the time of each tick by the thread that it watches. The rest after a cycle counts as part of it.
class CycleTracker {
public:
    explicit constexpr CycleTracker(Nanos threshold) noexcept : threshold_{threshold} {}

    /// From `now` to `now`: the first call only starts the watch.
    [[nodiscard]] constexpr CycleReport on_cycle(Nanos now) noexcept {
        if (!previous_) {
            previous_ = now;
            return {};
        }
        return on_duration(now - *std::exchange(previous_, now));
    }
    /// For something that was timed otherwise, like one name's resolution.
    [[nodiscard]] constexpr CycleReport on_duration(Nanos duration) noexcept {
        const CycleReport report{.is_longest = duration > longest_, .exceeded = duration > threshold_};
        longest_ = std::max(longest_, duration);
        exceeded_count_ += report.exceeded ? 1 : 0;
        return report;
    }

    [[nodiscard]] constexpr Nanos threshold() const noexcept { return threshold_; }
    [[nodiscard]] constexpr Nanos longest() const noexcept { return longest_; }
    [[nodiscard]] constexpr std::int64_t exceeded_count() const noexcept { return exceeded_count_; }

private:
    Nanos threshold_;
    std::optional<Nanos> previous_{};
    Nanos longest_{};
    std::int64_t exceeded_count_ = 0;
};

}  // namespace gale::agent
