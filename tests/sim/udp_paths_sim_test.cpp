// Subscriptions that hear a stream by several ways. SEED=... tells one story again, aloud.
#include "sim/stage.hpp"
#include "support/seeds.hpp"

#include <gtest/gtest.h>

#include <map>

namespace gale::sim {
namespace {

const std::vector<std::string> two_paths{"aeron:udp?endpoint=10.0.0.2:40501", "aeron:udp?endpoint=10.0.0.2:40502"};

/// What comes to b by each of these ports is lost as often; may be changed at any time.
using LossByPort = std::map<std::uint16_t, double>;

void lose_by_port(Stage& stage, const LossByPort& losses) {
    stage.network.network().set_filter([&stage, &losses](const testing::Flight& flight) {
        const auto found = losses.find(flight.to.port);
        return found == losses.end() || !stage.world.happens(static_cast<std::uint64_t>(found->second * 1000));
    });
}

void subscribe_by_two_paths(Stage& stage, std::uint64_t restless) {
    stage.machines[1].clients[0]->subscribe({.stream = StreamId{1},
                                             .channel = "aeron:udp?control-mode=manual",
                                             .destinations = two_paths,
                                             .restless = restless,
                                             .controlled = stage.world.happens(500),
                                             .whole = stage.world.happens(500),
                                             .pace = 800});
}

void publish_from(Stage& stage, std::size_t machine, const std::vector<std::string>& destinations) {
    stage.machines[machine].clients[0]->publish({.stream = StreamId{1},
                                                 .channel = "aeron:udp?control-mode=manual",
                                                 .destinations = destinations,
                                                 .exclusive = stage.world.happens(500),
                                                 .pace = 500});
}

TEST(UdpPathsSimulation, AStreamOfTwoPathsIsWholeWhicheverOfThemLoses) {
    for (const std::uint64_t seed : testing::seeds(8)) {
        SCOPED_TRACE("SEED=" + std::to_string(seed));
        LossByPort losses;
        Stage stage{seed};
        lose_by_port(stage, losses);
        subscribe_by_two_paths(stage, 0);
        stage.world.run_for(1s);
        publish_from(stage, 0, two_paths);
        publish_from(stage, 2, two_paths);
        for (int change = 0; change < 5; ++change) {
            // One of them may be dead for longer than anybody would believe in it.
            const bool first_is_good = stage.world.happens(500);
            const double bad = static_cast<double>(stage.world.between(100, 1000)) / 1000;
            losses[40501] = first_is_good ? 0.05 : bad;
            losses[40502] = first_is_good ? bad : 0.05;
            stage.world.run_for(stage.world.happens(200) ? 12s : stage.world.between(10ms, 1s));
        }
        if (!::testing::Test::HasFailure()) stage.end();
        EXPECT_EQ(stage.streams.tally.images, 2);
        EXPECT_EQ(stage.streams.tally.images_again, 0);
        EXPECT_GT(stage.streams.tally.messages, 0);
        if (::testing::Test::HasFailure()) return;
    }
}

TEST(UdpPathsSimulation, PathsThatComeAndGoLeaveAStreamWhole) {
    for (const std::uint64_t seed : testing::seeds(8)) {
        SCOPED_TRACE("SEED=" + std::to_string(seed));
        const LossByPort losses{{40501, 0.2}, {40502, 0.02}};
        Stage stage{seed};
        lose_by_port(stage, losses);
        subscribe_by_two_paths(stage, 20);
        stage.world.run_for(1s);
        publish_from(stage, 0, two_paths);
        publish_from(stage, 2, two_paths);
        stage.world.run_for(4s);
        if (!::testing::Test::HasFailure()) stage.end();
        EXPECT_EQ(stage.streams.tally.images, 2);
        EXPECT_EQ(stage.streams.tally.images_again, 0);
        EXPECT_GT(stage.streams.tally.destinations, 6);
        if (::testing::Test::HasFailure()) return;
    }
}

TEST(UdpPathsSimulation, PublishersOnTwoPathsAreTwoStreams) {
    for (const std::uint64_t seed : testing::seeds(4)) {
        SCOPED_TRACE("SEED=" + std::to_string(seed));
        const LossByPort losses{{40501, 0.3}, {40502, 0.01}};
        Stage stage{seed};
        lose_by_port(stage, losses);
        subscribe_by_two_paths(stage, 0);
        stage.world.run_for(1s);
        publish_from(stage, 0, {two_paths[0]});
        publish_from(stage, 2, {two_paths[1]});
        stage.world.run_for(3s);
        if (!::testing::Test::HasFailure()) stage.end();
        EXPECT_EQ(stage.streams.tally.images, 2);
        EXPECT_EQ(stage.streams.tally.images_again, 0);
        if (::testing::Test::HasFailure()) return;
    }
}

}  // namespace
}  // namespace gale::sim
