/// How a call waits without a word from anybody: kind to the processor, and never far behind.
#pragma once

#include <gale/types.hpp>

#include <algorithm>
#include <chrono>
#include <stop_token>
#include <thread>

namespace gale::everyday {

/// Looks again at once, then lets others run, then sleeps: longer each time, at most a millisecond.
class Idle {
public:
    void rest() {
        if (rounds_ < looks) {
            ++rounds_;
        } else if (rounds_ < looks + yields) {
            ++rounds_;
            std::this_thread::yield();
        } else {
            std::this_thread::sleep_for(sleep_);
            sleep_ = std::min<Nanos>(sleep_ * 2, longest);
        }
    }
    /// Something came: the next wait begins anew.
    void reset() noexcept { *this = {}; }

private:
    static constexpr int looks = 20;
    static constexpr int yields = 20;
    static constexpr Nanos longest = std::chrono::milliseconds{1};
    int rounds_ = 0;
    Nanos sleep_ = std::chrono::microseconds{20};
};

/// The end of a time that may be endless. The clock is read only where it has one.
class Deadline {
public:
    explicit Deadline(Nanos timeout)
        : endless_{timeout == Nanos::max()}, end_{endless_ ? Nanos{} : saturated(now(), timeout)} {}
    [[nodiscard]] bool passed() const { return !endless_ && now() >= end_; }

private:
    static Nanos now() { return std::chrono::steady_clock::now().time_since_epoch(); }
    static Nanos saturated(Nanos from, Nanos timeout) noexcept {
        return timeout > Nanos::max() - from ? Nanos::max() : from + timeout;
    }
    bool endless_;
    Nanos end_;
};

/// Rests until `condition` holds (true), or time is up or a stop asked for (false). Looks at least once.
template <class Condition> bool wait_until(Condition condition, Nanos timeout, const std::stop_token& stop) {
    if (condition()) return true;
    const Deadline deadline{timeout};
    for (Idle idle; !stop.stop_requested() && !deadline.passed();) {
        idle.rest();
        if (condition()) return true;
    }
    return false;
}

}  // namespace gale::everyday
