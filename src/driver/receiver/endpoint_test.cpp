#include "driver/receiver/receiver_fixture_test.hpp"

namespace gale::driver::receiver::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::uint8_t elicits = wire::StatusMessage::send_setup;

class EndpointTest : public ReceiverTest {};

TEST_F(EndpointTest, DataOfAnUnknownSessionElicitsASetupOncePerSecond) {
    subscribe();
    receive(frame_at(0, 64));
    const auto questions = sent<wire::StatusMessage>();
    ASSERT_THAT(questions, SizeIs(1));
    EXPECT_EQ(questions[0].common.flags, elicits);
    EXPECT_EQ(SessionId{questions[0].session_id}, SessionId{1});
    EXPECT_EQ(StreamId{questions[0].stream_id}, StreamId{10});
    EXPECT_EQ(TermId{questions[0].term_id}, TermId{0});
    EXPECT_EQ(questions[0].window, 0);
    EXPECT_EQ(questions[0].receiver_id, 77);
    EXPECT_EQ(last_to, publisher);
    int more = 0;
    for (int i = 0; i < 40; ++i) {
        receive(heartbeat_at(64));
        step(100ms);
        more += static_cast<int>(statuses().size());
    }
    EXPECT_GE(more, 3);
    EXPECT_LE(more, 4);
    receive(heartbeat_at(64));  // the last question may be a second old, and forgotten
    step(1ms);
    receive(setup_frame());
    EXPECT_TRUE(take<ImageWanted>().at(0).after_elicitation);
    EXPECT_EQ(value(counters.status_messages_sent), 0);  // these are not counted
}

TEST_F(EndpointTest, StreamsThatNobodyWantsAndStreamsThatEndAreIgnored) {
    subscribe();
    receive(frame_at(0, 64, wire::FrameType::data, {.stream = StreamId{11}}));
    receive(setup_frame({.key = {.stream = StreamId{11}}}));
    receive(heartbeat_at(0, wire::flags::whole | wire::flags::end_of_stream));
    EXPECT_THAT(transport->sent, IsEmpty());
    EXPECT_THAT(told, IsEmpty());
}

TEST_F(EndpointTest, ASubscriptionToOneSessionIgnoresOthersUntilSomebodyWantsThem) {
    subscribe(StreamId{10}, SessionId{1});
    receive(setup_frame({.key = {.session = SessionId{2}}}));
    receive(frame_at(0, 64, wire::FrameType::data, {.session = SessionId{2}}));
    EXPECT_THAT(told, IsEmpty());
    EXPECT_THAT(transport->sent, IsEmpty());
    receive(setup_frame());
    EXPECT_THAT(take<ImageWanted>(), SizeIs(1));
    subscribe();  // all sessions
    receive(setup_frame({.key = {.session = SessionId{2}}}));
    EXPECT_THAT(take<ImageWanted>(), SizeIs(1));
}

TEST_F(EndpointTest, WhoeverIsNotWantedIsForgottenAfterAWhile) {
    subscribe(StreamId{10}, SessionId{1});
    receive(setup_frame({.key = {.session = SessionId{2}}}));
    steps(110, 100ms);
    subscribe();
    receive(setup_frame({.key = {.session = SessionId{2}}}));
    EXPECT_THAT(take<ImageWanted>(), SizeIs(1));
}

TEST_F(EndpointTest, ASetupThatTheConductorForgotMayComeAgain) {
    subscribe();
    receive(setup_frame());
    EXPECT_THAT(take<ImageWanted>(), SizeIs(1));
    command(ForgetSetup{endpoint, StreamId{10}, SessionId{1}});
    step();
    receive(setup_frame());
    EXPECT_THAT(take<ImageWanted>(), SizeIs(1));
}

TEST_F(EndpointTest, AnImageThatMayRejoinComesBackAtOnceAndOneThatMayNotDoesNot) {
    MadeImage& first = connect();
    command(RemoveImage{first.image, true});
    step();
    receive(setup_frame());
    const auto wanted = take<ImageWanted>();
    ASSERT_THAT(wanted, SizeIs(1));
    MadeImage& second = make_image(wanted[0]);
    command(RemoveImage{second.image, false});
    steps(200, 100ms);
    transport->sent.clear();
    receive(setup_frame());
    receive(frame_at(0, 64));
    EXPECT_THAT(take<ImageWanted>(), IsEmpty());
    EXPECT_THAT(transport->sent, IsEmpty());
    command(RemoveInterest{endpoint, StreamId{10}, std::nullopt});
    subscribe();
    receive(setup_frame());
    EXPECT_THAT(take<ImageWanted>(), SizeIs(1));
}

TEST_F(EndpointTest, AStreamThatEndedMayBeginAgainEvenWithoutRejoin) {
    MadeImage& made = connect();
    receive(heartbeat_at(0, wire::flags::whole | wire::flags::end_of_stream));
    command(RemoveImage{made.image, false});
    step();
    receive(setup_frame());
    EXPECT_THAT(take<ImageWanted>(), SizeIs(1));
}

TEST_F(EndpointTest, ARestartedSessionDoesNotHearTheEndOfItsFormerSelf) {
    MadeImage& old = connect();
    command(RemoveInterest{endpoint, StreamId{10}, std::nullopt});
    subscribe();
    receive(setup_frame({.position = 4096}));
    make_image(take<ImageWanted>().at(0));
    command(BeginEndOfStream{old.image});
    transport->sent.clear();
    steps(20, 100ms);
    EXPECT_THAT(statuses(), ::testing::Each(Said{4096, 32768}));
    command(RemoveImage{old.image, true});  // and its removal does not touch the new one
    step();
    receive(frame_at(4096, 64));
    EXPECT_EQ(value(images.back()->receiver_position), 4160);
    EXPECT_EQ(value(old.receiver_position), 0);
}

TEST_F(EndpointTest, WithoutInterestAnImageIsNotFedButStillSpeaks) {
    MadeImage& made = connect();
    command(RemoveInterest{endpoint, StreamId{10}, std::nullopt});
    step();
    receive(frame_at(0, 64));
    EXPECT_EQ(value(made.receiver_position), 0);
    step(200ms);
    EXPECT_THAT(statuses(), SizeIs(1));
}

TEST_F(EndpointTest, RubbishIsCountedAndWhatIsForOthersIsNot) {
    MadeImage& made = connect();
    const auto before = value(counters.invalid_packets);
    receive({});
    receive(Bytes(7));
    receive(Bytes(33, std::byte{0}));
    receive(setup_frame({.term_length = small_term + 32}));
    receive(frame_at(0, 31));  // shorter than its header
    EXPECT_EQ(value(counters.invalid_packets) - before, 5);
    receive(frame_at(small_term - 64, 1408, wire::FrameType::data));  // leaves its term
    EXPECT_EQ(value(counters.invalid_packets) - before, 6);
    receive(bytes_of(wire::Nak{}));
    receive(bytes_of(wire::StatusMessage{}));
    EXPECT_EQ(value(counters.invalid_packets) - before, 6);
    EXPECT_EQ(value(made.high_water_mark), 0);
}

TEST_F(EndpointTest, QuestionsAboutTheRoundTripAreAnswered) {
    connect();
    wire::RttMeasurement question{.session_id = SessionId{1}, .stream_id = StreamId{10}};
    question.common.flags = wire::RttMeasurement::reply_wanted;
    question.echo_timestamp_ns = 1234;
    question.reception_delta_ns = 5;
    question.receiver_id = 0;
    receive(bytes_of(question));
    const auto answers = sent<wire::RttMeasurement>();
    ASSERT_THAT(answers, SizeIs(1));
    EXPECT_EQ(answers[0].common.flags, 0);
    EXPECT_EQ(answers[0].echo_timestamp_ns, 1234);
    EXPECT_EQ(answers[0].reception_delta_ns, 0);
    EXPECT_EQ(answers[0].receiver_id, 77);
    question.receiver_id = 78;
    receive(bytes_of(question));
    question.receiver_id = 77;
    question.session_id = SessionId{2};
    receive(bytes_of(question));
    EXPECT_THAT(sent<wire::RttMeasurement>(), IsEmpty());
}

TEST_F(EndpointTest, AnswersThatCannotBeMeasureNothing) {
    MadeImage& made = connect();
    wire::RttMeasurement answer{.session_id = SessionId{1}, .stream_id = StreamId{10}};
    answer.receiver_id = 77;
    for (const std::int64_t echo : {INT64_MIN, INT64_MAX, std::int64_t{0}, (now + 1h).count()})
        for (const std::int64_t delta : {INT64_MIN, INT64_MAX, std::int64_t{1}}) {
            answer.echo_timestamp_ns = echo;
            answer.reception_delta_ns = delta;
            now = 1h;
            receive(bytes_of(answer));
        }
    transport->sent.clear();
    receive(frame_at(64, 64));
    step(1us);
    EXPECT_THAT(naks(), SizeIs(1));
    step(101us);
    EXPECT_THAT(naks(), SizeIs(1));  // as without a measurement
    EXPECT_EQ(value(made.receiver_position), 0);
}

TEST_F(EndpointTest, EndpointsAndDestinationsGoBackToTheConductor) {
    MadeImage& made = connect();
    command(RemoveDestination{endpoint, 1});
    step();
    EXPECT_THAT(take<DestinationReleased>(), SizeIs(1));
    EXPECT_THAT(poller.transports, IsEmpty());
    steps(5, 100ms);
    command(RemoveEndpoint{endpoint});
    step();
    step();
    const auto released = take<EndpointReleased>();
    ASSERT_THAT(released, SizeIs(1));
    EXPECT_EQ(released[0].endpoint.get(), endpoint);
    command(ForgetSetup{endpoint, StreamId{10}, SessionId{1}});  // crossed on the way
    command(AddInterest{endpoint, StreamId{10}, std::nullopt});
    command(RemoveImage{made.image, true});
    step();
    step();
    EXPECT_THAT(take<ImageReleased>(), SizeIs(1));
}

TEST_F(EndpointTest, WhatDoesNotFitIntoTheMailboxIsToldLater) {
    MadeImage& made = connect();
    while (events.try_push(TtlAsymmetry{endpoint})) {
    }
    receive(heartbeat_at(0, wire::flags::whole | wire::flags::end_of_stream));
    now += 1us;
    static_cast<void>(receiver.do_work({.now = now}));
    command(RemoveDestination{endpoint, 1});
    steps(3, 1ms);
    EXPECT_EQ(take<ImageEnded>().size(), 1U);
    EXPECT_EQ(take<DestinationReleased>().size(), 1U);
    static_cast<void>(made);
}

TEST_F(EndpointTest, BatchesGrowUnderLoadAndShrinkAgain) {
    connect({.window = 65536});
    for (int i = 0; i < 3000; ++i) arrive(frame_at(0, 32));
    while (!transport->arrivals.empty()) step();
    EXPECT_EQ(transport->largest_limit, Destination::max_batch);
    steps(20, 1us);
    transport->largest_limit = 0;
    step();
    EXPECT_EQ(transport->largest_limit, Destination::min_batch);
}

TEST_F(EndpointTest, ErrorsOfATransportAreCountedAndTold) {
    transport->error = 105;
    step();
    const auto failed = take<TransportFailed>();
    ASSERT_THAT(failed, SizeIs(1));
    EXPECT_EQ(failed[0].error, 105);
    EXPECT_EQ(value(counters.errors), 1);
}

TEST_F(EndpointTest, WhatTheNetworkDoesNotTakeIsAShortSend) {
    connect();
    transport->refuses = true;
    step(200ms);
    EXPECT_GE(value(counters.short_sends), 1);
}

class TaggedEndpointTest : public ReceiverTest {
protected:
    TaggedEndpointTest() : ReceiverTest{{.receiver_id = 77, .group_tag = 9}} {}
};
TEST_F(TaggedEndpointTest, StatusMessagesAndErrorsCarryTheTag) {
    MadeImage& made = connect();
    step(200ms);
    ASSERT_THAT(transport->sent, ::testing::Not(IsEmpty()));
    const auto status = wire::Datagram::at_sender(transport->sent[0].bytes);
    EXPECT_EQ(transport->sent[0].bytes.size(), 44U);
    EXPECT_EQ(status.group_tag(), 9);
    transport->sent.clear();
    command(RejectImage{made.image, "no"});
    step();
    const auto error = wire::Datagram::at_sender(transport->sent.at(0).bytes);
    EXPECT_EQ(error.error().group_tag, 9);
    EXPECT_TRUE(error.error().common.has(wire::ErrorFrame::tagged));
}

class ControlledEndpointTest : public ReceiverTest {
protected:
    ControlledEndpointTest()
        : ReceiverTest{{.receiver_id = 77},
                       {.registration_id = 1,
                        .control = control_address,
                        .has_explicit_control = true,
                        .resolves_again = true}} {}
};

TEST_F(ControlledEndpointTest, WithExplicitControlSetupsAreAskedForAtOnceAndEachSecondWhileSomebodyListens) {
    EXPECT_THAT(statuses(), ElementsAre(::testing::Field(&Said::flags, elicits)));
    EXPECT_EQ(last_to, control_address);
    steps(30, 100ms);
    EXPECT_THAT(statuses(), IsEmpty());
    subscribe();
    steps(30, 100ms);
    EXPECT_GE(statuses().size(), 2U);
}
TEST_F(ControlledEndpointTest, ASessionThatIsAddedIsAskedForByItsName) {
    transport->sent.clear();
    subscribe(StreamId{10}, SessionId{5});
    const auto questions = sent<wire::StatusMessage>();
    ASSERT_THAT(questions, ::testing::Not(IsEmpty()));
    EXPECT_EQ(SessionId{questions[0].session_id}, SessionId{5});
}
TEST_F(ControlledEndpointTest, FeedbackGoesToTheControlAddressAlsoWhenItMoves) {
    connect();
    step(200ms);
    EXPECT_THAT(sent<wire::StatusMessage>(), ::testing::Not(IsEmpty()));
    EXPECT_EQ(last_to, control_address);
    steps(60, 100ms);
    const auto stale = take<AddressStale>();
    ASSERT_THAT(stale, ::testing::Not(IsEmpty()));
    EXPECT_LE(stale.size(), 2U);
    EXPECT_EQ(stale[0].destination, 1);
    command(MoveControl{endpoint, 1, address(7, 7000)});
    receive(frame_at(0, 64));
    static_cast<void>(statuses());
    step(200ms);
    EXPECT_THAT(statuses(), ::testing::Not(IsEmpty()));
    EXPECT_EQ(last_to, address(7, 7000));
}

class GroupTest : public ReceiverTest {
protected:
    GroupTest()
        : ReceiverTest{{.receiver_id = 77},
                       {.registration_id = 1, .control = control_address, .is_multicast = true, .ttl = 2}} {}
};
TEST_F(GroupTest, FeedbackAndElicitationGoToTheControlGroup) {
    subscribe();
    receive(frame_at(0, 64));
    EXPECT_THAT(statuses(), SizeIs(1));
    EXPECT_EQ(last_to, control_address);
    receive(setup_frame({.flags = wire::Setup::group, .ttl = 3}));
    EXPECT_EQ(take<ImageWanted>().at(0).control, control_address);
    EXPECT_EQ(value(counters.ttl_asymmetries), 1);
    EXPECT_THAT(take<TtlAsymmetry>(), SizeIs(1));
}
TEST_F(GroupTest, NaksOfAGroupWaitForARandomTimeAndARepairThatOthersAskedForSuppressesThem) {
    connect({.group = true});
    int asked_at_once = 0;
    int asked = 0;
    std::int64_t at = 0;
    for (int i = 0; i < 200; ++i, at += 128) {
        receive(frame_at(at + 64, 64));
        steps(3, 100us);
        asked_at_once += static_cast<int>(naks().size());
        if (i % 2 == 0) {
            receive(frame_at(at, 64));
            steps(30, 1ms);
            EXPECT_THAT(naks(), IsEmpty());
        } else {
            steps(10, 1ms);
            const auto questions = naks();
            asked += static_cast<int>(questions.size());
            receive(frame_at(at, 64));
        }
        images.back()->subscriber.store_release(at + 128);
        step();
        naks();
    }
    EXPECT_LT(asked_at_once, 10);
    EXPECT_GE(asked, 90);
}
TEST_F(GroupTest, AGroupIsAskedForFewRepairsAtATime) {
    connect({.group = true, .window = 65536});
    for (std::int64_t at = 0; at < 200 * 128; at += 128) receive(frame_at(at + 64, 64));
    std::size_t most = 0;
    for (int i = 0; i < 10; ++i) {
        std::size_t in_window = 0;
        for (int j = 0; j < 10; ++j) step(1ms), in_window += naks().size();
        most = std::max(most, in_window);
    }
    EXPECT_GE(most, 16U);
    EXPECT_LE(most, 32U);
}

class SeveralDestinationsTest : public ReceiverTest {
protected:
    SeveralDestinationsTest() {
        second = add_destination({.registration_id = 2});
        step();
    }
    void receive_second(const Bytes& bytes) {
        second->arrivals.emplace_back(bytes, address(10, 5001));
        step();
    }
    ScriptedTransport* second;
};
TEST_F(SeveralDestinationsTest, AnImageIsFedByAllAndAnswersToThoseThatItHeard) {
    MadeImage& made = connect();
    receive(frame_at(0, 64));
    EXPECT_THAT(second->sent, IsEmpty());
    receive_second(frame_at(64, 64));
    EXPECT_EQ(value(made.receiver_position), 128);
    transport->sent.clear();
    step(200ms);
    EXPECT_THAT(statuses(), SizeIs(1));
    EXPECT_EQ(last_to, publisher);
    EXPECT_THAT(sent<wire::StatusMessage>(second), SizeIs(1));
    EXPECT_EQ(last_to, address(10, 5001));
    EXPECT_EQ(made.log.metadata().active_transport_count.load_acquire(), 2);
    command(RemoveDestination{endpoint, 2});
    step(200ms);
    step(200ms);
    EXPECT_EQ(made.log.metadata().active_transport_count.load_acquire(), 1);
}
TEST_F(SeveralDestinationsTest, TheStreamEndsWhenAllThatCarryItSayso) {
    MadeImage& made = connect();
    receive(frame_at(0, 64));
    receive_second(frame_at(0, 64));
    receive(heartbeat_at(64, wire::flags::whole | wire::flags::end_of_stream));
    step();
    EXPECT_THAT(take<ImageEnded>(), IsEmpty());
    receive_second(heartbeat_at(64, wire::flags::whole | wire::flags::end_of_stream));
    step();
    EXPECT_THAT(take<ImageEnded>(), SizeIs(1));
    EXPECT_EQ(made.log.metadata().end_of_stream_position.load_acquire(), 64);
}
TEST_F(SeveralDestinationsTest, AStreamEndsWhereItIsHeardThoughAnotherPathDiedWithoutAWord) {
    MadeImage& made = connect();
    receive(frame_at(0, 64));
    receive_second(frame_at(0, 64));
    step(5s);
    receive(heartbeat_at(64, wire::flags::whole | wire::flags::end_of_stream));
    step(4s);
    EXPECT_THAT(take<ImageEnded>(), IsEmpty()) << "the other one may have more";
    step(2s);
    const auto ended = take<ImageEnded>();
    ASSERT_THAT(ended, SizeIs(1));
    EXPECT_EQ(ended[0].how, ImageEnd::end_of_stream);
    EXPECT_EQ(made.log.metadata().end_of_stream_position.load_acquire(), 64);
}
TEST_F(SeveralDestinationsTest, AStreamThatEndedOnAWayThatIsGoneGoesOnOnTheOthers) {
    MadeImage& made = connect();
    receive(frame_at(0, 64));
    receive_second(frame_at(0, 64));
    receive_second(heartbeat_at(64, wire::flags::whole | wire::flags::end_of_stream));
    command(RemoveDestination{endpoint, 2});
    step(1s);
    step(1s);
    EXPECT_THAT(take<ImageEnded>(), IsEmpty());
    receive(frame_at(64, 64));
    EXPECT_EQ(value(made.receiver_position), 128);
    step(11s);
    const auto ended = take<ImageEnded>();
    ASSERT_THAT(ended, SizeIs(1));
    EXPECT_EQ(ended[0].how, ImageEnd::silent);
    EXPECT_EQ(made.log.metadata().end_of_stream_position.load_acquire(), logbuffer::end_of_stream_unknown);
}
TEST_F(SeveralDestinationsTest, NoEndIsMadeUpWhenAllWaysAreTakenAway) {
    MadeImage& made = connect();
    receive(frame_at(0, 64));
    receive_second(frame_at(0, 64));
    receive(heartbeat_at(64, wire::flags::whole | wire::flags::end_of_stream));
    command(RemoveDestination{endpoint, 1});
    command(RemoveDestination{endpoint, 2});
    step();
    step();
    EXPECT_EQ(made.log.metadata().end_of_stream_position.load_acquire(), logbuffer::end_of_stream_unknown);
}
TEST_F(SeveralDestinationsTest, ADestinationAddedLaterFeedsImagesThatAreThere) {
    MadeImage& made = connect();
    second = add_destination({.registration_id = 3});
    step();
    receive_second(frame_at(0, 64));
    EXPECT_EQ(value(made.receiver_position), 64);
}

class StampedEndpointTest : public ReceiverTest {
protected:
    StampedEndpointTest()
        : ReceiverTest{{.receiver_id = 77,
                        .timestamps = {.channel = channel::TimestampOffset{channel::TimestampOffset::reserved},
                                       .media = channel::TimestampOffset{8}}}} {}
};
TEST_F(StampedEndpointTest, TimestampsGoIntoTheFirstFrameOfEachMessageThatHasRoom) {
    MadeImage& made = connect();
    real_time = 1700s;
    transport->kernel_time = 1600s;
    Bytes continuation = frame_at(64, 64);
    continuation[5] = std::byte{0x40};
    receive(frame_at(0, 64) + continuation + frame_at(128, 40));
    const auto payload_word = [&](std::int64_t at) {
        std::int64_t word;
        std::memcpy(&word, made.log.at(at) + 40, sizeof word);
        return word;
    };
    EXPECT_EQ(made.log.header_at(0).reserved_value, Nanos{1700s}.count());
    EXPECT_EQ(payload_word(0), Nanos{1600s}.count());
    EXPECT_EQ(made.log.header_at(64).reserved_value, 0);
    EXPECT_NE(payload_word(64), Nanos{1600s}.count());
    EXPECT_EQ(made.log.header_at(128).reserved_value, Nanos{1700s}.count());  // but 8 + 8 bytes do not fit
    real_time = 1800s;
    receive(frame_at(1024, 64));
    receive(frame_at(192, 64));  // a repair, out of order
    EXPECT_EQ(made.log.header_at(192).reserved_value, Nanos{1800s}.count());
    EXPECT_EQ(made.log.header_at(0).reserved_value, Nanos{1700s}.count());
}

}  // namespace
}  // namespace gale::driver::receiver::testing
