// The driver as an object: moved, closed, closed again.
#include "driver/conductor/puppet_test.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace gale::testing {
namespace {

TEST(MediaDriverObject, ThatWasMovedFromIsAClosedOne) {
    TestDriver test;
    MediaDriver moved = std::move(test.driver());
    MediaDriver& empty = test.driver();
    EXPECT_EQ(empty.directory(), "");
    EXPECT_EQ(empty.options().mtu_length, DriverOptions{}.mtu_length);
    EXPECT_FALSE(empty.is_running());
    EXPECT_EQ(empty.do_work(), 0);
    empty.close();
    EXPECT_TRUE(moved.is_running());
    EXPECT_EQ(moved.directory(), test.directory().path());
    empty = std::move(moved);
    EXPECT_TRUE(empty.is_running());
}

/// A clock that tells when it is asked.
class WatchedClock final : public Clock {
public:
    [[nodiscard]] Tick tick() noexcept override {
        if (on_tick) std::exchange(on_tick, {})();
        return {.now = 1000s, .wall = Millis{1'700'000'000'000}};
    }
    std::function<void()> on_tick{};  ///< once
};

TEST(MediaDriverObject, IsClosedForWhoeverClosesItSecondToo) {
    const TestDirectory place;
    WatchedClock clock;
    DriverOptions options = small_options();
    options.directory = place.path();
    options.environment.clock = &clock;
    MediaDriver driver = MediaDriver::launch(options);
    const auto cnc = control::CncFile::open(place.path(), os::Access::read_only);
    std::atomic<bool> second_is_back{false};
    std::int64_t seen = 0;
    std::thread second;
    clock.on_tick = [&] {  // in the midst of closing
        second = std::thread{[&] {
            driver.close();
            seen = cnc.file->driver_heartbeat().count();
            second_is_back = true;
        }};
        for (int i = 0; i < 10'000 && !second_is_back; ++i) std::this_thread::yield();
    };
    driver.close();
    second.join();
    EXPECT_EQ(seen, -1);
}

TEST(MediaDriverObject, WaitsForTheStepOfAnotherThreadWhenItIsClosed) {
    const TestDirectory place;
    WatchedClock clock;
    DriverOptions options = small_options();
    options.directory = place.path();
    options.threading_mode = ThreadingMode::invoker;
    options.environment.clock = &clock;
    MediaDriver driver = MediaDriver::launch(options);
    std::atomic<bool> closed{false};
    std::thread closer;
    clock.on_tick = [&] {  // in the midst of a step
        closer = std::thread{[&] {
            driver.close();
            closed = true;
        }};
        for (int i = 0; i < 10'000 && !closed; ++i) std::this_thread::yield();
        EXPECT_FALSE(closed);
    };
    static_cast<void>(driver.do_work());
    closer.join();
    EXPECT_EQ(driver.do_work(), 0);
}

TEST(MediaDriverObject, MayBeSteppedWhileItIsClosed) {
    for (int round = 0; round < 20; ++round) {
        const TestDirectory place;
        DriverOptions options = small_options();
        options.directory = place.path();
        options.threading_mode = ThreadingMode::invoker;
        MediaDriver driver = MediaDriver::launch(options);
        std::atomic<int> steps{0};
        std::thread stepper{[&] {
            while (driver.is_running()) steps += driver.do_work() >= 0 ? 1 : 0;
        }};
        while (steps < round) std::this_thread::yield();
        driver.close();
        stepper.join();
        EXPECT_EQ(driver.do_work(), 0);
    }
}

// Each would wait for the other.
TEST(MediaDriverObject, MayBeClosedByItsOwnThreadWhileAnotherClosesIt) {
    const TestDirectory place;
    DriverOptions options = small_options();
    options.directory = place.path();
    options.threading_mode = ThreadingMode::shared;
    options.allow_termination = true;
    std::optional<MediaDriver> driver;
    std::atomic<bool> asked{false};
    std::atomic<bool> closing{false};
    options.on_terminate = [&] {
        asked = true;
        asked.notify_all();
        closing.wait(false);
        driver->close();
    };
    driver.emplace(MediaDriver::launch(options));
    const auto cnc = control::CncFile::open(place.path(), os::Access::read_write);
    shm::Ring ring{cnc.file->to_driver()};
    const control::Command command{control::TerminateDriver{}};
    ASSERT_EQ(ring.write(static_cast<std::int32_t>(control::type_of(command)), control::encode(command).bytes()),
              shm::RingWrite::written);
    asked.wait(false);
    closing = true;
    closing.notify_all();
    driver->close();
    EXPECT_FALSE(driver->is_running());
    driver.reset();
    EXPECT_EQ(cnc.file->driver_heartbeat(), Millis{-1});
}

/// The system's, but for a name that is looked up until it is let go.
class SlowResolver final : public net::Network {
public:
    std::unique_ptr<net::Transport> open(const net::TransportSpec& spec) override {
        return net::system_network().open(spec);
    }
    std::unique_ptr<net::Poller> make_poller() override { return net::system_network().make_poller(); }
    std::vector<net::InterfaceAddress> interfaces() override { return net::system_network().interfaces(); }
    channel::IpAddress resolve(std::string_view /*host*/) override {
        asked = true;
        asked.notify_all();
        let.wait(false);
        return channel::parse_ip("127.0.0.1").value();
    }
    std::atomic<bool> asked{false};
    std::atomic<bool> let{false};
};

class SlowNames : public ::testing::TestWithParam<ThreadingMode> {};

TEST_P(SlowNames, DoNotKeepOthersFromTheirStorage) {
    const TestDirectory place;
    SlowResolver network;
    DriverOptions options = small_options();
    options.directory = place.path();
    options.threading_mode = GetParam();
    options.environment.network = &network;
    MediaDriver driver = MediaDriver::launch(options);
    const auto cnc = control::CncFile::open(place.path(), os::Access::read_write);
    shm::Ring ring{cnc.file->to_driver()};
    shm::BroadcastReceiver heard{cnc.file->to_clients()};
    const auto add = [&](std::int64_t client, std::string_view channel) {
        const CorrelationId id{ring.next_correlation_id()};
        const control::Command command{
            control::AddPublication{.request = {ClientId{client}, id}, .stream_id = StreamId{1}, .channel = channel}};
        EXPECT_EQ(ring.write(static_cast<std::int32_t>(control::type_of(command)), control::encode(command).bytes()),
                  shm::RingWrite::written);
        return id;
    };
    const auto wait_for = [&](CorrelationId id) {
        while (true) {
            const auto message = heard.receive();
            if (!message) {
                std::this_thread::yield();
                continue;
            }
            const Heard event{message->type, message->payload};
            if (const auto* ready = event.as<control::PublicationReady>(); ready && ready->correlation_id == id) return;
        }
    };
    const CorrelationId slow = add(1001, "aeron:udp?endpoint=slow.example:40123");
    network.asked.wait(false);
    // Answered when its log has all its storage, which it gets behind its back.
    wait_for(add(1002, "aeron:ipc?sparse=false|term-length=2m"));
    network.let = true;
    network.let.notify_all();
    wait_for(slow);
}

INSTANTIATE_TEST_SUITE_P(OfThreads, SlowNames,
                         ::testing::Values(ThreadingMode::dedicated, ThreadingMode::shared_network,
                                           ThreadingMode::shared),
                         [](const auto& mode) {
                             return mode.param == ThreadingMode::dedicated        ? "Dedicated"
                                    : mode.param == ThreadingMode::shared_network ? "SharedNetwork"
                                                                                  : "Shared";
                         });

}  // namespace
}  // namespace gale::testing
