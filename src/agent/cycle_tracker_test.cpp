#include "agent/cycle_tracker.hpp"

#include <gtest/gtest.h>

namespace gale::agent {
namespace {

using namespace std::chrono_literals;

TEST(CycleTracker, TheFirstCycleOnlyStartsTheWatch) {
    CycleTracker tracker{100ms};
    const auto report = tracker.on_cycle(1h);
    EXPECT_FALSE(report.is_longest);
    EXPECT_FALSE(report.exceeded);
    EXPECT_EQ(tracker.longest(), 0ns);
}

TEST(CycleTracker, TellsWhatChanged) {
    CycleTracker tracker{100ms};
    static_cast<void>(tracker.on_cycle(0ms));
    EXPECT_TRUE(tracker.on_cycle(10ms).is_longest);
    EXPECT_FALSE(tracker.on_cycle(20ms).is_longest) << "as long as the longest is not longer";
    EXPECT_FALSE(tracker.on_cycle(120ms).exceeded) << "the threshold itself is allowed";
    const auto report = tracker.on_cycle(221ms);
    EXPECT_TRUE(report.exceeded);
    EXPECT_TRUE(report.is_longest);
    EXPECT_FALSE(tracker.on_cycle(222ms).exceeded);
    EXPECT_EQ(tracker.longest(), 101ms);
    EXPECT_EQ(tracker.exceeded_count(), 1);
}

TEST(CycleTracker, TakesDurationsThatOthersMeasured) {
    CycleTracker tracker{5s};
    EXPECT_TRUE(tracker.on_duration(6s).exceeded);
    EXPECT_FALSE(tracker.on_duration(1s).is_longest);
    EXPECT_EQ(tracker.longest(), 6s);
}

}  // namespace
}  // namespace gale::agent
