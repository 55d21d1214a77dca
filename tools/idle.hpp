/// What a loop does when it found nothing to do.
#pragma once

#include "os/process.hpp"

#include <chrono>
#include <thread>

namespace gale::tools {

enum class Idling {
    spin,     ///< never gives the processor away: for measurements on a processor of one's own
    yield,    ///< lets others run after each look: the shortest wait where threads share processors
    poised,   ///< spins some microseconds, then lets others run in between: for those who read or write in bulk
    backoff,  ///< the same, then sleeps ever longer, at most a millisecond: for those who wait long
};

class Idle {
public:
    explicit Idle(Idling how) noexcept : how_{how} {}
    /// Something was done.
    void reset() noexcept { rounds_ = 0; }
    void wait() noexcept {
        ++rounds_;
        if (how_ == Idling::spin || (how_ != Idling::yield && rounds_ <= spins)) {
            os::spin_hint();
        } else if (how_ != Idling::backoff || rounds_ <= spins + yields) {
            os::yield_thread();
        } else {
            const unsigned doublings = rounds_ - spins - yields < 8 ? rounds_ - spins - yields : 8;
            os::sleep_for(
                std::min<Nanos>(std::chrono::microseconds{4} * (1U << doublings), std::chrono::milliseconds{1}));
        }
    }

private:
    static constexpr unsigned spins = 256;  // some microseconds: longer than a round trip takes
    static constexpr unsigned yields = 64;
    Idling how_;
    unsigned rounds_ = 0;
};

/// Spinning needs a processor for each who spins.
[[nodiscard]] inline Idling fastest_idling(unsigned spinners) noexcept {
    return std::thread::hardware_concurrency() >= spinners ? Idling::spin : Idling::yield;
}

}  // namespace gale::tools
