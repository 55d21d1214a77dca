/// What an image has, what it misses, and when to ask for it. Knows positions and time, nothing of the network.
#pragma once

#include "base/random.hpp"
#include "driver/receiver/nak_delay.hpp"
#include "driver/receiver/open_gaps.hpp"
#include "driver/receiver/round_trip.hpp"
#include "logbuffer/gaps.hpp"
#include "logbuffer/log.hpp"

#include <gale/function_ref.hpp>

namespace gale::driver::receiver {

struct NakSettings {
    Nanos delay{1'000};    ///< before the first NAK; of groups it is drawn
    Nanos retry{100'000};  ///< before the next ones, as long as the round trip is not known; at least
    bool is_group = false;
    Nanos group_max_backoff{10'000'000};
    std::int32_t group_size = 10;
    std::size_t max_gaps = 1024;  ///< tracked at once; what is missing behind them is found when they are repaired
};

/// Gaps come from arrivals, not from searching the log: bytes that arrive behind others leave a gap, bytes that arrive
/// in one close it. Each gap has its own timer.
class Recovery {
public:
    Recovery(const logbuffer::Log& log, Position start, const NakSettings& settings, std::uint64_t seed);

    /// Below it everything is there.
    [[nodiscard]] Position rebuilt() const noexcept { return rebuilt_; }
    /// The highest position that is known to exist.
    [[nodiscard]] Position high_water() const noexcept { return high_water_; }
    [[nodiscard]] const RoundTrip& round_trip() const noexcept { return round_trip_; }

    /// [begin, end) lies in the log now, in one term.
    void on_data(Position begin, Position end, Nanos now) noexcept {
        if (begin == high_water_ && rebuilt_ == high_water_) [[likely]]
            rebuilt_ = high_water_ = tracked_ = end;
        else
            on_data_out_of_order(begin, end, now);
    }
    /// The publication has sent up to there. What is missing is asked for as far as the log may be written.
    void on_high_water(Position position, Position writable, Nanos now) noexcept;
    void on_round_trip(Nanos now, Nanos sample) noexcept { round_trip_.on_sample(now, sample); }

    /// When the first gap is to be asked for; Nanos::max() when none is missing.
    [[nodiscard]] Nanos due() const noexcept { return next_due_; }
    /// Calls `ask(gap)` for each gap whose time has come, at most `limit`; how many.
    int ask(Nanos now, int limit, FunctionRef<void(const logbuffer::Gap&)> ask) noexcept;
    /// Instead of asking: replaces what is missing by padding. How many gaps.
    int fill(Nanos now) noexcept;

    /// Whether something new was missing since the last call.
    [[nodiscard]] bool take_new_loss() noexcept { return std::exchange(new_loss_, false); }
    /// Bytes that were asked for first, or filled, since the last call.
    [[nodiscard]] std::int64_t take_lost_bytes() noexcept { return std::exchange(lost_bytes_, 0); }

private:
    void on_data_out_of_order(Position begin, Position end, Nanos now) noexcept;
    void miss(Position begin, Position end, Nanos now) noexcept;
    void miss_in_term(Position begin, Position end, Nanos now) noexcept;
    void on_repair(OpenGap& gap, Position begin, Nanos now) noexcept;
    void ask_for_lost_repairs(const OpenGap& served, Nanos due) noexcept;
    void look_behind(Nanos now) noexcept;
    void update_rebuilt(Nanos now) noexcept;
    bool is_within_group_rate(Nanos now) noexcept;
    [[nodiscard]] Nanos echo_delay() const noexcept;
    [[nodiscard]] std::int32_t echoes(std::int32_t times) const noexcept;
    [[nodiscard]] Nanos first_delay() noexcept;
    [[nodiscard]] Nanos retry_delay(std::int32_t times) noexcept;

    logbuffer::Log log_;
    NakSettings settings_;
    GroupBackoff backoff_;
    Random random_;
    RoundTrip round_trip_;
    OpenGaps gaps_;
    Position rebuilt_;
    Position high_water_;
    Position tracked_;     // gaps below are in the list; at and above, up to the high water, only the log knows
    Position frayed_{-1};  // where the high water was cut off, perhaps in the midst of a frame
    Nanos next_due_ = Nanos::max();
    Nanos reordering_{};  // how late data comes that was only overtaken
    Nanos served_{};      // the latest question that was answered
    Nanos group_window_{};
    int group_asked_ = 0;
    std::int64_t lost_bytes_ = 0;
    bool new_loss_ = false;
};

}  // namespace gale::driver::receiver
