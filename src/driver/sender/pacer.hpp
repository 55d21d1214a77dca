/// How much of a window leaves at once. docs/formats/sending.md, pacing.
#pragma once

#include "base/time.hpp"

#include <gale/types.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <optional>

namespace gale::driver::sender {

/// On a long path a window is longer than what any queue holds: megabytes that leave together overflow the first one,
/// and what was lost comes a round trip later. So there a window is spread over the time that it takes to be granted
/// again. That time is measured, from some bytes' leaving to the status message that says that they were consumed; its
/// shortest value of late counts, and where that is short nothing is held back. For one receiver. The sender's thread.
class Pacer {
public:
    static constexpr Nanos long_path = std::chrono::milliseconds{4};
    static constexpr std::int64_t at_once = 256 * 1024;  ///< bytes that may always leave together, after a rest
    static constexpr std::int64_t least = 32 * 1024;     ///< less is not worth a cycle: it waits for more
    static constexpr std::int64_t everything = std::numeric_limits<std::int64_t>::max();

    /// Bytes that may leave now; 0: later.
    [[nodiscard]] std::int64_t budget(Nanos now) noexcept {
        if (!is_paced()) return everything;
        const auto most = std::max(static_cast<double>(at_once), per_second_ * seconds(deepest));
        tokens_ = std::min(tokens_ + per_second_ * seconds(now - filled_), most);
        filled_ = now;
        return tokens_ < static_cast<double>(least) ? 0 : static_cast<std::int64_t>(tokens_);
    }
    /// `bytes` left, up to `end`.
    void on_sent(std::int64_t bytes, Position end, Nanos now) noexcept {
        if (is_paced()) tokens_ -= static_cast<double>(bytes);
        if (!timed_) timed_ = Timed{end, now};
    }
    /// The one receiver consumed up to `consumed`, and grants `window` from there.
    void on_status(Position consumed, std::int64_t window, Nanos now) noexcept {
        if (timed_ && consumed >= timed_->end) {
            on_sample(std::max(now - timed_->left, Nanos{1}), now);
            timed_.reset();
        }
        const Nanos turn = shortest();
        if (turn == Nanos::max() || turn < long_path || window <= at_once) {
            per_second_ = 0;
            return;
        }
        if (!is_paced()) {
            filled_ = now;
            tokens_ = static_cast<double>(at_once);
        }
        per_second_ = static_cast<double>(window) * headroom / seconds(turn);
    }
    /// Nothing is held back: there are other receivers, or none.
    void stop() noexcept { *this = {}; }

    [[nodiscard]] bool is_paced() const noexcept { return per_second_ > 0; }
    [[nodiscard]] double bytes_per_second() const noexcept { return per_second_; }

private:
    struct Timed {
        Position end;
        Nanos left;
    };
    static constexpr double headroom = 1.25;  // so that all of a window is used, and may be seen to be too short
    static constexpr Nanos deepest = std::chrono::milliseconds{2};  // of the pace, for a thread that slept
    static constexpr Nanos half_memory = std::chrono::seconds{5};

    static double seconds(Nanos time) noexcept { return std::chrono::duration<double>(time).count(); }
    [[nodiscard]] Nanos shortest() const noexcept { return std::min(shortest_[0], shortest_[1]); }
    void on_sample(Nanos sample, Nanos now) noexcept {
        if (now - epoch_ > half_memory) {
            shortest_ = {sample, shortest_[0]};
            epoch_ = now;
        }
        shortest_[0] = std::min(shortest_[0], sample);
    }

    double per_second_ = 0;  // 0: nothing is held back
    double tokens_ = 0;
    Nanos filled_{};
    std::optional<Timed> timed_{};
    std::array<Nanos, 2> shortest_{Nanos::max(), Nanos::max()};  // of this half of the memory, and of the one before
    Nanos epoch_{};
};

}  // namespace gale::driver::sender
