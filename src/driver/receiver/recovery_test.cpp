#include "driver/receiver/recovery.hpp"
#include "driver/receiver/testing.hpp"
#include "logbuffer/rebuild.hpp"

#include <gtest/gtest.h>

#include <map>
#include <vector>

namespace gale::driver::receiver::testing {
namespace {

/// A stream of frames over several terms, cut into datagrams that each lie in one term.
struct Cut {
    std::int64_t begin;
    std::int64_t end;
};
std::vector<Cut> cut_stream(Random& random, std::int64_t length) {
    std::vector<Cut> cuts;
    for (std::int64_t at = 0; at < length;) {
        const std::int64_t term_end = (at / small_term + 1) * small_term;
        const std::int64_t end =
            std::min(at + 32 * static_cast<std::int64_t>(1 + random.below(44)), std::min(term_end, length));
        cuts.push_back({at, end});
        at = end;
    }
    return cuts;
}

void write(const LogInMemory& log, const Cut& cut) {
    const logbuffer::Geometry& geometry = log.log.geometry();
    const Position begin{cut.begin};
    logbuffer::insert_frames(log.log.term(geometry.partition(begin)), geometry.offset(begin),
                             frame_at(cut.begin, static_cast<std::int32_t>(cut.end - cut.begin)));
}

/// How far a log may be written: anywhere, or so far that what is sent is often beyond.
enum class Writable { everywhere, little };

/// Loses, repeats and reorders; answers what is asked for, and loses some of that as well.
void survive(std::uint64_t seed, const NakSettings& settings, Writable how = Writable::everywhere) {
    SCOPED_TRACE(seed);
    Random random{seed};
    const LogInMemory log;
    Recovery recovery{log.log, Position{0}, settings, seed};
    const auto cuts = cut_stream(random, 2 * small_term + 32 * static_cast<std::int64_t>(random.below(1000)));
    const std::int64_t length = cuts.back().end;
    std::multimap<Nanos, std::size_t> on_its_way;
    const auto loss = random.below(40);
    const Nanos delay = 1us * static_cast<std::int64_t>(1 + random.below(20'000));
    Nanos now{0};
    std::size_t next = 0;
    std::int64_t asked = 0;
    const auto send = [&](std::size_t cut, Nanos after) {
        if (random.below(100) >= loss)
            on_its_way.emplace(now + after + 1us * static_cast<std::int64_t>(random.below(200)), cut);
        if (random.below(20) == 0) on_its_way.emplace(now + after + 2 * delay, cut);
    };
    Position writable{how == Writable::everywhere ? 4 * std::int64_t{small_term} : 0};
    while (recovery.rebuilt() < Position{length}) {
        ASSERT_LT(now, 60s) << recovery.rebuilt().value;
        now += 10us;
        if (how == Writable::little)
            writable = std::max(writable, recovery.rebuilt() + 32 * static_cast<std::int64_t>(45 + random.below(200)));
        if (next < cuts.size() && random.below(2) == 0) send(next++, delay);
        const bool heartbeat = next == cuts.size() || (how == Writable::little && next > 0);
        if (heartbeat && now.count() % 1'000'000 == 0)
            recovery.on_high_water(Position{cuts[next - 1].end}, writable, now);
        while (!on_its_way.empty() && on_its_way.begin()->first <= now) {
            const Cut& cut = cuts[on_its_way.begin()->second];
            on_its_way.erase(on_its_way.begin());
            if (Position{cut.end} > writable) continue;
            write(log, cut);
            const Position before = recovery.rebuilt();
            recovery.on_data(Position{cut.begin}, Position{cut.end}, now);
            EXPECT_GE(recovery.rebuilt(), before);
        }
        recovery.ask(now, 16, [&](const logbuffer::Gap& gap) {
            ++asked;
            EXPECT_LT(gap.begin, gap.end);
            EXPECT_GE(gap.begin, recovery.rebuilt());
            EXPECT_LE(gap.end, recovery.high_water());
            EXPECT_EQ(gap.begin.value / small_term, (gap.end.value - 1) / small_term);
            EXPECT_EQ(gap.begin.value % 32 + gap.end.value % 32, 0);
            for (std::size_t i = 0; i < cuts.size(); ++i)
                if (cuts[i].begin >= gap.begin.value && cuts[i].end <= gap.end.value) send(i, 2 * delay);
        });
        std::vector<logbuffer::Gap> missing;
        if (now.count() % 1'000'000 != 0) continue;
        logbuffer::scan_gaps(log.log, Position{0}, recovery.high_water(), [&](const logbuffer::Gap& gap) {
            missing.push_back(gap);
            return true;
        });
        EXPECT_EQ(recovery.rebuilt(), missing.empty() ? recovery.high_water() : missing[0].begin);
    }
    EXPECT_EQ(recovery.rebuilt(), Position{length});
    recovery.ask(now + 10s, 100, [](const logbuffer::Gap&) { FAIL() << "asked for what is there"; });
    EXPECT_LT(asked, 60 * static_cast<std::int64_t>(cuts.size()));
}

TEST(RecoveryProperty, WhatIsLostIsAskedForUntilAllIsThere) {
    for (std::uint64_t seed = 0; seed < 60; ++seed) survive(seed, {});
}
TEST(RecoveryProperty, AlsoWhenOnlyFewGapsCanBeTracked) {
    for (std::uint64_t seed = 100; seed < 140; ++seed) survive(seed, {.max_gaps = 3});
}
TEST(RecoveryProperty, AlsoInAGroup) {
    for (std::uint64_t seed = 200; seed < 220; ++seed) survive(seed, {.is_group = true});
}

TEST(RecoveryProperty, AlsoWhereMuchIsSentThatMayNotBeWrittenYet) {
    for (std::uint64_t seed = 300; seed < 340; ++seed) survive(seed, {}, Writable::little);
    for (std::uint64_t seed = 340; seed < 360; ++seed) survive(seed, {.max_gaps = 3}, Writable::little);
    for (std::uint64_t seed = 360; seed < 380; ++seed) survive(seed, {.is_group = true}, Writable::little);
}

TEST(RecoveryProperty, FilledGapsAndDataMakeAWholeStream) {
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        SCOPED_TRACE(seed);
        Random random{seed};
        const LogInMemory log;
        Recovery recovery{log.log, Position{0}, {.delay = Nanos{0}, .max_gaps = 1 + random.below(100)}, seed};
        std::int64_t arrived = 0;
        std::int64_t end = 0;
        for (const Cut& cut : cut_stream(random, 2 * small_term)) {
            if (random.below(4) == 0) continue;
            write(log, cut);
            recovery.on_data(Position{cut.begin}, Position{cut.end}, Nanos{1});
            arrived += cut.end - cut.begin;
            end = cut.end;
            if (random.below(3) == 0) recovery.fill(Nanos{1'000'000'000});
        }
        std::int64_t before = -1;
        for (int i = 0; recovery.rebuilt().value != before && i < 1000; ++i) {
            before = recovery.rebuilt().value;
            recovery.fill(Nanos{1'000'000'000});
        }
        EXPECT_EQ(recovery.rebuilt(), Position{end});
        EXPECT_EQ(recovery.take_lost_bytes(), end - arrived);
        std::int64_t padding = 0;
        for (std::int64_t at = 0; at < end; at += wire::footprint(log.length_at(at))) {
            ASSERT_GT(log.length_at(at), 0);
            if (log.header_at(at).type == wire::FrameType::padding) padding += log.length_at(at);
        }
        EXPECT_EQ(padding, end - arrived);
    }
}

class RecoveryTest : public ::testing::Test {
protected:
    void arrive(std::int64_t begin, std::int64_t end) {
        write(log, {begin, end});
        recovery.on_data(Position{begin}, Position{end}, now);
    }
    int ask() {
        return recovery.ask(now, 100, [](const logbuffer::Gap&) {});
    }
    /// Looks each `step` for so long; when something was asked for, from now on.
    std::vector<Nanos> times_of_asking(Nanos time, Nanos step) {
        std::vector<Nanos> times;
        for (const Nanos begin = now; now < begin + time; now += step)
            if (ask() > 0) times.push_back(now - begin);
        return times;
    }
    LogInMemory log;
    Recovery recovery{log.log, Position{0}, {}, 1};
    Nanos now{1s};
};

TEST_F(RecoveryTest, DataThatWasOnlyOvertakenTeachesPatience) {
    recovery.on_round_trip(now, 20ms);
    std::int64_t at = 0;
    int asked = 0;
    for (int i = 0; i < 20; ++i, at += 128) {
        arrive(at + 64, at + 128);
        for (int step = 0; step < 10; ++step, now += 100us) asked += ask();
        arrive(at, at + 64);  // 1 ms late: no answer comes that fast
    }
    EXPECT_LT(asked, 5);
}

// Terms that were read long ago are zero again: nothing is missing there.
TEST_F(RecoveryTest, ALossAfterManyTermsIsTheOnlyOne) {
    constexpr std::int64_t long_run = std::int64_t{7} * small_term;
    for (std::int64_t at = 0; at < long_run; at += 1024) {
        arrive(at, at + 1024);
        const std::int64_t read = at - small_term;
        if (read >= 0)
            std::memset(log.log.term(log.log.geometry().partition(Position{read})) + read % small_term, 0, 1024);
    }
    arrive(long_run + 64, long_run + 128);
    EXPECT_EQ(recovery.rebuilt(), Position{long_run});
    now += 1ms;
    std::vector<logbuffer::Gap> asked;
    recovery.ask(now, 100, [&](const logbuffer::Gap& gap) { asked.push_back(gap); });
    ASSERT_EQ(asked.size(), 1U);
    EXPECT_EQ(asked[0].begin, Position{long_run});
    EXPECT_EQ(asked[0].end, Position{long_run + 64});
    arrive(long_run, long_run + 64);
    EXPECT_EQ(recovery.rebuilt(), Position{long_run + 128});
}

TEST(GroupRecovery, WaitsBeforeItAsksAlsoAfterDataInOrder) {
    const LogInMemory log;
    Recovery recovery{log.log, Position{0}, {.is_group = true}, 7};
    Nanos soonest = Nanos::max();
    Nanos latest{};
    for (std::int64_t at = 0; at < 40 * 192; at += 192) {
        const Nanos now{at * 1'000'000};
        for (const auto& [begin, end] : {Cut{at, at + 64}, Cut{at + 128, at + 192}}) {
            write(log, {begin, end});
            recovery.on_data(Position{begin}, Position{end}, now);
        }
        soonest = std::min(soonest, recovery.due() - now);
        latest = std::max(latest, recovery.due() - now);
        write(log, {at + 64, at + 128});
        recovery.on_data(Position{at + 64}, Position{at + 128}, now);
        recovery.ask(now + 100ms, 100, [](const logbuffer::Gap&) {});
    }
    EXPECT_GT(latest, 5ms);
    EXPECT_GT(latest, soonest);
}

TEST_F(RecoveryTest, OnALongPathWhatWasLostOnceIsAskedForTwice) {
    recovery.on_round_trip(now, 100ms);
    arrive(64, 128);
    const auto asked = times_of_asking(300ms, 1ms);
    ASSERT_GE(asked.size(), 3U);
    EXPECT_LT(asked[0], 5ms);
    EXPECT_GT(asked[1], 100ms);
    EXPECT_GE(asked[2] - asked[1], 11ms);
    EXPECT_LT(asked[2] - asked[1], 15ms);
}

TEST_F(RecoveryTest, TheMoreOftenItWasLostTheMoreOftenItIsAskedFor) {
    recovery.on_round_trip(now, 16ms);
    arrive(64, 128);
    const auto asked = times_of_asking(200ms, 100us);
    // One question; one and an echo; one and two; one and three.
    ASSERT_GE(asked.size(), 10U);
    const auto distance = [&](std::size_t i) { return asked[i] - asked[i - 1]; };
    for (const std::size_t question : {1U, 3U, 6U}) EXPECT_GT(distance(question), 16ms) << question;
    for (const std::size_t question : {1U, 3U, 6U}) EXPECT_LT(distance(question), 25ms) << "no longer each time";
    for (const std::size_t echo : {2U, 4U, 5U, 7U, 8U, 9U}) {
        EXPECT_GE(distance(echo), 3ms) << echo;
        EXPECT_LT(distance(echo), 4ms) << echo;
    }
}

TEST_F(RecoveryTest, OnAShortPathAQuestionIsNotPutTwice) {
    recovery.on_round_trip(now, 5ms);
    arrive(64, 128);
    Nanos last = now - 1s;
    for (const Nanos begin = now; now < begin + 100ms; now += 100us) {
        if (ask() == 0) continue;
        EXPECT_GT(now - last, 5ms);
        last = now;
    }
}

TEST_F(RecoveryTest, ManyGapsAreAskedForFewAtATime) {
    for (std::int64_t at = 0; at < 100 * 128; at += 128) arrive(at + 64, at + 128);
    now += 1ms;
    EXPECT_EQ(recovery.ask(now, 32, [](const logbuffer::Gap&) {}), 32);
    EXPECT_LE(recovery.due(), now);
    EXPECT_EQ(recovery.ask(now, 32, [](const logbuffer::Gap&) {}), 32);
}

TEST(RoundTripTest, KnowsTheMeanTheSpreadAndTheShortest) {
    RoundTrip round_trip;
    EXPECT_FALSE(round_trip.known());
    Nanos now{0};
    for (int i = 0; i < 100; ++i) round_trip.on_sample(now += 10ms, 10ms);
    EXPECT_EQ(round_trip.smoothed(), 10ms);
    EXPECT_LT(round_trip.timeout(), 12ms);
    round_trip.on_sample(now += 10ms, 5ms);
    for (int i = 0; i < 100; ++i) round_trip.on_sample(now += 10ms, 20ms);
    EXPECT_EQ(round_trip.shortest(), 5ms);
    EXPECT_GT(round_trip.smoothed(), 19ms);
    for (int i = 0; i < 2000; ++i) round_trip.on_sample(now += 10ms, 20ms);
    EXPECT_EQ(round_trip.shortest(), 20ms);  // what was long ago does not count
}

TEST(GroupBackoffTest, LiesBetweenNothingAndTheLongestAndMostlyNearTheEnd) {
    const GroupBackoff backoff{10ms, 10};
    Random random{1};
    Nanos sum{};
    for (int i = 0; i < 10'000; ++i) {
        const Nanos drawn = backoff.draw(random);
        EXPECT_GE(drawn, 0ms);
        EXPECT_LT(drawn, 10ms);
        sum += drawn;
    }
    EXPECT_NEAR(static_cast<double>((sum / 10'000).count()), 7.36e6, 0.1e6);  // docs/formats/receiving.md, NAK
}

}  // namespace
}  // namespace gale::driver::receiver::testing
