/// Giving terms back as zeros, so that a length word of 0 always means "nothing here yet". docs/formats/log-buffer.md,
/// cleaning.
#pragma once

#include "logbuffer/log.hpp"

#include <gale/types.hpp>

#include <algorithm>
#include <cstdint>

namespace gale::logbuffer {

/// Zeroes a log behind its slowest reader. One per log, the driver's conductor. Publishers may reach only what is zero:
/// while their limit stays below `position()` plus two terms, a message that overshoots it does too.
class Cleaner {
public:
    /// Nothing below `start` is touched.
    Cleaner(const Log& log, Position start) noexcept;
    /// Zeroes from where it stands up to `target`, at most to the end of that term and at most `limit` bytes. Returns
    /// how many.
    std::int64_t advance(Position target, std::int64_t limit) noexcept;
    /// The same, but less than a step's worth waits for more of it, so that the conductor rests beside a slow stream;
    /// unless `urgent`: somebody may soon want the room.
    std::int64_t advance_in_steps(Position target, std::int64_t limit, bool urgent) noexcept {
        return urgent || target >= clean_ + step() ? advance(target, limit) : 0;
    }
    [[nodiscard]] std::int64_t step() const noexcept { return std::min(longest_step, log_.term_length() / 64L); }
    [[nodiscard]] Position position() const noexcept { return clean_; }

private:
    static constexpr std::int64_t longest_step = 64 * 1024;
    Log log_;
    Position clean_;
};

}  // namespace gale::logbuffer
