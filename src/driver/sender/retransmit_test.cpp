#include "driver/sender/stage_test.hpp"

#include <map>

namespace gale::driver::sender::testing {
namespace {

using Kind = wire::Datagram::Kind;

/// Frames of 1408 bytes that have left, and a receiver that lost some of them.
struct Sent : Stage {
    explicit Sent(int count, StageSpec spec = {}) : Stage{std::move(spec)} {
        connect();
        offer_many(count, 1376);
        for (int i = 0; i < 10; ++i) step();
        look();
    }
    [[nodiscard]] std::vector<std::int64_t> again(Nanos later = microseconds{1}) {
        step(later);  // hears
        step();       // answers
        std::vector<std::int64_t> positions;
        for (const Seen& seen : look(Kind::data)) positions.push_back(seen.position);
        return positions;
    }
};

using Positions = std::vector<std::int64_t>;

TEST(Retransmission, SendsJustWhatWasLostAndCountsIt) {
    Sent stage{10};
    stage.nak(2 * 1408, 1408);
    EXPECT_EQ(stage.again(), Positions{2 * 1408});
    EXPECT_EQ(stage.value(Stage::naks_received), 1);
    EXPECT_EQ(stage.value(Stage::stream_naks), 1);
    EXPECT_EQ(stage.value(Stage::retransmits_sent), 1);
    EXPECT_EQ(stage.value(Stage::retransmitted_bytes), 1408);
    EXPECT_EQ(stage.value(Stage::sender_position), 10 * 1408) << "which does not move";
}

TEST(Retransmission, IsSuppressedWhileTheSameBytesAreUnderWay) {
    StageSpec spec{.kind = EndpointKind::multicast};
    spec.publication.retransmit.lost_again.reset();
    Sent stage{10, spec};
    stage.nak(1408, 1408);
    EXPECT_EQ(stage.again(), Positions{1408});
    stage.nak(1408, 1408);
    EXPECT_TRUE(stage.again(milliseconds{5}).empty());
    stage.nak(1408, 1408);
    EXPECT_EQ(stage.again(milliseconds{6}), Positions{1408}) << "10 ms after the first";
    EXPECT_EQ(stage.value(Stage::naks_received), 3);
    EXPECT_EQ(stage.value(Stage::retransmits_sent), 2);
}

TEST(Retransmission, ThatWasLostIsSentAgainSoonToOneReceiver) {
    Sent stage{10};
    stage.nak(1408, 4 * 1408);
    EXPECT_EQ(stage.again().size(), 4U);
    stage.nak(1408, 4 * 1408);
    EXPECT_TRUE(stage.again(milliseconds{1}).empty());
    stage.nak(3 * 1408, 1408);
    EXPECT_EQ(stage.again(milliseconds{1}), Positions{3 * 1408}) << "2 ms after the first";
    stage.nak(3 * 1408, 1408);
    EXPECT_TRUE(stage.again(milliseconds{1}).empty());
    stage.nak(1408, 4 * 1408);
    EXPECT_EQ(stage.again().size(), 4U) << "none of it has come";
    for (int i = 0; i < 20; ++i) {
        stage.nak(1408, 4 * 1408);
        EXPECT_TRUE(stage.again(microseconds{90}).empty()) << i;
    }
}

TEST(Retransmission, ServesSeveralGapsInOneRoundTrip) {
    Sent stage{10};
    for (const int gap : {1, 3, 5, 7}) stage.nak(gap * 1408, 1408);
    EXPECT_EQ(stage.again(), (Positions{1408, 3 * 1408, 5 * 1408, 7 * 1408}));
    EXPECT_EQ(stage.value(Stage::retransmits_sent), 4);
    stage.nak(1408, 1408);
    stage.nak(7 * 1408, 1408);
    EXPECT_TRUE(stage.again().empty()) << "each is remembered";
}

TEST(Retransmission, OfALongerGapSendsOnlyWhatIsNotUnderWay) {
    Sent stage{10};
    stage.nak(1408, 1408);
    EXPECT_EQ(stage.again(), Positions{1408});
    stage.nak(1408, 3 * 1408);
    EXPECT_EQ(stage.again(), (Positions{2 * 1408, 3 * 1408}));
    stage.nak(0, 3 * 1408);
    EXPECT_EQ(stage.again(), Positions{0});
}

TEST(Retransmission, NeverSendsWhatWasNotSentYet) {
    Stage stage;
    stage.connect(1408);
    stage.offer_many(4, 1376);
    stage.step();
    stage.look();
    stage.nak(0, 4 * 1408);
    stage.step();
    stage.step();
    const auto data = stage.look(Kind::data);
    ASSERT_EQ(data.size(), 1U);
    EXPECT_EQ(data[0].position, 0);
    stage.nak(1408, 1408);
    stage.nak(4 * 1408, 1408);
    stage.step();
    stage.step();
    EXPECT_TRUE(stage.look(Kind::data).empty());
    EXPECT_EQ(stage.value(Stage::naks_received), 3);
    EXPECT_EQ(stage.value(Stage::invalid_packets), 0);
}

TEST(Retransmission, IsPacedByWhatTravels) {
    StageSpec spec;
    spec.publication.retransmit.per_second = 1;
    spec.publication.retransmit.at_once = 1000;
    Stage stage{spec};
    stage.connect();
    logbuffer::ClaimedFrame claimed;
    ASSERT_GT(stage.appender.claim(no_limit, 1200, claimed).raw(), 0);
    logbuffer::pad_frame(claimed.frame, claimed.frame_length);
    stage.offer(100);
    for (int i = 0; i < 5; ++i) stage.step();
    stage.look();
    stage.nak(0, 32);
    stage.step();
    stage.step();
    EXPECT_EQ(stage.look(Kind::data).size(), 1U);
    stage.nak(1248, 160);
    stage.step();
    stage.step();
    EXPECT_EQ(stage.look(Kind::data).size(), 1U) << "of the padding only its header went";
}

TEST(Retransmission, ThatEndsInsidePaddingSendsNothingBehindIt) {
    Stage stage;
    stage.connect();
    stage.offer(100);
    logbuffer::ClaimedFrame claimed;
    ASSERT_GT(stage.appender.claim(no_limit, 1000, claimed).raw(), 0);
    logbuffer::pad_frame(claimed.frame, claimed.frame_length);
    stage.offer_many(4, 1376);
    for (int i = 0; i < 5; ++i) stage.step();
    stage.look();
    stage.nak(160, 64);
    stage.step();
    stage.step();
    const auto data = stage.look(Kind::data);
    ASSERT_EQ(data.size(), 1U);
    EXPECT_EQ(data[0].length, 32);
    EXPECT_EQ(data[0].covered, 1056);
    EXPECT_EQ(stage.value(Stage::retransmitted_bytes), 1056);
}

TEST(Retransmission, BeginsAtAFrameOrNotAtAll) {
    Sent stage{3};
    stage.nak(1408 + 64, 1024);
    EXPECT_TRUE(stage.again().empty());
    EXPECT_EQ(stage.value(Stage::retransmits_sent), 0);
    stage.nak(1408, 1408);
    EXPECT_EQ(stage.again(), Positions{1408}) << "what was not sent is not remembered as sent";
}

TEST(Retransmission, ANakOfNothingOrTooLittleYieldsNothing) {
    Sent stage{3};
    stage.nak(0, 0);
    stage.nak(1408, 64);
    EXPECT_TRUE(stage.again().empty());
    EXPECT_EQ(stage.value(Stage::naks_received), 2);
    EXPECT_EQ(stage.value(Stage::invalid_packets), 0);
}

TEST(Retransmission, RefusesANakThatLeavesTheTerm) {
    Sent stage{3};
    stage.arrive_frame(wire::Nak{.session_id = stage_session,
                                 .stream_id = stage_stream,
                                 .term_id = TermId{3},
                                 .term_offset = stage_term - 32,
                                 .length = 64});
    stage.arrive_frame(wire::Nak{
        .session_id = stage_session, .stream_id = stage_stream, .term_id = TermId{3}, .term_offset = 33, .length = 32});
    EXPECT_TRUE(stage.again().empty());
    EXPECT_EQ(stage.value(Stage::invalid_packets), 2);
    EXPECT_EQ(stage.value(Stage::naks_received), 0);
    stage.arrive_frame(wire::Nak{
        .session_id = SessionId{2}, .stream_id = stage_stream, .term_id = TermId{3}, .term_offset = 0, .length = 32});
    EXPECT_TRUE(stage.again().empty());
    EXPECT_EQ(stage.value(Stage::naks_received), 0) << "nobody's";
}

TEST(Retransmission, OfWhatIsLongGoneIsRefused) {
    Stage stage;
    stage.connect();
    while (stage.value(Stage::sender_position) < 2 * stage_term) {
        stage.offer(1376);
        stage.step();
        stage.status({.position = stage.value(Stage::sender_position), .window = stage_term / 2});
    }
    stage.step();
    stage.look();
    stage.nak(0, 1408);
    stage.step();
    stage.step();
    EXPECT_TRUE(stage.look(Kind::data).empty());
}

TEST(Retransmission, WaitsWhenTheDriverSaysSo) {
    StageSpec spec;
    spec.publication.retransmit.delay = milliseconds{2};
    Sent stage{3, spec};
    stage.nak(1408, 1408);
    EXPECT_TRUE(stage.again().empty());
    EXPECT_TRUE(stage.again(milliseconds{1}).empty());
    EXPECT_EQ(stage.again(milliseconds{1}), Positions{1408});
}

TEST(Retransmission, AGroupHasRoomForSoManyAndCountsTheOthers) {
    StageSpec spec{.kind = EndpointKind::multicast};
    spec.publication.retransmit.max_ranges = 16;
    spec.publication.flow_control.strategy = FlowStrategy::max;
    Sent stage{20, spec};
    for (int gap = 0; gap < 17; ++gap) stage.nak(gap * 1408, 32 + 1376);
    EXPECT_EQ(stage.again().size(), 16U);
    EXPECT_EQ(stage.value(Stage::retransmit_overflow), 1);
    stage.run(milliseconds{12});
    stage.look();
    stage.nak(16 * 1408, 1408);
    EXPECT_EQ(stage.again(), Positions{16 * 1408});
}

TEST(Retransmission, IsNoLongerThanAFewWindows) {
    StageSpec spec;
    spec.publication.flow_control.retransmit_window_multiple = 1;
    auto log = gale::testing::small_log();
    log.term_length = 1024 * 1024;
    spec.log = log;
    spec.publication.window = 512 * 1024;
    Stage stage{spec};
    stage.connect(512 * 1024);
    stage.offer_many(200, 1376);
    stage.run(milliseconds{1}, microseconds{10});
    stage.look();
    stage.nak(0, 200 * 1408);
    stage.run(milliseconds{5}, microseconds{10});
    EXPECT_EQ(static_cast<std::int64_t>(stage.look(Kind::data).size()), 128 * 1024 / 1408);
}

TEST(Retransmission, IsPacedByTheCycleAndByTheSecond) {
    StageSpec spec;
    spec.log.term_length = 1024 * 1024;
    spec.publication.window = 512 * 1024;
    spec.publication.retransmit.burst = 10 * 1408;
    spec.publication.retransmit.at_once = 40 * 1408;
    spec.publication.retransmit.per_second = 1408 * 10'000;  // ten a millisecond
    Stage stage{spec};
    stage.connect(512 * 1024);
    stage.offer_many(200, 1376);
    stage.run(milliseconds{1}, microseconds{10});
    stage.look();
    for (int gap = 0; gap < 100; ++gap) stage.nak(2 * gap * 1408, 1408);
    stage.step();
    stage.step();
    std::vector<std::size_t> cycles;
    for (int i = 0; i < 8; ++i) {
        cycles.push_back(stage.look(Kind::data).size());
        stage.step(microseconds{1});
    }
    EXPECT_EQ(std::vector(cycles.begin(), cycles.begin() + 4), (std::vector<std::size_t>{10, 10, 10, 10}));
    std::size_t rest = cycles[4] + cycles[5] + cycles[6] + cycles[7];
    EXPECT_LE(rest, 1U);
    for (int i = 0; i < 7; ++i) {
        stage.step(milliseconds{1});
        const auto now = stage.look(Kind::data).size();
        EXPECT_LE(now, 11U);
        rest += now;
    }
    EXPECT_EQ(rest, 60U);
}

TEST(Retransmission, GoesOnWhereTheNetworkPushedBack) {
    Sent stage{10};
    stage.nak(0, 4 * 1408);
    stage.network->room = 2;
    EXPECT_EQ(stage.again(), (Positions{0, 1408}));
    EXPECT_EQ(stage.value(Stage::short_sends), 1);
    stage.network->room = 100;
    EXPECT_EQ(stage.again(), (Positions{2 * 1408, 3 * 1408}));
    EXPECT_EQ(stage.value(Stage::retransmits_sent), 1) << "it was one NAK";
    EXPECT_EQ(stage.value(Stage::retransmitted_bytes), 4 * 1408);
}

TEST(Retransmission, FloodOfNaksCostsNoMoreThanThePacing) {
    StageSpec spec;
    spec.publication.retransmit.linger = Nanos{0};
    spec.publication.retransmit.at_once = 64 * 1024;
    spec.publication.retransmit.per_second = 1024 * 1024;
    Sent stage{20, spec};
    for (int cycle = 0; cycle < 1000; ++cycle) {
        for (int i = 0; i < 10; ++i) stage.nak((i % 20) * 1408, 20 * 1408);
        stage.step(milliseconds{1});
    }
    EXPECT_LE(stage.value(Stage::retransmitted_bytes), 64 * 1024 + 1024 * 1024 + 64 * 1024);
    EXPECT_GE(stage.value(Stage::retransmitted_bytes), 1024 * 1024 / 2);
}

/// Two receivers of their own addresses, to both of which everything was sent.
struct SentToTwo : Stage {
    static StageSpec spec(EndpointKind kind) {
        StageSpec made{.kind = kind};
        made.publication.flow_control.strategy = FlowStrategy::max;
        made.publication.retransmit.lost_again.reset();
        made.publication.retransmit.max_ranges_each = 4;
        return made;
    }
    explicit SentToTwo(EndpointKind kind) : SentToTwo{kind, spec(kind)} {}
    SentToTwo(EndpointKind kind, const StageSpec& made) : Stage{made} {
        if (kind == EndpointKind::manual) {
            tell(AddDestination{endpoint, 1, at_port(101)});
            tell(AddDestination{endpoint, 2, at_port(102)});
        }
        for (const auto port : std::array<std::uint16_t, 2>{101, 102})
            status({.window = stage_term / 2, .receiver_id = port, .port = port});
        step();
        offer_many(20, 1376);
        for (int i = 0; i < 10; ++i) step();
        look();
    }
    /// Who was sent what.
    [[nodiscard]] std::map<std::uint16_t, Positions> repairs(Nanos later = microseconds{1}) {
        step(later);
        step();
        std::map<std::uint16_t, Positions> found;
        for (const Seen& seen : look(Kind::data)) found[seen.to->port].push_back(seen.position);
        return found;
    }
};
using Repairs = std::map<std::uint16_t, Positions>;
constexpr std::array several_destinations{EndpointKind::manual, EndpointKind::dynamic};

TEST(RetransmissionToOneOfSeveral, CrowdsOutNothingOfTheOthers) {
    for (const EndpointKind kind : several_destinations) {
        SentToTwo stage{kind};
        stage.nak(2 * 1408, 1408, 102);
        EXPECT_EQ(stage.repairs(), (Repairs{{102, {2 * 1408}}}));
        EXPECT_EQ(stage.value(Stage::retransmits_sent), 1);
        EXPECT_EQ(stage.value(Stage::retransmitted_bytes), 1408);
    }
}

TEST(RetransmissionToOneOfSeveral, IsNoAnswerToAnother) {
    for (const EndpointKind kind : several_destinations) {
        SentToTwo stage{kind};
        stage.nak(1408, 1408, 101);
        stage.nak(1408, 2 * 1408, 102);
        EXPECT_EQ(stage.repairs(), (Repairs{{101, {1408}}, {102, {1408, 2 * 1408}}}));
        stage.nak(1408, 3 * 1408, 101);
        stage.nak(1408, 1408, 102);
        EXPECT_EQ(stage.repairs(), (Repairs{{101, {2 * 1408, 3 * 1408}}})) << "what was sent to each is remembered";
    }
}

TEST(RetransmissionToOneOfSeveral, AskedForByNobodyKnownGoesToAllAndIsAnAnswerToEach) {
    for (const EndpointKind kind : several_destinations) {
        SentToTwo stage{kind};
        stage.nak(1408, 1408, 999);
        EXPECT_EQ(stage.repairs(), (Repairs{{101, {1408}}, {102, {1408}}}));
        stage.nak(1408, 1408, 102);
        EXPECT_EQ(stage.repairs(), Repairs{});
    }
}

TEST(RetransmissionToOneOfSeveral, AskedForByStrangersCostsWhatTravels) {
    for (const EndpointKind kind : several_destinations) {
        StageSpec spec = SentToTwo::spec(kind);
        spec.publication.retransmit.linger = Nanos{0};
        spec.publication.retransmit.at_once = 64 * 1024;
        spec.publication.retransmit.per_second = 1024 * 1024;
        SentToTwo stage{kind, spec};
        std::size_t repairs = 0;
        for (int cycle = 0; cycle < 1000; ++cycle) {
            for (int i = 0; i < 20; ++i) stage.nak(i * 1408, 1408, 999);
            stage.step(milliseconds{1});
            repairs += stage.look(Kind::data).size();
        }
        EXPECT_LE(repairs * 1408, 1024 * 1024 + 3 * 64 * 1024U);
        EXPECT_GE(repairs * 1408, 1024 * 1024 / 2U);
    }
}

TEST(RetransmissionToOneOfSeveral, WhoOnlySaysThatHeIsOneGetsNone) {
    SentToTwo stage{EndpointKind::dynamic};
    stage.elicit({.receiver_id = 103, .port = 103});
    stage.nak(1408, 1408, 103);
    EXPECT_EQ(stage.repairs(), (Repairs{{101, {1408}}, {102, {1408}}}));
}

TEST(RetransmissionToOneOfSeveral, WhoWentMeanwhileIsSentNothing) {
    for (const bool moves : {false, true}) {
        SentToTwo stage{EndpointKind::manual};
        stage.nak(1408, 1408, 101);
        stage.step();
        if (moves)
            stage.tell(MoveEndpoint{stage.endpoint, 1, at_port(201)});
        else
            stage.tell(RemoveDestination{stage.endpoint, 1, std::nullopt});
        EXPECT_EQ(stage.repairs(), Repairs{});
        EXPECT_EQ(stage.value(Stage::retransmitted_bytes), 0);
        stage.nak(1408, 1408, 102);
        EXPECT_EQ(stage.repairs(), (Repairs{{102, {1408}}})) << "who is next is not held up";
    }
}

TEST(RetransmissionToOneOfSeveral, WhoCannotBeReachedHoldsUpNobody) {
    SentToTwo stage{EndpointKind::dynamic};
    stage.network->unreachable[at_port(101)] = 101;
    stage.nak(1408, 1408, 101);
    stage.nak(1408, 1408, 102);
    EXPECT_EQ(stage.repairs(), (Repairs{{102, {1408}}}));
    EXPECT_EQ(stage.events_of<TransportFailed>().size(), 1U);
    EXPECT_EQ(stage.value(Stage::short_sends), 0);
}

TEST(RetransmissionToOneOfSeveral, GoesOnWhereTheNetworkPushedBack) {
    SentToTwo stage{EndpointKind::dynamic};
    stage.nak(0, 4 * 1408, 102);
    stage.step();
    stage.network->room = 3;
    EXPECT_EQ(stage.repairs(), (Repairs{{102, {0, 1408, 2 * 1408}}}));
    stage.network->room = 100;
    EXPECT_EQ(stage.repairs(), (Repairs{{102, {3 * 1408}}}));
    EXPECT_GT(stage.value(Stage::short_sends), 0);
}

TEST(RetransmissionToOneOfSeveral, WhoAsksForTooMuchLeavesRoomForOthers) {
    SentToTwo stage{EndpointKind::dynamic};
    for (int i = 0; i < 6; ++i) stage.nak(2 * i * 1408, 1408, 101);
    for (int i = 0; i < 4; ++i) stage.nak(2 * i * 1408, 1408, 102);
    auto repairs = stage.repairs();
    EXPECT_EQ(repairs[101].size(), 4U);
    EXPECT_EQ(repairs[102].size(), 4U);
    EXPECT_EQ(stage.value(Stage::retransmit_overflow), 2);
}

}  // namespace
}  // namespace gale::driver::sender::testing
