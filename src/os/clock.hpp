/// The system's clocks: monotonic for deadlines, wall for what other processes read.
#pragma once

#include "base/time.hpp"

namespace gale::os {

class SystemClock final : public Clock {
public:
    [[nodiscard]] Tick tick() noexcept override;
};

/// The one system clock of this process; it has no state. Thread-safe.
[[nodiscard]] Clock& system_clock() noexcept;

/// Since 1970, as fine as the system has it: for times that frames carry, never for deadlines.
[[nodiscard]] Nanos real_time() noexcept;

}  // namespace gale::os
