// Laws of streams over a network that hold whatever it does. SEED=... tells one story again, aloud; with
// GALE_SIM_PCAP=directory, too, what each machine sent and received is there afterwards.
#include "sim/tell_all.hpp"
#include "sim/udp_story.hpp"
#include "support/seeds.hpp"
#include "support/temporary_directory.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

namespace gale::sim {
namespace {

Streams::Tally tell_over_network(const NetworkFaults& faults, std::uint64_t count) {
    const auto sum = tell_all<UdpStory>(faults, count);
    EXPECT_GT(sum.messages, 0);
    EXPECT_EQ(sum.clients_lost, 0);
    return sum;
}

TEST(UdpSimulation, EveryMessageArrivesOnceAndInOrder) {
    const auto sum = tell_over_network({.by_groups = true, .v6 = true}, 40);
    EXPECT_EQ(sum.images_again, 0);
    EXPECT_EQ(sum.gaps, 0);
}

TEST(UdpSimulation, ALossyLineIsRepaired) {
    const auto sum = tell_over_network({.weather = {.loss = 0.2, .delay = 20ms, .jitter = 5ms}, .v6 = true}, 40);
    EXPECT_EQ(sum.images_again, 0);
    EXPECT_EQ(sum.gaps, 0);
}

TEST(UdpSimulation, WhatHappensToDatagramsShowsInNoStream) {
    const auto sum = tell_over_network({.weather = {.loss = 0.1,
                                                    .duplicate = 0.2,
                                                    .truncate = 0.05,
                                                    .reorder = 0.3,
                                                    .reorder_delay = 5ms,
                                                    .delay = 10ms,
                                                    .jitter = 10ms},
                                        .by_groups = true,
                                        .v6 = true},
                                       40);
    EXPECT_EQ(sum.gaps, 0);
}

TEST(UdpSimulation, TornNetworksHeal) {
    const auto sum =
        tell_over_network({.weather = {.loss = 0.02, .delay = 5ms}, .by_groups = true, .v6 = true, .tears = 100}, 40);
    EXPECT_EQ(sum.images_again, 0);
    EXPECT_EQ(sum.gaps, 0);
}

TEST(UdpSimulation, GapsAreToldToThoseWhoDoNotWait) {
    const auto sum = tell_over_network(
        {.weather = {.loss = 0.2, .delay = 10ms}, .by_groups = true, .unreliable = true, .tears = 50}, 40);
    EXPECT_GT(sum.gaps, 0);
}

TEST(UdpSimulation, FullNetworksAndQueuesOnlySlowStreamsDown) {
    const auto sum = tell_over_network(
        {.weather = {.loss = 0.01, .delay = 5ms, .bytes_per_second = 500'000, .queue_length = 16 * 1024},
         .push_back = 0.5,
         .by_groups = true},
        40);
    EXPECT_EQ(sum.images_again, 0);
}

TEST(UdpSimulation, DriversThatStopForAMomentLoseNothing) {
    const auto sum =
        tell_over_network({.weather = {.loss = 0.02, .delay = 5ms}, .by_groups = true, .driver_stops = 100}, 40);
    EXPECT_EQ(sum.images_again, 0);
}

TEST(UdpSimulation, WhoeverWasTornOffForLongComesBack) {
    const auto sum = tell_over_network(
        {.weather = {.loss = 0.05, .delay = 10ms}, .by_groups = true, .tears = 100, .long_tears = true}, 40);
    EXPECT_TRUE(testing::seeds(40).size() < 20 || sum.images_again > 0);
}

TEST(UdpSimulation, WhateverTheDeadHeldIsGivenBackOnBothSides) {
    tell_over_network({.weather = {.loss = 0.05, .delay = 10ms}, .by_groups = true, .deaths = 60}, 40);
}

TEST(UdpSimulation, WhatALostMachineHeldIsGivenBackByTheOthers) {
    tell_over_network({.weather = {.loss = 0.05, .delay = 10ms}, .by_groups = true, .machine_deaths = 60}, 40);
}

TEST(UdpSimulation, DriversBeginAgainAndTheirClientsWithThem) {
    const NetworkFaults faults{.weather = {.loss = 0.05, .delay = 10ms}, .by_groups = true, .v6 = true, .restarts = 60};
    const auto sum = tell_all<UdpStory>(faults, 12);
    EXPECT_GT(sum.messages, 0);
    EXPECT_TRUE(testing::seeds(12).size() < 12 || sum.clients_lost > 10);
}

TEST(UdpSimulation, WindowsThatShrinkAtLossesLoseNothing) {
    const auto sum = tell_over_network(
        {.weather = {.loss = 0.2, .reorder = 0.1, .delay = 20ms, .jitter = 5ms}, .by_groups = true, .cubic = true}, 12);
    EXPECT_EQ(sum.images_again, 0);
    EXPECT_EQ(sum.gaps, 0);
}

TEST(UdpSimulation, DamagedDatagramsOfOneMachineHarmNoStreamOfOthers) {
    tell_over_network({.weather = {.loss = 0.05, .truncate = 0.05, .delay = 5ms}, .by_groups = true, .garbled = true},
                      40);
}

constexpr NetworkFaults bad_day{
    .weather = {.loss = 0.1, .duplicate = 0.1, .reorder = 0.1, .delay = 10ms, .jitter = 5ms},
    .by_groups = true,
    .unreliable = true,
    .tears = 100};

std::uint64_t digest(std::uint64_t seed) {
    UdpStory story{seed, bad_day};
    story.tell();
    return story.digest();
}

TEST(UdpSimulation, TheSameSeedTellsTheSameStory) {
    EXPECT_EQ(digest(1), digest(1));
    EXPECT_NE(digest(1), digest(2));
}

TEST(UdpSimulation, AStoryIsTheSameWhenItIsRecorded) {
    if (std::getenv("GALE_SIM_PCAP") != nullptr) GTEST_SKIP() << "all are recorded";
    const testing::TemporaryDirectory directory{"gale-sim"};
    const std::uint64_t unrecorded = digest(3);
    ASSERT_EQ(::setenv("GALE_SIM_PCAP", directory.path().c_str(), 1), 0);
    std::size_t files = 0;
    {
        UdpStory story{3, bad_day};
        ::unsetenv("GALE_SIM_PCAP");
        story.tell();
        EXPECT_EQ(story.digest(), unrecorded);
        for (const auto& entry : std::filesystem::directory_iterator{directory.path()}) {
            EXPECT_GT(entry.file_size(), 10'000U) << entry.path();
            ++files;
        }
    }
    EXPECT_EQ(files, 3U);
    EXPECT_EQ(std::filesystem::is_empty(directory.path()), std::getenv("SEED") == nullptr)
        << "of a good story none is kept";
}

}  // namespace
}  // namespace gale::sim
