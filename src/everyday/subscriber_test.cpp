#include "everyday/testing.hpp"

#include <gale/subscriber.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

namespace gale {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using testing::embedded;
using ::testing::HasSubstr;
using testing::short_log;

class SubscriberTest : public ::testing::Test {
protected:
    void SetUp() override { ASSERT_TRUE(publication.wait_connected() && subscription.wait_connected()); }
    void put(std::string_view text) { put_bytes(as_bytes(text)); }
    void put_bytes(std::span<const std::byte> bytes) {
        ASSERT_EQ(publication.put(bytes, {.timeout = forever, .wait_for_subscriber = true}), PutStatus::success);
    }
    void put_cut() { put_bytes(std::vector<std::byte>(3000)); }  // three frames

    Context context{embedded()};
    Subscriber subscription = subscriber(context, short_log(1));
    Publisher publication = publisher(context, short_log(1));
};

TEST_F(SubscriberTest, TellsWhereAMessageIsFrom) {
    put("one");
    put_cut();
    const Message one = subscription.take();
    EXPECT_EQ(one.text(), "one");
    EXPECT_EQ(one.session_id(), publication.session_id());
    EXPECT_EQ(one.stream_id(), StreamId{1});
    EXPECT_EQ(one.position(), Position{64});
    EXPECT_EQ(subscription.take().position(), Position{64 + 2 * 1408 + 288});
}

TEST_F(SubscriberTest, TakesOnlyWhatIsThere) {
    EXPECT_FALSE(subscription.try_take());
    EXPECT_FALSE(subscription.take_for(0ns));
    EXPECT_FALSE(subscription.take_for(1ms));
    put("one");
    EXPECT_EQ(subscription.take_for(0ns)->text(), "one");
    put("two");
    EXPECT_EQ(subscription.try_take()->text(), "two");
    EXPECT_FALSE(subscription.try_take());
}

TEST_F(SubscriberTest, WaitsForAMessage) {
    std::jthread later{[&] { put("late"); }};
    EXPECT_EQ(subscription.take().text(), "late");
}

TEST_F(SubscriberTest, StopsWaitingWhenToldTo) {
    std::stop_source stop;
    std::jthread stopper{[&] { stop.request_stop(); }};
    EXPECT_FALSE(subscription.take(stop.get_token()));
    put("there");
    EXPECT_FALSE(subscription.take(stop.get_token()));  // told before it began
    EXPECT_EQ(subscription.take().text(), "there");
}

TEST_F(SubscriberTest, KeepsMessagesAsLongAsTheirHolder) {
    std::vector<Message> held;
    std::vector<std::string> expected;
    for (int i = 0; i < 200; ++i) {  // more than the log has room for
        expected.push_back(std::to_string(i) + std::string(static_cast<std::size_t>(i) * 40, 'x'));
        put(expected.back());
        held.push_back(subscription.take());
    }
    subscription.close();
    context.close();
    subscription = Subscriber{nullptr};
    for (std::size_t i = 0; i < held.size(); ++i) EXPECT_EQ(held[i].text(), expected[i]);
    const Message copy = held[7].copy();
    const std::vector<std::byte> bytes = held[7].to_vector();
    const Message moved = std::move(held[7]);
    held.clear();
    EXPECT_EQ(copy.text(), expected[7]);
    EXPECT_EQ(as_text(bytes), expected[7]);
    EXPECT_EQ(moved.text(), expected[7]);
    EXPECT_TRUE(copy.owns_bytes());
}

TEST_F(SubscriberTest, EndsWithAnErrorWhenClosedWhileItWaits) {
    std::jthread closer{[&] { subscription.close(); }};
    try {
        static_cast<void>(subscription.take());
        FAIL() << "there was no message";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::closed);
        EXPECT_THAT(error.what(), HasSubstr("stream 1, was closed"));
    }
}

TEST_F(SubscriberTest, RefusesEverythingOnceClosed) {
    subscription.close();
    subscription.close();
    EXPECT_TRUE(subscription.is_closed());
    EXPECT_FALSE(subscription.is_connected());
    EXPECT_FALSE(subscription.wait_connected());
    EXPECT_TRUE(subscription.close_reason());
    EXPECT_THROW(static_cast<void>(subscription.take()), Error);
    EXPECT_THROW(static_cast<void>(subscription.take_for(1ms)), Error);
    EXPECT_THROW(static_cast<void>(subscription.try_take()), Error);
    EXPECT_THROW(subscription.poll(), Error);
    EXPECT_THROW(subscription.poll({.discard = true}), Error);
    EXPECT_THROW(subscription.poll([](const Message&) {}), Error);
    EXPECT_THROW(subscription.discard(), Error);
    EXPECT_EQ(subscription.begin(), subscription.end());
}

TEST_F(SubscriberTest, StaysAnObjectWhenMovedAway) {
    Subscriber other{std::move(subscription)};
    // NOLINTBEGIN(bugprone-use-after-move): that is the question
    EXPECT_TRUE(subscription.is_closed());
    EXPECT_THROW(static_cast<void>(subscription.take()), Error);
    EXPECT_THROW(static_cast<void>(subscription.uri()), Error);
    subscription.close();
    // NOLINTEND(bugprone-use-after-move)
    put("one");
    EXPECT_EQ(other.take().text(), "one");
    EXPECT_EQ(other.uri(), short_log(1).uri);
    EXPECT_EQ(other.stream_id(), StreamId{1});
}

TEST_F(SubscriberTest, OutlivesItsContext) {
    { const Context gone{std::move(context)}; }
    put("still");
    EXPECT_EQ(subscription.take().text(), "still");
}

TEST_F(SubscriberTest, IteratesUntilItIsClosed) {
    std::vector<std::string> texts;
    for (const auto* text : {"a", "b", "c"}) put(text);
    for (const Message& message : subscription) {
        texts.emplace_back(message.text());
        if (texts.size() == 3) subscription.close();
    }
    EXPECT_THAT(texts, ElementsAre("a", "b", "c"));
}

TEST_F(SubscriberTest, IterationEndsWhenAnotherThreadClosesTheContext) {
    std::jthread closer{[&] { context.close(); }};
    for (const Message& message : subscription) FAIL() << message.text();
}

TEST_F(SubscriberTest, IterationEndsWhenTold) {
    std::stop_source stop;
    put("a");
    put("b");
    int count = 0;
    for (const Message& message : subscription.messages({.stop = stop.get_token()})) {
        ++count;
        EXPECT_EQ(message.text(), "a");
        stop.request_stop();  // though there is another
    }
    EXPECT_EQ(count, 1);
    for (const Message& message : subscription.messages({.quiet = 1ms})) {
        ++count;
        EXPECT_EQ(message.text(), "b");
    }
    EXPECT_EQ(count, 2);
}

TEST_F(SubscriberTest, IterationEndsWithTheStream) {
    put("a");
    put_cut();
    publication.close();
    int count = 0;
    for (const Message& message : subscription.messages({.end_of_stream = true})) count += message.size() > 0 ? 1 : 0;
    EXPECT_EQ(count, 2);
}

TEST_F(SubscriberTest, GivesThreadsThatTakeAtOnceDifferentMessages) {
    constexpr int count = 2000;
    std::array<std::vector<int>, 3> taken;
    std::vector<std::jthread> takers;
    for (auto& mine : taken) {
        takers.emplace_back([&] {
            for (int number = 0; (number = std::stoi(std::string{subscription.take().text()})) >= 0;)
                mine.push_back(number);
        });
    }
    for (int i = 0; i < count; ++i) put(std::to_string(i));
    for (std::size_t i = 0; i < taken.size(); ++i) put("-1");  // one for each: who gets it goes
    takers.clear();
    std::vector<int> all;
    for (const auto& mine : taken) {
        EXPECT_TRUE(std::ranges::is_sorted(mine));
        all.insert(all.end(), mine.begin(), mine.end());
    }
    std::ranges::sort(all);
    ASSERT_EQ(all.size(), static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) EXPECT_EQ(all[static_cast<std::size_t>(i)], i);
}

}  // namespace
}  // namespace gale
