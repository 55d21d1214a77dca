#include "driver/sender/pacer.hpp"
#include "driver/sender/stage_test.hpp"

#include <gtest/gtest.h>

#include <vector>

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
            const std::int64_t budget = pacer_.budget(now_);
            if (budget >= Pacer::least) sent += send(std::min<std::int64_t>(budget, 1 << 20));
        }
        return sent;
    }
    std::int64_t send(std::int64_t bytes) {
        position_ += bytes;
        pacer_.on_sent(bytes, position_, now_);
        return bytes;
    }
    void hear(Position consumed, std::int64_t granted = window, std::int64_t receiver = 1) {
        pacer_.on_status(receiver, consumed, granted, now_);
    }
    /// Much leaves, and is known to be consumed `turn` later, by two status messages.
    void round(Nanos turn, std::int64_t granted = window) {
        send(2 * Pacer::much_consumed);
        now_ += turn;
        hear(position_ - Pacer::much_consumed, granted);
        hear(position_, granted);
    }

    static constexpr std::int64_t window = 16 << 20;
    Pacer pacer_;
    Position position_{};
    Nanos now_{1s};
};

TEST_F(PacerTest, HoldsNothingBackBeforeARoundIsOver) {
    hear(position_);
    EXPECT_EQ(pacer_.budget(now_), Pacer::everything);
    send(1 << 20);
    now_ += 100ms;
    EXPECT_EQ(pacer_.budget(now_), Pacer::everything);
    hear(position_ - Pacer::much_consumed);
    EXPECT_EQ(pacer_.budget(now_), Pacer::everything) << "not all of it was consumed";
    hear(position_);
    EXPECT_NEAR(pacer_.bytes_per_second(), 1.25 * 10 * window, 1);
}

TEST_F(PacerTest, HoldsNothingBackOnAShortPath) {
    round(Pacer::long_path - 1ns);
    EXPECT_FALSE(pacer_.is_paced());
    EXPECT_EQ(pacer_.budget(now_), Pacer::everything);
}

TEST_F(PacerTest, StatusMessagesThatOnlyComeNowAndThenTellNothing) {
    for (int i = 0; i < 100; ++i) {  // a few messages, and the next status message long after
        send(1000);
        now_ += 200ms;
        hear(position_);
        EXPECT_FALSE(pacer_.is_paced());
    }
}

TEST_F(PacerTest, ASlowStreamOnAShortPathIsNotTakenForALongOne) {
    hear(position_);
    Position heard{};
    for (int i = 0; i < 2000; ++i) {  // 10 MB/s: a status message comes each 50 ms, when enough was consumed
        send(10'000);
        now_ += 100us;
        if (position_ - heard >= Pacer::much_consumed) hear(heard = position_);
        EXPECT_FALSE(pacer_.is_paced()) << i;
        now_ += 900us;
    }
}

TEST_F(PacerTest, MeasuresAboutARoundOfASteadyStream) {
    hear(position_);
    std::vector<Position> ends;
    for (int i = 0; i < 300; ++i) {  // 1 ms apart, consumed 50 ms later
        ends.push_back(position_ + send(64 * 1024));
        now_ += 1ms;
        if (i >= 50 && i % 8 == 0) hear(ends[static_cast<std::size_t>(i - 49)]);
    }
    ASSERT_TRUE(pacer_.is_paced());
    EXPECT_NEAR(pacer_.bytes_per_second(), 1.25 * 20 * window, 0.16 * 1.25 * 20 * window);
}

TEST_F(PacerTest, HoldsBackNoWindowThatMayLeaveAtOnce) {
    round(100ms, Pacer::at_once);
    EXPECT_FALSE(pacer_.is_paced());
}

TEST_F(PacerTest, SpreadsAWindowOverMostOfTheTimeUntilItComesBack) {
    round(100ms);
    send_for(10ms);  // what may leave at once
    const auto sent = static_cast<double>(send_for(80ms));
    EXPECT_NEAR(sent, window, window / 50.0);
}

TEST_F(PacerTest, AfterARestABurstMayLeaveAndNoMore) {
    round(100ms);
    now_ += 10s;
    EXPECT_EQ(pacer_.budget(now_), static_cast<std::int64_t>(1.25 * 10 * window * 2e-3));
    hear(position_, 1 << 20);  // slower than the least burst
    now_ += 10s;
    EXPECT_EQ(pacer_.budget(now_), Pacer::at_once);
    send(2 * Pacer::at_once);
    EXPECT_EQ(pacer_.budget(now_), 0) << "what was taken too much is made up for";
}

TEST_F(PacerTest, TheShortestRoundOfLateCounts) {
    round(100ms);
    round(50ms);
    round(200ms);
    EXPECT_NEAR(pacer_.bytes_per_second(), 1.25 * 20 * window, 1);
    for (int i = 0; i < 3; ++i) {
        now_ += 6s;
        round(100ms);
    }
    EXPECT_NEAR(pacer_.bytes_per_second(), 1.25 * 10 * window, 1);
    round(1ms);
    EXPECT_FALSE(pacer_.is_paced()) << "the path is short after all";
}

TEST_F(PacerTest, FollowsTheWindow) {
    round(100ms);
    hear(position_, window / 2);
    EXPECT_NEAR(pacer_.bytes_per_second(), 1.25 * 10 * (window / 2), 1);
    hear(position_, 0);
    EXPECT_FALSE(pacer_.is_paced());
}

TEST_F(PacerTest, AnotherReceiverIsAnotherPath) {
    round(100ms);
    hear(position_, window, 2);
    EXPECT_FALSE(pacer_.is_paced());
    round(100ms);
    pacer_.stop();
    EXPECT_EQ(pacer_.budget(now_), Pacer::everything);
}

/// A publication with a window of a mebibyte, whose status messages say that a round takes 50 ms.
struct LongPath {
    static constexpr std::int64_t frame = 1408;
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
        stage.status({.window = window});
        stage.offer_many(400, 1376);
        stage.run(50ms);
        hear(200 * frame);
        stage.offer_many(200, 1376);
        stage.run(25ms);
        hear(400 * frame);  // of what left before
        stage.run(25ms);
        hear(600 * frame);
    }
    void hear(std::int64_t position) {
        stage.status({.position = position, .window = window});
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

TEST(Pacing, WhatIsAllThereIsDoesNotWaitForMore) {
    LongPath path{EndpointKind::unicast};
    path.stage.offer_many(400, 1376);
    path.sent_in(5ms);
    ASSERT_LT(path.stage.value(Stage::sender_position), path.stage.producer()) << "the burst is over";
    while (path.stage.value(Stage::sender_position) < path.stage.producer()) path.sent_in(100us);
    path.stage.offer(100);  // just now hardly anything may leave
    path.sent_in(100us);
    EXPECT_EQ(path.stage.value(Stage::sender_position), path.stage.producer());
}

TEST(Pacing, IsGivenUpWithTheReceiver) {
    LongPath path{EndpointKind::unicast};
    path.stage.run(6s);
    path.stage.status({.position = path.stage.value(Stage::sender_position), .window = LongPath::window});
    path.stage.step();
    path.stage.offer_many(600, 1376);
    EXPECT_GE(path.sent_in(5ms), 600 * 1408);
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
