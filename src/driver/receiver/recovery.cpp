#include "driver/receiver/recovery.hpp"

#include "logbuffer/rebuild.hpp"

namespace gale::driver::receiver {

namespace {

constexpr Nanos longest_retry = std::chrono::milliseconds{100};
// Upstream's publications answer a question once in 10 ms, ours once in 2 ms.
constexpr Nanos echo_for_all = std::chrono::milliseconds{11};
constexpr Nanos echo_for_ours = std::chrono::milliseconds{3};
constexpr std::int32_t most_echoes = 3;
constexpr std::int64_t longest_echoed = 16 * 1024;  // what is longer would crowd out others
constexpr std::int32_t patient_from = 3;            // so often it is asked without waiting longer each time
constexpr Nanos group_window = std::chrono::milliseconds{10};
constexpr int group_naks_per_window = 16;  // as many repairs as an upstream publication has in hand

}  // namespace

Recovery::Recovery(const logbuffer::Log& log, Position start, const NakSettings& settings, std::uint64_t seed)
    : log_{log}, settings_{settings}, backoff_{settings.group_max_backoff, settings.group_size}, random_{seed},
      gaps_{settings.max_gaps}, rebuilt_{start}, high_water_{start}, tracked_{start} {}

void Recovery::on_data_out_of_order(Position begin, Position end, Nanos now) noexcept {
    if (begin > high_water_) miss(high_water_, begin, now);
    if (begin < tracked_) {
        Position touched{};
        const bool all_tracked = gaps_.close(begin, end, [&](OpenGap& gap) {
            touched = gap.begin;
            on_repair(gap, begin, now);
        });
        if (!all_tracked) tracked_ = touched;
    }
    if (end > high_water_) {
        if (tracked_ == high_water_) tracked_ = end;
        high_water_ = end;
    }
    update_rebuilt(now);
}

void Recovery::on_high_water(Position position, Position writable, Nanos now) noexcept {
    const Position known = std::min(position, writable);
    if (known <= high_water_) return;
    miss(high_water_, known, now);
    if (known < position) frayed_ = known;
    update_rebuilt(now);
}

// A NAK stays in one term.
void Recovery::miss(Position begin, Position end, Nanos now) noexcept {
    new_loss_ = true;
    while (begin < end) {
        const Position term_end = begin + (log_.term_length() - log_.geometry().offset(begin));
        miss_in_term(begin, std::min(end, term_end), now);
        begin = std::min(end, term_end);
    }
    high_water_ = end;
}

void Recovery::miss_in_term(Position begin, Position end, Nanos now) noexcept {
    if (tracked_ < begin) return;
    // Half of a frame is never sent, neither its front nor its back: what is asked for has to become one gap.
    const bool goes_on =
        begin == frayed_ && !gaps_.empty() && gaps_.back().end == begin && log_.geometry().offset(begin) != 0;
    if (!goes_on && gaps_.full()) return;  // `tracked_` stays where it is
    const Nanos due = now + first_delay();
    if (goes_on) {
        OpenGap& gap = gaps_.back();
        if (gap.times > 0) lost_bytes_ += end - begin;
        gap.end = end;
        gap.due = std::min(gap.due, due);
    } else {
        gaps_.add({.begin = begin, .end = end, .due = due});
    }
    tracked_ = end;
    next_due_ = std::min(next_due_, due);
}

void Recovery::update_rebuilt(Nanos now) noexcept {
    if (tracked_ < high_water_ && gaps_.size() <= settings_.max_gaps / 2) look_behind(now);
    rebuilt_ = gaps_.empty() ? tracked_ : gaps_.front().begin;
}

void Recovery::look_behind(Nanos now) noexcept {
    tracked_ = logbuffer::scan_gaps(log_, tracked_, high_water_, [&](const logbuffer::Gap& gap) {
        const Nanos due = now + first_delay();
        gaps_.add({.begin = gap.begin, .end = gap.end, .due = due});
        next_due_ = std::min(next_due_, due);
        return !gaps_.full();
    });
    tracked_ = std::min(tracked_, high_water_);
}

void Recovery::on_repair(OpenGap& gap, Position begin, Nanos now) noexcept {
    if (settings_.is_group) {  // perhaps somebody else asked: what is left of it may be on its way, too
        gap.due = std::max(gap.due, now + first_delay());
        return;
    }
    gap.echoes = 0;  // it is on its way
    if (gap.times != 1) return;
    const Nanos settling = reordering_ + std::max(settings_.retry, round_trip_.smoothed() / 8);
    if (begin > gap.begin) {  // repairs go up: the one before this was lost
        gap.due = std::min(gap.due, now + settling);
        next_due_ = std::min(next_due_, gap.due);
        return;
    }
    if (!gap.is_measured) {
        gap.is_measured = true;
        const Nanos sample = now - gap.asked;
        if (round_trip_.known() && sample < round_trip_.shortest() / 2) {  // nobody can have answered that fast
            reordering_ =
                std::min(std::max(reordering_, first_delay() + sample + sample / 4), round_trip_.smoothed() / 2);
            return;
        }
        reordering_ -= reordering_ / 32;
        round_trip_.on_sample(now, sample);
        ask_for_lost_repairs(gap, now + settling);
    }
    gap.due = std::max(gap.due, now + retry_delay(gap.times));
}

// Questions are answered in their order: what was asked for before `served` and has not come was lost again.
void Recovery::ask_for_lost_repairs(const OpenGap& served, Nanos due) noexcept {
    if (served.asked < served_) return;
    served_ = served.asked;
    for (OpenGap& gap : gaps_) {
        const bool is_before = gap.asked < served.asked || (gap.asked == served.asked && gap.begin < served.begin);
        if (gap.times == 0 || gap.is_measured || !is_before) continue;
        gap.due = std::min(gap.due, due);
        next_due_ = std::min(next_due_, gap.due);
    }
}

Nanos Recovery::echo_delay() const noexcept {
    return round_trip_.smoothed() >= 2 * echo_for_all ? echo_for_all : echo_for_ours;
}

// Everything waits for the gap whose repair was lost, and each loss more costs a round trip more. So the question is
// put again before it can have been answered: once when the first repair was lost, once more after each further one.
std::int32_t Recovery::echoes(std::int32_t times) const noexcept {
    if (settings_.is_group || !round_trip_.known() || round_trip_.smoothed() < 2 * echo_for_ours) return 0;
    return std::clamp(times - 1, 0, most_echoes);
}

int Recovery::ask(Nanos now, int limit, FunctionRef<void(const logbuffer::Gap&)> ask) noexcept {
    if (now < next_due_) return 0;
    int asked = 0;
    next_due_ = Nanos::max();
    for (OpenGap& gap : gaps_) {
        if (gap.due <= now && asked < limit && is_within_group_rate(now)) {
            ask({gap.begin, gap.end});
            ++asked;
            gap.asked = now;
            if (gap.echoes > 0) {
                --gap.echoes;
            } else {
                if (gap.times == 0) lost_bytes_ += gap.end - gap.begin;
                ++gap.times;
                gap.is_measured = false;
                gap.echoes = gap.end - gap.begin > longest_echoed ? 0 : echoes(gap.times);
            }
            gap.due = now + (gap.echoes > 0 ? echo_delay() : retry_delay(gap.times));
        }
        next_due_ = std::min(next_due_, gap.due);
    }
    return asked;
}

int Recovery::fill(Nanos now) noexcept {
    if (now < next_due_) return 0;
    int filled = 0;
    next_due_ = Nanos::max();
    for (auto gap = gaps_.begin(); gap != gaps_.end();) {
        if (logbuffer::fill_gap(log_, gap->begin, static_cast<std::int32_t>(gap->end - gap->begin))) {
            lost_bytes_ += gap->end - gap->begin;
            ++filled;
            gap = gaps_.drop(gap);
        } else {
            next_due_ = now + longest_retry;
            ++gap;
        }
    }
    update_rebuilt(now);
    return filled;
}

bool Recovery::is_within_group_rate(Nanos now) noexcept {
    if (!settings_.is_group) return true;
    if (now - group_window_ >= group_window) {
        group_window_ = now;
        group_asked_ = 0;
    }
    return group_asked_++ < group_naks_per_window;
}

Nanos Recovery::first_delay() noexcept {
    return settings_.is_group ? backoff_.draw(random_) : std::max(settings_.delay, reordering_);
}

Nanos Recovery::retry_delay(std::int32_t times) noexcept {
    const Nanos drawn = settings_.is_group ? backoff_.draw(random_) : Nanos{0};
    if (!round_trip_.known()) {
        const auto doublings = std::clamp(times - 1, 0, 7);
        return std::max(settings_.retry * (1 << doublings), drawn);
    }
    const Nanos patience = std::max(settings_.retry, round_trip_.timeout());
    const auto doublings = std::clamp(times - patient_from, 0, 6);
    return drawn + std::max(patience, std::min(patience * (1 << doublings), longest_retry));
}

}  // namespace gale::driver::receiver
