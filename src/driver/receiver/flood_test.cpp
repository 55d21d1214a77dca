// What strangers may do to a receiver: nothing that honest streams feel. docs/formats/receiving.md, sessions.
#include "driver/receiver/receiver_fixture_test.hpp"

#include <map>

namespace gale::driver::receiver::testing {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class FloodTest : public ReceiverTest {
protected:
    explicit FloodTest(const Limits& limits = {}) : ReceiverTest{{.receiver_id = 77, .limits = limits, .secret = 5}} {}
    static Key stranger(int number) { return {.session = SessionId{1000 + number}}; }
    static net::SocketAddress somewhere(int number) {
        return address(static_cast<std::uint8_t>(number), static_cast<std::uint16_t>(number));
    }
};

TEST_F(FloodTest, SpoofedDataCostsAnHonestStreamNothingAndRepliesAreFew) {
    MadeImage& made = connect();
    std::int64_t at = 0;
    std::size_t replies = 0;
    for (int i = 0; i < 20'000; ++i) {
        arrive(frame_at(0, 64, wire::FrameType::data, stranger(i)), somewhere(i));
        if (i % 100 != 0) continue;
        arrive(frame_at(at, 64));
        at += 64;
        step(1ms);
        made.subscriber.store_release(at);
        for (const auto& each : sent<wire::StatusMessage>())
            if (each.common.has(wire::StatusMessage::send_setup)) ++replies;
    }
    while (!transport->arrivals.empty()) step();
    EXPECT_EQ(value(made.receiver_position), at);
    EXPECT_LE(replies, 1300U);  // a second's worth, and what is earned meanwhile
    EXPECT_GT(value(counters.replies_withheld), 15'000);
}

TEST_F(FloodTest, SpoofedSetupsAskForFewImagesAndMemoryStaysAsItWas) {
    MadeImage& made = connect();
    for (int i = 0; i < 5000; ++i) arrive(setup_frame({.key = stranger(i)}), somewhere(i));
    while (!transport->arrivals.empty()) step();
    EXPECT_LE(take<ImageWanted>().size(), 520U);
    EXPECT_GT(value(counters.sessions_refused), 4000);
    receive(frame_at(0, 64));
    EXPECT_EQ(value(made.receiver_position), 64);
}

TEST_F(FloodTest, NobodyIsAnsweredWhereNobodyCanBe) {
    subscribe();
    net::SocketAddress nowhere = publisher;
    nowhere.port = 0;
    receive(setup_frame({}), nowhere);
    receive(frame_at(0, 64), nowhere);
    EXPECT_THAT(take<ImageWanted>(), IsEmpty());
    EXPECT_THAT(transport->sent, IsEmpty());
    EXPECT_EQ(value(counters.invalid_packets), 2);
}

TEST_F(FloodTest, WhenTheFloodIsOverNewSessionsAreHeardAgain) {
    subscribe();
    for (int i = 0; i < 5000; ++i) {
        arrive(frame_at(0, 64, wire::FrameType::data, stranger(i)), somewhere(i));
        arrive(setup_frame({.key = stranger(100'000 + i)}), somewhere(i));
    }
    while (!transport->arrivals.empty()) step();
    for (const ImageWanted& wanted : take<ImageWanted>())
        command(ForgetSetup{wanted.endpoint, wanted.stream_id, wanted.session_id});
    steps(20, 100ms);
    transport->sent.clear();
    receive(frame_at(0, 64));
    EXPECT_THAT(statuses(), SizeIs(1));
    receive(setup_frame());
    EXPECT_THAT(take<ImageWanted>(), SizeIs(1));
}

TEST_F(FloodTest, StrangersThatNobodyWantsAreForgotten) {
    subscribe(StreamId{10}, SessionId{1});
    for (int round = 0; round < 3; ++round) {
        for (int i = 0; i < 3000; ++i) arrive(setup_frame({.key = stranger(round * 3000 + i)}), somewhere(i));
        while (!transport->arrivals.empty()) step();
        steps(200, 100ms);
    }
    EXPECT_THAT(told, IsEmpty());
    receive(setup_frame());
    EXPECT_THAT(take<ImageWanted>(), SizeIs(1));
}

TEST_F(FloodTest, EchoesAreLimited) {
    connect();
    wire::RttMeasurement question{.session_id = SessionId{1}, .stream_id = StreamId{10}};
    question.common.flags = wire::RttMeasurement::reply_wanted;
    question.echo_timestamp_ns = 1;
    question.reception_delta_ns = 0;
    question.receiver_id = 77;
    for (int i = 0; i < 5000; ++i) arrive(bytes_of(question));
    while (!transport->arrivals.empty()) step();
    EXPECT_LE(sent<wire::RttMeasurement>().size(), 1010U);
    EXPECT_GE(value(counters.replies_withheld), 3990);
}

class LimitedTest : public FloodTest {
protected:
    LimitedTest()
        : FloodTest{{.sessions_per_stream = 2,
                     .sessions_per_endpoint = 3,
                     .strangers_per_endpoint = 4,
                     .max_term_length = small_term}} {}
};
TEST_F(LimitedTest, ASessionBeyondALimitIsRefusedUntilThereIsRoom) {
    MadeImage& first = connect();
    receive(setup_frame({.key = stranger(1)}));
    receive(setup_frame({.key = stranger(2)}));
    EXPECT_THAT(take<ImageWanted>(), SizeIs(1));
    EXPECT_EQ(value(counters.sessions_refused), 1);
    subscribe(StreamId{11});
    receive(setup_frame({.key = {.session = SessionId{1}, .stream = StreamId{11}}}));
    receive(setup_frame({.key = {.session = SessionId{2}, .stream = StreamId{11}}}));
    EXPECT_THAT(take<ImageWanted>(), SizeIs(1));
    EXPECT_EQ(value(counters.sessions_refused), 2);
    receive(setup_frame());  // at the limit, a session that is there is no error
    EXPECT_EQ(value(counters.sessions_refused), 2);
    command(RemoveImage{first.image, true});
    step();
    receive(setup_frame({.key = stranger(2)}));
    EXPECT_THAT(take<ImageWanted>(), SizeIs(1));
}
TEST_F(LimitedTest, SessionsThatMustNotComeBackKeepNobodyOut) {
    subscribe();
    for (int i = 0; i < 20; ++i) {
        receive(setup_frame({.key = stranger(i)}));
        const auto wanted = take<ImageWanted>();
        ASSERT_THAT(wanted, SizeIs(1)) << i;
        command(RemoveImage{make_image(wanted[0]).image, false});
        step();
    }
    receive(setup_frame({.key = stranger(19)}));
    EXPECT_THAT(take<ImageWanted>(), IsEmpty()) << "the latest are remembered";
    receive(setup_frame({.term_length = 2 * small_term, .key = stranger(30)}));
    receive(setup_frame({.key = stranger(17)}));
    EXPECT_THAT(take<ImageWanted>(), IsEmpty()) << "who is refused drives nobody out";
}
TEST_F(LimitedTest, TermsLongerThanAllowedAreRefused) {
    subscribe();
    receive(setup_frame({.term_length = 2 * small_term}));
    EXPECT_THAT(take<ImageWanted>(), IsEmpty());
    EXPECT_EQ(value(counters.long_terms_refused), 1);
    EXPECT_EQ(value(counters.sessions_refused), 0);
    receive(setup_frame());
    EXPECT_THAT(take<ImageWanted>(), SizeIs(1));
}
TEST_F(LimitedTest, MoreStrangersThanAreRememberedAreStillAskedForASetup) {
    subscribe();
    for (int i = 0; i < 6; ++i) receive(frame_at(0, 64, wire::FrameType::data, stranger(i)));
    EXPECT_THAT(statuses(), SizeIs(6));
    for (int i = 0; i < 4; ++i) receive(frame_at(0, 64, wire::FrameType::data, stranger(i)));
    EXPECT_THAT(statuses(), IsEmpty());
}

TEST(SessionTableProperty, FindsWhatWasAddedAndNotWhatWasRemoved) {
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        SCOPED_TRACE(seed);
        Random random{seed};
        SessionTable table{50, random.next()};
        std::map<std::pair<std::int32_t, std::int32_t>, SessionState> expected;
        for (int i = 0; i < 3000; ++i) {
            const StreamId stream{static_cast<std::int32_t>(random.below(3))};
            const SessionId session{static_cast<std::int32_t>(random.below(40))};
            Session* const found = table.find(stream, session);
            const auto known = expected.find({stream.value, session.value});
            ASSERT_EQ(found != nullptr, known != expected.end());
            if (found != nullptr && random.below(2) == 0) {
                table.remove(*found);
                expected.erase(known);
            } else if (found == nullptr) {
                const bool added = table.add(stream, session, SessionState::active, {}) != nullptr;
                ASSERT_EQ(added, expected.size() < 50);
                if (added) expected[{stream.value, session.value}] = SessionState::active;
            }
            ASSERT_EQ(table.size(), expected.size());
        }
        table.remove_if([](const Session& each) { return each.stream_id == StreamId{1}; });
        std::erase_if(expected, [](const auto& each) { return each.first.first == 1; });
        EXPECT_EQ(table.size(), expected.size());
        for (const auto& [key, state] : expected)
            EXPECT_NE(table.find(StreamId{key.first}, SessionId{key.second}), nullptr);
    }
}

TEST(BudgetTest, GivesSoManyASecond) {
    Budget budget{10};
    int taken = 0;
    for (int i = 0; i < 10'000; ++i) taken += budget.take(1ms * i) ? 1 : 0;  // ten seconds
    EXPECT_GE(taken, 95);
    EXPECT_LE(taken, 115);
    EXPECT_TRUE(budget.take(100s));
    Budget none{0};
    EXPECT_FALSE(none.take(1s));
}

}  // namespace
}  // namespace gale::driver::receiver::testing
