/// SIGINT and SIGTERM as a flag that a program looks at and sleeps on.
#pragma once

#include <gale/types.hpp>

namespace gale::os {

/// Made by `main` before any thread, one at a time; as long as it lives, the first of the two signals only asks the
/// program to stop, the second one ends it at once, and SIGPIPE is ignored. Every call from any thread.
class StopSignals {
public:
    /// Throws when the system has no descriptor left.
    StopSignals();
    StopSignals(const StopSignals&) = delete;
    StopSignals& operator=(const StopSignals&) = delete;
    ~StopSignals();

    [[nodiscard]] bool requested() const noexcept;
    /// The same as a signal would.
    void request() noexcept;
    /// Sleeps until a stop is asked for, at most `timeout`; true when it is.
    bool wait_for(Nanos timeout) const noexcept;
    /// Becomes readable, and stays so, when a stop is asked for: for those who wait for other things, too.
    [[nodiscard]] int descriptor() const noexcept { return read_end_; }

private:
    int read_end_ = -1;
    int write_end_ = -1;
};

}  // namespace gale::os
