/// Which session id comes next: consecutive from a random start, leaving out a range kept for those who choose their
/// own.
#pragma once

#include <gale/function_ref.hpp>
#include <gale/types.hpp>

#include <cstdint>

namespace gale::driver {

class SessionIds {
public:
    SessionIds(std::int32_t start, std::int32_t reserved_low, std::int32_t reserved_high) noexcept
        : next_{start}, low_{reserved_low}, high_{reserved_high} {}

    /// The next one outside the range for which `is_taken` says no.
    [[nodiscard]] SessionId take(FunctionRef<bool(SessionId)> is_taken) {
        for (;;) {
            if (next_ >= low_ && next_ <= high_) next_ = after(high_);
            const SessionId candidate{next_};
            next_ = after(next_);
            if (!is_taken(candidate)) return candidate;
        }
    }

private:
    [[nodiscard]] static std::int32_t after(std::int32_t id) noexcept {
        return static_cast<std::int32_t>(static_cast<std::uint32_t>(id) + 1U);
    }
    std::int32_t next_;
    std::int32_t low_;
    std::int32_t high_;
};

}  // namespace gale::driver
