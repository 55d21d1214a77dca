#include "everyday/testing.hpp"

#include <gale/gale.hpp>

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;

// The lines of README.md and docs/everyday.md, as a program writes them: outside the namespace, with the defaults.
TEST(Program, IsWhatTheDocumentsPromise) {
    gale::Context context{gale::testing::embedded()};
    gale::Config config{.uri = "aeron:ipc?term-length=64k", .stream = 1001};

    auto subscription = gale::subscriber(context, config);
    auto publication = gale::publisher(context, config);

    const std::vector<std::byte> bytes(100);
    const gale::PutStatus status = publication.put(bytes);
    EXPECT_EQ(status, gale::PutStatus::success) << gale::name(status);
    ASSERT_EQ(publication.put("two"), gale::PutStatus::success);
    int count = 0;
    for (const gale::Message& message : subscription) {
        EXPECT_EQ(message.size(), count == 0 ? 100U : 3U);
        if (++count == 2) break;
    }

    ASSERT_EQ(publication.put("three"), gale::PutStatus::success);
    const gale::Message one = subscription.take();
    EXPECT_EQ(one.text(), "three");

    ASSERT_EQ(publication.put("four"), gale::PutStatus::success);
    auto [fragments, message] = subscription.poll({.fragment_limit = 10, .discard = false});
    EXPECT_EQ(fragments, 1);
    ASSERT_TRUE(message);
    EXPECT_EQ(message->text(), "four");

    std::atomic<int> calls{0};
    const auto handler = [&](const gale::Message&) { ++calls; };
    auto watch = gale::watch(subscription, handler, {.every = 10, .interval = 100ms});
    for (int i = 0; i < 10; ++i) ASSERT_EQ(publication.put("five"), gale::PutStatus::success);
    gale::testing::wait_for([&] { return watch.seen_count() == 10; });
    EXPECT_EQ(calls, 1);
}

TEST(Program, IteratesOverASubscriberThatIsMadeForIt) {
    gale::Context context{gale::testing::embedded()};
    auto publication = gale::publisher(context, gale::testing::short_log(1));
    std::jthread sender{[&] {
        ASSERT_TRUE(publication.wait_connected());
        ASSERT_EQ(publication.put("hello"), gale::PutStatus::success);
    }};
    std::string text;
    for (const auto& message : gale::subscriber(context, {.uri = "aeron:ipc", .stream = 1})) {
        text = message.text();
        break;
    }
    EXPECT_EQ(text, "hello");
}

TEST(MediaDriverFunction, ServesUntilItIsToldToStop) {
    const std::string directory = gale::testing::fresh_directory();
    std::stop_source stop;
    std::jthread driver{[&] { gale::media_driver(gale::testing::small_driver(directory), stop.get_token()); }};
    {
        gale::Context context{{.directory = directory, .wait = 10s}};
        EXPECT_FALSE(context.is_embedded());
        auto publication = gale::publisher(context, gale::testing::short_log(1));
        auto subscription = gale::subscriber(context, gale::testing::short_log(1));
        ASSERT_EQ(publication.put("x", {.timeout = gale::forever, .wait_for_subscriber = true}),
                  gale::PutStatus::success);
        EXPECT_EQ(subscription.take().text(), "x");
    }
    stop.request_stop();
    driver.join();
    EXPECT_THROW(gale::Context({.directory = directory, .wait = 1ms}), gale::Error);
}

TEST(MediaDriverFunction, ServesWithoutThreadsOfItsOwn) {
    const std::string directory = gale::testing::fresh_directory();
    gale::DriverOptions options = gale::testing::small_driver(directory);
    options.threading_mode = gale::ThreadingMode::invoker;
    std::stop_source stop;
    std::jthread driver{[&] { gale::media_driver(options, stop.get_token()); }};
    gale::Context context{{.directory = directory, .wait = 10s}};
    EXPECT_NO_THROW(static_cast<void>(gale::publisher(context, gale::testing::short_log(1))));
    context.close();
    stop.request_stop();
}

}  // namespace
