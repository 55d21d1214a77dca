// Laws of streams through shared memory that hold whatever happens. SEED=... tells one story again, aloud.
#include "sim/ipc_story.hpp"
#include "sim/tell_all.hpp"
#include "support/seeds.hpp"

#include <gtest/gtest.h>

namespace gale::sim {
namespace {

Streams::Tally tell(const Faults& faults, std::uint64_t count) {
    const auto sum = tell_all<IpcStory>(faults, count);
    EXPECT_GT(sum.messages, 0);
    return sum;
}

TEST(IpcSimulation, EveryMessageArrivesOnceAndInOrder) {
    const auto sum = tell({}, 60);
    EXPECT_EQ(sum.images_again, 0);
    EXPECT_EQ(sum.clients_lost, 0);
}

TEST(IpcSimulation, UntetheredSubscribersThatFallBehindComeBack) {
    const auto sum = tell({.stops = 150, .untethered = true}, 60);
    EXPECT_EQ(sum.clients_lost, 0);
}

TEST(IpcSimulation, WhateverTheDeadHeldIsGivenBack) {
    const auto sum = tell({.deaths = 60}, 60);
    EXPECT_EQ(sum.clients_lost, 0) << "the dead notice nothing, and the others live";
}

TEST(IpcSimulation, ShortStopsAndClockStepsCostNobodyItsLife) {
    const auto sum = tell({.stops = 150, .driver_stops = 60, .clock_steps = 100}, 60);
    EXPECT_EQ(sum.clients_lost, 0);
}

TEST(IpcSimulation, LongStopsAreToldAndSurvived) {
    const auto sum = tell(
        {.deaths = 30, .stops = 100, .driver_stops = 30, .clock_steps = 50, .long_stops = true, .untethered = true},
        60);
    if (testing::seeds(60).size() > 20) {
        EXPECT_GT(sum.clients_lost, 0);
        EXPECT_GT(sum.images_again, 0);
    }
}

TEST(IpcSimulation, TheSameSeedTellsTheSameStory) {
    const auto digest = [](std::uint64_t seed) {
        IpcStory story{seed, {.deaths = 30, .stops = 100, .driver_stops = 30, .long_stops = true, .untethered = true}};
        story.tell();
        return story.world().digest();
    };
    EXPECT_EQ(digest(1), digest(1));
    EXPECT_NE(digest(1), digest(2));
}

}  // namespace
}  // namespace gale::sim
