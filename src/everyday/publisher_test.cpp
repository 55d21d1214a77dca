#include "everyday/testing.hpp"

#include <gale/publisher.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <span>
#include <utility>
#include <vector>

namespace gale {
namespace {

using namespace std::chrono_literals;
using testing::embedded;
using testing::short_log;

class PublisherTest : public ::testing::TestWithParam<bool> {
protected:
    static Config config() {
        Config made = short_log(1);
        made.exclusive = GetParam();
        return made;
    }
    /// Nobody reads, so the window stays half a term. It may open only after the subscriber was added, too.
    void fill() {
        constexpr std::size_t window = 32 * 1024;
        const std::vector<std::byte> bytes(1000);
        for (std::size_t filled = 0; filled < window;)
            if (publication.put(bytes, {.timeout = 0ns}) == PutStatus::success) filled += 1056;
    }
    Context context{embedded()};
    Publisher publication = publisher(context, config());
};
INSTANTIATE_TEST_SUITE_P(Kinds, PublisherTest, ::testing::Bool(),
                         [](const auto& kind) { return kind.param ? "Exclusive" : "Shared"; });

TEST_P(PublisherTest, SaysThatNobodySubscribes) {
    EXPECT_EQ(publication.put("anybody?"), PutStatus::not_connected);
    EXPECT_EQ(publication.put("anybody?", {.timeout = 0ns, .wait_for_subscriber = true}), PutStatus::not_connected);
    EXPECT_FALSE(publication.is_connected());
    EXPECT_FALSE(publication.wait_connected(0ns));
}

TEST_P(PublisherTest, WaitsForASubscriberWhenAsked) {
    std::jthread later{[&] {
        auto subscription = subscriber(context, config());
        EXPECT_EQ(subscription.take().text(), "at last");
    }};
    EXPECT_EQ(publication.put("at last", {.timeout = forever, .wait_for_subscriber = true}), PutStatus::success);
}

TEST_P(PublisherTest, SendsWithNoTimeAtAll) {
    auto subscription = subscriber(context, config());
    ASSERT_TRUE(publication.wait_connected());
    ASSERT_EQ(publication.put("first", {.timeout = forever}), PutStatus::success);  // the window is open from here on
    EXPECT_EQ(publication.put("one attempt", {.timeout = 0ns}), PutStatus::success);
    EXPECT_EQ(subscription.take().text(), "first");
    EXPECT_EQ(subscription.take().text(), "one attempt");
}

TEST_P(PublisherTest, GivesUpUnderBackPressureInTheEnd) {
    auto subscription = subscriber(context, config());
    ASSERT_TRUE(publication.wait_connected());
    fill();
    EXPECT_EQ(publication.put("no room", {.timeout = 1ms}), PutStatus::back_pressured);
}

TEST_P(PublisherTest, GoesOnWhenBackPressureEnds) {
    auto subscription = subscriber(context, config());
    ASSERT_TRUE(publication.wait_connected());
    fill();
    std::jthread reader{[&] {
        for (const Message& message : subscription)
            if (message.text() == "room at last") break;
    }};
    EXPECT_EQ(publication.put("room at last", {.timeout = forever}), PutStatus::success);
}

TEST_P(PublisherTest, StopsWaitingWhenToldTo) {
    auto subscription = subscriber(context, config());
    ASSERT_TRUE(publication.wait_connected());
    fill();
    std::stop_source stop;
    std::jthread stopper{[&] { stop.request_stop(); }};
    EXPECT_EQ(publication.put("no room", {.timeout = forever, .stop = stop.get_token()}), PutStatus::back_pressured);
}

TEST_P(PublisherTest, RefusesWhatIsTooLargeBeforeItLooksAtTheWindow) {
    const std::vector<std::byte> most(publication.max_message_length());
    const std::vector<std::byte> more(publication.max_message_length() + 1);
    EXPECT_EQ(publication.max_message_length(), 8192U);
    EXPECT_EQ(publication.put(more), PutStatus::too_large);  // nobody subscribes, and still
    EXPECT_EQ(publication.put(most), PutStatus::not_connected);
    auto subscription = subscriber(context, config());
    ASSERT_TRUE(publication.wait_connected());
    EXPECT_EQ(publication.put(most), PutStatus::success);
    EXPECT_EQ(publication.put(more), PutStatus::too_large);
    EXPECT_EQ(subscription.take().size(), most.size());
}

TEST_P(PublisherTest, JoinsPieces) {
    auto subscription = subscriber(context, config());
    ASSERT_TRUE(publication.wait_connected());
    const std::array pieces{as_bytes("several "), as_bytes(""), as_bytes("pieces")};
    EXPECT_EQ(publication.put(pieces), PutStatus::success);
    const std::vector<std::span<const std::byte>> none;
    EXPECT_EQ(publication.put(none, {.reserved_value = 8}), PutStatus::success);
    const std::vector<std::byte> large(publication.max_message_length());
    EXPECT_EQ(publication.put(std::array<std::span<const std::byte>, 2>{large, as_bytes("!")}), PutStatus::too_large);
    EXPECT_EQ(subscription.take().text(), "several pieces");
    const Message empty = subscription.take();
    EXPECT_EQ(empty.size(), 0U);
    EXPECT_EQ(empty.reserved_value(), 8);
}

TEST_P(PublisherTest, SendsAReservedValueBesideTheMessage) {
    auto subscription = subscriber(context, config());
    ASSERT_TRUE(publication.wait_connected());
    EXPECT_EQ(publication.put("with", {.reserved_value = -77}), PutStatus::success);
    EXPECT_EQ(publication.put(std::vector<std::byte>(5000), {.reserved_value = 78}), PutStatus::success);
    EXPECT_EQ(publication.put("without"), PutStatus::success);
    EXPECT_EQ(subscription.take().reserved_value(), -77);
    EXPECT_EQ(subscription.take().reserved_value(), 78);
    EXPECT_EQ(subscription.take().reserved_value(), 0);
}

TEST_P(PublisherTest, SaysThatItIsClosed) {
    EXPECT_FALSE(publication.close_reason());
    publication.close();
    publication.close();
    EXPECT_TRUE(publication.is_closed());
    EXPECT_EQ(publication.put("late"), PutStatus::closed);
    EXPECT_EQ(publication.put(std::vector<std::byte>(100'000)), PutStatus::closed);
    EXPECT_EQ(publication.put("late", {.timeout = forever, .wait_for_subscriber = true}), PutStatus::closed);
    EXPECT_FALSE(publication.wait_connected());
    EXPECT_EQ(publication.close_reason()->code(), ErrorCode::closed);
    EXPECT_THAT(publication.close_reason()->what(), ::testing::HasSubstr("stream 1, was closed"));
}

TEST_P(PublisherTest, StaysAnObjectWhenMovedAway) {
    const Publisher other{std::move(publication)};
    // NOLINTBEGIN(bugprone-use-after-move): that is the question
    EXPECT_EQ(publication.put("gone"), PutStatus::closed);
    EXPECT_TRUE(publication.is_closed());
    EXPECT_TRUE(publication.close_reason());
    EXPECT_EQ(publication.uri(), "");
    publication.close();
    // NOLINTEND(bugprone-use-after-move)
    EXPECT_EQ(other.uri(), config().uri);
    EXPECT_EQ(other.stream_id(), StreamId{1});
    EXPECT_FALSE(other.is_closed());
}

TEST_P(PublisherTest, LeavesToSubscribersWhatItSentBeforeItWent) {
    auto subscription = subscriber(context, config());
    ASSERT_TRUE(publication.wait_connected());
    ASSERT_EQ(publication.put("farewell"), PutStatus::success);
    publication.close();
    EXPECT_EQ(subscription.take().text(), "farewell");
}

TEST(SharedPublisher, ServesManyThreads) {
    Context context{embedded()};
    auto publication = publisher(context, short_log(1));
    auto subscription = subscriber(context, short_log(1));
    ASSERT_TRUE(publication.wait_connected());
    constexpr int threads = 4;
    constexpr int each = 500;
    std::vector<std::jthread> senders;
    for (int i = 0; i < threads; ++i) {
        senders.emplace_back([&, i] {
            const std::vector<std::byte> bytes(static_cast<std::size_t>(i) * 1000 + 1, static_cast<std::byte>(i));
            for (int n = 0; n < each; ++n) ASSERT_EQ(publication.put(bytes, {.timeout = forever}), PutStatus::success);
        });
    }
    std::array<int, threads> received{};
    for (int n = 0; n < threads * each; ++n) {
        const Message message = subscription.take();
        const auto from = std::to_integer<std::size_t>(message.bytes().front());
        ASSERT_EQ(message.size(), from * 1000 + 1);
        ++received.at(from);
    }
    EXPECT_THAT(received, ::testing::Each(each));
}

TEST(PutStatus, HasNames) {
    EXPECT_EQ(name(PutStatus::success), "success");
    EXPECT_EQ(name(PutStatus::back_pressured), "back_pressured");
    EXPECT_EQ(name(PutStatus::max_position_exceeded), "max_position_exceeded");
}

}  // namespace
}  // namespace gale
