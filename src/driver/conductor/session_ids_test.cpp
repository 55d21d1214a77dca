#include "driver/conductor/session_ids.hpp"
#include "driver/conductor/streams_test.hpp"

#include <gmock/gmock.h>

#include <cstdlib>
#include <set>
#include <vector>

namespace gale::testing {
namespace {

using driver::SessionIds;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const auto nobody = [](SessionId) { return false; };

constexpr std::int32_t half = 1 << 30;

TEST(SessionIds, LeaveOutTheReservedRange) {
    Random random{7};
    SessionIds ids{random, -half, half - 1};
    for (int i = 0; i < 1000; ++i) {
        const std::int32_t id = ids.take(nobody).value;
        EXPECT_TRUE(id < -half || id >= half) << id;
    }
}

TEST(SessionIds, LieAllOverTheRest) {
    Random random{7};
    SessionIds ids{random, -1, 1000};
    std::set<std::int32_t> quarters;
    for (int i = 0; i < 100; ++i) quarters.insert(ids.take(nobody).value >> 30);
    EXPECT_THAT(quarters, ::testing::ElementsAre(-2, -1, 0, 1));
}

TEST(SessionIds, PassOverThoseTaken) {
    Random random{7};
    SessionIds ids{random, -1, 1000};
    int asked = 0;
    const auto the_first_three = [&](SessionId) { return ++asked <= 3; };
    Random same{7};
    for (int i = 0; i < 3; ++i) same.next();
    EXPECT_EQ(ids.take(the_first_three), SessionId{same.next_int32()});
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

TEST_F(Sessions, AreNotToBeGuessedFromEachOther) {
    std::vector<std::int64_t> ids;
    for (int i = 0; i < 5; ++i) {
        ids.push_back(publish_exclusively(client).session.value);
        ids.push_back(next().value);
    }
    for (std::size_t i = 1; i < ids.size(); ++i) EXPECT_GT(std::abs(ids[i] - ids[i - 1]), 1000);
    EXPECT_EQ(std::set(ids.begin(), ids.end()).size(), ids.size());
}

TEST_F(Sessions, GivenExplicitlyMayLieInTheReservedRange) {
    EXPECT_EQ(publish_exclusively(client, "aeron:ipc?session-id=5").session.value, 5);
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
