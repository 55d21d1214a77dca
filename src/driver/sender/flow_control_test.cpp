#include "base/random.hpp"
#include "driver/sender/flow_control.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace gale::driver::sender {
namespace {

using std::chrono::seconds;

constexpr std::int64_t tag = 42;

/// What every strategy keeps, whichever it is.
class EveryFlowControl : public ::testing::TestWithParam<FlowStrategy> {
protected:
    std::unique_ptr<FlowControl> flow = make();
    static std::unique_ptr<FlowControl> make(FlowControlSpec spec = {}) {
        spec.strategy = GetParam();
        spec.group_tag = tag;
        return make_flow_control(spec);
    }
    static Status status(std::int64_t id, std::int64_t position, std::int64_t window) {
        return {.receiver_id = id, .position = Position{position}, .window = window, .group_tag = tag};
    }
};
std::string strategy_name(const ::testing::TestParamInfo<FlowStrategy>& strategy) {
    constexpr const char* all[] = {"unicast", "max", "min", "tagged"};
    return all[static_cast<std::size_t>(strategy.param)];
}
INSTANTIATE_TEST_SUITE_P(All, EveryFlowControl,
                         ::testing::Values(FlowStrategy::unicast, FlowStrategy::max, FlowStrategy::min,
                                           FlowStrategy::tagged),
                         strategy_name);

TEST_P(EveryFlowControl, TheFirstReceiverGrantsItsWindow) {
    EXPECT_EQ(flow->on_status(status(1, 1000, 500), Position{0}, Nanos{0}), Position{1500});
    EXPECT_TRUE(flow->has_required_receivers());
    EXPECT_EQ(flow->on_idle(Position{1500}, Nanos{1}), Position{1500});
}

TEST_P(EveryFlowControl, AStatusMessageNeverTakesBackWhatWasGranted) {
    const Position limit = flow->on_status(status(1, 1000, 500), Position{0}, Nanos{0});
    EXPECT_EQ(flow->on_status(status(1, 1000, 100), limit, Nanos{1}), limit);
}

TEST_P(EveryFlowControl, ReceiversThatFellSilentLeaveTheLimitWhereItIs) {
    const Position limit = flow->on_status(status(1, 1000, 500), Position{0}, Nanos{0});
    EXPECT_EQ(flow->on_idle(limit, seconds{60}), limit);
}

TEST_P(EveryFlowControl, WhateverHappensAStatusMessageOnlyMovesTheLimitForwardsAndNoFurtherThanTheFastest) {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        SCOPED_TRACE(seed);
        Random random{seed};
        const auto tested = make({.group_min_size = static_cast<std::int32_t>(random.below(3))});
        Position limit{0};
        Position furthest{0};
        Nanos now{0};
        for (int i = 0; i < 300; ++i) {
            now += Nanos{static_cast<std::int64_t>(random.below(2'000'000'000))};
            const Position before = limit;
            switch (random.below(6)) {
            case 0: limit = tested->on_idle(limit, now); break;
            case 1: tested->on_error(static_cast<std::int64_t>(random.below(4))); break;
            case 2:
                tested->on_elicitation(static_cast<std::int64_t>(random.below(4)),
                                       random.below(2) == 0 ? std::optional{tag} : std::nullopt);
                break;
            case 3: tested->on_setup(limit, now); break;
            default: {
                auto message = status(static_cast<std::int64_t>(random.below(4)),
                                      static_cast<std::int64_t>(random.below(1000)) + i * 32,
                                      static_cast<std::int64_t>(random.below(500)));
                message.end_of_stream = random.below(8) == 0;
                if (random.below(4) == 0) message.group_tag.reset();
                furthest = std::max(furthest, message.edge());
                limit = tested->on_status(message, limit, now);
                EXPECT_GE(limit, before);
                break;
            }
            }
            EXPECT_LE(limit, furthest);
        }
    }
}

TEST(MaxFlowControl, TheFastestGoverns) {
    const auto flow = make_flow_control({.strategy = FlowStrategy::max});
    Position limit = flow->on_status({.receiver_id = 1, .position = Position{1000}, .window = 500}, {}, {});
    limit = flow->on_status({.receiver_id = 2, .position = Position{5000}, .window = 500}, limit, {});
    EXPECT_EQ(limit, Position{5500});
    EXPECT_EQ(flow->receiver_count(), 0);
}

class MinFlowControl : public ::testing::Test {
protected:
    FlowControlSpec spec{.strategy = FlowStrategy::min, .group_tag = tag};
    std::unique_ptr<FlowControl> flow;
    Position limit{0};
    void SetUp() override { flow = make_flow_control(spec); }
    Position hear(std::int64_t id, std::int64_t position, std::int64_t window, Nanos now = {}, bool leaves = false) {
        return limit = flow->on_status({.receiver_id = id,
                                        .position = Position{position},
                                        .window = window,
                                        .end_of_stream = leaves,
                                        .group_tag = sends},
                                       limit, now);
    }
    Position idle(Nanos now) { return limit = flow->on_idle(limit, now); }
    std::optional<std::int64_t> sends{};
};

TEST_F(MinFlowControl, TheSlowestGoverns) {
    hear(1, 1000, 500);
    hear(2, 900, 500);
    hear(1, 5000, 500);
    EXPECT_EQ(limit, Position{1500}) << "a message never takes back";
    EXPECT_EQ(idle({}), Position{1400}) << "but silence does";
    EXPECT_EQ(hear(2, 2000, 500), Position{2500});
    EXPECT_EQ(flow->receiver_count(), 2);
}

TEST_F(MinFlowControl, TheSilentAreReleasedAfterTheTimeOut) {
    hear(1, 1000, 500, seconds{0});
    hear(2, 1000, 500, seconds{0});
    hear(1, 9000, 500, seconds{5});
    EXPECT_EQ(idle(seconds{5}), Position{1500});
    EXPECT_EQ(idle(seconds{5} + Nanos{1}), Position{9500});
    EXPECT_EQ(flow->receiver_count(), 1);
}

TEST_F(MinFlowControl, WhoLeavesIsReleasedWhenNothingCanBeSent) {
    hear(1, 1000, 500);
    hear(2, 1000, 500);
    hear(1, 9000, 500);
    hear(2, 1000, 500, {}, true);
    EXPECT_EQ(limit, Position{1500});
    EXPECT_EQ(idle({}), Position{9500});
    hear(3, 9000, 500, {}, true);
    EXPECT_EQ(flow->receiver_count(), 1) << "and does not come by leaving";
}

TEST_F(MinFlowControl, WhoRejectsTheStreamIsReleased) {
    hear(1, 1000, 500);
    hear(2, 1000, 500);
    hear(1, 9000, 500);
    flow->on_error(2);
    EXPECT_EQ(idle({}), Position{9500});
}

TEST_F(MinFlowControl, ANewcomerMoreThanAWindowBehindIsNotAdmitted) {
    hear(1, 10000, 500);
    hear(2, 9499, 500);
    EXPECT_EQ(flow->receiver_count(), 1);
    hear(2, 9500, 500);
    EXPECT_EQ(flow->receiver_count(), 2);
}

TEST_F(MinFlowControl, ANewcomerWithASmallWindowIsAdmittedBesideWideOnes) {
    hear(1, 1'200'000, 800'000);
    hear(2, 1'200'000, 500);
    EXPECT_EQ(flow->receiver_count(), 2);
    EXPECT_EQ(idle({}), Position{1'200'500});
    hear(3, 399'999, 500);
    EXPECT_EQ(flow->receiver_count(), 2) << "farther behind than anybody's window";
}

TEST_F(MinFlowControl, AGroupThatIsTooSmallAdmitsWhoeverComesBack) {
    spec.group_min_size = 2;
    flow = make_flow_control(spec);
    hear(1, 1000, 500);
    hear(2, 1000, 500);
    hear(2, 1000, 500, seconds{1}, true);
    idle(seconds{1});
    hear(1, 9000, 8000, seconds{1});
    hear(3, 500, 100, seconds{1});
    EXPECT_TRUE(flow->has_required_receivers());
    EXPECT_EQ(idle(seconds{1}), Position{600});
}

TEST_F(MinFlowControl, TooSmallAGroupIsNoConnection) {
    spec.group_min_size = 2;
    flow = make_flow_control(spec);
    hear(1, 1000, 500);
    EXPECT_EQ(limit, Position{0});
    EXPECT_FALSE(flow->has_required_receivers());
    hear(2, 1000, 500);
    EXPECT_EQ(limit, Position{1500});
    EXPECT_TRUE(flow->has_required_receivers());
    hear(1, 8000, 500, seconds{4});
    EXPECT_EQ(idle(seconds{6}), Position{1500}) << "one is left, and one is not enough";
    EXPECT_FALSE(flow->has_required_receivers());
    EXPECT_EQ(hear(1, 9000, 500, seconds{6}), Position{1500});
}

TEST_F(MinFlowControl, TheLimitWaitsForWhoIsAboutToJoin) {
    hear(1, 1000, 500);
    flow->on_elicitation(2, std::nullopt);
    flow->on_setup(limit, Nanos{10});
    EXPECT_EQ(hear(1, 2000, 500, Nanos{20}), Position{1500});
    EXPECT_EQ(idle(Nanos{30}), Position{1500});
    hear(2, 1000, 500, Nanos{40});
    EXPECT_EQ(hear(2, 2000, 500, Nanos{50}), Position{2500}) << "it has joined";
}

TEST_F(MinFlowControl, OneOfTwoNewcomersIsNotForgottenWhenTheOtherHasJoined) {
    hear(1, 1000, 500);
    flow->on_elicitation(2, std::nullopt);
    flow->on_elicitation(3, std::nullopt);
    flow->on_setup(limit, Nanos{10});
    hear(2, 1000, 500, Nanos{20});
    hear(1, 3000, 500, Nanos{30});
    EXPECT_EQ(hear(2, 3000, 500, Nanos{40}), Position{1500}) << "the third's first word is lost";
    hear(3, 1000, 500, Nanos{50});
    EXPECT_EQ(hear(3, 2000, 500, Nanos{60}), Position{2500});
}

TEST_F(MinFlowControl, AReceiverThatAsksAnewHoldsTheLimitUntilItSpeaks) {
    hear(1, 1000, 500);
    hear(2, 1000, 500);
    flow->on_elicitation(2, std::nullopt);  // its image went, and another one shall come
    flow->on_setup(limit, Nanos{10});
    flow->on_elicitation(2, std::nullopt);  // the SETUP was lost
    flow->on_setup(limit, Nanos{20});
    EXPECT_EQ(hear(1, 3000, 500, Nanos{30}), Position{1500});
    hear(2, 1500, 500, Nanos{40});
    EXPECT_EQ(hear(2, 2000, 500, Nanos{50}), Position{2500});
}

TEST_F(MinFlowControl, MoreNewcomersThanThereIsRoomForHoldTheLimitNoLongerThanOne) {
    hear(1, 1000, 500);
    for (int id = 2; id < 100; ++id) flow->on_elicitation(id, std::nullopt);
    flow->on_setup(limit, Nanos{0});
    EXPECT_EQ(hear(1, 2000, 500, seconds{5}), Position{1500});
    EXPECT_EQ(hear(1, 2000, 500, seconds{5} + Nanos{1}), Position{2500});
}

TEST_F(MinFlowControl, ANewcomerMayHaveASmallerWindowThanTheOthers) {
    hear(1, 10'000, 8000);
    flow->on_elicitation(2, std::nullopt);
    flow->on_setup(limit, Nanos{10});
    hear(1, 18'000, 8000, Nanos{20});
    EXPECT_EQ(hear(2, 10'000, 500, Nanos{30}), Position{18'000});
    EXPECT_EQ(flow->receiver_count(), 2) << "it began where the sender was";
    EXPECT_EQ(hear(3, 9'000, 500, Nanos{40}), Position{18'000});
    EXPECT_EQ(flow->receiver_count(), 3) << "no further behind than the slowest";
    hear(2, 20'000, 500, Nanos{50});
    hear(3, 20'000, 500, Nanos{60});
    EXPECT_EQ(limit, Position{20'500});
    hear(4, 10'000, 500, Nanos{70});
    EXPECT_EQ(flow->receiver_count(), 3) << "it would hold up everybody";
}

TEST_F(MinFlowControl, TheLimitDoesNotWaitForever) {
    hear(1, 1000, 500);
    flow->on_elicitation(2, std::nullopt);
    flow->on_setup(limit, Nanos{0});
    EXPECT_EQ(hear(1, 2000, 500, seconds{5}), Position{1500});
    EXPECT_EQ(hear(1, 2000, 500, seconds{5} + Nanos{1}), Position{2500});
}

TEST_F(MinFlowControl, AQuestionThatCameTwiceDoesNotLetGoOfTheLimit) {
    hear(1, 1000, 500);
    flow->on_elicitation(2, std::nullopt);
    flow->on_setup(limit, Nanos{10});
    flow->on_elicitation(2, std::nullopt);
    EXPECT_EQ(hear(1, 3000, 500, Nanos{20}), Position{1500});
}

TEST_F(MinFlowControl, EverNewNewcomersHoldTheLimitHalfOfTheTimeAtMost) {
    int moved = 0;
    for (int second = 0; second < 100; ++second) {
        const Position before = hear(1, 1000 * second, 500, seconds{second});
        if (second % 2 == 0) flow->on_elicitation(2 + second, std::nullopt);
        flow->on_setup(limit, seconds{second});
        if (hear(1, 1000 * second + 900, 500, seconds{second} + Nanos{1}) > before) ++moved;
    }
    EXPECT_GE(moved, 45);
    EXPECT_LE(moved, 60) << "they are waited for, too";
}

TEST_F(MinFlowControl, WhoAsksAgainAndAgainAndNeverJoinsHoldsTheLimitHalfOfTheTimeAtMost) {
    int moved = 0;
    for (int second = 0; second < 100; ++second) {
        const Position before = hear(1, 1000 * second, 500, seconds{second});
        flow->on_elicitation(2, std::nullopt);  // its driver refuses the stream
        flow->on_setup(limit, seconds{second});
        if (hear(1, 1000 * second + 900, 500, seconds{second} + Nanos{1}) > before) ++moved;
    }
    EXPECT_GE(moved, 45);
}

TEST_F(MinFlowControl, NewcomersThatJoinAreWaitedForEachTime) {
    hear(1, 1000, 500);
    for (int id = 2; id < 30; ++id) {
        flow->on_elicitation(id, std::nullopt);
        flow->on_setup(limit, seconds{id});
        const Position before = limit;
        hear(1, before.value + 1000, 500, seconds{id} + Nanos{1});
        EXPECT_EQ(limit, before) << id;
        for (int there = 2; there <= id; ++there) hear(there, before.value + 1000, 500, seconds{id} + Nanos{2});
        hear(1, before.value + 1000, 500, seconds{id} + Nanos{3});
        EXPECT_GT(limit, before) << id;
    }
}

TEST_F(MinFlowControl, ASetupThatNobodyAskedForHoldsNobody) {
    hear(1, 1000, 500);
    flow->on_setup(limit, Nanos{0});
    EXPECT_EQ(hear(1, 2000, 500), Position{2500});
}

TEST_F(MinFlowControl, KnowsNoMoreReceiversThanItHasRoomFor) {
    spec.max_receivers = 4;
    flow = make_flow_control(spec);
    for (int id = 0; id < 100; ++id) hear(id, 1000, 500);
    EXPECT_LE(flow->receiver_count(), 4);
    EXPECT_EQ(limit, Position{1500});
}

class TaggedFlowControl : public MinFlowControl {
protected:
    void SetUp() override {
        spec.strategy = FlowStrategy::tagged;
        flow = make_flow_control(spec);
    }
};

TEST_F(TaggedFlowControl, IgnoresWhoHasNoTagOnceSomebodyHas) {
    hear(1, 1000, 500);
    EXPECT_EQ(limit, Position{1500}) << "nobody has a tag yet";
    EXPECT_EQ(flow->receiver_count(), 0);
    sends = tag;
    hear(2, 1500, 500);
    EXPECT_EQ(limit, Position{2000});
    sends = std::nullopt;
    hear(1, 9000, 500);
    EXPECT_EQ(limit, Position{2000});
    sends = tag + 1;
    hear(3, 9000, 500);
    EXPECT_EQ(limit, Position{2000});
    EXPECT_EQ(flow->receiver_count(), 1);
}

TEST_F(TaggedFlowControl, OnlyATaggedElicitationHoldsTheLimit) {
    sends = tag;
    hear(1, 1000, 500);
    flow->on_elicitation(2, std::nullopt);
    flow->on_setup(limit, {});
    EXPECT_EQ(hear(1, 2000, 500), Position{2500});
    flow->on_elicitation(2, tag);
    flow->on_setup(limit, {});
    EXPECT_EQ(hear(1, 3000, 500), Position{2500});
}

TEST_F(TaggedFlowControl, AGroupOfSoManyTaggedReceiversConnects) {
    spec.group_min_size = 1;
    flow = make_flow_control(spec);
    hear(1, 1000, 500);
    EXPECT_EQ(limit, Position{0});
    EXPECT_FALSE(flow->has_required_receivers());
    sends = tag;
    hear(2, 1000, 500);
    EXPECT_TRUE(flow->has_required_receivers());
    EXPECT_EQ(limit, Position{1500});
}

TEST(LongestRetransmission, IsCountedInDefaultWindows) {
    constexpr std::int64_t window = 128 * 1024;
    constexpr std::int32_t term = 16 * 1024 * 1024;
    EXPECT_EQ(longest_retransmission({}, term), 16 * window);
    EXPECT_EQ(longest_retransmission({.strategy = FlowStrategy::min}, term), 4 * window);
    EXPECT_EQ(longest_retransmission({.retransmit_window_multiple = 3}, term), 3 * window);
    EXPECT_EQ(longest_retransmission({}, 64 * 1024), 16 * 32 * 1024);
}

}  // namespace
}  // namespace gale::driver::sender
