// cc=cubic: the window follows losses down, and comes back when they are over. SEED=... tells one story again, aloud.
#include "sim/stage.hpp"
#include "support/seeds.hpp"

#include <gtest/gtest.h>

namespace gale::sim {
namespace {

constexpr std::int64_t mtu = 1408;
constexpr std::int64_t widest = term / 2 / mtu * mtu;

/// What a stream from a to b does in so much time, and how wide its window is meanwhile.
struct Measured {
    std::int64_t bytes = 0;
    std::int64_t least_window = widest;
    std::int64_t last_window = 0;
};

Measured measure(Stage& stage, Nanos time) {
    Measured made;
    const std::int64_t before = stage.written(1);
    const auto look = [&] {
        const auto windows = stage.machines[1].driver->values("rcv-cc-cubic-wnd");
        EXPECT_EQ(windows.size(), 1U);
        for (const std::int64_t window : windows) {
            made.last_window = window;
            made.least_window = std::min(made.least_window, window);
        }
        return false;
    };
    EXPECT_FALSE(stage.world.run_until(look, time));
    made.bytes = stage.written(1) - before;
    return made;
}

TEST(UdpCubicSimulation, AStreamIsSlowWhileMuchIsLostAndAsFastAsBeforeWhenThatIsOver) {
    for (const std::uint64_t seed : testing::seeds(4)) {
        SCOPED_TRACE("SEED=" + std::to_string(seed));
        Stage stage{seed};
        stage.publishers_hesitate = false;
        stage.network.network().set_links({.delay = 20ms});
        const std::string channel = "aeron:udp?endpoint=10.0.0.2:40123";
        stage.subscribe(1, 1, channel + "|cc=cubic", always);
        stage.publish(1, channel);
        stage.world.run_for(5s);
        const Measured before = measure(stage, 5s);
        EXPECT_EQ(before.least_window, widest);
        stage.network.network().set_links({.loss = 0.1, .delay = 20ms});
        const Measured during = measure(stage, 5s);
        EXPECT_LT(during.least_window, widest / 4);
        EXPECT_GE(during.least_window, mtu);
        EXPECT_LT(during.bytes, before.bytes / 2);
        EXPECT_GT(during.bytes, 0);
        stage.network.network().set_links({.delay = 20ms});
        const Measured recovery = measure(stage, 6s);  // (widest / mtu - 1) / 0.4 seconds to the third power, and a bit
        EXPECT_GE(recovery.least_window, mtu);
        EXPECT_EQ(recovery.last_window, widest);
        const Measured after = measure(stage, 5s);
        EXPECT_EQ(after.least_window, widest);
        EXPECT_GT(after.bytes, before.bytes / 10 * 6);  // publishers write by chance
        if (!::testing::Test::HasFailure()) stage.end();
        EXPECT_EQ(stage.streams.tally.images, 1);
        if (::testing::Test::HasFailure()) return;
    }
}

}  // namespace
}  // namespace gale::sim
