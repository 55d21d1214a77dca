#include "os/clock.hpp"

#include <chrono>

namespace gale::os {

Tick SystemClock::tick() noexcept {
    return {.now = std::chrono::steady_clock::now().time_since_epoch(),
            .wall = std::chrono::duration_cast<Millis>(std::chrono::system_clock::now().time_since_epoch())};
}

Clock& system_clock() noexcept {
    static SystemClock clock;
    return clock;
}

Nanos real_time() noexcept { return std::chrono::system_clock::now().time_since_epoch(); }

}  // namespace gale::os
