// Clients and drivers that are killed, and what the others notice. Each test has a driver of its own.
#include "interop/interop.hpp"

#include <algorithm>

namespace gale::interop {
namespace {

class Deaths : public Interop, public ::testing::WithParamInterface<DriverKind> {
protected:
    /// Lists counters until none matches.
    static void await_no_counter(Driver& driver, const std::string& pattern) {
        const auto deadline = std::chrono::steady_clock::now() + testing::patience;
        while (!once(driver, Language::gale, "counters").said(pattern).empty())
            ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "still there: " << pattern;
    }
    static void expect_claim_taken_away(const DriverKind& kind, Language owner);
};

TEST_P(Deaths, KilledClientsAreCleanedUp) {
    Driver driver{GetParam(), short_timeouts()};
    struct Lives {
        Peer subscriber, publisher, leaving, counter;
        std::string stream;
    };
    std::vector<Lives> lives;
    for (const Language victim : both) {
        const std::string stream = new_stream();
        const Words place{"--channel", "aeron:ipc", "--stream", stream, "--length", "64"};
        Peer subscriber = start(driver, other(victim), "subscribe", join({place, {"--expect", "100"}}));
        subscriber.expect("added");
        Peer leaving = start(driver, victim, "subscribe", join({place, {"--expect", "100"}}));
        leaving.expect("added");
        Peer publisher = start(driver, victim, "publish", join({place, {"--count", "100"}}));
        Peer counter = start(driver, victim, "add-counter", {"--type", "23" + stream, "--label", "orphan"});
        counter.expect("counter .*");
        publisher.expect("published .*");
        subscriber.expect("received session=-?[0-9]+ count=100 bytes=6400 errors=0");
        lives.push_back({std::move(subscriber), std::move(publisher), std::move(leaving), std::move(counter), stream});
    }
    for (Lives& each : lives)
        for (Peer* victim : {&each.publisher, &each.leaving, &each.counter}) victim->kill();
    for (Lives& each : lives) {
        each.subscriber.expect("unavailable session=-?[0-9]+ position=9600 eos=true");
        await_no_counter(driver, "counter .* label=(orphan|pub-pos.*|pub-lmt.*)");
        await_no_counter(driver, "counter id=[0-9]+ type=23" + each.stream + " .*");
        each.subscriber.stop();
    }
    await_no_counter(driver, "counter .* label=sub-pos.*");
    EXPECT_EQ(once(driver, Language::java, "counters")
                  .said("counter id=24 type=0 value=6 .* label=Client liveness timeouts")
                  .size(),
              1U);
    driver.peer().stop();
}

TEST_P(Deaths, AKilledSubscriberHoldsNobodyUp) {
    Driver driver{GetParam(), short_timeouts()};
    std::vector<Peer> publishers;
    for (const Language victim : both) {
        const Words place{"--channel", "aeron:ipc?term-length=64k", "--stream", new_stream(), "--length", "1000"};
        Peer subscriber = start(driver, victim, "subscribe", join({place, {"--expect", "1"}}));
        subscriber.expect("added");
        publishers.push_back(
            start(driver, other(victim), "publish", join({place, {"--count", "100000", "--pause-us", "50"}})));
        subscriber.expect("received .*");
        subscriber.kill();
    }
    for (Peer& publisher : publishers) {
        publisher.expect("disconnected at=[1-9][0-9]*");
        publisher.stop();
    }
    driver.peer().stop();
}

// A claim is made before the other publisher's messages and its owner killed; they come when the driver took it away.
void Deaths::expect_claim_taken_away(const DriverKind& kind, Language owner) {
    Driver driver{kind, short_timeouts()};
    const Words place{"--channel", "aeron:ipc", "--stream", new_stream(), "--length", "3000"};
    std::vector<Peer> subscribers;
    for (const Language language : both)
        subscribers.push_back(start(driver, language, "subscribe", join({place, {"--expect", "200"}})));
    for (Peer& subscriber : subscribers) subscriber.expect("added");
    Peer victim{owner, "publish", driver.directory(), join({place, {"--count", "0", "--hold-claim"}})};
    victim.expect("holding position=96");
    Peer publisher = start(driver, Language::java, "publish", join({place, {"--count", "200"}}));
    EXPECT_EQ(publisher.number("session"), victim.number("session"));
    const std::string published = publisher.expect("published count=200 .*");
    victim.kill();
    for (Peer& subscriber : subscribers) subscriber.expect("received session=-?[0-9]+ count=200 bytes=600000 errors=0");
    EXPECT_EQ(once(driver, Language::java, "counters")
                  .said("counter id=19 type=0 value=1 .* label=Unblocked Publications")
                  .size(),
              1U);
    publisher.tell("close");
    for (Peer& subscriber : subscribers)
        subscriber.expect("unavailable session=-?[0-9]+ position=" + std::to_string(number_in(published, "position")) +
                          " eos=true");
    publisher.stop();
    for (Peer& subscriber : subscribers) subscriber.stop();
    driver.peer().stop();
}

TEST_P(Deaths, AClaimOfAKilledPublisherOfGalesIsTakenAway) { expect_claim_taken_away(GetParam(), Language::gale); }
TEST_P(Deaths, AClaimOfAKilledPublisherOfAeronsIsTakenAway) { expect_claim_taken_away(GetParam(), Language::java); }

const Words quick_notice{"--prop", "aeron.driver.timeout=3000"};

std::vector<Peer> idle_clients(Driver& driver) {
    std::vector<Peer> clients;
    for (const Language language : both)
        clients.emplace_back(language, "subscribe", driver.directory(),
                             join({{"--channel", "aeron:ipc", "--stream", "7", "--expect", "1"}, quick_notice}));
    for (Peer& client : clients) client.expect("added");
    return clients;
}

void expect_service(Driver& driver) {
    for (const Language language : both) {
        const Words place{"--channel", "aeron:ipc", "--stream", "8", "--length", "64"};
        Peer subscriber{other(language), "subscribe", driver.directory(), join({place, {"--expect", "10"}})};
        subscriber.expect("added");
        Peer publisher{language, "publish", driver.directory(), join({place, {"--count", "10"}})};
        subscriber.expect("received session=-?[0-9]+ count=10 bytes=640 errors=0");
        publisher.stop();
        subscriber.stop();
    }
}

TEST_P(Deaths, ClientsNoticeThatTheDriverWentAndTheNextOneServes) {
    Driver driver{GetParam(), short_timeouts()};
    std::vector<Peer> clients = idle_clients(driver);
    driver.peer().stop();
    clients[0].fails("driver_timeout .*");
    clients[1].fails(".*DriverTimeoutException.*");
    driver.start_again();
    expect_service(driver);
    driver.peer().stop();
}

TEST_P(Deaths, ClientsNoticeThatTheDriverWasKilledAndReplaced) {
    Driver driver{GetParam(), join({short_timeouts(), quick_notice})};
    std::vector<Peer> clients = idle_clients(driver);
    driver.peer().kill();
    clients[0].fails("driver_timeout .*");
    clients[1].fails(".*DriverTimeoutException.*");
    driver.start_again();
    expect_service(driver);
    driver.peer().stop();
}

INSTANTIATE_TEST_SUITE_P(Interop, Deaths, ::testing::ValuesIn(every_driver), DriverTitle{});

}  // namespace
}  // namespace gale::interop
