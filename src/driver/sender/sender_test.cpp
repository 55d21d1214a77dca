#include "driver/sender/stage_test.hpp"

namespace gale::driver::sender::testing {
namespace {

using Kind = wire::Datagram::Kind;

TEST(Sender, GivesBackWhatItIsToldToLetGo) {
    Stage stage;
    stage.step();
    stage.tell(RemovePublication{stage.publication});
    stage.tell(RemoveEndpoint{stage.endpoint});
    stage.step();
    auto first = stage.event();
    ASSERT_TRUE(first && std::holds_alternative<PublicationReleased>(*first));
    EXPECT_EQ(std::get<PublicationReleased>(*first).publication.get(), stage.publication);
    auto second = stage.event();
    ASSERT_TRUE(second && std::holds_alternative<EndpointReleased>(*second));
    EXPECT_EQ(std::get<EndpointReleased>(*second).endpoint.get(), stage.endpoint);
    EXPECT_TRUE(stage.poller.transports.empty());
    EXPECT_EQ(stage.step(), 0);
}

TEST(Sender, WhatIsReleasedIsSentAndHeardNoMore) {
    Stage stage;
    stage.connect();
    stage.tell(RemovePublication{stage.publication});
    stage.step();
    auto released = stage.events_of<PublicationReleased>();
    ASSERT_EQ(released.size(), 1U);
    released.clear();  // the conductor frees it
    stage.nak(0, 32);
    stage.status({.window = 4096});
    stage.run(milliseconds{300});
    EXPECT_TRUE(stage.look().empty());
    EXPECT_EQ(stage.value(Stage::naks_received), 0);
}

TEST(Sender, TakesABoundedNumberOfCommandsACycle) {
    Stage stage{{.kind = EndpointKind::manual}};
    stage.step();
    for (int i = 0; i < 40; ++i) stage.tell(AddDestination{stage.endpoint, i, at_port(1)});
    stage.step();
    EXPECT_EQ(stage.value(Stage::destination_count), Sender::command_limit);
    stage.step();
    stage.step();
    EXPECT_EQ(stage.value(Stage::destination_count), 40);
}

TEST(Sender, PublicationsTakeTurns) {
    Stage stage;
    std::vector<std::unique_ptr<LogInMemory>> logs;
    std::vector<std::shared_ptr<PublicationShared>> words;
    for (std::int32_t id = 2; id <= 3; ++id) {
        auto settings = gale::testing::small_log();
        settings.session_id = SessionId{id};
        logs.push_back(std::make_unique<LogInMemory>(settings));
        words.push_back(std::make_shared<PublicationShared>());
        words.back()->writable_to = no_limit;
        stage.add_publication({.session_id = SessionId{id}, .stream_id = stage_stream, .window = stage_term / 2},
                              logs.back()->log, words.back());
    }
    std::map<std::int32_t, int> first;
    for (int i = 0; i < 30; ++i) {
        stage.run(milliseconds{101}, milliseconds{101});
        ASSERT_EQ(stage.network->sent.size(), 3U);
        first[SessionId{wire::Datagram::at_receiver(stage.network->sent[0].bytes).setup().session_id}.value]++;
        stage.look();
    }
    EXPECT_EQ(first, (std::map<std::int32_t, int>{{1, 10}, {2, 10}, {3, 10}}));
}

TEST(Sender, HearsControlOnceInAFewBusyCyclesAndAtOnceWhenIdle) {
    StageSpec spec;
    spec.log.term_length = 16 * 1024 * 1024;
    spec.publication.window = 8 * 1024 * 1024;
    Stage stage{spec};
    stage.connect(8 * 1024 * 1024);
    stage.offer_many(5000, 1376);
    int before = stage.network->polls;
    for (int i = 0; i < 12; ++i) stage.step(microseconds{1});
    EXPECT_EQ(stage.network->polls - before, 2) << "busy: every sixth";
    before = stage.network->polls;
    for (int i = 0; i < 4; ++i) stage.step(microseconds{60});
    EXPECT_EQ(stage.network->polls - before, 4) << "cycles that take long";
    stage.network->room = 3;
    before = stage.network->polls;
    stage.step(microseconds{1});
    EXPECT_EQ(stage.network->polls - before, 1) << "the network pushed back";
    stage.network->room = 1'000'000;
    stage.run(milliseconds{90});  // until all is sent, and before a heartbeat is due
    ASSERT_EQ(stage.value(Stage::sender_position), stage.producer());
    before = stage.network->polls;
    for (int i = 0; i < 5; ++i) stage.step(microseconds{1});
    EXPECT_EQ(stage.network->polls - before, 5) << "idle";
}

TEST(Sender, KeepsWhatTheConductorHasNoRoomForAndDropsOnlyNotices) {
    StageSpec spec{.news_per_second = 1'000'000};
    spec.publication.response_correlation_id = 55;
    Stage stage{spec};
    stage.connect();
    const auto flood = [&](int count) {
        for (int i = 0; i < count; ++i)
            stage.arrive_frame(wire::ResponseSetup{
                .session_id = stage_session, .stream_id = stage_stream, .response_session_id = SessionId{i}});
        while (!stage.network->arriving.empty()) stage.step();
    };
    flood(2000);
    EXPECT_GT(stage.value(Stage::conductor_proxy_fails), 0);
    stage.tell(RemovePublication{stage.publication});
    stage.step();
    std::size_t notices = 0;
    bool released = false;
    for (int i = 0; i < 10; ++i) {
        while (auto event = stage.event()) {
            released = released || std::holds_alternative<PublicationReleased>(*event);
            notices += std::holds_alternative<ResponseSetup>(*event) ? 1U : 0U;
        }
        stage.step();
    }
    EXPECT_EQ(notices, 1024U);
    EXPECT_TRUE(released);
}

TEST(Sender, IsIdleWhenNothingIsToDo) {
    Stage stage;
    stage.connect();
    int work = 0;
    for (int i = 0; i < 50; ++i) work += stage.step(milliseconds{1});
    EXPECT_LE(work, 32) << "a heartbeat at most";
}

}  // namespace
}  // namespace gale::driver::sender::testing
