#include "driver/conductor/streams_test.hpp"

#include <gmock/gmock.h>

namespace gale::testing {
namespace {

using control::SystemCounter;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Clients : public ::testing::Test {
protected:
    TestDriver driver;
    Puppet client{driver};
    Puppet other{driver};
};

TEST_F(Clients, BecomeKnownByTheirFirstSuccessfulAddBeforeItsAnswer) {
    const auto id = client.ask(add_publication("aeron:ipc", stream_7));
    EXPECT_THAT(client.take_lines(),
                ElementsAre(line("COUNTER_READY", client.id().value), line(line("PUBLICATION_READY", id) + " of", id)));
    const auto second = client.ask(add_subscription("aeron:ipc", stream_7));
    EXPECT_THAT(client.take_lines(), ElementsAre(line("SUBSCRIPTION_READY", second), available(id, second)));
}

TEST_F(Clients, HaveAHeartbeatCounterThatSaysWhoTheyAre) {
    subscribe(client);
    const auto counter = driver.counters().look(client.heartbeat().value()).value();
    EXPECT_EQ(counter.type_id, 11);
    EXPECT_EQ(counter.label, "client-heartbeat: id=" + std::to_string(client.id().value));
    EXPECT_EQ(counter.registration_id, client.id().value);
    EXPECT_EQ(counter.owner_id, client.id().value);
    EXPECT_EQ(counter.value, driver.clock().tick().wall.count());
    std::int64_t key = 0;
    std::memcpy(&key, counter.key.data(), sizeof key);
    EXPECT_EQ(key, client.id().value);
}

TEST_F(Clients, StayUnknownWhenTheirAddsFailOrAskForNothing) {
    client.ask(add_publication("aeron:ipc?term-length=7", stream_7));
    client.ask(add_publication("aeron:ipc?term-length=1g|sparse=true|session-id=tag:4", stream_7));
    client.ask(add_subscription("aeron:ipc?tether=perhaps", stream_7));
    client.ask(control::ClientKeepalive{});
    client.ask(control::ClientClose{});
    client.ask(control::RemoveCounter{});
    client.ask(control::NextSessionId{.stream_id = stream_7});
    EXPECT_FALSE(client.heartbeat());
    EXPECT_EQ(driver.counters_of(control::CounterType::client_heartbeat), 0);
}

TEST_F(Clients, AreTimedOutWhenTheirHeartbeatStandsStill) {
    const auto publication = publish(client);
    const auto subscription = subscribe(client, "aeron:ipc", StreamId{8});
    const auto counter = client.ask(control::AddCounter{.type_id = 1001, .label = "mine"});
    subscribe(other);
    subscribe(other);
    other.take();
    client.die();
    driver.pass(9s);
    EXPECT_THAT(other.take(), IsEmpty());
    driver.pass(4s);
    const auto lines = other.take_lines();
    ASSERT_EQ(lines.size(), 5U);
    EXPECT_EQ(lines[0], line("CLIENT_TIMEOUT", client.id().value));
    EXPECT_EQ(lines[1], line("UNAVAILABLE_COUNTER", client.id().value));
    EXPECT_EQ(lines[2], line("UNAVAILABLE_COUNTER", counter));
    EXPECT_EQ(lines[3].substr(0, 17), "UNAVAILABLE_IMAGE");
    EXPECT_EQ(lines[4].substr(0, 17), "UNAVAILABLE_IMAGE");
    EXPECT_EQ(driver.value(SystemCounter::client_timeouts), 1);
    EXPECT_EQ(driver.counters_of(control::CounterType::client_heartbeat), 1);
    EXPECT_EQ(driver.log_files(), 0);
    EXPECT_FALSE(remove(other, publication));
    EXPECT_FALSE(remove_subscription(other, subscription));
}

TEST_F(Clients, ThatSayGoodbyeAreNotCalledTimedOut) {
    subscribe(client);
    client.take();
    client.ask(control::ClientClose{});
    EXPECT_THAT(client.take_lines(), ElementsAre(line("UNAVAILABLE_COUNTER", client.id().value)));
    EXPECT_EQ(driver.value(SystemCounter::client_timeouts), 0);
    EXPECT_EQ(driver.counters_of(control::CounterType::client_heartbeat), 0);
}

TEST_F(Clients, ThatSayGoodbyeHoldNoNewStreamUp) {
    subscribe(client);
    client.ask(control::ClientClose{});
    EXPECT_EQ(driver.counters_of(control::CounterType::subscriber_position), 0);
    publish(other);
    driver.step(5);
    EXPECT_EQ(driver.counters_of(control::CounterType::subscriber_position), 0) << "nobody reads it";
}

TEST_F(Clients, LiveByKeepaliveCommandsAlone) {
    subscribe(client);
    client.die();
    for (int i = 0; i < 10; ++i) {
        driver.pass(5s);
        client.ask(control::ClientKeepalive{});
    }
    EXPECT_EQ(driver.value(SystemCounter::client_timeouts), 0);
    driver.pass(12s);
    EXPECT_EQ(driver.value(SystemCounter::client_timeouts), 1);
}

TEST_F(Clients, SurviveAWallClockThatStepsAnyWay) {
    subscribe(client);
    for (const Millis step : {Millis{3'600'000}, Millis{-7'200'000}, Millis{100'000'000}}) {
        driver.clock().step_wall(step);
        driver.pass(20s);
        EXPECT_EQ(driver.value(SystemCounter::client_timeouts), 0);
    }
}

TEST_F(Clients, ThatAreDeadDoNotLiveOnByAWallClockThatWentBack) {
    subscribe(client);
    client.die();
    driver.clock().step_wall(Millis{-3'600'000});
    driver.pass(12s);
    EXPECT_EQ(driver.value(SystemCounter::client_timeouts), 1);
}

TEST_F(Clients, WithRubbishInTheirHeartbeatDieLikeOthersAndTakeNobodyAlong) {
    for (const std::int64_t rubbish : {INT64_MAX, INT64_MIN, std::int64_t{-1}, std::int64_t{0}}) {
        Puppet rogue{driver};
        subscribe(rogue);
        subscribe(client);
        rogue.die();
        driver.counters().value(rogue.heartbeat().value()).store_release(rubbish);
        const auto before = driver.value(SystemCounter::client_timeouts);
        driver.pass(12s);
        EXPECT_EQ(driver.value(SystemCounter::client_timeouts), before + 1) << rubbish;
    }
}

TEST_F(Clients, AreNotBlamedForADriverThatWasStoppedForAWhile) {
    subscribe(client);
    driver.clock().advance(60s);  // in which the client went on
    client.beat();
    driver.step();
    driver.pass(2s);
    EXPECT_EQ(driver.value(SystemCounter::client_timeouts), 0);
}

// The machine stood still: the clients had no more time than the driver.
TEST_F(Clients, HaveTimeToShowThatTheyLiveAfterAPauseOfAll) {
    subscribe(client);
    subscribe(other);
    driver.pass(3s);
    other.die();
    for (const Nanos pause : {9s, 60s, 3600s}) {
        driver.clock().advance(pause);
        driver.step();
        EXPECT_EQ(driver.value(SystemCounter::client_timeouts), 0) << pause.count();
        driver.pass(2s);
    }
    EXPECT_EQ(driver.value(SystemCounter::client_timeouts), 0);
    driver.pass(4s);
    EXPECT_EQ(driver.value(SystemCounter::client_timeouts), 1)
        << "the dead one, 10 s of the driver's own after its end";
}

TEST_F(Clients, MayComeBackUnderTheirOldId) {
    subscribe(client);
    client.die();
    driver.pass(12s);
    client.take();
    const auto id = client.ask(add_subscription("aeron:ipc", stream_7));
    EXPECT_THAT(client.take_lines(),
                ElementsAre(line("COUNTER_READY", client.id().value), line("SUBSCRIPTION_READY", id)));
}

TEST_F(Clients, ShareAPublicationThatEndsWithTheLastOfThem) {
    const auto first = publish(client);
    const auto second = publish(other);
    EXPECT_EQ(second.original, first.original);
    client.die();
    driver.pass(13s);
    EXPECT_EQ(driver.log_files(), 1);
    EXPECT_TRUE(remove(other, second));
    driver.pass(1s);
    EXPECT_EQ(driver.log_files(), 0);
}

TEST_F(Clients, RemoveOnlyPublicationsAndCountersOfTheirOwn) {
    const auto publication = publish(client);
    const auto counter = client.ask(control::AddCounter{.type_id = 1001, .label = "mine"});
    const auto refused = other.ask(control::RemovePublication{.registration_id = publication.id});
    EXPECT_EQ(other.error_to(refused).substr(0, 2), "3 ");
    const auto refused_counter = other.ask(control::RemoveCounter{.registration_id = counter});
    EXPECT_EQ(other.error_to(refused_counter).substr(0, 2), "5 ");
    EXPECT_TRUE(remove(client, publication));
}

TEST_F(Clients, AreToldOfWhatIsUnknownByItsNumber) {
    const CorrelationId unknown{4242};
    const auto publication = client.ask(control::RemovePublication{.registration_id = unknown});
    EXPECT_EQ(client.error_to(publication), "3 unknown publication of this client with registration id 4242");
    const auto subscription = client.ask(control::RemoveSubscription{.registration_id = unknown});
    EXPECT_EQ(client.error_to(subscription), "2 unknown subscription with registration id 4242");
    const auto counter = client.ask(control::RemoveCounter{.registration_id = unknown});
    EXPECT_EQ(client.error_to(counter), "5 unknown counter of this client with registration id 4242");
    EXPECT_EQ(driver.value(SystemCounter::errors), 3);
    EXPECT_TRUE(driver.has_error("unknown counter"));
}

TEST_F(Clients, LeaveNoCountersBehind) {
    const auto before = driver.counters().capacity();
    for (int round = 0; round < 3; ++round) {
        Puppet passing{driver};
        publish(passing);
        subscribe(passing);
        passing.ask(control::AddCounter{.type_id = 1001, .label = "x"});
        passing.ask(control::ClientClose{});
        driver.pass(3s);
    }
    EXPECT_EQ(driver.counters().capacity(), before);
    int allocated = 0;
    driver.counters().for_each([&](const shm::CounterView&) { ++allocated; });
    EXPECT_EQ(allocated, control::driver_counter_count);
}

}  // namespace
}  // namespace gale::testing
