#include "driver/conductor/session_ids.hpp"
#include "driver/conductor/streams_test.hpp"

#include <gmock/gmock.h>

#include <set>

namespace gale::testing {
namespace {

using driver::SessionIds;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const auto nobody = [](SessionId) { return false; };

TEST(SessionIds, LeaveOutTheReservedRange) {
    SessionIds ids{-3, -1, 1000};
    EXPECT_EQ(ids.take(nobody), SessionId{-3});
    EXPECT_EQ(ids.take(nobody), SessionId{-2});
    EXPECT_EQ(ids.take(nobody), SessionId{1001});
    EXPECT_EQ(ids.take(nobody), SessionId{1002});
}

TEST(SessionIds, WrapAround) {
    SessionIds ids{INT32_MAX, -1, 1000};
    EXPECT_EQ(ids.take(nobody), SessionId{INT32_MAX});
    EXPECT_EQ(ids.take(nobody), SessionId{INT32_MIN});
    SessionIds at_the_top{INT32_MAX - 1, INT32_MAX - 1, INT32_MAX};
    EXPECT_EQ(at_the_top.take(nobody), SessionId{INT32_MIN});
}

TEST(SessionIds, PassOverThoseTakenAlsoAcrossTheRange) {
    SessionIds ids{-2, -1, 1000};
    const auto taken = [](SessionId id) { return id.value == -2 || id.value == 1001; };
    EXPECT_EQ(ids.take(taken), SessionId{1002});
}

class Sessions : public ::testing::Test {
protected:
    TestDriver driver;
    Puppet client{driver};

    SessionId next(StreamId stream = stream_7) {
        const auto id = client.ask(control::NextSessionId{.stream_id = stream});
        const auto heard =
            client.take_first<control::NextSessionIdEvent>([&](const auto& e) { return e.correlation_id == id; });
        return heard.value().as<control::NextSessionIdEvent>()->session_id;
    }
};

TEST_F(Sessions, AreConsecutiveAndShareTheirSequenceWithTheRequest) {
    const auto first = publish_exclusively(client).session;
    EXPECT_EQ(next().value, first.value + 1);
    EXPECT_EQ(publish_exclusively(client).session.value, first.value + 2);
    EXPECT_EQ(publish_exclusively(client, "aeron:ipc?session-id=5").session.value, 5);
    EXPECT_EQ(publish_exclusively(client).session.value, first.value + 3);
}

TEST_F(Sessions, GivenExplicitlyMayLieInTheReservedRangeAndAreThenPassedOver) {
    const auto first = publish_exclusively(client).session.value;
    const std::string taken = "aeron:ipc?session-id=" + std::to_string(first + 1);
    EXPECT_EQ(publish_exclusively(client, taken).session.value, first + 1);
    EXPECT_EQ(next().value, first + 2);
    EXPECT_EQ(publish_exclusively(client, "aeron:ipc?session-id=1000").session.value, 1000);
}

TEST_F(Sessions, InUseOnTheStreamAreRefusedByName) {
    publish_exclusively(client, "aeron:ipc?session-id=5");
    const auto clash = client.ask(add_publication("aeron:ipc?session-id=5", stream_7, control::Sharing::exclusive));
    EXPECT_THAT(client.error_to(clash), StartsWith("1 session-id=5"));
    EXPECT_EQ(publish_exclusively(client, "aeron:ipc?session-id=5", StreamId{8}).session, SessionId{5});
}

TEST_F(Sessions, ByTagAreThoseOfTheTaggedPublicationWithItsLengths) {
    const auto tagged = publish_exclusively(client, "aeron:ipc?tags=1,42|term-length=256k|mtu=2048");
    const auto same = publish_exclusively(client, "aeron:ipc?session-id=tag:42", StreamId{8});
    EXPECT_EQ(same.session, tagged.session);
    EXPECT_EQ(same.log().term_length(), 256 * 1024);
    EXPECT_EQ(same.log().mtu_length(), 2048);
    const auto clash =
        client.ask(add_publication("aeron:ipc?session-id=tag:42", stream_7, control::Sharing::exclusive));
    EXPECT_THAT(client.error_to(clash), StartsWith("1 session-id"));
}

TEST_F(Sessions, ByTheTagOfAPublicationThatEndedAreRefused) {
    const auto tagged = publish_exclusively(client, "aeron:ipc?tags=1,42");
    remove(client, tagged);
    const auto id = client.ask(add_publication("aeron:ipc?session-id=tag:42", StreamId{8}));
    EXPECT_THAT(client.error_to(id), HasSubstr("tag:42"));
}

TEST(SeededDrivers, TellTheSameStoryAgain) {
    const auto story = [](std::uint64_t seed) {
        DriverOptions options = small_options();
        options.environment.seed = seed;
        TestDriver driver{options};
        Puppet client{driver};
        const auto publication = publish(client);
        return std::pair{publication.session, publication.log().geometry().initial_term_id()};
    };
    EXPECT_EQ(story(1), story(1));
    EXPECT_NE(story(1), story(2));
}

}  // namespace
}  // namespace gale::testing
