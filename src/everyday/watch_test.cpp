#include "everyday/watch_fixture_test.hpp"

#include <gale/watch.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace gale {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using testing::Heard;
using testing::short_log;
using testing::wait_for;
using testing::WatchTest;

TEST_F(WatchTest, IsCalledForEachMessage) {
    const auto watch = gale::watch(subscription, to(heard));
    put("a");
    put("b");
    wait_for([&] { return heard.count() == 2; });
    EXPECT_THAT(heard.texts(), ElementsAre("a", "b"));
    EXPECT_EQ(watch.call_count(), 2);
    EXPECT_TRUE(watch.is_watching());
    EXPECT_TRUE(watch.is_active());
    EXPECT_EQ(watch.last_error(), nullptr);
}

TEST_F(WatchTest, CallsAllWatchesOfASubscriber) {
    const auto one = gale::watch(subscription, to(heard));
    const auto two = gale::watch(subscription, to(heard_too));
    put("a");
    wait_for([&] { return heard.count() == 1 && heard_too.count() == 1; });
}

TEST_F(WatchTest, ThinsOutByTheNumberOfMessages) {
    const auto watch = gale::watch(subscription, to(heard), {.every = 3});
    put_numbers(8);
    wait_for([&] { return watch.seen_count() == 8; });
    EXPECT_THAT(heard.texts(), ElementsAre("0", "3", "6"));
}

TEST_F(WatchTest, DoesNotCountPollsWithoutAMessage) {
    const auto watch = gale::watch(subscription, to(heard), {.every = 2});
    for (int i = 0; i < 6; ++i) {
        put(std::to_string(i));
        wait_for([&] { return watch.seen_count() == i + 1; });  // and many polls that find nothing
    }
    EXPECT_THAT(heard.texts(), ElementsAre("0", "2", "4"));
}

TEST_F(WatchTest, ThinsOutByTime) {
    const auto watch = gale::watch(subscription, to(heard), {.interval = 24h});
    put_numbers(5);
    wait_for([&] { return watch.seen_count() == 5; });
    EXPECT_THAT(heard.texts(), ElementsAre("0"));
    const auto often = gale::watch(subscription, to(heard_too), {.interval = 1ns});
    put_numbers(3);
    wait_for([&] { return often.seen_count() == 3; });
    EXPECT_GE(heard_too.count(), 1U);
}

TEST_F(WatchTest, PausesOneOfTwoAlone) {
    auto one = gale::watch(subscription, to(heard));
    const auto two = gale::watch(subscription, to(heard_too));
    put("a");
    wait_for([&] { return heard.count() == 1 && heard_too.count() == 1; });
    one.set_active(false);
    EXPECT_FALSE(one.is_active());
    EXPECT_TRUE(two.is_active());
    put("b");
    wait_for([&] { return heard_too.count() == 2; });
    one.set_active(true);
    put("c");
    wait_for([&] { return heard_too.count() == 3 && heard.count() == 2; });
    EXPECT_THAT(heard.texts(), ElementsAre("a", "c"));
    EXPECT_EQ(one.seen_count(), 2);
}

TEST_F(WatchTest, HoldsNobodyUpWhileItIsPaused) {
    auto watch = gale::watch(subscription, to(heard), {.active = false});
    put_numbers(5000);  // many times what the log has room for
    EXPECT_EQ(heard.count(), 0U);
    watch.set_active(true);
    const auto heard_last = [&] {
        put("last");
        return heard.count() > 0 && heard.texts().back() == "last";
    };
    wait_for(heard_last);
}

TEST_F(WatchTest, KeepsWhatAHandlerThrowsToItself) {
    std::atomic<int> errors{0};
    const auto thrower = [&](const Message& message) {
        heard(message);
        throw std::runtime_error{"not this one"};
    };
    const auto told = [&](const std::exception_ptr&) {
        ++errors;
        throw std::runtime_error{"nor that"};
    };
    const auto bad = gale::watch(subscription, thrower, {.on_error = told});
    const auto good = gale::watch(subscription, to(heard_too));
    put("a");
    put("b");
    wait_for([&] { return good.call_count() == 2 && errors == 2; });
    EXPECT_THAT(heard.texts(), ElementsAre("a", "b"));
    EXPECT_THAT(heard_too.texts(), ElementsAre("a", "b"));
    EXPECT_TRUE(bad.is_watching());
    EXPECT_EQ(good.last_error(), nullptr);
    EXPECT_THROW(std::rethrow_exception(bad.last_error()), std::runtime_error);
}

TEST_F(WatchTest, HearsWhatIsPublishedAfterItBeganInTheMiddleOfARead) {
    Watch late;
    std::atomic<bool> added{false};
    std::atomic<bool> go_on{false};
    const auto busy = gale::watch(subscription, [&](const Message& message) {
        if (message.text() != "a") return;
        late = gale::watch(subscription, to(heard));
        added = true;
        wait_for([&] { return go_on.load(); });
    });
    put("a");
    wait_for([&] { return added.load(); });
    put("b");  // the read that found "a" finds this one, too
    go_on = true;
    wait_for([&] { return busy.call_count() == 2; });
    wait_for([&] { return heard.count() == 1; });
    EXPECT_THAT(heard.texts(), ElementsAre("b"));
}

TEST_F(WatchTest, StopsItselfFromItsHandler) {
    std::optional<Watch> watch;
    std::mutex mutex;
    const auto once = [&](const Message& message) {
        const std::lock_guard lock{mutex};
        watch->stop();
        watch->stop();
        watch.reset();
        heard(message);
    };
    {
        const std::lock_guard lock{mutex};  // the handler waits until the handle is there
        watch = gale::watch(subscription, once);
        put("a");
        put("b");
    }
    wait_for([&] { return heard.count() == 1; });
    EXPECT_EQ(subscription.take().text(), "b");  // nothing is lost behind the last message it was called for
    EXPECT_EQ(heard.count(), 1U);
}

TEST_F(WatchTest, StopsAndStartsOthersFromAHandler) {
    auto other = gale::watch(subscription, to(heard));
    std::vector<Watch> more;
    auto busy = gale::watch(subscription, [&](const Message& message) {
        other.stop();
        if (message.text() == "a") more.push_back(gale::watch(subscription, to(heard_too)));
    });
    put("a");
    wait_for([&] { return busy.call_count() == 1; });
    EXPECT_FALSE(other.is_watching());
    wait_for([&] { return put("b"), heard_too.count() > 0; });
    EXPECT_EQ(heard_too.texts().front(), "b");
    busy.stop();
    EXPECT_EQ(more.size(), 1U);
}

TEST_F(WatchTest, StopsEachOtherFromTheirHandlersWithoutWaitingInACircle) {
    auto second_subscription = subscriber(context, short_log(1));
    std::optional<Watch> first;
    std::optional<Watch> second;
    std::atomic<int> inside{0};
    std::atomic<int> done{0};
    const auto meet = [&] {  // both are inside a handler, then each stops the other
        ++inside;
        wait_for([&] { return inside == 2; });
    };
    std::atomic<bool> ready{false};
    first = gale::watch(subscription, [&](const Message&) {
        wait_for([&] { return ready.load(); });
        meet();
        second->stop();
        ++done;
    });
    second = gale::watch(second_subscription, [&](const Message&) {
        wait_for([&] { return ready.load(); });
        meet();
        first->stop();
        ++done;
    });
    ready = true;
    put("a");
    wait_for([&] { return done == 2; });
    EXPECT_FALSE(first->is_watching() || second->is_watching());
}

TEST_F(WatchTest, WaitsForTheHandlerWhenItStops) {
    std::atomic<bool> inside{false};
    std::atomic<bool> done{false};
    auto watch = gale::watch(subscription, [&](const Message&) {
        inside = true;
        for (int i = 0; i < 1000; ++i) std::this_thread::yield();
        done = true;
    });
    put("a");
    wait_for([&] { return inside.load(); });
    watch.stop();
    EXPECT_TRUE(done);
}

TEST_F(WatchTest, IsNotHeldUpByASlowHandlerOfAnotherSubscriber) {
    auto other = subscriber(context, short_log(1));
    std::atomic<bool> go_on{false};
    const auto slow = gale::watch(subscription, [&](const Message&) { wait_for([&] { return go_on.load(); }); });
    const auto quick = gale::watch(other, to(heard));
    put_numbers(3);
    wait_for([&] { return heard.count() == 3; });
    go_on = true;
}

}  // namespace
}  // namespace gale
