#include "client/testing.hpp"
#include "os/clock.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace gale::client::testing {
namespace {

/// A driver with a thread of its own, on the system's clock.
class LivingDriver {
public:
    LivingDriver() {
        const auto now = os::system_clock().tick();
        driver.clock.step_wall(now.wall - driver.clock.wall());
        driver.beat();
        thread_ = std::thread{[this] {
            const os::WakeWord asked{driver.ring.tail_address()};
            while (!stop_.load()) {
                const auto seen = asked.value();
                const std::lock_guard lock{mutex};
                if (driver.respond().empty()) asked.wait(seen, 200us);
                driver.ring.consumer_heartbeat().store_release(os::system_clock().tick().wall.count());
            }
        }};
    }
    ~LivingDriver() {
        stop_.store(true);
        thread_.join();
    }
    [[nodiscard]] ClientOptions options() const {
        ClientOptions made;
        made.directory = driver.directory();
        return made;
    }
    FakeDriver driver;
    std::mutex mutex;

private:
    std::atomic<bool> stop_{false};
    std::thread thread_;
};

TEST(ClientStress, AddingEndsTheRestOfTheConductor) {
    LivingDriver living;
    auto options = living.options();
    options.idle_sleep = 24h;  // whoever waited for the end of it would be told that the driver does not answer
    auto client = Client::connect(options);
    for (int n = 0; n < 20; ++n) {
        auto publication = client.add_exclusive_publication("aeron:ipc", StreamId{n});
        EXPECT_TRUE(publication.offer(as_bytes("x")));
    }
}

TEST(ClientStress, OffersGoOnWhileAnotherThreadCloses) {
    LivingDriver living;
    for (int round = 0; round < 10; ++round) {
        auto client = Client::connect(living.options());
        auto publication = client.add_publication("aeron:ipc", StreamId{1000 + round});
        // Less than the log is long: nobody cleans it, and a slow thread must not be overtaken.
        living.driver.counters.value(publication.constants().limit_counter_id).store_release(100 * 1024);
        std::atomic<int> offers{0}, closed{0};
        std::vector<std::thread> threads;
        for (int t = 0; t < 3; ++t)
            threads.emplace_back([&] {
                BufferClaim claim;
                for (;; offers.fetch_add(1)) {
                    if (publication.offer(as_bytes("hello")) == OfferError::closed) break;
                    if (publication.try_claim(10, claim)) claim.commit();
                    static_cast<void>(publication.position());
                }
                closed.fetch_add(1);
            });
        while (offers.load() < 1000) os::yield_thread();
        if (round % 2 == 0)
            publication.close();
        else
            client.close();
        for (auto& thread : threads) thread.join();
        EXPECT_EQ(closed.load(), 3);
    }
}

TEST(ClientStress, PollingGoesOnWhileImagesComeAndGo) {
    LivingDriver living;
    auto client = Client::connect(living.options());
    std::atomic<int> came{0}, went{0};
    auto subscription = client.add_subscription("aeron:ipc", StreamId{10},
                                                {.on_available_image = [&](const Image&) { came.fetch_add(1); },
                                                 .on_unavailable_image = [&](const Image&) { went.fetch_add(1); }});
    std::atomic<bool> stop{false};
    std::thread poller{[&] {
        while (!stop.load()) subscription.poll([](std::span<const std::byte>, const Header&) {}, 10);
    }};
    std::thread asker{[&] {
        while (!stop.load()) {
            for (const auto& image : subscription.images()) static_cast<void>(image.position());
            static_cast<void>(subscription.is_connected());
        }
    }};
    constexpr int rounds = 50;
    for (int n = 0; n < rounds; ++n) {
        auto publication = client.add_exclusive_publication("aeron:ipc", StreamId{10});
        for (int i = 0; i < 20; ++i) static_cast<void>(publication.offer(as_bytes("hello")));
        const std::lock_guard lock{living.mutex};
        living.driver.end_image(living.driver.stream(publication.constants().registration_id),
                                subscription.registration_id());
    }
    while (went.load() < rounds) os::yield_thread();
    subscription.close();
    stop.store(true);
    poller.join();
    asker.join();
    EXPECT_EQ(came.load(), rounds);
    EXPECT_EQ(went.load(), rounds);
}

TEST(ClientStress, ClientsCloseWhileTheyAreAsked) {
    LivingDriver living;
    for (int round = 0; round < 10; ++round) {
        auto client = Client::connect(living.options());
        std::atomic<int> added{0};
        std::vector<std::thread> threads;
        for (int t = 0; t < 2; ++t)
            threads.emplace_back([&] {
                try {
                    for (int n = 0;; ++n, added.fetch_add(1)) {
                        auto subscription = client.add_subscription("aeron:ipc", StreamId{n});
                        // Not for ever: the fake driver's time stands still, and so no counter is used again.
                        if (n < 20) auto counter = client.async_add_counter({.label = "c"});
                    }
                } catch (const Error& error) {
                    EXPECT_EQ(error.code(), ErrorCode::closed) << error.what();
                }
            });
        while (added.load() < 3 * round) os::yield_thread();
        client.close();
        for (auto& thread : threads) thread.join();
    }
}

TEST(ClientStress, TheLastHandleMayGoInsideAHandler) {
    LivingDriver living;
    std::optional<Client> client{Client::connect(living.options())};
    std::atomic<bool> asked{false}, gone{false};
    client->add_available_counter_handler([&](const CountersReader&, CorrelationId, CounterId) {
        while (!asked.load()) os::yield_thread();
        if (client) client.reset();
        gone.store(true);
    });
    auto pending = client->async_add_counter({.label = "c"});
    asked.store(true);
    while (!gone.load()) os::yield_thread();
    try {
        const auto counter = pending.poll();  // answered before, or failed by the closing
        EXPECT_TRUE(!counter || counter->is_closed());
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::closed);
    }
}

}  // namespace
}  // namespace gale::client::testing
