/// SIGINT and SIGTERM as a flag that a program looks at and sleeps on.
#pragma once

#include <gale/types.hpp>

namespace gale::os {

struct SignalWatch;

/// As long as one lives, the first of the two signals only asks all that there are to stop, and the next one ends the
/// program at once. The last to go gives the program back what it did with the signals before. Every call from any
/// thread.
class StopSignals {
public:
    /// Throws when the system has no descriptor left.
    StopSignals();
    StopSignals(const StopSignals&) = delete;
    StopSignals& operator=(const StopSignals&) = delete;
    ~StopSignals();

    [[nodiscard]] bool requested() const noexcept;
    /// The same as a signal would, for this one only.
    void request() noexcept;
    /// Sleeps until a stop is asked for, at most `timeout`; true when it is.
    bool wait_for(Nanos timeout) const noexcept;
    /// Becomes readable, and stays so, when a stop is asked for: for those who wait for other things, too.
    [[nodiscard]] int descriptor() const noexcept;

private:
    SignalWatch& watch_;
};

/// Writing to a pipe that nobody reads is then an error like others, for the rest of the process. A program's choice,
/// not a library's.
void ignore_broken_pipes() noexcept;

}  // namespace gale::os
