// Drivers that end, well or badly, and begin again where others go on. SEED=... tells one story again, aloud.
#include "sim/stage.hpp"
#include "support/seeds.hpp"

#include <gtest/gtest.h>

namespace gale::sim {
namespace {

constexpr Nanos longest_claim = 4s;  // so long a publisher may keep what it has begun

struct RestartWay {
    std::string publish;
    std::vector<std::string> subscribe;  // on b, on c
    std::vector<std::string> destinations{};
};

const RestartWay& any_way(std::uint64_t seed) {
    static const std::string multicast = "aeron:udp?endpoint=224.0.1.1:40200|interface=10.0.0.0/24";
    static const std::string dynamic = "aeron:udp?control-mode=dynamic|control=10.0.0.1:40400";
    static const std::vector<std::string> both{"aeron:udp?endpoint=10.0.0.2:40300",
                                               "aeron:udp?endpoint=10.0.0.3:40300"};
    static const std::vector<RestartWay> ways{
        {multicast + "|fc=min", {multicast, multicast}},
        {dynamic + "|fc=min", {dynamic + "|endpoint=10.0.0.2:40401", dynamic + "|endpoint=10.0.0.3:40401"}},
        {"aeron:udp?control-mode=manual|fc=min", both, both},
    };
    return ways[seed % ways.size()];
}

/// The driver of that machine ends, and another one begins; both of its programs hear of it, and are there again.
void restart(Stage& stage, std::size_t machine) {
    DriverProcess& driver = *stage.machines[machine].driver;
    const std::int64_t lost = stage.streams.tally.clients_lost;
    driver.restart(stage.world.happens(500) ? DriverProcess::Ending::closed : DriverProcess::Ending::killed,
                   stage.world.between(0ms, 3s));
    EXPECT_TRUE(stage.world.run_until([&] { return stage.streams.tally.clients_lost == lost + 2; }, 13s));
    EXPECT_TRUE(stage.world.run_until(
        [&] {
            return std::ranges::all_of(stage.machines[machine].clients,
                                       [](ClientProcess* client) { return client->is_connected(); });
        },
        5s));
}

TEST(UdpRestartSimulation, AReceiversDriverThatBeginsAgainJoinsAStreamThatGoesOnForOthers) {
    for (const std::uint64_t seed : testing::seeds(6)) {
        SCOPED_TRACE("SEED=" + std::to_string(seed));
        Stage stage{seed};
        const RestartWay& way = any_way(seed);
        stage.subscribe(1, 1, way.subscribe[0], always, true);
        stage.subscribe(2, 1, way.subscribe[1], always);
        stage.publish(1, way.publish, way.destinations);
        stage.world.run_for(2s);
        EXPECT_EQ(stage.streams.tally.images, 2);
        restart(stage, 1);
        stage.world.run_for(5s);  // so long the slowest of a group is waited for
        std::int64_t before = stage.written(1);
        const auto goes_on = [&] { return stage.written(1) > before; };
        EXPECT_TRUE(stage.world.run_until(goes_on, longest_claim)) << "the other receiver is held up";
        stage.subscribe(1, 1, way.subscribe[0], always);
        EXPECT_TRUE(stage.world.run_until([&] { return stage.streams.tally.images == 3; }, 2s));
        before = stage.written(1);
        EXPECT_TRUE(stage.world.run_until(goes_on, longest_claim));
        if (!::testing::Test::HasFailure()) stage.end();  // each of them reads to the end of the stream
        EXPECT_EQ(stage.streams.tally.images_again, 0);
        if (::testing::Test::HasFailure()) return;
    }
}

TEST(UdpRestartSimulation, APublishersDriverThatBeginsAgainBeginsANewStreamForThoseWhoWaited) {
    for (const std::uint64_t seed : testing::seeds(6)) {
        SCOPED_TRACE("SEED=" + std::to_string(seed));
        Stage stage{seed};
        const RestartWay& way = any_way(seed);
        stage.subscribe(1, 1, way.subscribe[0], always, true);
        stage.subscribe(2, 1, way.subscribe[1], always, true);
        stage.publish(1, way.publish + ",g:/2", way.destinations);  // both from the start
        stage.world.run_for(2s);
        EXPECT_EQ(stage.streams.tally.images_from_start, 2);
        restart(stage, 0);
        const std::int64_t before = stage.streams.tally.messages;
        stage.publish(1, way.publish + ",g:/2", way.destinations);
        stage.world.run_for(2s);
        EXPECT_EQ(stage.streams.tally.images, 4);
        EXPECT_EQ(stage.streams.tally.images_from_start, 4);
        EXPECT_TRUE(stage.world.run_until([&] { return stage.streams.tally.messages > before; }, longest_claim));
        stage.world.run_for(10s);  // longer than anybody believes in the first stream
        if (!::testing::Test::HasFailure()) stage.end();
        EXPECT_EQ(stage.streams.tally.images_again, 0);
        if (::testing::Test::HasFailure()) return;
    }
}

}  // namespace
}  // namespace gale::sim
