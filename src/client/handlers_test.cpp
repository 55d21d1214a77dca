#include "client/client_core.hpp"
#include "client/testing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gale::client::testing {
namespace {

using ::testing::HasSubstr;

TEST(Handlers, HearOfWhatThisClientMade) {
    std::vector<std::string> heard;
    World world{[&](ClientOptions& options) {
        options.on_new_publication = [&](std::string_view channel, StreamId stream, SessionId, CorrelationId) {
            heard.push_back("publication " + std::string{channel} + " " + std::to_string(stream.value));
        };
        options.on_new_exclusive_publication = [&](std::string_view, StreamId, SessionId, CorrelationId) {
            heard.push_back("exclusive");
        };
        options.on_new_subscription = [&](std::string_view, StreamId, CorrelationId) {
            heard.push_back("subscription");
        };
    }};
    auto publication = world.publication();
    auto exclusive = world.exclusive();
    auto subscription = world.subscription();
    EXPECT_EQ(heard, (std::vector<std::string>{"publication aeron:ipc 10", "exclusive", "subscription"}));
}

TEST(Handlers, HearOfEverybodysCounters) {
    std::vector<std::pair<std::string, std::int32_t>> heard;
    World world{[&](ClientOptions& options) {
        options.on_available_counter = [&](const CountersReader& reader, CorrelationId, CounterId id) {
            heard.emplace_back("option+ " + std::string{reader.look(id)->label}, id.value);
        };
        options.on_unavailable_counter = [&](const CountersReader&, CorrelationId, CounterId id) {
            heard.emplace_back("option-", id.value);
        };
    }};
    const auto id = *world.driver.counters.allocate({.type_id = 1000, .label = "theirs"}, world.driver.clock.moment());
    world.driver.tell(control::CounterReady{CorrelationId{777}, id});
    world.client.do_work();
    const int added =
        world.client.add_available_counter_handler([&](const CountersReader&, CorrelationId registration, CounterId) {
            heard.emplace_back("added", static_cast<int>(registration.value));
        });
    world.driver.tell(control::CounterReady{CorrelationId{778}, id});
    world.driver.tell(control::UnavailableCounter{CorrelationId{778}, id});
    world.client.do_work();
    world.client.remove_counter_handler(added);
    world.driver.tell(control::CounterReady{CorrelationId{779}, id});
    world.client.do_work();
    using Pair = std::pair<std::string, std::int32_t>;
    EXPECT_EQ(heard, (std::vector<Pair>{{"option+ theirs", id.value},
                                        {"option+ theirs", id.value},
                                        {"added", 778},
                                        {"option-", id.value},
                                        {"option+ theirs", id.value}}));
}

TEST(Handlers, HearOfErrorsThatSubscribersSend) {
    std::vector<PublicationError> heard;
    World world{[&](ClientOptions& options) {
        options.on_publication_error = [&](const PublicationError& error) { heard.push_back(error); };
    }};
    auto first = world.publication();
    auto second = world.publication();
    auto other = world.exclusive();
    control::PublicationErrorEvent event{.original_id = first.constants().registration_id,
                                         .destination_id = CorrelationId{-1},
                                         .session_id = SessionId{4},
                                         .stream_id = StreamId{10},
                                         .receiver_id = 5,
                                         .group_tag = 6,
                                         .address_type = 1,
                                         .port = 40123,
                                         .code = ErrorCode::image_rejected,
                                         .text = "no"};
    event.address[0] = std::byte{127};
    event.address[3] = std::byte{1};
    world.driver.tell(event);
    world.client.do_work();
    ASSERT_EQ(heard.size(), 2U);  // once per handle on the log
    EXPECT_EQ(heard[0].code, ErrorCode::image_rejected);
    EXPECT_EQ(heard[0].text, "no");
    EXPECT_EQ(heard[0].source_address, "127.0.0.1:40123");
    EXPECT_EQ(heard[0].source_ip, (std::vector<std::uint8_t>{127, 0, 0, 1}));
    EXPECT_EQ(heard[0].source_port, 40123);
    EXPECT_EQ(heard[0].receiver_id, 5);
    EXPECT_EQ(heard[0].group_tag, 6);
}

TEST(Handlers, WhatWaitsIsRefusedInsideAndItsTwinIsNot) {
    World world;
    std::vector<std::string> refusals;
    std::optional<Pending<Publication>> twin;
    std::optional<Image> seen;
    world.client.add_available_counter_handler([&](const CountersReader&, CorrelationId, CounterId) {
        if (twin) return;
        const auto note = [&](const auto& call) {
            const Error error = error_of(call);
            EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
            refusals.emplace_back(error.what());
        };
        note([&] { static_cast<void>(world.client.add_publication("aeron:ipc", StreamId{1})); });
        note([&] { static_cast<void>(world.client.add_exclusive_publication("aeron:ipc", StreamId{1})); });
        note([&] { static_cast<void>(world.client.add_subscription("aeron:ipc", StreamId{1})); });
        note([&] { static_cast<void>(world.client.add_counter({.label = "x"})); });
        note([&] { static_cast<void>(world.client.add_static_counter({.label = "x"}, 1)); });
        note([&] { static_cast<void>(world.client.next_session_id(StreamId{1})); });
        twin = world.client.async_add_publication("aeron:ipc", StreamId{1});
        note([&] { static_cast<void>(twin->wait()); });
        EXPECT_EQ(world.client.do_work(), 0);
    });
    const auto id = *world.driver.counters.allocate({.type_id = 1000, .label = "theirs"}, world.driver.clock.moment());
    world.driver.tell(control::CounterReady{CorrelationId{777}, id});
    world.client.do_work();
    ASSERT_EQ(refusals.size(), 7U);
    EXPECT_EQ(
        refusals[0],
        "add_publication waits for the driver, and so cannot be called from a handler: use async_add_publication");
    world.step();
    EXPECT_TRUE(twin->poll().has_value());
}

TEST(Handlers, ThatThrowAreReportedAndTheClientGoesOn) {
    World world;
    auto publication = world.publication();
    auto subscription = world.subscription(
        "aeron:ipc", StreamId{10}, {.on_available_image = [](const Image&) { throw std::runtime_error{"oops"}; }});
    ASSERT_EQ(world.errors.size(), 1U);
    EXPECT_STREQ(world.errors[0].what(), "a handler threw: oops");
    EXPECT_EQ(subscription.image_count(), 1);
    EXPECT_FALSE(world.client.is_closed());
}

TEST(Handlers, WithoutOneForErrorsTheTextAloneIsPrinted) {
    World world{[](ClientOptions& options) { options.on_error = {}; }};
    auto publication = world.publication();
    ::testing::internal::CaptureStderr();
    auto subscription = world.subscription(
        "aeron:ipc", StreamId{10}, {.on_available_image = [](const Image&) { throw std::runtime_error{"again"}; }});
    EXPECT_EQ(::testing::internal::GetCapturedStderr(), "gale: a handler threw: again\n");
}

TEST(Handlers, RejectingAnImageWaitsForTheAnswer) {
    World world;
    auto publication = world.publication();
    auto subscription = world.subscription();
    auto image = subscription.images().at(0);
    std::vector<Received> asked;
    world.driver.clock.on_tick = [&] {
        for (auto& command : world.driver.respond()) asked.push_back(std::move(command));
    };
    image.reject("go away");
    ASSERT_EQ(asked.size(), 1U);
    const auto command = asked[0].as<control::RejectImage>();
    EXPECT_EQ(command.request.client_id, world.client.client_id());
    EXPECT_EQ(command.image_correlation_id, image.correlation_id());
    EXPECT_THAT(std::string{command.reason}, HasSubstr("go away"));
    EXPECT_EQ(error_of([&] { image.reject(std::string(1024, 'r')); }).code(), ErrorCode::invalid_argument);
    world.driver.clock.on_tick = [&] {
        for (const auto& received : world.driver.take())
            world.driver.tell(control::ErrorEvent{received.as<control::RejectImage>().request.correlation_id,
                                                  ErrorCode::generic, "unknown image"});
    };
    EXPECT_THAT(error_of([&] { image.reject("again"); }).what(), HasSubstr("unknown image"));
    world.driver.clock.on_tick = nullptr;
    subscription.close();
    EXPECT_EQ(error_of([&] { image.reject("late"); }).code(), ErrorCode::closed);
}

TEST(Handlers, RestOfTheConductorIsTheProgramsWhenItSaysHow) {
    World world;
    std::atomic<int> rests{0}, works{0};
    auto options = world.options();
    options.conductor = ConductorMode::thread;
    options.rest = [&](int work) { ++(work > 0 ? works : rests); };
    auto threaded = Client::connect(options);
    while (rests == 0) std::this_thread::yield();
    world.driver.tell(control::CounterReady{CorrelationId{99}, CounterId{5}});
    while (works == 0) std::this_thread::yield();
}

TEST(Handlers, WorkThatIsPostedRunsInTurnWithThemOnceTheConductorIsStarted) {
    World world;
    auto options = world.options();
    options.conductor = ConductorMode::thread;
    const auto core = ClientCore::prepare(options);
    std::atomic<int> ran{0};
    core->post([&] {
        EXPECT_TRUE(core->in_handler());
        ++ran;
    });
    core->settle();
    EXPECT_EQ(ran, 0);
    core->start();
    while (ran == 0) std::this_thread::yield();
    EXPECT_FALSE(core->in_handler());
    core->close();
    core->post([&] { ++ran; });
    core->close();
    EXPECT_EQ(ran, 2) << "what comes late runs when it is closed";
}

TEST(Handlers, SteppingAClientThatStepsItselfIsRefused) {
    World world;
    auto options = world.options();
    options.conductor = ConductorMode::thread;
    auto threaded = Client::connect(options);
    EXPECT_EQ(error_of([&] { threaded.do_work(); }).code(), ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace gale::client::testing
