#include "agent/idle_strategy.hpp"

#include <gale/error.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <vector>

namespace gale::agent {
namespace {

using namespace std::chrono_literals;

/// Writes down what a strategy does; a park costs `cost_per_park` of processor time and ends when its time is up.
class RecordedRest final : public Rest {
public:
    void spin() noexcept override { ++spins; }
    void yield() noexcept override { ++yields; }
    void park(Nanos duration) noexcept override {
        parks.push_back(duration);
        used_ += cost_per_park;
    }
    [[nodiscard]] bool can_be_woken() const noexcept override { return wakeable; }
    [[nodiscard]] Nanos processor_time() const noexcept override { return used_; }

    int spins = 0;
    int yields = 0;
    std::vector<Nanos> parks{};
    bool wakeable = false;
    Nanos cost_per_park{};

private:
    Nanos used_{};
};

void idle(IdleStrategy& strategy, Rest& rest, int times) {
    for (; times > 0; --times) strategy.idle(0, rest);
}

std::string refusal(std::string_view name, std::string_view arguments) {
    try {
        static_cast<void>(IdleStrategy::parse(name, arguments, "conductor.idle.strategy"));
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
        return error.what();
    }
    return "";
}

TEST(IdleStrategy, BackOffSpinsThenYieldsThenParksTwiceAsLongEachTime) {
    auto strategy = IdleStrategy::parse("backoff", "2-3-1us-5us");
    RecordedRest rest;
    idle(strategy, rest, 2);
    EXPECT_EQ(rest.spins, 2);
    EXPECT_EQ(rest.yields, 0);
    idle(strategy, rest, 3);
    EXPECT_EQ(rest.yields, 3);
    idle(strategy, rest, 5);
    EXPECT_THAT(rest.parks, testing::ElementsAre(1us, 2us, 4us, 5us, 5us));
    EXPECT_EQ(rest.spins + rest.yields, 5);
}

TEST(IdleStrategy, WorkStartsBackOffAnew) {
    auto strategy = IdleStrategy::parse("backoff", "1-1-1us-8us");
    RecordedRest rest;
    idle(strategy, rest, 5);
    strategy.idle(7, rest);
    EXPECT_EQ(rest.spins + rest.yields, 2) << "with work there is no rest";
    idle(strategy, rest, 3);
    EXPECT_EQ(rest.spins, 2);
    EXPECT_EQ(rest.yields, 2);
    EXPECT_EQ(rest.parks.back(), 1us);
}

TEST(IdleStrategy, BackOffWithoutSpinsAndYieldsParksAtOnce) {
    auto strategy = IdleStrategy::backoff({.spins = 0, .yields = 0, .min_park = 3us, .max_park = Nanos::max()});
    RecordedRest rest;
    idle(strategy, rest, 100);
    EXPECT_EQ(rest.parks.front(), 3us);
    EXPECT_EQ(rest.parks.back(), Nanos::max()) << "doubling does not overflow";
    EXPECT_EQ(rest.spins + rest.yields, 0);
}

TEST(IdleStrategy, TheOthersDoOneThing) {
    RecordedRest rest;
    auto spin = IdleStrategy::parse("spin", "");
    auto yield = IdleStrategy::parse("yield", "");
    auto noop = IdleStrategy::parse("noop", "");
    auto sleep = IdleStrategy::parse("sleep-ns", "250us");
    idle(spin, rest, 3);
    idle(yield, rest, 4);
    idle(noop, rest, 5);
    EXPECT_TRUE(rest.parks.empty());
    idle(sleep, rest, 2);
    sleep.idle(1, rest);
    EXPECT_EQ(rest.spins, 3);
    EXPECT_EQ(rest.yields, 4);
    EXPECT_THAT(rest.parks, testing::ElementsAre(250us, 250us));
}

TEST(IdleStrategy, TheDefaultBacksOffToAMillisecondWhereNobodyCanWakeIt) {
    IdleStrategy strategy;
    RecordedRest rest;
    rest.cost_per_park = 1ms;
    idle(strategy, rest, 1'000);
    EXPECT_EQ(rest.spins, 3);
    EXPECT_EQ(rest.yields, 20);
    EXPECT_EQ(rest.parks.front(), 1us);
    EXPECT_EQ(std::ranges::max(rest.parks), 1ms);
}

TEST(ThriftyBackOff, StaysAtAMillisecondWhereWakingUpIsCheap) {
    IdleStrategy strategy;
    RecordedRest rest;
    rest.wakeable = true;
    rest.cost_per_park = 2us;
    idle(strategy, rest, 1'000);
    EXPECT_EQ(rest.parks.back(), 1ms);
    EXPECT_EQ(std::ranges::max(rest.parks), 1ms);
}

TEST(ThriftyBackOff, RestsLongerWhereWakingUpIsDear) {
    IdleStrategy strategy;
    RecordedRest rest;
    rest.wakeable = true;
    rest.cost_per_park = 30us;
    idle(strategy, rest, 1'000);
    const auto share = std::chrono::duration<double>(rest.cost_per_park) / rest.parks.back();
    EXPECT_NEAR(share, Thrift::share, Thrift::share / 100);
    rest.cost_per_park = 10s;
    idle(strategy, rest, 100);
    EXPECT_EQ(rest.parks.back(), Thrift::longest_limit);
}

TEST(ThriftyBackOff, NeverRestsLongerThanAQuarterOfTheSilence) {
    IdleStrategy strategy;
    RecordedRest rest;
    rest.wakeable = true;
    rest.cost_per_park = 30us;
    idle(strategy, rest, 1'000);  // it knows by now what a park costs
    strategy.idle(1, rest);
    rest.parks.clear();
    idle(strategy, rest, 200);
    Nanos silence{};
    for (const Nanos park : rest.parks) {
        EXPECT_LE(park, std::max<Nanos>(1ms, silence / Thrift::patience));
        silence += park;
    }
    EXPECT_GT(rest.parks.back(), 10ms);
}

TEST(ThriftyBackOff, IsOnlyForThoseWhoGaveNoArguments) {
    auto strategy = IdleStrategy::parse("backoff", "10-20-1us-1ms");
    RecordedRest rest;
    rest.wakeable = true;
    rest.cost_per_park = 1ms;
    idle(strategy, rest, 1'000);
    EXPECT_EQ(std::ranges::max(rest.parks), 1ms);
}

TEST(IdleStrategyNames, ComeFromAllWhoNamedThem) {
    const std::vector<std::pair<std::string_view, IdleKind>> names{
        {"backoff", IdleKind::backoff},
        {"aeron_idle_strategy_backoff", IdleKind::backoff},
        {"BackoffIdleStrategy", IdleKind::backoff},
        {"org.agrona.concurrent.BackoffIdleStrategy", IdleKind::backoff},
        {"spin", IdleKind::spin},
        {"aeron_idle_strategy_busy_spinning", IdleKind::spin},
        {"BusySpinIdleStrategy", IdleKind::spin},
        {"yield", IdleKind::yield},
        {"aeron_idle_strategy_yielding", IdleKind::yield},
        {"YieldingIdleStrategy", IdleKind::yield},
        {"noop", IdleKind::noop},
        {"aeron_idle_strategy_noop", IdleKind::noop},
        {"NoOpIdleStrategy", IdleKind::noop},
        {"sleeping", IdleKind::sleeping},
        {"sleep-ns", IdleKind::sleeping},
        {"sleep-ms", IdleKind::sleeping},
        {"aeron_idle_strategy_sleeping", IdleKind::sleeping},
        {"SleepingIdleStrategy", IdleKind::sleeping},
        {"SleepingMillisIdleStrategy", IdleKind::sleeping},
    };
    for (const auto& [name, kind] : names) EXPECT_EQ(IdleStrategy::parse(name, "").kind(), kind) << name;
    EXPECT_EQ(IdleStrategy::parse("sleeping", "").arguments(), "1us");
    EXPECT_EQ(IdleStrategy::parse("sleep-ms", "").arguments(), "1ms");
    EXPECT_EQ(IdleStrategy::parse("backoff", "").arguments(), "");
    for (const auto* unknown : {"", "back", "Backoff", "controllable", "backoff ", "aeron_idle_strategy_"})
        EXPECT_THAT(refusal(unknown, ""), testing::HasSubstr("backoff, spin")) << unknown;
}

TEST(IdleStrategyArguments, AreRefusedWithTheOptionsName) {
    const auto text = refusal("backoff", "1-2-3");
    EXPECT_THAT(text, testing::HasSubstr("conductor.idle.strategy"));
    EXPECT_THAT(text, testing::HasSubstr("'1-2-3'"));
    EXPECT_THAT(text, testing::HasSubstr("10-20-1us-1ms"));
    for (const auto* bad : {"1", "1-2-3-4-5", "1-2-3-", "-1-2-3", "1-2-0-4", "1-2-5us-4us", "1k-2-3-4", "1-2-3x-4",
                            "1,0-2-3-4", "1-2-3-4m", " 1-2-3-4", "99999999999999999999-2-3-4", "----"})
        EXPECT_NE(refusal("backoff", bad), "") << bad;
    for (const auto* bad : {"0", "x", "1ms 2ms", "-1ms", "1m"}) EXPECT_NE(refusal("sleeping", bad), "") << bad;
    EXPECT_THAT(refusal("sleep-ms", "5"), testing::HasSubstr("at least 1ms"));
    for (const auto* none : {"spin", "yield", "noop"})
        EXPECT_THAT(refusal(none, "1ms"), testing::HasSubstr("allowed: none")) << none;
}

TEST(IdleStrategyArguments, TakeEveryUnitAndComeBackAsText) {
    EXPECT_EQ(IdleStrategy::parse("backoff", "100-200-5us-2ms").arguments(), "100-200-5us-2ms");
    EXPECT_EQ(IdleStrategy::parse("backoff", "0-0-500ns-1s").arguments(), "0-0-500ns-1s");
    EXPECT_EQ(IdleStrategy::parse("backoff", "0-0-500-1000").arguments(), "0-0-500ns-1us");
    EXPECT_EQ(IdleStrategy::parse("sleeping", "250000").arguments(), "250us");
    EXPECT_EQ(IdleStrategy::parse("sleep-ms", "16ms").arguments(), "16ms");
    EXPECT_EQ(IdleStrategy::parse("sleep-ms", "16ms").name(), "sleeping");
}

}  // namespace
}  // namespace gale::agent
