#include "driver/sender/stage_test.hpp"

namespace gale::driver::sender::testing {
namespace {

using Kind = wire::Datagram::Kind;

TEST(StatusMessage, OutOfRangeIsRejectedAndChangesNothing) {
    Stage stage;
    stage.step();
    stage.status({.position = stage_term / 2 + 32, .window = 4096});
    stage.step();
    EXPECT_EQ(stage.value(Stage::status_messages_received), 1);
    EXPECT_EQ(stage.value(Stage::status_messages_rejected), 1);
    EXPECT_EQ(stage.shared->status_messages_rejected, 1);
    EXPECT_FALSE(stage.is_connected());
    stage.status({.position = stage_term / 2, .window = 4096});
    stage.step();
    EXPECT_TRUE(stage.is_connected());
}

TEST(StatusMessage, OfAReceiverThatPaddingWasSentToBeyondItsWindowIsHeard) {
    Stage stage;
    stage.connect();
    while (stage.producer() < stage_term / 2 - 1408) stage.offer(1376);
    stage.offer(static_cast<std::size_t>(stage_term / 2 - stage.producer() - 64));
    const auto before = stage.producer();
    ASSERT_EQ(before, stage_term / 2 - 32);
    stage.offer(1000);
    logbuffer::header_of(stage.stored.log.term(0) + before).type = wire::FrameType::padding;
    stage.run(milliseconds{10});
    ASSERT_GT(stage.value(Stage::sender_position), stage_term / 2);
    stage.status({.window = stage_term / 2});
    stage.nak(0, 1408);
    stage.look();
    stage.run(milliseconds{10});
    EXPECT_EQ(stage.value(Stage::status_messages_rejected), 0);
    EXPECT_FALSE(stage.look(Kind::data).empty()) << "all of the window is there to be sent again";
}

TEST(StatusMessage, WithAWindowOfMoreThanHalfATermIsInvalid) {
    Stage stage;
    stage.step();
    stage.status({.window = stage_term / 2 + 32});
    stage.step();
    EXPECT_EQ(stage.value(Stage::invalid_packets), 1);
    EXPECT_EQ(stage.value(Stage::status_messages_received), 0);
    EXPECT_FALSE(stage.is_connected());
    stage.status({.window = stage_term}, SessionId{77});
    stage.step();
    EXPECT_EQ(stage.value(Stage::status_messages_received), 1) << "of a stranger nothing is known";
    EXPECT_FALSE(stage.is_connected());
}

TEST(StatusMessage, MayGrantAWholeTermToWhomThatWasPromised) {
    Stage stage;
    stage.connect();
    wire::RttMeasurement question{.session_id = stage_session,
                                  .stream_id = stage_stream,
                                  .echo_timestamp_ns = 1,
                                  .reception_delta_ns = 0,
                                  .receiver_id = 7};
    question.common.flags = wire::RttMeasurement::reply_wanted | wire::RttMeasurement::long_windows;
    stage.arrive_frame(question);
    stage.step();
    ASSERT_EQ(stage.network->sent.size(), 1U);
    const auto datagram = wire::Datagram::at_receiver(stage.network->sent[0].bytes);
    ASSERT_EQ(datagram.kind(), Kind::rtt_measurement);
    EXPECT_EQ(datagram.rtt_measurement().common.flags, wire::RttMeasurement::long_windows);
    stage.status({.window = stage_term});
    stage.step();
    EXPECT_EQ(stage.value(Stage::invalid_packets), 0);
    EXPECT_EQ(stage.value(Stage::sender_limit), stage_term);
    stage.offer_many(60, 992);
    stage.run(milliseconds{10});
    ASSERT_GT(stage.value(Stage::sender_position), stage_term * 3 / 4);
    stage.look();
    stage.nak(0, 1024);
    stage.run(milliseconds{10});
    EXPECT_FALSE(stage.look(Kind::data).empty()) << "all of the window is there to be sent again";
    stage.status({.window = stage_term + 32});
    stage.step();
    EXPECT_EQ(stage.value(Stage::invalid_packets), 1);
}

TEST(StatusMessage, ReachesOnlyItsStream) {
    Stage stage;
    LogInMemory other{gale::testing::small_log()};
    auto words = std::make_shared<PublicationShared>();
    words->writable_to = no_limit;
    stage.add_publication({.session_id = stage_session, .stream_id = StreamId{11}, .window = stage_term / 2}, other.log,
                          words);
    stage.step();
    stage.status({.window = 4096}, stage_session, StreamId{11});
    stage.step();
    EXPECT_TRUE(words->has_receivers);
    EXPECT_FALSE(stage.shared->has_receivers);
}

TEST(Inbound, RubbishIsCountedAndHarmsNothing) {
    Stage stage;
    stage.connect();
    stage.arrive({});
    stage.arrive(gale::testing::message(1, 3));
    stage.arrive(gale::testing::message(2, 100));
    wire::Nak nak{
        .session_id = stage_session, .stream_id = stage_stream, .term_id = TermId{3}, .term_offset = 0, .length = 32};
    nak.common.version = 1;
    stage.arrive_frame(nak);
    stage.step();
    EXPECT_EQ(stage.value(Stage::invalid_packets), 4);
    stage.arrive_frame(wire::DataHeader{.common = wire::heartbeat_header()});
    stage.step();
    EXPECT_EQ(stage.value(Stage::invalid_packets), 4) << "a foreign frame is no rubbish";
    EXPECT_TRUE(stage.is_connected());
}

TEST(RoundTripQuestion, IsAnsweredAsItWasAsked) {
    Stage stage;
    stage.connect();
    wire::RttMeasurement question{.session_id = stage_session,
                                  .stream_id = stage_stream,
                                  .echo_timestamp_ns = 123456789,
                                  .reception_delta_ns = 5,
                                  .receiver_id = 7};
    question.common.flags = wire::RttMeasurement::reply_wanted;
    stage.arrive_frame(question);
    stage.step();
    ASSERT_EQ(stage.network->sent.size(), 1U);
    const auto datagram = wire::Datagram::at_receiver(stage.network->sent[0].bytes);
    ASSERT_EQ(datagram.kind(), Kind::rtt_measurement);
    const auto& answer = datagram.rtt_measurement();
    EXPECT_EQ(std::uint8_t{answer.common.flags}, 0);
    EXPECT_EQ(std::int64_t{answer.echo_timestamp_ns}, 123456789);
    EXPECT_EQ(std::int64_t{answer.reception_delta_ns}, 0);
    EXPECT_EQ(std::int64_t{answer.receiver_id}, 7);
    EXPECT_EQ(SessionId{answer.session_id}, stage_session);

    question.common.flags = 0;
    stage.look();
    stage.arrive_frame(question);
    stage.step();
    EXPECT_TRUE(stage.look().empty()) << "that was an answer";
}

TEST(RoundTripQuestion, FloodIsAnsweredOnlySoOften) {
    Stage stage;
    stage.connect();
    wire::RttMeasurement question{.session_id = stage_session, .stream_id = stage_stream};
    question.common.flags = wire::RttMeasurement::reply_wanted;
    for (int ms = 0; ms < 1000; ++ms) {
        for (int i = 0; i < 50; ++i) stage.arrive_frame(question);
        stage.step(milliseconds{1});
    }
    const auto answers = stage.look(Kind::rtt_measurement).size();
    EXPECT_LE(answers, 2300U);
    EXPECT_GE(answers, 1900U);
    EXPECT_EQ(stage.value(Stage::replies_withheld), 50'000 - static_cast<std::int64_t>(answers));
}

TEST(Rejection, IsToldOncePerReceiverThatLives) {
    Stage stage;
    stage.connect();
    stage.status({.window = 4096, .receiver_id = 8});
    stage.step();
    stage.reject(8, "not wanted", 12);
    stage.reject(8, "not wanted", 12);
    stage.reject(99, "never there");
    stage.step();
    EXPECT_EQ(stage.value(Stage::error_frames_received), 3);
    const auto errors = stage.events_of<ReceiverError>();
    ASSERT_EQ(errors.size(), 1U);
    EXPECT_EQ(errors[0].publication_registration_id, 99);
    EXPECT_EQ(errors[0].destination_registration_id, -1);
    EXPECT_EQ(errors[0].receiver_id, 8);
    EXPECT_EQ(errors[0].group_tag, 12);
    EXPECT_EQ(errors[0].source, at_port(40001));
    EXPECT_EQ(errors[0].code, 13);
    EXPECT_EQ(errors[0].text, "not wanted");
    EXPECT_TRUE(stage.is_connected()) << "another one listens";
    stage.reject(7, "nor by me");
    stage.step();
    EXPECT_EQ(stage.events_of<ReceiverError>().at(0).group_tag, -1);
    stage.step();
    EXPECT_FALSE(stage.is_connected());
    stage.status({.window = 4096, .receiver_id = 8});
    stage.step();
    EXPECT_TRUE(stage.is_connected()) << "its next status message makes it live again";
}

TEST(Rejection, AsLongAsTheLongestIsPassedOn) {
    Stage stage;
    stage.connect();
    const std::string why(1023, 'x');
    stage.reject(7, why);
    stage.step();
    EXPECT_EQ(stage.events_of<ReceiverError>().at(0).text, why);
}

TEST(ResponseSetup, GoesToTheConductorOfARequest) {
    StageSpec spec;
    spec.publication.response_correlation_id = 55;
    Stage request{spec};
    Stage plain;
    for (Stage* stage : {&request, &plain}) {
        stage->connect();
        stage->arrive_frame(wire::ResponseSetup{
            .session_id = stage_session, .stream_id = stage_stream, .response_session_id = SessionId{1234}});
        stage->step();
    }
    const auto told = request.events_of<ResponseSetup>();
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].response_correlation_id, 55);
    EXPECT_EQ(told[0].response_session_id, SessionId{1234});
    EXPECT_TRUE(plain.events_of<ResponseSetup>().empty());
}

TEST(Response, HasNoDestinationUntilSomebodyAsksForIt) {
    StageSpec spec{.kind = EndpointKind::response};
    spec.publication.is_response = true;
    spec.publication.response_correlation_id = 55;
    Stage stage{spec};
    stage.run(milliseconds{1000});
    EXPECT_TRUE(stage.look().empty());
    EXPECT_GE(stage.value(Stage::short_sends), 9);
    EXPECT_LE(stage.value(Stage::short_sends), 11) << "one for each SETUP that could not leave";

    stage.elicit({.port = 50001});
    stage.run(milliseconds{150});
    const auto setups = stage.look(Kind::setup);
    ASSERT_FALSE(setups.empty());
    EXPECT_EQ(setups[0].to, at_port(50001));
    EXPECT_EQ(setups[0].flags, 0);
    stage.offer(100);
    stage.status({.window = 4096, .port = 50001});
    stage.step();
    stage.step();
    const auto data = stage.look(Kind::data);
    ASSERT_EQ(data.size(), 1U);
    EXPECT_EQ(data[0].to, at_port(50001));
    const auto connected = stage.events_of<ResponseConnected>();
    ASSERT_EQ(connected.size(), 1U);
    EXPECT_EQ(connected[0].response_correlation_id, 55);

    stage.elicit({.port = 50002});
    stage.step();
    stage.offer(100);
    stage.run(milliseconds{150});
    auto frames = stage.look();
    std::erase_if(frames, [](const Seen& seen) { return seen.to == at_port(50001) && seen.kind != Kind::setup; });
    ASSERT_EQ(frames.size(), 1U);
    EXPECT_EQ(frames[0].kind, Kind::setup) << "who says no more than that he wants it may be somebody else";
    EXPECT_EQ(frames[0].to, at_port(50002));
    stage.status({.position = 160, .window = 4096, .port = 50002});
    stage.step();
    stage.offer(100);
    stage.step();
    EXPECT_EQ(stage.look(Kind::data).at(0).to, at_port(50002)) << "who asked last";
}

TEST(Response, IsNotConnectedByWhomItDoesNotSendTo) {
    StageSpec spec{.kind = EndpointKind::response};
    spec.publication.is_response = true;
    spec.publication.response_correlation_id = 55;
    Stage stage{spec};
    stage.elicit({.port = 50001});
    stage.step();
    stage.elicit({.port = 50002});
    stage.step();
    stage.status({.window = 4096, .port = 50001});
    stage.run(milliseconds{10});
    EXPECT_TRUE(stage.events_of<ResponseConnected>().empty()) << "so that it is asked again";
    EXPECT_FALSE(stage.is_connected());
    stage.elicit({.port = 50001});
    stage.step();
    stage.status({.window = 4096, .port = 50001});
    stage.run(milliseconds{10});
    EXPECT_EQ(stage.events_of<ResponseConnected>().size(), 1U);
    EXPECT_TRUE(stage.is_connected());
}

TEST(Response, SendsAStrangerNoMoreThanAFewSetups) {
    StageSpec spec{.kind = EndpointKind::response};
    spec.publication.is_response = true;
    Stage stage{spec};
    stage.elicit({.port = 50001});
    stage.run(seconds{5});
    const auto seen = stage.look();
    EXPECT_GE(seen.size(), 2U);
    EXPECT_LE(seen.size(), 4U);
    for (const Seen& each : seen) EXPECT_EQ(each.kind, Kind::setup);
}

TEST(SendTimestamp, GoesIntoTheFirstFrameOfEachDatagramAndIntoTheLog) {
    StageSpec spec;
    spec.publication.send_timestamp = PublicationSpec::in_reserved_value;
    Stage stage{spec};
    stage.connect();
    stage.offer_many(2, 100);
    stage.offer(1376);
    stage.wall = Nanos{424242};
    stage.step();
    const auto& sent = stage.network->sent;
    ASSERT_EQ(sent.size(), 2U);
    for (const auto& datagram : sent)
        EXPECT_EQ(std::int64_t{wire::Datagram::at_receiver(datagram.bytes).data().first().reserved_value}, 424242);
    EXPECT_EQ(stage.stored.header_at(0).reserved_value, 424242);
    EXPECT_EQ(stage.stored.header_at(160).reserved_value, 0) << "the second of its datagram";
    EXPECT_EQ(stage.stored.header_at(320).reserved_value, 424242);
}

TEST(SendTimestamp, AtAnOffsetLeavesTheRestOfALongMessageAlone) {
    StageSpec spec;
    spec.publication.send_timestamp = 0;
    Stage stage{spec};
    stage.connect();
    stage.offer(5000);
    stage.wall = Nanos{0x0102030405060708};
    stage.step();
    std::vector<std::byte> payload;
    for (const auto& sent : stage.network->sent)
        for (const wire::DataFrame frame : wire::Datagram::at_receiver(sent.bytes).data())
            payload.insert(payload.end(), frame.payload.begin(), frame.payload.end());
    auto expected = gale::testing::message(0, 5000);
    std::memcpy(expected.data(), &stage.wall, sizeof stage.wall);
    EXPECT_EQ(payload, expected);
}

TEST(SendTimestamp, AtAnOffsetIsLeftOutWhereItDoesNotFit) {
    StageSpec spec;
    spec.publication.send_timestamp = 8;
    Stage stage{spec};
    stage.connect();
    stage.offer(15);
    stage.step();
    stage.offer(16);
    stage.wall = Nanos{0x0102030405060708};
    stage.step();
    const auto payload = [&](std::int64_t position) {
        std::int64_t value = 0;
        std::memcpy(&value, stage.stored.at(position + 32 + 8), sizeof value);
        return value;
    };
    EXPECT_NE(payload(0), 0x0102030405060708);
    EXPECT_EQ(payload(64), 0x0102030405060708);
}

}  // namespace
}  // namespace gale::driver::sender::testing
