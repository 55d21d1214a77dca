#include "driver/sender/stage_test.hpp"

namespace gale::driver::sender::testing {
namespace {

using Kind = wire::Datagram::Kind;

TEST(Setup, LeavesAtOnceAndThenEvery100MsUntilAReceiverAnswers) {
    Stage stage;
    stage.step();
    const auto first = stage.look();
    ASSERT_EQ(first.size(), 1U);
    EXPECT_EQ(first[0].kind, Kind::setup);
    EXPECT_EQ(first[0].length, 40);
    EXPECT_EQ(first[0].flags, 0);
    stage.run(milliseconds{99});
    EXPECT_TRUE(stage.look().empty());
    stage.run(milliseconds{201});
    EXPECT_EQ(stage.look(Kind::setup).size(), 3U);

    stage.status({.window = 1000 * 32});
    stage.run(seconds{2});
    EXPECT_TRUE(stage.look(Kind::setup).empty()) << "silent afterwards";
}

TEST(Setup, SaysWhereTheSenderIsAndWhatTheStreamIs) {
    auto log = gale::testing::small_log(TermId{2147483647});
    log.starting_term_id = TermId{-2147483647};
    log.starting_offset = 4096;
    Stage stage{{.log = log,
                 .publication = {.session_id = stage_session,
                                 .stream_id = stage_stream,
                                 .start = Position{2 * stage_term + 4096},
                                 .window = stage_term / 2,
                                 .ttl = 9,
                                 .response_correlation_id = 5}}};
    stage.step();
    ASSERT_EQ(stage.network->sent.size(), 1U);
    const auto bytes = stage.network->sent[0].bytes;
    const auto datagram = wire::Datagram::at_receiver(bytes);
    ASSERT_EQ(datagram.kind(), Kind::setup);
    const wire::Setup& setup = datagram.setup();
    EXPECT_EQ(std::uint8_t{setup.common.flags}, wire::Setup::response_wanted);
    EXPECT_EQ(std::int32_t{setup.term_offset}, 4096);
    EXPECT_EQ(TermId{setup.initial_term_id}, TermId{2147483647});
    EXPECT_EQ(TermId{setup.active_term_id}, TermId{-2147483647});
    EXPECT_EQ(SessionId{setup.session_id}, stage_session);
    EXPECT_EQ(StreamId{setup.stream_id}, stage_stream);
    EXPECT_EQ(std::int32_t{setup.term_length}, stage_term);
    EXPECT_EQ(std::int32_t{setup.mtu}, 1408);
    EXPECT_EQ(std::int32_t{setup.ttl}, 9);
}

TEST(Setup, SaysThatThereAreManyReceivers) {
    for (const auto kind : {EndpointKind::multicast, EndpointKind::manual, EndpointKind::dynamic}) {
        Stage stage{{.kind = kind}};
        if (kind == EndpointKind::manual) stage.tell(AddDestination{stage.endpoint, 1, at_port(1)});
        stage.elicit({}, SessionId{0}, StreamId{0});
        stage.run(milliseconds{150});
        const auto setups = stage.look(Kind::setup);
        ASSERT_FALSE(setups.empty());
        for (const Seen& setup : setups) EXPECT_EQ(setup.flags, wire::Setup::group);
    }
}

TEST(Setup, IsRepeatedForAnElicitationUntilSomebodyListens) {
    Stage stage;
    stage.step();
    stage.status({.window = 32 * 1000});
    stage.step();
    stage.run(seconds{6});  // nobody any more
    stage.look();
    EXPECT_FALSE(stage.shared->has_receivers);
    stage.elicit();
    stage.run(milliseconds{305});
    EXPECT_EQ(stage.look(Kind::setup).size(), 4U) << "at once, then every 100 ms: nobody listens";
    stage.status({.window = 32 * 1000});
    stage.run(milliseconds{300});
    EXPECT_EQ(stage.look(Kind::setup).size(), 1U) << "one more, then it is over";
    stage.elicit();
    stage.elicit();
    stage.run(milliseconds{300});
    EXPECT_EQ(stage.look(Kind::setup).size(), 1U) << "once for all that asked";
}

TEST(Setup, AnElicitationIsNoStatusMessage) {
    Stage stage;
    stage.step();
    stage.elicit();
    stage.run(milliseconds{10});
    EXPECT_FALSE(stage.is_connected());
    EXPECT_FALSE(stage.shared->has_receivers);
    EXPECT_EQ(stage.value(Stage::sender_limit), 0);
    EXPECT_EQ(stage.value(Stage::status_messages_received), 1);
    EXPECT_TRUE(stage.look(Kind::heartbeat).empty()) << "no heartbeat before a real one";
    stage.run(milliseconds{200});
    EXPECT_GE(stage.look(Kind::setup).size(), 2U);
}

TEST(Setup, IsNotElicitedFromAStreamThatIsRevokedWhateverIsLeftToSend) {
    Stage stage;
    stage.connect();
    stage.status({.window = 0});
    stage.offer(1376);
    stage.stored.metadata().is_publication_revoked.store_release(1);
    stage.tell(StopPublication{stage.publication, Position{1408}});
    stage.step();
    stage.elicit();
    stage.run(milliseconds{300});
    EXPECT_TRUE(stage.look(Kind::setup).empty());
}

TEST(Setup, ThatWasAskedForBeforeTheEndIsNotSentBehindIt) {
    Stage stage;
    stage.connect();
    stage.elicit();  // too soon after the last: it waits
    stage.step();
    stage.tell(StopPublication{stage.publication, Position{0}});
    stage.run(milliseconds{300});
    EXPECT_TRUE(stage.look(Kind::setup).empty()) << "whoever asked would get an image that nothing comes to";
}

TEST(Setup, IsNotElicitedFromAStreamThatHasEnded) {
    Stage stage;
    stage.connect();
    stage.tell(StopPublication{stage.publication, Position{0}});
    stage.step();
    stage.elicit();
    stage.run(milliseconds{300});
    EXPECT_TRUE(stage.look(Kind::setup).empty());
}

}  // namespace
}  // namespace gale::driver::sender::testing
