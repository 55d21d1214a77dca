#include "driver/sender/stage_test.hpp"

namespace gale::driver::sender::testing {
namespace {

using Kind = wire::Datagram::Kind;

TEST(Data, NothingLeavesBeforeAReceiverGrantsAWindow) {
    Stage stage;
    stage.offer(100);
    stage.run(milliseconds{50});
    EXPECT_TRUE(stage.look(Kind::data).empty());
    EXPECT_EQ(stage.value(Stage::sender_position), 0);
    EXPECT_EQ(stage.value(Stage::publisher_limit), 0);

    stage.status({.window = 4096});
    stage.step();
    stage.step();
    const auto data = stage.look(Kind::data);
    ASSERT_EQ(data.size(), 1U);
    EXPECT_EQ(data[0].position, 0);
    EXPECT_EQ(data[0].length, 160);
    EXPECT_EQ(stage.value(Stage::sender_position), 160);
    EXPECT_EQ(stage.shared->sender_position, 160);
    EXPECT_EQ(stage.value(Stage::sender_limit), 4096);
    EXPECT_EQ(stage.value(Stage::publisher_limit), 160 + stage_term / 2);
}

TEST(Data, SmallFramesShareADatagramUpToTheMtu) {
    Stage stage;
    stage.connect();
    stage.offer_many(20, 96);  // 128 each: 11 in a datagram
    const int calls = stage.network->calls;
    stage.step();
    const auto data = stage.look(Kind::data);
    ASSERT_EQ(data.size(), 2U);
    EXPECT_EQ(data[0].length, 11 * 128);
    EXPECT_EQ(data[1].length, 9 * 128);
    EXPECT_EQ(stage.network->calls, calls + 1) << "one call for the batch";
}

TEST(Data, AFrameThatDoesNotFitTheWindowIsHeldAndCountedOnce) {
    Stage stage;
    stage.connect(1408 + 1024);
    stage.offer_many(3, 1376);
    stage.run(milliseconds{3});
    EXPECT_EQ(stage.look(Kind::data).size(), 1U);
    EXPECT_EQ(stage.value(Stage::sender_position), 1408);
    EXPECT_EQ(stage.value(Stage::back_pressure), 1);
    EXPECT_EQ(stage.value(Stage::flow_control_limits), 1);

    stage.status({.position = 1408, .window = 1408 + 1024});
    stage.run(milliseconds{3});
    EXPECT_EQ(stage.look(Kind::data).size(), 1U);
    EXPECT_EQ(stage.value(Stage::back_pressure), 2);
}

TEST(Data, PaddingTravelsAsItsHeaderAndLast) {
    Stage stage;
    stage.connect();
    // 46 of 1408 are 64768: 768 are left for 736 + 32, or padding.
    for (std::int64_t read = 0; stage.producer() < 46 * 1408;) {
        stage.offer(1376);
        stage.step();
        read = stage.value(Stage::sender_position);
        stage.status({.position = read, .window = stage_term / 2});
        stage.step();
    }
    stage.look();
    stage.offer(100);
    ASSERT_LT(stage.offer(1376), 0) << "trips over the end of the term";
    stage.offer(1376);
    stage.step();
    const auto data = stage.look(Kind::data);
    ASSERT_EQ(data.size(), 2U);
    EXPECT_EQ(data[0].position, 46 * 1408);
    EXPECT_EQ(data[0].length, 160 + 32);
    EXPECT_EQ(data[0].covered, stage_term - 46 * 1408);
    EXPECT_EQ(data[1].position, stage_term) << "the next term in the same call";
    EXPECT_EQ(stage.value(Stage::sender_position), stage_term + 1408);
}

TEST(Data, WhatTheNetworkAcceptedIsNotSentTwice) {
    Stage stage;
    stage.connect();
    stage.offer_many(4, 1376);
    stage.network->room = 3;
    stage.step();
    EXPECT_EQ(stage.value(Stage::sender_position), 3 * 1408);
    EXPECT_EQ(stage.value(Stage::short_sends), 1);
    EXPECT_EQ(stage.value(Stage::bytes_sent), 3 * 1408 + 32) << "and a heartbeat before";
    stage.network->room = 100;
    stage.step();
    const auto data = stage.look(Kind::data);
    ASSERT_EQ(data.size(), 4U);
    for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(data[i].position, static_cast<std::int64_t>(i) * 1408);
}

TEST(Data, TheAcceptedPrefixIncludesItsPadding) {
    Stage stage;
    stage.connect();
    stage.offer(100);
    logbuffer::ClaimedFrame claimed;
    ASSERT_GT(stage.appender.claim(no_limit, 1000, claimed).raw(), 0);
    logbuffer::pad_frame(claimed.frame, claimed.frame_length);  // aborted
    stage.offer(100);
    stage.network->room = 1;
    stage.step();
    EXPECT_EQ(stage.value(Stage::sender_position), 160 + 1056);
    EXPECT_EQ(stage.look(Kind::data).at(0).length, 160 + 32);
    stage.network->room = 100;
    stage.step();
    EXPECT_EQ(stage.look(Kind::data).at(0).position, 160 + 1056);
}

TEST(Data, AnUnfinishedClaimHoldsWhatIsBehindIt) {
    Stage stage;
    stage.connect();
    stage.offer(100);
    logbuffer::ClaimedFrame claimed;
    ASSERT_GT(stage.appender.claim(no_limit, 100, claimed).raw(), 0);
    stage.offer(100);
    stage.step();
    EXPECT_EQ(stage.value(Stage::sender_position), 160);
    EXPECT_EQ(stage.value(Stage::back_pressure), 0) << "that is no back pressure";
    logbuffer::commit_frame(claimed.frame, claimed.frame_length);
    stage.step();
    EXPECT_EQ(stage.value(Stage::sender_position), 480);
}

TEST(Data, BatchesGrowUnderLoadAndShrinkWhenIdle) {
    auto log = gale::testing::small_log();
    log.term_length = 1024 * 1024;
    Stage stage{
        {.log = log, .publication = {.session_id = stage_session, .stream_id = stage_stream, .window = 512 * 1024}}};
    stage.connect(512 * 1024);
    stage.offer_many(200, 1376);
    std::vector<std::size_t> batches;
    for (int i = 0; i < 7; ++i) {
        stage.step();
        batches.push_back(stage.look(Kind::data).size());
    }
    EXPECT_EQ(batches, (std::vector<std::size_t>{4, 8, 16, 32, 64, 76, 0}));
    stage.run(milliseconds{10});
    stage.offer_many(30, 1376);
    stage.step();
    EXPECT_EQ(stage.look(Kind::data).size(), 4U);
}

TEST(Data, RefusesToFollowALengthThatCannotBe) {
    Stage stage;
    stage.connect();
    stage.offer(100);
    logbuffer::length_word(stage.stored.at(160)).store_release(1 << 30);
    stage.run(milliseconds{2});
    EXPECT_EQ(stage.value(Stage::sender_position), 160);
}

TEST(Heartbeat, TellsWhereTheStreamIsSoonAfterABurstAndThenEvery100Ms) {
    Stage stage;
    stage.connect();
    stage.offer(100);
    stage.step();
    stage.look();
    std::vector<std::int64_t> times;
    for (std::int64_t ms = 1; ms <= 400; ++ms) {
        stage.step(milliseconds{1});
        for (const Seen& seen : stage.look(Kind::heartbeat)) {
            times.push_back(ms);
            EXPECT_EQ(seen.position, 160);
            EXPECT_EQ(seen.length, 32);
            EXPECT_EQ(seen.flags, wire::flags::whole);
        }
    }
    EXPECT_EQ(times, (std::vector<std::int64_t>{4, 20, 84, 184, 284, 384}));
    EXPECT_EQ(stage.value(Stage::heartbeats_sent), 7) << "and one when the receiver was first heard";
}

TEST(Heartbeat, GoesOnWithoutReceivers) {
    Stage stage;
    stage.connect();
    stage.run(seconds{6});
    EXPECT_FALSE(stage.is_connected());
    stage.look();
    stage.run(seconds{1});
    EXPECT_EQ(stage.look(Kind::heartbeat).size(), 10U);
}

TEST(EndOfStream, IsToldAtOnceWhenAllIsSent) {
    Stage stage;
    stage.connect(1408);
    stage.offer_many(2, 1376);
    stage.step();
    stage.tell(StopPublication{stage.publication, Position{2816}});
    stage.run(milliseconds{100});
    for (const Seen& seen : stage.look(Kind::heartbeat)) EXPECT_EQ(seen.flags, wire::flags::whole);
    EXPECT_EQ(stage.value(Stage::publisher_limit), 2816);
    EXPECT_FALSE(stage.is_connected()) << "nobody can publish any more";

    stage.status({.position = 1408, .window = 1408});
    stage.run(milliseconds{1}, microseconds{100});
    const auto frames = stage.look();
    ASSERT_GE(frames.size(), 2U);
    EXPECT_EQ(frames[frames.size() - 2].kind, Kind::data);
    EXPECT_EQ(frames.back().kind, Kind::heartbeat);
    EXPECT_EQ(frames.back().flags, wire::flags::whole | wire::flags::end_of_stream);
    EXPECT_EQ(frames.back().position, 2816);
    stage.run(seconds{1});
    EXPECT_GE(stage.look(Kind::heartbeat).size(), 10U) << "until it is removed";
}

TEST(EndOfStream, IsNotToldWhenTheChannelSaysSo) {
    Stage stage{{.publication = {.session_id = stage_session,
                                 .stream_id = stage_stream,
                                 .window = stage_term / 2,
                                 .signal_end_of_stream = false}}};
    stage.connect();
    stage.tell(StopPublication{stage.publication, Position{0}});
    stage.run(milliseconds{300});
    for (const Seen& seen : stage.look(Kind::heartbeat)) EXPECT_EQ(seen.flags, wire::flags::whole);
}

TEST(EndOfStream, RevocationIsToldAtOnceWhateverTheChannelSays) {
    Stage stage{{.publication = {.session_id = stage_session,
                                 .stream_id = stage_stream,
                                 .window = stage_term / 2,
                                 .signal_end_of_stream = false}}};
    stage.connect();
    stage.stored.metadata().is_publication_revoked.store_release(1);
    stage.tell(StopPublication{stage.publication, Position{0}});
    stage.step();
    const auto heartbeats = stage.look(Kind::heartbeat);
    ASSERT_EQ(heartbeats.size(), 1U);
    EXPECT_EQ(heartbeats[0].flags, wire::flags::whole | wire::flags::end_of_stream | wire::flags::revoked);
}

TEST(EndOfStream, AReceiverThatSaysSoOnAUnicastStreamIsRemembered) {
    Stage stage;
    stage.connect();
    EXPECT_TRUE(stage.is_connected());
    stage.status({.window = 4096, .flags = wire::StatusMessage::end_of_stream});
    stage.step();
    EXPECT_TRUE(stage.shared->received_unicast_eos);
    EXPECT_FALSE(stage.is_connected());
    stage.status({.window = 4096, .receiver_id = 8});
    stage.step();
    EXPECT_TRUE(stage.is_connected());
    EXPECT_FALSE(stage.shared->received_unicast_eos) << "the newcomer may need what is lost on the way";
    stage.status({.window = 4096, .receiver_id = 9});
    stage.status({.window = 4096, .receiver_id = 8, .flags = wire::StatusMessage::end_of_stream});
    stage.step();
    EXPECT_FALSE(stage.shared->received_unicast_eos) << "one of two";
    stage.status({.window = 4096, .receiver_id = 9, .flags = wire::StatusMessage::end_of_stream});
    stage.step();
    EXPECT_TRUE(stage.shared->received_unicast_eos);

    Stage group{{.kind = EndpointKind::multicast}};
    group.connect();
    group.status({.window = 4096, .flags = wire::StatusMessage::end_of_stream});
    group.step();
    EXPECT_FALSE(group.shared->received_unicast_eos);
}

TEST(EndOfStream, AFirstMessageThatSaysSoConnectsNobody) {
    Stage stage;
    stage.step();
    stage.status({.window = 4096, .flags = wire::StatusMessage::end_of_stream});
    stage.step();
    stage.look();
    EXPECT_FALSE(stage.is_connected());
    EXPECT_EQ(stage.value(Stage::sender_limit), 4096);
    stage.run(milliseconds{300});
    EXPECT_TRUE(stage.look(Kind::setup).empty());
}

}  // namespace
}  // namespace gale::driver::sender::testing
