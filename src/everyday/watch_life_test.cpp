#include "everyday/watch_fixture_test.hpp"

#include <gale/watch.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <utility>

namespace gale {
namespace {

using testing::Heard;
using testing::short_log;
using testing::wait_for;
using testing::WatchTest;

TEST_F(WatchTest, TakesTheMessagesFromOtherReaders) {
    auto watch = gale::watch(subscription, to(heard));
    EXPECT_THROW(static_cast<void>(subscription.take()), Error);
    EXPECT_THROW(subscription.poll(), Error);
    EXPECT_THROW(static_cast<void>(subscription.begin()), Error);
    unwatch(watch);
    put("a");
    EXPECT_EQ(subscription.take().text(), "a");
}

TEST_F(WatchTest, StartsAgainAsOftenAsOneLikes) {
    for (int i = 1; i <= 20; ++i) {
        auto watch = gale::watch(subscription, to(heard));
        put("a");
        wait_for([&] { return heard.count() == static_cast<std::size_t>(i); });
        if (i % 3 == 0) unwatch_all(context);
        if (i % 3 == 1) unwatch(watch);
        EXPECT_EQ(watch.is_watching(), i % 3 == 2);
    }
}

TEST_F(WatchTest, StopsAllOfAContextAlsoFromAHandler) {
    auto other = subscriber(context, short_log(1));
    const auto one = gale::watch(other, to(heard));
    const auto two = gale::watch(subscription, [&](const Message&) { unwatch_all(context); });
    put("a");
    wait_for([&] { return !one.is_watching() && !two.is_watching(); });
    const auto again = gale::watch(subscription, to(heard_too));
    put("b");  // once: nobody reads for `other` any more, so its window would fill and hold the publisher
    wait_for([&] { return heard_too.count() > 0; });
}

TEST_F(WatchTest, KeepsItsSubscription) {
    const auto watch = gale::watch(subscriber(context, short_log(1)), to(heard));
    put("a");
    wait_for([&] { return heard.count() == 1; });
}

TEST_F(WatchTest, MayBeTheLastToGo) {
    auto only = std::make_shared<Heard>();
    const auto copy = only;
    auto watch =
        gale::watch(subscriber(context, short_log(1)), [only = std::move(only)](const Message& m) { (*only)(m); });
    put("a");
    wait_for([&] { return copy->count() == 1; });
    publication = publisher(context, short_log(2));
    subscription = subscriber(context, short_log(2));
    { const Context gone{std::move(context)}; }
    watch = Watch{};
    EXPECT_EQ(copy.use_count(), 1);
}

TEST_F(WatchTest, EndsWithItsSubscriberOrContextWithoutAnError) {
    auto other = subscriber(context, short_log(1));
    auto one = gale::watch(subscription, to(heard));
    auto two = gale::watch(other, to(heard));
    subscription.close();
    wait_for([&] { return !one.is_watching(); });
    EXPECT_TRUE(two.is_watching());
    context.close();
    wait_for([&] { return !two.is_watching(); });
    EXPECT_EQ(one.last_error(), nullptr);
    EXPECT_EQ(two.last_error(), nullptr);
    EXPECT_THROW(static_cast<void>(gale::watch(other, to(heard))), Error);
}

TEST_F(WatchTest, RefusesWhatMakesNoSense) {
    EXPECT_THROW(static_cast<void>(gale::watch(subscription, nullptr)), Error);
    EXPECT_THROW(static_cast<void>(gale::watch(subscription, to(heard), {.every = 0})), Error);
    Watch none;
    none.stop();
    none.set_active(true);
    EXPECT_FALSE(none.is_watching());
    EXPECT_FALSE(none.is_active());
    EXPECT_EQ(none.seen_count() + none.call_count(), 0);
    EXPECT_EQ(none.last_error(), nullptr);
}

}  // namespace
}  // namespace gale
