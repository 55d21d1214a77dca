#include "everyday/testing.hpp"

#include <gale/subscriber.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace gale {
namespace {

using ::testing::ElementsAre;
using testing::embedded;
using ::testing::IsEmpty;
using testing::short_log;
using testing::wait_for;

class PollTest : public ::testing::Test {
protected:
    void SetUp() override { ASSERT_TRUE(publication.wait_connected() && subscription.wait_connected()); }
    void put(std::string_view text) {
        ASSERT_EQ(publication.put(text, {.timeout = forever, .wait_for_subscriber = true}), PutStatus::success);
    }
    /// Three frames, told apart by their first letter.
    void put_cut(char first) { put(std::string(3000, first)); }
    auto collect(std::vector<std::string>& texts) {
        return [&texts](const Message& message) { texts.emplace_back(message.text().substr(0, 1)); };
    }

    Context context{embedded()};
    Subscriber subscription = subscriber(context, short_log(1));
    Publisher publication = publisher(context, short_log(1));
};

TEST_F(PollTest, ReturnsOneMessageAndLosesNone) {
    for (const auto* text : {"a", "b", "c"}) put(text);
    for (const auto* text : {"a", "b", "c"}) {
        const auto [fragments, message] = subscription.poll({.fragment_limit = 10});
        EXPECT_EQ(fragments, 1);
        ASSERT_TRUE(message);
        EXPECT_EQ(message->text(), text);
    }
    EXPECT_EQ(subscription.poll().fragments, 0);
}

TEST_F(PollTest, ConsumesNoMoreFragmentsThanAsked) {
    put_cut('a');
    put("b");
    PollResult result = subscription.poll({.fragment_limit = 2});
    EXPECT_EQ(result.fragments, 2);
    EXPECT_FALSE(result.message);
    EXPECT_EQ(subscription.poll({.fragment_limit = 0}).fragments, 0);
    EXPECT_EQ(subscription.poll({.fragment_limit = -1}).fragments, 0);
    result = subscription.poll({.fragment_limit = 2});
    EXPECT_EQ(result.fragments, 1);
    EXPECT_EQ(result.message->size(), 3000U);
    EXPECT_EQ(subscription.poll({.fragment_limit = 2}).message->text(), "b");
}

TEST_F(PollTest, PassesOnEveryMessageThatIsComplete) {
    put("a");
    put_cut('b');
    put("c");
    put_cut('d');
    std::vector<std::string> texts;
    EXPECT_EQ(subscription.poll(collect(texts), 6), 6);
    EXPECT_THAT(texts, ElementsAre("a", "b", "c"));
    EXPECT_EQ(subscription.poll(collect(texts), 100), 2);
    EXPECT_THAT(texts, ElementsAre("a", "b", "c", "d"));
}

TEST_F(PollTest, LendsMessagesToItsHandler) {
    put("a");
    put_cut('b');
    std::vector<Message> kept;
    subscription.poll([&](const Message& message) { kept.push_back(message.copy()); }, 100);
    ASSERT_EQ(kept.size(), 2U);
    EXPECT_EQ(kept[0].text(), "a");
    EXPECT_EQ(kept[1].text(), std::string(3000, 'b'));
    EXPECT_EQ(kept[1].session_id(), publication.session_id());
}

TEST_F(PollTest, GoesOnBehindTheMessageAtWhichItsHandlerThrew) {
    put("a");
    put_cut('b');
    put("c");
    std::vector<std::string> texts;
    const auto picky = [&](const Message& message) {
        collect(texts)(message);
        if (texts.size() < 3) throw std::runtime_error{texts.back()};
    };
    EXPECT_THROW(subscription.poll(picky, 100), std::runtime_error);
    EXPECT_THROW(subscription.poll(picky, 100), std::runtime_error);
    EXPECT_EQ(subscription.poll(picky, 100), 1);
    EXPECT_THAT(texts, ElementsAre("a", "b", "c"));
}

TEST_F(PollTest, CannotBeCalledFromItsOwnHandler) {
    put("a");
    put("b");
    EXPECT_THROW(subscription.poll([&](const Message&) { static_cast<void>(subscription.take()); }), Error);
    EXPECT_EQ(subscription.take().text(), "b");
}

TEST_F(PollTest, MayBeClosedByItsHandler) {
    put("a");
    put("b");
    int count = 0;
    EXPECT_EQ(subscription.poll([&](const Message&) {
        ++count;
        subscription.close();
    }),
              1);
    EXPECT_EQ(count, 1);
    EXPECT_TRUE(subscription.is_closed());
}

TEST_F(PollTest, MayLoseItsSubscriberInTheHandler) {
    put("a");
    std::optional<Subscriber> owned{std::move(subscription)};
    EXPECT_EQ(owned->poll([&](const Message&) { owned.reset(); }), 1);
}

TEST_F(PollTest, DiscardsWithoutLooking) {
    put_cut('a');
    put("b");
    const auto [fragments, message] = subscription.poll({.fragment_limit = 2, .discard = true});
    EXPECT_EQ(fragments, 2);
    EXPECT_FALSE(message);
    EXPECT_EQ(subscription.take().text(), "b");  // the rest of the first message is none
}

TEST_F(PollTest, DropsWhatIsHalfReadWhenItDiscards) {
    put_cut('a');
    EXPECT_EQ(subscription.poll({.fragment_limit = 1}).fragments, 1);
    EXPECT_EQ(subscription.poll({.fragment_limit = 1, .discard = true}).fragments, 1);
    put("b");
    EXPECT_EQ(subscription.take().text(), "b");
}

TEST_F(PollTest, DiscardsEverythingAcrossTheEndsOfTerms) {
    // Two messages of 8192 bytes leave less than a third one needs in a term of 64 KiB sooner or later: there is
    // padding.
    constexpr int messages = 3;
    for (int round = 0; round < 20; ++round) {
        for (int i = 0; i < messages; ++i) put(std::string(8192, 'x'));
        int fragments = 0;
        while (fragments < messages * 6) fragments += subscription.discard();
        EXPECT_EQ(fragments, messages * 6);
        EXPECT_FALSE(subscription.try_take());
    }
}

TEST_F(PollTest, FindsTheFirstMessageBehindPadding) {
    for (int i = 0; i < 100; ++i) {
        put(std::string(5000, 'x'));
        EXPECT_TRUE(subscription.try_take()) << i;
    }
}

TEST_F(PollTest, ForgetsWhatIsHalfReadWhenItsPublisherGoes) {
    std::vector<std::string> texts;
    put_cut('a');
    EXPECT_EQ(subscription.poll(collect(texts), 1), 1);
    EXPECT_EQ(subscription.session_count(), 1);
    // A second publisher, on a session of its own, is not disturbed when the first one goes unread.
    Config other = short_log(1);
    other.exclusive = true;
    auto second = publisher(context, other);
    ASSERT_EQ(second.put("z", {.timeout = forever, .wait_for_subscriber = true}), PutStatus::success);
    wait_for([&] { return subscription.session_count() == 2; });
    publication.close();
    while (texts.empty() || texts.back() != "z") subscription.poll(collect(texts), 1);
    EXPECT_THAT(texts.back(), "z");
}

TEST_F(PollTest, JoinsAStreamInTheMiddleOfAMessageWithoutConfusion) {
    put_cut('a');
    EXPECT_EQ(subscription.poll({.fragment_limit = 1}).fragments, 1);
    auto late = subscriber(context, short_log(1));
    put("b");
    Message first = late.take();
    if (first.size() == 3000)
        first = late.take();  // it joined before the message: the driver had not seen the poll yet
    EXPECT_EQ(first.text(), "b");
    EXPECT_EQ(subscription.take().size(), 3000U);
    EXPECT_EQ(subscription.take().text(), "b");
}

}  // namespace
}  // namespace gale
