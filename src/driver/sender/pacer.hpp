/// How much of a window leaves at once. docs/formats/sending.md, pacing.
#pragma once

#include "base/shortest_of_late.hpp"
#include "base/time.hpp"

#include <gale/types.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>

namespace gale::driver::sender {

/// On a long path a window is longer than what any queue holds: megabytes that leave together overflow the first one,
/// and what was lost comes a round trip later. So there a window is spread over the time that it takes to be granted
/// again: from some bytes' leaving to the status message that says that they were consumed, where another one came in
/// between, and both because much was consumed. Where none comes in between, what was timed would be how often they
/// come, and the path is short or little is on it. The shortest time of late counts, and where that is short nothing is
/// held back. For one receiver. The sender's thread.
class Pacer {
public:
    static constexpr Nanos long_path = std::chrono::milliseconds{4};
    static constexpr std::int64_t at_once = 256 * 1024;  ///< bytes that may always leave together, after a rest
    static constexpr std::int64_t least = 32 * 1024;     ///< less is not worth a cycle, unless it is all there is
    /// Consumed since the status message before, or a quarter of the window: then it is the reason for this one.
    static constexpr std::int64_t much_consumed = 512 * 1024;
    static constexpr std::int64_t everything = std::numeric_limits<std::int64_t>::max();

    /// Bytes that may leave now.
    [[nodiscard]] std::int64_t budget(Nanos now) noexcept {
        if (!is_paced()) return everything;
        const auto most = std::max(static_cast<double>(at_once), per_second_ * seconds(deepest));
        tokens_ = std::min(tokens_ + per_second_ * seconds(now - filled_), most);
        filled_ = now;
        return std::max(static_cast<std::int64_t>(tokens_), std::int64_t{0});
    }
    /// `bytes` left, up to `end`.
    void on_sent(std::int64_t bytes, Position end, Nanos now) noexcept {
        if (is_paced()) tokens_ -= static_cast<double>(bytes);
        if (!timed_) timed_ = Timed{.end = end, .left = now};
    }
    /// The receiver consumed up to `consumed`, and grants `window` from there. Another receiver is another path.
    void on_status(std::int64_t receiver, Position consumed, std::int64_t window, Nanos now) noexcept {
        if (receiver_ && receiver != *receiver_) stop();
        receiver_ = receiver;
        window_ = window;
        const bool is_caused = consumed - consumed_ >= std::min(much_consumed, window / 4);
        consumed_ = std::max(consumed_, consumed);
        if (timed_ && consumed >= timed_->end) {
            if (is_caused && timed_->heard_between) turns_.add(now, std::max(now - timed_->left, Nanos{1}));
            timed_.reset();
        } else if (timed_ && is_caused) {
            timed_->heard_between = true;
        }
        follow(now);
    }
    /// Nothing is held back, and nothing is known: there are other receivers, or none.
    void stop() noexcept { *this = {}; }

    [[nodiscard]] bool is_paced() const noexcept { return per_second_ > 0; }
    [[nodiscard]] double bytes_per_second() const noexcept { return per_second_; }

private:
    struct Timed {
        Position end;
        Nanos left;
        bool heard_between = false;
    };
    static constexpr double headroom = 1.25;  // so that all of a window is used, and may be seen to be too short
    static constexpr Nanos deepest = std::chrono::milliseconds{2};  // of the pace, for a thread that slept

    static double seconds(Nanos time) noexcept { return std::chrono::duration<double>(time).count(); }
    void follow(Nanos now) noexcept {
        const Nanos turn = turns_.get();
        if (turn == Nanos::max() || turn < long_path || window_ <= at_once) {
            per_second_ = 0;
            return;
        }
        if (!is_paced()) {
            filled_ = now;
            tokens_ = static_cast<double>(at_once);
        }
        per_second_ = static_cast<double>(window_) * headroom / seconds(turn);
    }

    double per_second_ = 0;  // 0: nothing is held back
    double tokens_ = 0;
    Nanos filled_{};
    std::optional<std::int64_t> receiver_{};
    Position consumed_{};
    std::int64_t window_ = 0;
    std::optional<Timed> timed_{};
    ShortestOfLate turns_{};
};

}  // namespace gale::driver::sender
