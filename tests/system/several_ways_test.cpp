/// Streams that go more than one way, with drivers that really talk over loopback: answers to who asked, and one
/// subscription that hears at several places.
#include "support/process.hpp"
#include "system/embedded_end.hpp"
#include "system/ports.hpp"

#include <gale/gale.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace gale::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

constexpr StreamId asked{1001};
constexpr StreamId answered{1002};

/// Tries until it is so; false when it never was.
bool until(const std::function<bool()>& so) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!so()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::yield();
    }
    return true;
}

/// Offers until it is taken.
template <class Publisher> bool say(Publisher& publication, std::string_view text) {
    return until([&] { return static_cast<bool>(publication.offer(as_bytes(text))); });
}

/// What comes next, `count` messages of it.
std::vector<std::string> heard(Subscription& subscription, std::size_t count) {
    std::vector<std::string> texts;
    until([&] {
        subscription.poll(
            [&](std::span<const std::byte> message, const Header&) {
                texts.emplace_back(reinterpret_cast<const char*>(message.data()), message.size());
            },
            1);
        return texts.size() >= count;
    });
    return texts;
}

/// One who asks: where answers come is his alone.
struct Asker {
    Asker(const std::string& requests, const std::string& responses)
        : answers{end.client.add_subscription(responses, answered)},
          questions{end.client.add_exclusive_publication(
              requests + "|response-correlation-id=" + std::to_string(answers.registration_id().value), asked)} {}
    End end;
    Subscription answers;
    ExclusivePublication questions;
};

TEST(SeveralWays, EachAskerHearsTheAnswersToItsOwnQuestionsOnly) {
    const std::string requests = new_channel();
    const std::string control = new_channel().substr(sizeof "aeron:udp?endpoint=" - 1);
    const std::string responses = "aeron:udp?control-mode=response|control=" + control;
    End server;
    Subscription questions = server.client.add_subscription(requests, asked);
    Asker one{requests, responses};
    Asker another{requests, responses};
    ASSERT_TRUE(say(one.questions, "one"));
    ASSERT_TRUE(say(another.questions, "another"));

    std::map<std::string, SessionId> sessions;
    ASSERT_TRUE(until([&] {
        questions.poll(
            [&](std::span<const std::byte> message, const Header& header) {
                sessions.emplace(std::string{reinterpret_cast<const char*>(message.data()), message.size()},
                                 header.session_id());
            },
            10);
        return sessions.size() == 2;
    }));
    std::map<std::string, ExclusivePublication> ways;
    for (const auto& [text, session] : sessions) {
        const auto image = questions.image_by_session(session);
        ASSERT_TRUE(image);
        ways.emplace(text, server.client.add_exclusive_publication(
                               responses + "|response-correlation-id=" + std::to_string(image->correlation_id().value),
                               answered));
    }
    for (auto& [text, way] : ways) ASSERT_TRUE(say(way, "to " + text));
    EXPECT_THAT(heard(one.answers, 1), ElementsAre("to one"));
    EXPECT_THAT(heard(another.answers, 1), ElementsAre("to another"));
    // What was answered to the other comes to neither, also not later.
    for (auto& [text, way] : ways) ASSERT_TRUE(say(way, "again to " + text));
    EXPECT_THAT(heard(one.answers, 1), ElementsAre("again to one"));
    EXPECT_THAT(heard(another.answers, 1), ElementsAre("again to another"));
    EXPECT_EQ(one.answers.image_count(), 1);
    EXPECT_EQ(another.answers.image_count(), 1);
}

TEST(SeveralWays, OneSubscriptionHearsTheNetworkSharedMemoryAndWhatItsOwnDriverSends) {
    const std::string to_here = new_channel();
    const std::string away = new_channel();
    End here;
    End there;
    Subscription subscription = here.client.add_subscription("aeron:udp?control-mode=manual", asked);
    subscription.add_destination(to_here);
    subscription.add_destination("aeron:ipc");
    subscription.add_destination("aeron-spy:" + away);
    Subscription listener = there.client.add_subscription(away, asked);
    ExclusivePublication network = there.client.add_exclusive_publication(to_here, asked);
    ExclusivePublication memory = here.client.add_exclusive_publication("aeron:ipc", asked);
    ExclusivePublication sent = here.client.add_exclusive_publication(away, asked);
    ASSERT_TRUE(say(network, "network"));
    ASSERT_TRUE(say(memory, "memory"));
    ASSERT_TRUE(say(sent, "sent"));
    EXPECT_THAT(heard(subscription, 3), UnorderedElementsAre("network", "memory", "sent"));
    EXPECT_THAT(heard(listener, 1), ElementsAre("sent"));

    subscription.remove_destination("aeron-spy:" + away);
    subscription.remove_destination("aeron:ipc");
    ASSERT_TRUE(until([&] { return subscription.image_count() == 1; }));
    ASSERT_TRUE(say(sent, "to there only"));
    EXPECT_THAT(heard(listener, 1), ElementsAre("to there only"));
    ASSERT_TRUE(say(network, "still"));
    EXPECT_THAT(heard(subscription, 1), ElementsAre("still"));
}

}  // namespace
}  // namespace gale::testing
