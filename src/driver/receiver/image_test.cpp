#include "driver/receiver/receiver_fixture_test.hpp"

#include <map>

namespace gale::driver::receiver::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ImageTest : public ReceiverTest {};

TEST_F(ImageTest, ASetupOfAWantedStreamAsksForAnImage) {
    subscribe();
    receive(setup_frame({.position = small_term + 96, .flags = wire::Setup::group}));
    const auto wanted = take<ImageWanted>();
    ASSERT_EQ(wanted.size(), 1U);
    EXPECT_EQ(wanted[0].endpoint, endpoint);
    EXPECT_EQ(wanted[0].session_id, SessionId{1});
    EXPECT_EQ(wanted[0].stream_id, StreamId{10});
    EXPECT_EQ(wanted[0].initial_term_id, TermId{3});
    EXPECT_EQ(wanted[0].active_term_id, TermId{4});
    EXPECT_EQ(wanted[0].term_offset, 96);
    EXPECT_EQ(wanted[0].term_length, small_term);
    EXPECT_EQ(wanted[0].mtu, 1408);
    EXPECT_TRUE(wanted[0].group);
    EXPECT_FALSE(wanted[0].response_wanted);
    EXPECT_FALSE(wanted[0].after_elicitation);
    EXPECT_EQ(wanted[0].control, publisher);
    receive(setup_frame());
    EXPECT_THAT(take<ImageWanted>(), IsEmpty());  // one is being made
}

TEST_F(ImageTest, TheFirstStatusMessageGoesOutAtOnceToWhereTheSetupCameFrom) {
    subscribe();
    receive(setup_frame({.position = 64}));
    make_image(take<ImageWanted>().at(0));
    EXPECT_THAT(statuses(), ElementsAre(Said{64, 32768}));
    EXPECT_EQ(last_to, publisher);
    EXPECT_EQ(value(counters.status_messages_sent), 1);
}

TEST_F(ImageTest, WhatArrivesLiesInTheLogAndMovesThePositions) {
    MadeImage& made = connect();
    receive(frame_at(0, 100) + frame_at(128, 1000));
    EXPECT_EQ(made.log.length_at(0), 100);
    EXPECT_EQ(made.log.length_at(128), 1000);
    EXPECT_EQ(value(made.receiver_position), 1152);
    EXPECT_EQ(value(made.high_water_mark), 1152);
    EXPECT_EQ(value(counters.bytes_received), 40 + 1152);
    EXPECT_THAT(naks(), IsEmpty());
}

TEST_F(ImageTest, AGapIsAskedForAndItsRepairClosesIt) {
    MadeImage& made = connect();
    receive(frame_at(0, 64));
    receive(frame_at(64 + 1408, 1408));
    EXPECT_EQ(value(made.receiver_position), 64);
    EXPECT_EQ(value(made.high_water_mark), 64 + 2816);
    step(1us);
    EXPECT_THAT(naks(), ElementsAre(Asked{64, 1408}));
    receive(frame_at(64, 1408));
    EXPECT_EQ(value(made.receiver_position), 64 + 2816);
    steps(100, 1ms);
    EXPECT_THAT(naks(), IsEmpty());
    EXPECT_EQ(value(counters.naks_sent), 1);
    EXPECT_EQ(value(made.naks_sent), 1);
}

TEST_F(ImageTest, TheTailOfABurstThatWasLostShowsInTheHeartbeat) {
    MadeImage& made = connect();
    receive(frame_at(0, 64));
    receive(heartbeat_at(256));
    step(1us);
    EXPECT_THAT(naks(), ElementsAre(Asked{64, 192}));
    EXPECT_EQ(value(made.high_water_mark), 256);
    EXPECT_EQ(value(counters.heartbeats_received), 1);
}

TEST_F(ImageTest, AllGapsAreAskedForAtOnceAndNoneCrossesATerm) {
    connect({.window = 65536}, {.position = small_term - 128});
    receive(frame_at(small_term + 64, 64));
    receive(frame_at(small_term + 512, 64));
    receive(frame_at(small_term + 1024, 64));
    step(1us);
    EXPECT_THAT(naks(), ElementsAre(Asked{small_term - 128, 128}, Asked{small_term, 64}, Asked{small_term + 128, 384},
                                    Asked{small_term + 576, 448}));
}

TEST_F(ImageTest, ARetryWaitsForTheRoundTripNotForTheOption) {
    connect();
    answer_round_trip(50ms);
    receive(frame_at(64, 64));
    step(1us);
    EXPECT_THAT(naks(), ElementsAre(Asked{0, 64}));
    steps(45, 1ms);
    EXPECT_THAT(naks(), IsEmpty());
    steps(150, 1ms);
    EXPECT_THAT(naks(), ::testing::Each(Asked{0, 64}));
}

TEST_F(ImageTest, BeforeTheRoundTripIsKnownRetriesBackOff) {
    connect();
    receive(frame_at(64, 64));
    step(1us);
    EXPECT_EQ(naks().size(), 1U);
    step(100us);
    EXPECT_EQ(naks().size(), 1U);
    step(100us);
    EXPECT_EQ(naks().size(), 0U);
    step(100us);
    EXPECT_EQ(naks().size(), 1U);
    int more = 0;
    for (int i = 0; i < 10'000; ++i) {
        step(10us);
        more += static_cast<int>(naks().size());
    }
    EXPECT_LT(more, 20);
    EXPECT_GT(more, 5);
}

TEST_F(ImageTest, StatusFollowsTheSlowestSubscriberByQuartersOfTheWindow) {
    MadeImage& made = connect();
    shm::Cell<std::int64_t> other{};
    command(AddSubscriber{made.image, CounterId{101}, &other});
    for (std::int64_t at = 0; at < 14080; at += 1408) receive(frame_at(at, 1408));
    static_cast<void>(statuses());
    made.subscriber.store_release(14080);
    step();
    EXPECT_THAT(statuses(), IsEmpty());
    other.store_release(8192);
    step();
    EXPECT_THAT(statuses(), IsEmpty());  // not more than a quarter
    other.store_release(8448);
    step();
    EXPECT_THAT(statuses(), ElementsAre(Said{8448, 32768}));
    command(RemoveSubscriber{made.image, CounterId{101}});
    step();
    step(200ms);
    EXPECT_THAT(statuses(), ElementsAre(Said{14080, 32768}));
}

TEST_F(ImageTest, PositionsThatClientsMakeUpAreNotBelieved) {
    MadeImage& made = connect();
    receive(frame_at(0, 1408));
    static_cast<void>(statuses());
    made.subscriber.store_release(INT64_MAX);
    step(200ms);
    EXPECT_THAT(statuses(), ElementsAre(Said{1408, 32768}));
    made.subscriber.store_release(-5);
    step(200ms);
    EXPECT_THAT(statuses(), ElementsAre(Said{1408, 32768}));
    EXPECT_EQ(value(made.shared.consumed), 1408);
}

TEST_F(ImageTest, AStatusMessageLeavesAtLeastEvery200Milliseconds) {
    connect();
    answer_round_trip(1ms);
    steps(20, 1ms);
    static_cast<void>(statuses());
    int count = 0;
    for (int i = 0; i < 2000; ++i) {
        step(1ms);
        if (i % 100 == 50) receive(heartbeat_at(0));
        count += static_cast<int>(statuses().size());
    }
    EXPECT_GE(count, 10);
    EXPECT_LE(count, 16);
}

TEST_F(ImageTest, WhatIsBehindOrBeyondIsCountedAndDropped) {
    MadeImage& made = connect({}, {.position = 4096});
    receive(frame_at(4064, 32));
    EXPECT_EQ(value(counters.under_runs), 1);
    receive(frame_at(4096 + 32768 - 32, 64));
    EXPECT_EQ(value(counters.over_runs), 1);
    receive(frame_at(4096 + 32768 - 64, 64));
    EXPECT_EQ(value(counters.over_runs), 1);
    EXPECT_EQ(value(made.high_water_mark), 4096 + 32768);
    EXPECT_EQ(made.log.length_at(4064), 0);
    receive(frame_at(0, 64, wire::FrameType::data, {.initial = TermId{2}}));  // before the stream began
    EXPECT_EQ(value(counters.under_runs), 1);
}

TEST_F(ImageTest, PaddingThatReachesBeyondTheWindowIsNotAnOverRun) {
    const std::int64_t join = small_term / 2 - 512;  // it may send up to 512 before the end of the term
    MadeImage& made = connect({.window = 65536}, {.position = join});
    for (std::int64_t at = join; at < 64000; at += 1024) receive(frame_at(at, 1024));
    ASSERT_EQ(value(made.high_water_mark), 64000);
    receive(frame_at(64000, small_term - 64000, wire::FrameType::padding));
    EXPECT_EQ(value(made.receiver_position), small_term);
    EXPECT_EQ(value(counters.over_runs), 0);
}

// Subscribers look at the frame behind the last one: it must not be one of a lap ago.
TEST_F(ImageTest, NeverShowsWhatLayBehindBefore) {
    constexpr Position cleaned{std::int64_t{1} * small_term};
    const Position writable = furthest_writable(cleaned, Position{INT64_MAX}, small_term);
    const Position lap_ago = cleaned + logbuffer::term_count * std::int64_t{small_term};
    MadeImage& made = connect({.window = small_term / 2, .writable_to = writable.value},
                              {.position = lap_ago.value - small_term / 2});
    const logbuffer::Log& log = made.log.log;
    std::byte* const stale = log.term(log.geometry().partition(lap_ago)) + log.geometry().offset(lap_ago);
    const Bytes old = frame_at(cleaned.value, 1024);
    std::memcpy(stale, old.data(), old.size());
    for (Position at = made.join; at < lap_ago; at = at + 1024) receive(frame_at(at.value, 1024));
    const Position end = made.image->rebuilt();
    EXPECT_GT(end, made.join);
    EXPECT_EQ(logbuffer::frame_length_acquire(log.term(log.geometry().partition(end)) + log.geometry().offset(end)), 0);
}

TEST_F(ImageTest, ALostWindowIsAskedForAlsoWhenPaddingStandsAtItsEnd) {
    MadeImage& made = connect({.window = 65536});
    receive(heartbeat_at(small_term / 2 + 96));
    step();
    EXPECT_EQ(value(counters.over_runs), 0);
    EXPECT_EQ(value(made.high_water_mark), small_term / 2 + 96);
    EXPECT_THAT(naks(), ElementsAre(Asked{0, small_term / 2 + 96}));
    receive(heartbeat_at(small_term + 32));
    EXPECT_EQ(value(counters.over_runs), 1);
}

TEST_F(ImageTest, NothingIsWrittenWhereTheLogIsNotReady) {
    MadeImage& made = connect({.writable_to = 4096});
    EXPECT_EQ(value(made.shared.window), 32768);
    step(200ms);
    EXPECT_THAT(statuses(), ::testing::Each(Said{0, 4096}));
    receive(frame_at(4096 - 64, 96));
    EXPECT_EQ(value(counters.over_runs), 1);
    EXPECT_EQ(made.log.length_at(4096 - 64), 0);
    made.shared.writable_to.store_release(65536);
    step();
    EXPECT_THAT(statuses(), ElementsAre(Said{0, 32768}));
    receive(frame_at(4096 - 64, 96));
    EXPECT_EQ(made.log.length_at(4096 - 64), 96);
}

TEST_F(ImageTest, AHeartbeatAsksOnlyForWhatMayBeWritten) {
    MadeImage& made = connect({.writable_to = 4096});
    receive(heartbeat_at(8192));
    EXPECT_EQ(made.image->rebuilt(), Position{0});
    EXPECT_EQ(value(made.high_water_mark), 4096);
}

// Nobody sends the back of a frame, nor its front: a receiver that lagged behind a group waited for them for ever.
TEST_F(ImageTest, WhatIsMissingBehindWhatMayBeWrittenIsAskedForWithTheFrameThatBeganBefore) {
    for (const bool tells_by_data : {false, true}) {
        MadeImage& made = connect({.writable_to = 4000});
        receive(heartbeat_at(8192));
        step(1us);
        EXPECT_THAT(naks(), ElementsAre(Asked{0, 4000}));
        for (std::int64_t at = 0; at < 3968; at += 128) receive(frame_at(at, 128));
        EXPECT_EQ(value(made.receiver_position), 3968);
        made.subscriber.store_release(3968);
        made.shared.writable_to.store_release(65536);
        if (tells_by_data)
            receive(frame_at(8192, 128));
        else
            receive(heartbeat_at(8192));
        steps(3, 1ms);
        EXPECT_THAT(naks(), ::testing::Contains(Asked{3968, 8192 - 3968}));
        for (std::int64_t at = 3968; at < 8192; at += 128) receive(frame_at(at, 128));
        EXPECT_EQ(value(made.receiver_position), tells_by_data ? 8192 + 128 : 8192);
        command(RemoveImage{made.image, true});
        step();
    }
}

TEST_F(ImageTest, AFrameOfWhichPartWasGivenUpIsNotFoundBehindThePadding) {
    MadeImage& made = connect({.reliable = false, .writable_to = 4000});
    receive(heartbeat_at(8192));
    steps(3, 1ms);
    EXPECT_EQ(value(made.receiver_position), 4000);
    made.shared.writable_to.store_release(65536);
    receive(frame_at(3968, 128));  // somebody else of the group asked for it
    EXPECT_EQ(made.log.length_at(4000), 0);
    receive(frame_at(8192, 128));
    steps(3, 1ms);
    EXPECT_EQ(value(made.receiver_position), 8192 + 128);
    EXPECT_EQ(made.log.length_at(4000), 8192 - 4000);
    EXPECT_EQ(made.log.header_at(4000).type, wire::FrameType::padding);
}

TEST_F(ImageTest, IsAliveBehindPaddingThatLedBeyondTheWindow) {
    const std::int64_t join = small_term / 2 - 512;
    MadeImage& made = connect({}, {.position = join});
    made.subscriber.store_release(join);
    for (std::int64_t at = join; at < 64000; at += 1024) receive(frame_at(at, 1024));
    receive(frame_at(64000, small_term - 64000, wire::FrameType::padding));
    for (int second = 0; second < 15; ++second) {
        step(1s);
        receive(heartbeat_at(small_term));
    }
    EXPECT_THAT(take<ImageEnded>(), IsEmpty());
    EXPECT_EQ(value(counters.over_runs), 0);
}

TEST_F(ImageTest, DuplicatesChangeNothing) {
    MadeImage& made = connect();
    receive(frame_at(0, 64) + frame_at(64, 64));
    const auto before = to_vector(made.log.memory.bytes());
    receive(frame_at(0, 64) + frame_at(64, 64));
    receive(frame_at(64, 64));
    EXPECT_EQ(to_vector(made.log.memory.bytes()), before);
    EXPECT_EQ(value(made.receiver_position), 128);
}

TEST_F(ImageTest, AnUnreliableStreamFillsItsGapsAndAsksForNothing) {
    MadeImage& made = connect({.reliable = false});
    receive(frame_at(0, 64));
    receive(frame_at(1472, 64));
    step();
    EXPECT_EQ(value(made.receiver_position), 1536);
    EXPECT_EQ(made.log.length_at(64), 1408);
    EXPECT_EQ(made.log.header_at(64).type, wire::FrameType::padding);
    EXPECT_EQ(value(counters.loss_gap_fills), 1);
    EXPECT_THAT(naks(), IsEmpty());
    receive(frame_at(64, 1408));  // too late
    EXPECT_EQ(made.log.header_at(64).type, wire::FrameType::padding);
    step(200ms);
    const auto lost = take<LossSeen>();
    ASSERT_EQ(lost.size(), 1U);
    EXPECT_EQ(lost[0].bytes, 1408);
}

TEST_F(ImageTest, TheEndOfAStreamIsToldWhenAllOfItIsThere) {
    MadeImage& made = connect();
    receive(frame_at(0, 64));
    receive(heartbeat_at(128, wire::flags::whole | wire::flags::end_of_stream));
    step();
    EXPECT_THAT(take<ImageEnded>(), IsEmpty());  // 64 bytes are missing
    EXPECT_THAT(naks(), ElementsAre(Asked{64, 64}));
    static_cast<void>(statuses());
    receive(frame_at(64, 64));
    const auto ended = take<ImageEnded>();
    ASSERT_EQ(ended.size(), 1U);
    EXPECT_EQ(ended[0].image, made.image);
    EXPECT_EQ(ended[0].how, ImageEnd::end_of_stream);
    EXPECT_EQ(made.log.metadata().end_of_stream_position.load_acquire(), 128);
    EXPECT_THAT(statuses(), ElementsAre(Said{0, 32768, wire::StatusMessage::end_of_stream}));  // at once
    step(200ms);
    EXPECT_THAT(statuses(), ElementsAre(Said{0, 32768, wire::StatusMessage::end_of_stream}));
    EXPECT_THAT(take<ImageEnded>(), IsEmpty());  // once
}

TEST_F(ImageTest, TheEndOfStreamFlagOnDataMeansNothing) {
    connect();
    Bytes data = frame_at(0, 64);
    data[5] = std::byte{0xe0};
    receive(data);
    step();
    EXPECT_THAT(take<ImageEnded>(), IsEmpty());
}

TEST_F(ImageTest, ARevokedStreamEndsAtOnceAndAsksForNothingMore) {
    MadeImage& made = connect();
    receive(heartbeat_at(128, wire::flags::whole | wire::flags::end_of_stream | wire::flags::revoked));
    const auto ended = take<ImageEnded>();
    ASSERT_EQ(ended.size(), 1U);
    EXPECT_EQ(ended[0].how, ImageEnd::revoked);
    EXPECT_EQ(made.log.metadata().is_publication_revoked.load_acquire(), 1);
    EXPECT_EQ(value(counters.images_revoked), 1);
    steps(10, 1ms);
    EXPECT_THAT(naks(), IsEmpty());
}

TEST_F(ImageTest, AfterTenSecondsWithoutAnythingNewTheImageEnds) {
    connect({}, {.position = 4096});
    steps(99, 100ms);
    receive(frame_at(0, 64));                  // an under-run is no life sign
    receive(setup_frame({.position = 4096}));  // nor is a set-up
    EXPECT_THAT(take<ImageEnded>(), IsEmpty());
    steps(2, 100ms);
    const auto ended = take<ImageEnded>();
    ASSERT_EQ(ended.size(), 1U);
    EXPECT_EQ(ended[0].how, ImageEnd::silent);
}

TEST_F(ImageTest, ASilentPublicationHearsNothingAfterFiveSecondsUntilItSpeaks) {
    connect();
    steps(60, 100ms);
    transport->sent.clear();
    steps(5, 100ms);
    EXPECT_THAT(statuses(), IsEmpty());
    receive(setup_frame());
    step(200ms);
    EXPECT_EQ(statuses().size(), 1U);
}

TEST_F(ImageTest, AnImageThatGoesAwaySaysSo) {
    MadeImage& made = connect();
    command(BeginEndOfStream{made.image});
    step();
    EXPECT_THAT(statuses(), ElementsAre(Said{0, 32768, wire::StatusMessage::end_of_stream}));
    command(RemoveImage{made.image, true});
    step();
    const auto released = take<ImageReleased>();
    ASSERT_EQ(released.size(), 1U);
    EXPECT_EQ(released[0].image.get(), made.image);
    steps(10, 100ms);
    EXPECT_THAT(statuses(), IsEmpty());
}

TEST_F(ImageTest, ARejectedImageSendsErrorsInsteadAndDies) {
    MadeImage& made = connect();
    command(RejectImage{made.image, "no thanks"});
    step();
    ASSERT_EQ(transport->sent.size(), 1U);
    const auto datagram = wire::Datagram::at_sender(transport->sent[0].bytes);
    ASSERT_EQ(datagram.kind(), wire::Datagram::Kind::error);
    EXPECT_EQ(datagram.error().code, 13);
    EXPECT_EQ(datagram.error().receiver_id, 77);
    EXPECT_EQ(datagram.text(), "no thanks");
    transport->sent.clear();
    receive(frame_at(0, 64));
    EXPECT_EQ(made.log.length_at(0), 0);
    step(200ms);
    EXPECT_EQ(sent<wire::ErrorFrame>().size(), 1U);
    EXPECT_THAT(statuses(), IsEmpty());
    EXPECT_EQ(value(counters.error_frames_sent), 2);
    for (int i = 0; i < 110; ++i) receive(heartbeat_at(0)), step(100ms);
    EXPECT_EQ(take<ImageEnded>().size(), 1U);
}

TEST_F(ImageTest, TheResponseSessionIsAnnouncedWithEachTimedStatusUntilItIsTakenBack) {
    MadeImage& made = connect();
    command(SetResponseSession{made.image, SessionId{42}});
    step();
    const auto announced = sent<wire::ResponseSetup>();
    ASSERT_EQ(announced.size(), 1U);
    EXPECT_EQ(SessionId{announced[0].response_session_id}, SessionId{42});
    EXPECT_EQ(SessionId{announced[0].session_id}, SessionId{1});
    step(200ms);
    EXPECT_EQ(sent<wire::ResponseSetup>().size(), 1U);
    command(SetResponseSession{made.image, std::nullopt});
    step(200ms);
    EXPECT_EQ(sent<wire::ResponseSetup>().size(), 0U);
}

TEST_F(ImageTest, AStatusMessageThatMayBeLostIsSaidAgainToAPublicationThatStandsStill) {
    MadeImage& made = connect();
    answer_round_trip(2ms);
    for (std::int64_t at = 0; at < 32768; at += 1024) receive(frame_at(at, 1024));  // all that it may send
    step(20ms);
    made.subscriber.store_release(32768);
    step();
    static_cast<void>(statuses());
    steps(12, 1ms);
    EXPECT_THAT(statuses(), ::testing::Contains(Said{32768, 32768}));
    receive(frame_at(32768, 1024));
    static_cast<void>(statuses());
    steps(50, 1ms);
    EXPECT_THAT(statuses(), IsEmpty());  // it goes on
}

TEST_F(ImageTest, RepeatedQuestionsAreDoubledOnLongPathsOnly) {
    connect();
    answer_round_trip(50ms);
    receive(frame_at(64, 64));
    step(1us);
    EXPECT_EQ(naks().size(), 1U);
    step(80ms);
    EXPECT_EQ(naks().size(), 1U);
    step(10ms);
    EXPECT_EQ(naks().size(), 0U);
    step(1ms);
    EXPECT_EQ(naks().size(), 1U);
}

TEST_F(ImageTest, ARepairThatOvertookAnotherShowsThatTheOtherWasLost) {
    connect();
    answer_round_trip(20ms);
    receive(frame_at(64, 64));
    receive(frame_at(192, 64));
    receive(frame_at(320, 64));
    step(1us);
    EXPECT_THAT(naks(), ElementsAre(Asked{0, 64}, Asked{128, 64}, Asked{256, 64}));
    step(20ms);
    receive(frame_at(128, 64));  // asked for after 0, and here before it
    step(4ms);
    EXPECT_THAT(naks(), ::testing::AllOf(::testing::Contains(Asked{0, 64}),
                                         ::testing::Not(::testing::Contains(Asked{256, 64}))));
}

TEST_F(ImageTest, NaksStopWhereTheListOfGapsEndsAndGoOnWhenThereIsRoom) {
    MadeImage& made = connect({.window = 65536, .max_gaps = 4});
    for (std::int64_t at = 64; at < 64 * 20; at += 128) receive(frame_at(at, 64));
    std::map<std::int64_t, bool> missing;
    for (std::int64_t at = 0; at < 64 * 20; at += 128) missing[at] = true;
    for (int round = 0; round < 100 && !missing.empty(); ++round) {
        step(20ms);
        for (const Asked& asked : naks()) {
            EXPECT_EQ(asked.length, 64);
            if (missing.erase(asked.position) > 0) receive(frame_at(asked.position, 64));
        }
    }
    EXPECT_TRUE(missing.empty());
    EXPECT_EQ(value(made.receiver_position), 64 * 20);
}

}  // namespace
}  // namespace gale::driver::receiver::testing
