/// Time as an argument: read once per duty cycle by whoever runs it, then handed down.
#pragma once

#include <gale/types.hpp>

namespace gale {

/// One moment, seen by both clocks.
struct Tick {
    Nanos now{};    ///< monotonic: for deadlines
    Millis wall{};  ///< since 1970: only for what other processes will read
};

/// Where ticks come from: the system's in a program, a virtual one in a simulation.
class Clock {
public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual Tick tick() noexcept = 0;
};

}  // namespace gale
