#include "driver/sender/flow_control.hpp"

#include <algorithm>
#include <limits>
#include <vector>

namespace gale::driver::sender {
namespace {

constexpr Position no_edge{std::numeric_limits<std::int64_t>::max()};

/// The fastest receiver, or the only one.
class MaxFlowControl final : public FlowControl {
public:
    Position on_status(const Status& status, Position limit, Nanos /*now*/) noexcept override {
        return std::max(limit, status.edge());
    }
    Position on_idle(Position limit, Nanos /*now*/) noexcept override { return limit; }
    void on_elicitation(std::int64_t /*receiver_id*/, std::optional<std::int64_t> /*group_tag*/) noexcept override {}
    void on_setup(Position /*limit*/, Nanos /*now*/) noexcept override {}
    void on_error(std::int64_t /*receiver_id*/) noexcept override {}
    [[nodiscard]] bool has_required_receivers() const noexcept override { return true; }
    [[nodiscard]] std::int64_t receiver_count() const noexcept override { return 0; }
};

/// The slowest receiver, or the slowest of those with the tag.
class MinFlowControl final : public FlowControl {
public:
    explicit MinFlowControl(const FlowControlSpec& spec) : spec_{spec} {
        receivers_.reserve(spec.max_receivers);
        newcomers_.reserve(max_newcomers);
    }

    Position on_status(const Status& status, Position limit, Nanos now) noexcept override {
        const bool counts = is_one_of_us(status.group_tag);
        Position slowest = pin(now);
        std::int64_t widest = status.window;
        bool known = false;
        for (Receiver& receiver : receivers_) {
            if (counts && receiver.id == status.receiver_id) {
                receiver.edge = status.edge();
                receiver.window = status.window;
                receiver.heard = now;
                receiver.leaves = status.end_of_stream;
                known = true;
            }
            slowest = std::min(slowest, receiver.edge);
            widest = std::max(widest, receiver.window);
        }
        if (counts && !known && may_join(status, slowest - widest)) {
            receivers_.push_back({status.receiver_id, status.edge(), status.window, now, false});
            slowest = std::min(slowest, status.edge());
            known = true;
        }
        if (known && !status.end_of_stream) forget_newcomer(status.receiver_id);
        if (!has_required_receivers()) return limit;
        return std::max(limit, receivers_.empty() ? status.edge() : slowest);
    }

    Position on_idle(Position limit, Nanos now) noexcept override {
        std::erase_if(receivers_, [&](const Receiver& receiver) {
            return receiver.leaves || receiver.heard + spec_.receiver_timeout < now;
        });
        Position slowest = pin(now);
        for (const Receiver& receiver : receivers_) slowest = std::min(slowest, receiver.edge);
        return receivers_.empty() || !has_required_receivers() ? limit : slowest;
    }

    void on_elicitation(std::int64_t receiver_id, std::optional<std::int64_t> group_tag) noexcept override {
        if (!is_one_of_us(group_tag)) return;
        // Whoever asks again, or whose question came twice, is waited for already.
        const bool known = std::ranges::any_of(newcomers_, [&](const Newcomer& who) { return who.id == receiver_id; });
        if (!known && newcomers_.size() < newcomers_.capacity()) newcomers_.push_back({.id = receiver_id});
    }
    void on_setup(Position limit, Nanos now) noexcept override {
        // Nobody moves the limit past them; or such as they have been waited for enough.
        if (receivers_.empty() || now < no_wait_before_) newcomers_.clear();
        if (newcomers_.empty()) return;
        for (Newcomer& newcomer : newcomers_) newcomer.pin = std::min(newcomer.pin, limit);
        if (!waits_since_) waits_since_ = now;
    }
    void on_error(std::int64_t receiver_id) noexcept override {
        for (Receiver& receiver : receivers_)
            if (receiver.id == receiver_id) receiver.leaves = true;
    }
    [[nodiscard]] bool has_required_receivers() const noexcept override {
        return receiver_count() >= spec_.group_min_size;
    }
    [[nodiscard]] std::int64_t receiver_count() const noexcept override {
        return static_cast<std::int64_t>(receivers_.size());
    }

private:
    struct Receiver {
        std::int64_t id;
        Position edge;
        std::int64_t window;
        Nanos heard;
        bool leaves;
    };
    struct Newcomer {
        std::int64_t id;
        Position pin = no_edge;  ///< as long as its SETUP has not left
    };
    static constexpr std::size_t max_newcomers = 16;  // at once; further ones take their chance
    [[nodiscard]] bool is_one_of_us(std::optional<std::int64_t> group_tag) const noexcept {
        return spec_.strategy == FlowStrategy::min || group_tag == spec_.group_tag;
    }
    /// Who is more than a window behind would hold up everybody. The widest of all counts: windows differ, a newcomer
    /// begins with a small one. A group that is too small has nobody to hold up.
    [[nodiscard]] bool may_join(const Status& status, Position least_edge) const noexcept {
        if (status.end_of_stream || receivers_.size() == receivers_.capacity()) return false;
        return receivers_.empty() || !has_required_receivers() || status.edge() >= least_edge;
    }
    /// While receivers are about to join, those that are there do not move the limit past what they will begin with.
    /// Who asks and never joins, or asks again and again by ever new ids, holds the others up half of the time at most.
    [[nodiscard]] Position pin(Nanos now) noexcept {
        if (newcomers_.empty()) [[likely]]
            return no_edge;
        if (waits_since_ && *waits_since_ + spec_.receiver_timeout < now) {
            newcomers_.clear();
            waits_since_.reset();
            no_wait_before_ = now + spec_.receiver_timeout;
        }
        Position least = no_edge;
        for (const Newcomer& newcomer : newcomers_) least = std::min(least, newcomer.pin);
        return least;
    }
    void forget_newcomer(std::int64_t id) noexcept {
        std::erase_if(newcomers_, [&](const Newcomer& newcomer) { return newcomer.id == id; });
        if (newcomers_.empty()) waits_since_.reset();
    }

    FlowControlSpec spec_;
    std::vector<Receiver> receivers_;
    std::vector<Newcomer> newcomers_;
    std::optional<Nanos> waits_since_;  ///< for anybody at all, without a break
    Nanos no_wait_before_ = Nanos::min();
};

}  // namespace

std::int64_t longest_retransmission(const FlowControlSpec& spec, std::int32_t term_length) noexcept {
    constexpr std::int32_t default_window = 128 * 1024;
    const std::int64_t usual = spec.strategy == FlowStrategy::unicast ? 16 : 4;
    const std::int64_t windows = spec.retransmit_window_multiple > 0 ? spec.retransmit_window_multiple : usual;
    return windows * std::min(term_length / 2, default_window);
}

std::unique_ptr<FlowControl> make_flow_control(const FlowControlSpec& spec) {
    switch (spec.strategy) {
    case FlowStrategy::unicast:
    case FlowStrategy::max: return std::make_unique<MaxFlowControl>();
    case FlowStrategy::min:
    case FlowStrategy::tagged: break;
    }
    return std::make_unique<MinFlowControl>(spec);
}

}  // namespace gale::driver::sender
