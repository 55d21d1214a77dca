#include "driver/receiver/congestion_control.hpp"
#include "driver/receiver/testing.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <vector>

namespace gale::driver::receiver::testing {
namespace {

constexpr std::int32_t term = 16 * 1024 * 1024;
constexpr std::int32_t mtu = 1408;

struct Strategy {
    const char* name;
    std::unique_ptr<CongestionControl> (*make)(const WindowSettings& settings);
};

class CongestionConformance : public ::testing::TestWithParam<Strategy> {};

TEST_P(CongestionConformance, TheWindowStaysFromOneToHalfATermWhateverHappens) {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        SCOPED_TRACE(seed);
        Random random{seed};
        const std::int32_t term_length = 65536 << random.below(10);
        const auto control =
            GetParam().make({.window = static_cast<std::int32_t>(1408 + random.below(1 << 24)),
                             .term_length = term_length,
                             .mtu = mtu,
                             .receive_buffer_length = static_cast<std::int64_t>(random.below(1 << 23))});
        EXPECT_GT(control->initial_window(), 0);
        EXPECT_LE(control->initial_window(), term_length / 2);
        EXPECT_LE(control->max_window(), term_length / 2);
        Progress progress{.now = 1s, .consumed = {}, .scheduled = {}, .high_water = {}};
        for (int i = 0; i < 2000; ++i) {
            progress.now += Nanos{static_cast<std::int64_t>(random.below(10'000'000))};
            progress.scheduled = progress.consumed;
            progress.consumed += static_cast<std::int64_t>(random.below(100'000));
            progress.high_water = progress.consumed + static_cast<std::int64_t>(random.below(10'000'000));
            progress.arrived = static_cast<std::int64_t>(random.below(10'000'000));
            progress.new_loss = random.below(10) == 0;
            progress.over_run = random.below(50) == 0;
            progress.shortest_round_trip =
                Nanos{static_cast<std::int64_t>(random.below(2) * random.below(100'000'000))};
            const Window window = control->on_progress(progress);
            ASSERT_GT(window.length, 0);
            ASSERT_LE(window.length, control->max_window());
            if (control->takes_measurement(progress.now)) control->on_round_trip(progress.now, Nanos{100});
        }
    }
}

TEST_P(CongestionConformance, WithoutLossAndDemandItSettles) {
    const auto control = GetParam().make({.window = 128 * 1024, .term_length = term, .mtu = mtu});
    Progress progress{.now = 1s, .consumed = {}, .scheduled = {}, .high_water = {}};
    Window last{};
    for (int i = 0; i < 20'000; ++i) {
        progress.now += 1ms;
        last = control->on_progress(progress);
    }
    for (int i = 0; i < 1000; ++i) {
        progress.now += 1ms;
        EXPECT_EQ(control->on_progress(progress), (Window{last.length, false}));
    }
}

INSTANTIATE_TEST_SUITE_P(Strategies, CongestionConformance,
                         ::testing::Values(Strategy{"fixed", make_static_window},
                                           Strategy{"cubic",
                                                    [](const WindowSettings& settings) {
                                                        return make_cubic_window(settings,
                                                                                 {.measures = true, .tcp_mode = true});
                                                    }},
                                           Strategy{"own", make_own_window}),
                         [](const auto& each) { return std::string{each.param.name}; });

TEST(StaticWindow, IsWhatWasAskedForUpToHalfATerm) {
    EXPECT_EQ(make_static_window({.window = 128 * 1024, .term_length = term, .mtu = mtu})->initial_window(),
              128 * 1024);
    EXPECT_EQ(make_static_window({.window = 128 * 1024, .term_length = 65536, .mtu = mtu})->initial_window(), 32768);
}

class CubicWindow : public ::testing::Test {
protected:
    Window progress(Nanos later, bool loss = false) {
        now += later;
        return control->on_progress(
            {.now = now, .consumed = consumed, .scheduled = {}, .high_water = {}, .new_loss = loss});
    }
    std::unique_ptr<CongestionControl> make(bool measures = false, bool tcp_mode = false) {
        return make_cubic_window({.window = 128 * 1024, .term_length = term, .mtu = mtu},
                                 {.start = 1s, .measures = measures, .tcp_mode = tcp_mode, .window_counter = &shown});
    }
    shm::Cell<std::int64_t> shown{};
    std::unique_ptr<CongestionControl> control = make();
    Nanos now{1s};
    Position consumed{};
};

TEST_F(CubicWindow, BeginsWithTenDatagramsAndJumpsToFourFifths) {
    EXPECT_EQ(control->initial_window(), 10 * mtu);
    EXPECT_EQ(control->max_window(), 93 * mtu);
    EXPECT_EQ(progress(100us), (Window{10 * mtu}));
    EXPECT_EQ(progress(1us), (Window{75 * mtu}));
    EXPECT_EQ(shown.load_acquire(), 75 * mtu);
    Window window = progress(3500ms);
    EXPECT_EQ(window, (Window{93 * mtu}));  // one cycle later: 93 is reached after about 3.6 s
}
TEST_F(CubicWindow, ShrinksByAFifthAtALossAndSaysSoAtOnce) {
    static_cast<void>(progress(101us));
    static_cast<void>(progress(4s));
    EXPECT_EQ(progress(1us, true), (Window{74 * mtu, true}));
    EXPECT_EQ(progress(101us), (Window{75 * mtu}));
    for (int i = 0; i < 100; ++i) static_cast<void>(progress(1us, true));
    EXPECT_EQ(progress(1us, true), (Window{mtu, true}));
    EXPECT_EQ(progress(1us).length, mtu);
}
TEST_F(CubicWindow, WithOneDatagramEachStepOfTheSubscriberIsTold) {
    for (int i = 0; i < 100; ++i) static_cast<void>(progress(1us, true));
    static_cast<void>(progress(101us));
    consumed = Position{64};
    EXPECT_EQ(progress(1us), (Window{mtu, true}));
}
TEST_F(CubicWindow, MeasuresOnlyWhenTold) {
    EXPECT_FALSE(control->takes_measurement(100s));
    control = make(true);
    EXPECT_FALSE(control->takes_measurement(1s + 400us));
    EXPECT_TRUE(control->takes_measurement(1s + 401us));
    EXPECT_FALSE(control->takes_measurement(1s + 402us));
    control->on_round_trip(2s, 50ms);
    EXPECT_FALSE(control->takes_measurement(2s + 200ms));
    EXPECT_TRUE(control->takes_measurement(2s + 201ms));
}

/// A path with a round trip and a rate, a publication that always has something, and a subscriber that always reads.
struct Path {
    Nanos round_trip;
    double bytes_per_second;
    std::int64_t receive_buffer = 1 << 20;
    std::int64_t loss_above = INT64_MAX;  // more than that on its way is dropped
    double at_once = 0;  // what a publication that was held up may send then; at least two cycles' worth

    /// The window after so long.
    std::int32_t settle(Nanos how_long, std::vector<std::int32_t>* history = nullptr) const {
        const auto control = make_own_window(
            {.window = 128 * 1024, .term_length = term, .mtu = mtu, .receive_buffer_length = receive_buffer});
        const Nanos cycle = std::max(round_trip / 50, Nanos{20'000});
        std::deque<std::pair<Nanos, Position>> grants;  // on their way to the publication
        std::deque<std::pair<Nanos, Position>> data;    // and back
        Position granted{control->initial_window()};
        Position known = granted;
        Position sent{};
        Progress progress{
            .now = 1s, .consumed = {}, .scheduled = {}, .high_water = {}, .shortest_round_trip = round_trip};
        std::int32_t window = control->initial_window();
        double budget = 0;
        for (const Nanos end = progress.now + how_long; progress.now < end; progress.now += cycle) {
            while (!grants.empty() && grants.front().first <= progress.now) {
                known = std::max(known, grants.front().second);
                grants.pop_front();
            }
            // A network keeps nothing up for later; only in one machine all that is allowed may come at once.
            const double share = bytes_per_second * std::chrono::duration<double>(cycle).count();
            budget = std::min(budget + share, std::max(2 * share, at_once));
            const auto burst = std::min<std::int64_t>(known - sent, static_cast<std::int64_t>(budget));
            if (burst > 0) {
                budget -= static_cast<double>(burst);
                sent += burst;
                data.emplace_back(progress.now + round_trip / 2, sent);
            }
            progress.arrived = 0;
            while (!data.empty() && data.front().first <= progress.now) {
                progress.arrived += data.front().second - progress.high_water;
                progress.high_water = data.front().second;
                data.pop_front();
            }
            progress.new_loss = sent - progress.consumed > loss_above;
            progress.consumed = progress.high_water;
            const Window next = control->on_progress(progress);
            if (next.length != window || progress.consumed > progress.scheduled + next.length / 4) {
                progress.scheduled = progress.consumed;
                grants.emplace_back(progress.now + round_trip / 2, progress.consumed + next.length);
            }
            window = next.length;
            if (history != nullptr) history->push_back(window);
        }
        return window;
    }
};

TEST(OwnWindow, GrowsToWhatALongPathTakes) {
    std::vector<std::int32_t> history;
    const Path path{.round_trip = 50ms, .bytes_per_second = 50e6};
    const std::int32_t window = path.settle(2s, &history);
    EXPECT_GE(window, 2.5e6);  // 50 MB/s for 50 ms
    EXPECT_LE(window, 6e6);
    std::int32_t before = 0;
    for (const std::int32_t each : history) {
        EXPECT_GE(each, before);
        EXPECT_LE(before == 0 ? 0 : each, 2 * before);  // at most twice in one round trip
        before = each;
    }
}
TEST(OwnWindow, DoublesWithEachRoundTripUntilThen) {
    const Path path{.round_trip = 100ms, .bytes_per_second = 1e9};
    EXPECT_GE(path.settle(1s), 4 * 1024 * 1024);
    EXPECT_EQ(path.settle(3s), term / 2);
}
TEST(OwnWindow, StaysWhereItIsWhenThatIsEnough) {
    EXPECT_EQ((Path{.round_trip = 10ms, .bytes_per_second = 1e6}.settle(5s)), 128 * 1024);
}
TEST(OwnWindow, OnAShortPathKeepsToWhatTheSocketHolds) {
    const std::int32_t window = Path{.round_trip = 100us,
                                     .bytes_per_second = 3e9,
                                     .receive_buffer = 425'984,
                                     .loss_above = 400'000,
                                     .at_once = 1e7}
                                    .settle(5s);
    EXPECT_GE(window, 425'984 / 2);
    EXPECT_LE(window, 450'000);
    EXPECT_GE(
        (Path{.round_trip = 100us, .bytes_per_second = 3e9, .receive_buffer = 8 << 20, .at_once = 1e7}.settle(1s)),
        2 << 20);
}

}  // namespace
}  // namespace gale::driver::receiver::testing
