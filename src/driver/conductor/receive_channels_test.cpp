// Which subscriptions share a socket, what they must agree on, and what others see of it.
#include "driver/conductor/network_puppet_test.hpp"

namespace gale::testing {
namespace {

using control::CounterType;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

class ReceiveChannelsTest : public NetworkTest {
protected:
    CorrelationId change(CorrelationId subscription, std::string_view uri,
                         control::DestinationChange how = control::DestinationChange::add_receive) {
        const auto id =
            client.ask(control::ChangeDestination{.change = how, .registration_id = subscription, .channel = uri});
        settle();
        return id;
    }
};

TEST_F(ReceiveChannelsTest, ShowWhereTheyAreBound) {
    const Listening listening = listen(client, "aeron:udp?endpoint=127.0.0.1:0");
    const auto status = counter(CounterType::receive_channel_status).value();
    EXPECT_EQ(status.id, listening.status);
    EXPECT_EQ(status.value, 1);
    EXPECT_EQ(status.registration_id, listening.id.value);
    EXPECT_EQ(status.label, "rcv-channel: aeron:udp?endpoint=127.0.0.1:0 127.0.0.1:50000");
    const auto address = counter(CounterType::local_socket_address).value();
    EXPECT_EQ(address.value, 1);
    EXPECT_EQ(address.label, "rcv-local-sockaddr: " + std::to_string(listening.status.value) + " 127.0.0.1:50000");
}

TEST_F(ReceiveChannelsTest, AreSharedByTheSameText) {
    const Listening one = listen(client);
    const Listening two = listen(client, "aeron:udp?endpoint=127.0.0.1:40123|alias=other", StreamId{11});
    EXPECT_EQ(one.status, two.status);
    EXPECT_EQ(network.open_sockets(), 1);
    remove_subscription(client, one.id);
    settle();
    EXPECT_EQ(network.open_sockets(), 1);
    remove_subscription(client, two.id);
    settle();
    EXPECT_EQ(network.open_sockets(), 0);
}

// A client dies that has more subscriptions than a mailbox has room for.
TEST_F(ReceiveChannelsTest, CountTheCommandsThatTheReceiverHadNoRoomFor) {
    Puppet greedy{driver};
    for (int stream = 0; stream < 1100; ++stream) greedy.ask(add_subscription(channel, StreamId{stream}));
    settle();
    EXPECT_EQ(driver.value(control::SystemCounter::receiver_proxy_fails), 0);
    EXPECT_EQ(network.open_sockets(), 1);
    greedy.die();
    driver.pass(12s, 1s);
    settle();
    EXPECT_GT(driver.value(control::SystemCounter::receiver_proxy_fails), 0);
    EXPECT_EQ(driver.value(control::SystemCounter::sender_proxy_fails), 0);
    driver.step(100);
    EXPECT_EQ(network.open_sockets(), 0) << "none of them was lost";
}

TEST_F(ReceiveChannelsTest, UseTheOffloadsUnlessTheyAreSwitchedOff) {
    listen(client);
    EXPECT_TRUE(network.sockets.back().spec.segmentation_offload);
    EXPECT_TRUE(network.sockets.back().spec.receive_offload);
}

class WithoutOffloads : public NetworkTest {
protected:
    static DriverOptions options() {
        DriverOptions without = small_options();
        without.segmentation_offload = without.receive_offload = false;
        without.driver_connect = false;  // the scripted transport is told where each datagram goes
        return without;
    }
    WithoutOffloads() : NetworkTest{options()} {}
};

TEST_F(WithoutOffloads, NeitherEndAsksForThem) {
    listen(client);
    EXPECT_FALSE(network.sockets.back().spec.segmentation_offload);
    EXPECT_FALSE(network.sockets.back().spec.receive_offload);
    client.ask(add_publication("aeron:udp?endpoint=127.0.0.1:40999", stream_10));
    settle();
    ASSERT_EQ(network.sockets.size(), 2U);
    EXPECT_FALSE(network.sockets.back().spec.segmentation_offload);
    EXPECT_FALSE(network.sockets.back().spec.receive_offload);
}

TEST_F(ReceiveChannelsTest, TakeSpiesAndSharedMemoryAsDestinationsIfTheyTakeAny) {
    constexpr std::string_view spy = "aeron-spy:aeron:udp?endpoint=127.0.0.1:40123";
    const Listening plain = listen(client);
    EXPECT_THAT(client.error_to(change(plain.id, spy)), StartsWith("1 "));
    EXPECT_THAT(client.error_to(change(plain.id, "aeron:ipc")), StartsWith("1 "));
    EXPECT_THAT(client.error_to(change(CorrelationId{4711}, spy)), StartsWith("2 "));
    const Listening manual = listen(client, "aeron:udp?control-mode=manual");
    EXPECT_THAT(client.error_to(change(manual.id, "aeron-spy:aeron:ipc")), StartsWith("1 "));
    EXPECT_THAT(client.error_to(change(manual.id, spy, control::DestinationChange::remove_receive)),
                AllOf(StartsWith("2 "), HasSubstr(spy)));
    const auto added = change(manual.id, spy);
    EXPECT_TRUE(
        client.take_first<control::OperationSucceeded>([&](const auto& e) { return e.correlation_id == added; }));
    EXPECT_EQ(driver.counters_of(CounterType::local_socket_address), 1) << "it needs no socket of its own";
}

TEST_F(ReceiveChannelsTest, OfNoAddressAreNeverSharedUnlessTagged) {
    listen(client, "aeron:udp?endpoint=127.0.0.1:0");
    listen(client, "aeron:udp?endpoint=127.0.0.1:0");
    EXPECT_EQ(network.open_sockets(), 2);
    listen(client, "aeron:udp?endpoint=127.0.0.1:0|tags=5");
    listen(client, "aeron:udp?endpoint=127.0.0.1:0|tags=5");
    listen(client, "aeron:udp?tags=5");
    EXPECT_EQ(network.open_sockets(), 3);
    EXPECT_THAT(refusal(client, "aeron:udp?endpoint=127.0.0.1:1234|tags=5"), StartsWith("11 "));
}

TEST_F(ReceiveChannelsTest, ClosingAskToBeTriedAgain) {
    const Listening one = listen(client);
    client.say(control::RemoveSubscription{.registration_id = one.id});
    const auto id = client.ask(add_subscription(channel, stream_10));
    EXPECT_THAT(client.error_to(id), StartsWith("10 "));
    settle();
    EXPECT_TRUE(try_listen(client, channel));
}

TEST_F(ReceiveChannelsTest, TellWhatTheSystemRefuses) {
    listen(client);
    EXPECT_THAT(refusal(client, "aeron:udp?endpoint=127.0.0.1:40123|interface=127.0.0.1"), StartsWith("11 "));
    EXPECT_EQ(driver.counters_of(CounterType::receive_channel_status), 1);
}

TEST_F(ReceiveChannelsTest, AreNotSharedByThoseWhoDisagree) {
    listen(client);
    EXPECT_THAT(refusal(client, "aeron:udp?endpoint=127.0.0.1:40123|reliable=false"), HasSubstr("reliable=false"));
    EXPECT_THAT(refusal(client, "aeron:udp?endpoint=127.0.0.1:40123|rejoin=false"), HasSubstr("rejoin=false"));
    EXPECT_THAT(refusal(client, "aeron:udp?endpoint=127.0.0.1:40123|so-rcvbuf=256k"), HasSubstr("so-rcvbuf"));
    EXPECT_THAT(refusal(client, "aeron:udp?endpoint=127.0.0.1:40123|media-rcv-ts-offset=8"),
                HasSubstr("media-rcv-ts-offset"));
    EXPECT_TRUE(try_listen(client, "aeron:udp?endpoint=127.0.0.1:40123|reliable=false", StreamId{11}));
    EXPECT_EQ(network.open_sockets(), 1);
}

TEST_F(ReceiveChannelsTest, ListenToGroupsAndAnswerBesideThem) {
    listen(client, "aeron:udp?endpoint=224.20.30.39:40456|interface=10.1.0.0/16|ttl=3");
    const auto& spec = network.sockets.back().spec;
    EXPECT_EQ(net::to_string(spec.group.value()), "224.20.30.39:40456");
    EXPECT_EQ(spec.ttl, 3);
    receive(setup_frame());
    ASSERT_FALSE(socket().sent.empty());
    EXPECT_EQ(net::to_string(socket().sent.front().to), "224.20.30.40:40456");
}

TEST_F(ReceiveChannelsTest, WithAControlAskForSetUpsThere) {
    listen(client, "aeron:udp?endpoint=127.0.0.1:40123|control=127.0.0.1:40200");
    const auto questions = sent<wire::StatusMessage>();
    ASSERT_THAT(questions, Not(IsEmpty()));
    EXPECT_EQ(questions.front().common.flags, wire::StatusMessage::send_setup);
    driver.pass(2'500ms, 100ms);
    EXPECT_EQ(sent<wire::StatusMessage>().size(), 2U);
}

TEST_F(ReceiveChannelsTest, FollowTheNameOfTheirControl) {
    network.names["control.example"] = "127.0.0.7";
    listen(client, "aeron:udp?endpoint=127.0.0.1:40123|control=control.example:40200");
    network.names["control.example"] = "127.0.0.8";
    driver.pass(7s, 100ms);
    EXPECT_EQ(net::to_string(socket().sent.front().to), "127.0.0.7:40200");
    EXPECT_EQ(net::to_string(socket().sent.back().to), "127.0.0.8:40200");
    EXPECT_EQ(driver.value(control::SystemCounter::resolution_changes), 1);
}

TEST_F(ReceiveChannelsTest, OfAnUnknownHostAreRefused) {
    EXPECT_THAT(refusal(client, "aeron:udp?endpoint=nowhere.example:40123"), StartsWith("9 "));
}

TEST_F(ReceiveChannelsTest, TellTheirClientsWhenTheyFail) {
    const Listening listening = listen(client);
    socket().error = 111;
    settle();
    const auto told = client.take_first<control::ErrorEvent>([](const auto&) { return true; });
    ASSERT_TRUE(told);
    EXPECT_EQ(told->as<control::ErrorEvent>()->code, ErrorCode::channel_endpoint_error);
    EXPECT_EQ(told->as<control::ErrorEvent>()->correlation_id.value, listening.status.value);
    socket().error = 111;
    settle();
    EXPECT_FALSE(client.take_first<control::ErrorEvent>([](const auto&) { return true; }));
}

TEST_F(ReceiveChannelsTest, TakeDestinationsOneAfterTheOther) {
    const Listening listening = listen(client, "aeron:udp?control-mode=manual");
    EXPECT_EQ(network.open_sockets(), 0);
    const auto first = change(listening.id, "aeron:udp?endpoint=127.0.0.1:40001");
    const auto second = change(listening.id, "aeron:udp?endpoint=127.0.0.1:40002");
    EXPECT_THAT(client.take_lines(),
                ElementsAre(line("COUNTER_READY", client.id().value), line("SUCCESS", first), line("SUCCESS", second)));
    EXPECT_EQ(network.open_sockets(), 2);
    EXPECT_EQ(driver.counters_of(CounterType::local_socket_address), 2);
    receive(setup_frame());
    const Image image = image_of(client, listening.id);
    receive(frame_at(0, 1024), 1);
    receive(frame_at(1024, 1024));
    EXPECT_EQ(image.poll().size(), 2U);
    change(listening.id, "aeron:udp?endpoint=127.0.0.1:40001", control::DestinationChange::remove_receive);
    EXPECT_EQ(network.open_sockets(), 1);
    EXPECT_EQ(driver.counters_of(CounterType::local_socket_address), 1);
}

TEST_F(ReceiveChannelsTest, AskToTryAgainWhenADestinationComesBackBeforeItsSocketIsClosed) {
    constexpr std::string_view place = "aeron:udp?endpoint=127.0.0.1:40001";
    const Listening listening = listen(client, "aeron:udp?control-mode=manual");
    change(listening.id, place);
    client.say(control::ChangeDestination{
        .change = control::DestinationChange::remove_receive, .registration_id = listening.id, .channel = place});
    const auto id = client.ask(control::ChangeDestination{
        .change = control::DestinationChange::add_receive, .registration_id = listening.id, .channel = place});
    EXPECT_THAT(client.error_to(id), StartsWith("10 "));
    settle();
    change(listening.id, place);
    EXPECT_EQ(network.open_sockets(), 1);
}

TEST_F(ReceiveChannelsTest, RefuseDestinationsThatCannotBe) {
    const Listening plain = listen(client);
    const Listening manual = listen(client, "aeron:udp?control-mode=manual");
    EXPECT_THAT(client.error_to(change(plain.id, "aeron:udp?endpoint=127.0.0.1:40001")), StartsWith("1 "));
    EXPECT_THAT(client.error_to(change(CorrelationId{12345}, "aeron:udp?endpoint=127.0.0.1:40001")), StartsWith("2 "));
    EXPECT_THAT(client.error_to(change(manual.id, "aeron:udp?endpoint=127.0.0.1:40001|mtu=1408")), StartsWith("1 "));
    change(manual.id, "aeron:udp?endpoint=127.0.0.1:40001");
    EXPECT_THAT(client.error_to(change(manual.id, "aeron:udp?endpoint=127.0.0.1:40001")), StartsWith("11 "));
    client.take();
    const auto removed =
        change(manual.id, "aeron:udp?endpoint=127.0.0.1:49999", control::DestinationChange::remove_receive);
    EXPECT_THAT(client.take_lines(), ElementsAre(line("SUCCESS", removed)));
}

TEST_F(ReceiveChannelsTest, ForResponsesHearNothingUntilTheSessionIsKnown) {
    const Listening listening =
        listen(client, "aeron:udp?control-mode=response|control=127.0.0.1:40200|endpoint=127.0.0.1:40123");
    receive(setup_frame());
    EXPECT_FALSE(take_image(client, listening.id));
    EXPECT_EQ(network.open_sockets(), 1);
    remove_subscription(client, listening.id);
    settle();
    EXPECT_EQ(network.open_sockets(), 0);
}

class WildcardPorts : public NetworkTest {
protected:
    WildcardPorts()
        : NetworkTest{[] {
              DriverOptions options = small_options();
              options.receiver_wildcard_port_range = "20000 20001";
              return options;
          }()} {}
};

TEST_F(WildcardPorts, ComeFromTheRangeAndGoBackToIt) {
    const Listening one = listen(client, "aeron:udp?endpoint=127.0.0.1:0");
    EXPECT_THAT(std::string{counter(CounterType::receive_channel_status)->label}, HasSubstr("127.0.0.1:20000"));
    listen(client, "aeron:udp?endpoint=127.0.0.1:0");
    EXPECT_THAT(refusal(client, "aeron:udp?endpoint=127.0.0.1:0"), HasSubstr("no port is free"));
    remove_subscription(client, one.id);
    settle();
    EXPECT_TRUE(try_listen(client, "aeron:udp?endpoint=127.0.0.1:0"));
}

}  // namespace
}  // namespace gale::testing
