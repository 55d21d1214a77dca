#include "client/publication_state.hpp"
#include "client/testing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gale::client::testing {
namespace {

using ::testing::HasSubstr;

std::vector<control::CommandType> types(const std::vector<Received>& all) {
    std::vector<control::CommandType> found;
    for (const auto& one : all) found.push_back(one.type);
    return found;
}

TEST(Requests, APublicationIsReadyWhenTheDriverHasAnswered) {
    World world;
    auto pending = world.client.async_add_publication("aeron:ipc", StreamId{10});
    EXPECT_FALSE(pending.poll().has_value());
    world.step();
    auto publication = pending.poll();
    ASSERT_TRUE(publication.has_value());
    EXPECT_EQ(publication->constants().registration_id, pending.registration_id());
    EXPECT_EQ(publication->channel(), "aeron:ipc");
    EXPECT_EQ(publication->stream_id(), StreamId{10});
    EXPECT_EQ(publication->constants().term_length, 64 * 1024);
    EXPECT_EQ(publication->constants().max_payload_length, 1376);
    EXPECT_EQ(publication->constants().max_message_length, 8192);
    EXPECT_EQ(publication->constants().max_possible_position, Position{std::int64_t{64 * 1024} << 31});
    EXPECT_EQ(publication->constants().initial_term_id, TermId{7});
    EXPECT_TRUE(publication->is_connected());
    EXPECT_FALSE(publication->is_closed());
    EXPECT_EQ(publication->channel_status(), ChannelStatus::active);
    EXPECT_EQ(error_of([&] { static_cast<void>(pending.poll()); }).code(), ErrorCode::invalid_argument);
}

TEST(Requests, AWaitingCallStepsTheClientItself) {
    World world;
    world.driver.clock.on_tick = [&] { world.driver.respond(); };
    auto publication = world.client.add_publication("aeron:ipc", StreamId{10});
    auto exclusive = world.client.add_exclusive_publication("aeron:ipc", StreamId{10});
    auto subscription = world.client.add_subscription("aeron:ipc", StreamId{10});
    auto counter = world.client.add_counter({.type_id = 1001, .label = "mine"});
    auto fixed = world.client.add_static_counter({.type_id = 1002, .label = "ours"}, 77);
    EXPECT_FALSE(publication.is_closed());
    EXPECT_FALSE(exclusive.is_closed());
    EXPECT_FALSE(subscription.is_closed());
    EXPECT_EQ(counter.value(), 0);
    EXPECT_EQ(fixed.registration_id(), 77);
    world.driver.clock.on_tick = nullptr;
}

TEST(Requests, SharedPublicationsShareTheirMapping) {
    World world;
    auto first = world.publication();
    auto second = world.publication();
    EXPECT_EQ(second.constants().original_registration_id, first.constants().registration_id);
    EXPECT_NE(second.constants().registration_id, first.constants().registration_id);
    EXPECT_EQ(first.state()->log(), second.state()->log());
}

TEST(Requests, ARefusalSaysWhatWasAskedAndWhyItIsRefused) {
    World world;
    auto pending = world.client.async_add_publication("aeron:udp?endpoint=nowhere:1", StreamId{3});
    world.driver.tell(
        control::ErrorEvent{pending.registration_id(), ErrorCode::unknown_host, "cannot resolve nowhere\n"});
    world.client.do_work();
    const Error error = error_of([&] { static_cast<void>(pending.poll()); });
    EXPECT_EQ(error.code(), ErrorCode::unknown_host);
    EXPECT_STREQ(error.what(),
                 "the driver refused to add publication aeron:udp?endpoint=nowhere:1 on stream 3: cannot resolve "
                 "nowhere");
}

TEST(Requests, AnswersToOthersAreIgnored) {
    World world;
    world.driver.tell(control::ErrorEvent{CorrelationId{999}, ErrorCode::generic, "not yours"});
    world.driver.tell(control::PublicationReady{false, CorrelationId{998}, CorrelationId{998}, SessionId{1},
                                                StreamId{1}, CounterId{1}, no_counter, "/nowhere"});
    world.driver.tell(control::SubscriptionReady{CorrelationId{997}, no_counter});
    world.driver.tell(control::OperationSucceeded{CorrelationId{996}});
    world.driver.tell(control::UnavailableImage{CorrelationId{995}, CorrelationId{994}, StreamId{1}, "aeron:ipc"});
    world.driver.tell(control::ClientTimeout{ClientId{993}});
    EXPECT_GT(world.client.do_work(), 0);
    EXPECT_TRUE(world.errors.empty());
    EXPECT_FALSE(world.client.is_closed());
    EXPECT_TRUE(world.driver.take().empty());
}

TEST(Requests, AnEndpointErrorIsACountersAndNotARequests) {
    World world;
    auto& stream = world.driver.make_stream(CorrelationId{900}, StreamId{10}, "aeron:udp?endpoint=localhost:1");
    auto first = world.client.async_add_publication("aeron:udp?endpoint=localhost:1", StreamId{10});
    const CounterId status{static_cast<std::int32_t>(first.registration_id().value) +
                           1};  // the next request has this number, too
    world.driver.tell(control::PublicationReady{false, first.registration_id(), stream.id, stream.session,
                                                stream.stream, stream.limit, status, stream.path});
    world.client.do_work();
    auto publication = first.poll();
    auto second = world.client.async_add_publication("aeron:ipc", StreamId{11});
    ASSERT_EQ(second.registration_id().value, status.value);
    world.driver.tell(control::ErrorEvent{CorrelationId{status.value}, ErrorCode::channel_endpoint_error, "no route"});
    world.client.do_work();
    EXPECT_FALSE(second.poll().has_value());
    ASSERT_EQ(world.errors.size(), 1U);
    EXPECT_EQ(world.errors[0].code(), ErrorCode::channel_endpoint_error);
    EXPECT_STREQ(world.errors[0].what(),
                 "the channel of publication aeron:udp?endpoint=localhost:1 has trouble: no route");
}

TEST(Requests, WithoutAnAnswerARequestTimesOut) {
    World world;
    auto pending = world.client.async_add_publication("aeron:ipc", StreamId{10});
    static_cast<void>(world.driver.take());
    for (int i = 0; i < 101; ++i) {
        world.driver.clock.advance(100ms);
        world.driver.beat();
        world.client.do_work();
    }
    const Error error = error_of([&] { static_cast<void>(pending.poll()); });
    EXPECT_EQ(error.code(), ErrorCode::timed_out);
    EXPECT_STREQ(error.what(),
                 "the driver did not answer within 10s when asked to add publication aeron:ipc on stream 10");

    // and the late answer is given back
    world.driver.tell(control::PublicationReady{false, pending.registration_id(), pending.registration_id(),
                                                SessionId{1}, StreamId{10}, CounterId{1}, no_counter, "/nowhere"});
    world.client.do_work();
    const auto commands = world.driver.take();
    ASSERT_EQ(types(commands), std::vector{control::CommandType::remove_publication});
    EXPECT_EQ(commands[0].as<control::RemovePublication>().registration_id, pending.registration_id());
}

TEST(Requests, WhatIsDroppedUnansweredIsGivenBackWhenItComes) {
    World world;
    CorrelationId publication, exclusive, subscription, counter;
    {
        auto a = world.client.async_add_publication("aeron:ipc", StreamId{1});
        auto b = world.client.async_add_exclusive_publication("aeron:ipc", StreamId{1});
        auto c = world.client.async_add_subscription("aeron:ipc", StreamId{1});
        auto d = world.client.async_add_counter({.label = "x"});
        auto e = world.client.async_add_static_counter({.label = "y"}, 5);
        publication = a.registration_id();
        exclusive = b.registration_id();
        subscription = c.registration_id();
        counter = d.registration_id();
        d.cancel();
        d.cancel();
    }
    world.step();
    const auto commands = world.driver.take();
    ASSERT_EQ(types(commands),
              (std::vector{control::CommandType::remove_publication, control::CommandType::remove_publication,
                           control::CommandType::remove_subscription, control::CommandType::remove_counter}));
    EXPECT_EQ(commands[0].as<control::RemovePublication>().registration_id, publication);
    EXPECT_EQ(commands[1].as<control::RemovePublication>().registration_id, exclusive);
    EXPECT_EQ(commands[2].as<control::RemoveSubscription>().registration_id, subscription);
    EXPECT_EQ(commands[3].as<control::RemoveCounter>().registration_id, counter);
}

TEST(Requests, WhatIsDroppedAnsweredIsClosedAtOnce) {
    World world;
    {
        auto pending = world.client.async_add_publication("aeron:ipc", StreamId{1});
        world.step();
    }
    EXPECT_EQ(types(world.driver.take()), std::vector{control::CommandType::remove_publication});
}

TEST(Requests, AFullRingLeavesNothingBehind) {
    World world;
    while (world.driver.ring.write(0x06, std::vector<std::byte>(1000)) == shm::RingWrite::written) {
    }
    while (world.driver.ring.write(0x06, std::vector<std::byte>(16)) == shm::RingWrite::written) {
    }
    const Error error =
        error_of([&] { static_cast<void>(world.client.async_add_subscription("aeron:ipc", StreamId{1})); });
    EXPECT_EQ(error.code(), ErrorCode::driver_buffer_full);
    EXPECT_THAT(error.what(), HasSubstr(world.driver.directory()));
    for (int i = 0; i < 10; ++i) static_cast<void>(world.driver.take());
    world.live(11s);
    EXPECT_TRUE(world.errors.empty());
    EXPECT_FALSE(world.client.async_add_subscription("aeron:ipc", StreamId{1}).poll().has_value());
}

TEST(Requests, ACloseThatFindsTheRingFullIsSentLater) {
    World world;
    auto publication = world.publication();
    while (world.driver.ring.write(0x06, std::vector<std::byte>(1000)) == shm::RingWrite::written) {
    }
    while (world.driver.ring.write(0x06, std::vector<std::byte>(16)) == shm::RingWrite::written) {
    }
    publication.close();
    EXPECT_TRUE(publication.is_closed());
    for (int i = 0; i < 10; ++i) static_cast<void>(world.driver.take());
    world.client.do_work();
    EXPECT_EQ(types(world.driver.take()), std::vector{control::CommandType::remove_publication});
}

TEST(Requests, AnOverlongChannelIsRefusedHere) {
    World world;
    const std::string channel(9000, 'x');
    EXPECT_EQ(error_of([&] { static_cast<void>(world.client.async_add_publication(channel, StreamId{1})); }).code(),
              ErrorCode::invalid_argument);
}

TEST(Requests, ALogThatIsNoneFailsThePublicationAndTellsTheDriver) {
    World world;
    auto pending = world.client.async_add_exclusive_publication("aeron:ipc", StreamId{10});
    static_cast<void>(world.driver.take());
    const std::string path = world.driver.directory() + "/broken.logbuffer";
    { auto file = os::MappedFile::create(path, 200704); }
    world.driver.tell(control::PublicationReady{true, pending.registration_id(), pending.registration_id(),
                                                SessionId{1}, StreamId{10}, CounterId{1}, no_counter, path});
    world.client.do_work();
    const Error error = error_of([&] { static_cast<void>(pending.poll()); });
    EXPECT_EQ(error.code(), ErrorCode::incompatible);
    EXPECT_THAT(error.what(), HasSubstr("cannot add exclusive publication aeron:ipc on stream 10: " + path +
                                        " is no log: term length 0"));
    const auto commands = world.driver.take();
    ASSERT_EQ(types(commands), std::vector{control::CommandType::remove_publication});
    EXPECT_TRUE(commands[0].as<control::RemovePublication>().revoke);
}

TEST(Requests, ASharedLogThatCannotBeMappedIsGivenBackWithoutEndingItForTheOthers) {
    World world;
    auto pending = world.client.async_add_publication("aeron:ipc", StreamId{10});
    static_cast<void>(world.driver.take());
    const std::string path = world.driver.directory() + "/broken.logbuffer";
    { auto file = os::MappedFile::create(path, 200704); }
    world.driver.tell(control::PublicationReady{false, pending.registration_id(), CorrelationId{77}, SessionId{1},
                                                StreamId{10}, CounterId{1}, no_counter, path});
    world.client.do_work();
    EXPECT_EQ(error_of([&] { static_cast<void>(pending.poll()); }).code(), ErrorCode::incompatible);
    const auto commands = world.driver.take();
    ASSERT_EQ(types(commands), std::vector{control::CommandType::remove_publication});
    EXPECT_FALSE(commands[0].as<control::RemovePublication>().revoke);
}

TEST(Requests, ACounterBeyondAllIsRefused) {
    World world;
    auto pending = world.client.async_add_publication("aeron:ipc", StreamId{10});
    auto& stream = world.driver.make_stream(CorrelationId{900}, StreamId{10}, "aeron:ipc");
    world.driver.tell(control::PublicationReady{false, pending.registration_id(), stream.id, stream.session,
                                                stream.stream, CounterId{512}, no_counter, stream.path});
    world.client.do_work();
    EXPECT_THAT(error_of([&] { static_cast<void>(pending.poll()); }).what(), HasSubstr("counter 512"));
}

TEST(Requests, SessionIdsComeFromADriverThatKnowsHow) {
    World world;
    auto chance = world.client.async_next_session_id(StreamId{5});
    EXPECT_TRUE(chance.poll().has_value());  // an older driver: a random one, at once
    EXPECT_TRUE(world.driver.take().empty());
    world.driver.support_session_ids();
    auto asked = world.client.async_next_session_id(StreamId{5});
    EXPECT_FALSE(asked.poll().has_value());
    world.step();
    EXPECT_EQ(asked.poll(), SessionId{4242});
}

TEST(Requests, DestinationsAreOfTheOriginalPublication) {
    World world;
    auto first = world.publication();
    auto second = world.publication();
    auto added = second.async_add_destination("aeron:udp?endpoint=localhost:1");
    auto commands = world.driver.respond();
    ASSERT_EQ(commands.size(), 1U);
    auto add = commands[0].as<control::ChangeDestination>();
    EXPECT_EQ(add.change, control::DestinationChange::add_send);
    EXPECT_EQ(add.registration_id, first.constants().registration_id);
    EXPECT_EQ(add.channel, "aeron:udp?endpoint=localhost:1");
    world.client.do_work();
    const auto destination = added.poll();
    ASSERT_TRUE(destination.has_value());
    auto removed = second.async_remove_destination(*destination);
    commands = world.driver.respond();
    EXPECT_EQ(commands[0].as<control::RemoveDestinationById>().destination_id, *destination);
    EXPECT_EQ(commands[0].as<control::RemoveDestinationById>().registration_id, first.constants().registration_id);
    world.client.do_work();
    EXPECT_TRUE(removed.poll().has_value());

    auto subscription = world.subscription();
    auto listened = subscription.async_add_destination("aeron:udp?endpoint=localhost:2");
    commands = world.driver.respond();
    EXPECT_EQ(commands[0].as<control::ChangeDestination>().change, control::DestinationChange::add_receive);
    EXPECT_EQ(commands[0].as<control::ChangeDestination>().registration_id, subscription.registration_id());
    world.client.do_work();
    EXPECT_TRUE(listened.poll().has_value());
    subscription.close();
    EXPECT_EQ(error_of([&] { subscription.add_destination("aeron:udp?endpoint=localhost:2"); }).code(),
              ErrorCode::closed);
}

TEST(Requests, LocalAddressesAreThoseOfTheChannelsSockets) {
    World world;
    auto& stream = world.driver.make_stream(CorrelationId{900}, StreamId{10}, "aeron:udp?control=localhost:0");
    const auto status = world.driver.counters.allocate({.type_id = 6, .label = "snd-channel", .initial_value = 1},
                                                       world.driver.clock.moment());
    std::vector<std::byte> key(112);
    const std::string address = "127.0.0.1:40123";
    const auto length = static_cast<std::int32_t>(address.size());
    std::memcpy(key.data(), &status->value, 4);
    std::memcpy(key.data() + 4, &length, 4);
    std::memcpy(key.data() + 8, address.data(), address.size());
    static_cast<void>(world.driver.counters.allocate(
        {.type_id = 14, .key = key, .label = "local-sockaddr", .initial_value = 1}, world.driver.clock.moment()));
    auto pending = world.client.async_add_publication("aeron:udp?control=localhost:0", StreamId{10});
    world.driver.tell(control::PublicationReady{false, pending.registration_id(), stream.id, stream.session,
                                                stream.stream, stream.limit, *status, stream.path});
    world.client.do_work();
    auto publication = pending.poll();
    EXPECT_EQ(publication->local_addresses(), std::vector{address});
    world.driver.counters.value(*status).store_release(-1);
    EXPECT_EQ(publication->channel_status(), ChannelStatus::errored);
    EXPECT_TRUE(publication->local_addresses().empty());
}

TEST(Requests, UnreadableEventsAreReportedAndDoNoHarm) {
    World world;
    world.driver.tell_raw(0x0F99, 16);
    world.driver.tell_raw(0x0F03, 4);
    world.client.do_work();
    ASSERT_EQ(world.errors.size(), 2U);
    EXPECT_EQ(world.errors[0].code(), ErrorCode::unknown_command);
    EXPECT_EQ(world.errors[1].code(), ErrorCode::malformed_command);
    EXPECT_FALSE(world.client.is_closed());
}

}  // namespace
}  // namespace gale::client::testing
