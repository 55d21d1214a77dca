// Who is slow, who is late, and what others notice of them. SEED=... tells one story again, aloud.
#include "sim/stage.hpp"
#include "support/seeds.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace gale::sim {
namespace {

constexpr std::int64_t longest_message = term / 8 + 1408;
// What nobody reads: a window at the receiver (between drivers of ours nearly a term), one at the sender, and a message
// that began within.
constexpr std::int64_t most_unread = (term - term / 8) + term / 2 + longest_message;

TEST(UdpSlowSimulation, ASlowReceiverHoldsItsSenderButNoOtherStream) {
    for (const std::uint64_t seed : testing::seeds(10)) {
        SCOPED_TRACE("SEED=" + std::to_string(seed));
        Stage stage{seed};
        const std::string to_b = "aeron:udp?endpoint=10.0.0.2:40123";
        const std::string to_c = "aeron:udp?endpoint=10.0.0.3:40123";
        stage.subscribe(1, 1, to_b, never);
        stage.subscribe(1, 2, to_b, always);  // the same sockets
        stage.subscribe(2, 3, to_c, always);
        stage.publish(1, to_b);
        stage.publish(2, to_b);
        stage.publish(3, to_c);
        stage.world.run_for(30s);
        const std::int64_t held = stage.written(1);
        EXPECT_GE(held, term / 2) << "the windows are used";
        EXPECT_LE(held, most_unread);
        const std::int64_t others = std::min(stage.written(2), stage.written(3));
        EXPECT_GT(others, 2 * most_unread);
        stage.world.run_for(30s);
        EXPECT_EQ(stage.written(1), held);
        EXPECT_GT(std::min(stage.written(2), stage.written(3)), others + most_unread);
        if (!::testing::Test::HasFailure()) stage.end();
        if (::testing::Test::HasFailure()) return;
    }
}

TEST(UdpSlowSimulation, TheSlowestOfAGroupHoldsAllOfItAndNoOtherGroup) {
    const std::vector<std::string> both{"aeron:udp?endpoint=10.0.0.2:40300", "aeron:udp?endpoint=10.0.0.3:40300"};
    struct Group {
        std::string publish;
        std::vector<std::string> subscribe;  // on b, on c
        std::vector<std::string> destinations;
    };
    const std::string multicast = "aeron:udp?endpoint=224.0.1.1:40200|interface=10.0.0.0/24";
    const std::string dynamic = "aeron:udp?control-mode=dynamic|control=10.0.0.1:40400";
    const std::vector<Group> groups{
        {multicast, {multicast, multicast}, {}},
        {dynamic, {dynamic + "|endpoint=10.0.0.2:0", dynamic + "|endpoint=10.0.0.3:0"}, {}},
        {"aeron:udp?control-mode=manual", both, both},
    };
    for (const std::uint64_t seed : testing::seeds(12)) {
        SCOPED_TRACE("SEED=" + std::to_string(seed));
        Stage stage{seed};
        const Group& group = groups[seed % groups.size()];
        for (std::int32_t stream : {1, 2}) {
            stage.subscribe(1, stream, group.subscribe[0], always);
            stage.subscribe(2, stream, group.subscribe[1], stream == 1 ? never : always);
        }
        stage.world.run_for(1s);
        for (std::int32_t stream : {1, 2})
            stage.publish(stream, group.publish + "|fc=min,g:/2", group.destinations);  // both from the start
        stage.world.run_for(30s);
        const std::int64_t held = stage.written(1);
        EXPECT_GE(held, term / 2);
        EXPECT_LE(held, most_unread);
        EXPECT_GT(stage.written(2), 2 * most_unread);
        stage.world.run_for(30s);
        EXPECT_EQ(stage.written(1), held);
        if (!::testing::Test::HasFailure()) stage.end();
        if (::testing::Test::HasFailure()) return;
    }
}

TEST(UdpSlowSimulation, WhoIsThereFromTheStartMissesNothingAndWhoComesLateNothingFromThereOn) {
    for (const std::uint64_t seed : testing::seeds(10)) {
        SCOPED_TRACE("SEED=" + std::to_string(seed));
        Stage stage{seed};
        const std::string channel = "aeron:udp?control-mode=dynamic|control=10.0.0.1:40400";
        stage.subscribe(1, 1, channel + "|endpoint=10.0.0.2:40401", always);
        stage.publish(1, channel + "|fc=min");
        stage.world.run_for(stage.world.between(2s, 8s));
        EXPECT_GT(stage.streams.tally.messages, 0);
        EXPECT_EQ(stage.streams.tally.images_from_start, 1);
        stage.subscribe(2, 1, channel + "|endpoint=10.0.0.3:40401", always);
        stage.world.run_for(5s);
        EXPECT_EQ(stage.streams.tally.images, 2);
        EXPECT_EQ(stage.streams.tally.images_from_start, 1);
        if (!::testing::Test::HasFailure()) stage.end();
        EXPECT_EQ(stage.streams.tally.images_again, 0);
        if (::testing::Test::HasFailure()) return;
    }
}

}  // namespace
}  // namespace gale::sim
