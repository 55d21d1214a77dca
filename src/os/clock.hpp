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

}  // namespace gale::os
