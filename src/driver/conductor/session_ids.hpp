/// Which session id comes next: drawn at random, so that drivers that start over do not repeat each other's, and
/// leaving out a range kept for those who choose their own.
#pragma once

#include "base/random.hpp"

#include <gale/function_ref.hpp>
#include <gale/types.hpp>

#include <cstdint>

namespace gale::driver {

class SessionIds {
public:
    /// `random` outlives it. The range takes up half of all ids at most.
    SessionIds(Random& random, std::int32_t reserved_low, std::int32_t reserved_high) noexcept
        : random_{random}, low_{reserved_low}, high_{reserved_high} {}

    /// One outside the range for which `is_taken` says no.
    [[nodiscard]] SessionId take(FunctionRef<bool(SessionId)> is_taken) {
        for (;;) {
            const SessionId candidate{random_.next_int32()};
            const bool reserved = candidate.value >= low_ && candidate.value <= high_;
            if (!reserved && !is_taken(candidate)) return candidate;
        }
    }

private:
    Random& random_;
    std::int32_t low_;
    std::int32_t high_;
};

}  // namespace gale::driver
