#include "driver/sender/pacer.hpp"
#include "driver/sender/stage_test.hpp"

#include <gtest/gtest.h>

namespace gale::driver::sender::testing {
namespace {

using namespace std::chrono_literals;

/// A sender that always has something, and a receiver at the other end of a path.
class PacerTest : public ::testing::Test {
protected:
    /// Takes what it may for so long, looking each `step`; how many bytes.
    std::int64_t send_for(Nanos time, Nanos step = 100us) {
        std::int64_t sent = 0;
        for (const Nanos end = now_ + time; now_ < end;) {
            now_ += step;
            sent += send(1 << 20);
        }
        return sent;
    }
    std::int64_t send(std::int64_t most) {
        const std::int64_t bytes = std::min(pacer_.budget(now_), most);
        if (bytes == 0) return 0;
        position_ += bytes;
        pacer_.on_sent(bytes, position_, now_);
        return bytes;
    }
    /// One round: something leaves, and `turn` later it is known to be consumed.
    void round(Nanos turn, std::int64_t granted) {
        send(1);
        now_ += turn;
        pacer_.on_status(position_, granted, now_);
    }

    static constexpr std::int64_t window = 16 << 20;
    Pacer pacer_;
    Position position_{};
    Nanos now_{1s};
};

TEST_F(PacerTest, HoldsNothingBackBeforeARoundIsOver) {
    EXPECT_EQ(pacer_.budget(now_), Pacer::everything);
    pacer_.on_sent(1 << 20, Position{1 << 20}, now_);
    now_ += 100ms;
    pacer_.on_status(Position{(1 << 20) - 32}, window, now_);
    EXPECT_EQ(pacer_.budget(now_), Pacer::everything) << "not all of it was consumed";
    pacer_.on_status(Position{1 << 20}, window, now_);
    EXPECT_NE(pacer_.budget(now_), Pacer::everything);
}

TEST_F(PacerTest, HoldsNothingBackOnAShortPath) {
    round(Pacer::long_path - 1ns, window);
    EXPECT_FALSE(pacer_.is_paced());
    EXPECT_EQ(pacer_.budget(now_), Pacer::everything);
}

TEST_F(PacerTest, HoldsBackNoWindowThatMayLeaveAtOnce) {
    round(100ms, Pacer::at_once);
    EXPECT_FALSE(pacer_.is_paced());
}

TEST_F(PacerTest, SpreadsAWindowOverMostOfTheTimeUntilItComesBack) {
    round(100ms, window);
    EXPECT_NEAR(pacer_.bytes_per_second(), 1.25 * 10 * window, 1);
    send_for(10ms);  // what may leave at once
    const auto sent = static_cast<double>(send_for(80ms));
    EXPECT_NEAR(sent, window, window / 50.0);
}

TEST_F(PacerTest, GathersWhatIsWorthACycle) {
    round(100ms, window);
    send_for(10ms);
    int cycles = 0;
    for (int i = 0; i < 10'000; ++i) {
        now_ += 1us;
        const std::int64_t budget = pacer_.budget(now_);
        if (budget == 0) continue;
        EXPECT_GE(budget, Pacer::least);
        send(budget);
        ++cycles;
    }
    EXPECT_LE(cycles, 10e-3 * 1.25 * 10 * window / Pacer::least);
    EXPECT_GT(cycles, 10);
}

TEST_F(PacerTest, AfterARestABurstMayLeaveAndNoMore) {
    round(100ms, window);
    now_ += 10s;
    EXPECT_EQ(pacer_.budget(now_), static_cast<std::int64_t>(1.25 * 10 * window * 2e-3));
    pacer_.on_status(position_, 1 << 20, now_);  // slower than the least burst
    now_ += 10s;
    EXPECT_EQ(pacer_.budget(now_), Pacer::at_once);
}

TEST_F(PacerTest, TheShortestRoundOfLateCounts) {
    round(100ms, window);
    round(50ms, window);
    round(200ms, window);
    EXPECT_NEAR(pacer_.bytes_per_second(), 1.25 * 20 * window, 1);
    for (int i = 0; i < 3; ++i) {
        now_ += 6s;
        round(100ms, window);
    }
    EXPECT_NEAR(pacer_.bytes_per_second(), 1.25 * 10 * window, 1);
    round(1ms, window);
    EXPECT_FALSE(pacer_.is_paced()) << "the path is short after all";
}

TEST_F(PacerTest, FollowsTheWindow) {
    round(100ms, window);
    pacer_.on_status(position_, window / 2, now_);
    EXPECT_NEAR(pacer_.bytes_per_second(), 1.25 * 10 * (window / 2), 1);
    pacer_.on_status(position_, 0, now_);
    EXPECT_FALSE(pacer_.is_paced());
}

TEST_F(PacerTest, ForgetsEverythingWhenItStops) {
    round(100ms, window);
    pacer_.stop();
    EXPECT_EQ(pacer_.budget(now_), Pacer::everything);
    pacer_.on_status(position_, window, now_);
    EXPECT_EQ(pacer_.budget(now_), Pacer::everything);
}

/// A publication with a window of a mebibyte, whose first bytes took 50 ms to be consumed.
struct LongPath {
    static constexpr std::int32_t term = 4 << 20;
    static constexpr std::int32_t window = 1 << 20;
    static StageSpec spec(EndpointKind kind) {
        StageSpec spec{.kind = kind};
        spec.log.term_length = term;
        spec.publication.window = term / 2;
        return spec;
    }
    explicit LongPath(EndpointKind kind) : stage{spec(kind)} {
        stage.network->keeps = false;
        stage.network->room = std::numeric_limits<int>::max();
        stage.status({.window = window});
        stage.run(1ms);
        stage.offer(100);
        stage.run(50ms);
        stage.status({.position = stage.value(Stage::sender_position), .window = window});
        stage.step();
    }
    std::int64_t sent_in(Nanos time) {
        const std::int64_t before = stage.value(Stage::sender_position);
        stage.run(time, 100us);
        return stage.value(Stage::sender_position) - before;
    }
    Stage stage;
};

TEST(Pacing, AWindowDoesNotLeaveInOneBurst) {
    LongPath path{EndpointKind::unicast};
    path.stage.offer_many(600, 1376);
    EXPECT_LE(path.sent_in(1ms), Pacer::at_once + (1 << 16));
    EXPECT_EQ(path.stage.value(Stage::back_pressure), 0) << "the window is not what holds it";
    path.sent_in(50ms);
    EXPECT_EQ(path.stage.value(Stage::sender_position), path.stage.producer());
}

TEST(Pacing, IsForOneReceiver) {
    LongPath several{EndpointKind::unicast};
    several.stage.status(
        {.position = several.stage.value(Stage::sender_position), .window = LongPath::window, .receiver_id = 8});
    several.stage.step();
    several.stage.offer_many(600, 1376);
    EXPECT_GE(several.sent_in(5ms), 600 * 1408);
    LongPath group{EndpointKind::multicast};
    group.stage.offer_many(600, 1376);
    EXPECT_GE(group.sent_in(5ms), 600 * 1408);
}

}  // namespace
}  // namespace gale::driver::sender::testing
