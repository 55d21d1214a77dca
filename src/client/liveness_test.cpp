#include "client/testing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gale::client::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr Nanos a_beat = 100ms;

/// The client runs on, the driver does not.
void live_alone(World& world, Nanos time) {
    for (Nanos lived{}; lived < time && !world.client.is_closed(); lived += a_beat) {
        world.driver.clock.advance(a_beat);
        world.client.do_work();
    }
}

TEST(Liveness, TheClientKeepsItselfAliveAndSaysWhoItIs) {
    World world{[](ClientOptions& options) { options.name = "tester"; }};
    EXPECT_FALSE(world.driver.heartbeats.contains(world.client.client_id()));
    auto counter = world.settle(world.client.async_add_counter({.label = "first request"}));
    const CounterId heartbeat = world.driver.heartbeats.at(world.client.client_id());
    const auto seen = world.driver.counters.look(heartbeat);
    EXPECT_EQ(seen->label, "client-heartbeat: id=" + std::to_string(world.client.client_id().value) +
                               " name=tester version=1.53.0 commit=gale-0.1.0");
    world.live(3s);
    EXPECT_GE(world.driver.counters.value(heartbeat).load_acquire(), (world.driver.clock.wall() - 500ms).count());
    EXPECT_EQ(world.driver.counters.look(heartbeat)->label, seen->label);  // said once
}

TEST(Liveness, TheHeartbeatCounterIsLookedForWhenItsNewsWentUnheard) {
    World world;
    auto pending = world.client.async_add_counter({.label = "x"});
    const auto key = control::heartbeat_key(world.client.client_id());
    const auto counter =
        world.driver.counters.allocate({.type_id = 11, .key = key, .label = "hb"}, world.driver.clock.moment());
    static_cast<void>(world.driver.take());
    world.driver.clock.advance(20ms);
    world.client.do_work();
    EXPECT_EQ(world.driver.counters.value(*counter).load_acquire(), world.driver.clock.wall().count());
}

TEST(Liveness, ADriverThatSaysGoodbyeClosesTheClient) {
    World world;
    auto publication = world.publication();
    world.driver.ring.consumer_heartbeat().store_release(-1);
    live_alone(world, 1s);
    EXPECT_TRUE(world.client.is_closed());
    EXPECT_TRUE(publication.is_closed());
    ASSERT_EQ(world.errors.size(), 1U);
    EXPECT_EQ(world.errors[0].code(), ErrorCode::driver_timeout);
    EXPECT_THAT(world.errors[0].what(), StartsWith("the driver was stopped (" + world.driver.directory()));
    EXPECT_THAT(world.errors[0].what(), HasSubstr("connect a new one"));
    EXPECT_EQ(world.client.close_reason()->code(), ErrorCode::driver_timeout);
}

TEST(Liveness, ADriverThatFallsSilentClosesTheClient) {
    World world;
    world.live(2s);
    live_alone(world, 9s);
    EXPECT_FALSE(world.client.is_closed());
    live_alone(world, 2s);
    EXPECT_TRUE(world.client.is_closed());
    EXPECT_EQ(world.client.close_reason()->code(), ErrorCode::driver_timeout);
    EXPECT_THAT(world.client.close_reason()->what(), HasSubstr("no sign of life for 10"));
}

TEST(Liveness, AWallClockThatStepsKillsNobody) {
    World world;
    world.live(1s);
    for (const Nanos step : {Nanos{1h}, Nanos{-3h}, Nanos{20s}}) {
        world.driver.clock.step_wall(step);
        live_alone(world, 1s);  // the driver's beat is still of the old time
        EXPECT_FALSE(world.client.is_closed());
        world.live(11s);
    }
    EXPECT_FALSE(world.client.is_closed());
}

TEST(Liveness, ADriverThatDiesAfterTheWallClockSteppedBackIsFoundOut) {
    World world;
    world.live(1s);
    world.driver.clock.step_wall(-1h);
    live_alone(world, 12s);
    EXPECT_TRUE(world.client.is_closed());
}

TEST(Liveness, AfterAPauseTheDriverGetsTimeForABeat) {
    auto settings = FakeDriver::small_settings();
    settings.client_liveness_timeout = 60s;
    World world{{}, settings};
    world.live(1s);
    world.driver.clock.advance(30s);  // both slept
    world.client.do_work();
    EXPECT_FALSE(world.client.is_closed());
    world.live(2s);
    EXPECT_FALSE(world.client.is_closed());
    world.driver.clock.advance(30s);
    world.client.do_work();
    live_alone(world, 2s);
    EXPECT_TRUE(world.client.is_closed());  // it had its time
}

TEST(Liveness, APauseThatTheDriverDidNotMindIsSurvived) {
    World world;
    auto publication = world.publication();
    world.driver.clock.advance(11s);  // stopped together with the driver, or one that was lenient
    world.driver.beat();
    world.client.do_work();
    EXPECT_FALSE(world.client.is_closed());
    world.live(2s);
    EXPECT_FALSE(publication.is_closed());
    EXPECT_TRUE(world.errors.empty());
}

TEST(Liveness, APauseAfterWhichTheDriverHasGivenThisClientUpClosesIt) {
    World world;
    auto publication = world.publication();
    world.driver.clock.advance(11s);
    world.driver.beat();
    world.driver.counters.free(world.driver.heartbeats.at(world.client.client_id()), world.driver.clock.tick());
    world.client.do_work();
    EXPECT_TRUE(world.client.is_closed());
    ASSERT_EQ(world.errors.size(), 1U);
    EXPECT_EQ(world.errors[0].code(), ErrorCode::conductor_service_timeout);
    EXPECT_THAT(world.errors[0].what(), StartsWith("the client's conductor did not run for 11s"));
}

TEST(Liveness, ADriverThatGaveThisClientUpClosesItOnce) {
    World world;
    auto publication = world.publication();
    world.driver.tell(control::ClientTimeout{world.client.client_id()});
    world.driver.clock.advance(11s);
    world.client.do_work();
    world.client.do_work();
    ASSERT_EQ(world.errors.size(), 1U);
    EXPECT_EQ(world.errors[0].code(), ErrorCode::client_timeout);
}

TEST(Liveness, AHeartbeatCounterThatIsGoneClosesTheClient) {
    World world;
    auto publication = world.publication();
    world.driver.counters.free(world.driver.heartbeats.at(world.client.client_id()), world.driver.clock.moment());
    world.live(1s);
    EXPECT_EQ(world.client.close_reason()->code(), ErrorCode::driver_timeout);
}

TEST(Liveness, LostNewsCloseTheClient) {
    World world;
    auto publication = world.publication();
    for (int i = 0; i < 20'000; ++i) world.driver.tell(control::OperationSucceeded{CorrelationId{100'000 + i}});
    world.client.do_work();
    EXPECT_TRUE(world.client.is_closed());
    EXPECT_TRUE(publication.is_closed());
    ASSERT_EQ(world.errors.size(), 1U);
    EXPECT_THAT(world.errors[0].what(), HasSubstr("overtook this client"));
}

TEST(Liveness, AfterwardsEverythingSaysClosedAndWhy) {
    World world;
    auto pending = world.client.async_add_subscription("aeron:ipc", StreamId{4});
    world.driver.ring.consumer_heartbeat().store_release(-1);
    live_alone(world, 1s);
    const Error failed = error_of([&] { static_cast<void>(pending.poll()); });
    EXPECT_EQ(failed.code(), ErrorCode::driver_timeout);
    EXPECT_THAT(failed.what(), StartsWith("cannot add subscription aeron:ipc on stream 4: the driver was stopped"));
    const Error later = error_of([&] { static_cast<void>(world.client.add_publication("aeron:ipc", StreamId{4})); });
    EXPECT_EQ(later.code(), ErrorCode::closed);
    EXPECT_THAT(later.what(), StartsWith("the client is closed: the driver was stopped"));
    EXPECT_EQ(error_of([&] { world.client.add_close_handler([] {}); }).code(), ErrorCode::closed);
    EXPECT_EQ(world.client.do_work(), 0);
}

TEST(Liveness, ADriverWithLittlePatienceIsToldMoreOften) {
    auto settings = FakeDriver::small_settings();
    settings.client_liveness_timeout = 300ms;
    World world{{}, settings};
    auto publication = world.publication();
    const CounterId heartbeat = world.driver.heartbeats.at(world.client.client_id());
    world.live(200ms, 50ms);
    EXPECT_GE(world.driver.counters.value(heartbeat).load_acquire(), (world.driver.clock.wall() - 150ms).count());
}

}  // namespace
}  // namespace gale::client::testing
