// What strangers may make a sender do and say: so much, and nothing that honest streams feel. docs/formats/sending.md.
#include "driver/sender/stage_test.hpp"

#include <set>

namespace gale::driver::sender::testing {
namespace {

using Kind = wire::Datagram::Kind;

wire::ResponseSetup response(std::int32_t session) {
    return {.session_id = stage_session, .stream_id = stage_stream, .response_session_id = SessionId{session}};
}

TEST(Flood, OfResponseSetupsReachesTheConductorInDrops) {
    StageSpec spec;
    spec.publication.response_correlation_id = 55;
    Stage stage{spec};
    stage.connect();
    for (int ms = 0; ms < 1000; ++ms) {
        for (int i = 0; i < 60; ++i) stage.arrive_frame(response(ms * 60 + i));
        stage.step(milliseconds{1});
    }
    const auto told = stage.events_of<ResponseSetup>().size();
    EXPECT_LE(told, 115U);
    EXPECT_GE(told, 90U);
    EXPECT_GE(stage.value(Stage::news_withheld), 59'000);
    EXPECT_EQ(stage.value(Stage::conductor_proxy_fails), 0);
}

TEST(Flood, OfTheSameResponseSetupIsToldTenTimesASecond) {
    StageSpec spec;
    spec.publication.response_correlation_id = 55;
    Stage stage{spec};
    stage.connect();
    for (int ms = 0; ms < 1000; ++ms) {
        for (int i = 0; i < 10; ++i) stage.arrive_frame(response(7));
        stage.step(milliseconds{1});
    }
    EXPECT_EQ(stage.events_of<ResponseSetup>().size(), 10U);
    EXPECT_EQ(stage.value(Stage::news_withheld), 0) << "nothing is lost by that";
    stage.arrive_frame(response(8));
    stage.step();
    EXPECT_EQ(stage.events_of<ResponseSetup>().size(), 1U) << "another one is news at once";
}

TEST(Flood, OfReceiversThatComeOnlyToRejectIsToldInDrops) {
    Stage stage;
    stage.connect();
    for (int ms = 0; ms < 1000; ++ms) {
        for (int i = 0; i < 20; ++i) {
            const std::int64_t id = 1000 + ms * 20 + i;
            stage.status({.window = 4096, .receiver_id = id});
            stage.reject(id, "not " + std::to_string(id));
        }
        stage.step(milliseconds{1});
    }
    const auto told = stage.events_of<ReceiverError>().size();
    EXPECT_LE(told, 115U);
    EXPECT_GE(told, 90U);
    EXPECT_GE(stage.value(Stage::news_withheld), 19'000);
    EXPECT_TRUE(stage.is_connected());
    stage.offer(100);
    stage.step();
    EXPECT_EQ(stage.value(Stage::sender_position), 160);
}

TEST(Flood, OfNewsKeepsNoneThatMattersFromTheConductor) {
    StageSpec spec{.kind = EndpointKind::response, .has_name = true};
    spec.publication.is_response = true;
    spec.publication.response_correlation_id = 55;
    Stage stage{spec};
    stage.step();
    // A receiver that comes and goes all the time, and the conductor looks at nothing.
    for (int i = 0; i < 3000; ++i) {
        stage.status({.window = 4096, .receiver_id = i});
        stage.status({.window = 4096, .receiver_id = i, .flags = wire::StatusMessage::end_of_stream});
        stage.step(milliseconds{1});
    }
    EXPECT_LE(stage.events_of<ResponseConnected>().size(), 31U);
    EXPECT_EQ(stage.value(Stage::conductor_proxy_fails), 0);
}

TEST(Notices, ThatFoundNoRoomAreToldWhenThereIsSome) {
    StageSpec spec{.news_per_second = 1'000'000, .has_name = true};
    spec.publication.response_correlation_id = 55;
    Stage stage{spec};
    stage.connect();
    for (int i = 0; i < 1500; ++i) stage.arrive_frame(response(i));
    while (!stage.network->arriving.empty()) stage.step();
    stage.run(seconds{7}, milliseconds{100});  // the name is stale by now, and the mailbox still full
    const auto told = stage.events_of<AddressStale>();
    EXPECT_TRUE(told.empty());
    stage.run(seconds{2}, milliseconds{100});
    EXPECT_EQ(stage.events_of<AddressStale>().size(), 1U);
}

class ManyStreams : public ::testing::Test {
protected:
    static constexpr int stream_count = 20;

    explicit ManyStreams(StageSpec spec = {.kind = EndpointKind::dynamic}) : stage{spec} {
        for (int i = 1; i < stream_count; ++i) {
            logs.push_back(std::make_unique<LogInMemory>(gale::testing::small_log()));
            words.push_back(std::make_shared<PublicationShared>());
            words.back()->writable_to = no_limit;
            stage.add_publication(
                {.session_id = stage_session, .stream_id = StreamId{stage_stream.value + i}, .window = stage_term / 2},
                logs.back()->log, words.back());
        }
        stage.step();
    }
    /// All streams have a receiver that is confirmed.
    void connect() {
        for (int i = 0; i < stream_count; ++i)
            stage.status({.window = 4096}, stage_session, StreamId{stage_stream.value + i});
        stage.step();
        stage.run(milliseconds{150});
        stage.look();
    }

    std::vector<std::unique_ptr<LogInMemory>> logs;
    std::vector<std::shared_ptr<PublicationShared>> words;
    Stage stage;
};

TEST_F(ManyStreams, AreAnnouncedToWhoIsNewAndToNobodyElse) {
    connect();
    stage.elicit({.receiver_id = 9, .port = 50009}, SessionId{0}, StreamId{0});
    stage.run(milliseconds{50});
    const auto setups = stage.look(Kind::setup);
    EXPECT_EQ(setups.size(), static_cast<std::size_t>(stream_count));
    for (const Seen& each : setups) EXPECT_EQ(each.to, at_port(50009));
}

TEST_F(ManyStreams, AreAnnouncedOnlySoOftenHoweverManyAreNew) {
    connect();
    for (int ms = 0; ms < 1000; ++ms) {
        for (std::uint16_t i = 0; i < 10; ++i)
            stage.elicit({.receiver_id = 1000 + i, .port = static_cast<std::uint16_t>(50'000 + ms * 10 + i)},
                         SessionId{0}, StreamId{0});
        stage.step(milliseconds{1});
    }
    const auto setups = stage.look(Kind::setup);
    EXPECT_LE(setups.size(), 2300U);
    EXPECT_GE(stage.value(Stage::replies_withheld), 1000);
    EXPECT_GE(stage.value(Stage::destinations_refused), 9000);
    EXPECT_TRUE(std::ranges::none_of(setups, [](const Seen& each) { return each.to == at_port(40001); }))
        << "who listens already hears nothing of it";
    stage.offer(100);
    stage.step();
    const auto data = stage.look(Kind::data);
    ASSERT_EQ(data.size(), 1U);
    EXPECT_EQ(data[0].to, at_port(40001));
}

TEST(Flood, OfReceiversSetsThePaceOfNoMoreThanAreToldApart) {
    StageSpec spec{.kind = EndpointKind::multicast};
    spec.publication.flow_control = {.strategy = FlowStrategy::min, .max_receivers = 8};
    Stage stage{spec};
    stage.step();
    stage.status({.window = 8192, .receiver_id = 1});
    stage.step();
    for (std::int64_t id = 100; id < 1000; ++id) {
        stage.status({.window = 8192, .receiver_id = id});
        if (id % 10 == 0) stage.step(milliseconds{1});
    }
    stage.step();
    EXPECT_EQ(stage.value(Stage::flow_receivers), 8);
    EXPECT_TRUE(stage.is_connected());
    EXPECT_EQ(stage.value(Stage::sender_limit), 8192);
}

TEST(Flood, OfNaksIsCountedWhereItHasToWait) {
    StageSpec spec;
    spec.publication.retransmit = {.per_second = 64 * 1024, .at_once = 4096};
    Stage stage{spec};
    stage.connect();
    stage.offer_many(20, 1376);
    stage.status({.position = 0, .window = 32 * 1024});
    stage.run(milliseconds{5});
    ASSERT_EQ(stage.value(Stage::sender_position), 20 * 1408);
    for (int i = 0; i < 20; ++i) stage.nak(i * 1408, 1408);
    stage.run(milliseconds{1}, microseconds{10});
    EXPECT_EQ(stage.value(Stage::retransmissions_withheld), 1) << "the next in turn";
    stage.run(milliseconds{99}, microseconds{100});
    const std::int64_t sent = stage.value(Stage::retransmitted_bytes);
    EXPECT_GE(sent, 4096);
    EXPECT_LE(sent, 4096 + 6554 + 2 * 1408);
    EXPECT_GE(stage.value(Stage::retransmissions_withheld), 4);
    EXPECT_LE(stage.value(Stage::retransmissions_withheld), 20);
}

}  // namespace
}  // namespace gale::driver::sender::testing
