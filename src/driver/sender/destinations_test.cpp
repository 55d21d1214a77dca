#include "driver/sender/stage_test.hpp"

namespace gale::driver::sender::testing {
namespace {

using Kind = wire::Datagram::Kind;

std::vector<std::uint16_t> ports(const std::vector<Seen>& frames) {
    std::vector<std::uint16_t> found;
    for (const Seen& seen : frames) found.push_back(seen.to.value_or(at_port(0)).port);
    std::ranges::sort(found);
    return found;
}
using Ports = std::vector<std::uint16_t>;

StageSpec manual() {
    StageSpec spec{.kind = EndpointKind::manual};
    spec.publication.flow_control.strategy = FlowStrategy::max;
    return spec;
}
StageSpec dynamic() {
    StageSpec spec = manual();
    spec.kind = EndpointKind::dynamic;
    return spec;
}

TEST(ManualDestinations, AllGetEverythingInTurn) {
    Stage stage{manual()};
    stage.tell(AddDestination{stage.endpoint, 1, at_port(101)});
    stage.tell(AddDestination{stage.endpoint, 2, at_port(102)});
    stage.tell(AddDestination{stage.endpoint, 3, std::nullopt});
    stage.step();
    EXPECT_EQ(ports(stage.look(Kind::setup)), (Ports{101, 102})) << "one has no address yet";
    EXPECT_EQ(stage.value(Stage::destination_count), 3);
    stage.status({.window = 4096, .port = 101});
    stage.step();
    std::vector<std::uint16_t> first;
    for (int i = 0; i < 4; ++i) {
        stage.offer(100);
        stage.step();
        const auto data = stage.look(Kind::data);
        ASSERT_EQ(ports(data), (Ports{101, 102}));
        first.push_back(data[0].to->port);
    }
    EXPECT_EQ(std::ranges::count(first, 101) + std::ranges::count(first, 102), 4);
    EXPECT_GE(std::ranges::count(first, 101), 1) << "each is the first at times";
    EXPECT_GE(std::ranges::count(first, 102), 1);
}

TEST(ManualDestinations, GoByIdElseByAddress) {
    Stage stage{manual()};
    for (std::int64_t id = 1; id <= 4; ++id)
        stage.tell(AddDestination{stage.endpoint, id, at_port(static_cast<std::uint16_t>(id == 4 ? 103 : 100 + id))});
    stage.tell(RemoveDestination{stage.endpoint, 1, std::nullopt});
    stage.step();
    EXPECT_EQ(ports(stage.look(Kind::setup)), (Ports{102, 103, 103}));
    stage.tell(RemoveDestination{stage.endpoint, std::nullopt, at_port(103)});
    stage.run(milliseconds{101});
    EXPECT_EQ(ports(stage.look(Kind::setup)), Ports{102}) << "each that matches";
    EXPECT_EQ(stage.value(Stage::destination_count), 1);
}

TEST(ManualDestinations, WithoutAnySendingSucceeds) {
    Stage stage{manual()};
    stage.offer(100);
    stage.step();
    stage.status({.window = 4096});
    stage.step();
    stage.step();
    EXPECT_EQ(stage.value(Stage::sender_position), 160);
    EXPECT_EQ(stage.value(Stage::short_sends), 0);
}

TEST(ManualDestinations, OneThatCannotBeReachedHoldsUpNobody) {
    Stage stage{manual()};
    stage.tell(AddDestination{stage.endpoint, 1, at_port(101)});
    stage.tell(AddDestination{stage.endpoint, 2, at_port(102)});
    stage.network->unreachable[at_port(102)] = 101;
    stage.step();
    stage.status({.window = 4096, .port = 101});
    stage.step();
    stage.look();
    stage.offer_many(3, 100);
    stage.step();
    EXPECT_EQ(ports(stage.look(Kind::data)), Ports{101});
    EXPECT_EQ(stage.value(Stage::sender_position), 480);
    const auto failures = stage.events_of<TransportFailed>();
    ASSERT_EQ(failures.size(), 1U) << "told once a second";
    EXPECT_EQ(failures[0].endpoint, stage.endpoint);
    EXPECT_EQ(failures[0].error, 101);
}

TEST(ManualDestinations, WhenTheSocketIsFullAllGoOnTogether) {
    Stage stage{manual()};
    stage.tell(AddDestination{stage.endpoint, 1, at_port(101)});
    stage.tell(AddDestination{stage.endpoint, 2, at_port(102)});
    stage.step();
    stage.status({.window = 32 * 1024, .port = 101});
    stage.step();
    stage.step();
    stage.look();
    stage.offer_many(4, 1376);
    stage.network->room = 4 + 2;
    stage.step();
    EXPECT_EQ(stage.value(Stage::sender_position), 2 * 1408) << "what both have";
    stage.network->room = 100;
    stage.step();
    std::map<std::uint16_t, std::vector<std::int64_t>> got;
    for (const Seen& seen : stage.look(Kind::data)) got[seen.to->port].push_back(seen.position);
    for (auto& [port, positions] : got) {
        std::ranges::sort(positions);
        positions.erase(std::ranges::unique(positions).begin(), positions.end());
        EXPECT_EQ(positions, (std::vector<std::int64_t>{0, 1408, 2816, 4224})) << port;
    }
    EXPECT_EQ(got.size(), 2U);
}

TEST(ManualDestinations, SilentOnesAreLookedUpAgain) {
    Stage stage{manual()};
    stage.tell(AddDestination{stage.endpoint, 1, at_port(101)});
    stage.tell(AddDestination{stage.endpoint, 2, at_port(102)});
    for (int ms = 0; ms < 7000; ++ms) {
        if (ms % 200 == 0) stage.status({.window = 4096, .port = 101});
        stage.step(milliseconds{1});
    }
    const auto stale = stage.events_of<AddressStale>();
    ASSERT_EQ(stale.size(), 1U);
    EXPECT_EQ(stale[0].destination, 2);
    stage.tell(MoveEndpoint{stage.endpoint, 2, at_port(202)});
    stage.step();
    stage.look();
    stage.offer(100);
    stage.step();
    EXPECT_EQ(ports(stage.look(Kind::data)), (Ports{101, 202}));
}

TEST(ManualDestinations, ErrorsNameTheDestinationTheyCameFrom) {
    Stage stage{manual()};
    stage.tell(AddDestination{stage.endpoint, 31, at_port(40001)});
    stage.connect();
    stage.reject(7, "no");
    stage.step();
    EXPECT_EQ(stage.events_of<ReceiverError>().at(0).destination_registration_id, 31);
}

TEST(DynamicDestinations, ComeWithAnyStatusMessageAndGetASetup) {
    Stage stage{dynamic()};
    stage.run(milliseconds{1000});
    EXPECT_TRUE(stage.look().empty());
    stage.elicit({.port = 201}, SessionId{0}, StreamId{0});
    stage.run(milliseconds{110});
    EXPECT_EQ(ports(stage.look(Kind::setup)), Ports{201});
    EXPECT_EQ(stage.value(Stage::destination_count), 1);
    stage.status({.window = 4096, .port = 201});
    stage.offer(100);
    stage.step();
    stage.step();
    EXPECT_EQ(ports(stage.look(Kind::data)), Ports{201});
}

TEST(DynamicDestinations, ALateOneIsSentASetupAlthoughTheStreamRuns) {
    Stage stage{dynamic()};
    stage.status({.window = 4096, .port = 201});
    stage.run(milliseconds{1000});
    stage.look();
    stage.elicit({.receiver_id = 8, .port = 202}, SessionId{0}, StreamId{0});
    stage.run(milliseconds{3});
    EXPECT_EQ(ports(stage.look(Kind::setup)), (Ports{201, 202}));
}

TEST(DynamicDestinations, GetNothingButAFewSetupsBeforeTheyProveThatTheyListen) {
    Stage stage{dynamic()};
    stage.status({.window = 32 * 1024, .port = 201});
    stage.run(milliseconds{10});
    stage.elicit({.receiver_id = 666, .port = 6666}, SessionId{0}, StreamId{0});
    // Nor does asking for a SETUP by the right name, or a wild position, prove anything.
    stage.elicit({.receiver_id = 666, .port = 6666});
    stage.status({.position = 10 * stage_term, .window = 4096, .receiver_id = 666, .port = 6666});
    stage.look();
    std::size_t to_the_stranger = 0;
    for (int ms = 0; ms < 5000; ++ms) {
        if (ms % 10 == 0) stage.offer(100);
        if (ms % 100 == 0)
            stage.status({.position = stage.value(Stage::sender_position), .window = 32 * 1024, .port = 201});
        if (ms % 200 == 0) stage.nak(0, 160);
        stage.step(milliseconds{1});
        for (const Seen& seen : stage.look()) {
            if (seen.to != at_port(6666)) continue;
            EXPECT_EQ(seen.kind, Kind::setup);
            ++to_the_stranger;
        }
    }
    EXPECT_LE(to_the_stranger, 3U);
}

TEST(DynamicDestinations, GoFiveSecondsAfterTheirLastWord) {
    Stage stage{dynamic()};
    stage.status({.window = 4096, .port = 201});
    stage.step();
    stage.status({.window = 4096, .flags = wire::StatusMessage::end_of_stream, .port = 201});
    stage.run(milliseconds{4800});
    EXPECT_EQ(stage.value(Stage::destination_count), 1) << "the end of a stream is a word, too";
    stage.run(milliseconds{400});
    EXPECT_EQ(stage.value(Stage::destination_count), 0);
}

TEST(DynamicDestinations, AreTheSameByIdAndPortWhateverTheAddress) {
    Stage stage{dynamic()};
    stage.status({.window = 4096, .port = 201});
    stage.step();
    stage.status({.window = 4096, .port = 201, .host = 9});
    stage.step();
    EXPECT_EQ(stage.value(Stage::destination_count), 1);
    stage.status({.window = 4096, .receiver_id = 8, .port = 201, .host = 9});
    stage.step();
    EXPECT_EQ(stage.value(Stage::destination_count), 2) << "another one behind the same port";
    stage.look();
    stage.offer(100);
    stage.step();
    EXPECT_EQ(stage.look(Kind::data).size(), 2U);
}

TEST(DynamicDestinations, AStrangerCannotTakeTheNameOfOneThatIsToCome) {
    Stage stage{dynamic()};
    stage.elicit({.port = 201, .host = 66}, SessionId{0}, StreamId{0});
    stage.step();
    stage.status({.window = 4096, .port = 201});
    stage.step();
    stage.look();
    stage.offer(100);
    stage.step();
    const auto data = stage.look(Kind::data);
    ASSERT_EQ(data.size(), 1U);
    EXPECT_EQ(data[0].to, at_port(201));
}

TEST(DynamicDestinations, FloodOfStrangersNeitherFillsTheTableNorKeepsOutWhoListens) {
    StageSpec spec = dynamic();
    spec.max_destinations = 8;
    Stage stage{spec};
    stage.status({.window = 4096, .port = 201});
    stage.step();
    for (int i = 0; i < 1000; ++i)
        stage.elicit({.receiver_id = 1000 + i, .port = static_cast<std::uint16_t>(1000 + i)}, SessionId{0},
                     StreamId{0});
    stage.run(milliseconds{20});
    EXPECT_EQ(stage.value(Stage::destination_count), 8);
    stage.status({.window = 4096, .receiver_id = 9, .port = 202});
    stage.step();
    stage.look();
    stage.offer(100);
    stage.step();
    EXPECT_EQ(ports(stage.look(Kind::data)), (Ports{201, 202}));
}

TEST(Endpoint, WithANameThatNobodyAnswersIsLookedUpAgainAndMoves) {
    StageSpec spec;
    spec.has_name = true;
    Stage stage{spec};
    stage.run(seconds{4});
    EXPECT_TRUE(stage.events_of<AddressStale>().empty());
    stage.run(seconds{3});
    const auto stale = stage.events_of<AddressStale>();
    ASSERT_EQ(stale.size(), 1U);
    EXPECT_EQ(stale[0].endpoint, stage.endpoint);
    EXPECT_FALSE(stale[0].destination);
    EXPECT_EQ(stage.look(Kind::setup).at(0).to, at_port(40001));
    stage.tell(MoveEndpoint{stage.endpoint, std::nullopt, at_port(50001)});
    stage.run(milliseconds{200});
    EXPECT_EQ(stage.look(Kind::setup).back().to, at_port(50001));
    const auto moved = stage.events_of<EndpointMoved>();
    ASSERT_EQ(moved.size(), 1U);
    EXPECT_TRUE(moved[0].done);
    EXPECT_EQ(moved[0].address, at_port(50001));
    for (int i = 0; i < 100; ++i) {
        stage.status({.window = 4096, .port = 50001});
        stage.run(milliseconds{100});
    }
    EXPECT_TRUE(stage.events_of<AddressStale>().empty()) << "somebody answers";
}

TEST(Endpoint, TellsWhenItsTransportCannotBeConnectedAnew) {
    StageSpec spec;
    spec.has_name = true;
    spec.is_connected = true;
    Stage stage{spec};
    stage.network->error = 22;
    stage.tell(MoveEndpoint{stage.endpoint, std::nullopt, at_port(50001)});
    stage.step();
    const auto moved = stage.events_of<EndpointMoved>();
    ASSERT_EQ(moved.size(), 1U);
    EXPECT_FALSE(moved[0].done);
    EXPECT_EQ(moved[0].error, 22);
    stage.run(seconds{7});
    EXPECT_EQ(stage.events_of<AddressStale>().size(), 1U) << "and asks again";
}

TEST(Endpoint, OfAGroupHearsOnItsOwnSocket) {
    Stage stage{{.kind = EndpointKind::multicast, .separate_control = true}};
    stage.step();
    EXPECT_EQ(stage.look(Kind::setup).size(), 1U);
    stage.status({.window = 4096});
    stage.step();
    EXPECT_TRUE(stage.is_connected());
    EXPECT_EQ(stage.network->polls, 0);
}

}  // namespace
}  // namespace gale::driver::sender::testing
