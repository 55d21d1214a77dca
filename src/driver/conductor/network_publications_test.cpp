// Publications to the network on a simulated one: what clients are told, what leaves, and how all of it ends.
#include "driver/conductor/streams_test.hpp"
#include "wire/frames.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cstring>

namespace gale::testing {
namespace {

using control::CounterType;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr std::string_view channel = "aeron:udp?endpoint=10.0.0.2:4000";

template <class Frame> std::span<const std::byte> bytes_of(const Frame& frame) {
    return std::as_bytes(std::span{&frame, 1});
}

/// A socket on another machine, which hears a publication and answers it.
class Far {
public:
    Far(TestDriver& driver, const std::string& address, std::uint16_t port = 4000)
        : transport_{driver.world()
                         .add_host("far-" + address, {address})
                         .open({.local = {.ip = channel::parse_ip(address).value(), .port = port}})} {}

    /// What came since this was asked last: `SETUP 0`, `DATA 0 132`, `HEARTBEAT 160`, with `e` at the end of a stream.
    std::vector<std::string> take(const Publication& publication) {
        std::vector<std::string> lines;
        transport_->receive(
            [&](std::span<const net::Received> batch) {
                for (const net::Received& each : batch) {
                    driver_address_ = each.source;
                    lines.push_back(line_of(each.bytes, publication));
                }
            },
            1000);
        return lines;
    }
    void status(const Publication& publication, std::int64_t position, std::int32_t window = 16 * 1024,
                std::uint8_t flags = 0) {
        const auto place = publication.log().geometry().place(Position{position});
        wire::StatusMessage message{.session_id = publication.session,
                                    .stream_id = publication.stream,
                                    .term_id = place.term_id,
                                    .term_offset = place.offset,
                                    .window = window,
                                    .receiver_id = 77};
        message.common.flags = flags;
        send(bytes_of(message));
    }
    void reject(const Publication& publication, std::string_view why) {
        wire::ErrorFrame frame{.session_id = publication.session,
                               .stream_id = publication.stream,
                               .receiver_id = 77,
                               .code = 13,
                               .text_length = static_cast<std::int32_t>(why.size())};
        frame.common.frame_length = static_cast<std::int32_t>(sizeof(frame) + why.size());
        std::vector<std::byte> bytes(sizeof(frame) + why.size());
        std::memcpy(bytes.data(), &frame, sizeof(frame));
        std::memcpy(bytes.data() + sizeof(frame), why.data(), why.size());
        send(bytes);
    }

private:
    void send(std::span<const std::byte> bytes) {
        const net::Datagram datagram{bytes};
        EXPECT_EQ(transport_->send({&datagram, 1}, &driver_address_.value()), 1);
    }
    static std::string line_of(std::span<const std::byte> bytes, const Publication& publication) {
        wire::CommonHeader common;
        std::memcpy(&common, bytes.data(), sizeof(common));
        const auto& geometry = publication.log().geometry();
        if (common.type == wire::FrameType::setup) {
            wire::Setup setup;
            std::memcpy(&setup, bytes.data(), sizeof(setup));
            EXPECT_EQ(SessionId{setup.session_id}, publication.session);
            return "SETUP " + std::to_string(geometry.position({setup.active_term_id, setup.term_offset}).value);
        }
        wire::DataHeader data;
        std::memcpy(&data, bytes.data(), sizeof(data));
        EXPECT_EQ(SessionId{data.session_id}, publication.session);
        const std::string at = std::to_string(geometry.position({data.term_id, data.term_offset}).value);
        const std::string end = (common.flags & wire::flags::end_of_stream) != 0 ? " e" : "";
        if (common.frame_length == 0) return "HEARTBEAT " + at + end;
        return "DATA " + at + " " + std::to_string(bytes.size());
    }

    std::unique_ptr<net::Transport> transport_;
    std::optional<net::SocketAddress> driver_address_;
};

class NetworkPublications : public ::testing::Test {
protected:
    [[nodiscard]] static std::optional<CounterId> counter(const Publication& publication, CounterType type) {
        return publication.counter(type);
    }
    [[nodiscard]] std::string label(CounterType type) const {
        std::string label;
        driver.counters().for_each([&](const shm::CounterView& c) {
            if (c.type_id == static_cast<std::int32_t>(type)) label = c.label;
        });
        return label;
    }
    /// Added, set up, with a receiver that takes 16 KiB.
    Publication connect(std::string_view to = channel) {
        const auto publication = publish(client, to);
        driver.step();
        EXPECT_THAT(far.take(publication), ElementsAre("SETUP 0"));
        far.status(publication, 0);
        driver.step(2);
        EXPECT_TRUE(publication.connected());
        return publication;
    }

    TestDriver driver;
    Puppet client{driver};
    Far far{driver, "10.0.0.2"};
};

TEST_F(NetworkPublications, SendWhatTheirReceiverTakes) {
    const auto publication = publish(client, channel);
    EXPECT_EQ(publication.limit(), 0);
    EXPECT_FALSE(publication.connected());
    driver.step();
    EXPECT_THAT(far.take(publication), ElementsAre("SETUP 0"));
    far.status(publication, 0);
    driver.step(2);
    EXPECT_TRUE(publication.connected());
    EXPECT_EQ(publication.limit(), 32 * 1024);
    EXPECT_EQ(publication.offer(message(1, 100)).position(), Position{160});
    driver.step();
    EXPECT_THAT(far.take(publication), ::testing::Contains("DATA 0 160"));
    driver.step();
    EXPECT_EQ(driver.value(*publication.counter(CounterType::sender_position)), 160);
    EXPECT_EQ(driver.value(*publication.counter(CounterType::publisher_position)), 160);
    EXPECT_EQ(driver.value(*publication.counter(CounterType::sender_limit)), 16 * 1024);
}

TEST_F(NetworkPublications, GoAroundTheirLogForAsLongAsTheyAreRead) {
    const auto publication = connect();
    std::int64_t at = 0;
    for (int i = 0; i < 3000; ++i) {
        const auto result = publication.offer(message(i, 1000));
        if (result) at = result.position().value;
        driver.step();
        static_cast<void>(far.take(publication));
        far.status(publication, driver.value(*publication.counter(CounterType::sender_position)));
        driver.step();
    }
    EXPECT_GT(at, 10 * 3 * 64 * 1024);
    driver.step(2);
    EXPECT_EQ(driver.value(*publication.counter(CounterType::sender_position)), publication.position());
    EXPECT_THAT(driver.errors(), IsEmpty());
}

// Slices of 2 MiB, one each cycle.
TEST_F(NetworkPublications, LetConcurrentPublishersIntoTermsThatHaveAllTheirStorage) {
    const auto many = connect(std::string{channel} + "|term-length=64m");
    EXPECT_EQ(many.limit(), 0);
    driver.step(64 / 2);
    EXPECT_EQ(many.limit(), 32 * 1024 * 1024);
}

TEST_F(NetworkPublications, LetAnExclusivePublisherGoAsFarAsThereIsStorage) {
    const auto alone = publish_exclusively(client, std::string{channel} + "|term-length=64m");
    driver.step();
    EXPECT_THAT(far.take(alone), ElementsAre("SETUP 0"));
    far.status(alone, 0);
    driver.step(2);
    EXPECT_GT(alone.limit(), 0);
}

TEST_F(NetworkPublications, HaveTheCountersOfAeron) {
    const auto publication = connect("aeron:udp?endpoint=10.0.0.2:4000|session-id=9");
    const std::string rest =
        ": " + std::to_string(publication.id.value) + " 9 7 " + "aeron:udp?endpoint=10.0.0.2:4000|session-id=9";
    EXPECT_EQ(label(CounterType::publisher_limit), "pub-lmt" + rest);
    EXPECT_EQ(label(CounterType::sender_position), "snd-pos" + rest);
    EXPECT_EQ(label(CounterType::sender_limit), "snd-lmt" + rest);
    EXPECT_EQ(label(CounterType::publisher_position), "pub-pos (concurrent)" + rest);
    EXPECT_EQ(label(CounterType::sender_back_pressure), "snd-bpe" + rest);
    EXPECT_EQ(label(CounterType::sender_naks_received), "snd-naks-received" + rest);
    EXPECT_THAT(label(CounterType::send_channel_status),
                StartsWith("snd-channel: aeron:udp?endpoint=10.0.0.2:4000|session-id=9 0.0.0.0:"));
    EXPECT_THAT(label(CounterType::local_socket_address),
                StartsWith("snd-local-sockaddr: " + std::to_string(publication.status_counter.value) + " 0.0.0.0:"));
    EXPECT_EQ(driver.value(publication.status_counter), 1);
    EXPECT_EQ(driver.counters_of(CounterType::flow_control_receivers), 0);
}

TEST_F(NetworkPublications, SayWhereTheyEndAndGoWhenTheyHaveLingered) {
    const auto publication = connect();
    static_cast<void>(far.take(publication));
    ASSERT_TRUE(publication.offer(message(1, 100)));
    ASSERT_TRUE(remove(client, publication));
    driver.step(2);
    EXPECT_EQ(publication.end_of_stream(), 160);
    EXPECT_THAT(far.take(publication), ElementsAre("DATA 0 160", "HEARTBEAT 160 e"));
    driver.pass(4s);
    EXPECT_EQ(driver.log_files(), 1);
    driver.pass(4s);
    EXPECT_EQ(driver.log_files(), 0);
    EXPECT_EQ(driver.counters_of(CounterType::sender_position), 0);
    EXPECT_EQ(driver.counters_of(CounterType::send_channel_status), 0);
    EXPECT_EQ(driver.counters_of(CounterType::local_socket_address), 0);
}

TEST_F(NetworkPublications, DoNotLingerForAReceiverThatSaidItGoes) {
    const auto publication = connect();
    ASSERT_TRUE(remove(client, publication));
    driver.step(2);
    far.status(publication, 0, 0, wire::StatusMessage::end_of_stream);
    driver.pass(2s);
    EXPECT_EQ(driver.log_files(), 0);
}

TEST_F(NetworkPublications, EndWithTheirClient) {
    connect();
    Puppet other{driver};
    client.die();
    driver.pass(30s, 500ms);
    EXPECT_EQ(driver.log_files(), 0);
    EXPECT_EQ(driver.counters_of(CounterType::send_channel_status), 0);
}

TEST_F(NetworkPublications, AreRevokedAtOnce) {
    const auto spy = subscribe(client, "aeron-spy:" + std::string{channel});
    const auto publication = connect();
    const auto image = image_of(client, spy);
    ASSERT_TRUE(remove(client, publication, true));
    EXPECT_TRUE(client.take_first<control::UnavailableImage>(
        [&](const auto& e) { return e.image_correlation_id == image.id; }));
    EXPECT_EQ(driver.value(control::SystemCounter::publications_revoked), 1);
    EXPECT_FALSE(publication.connected());
    driver.step(2);
    EXPECT_THAT(far.take(publication), ::testing::Contains("HEARTBEAT 0 e"));
}

TEST_F(NetworkPublications, AreReadWhereTheyLieBySpies) {
    const auto publication = connect();
    const auto image = image_of(client, subscribe(client, "aeron-spy:" + std::string{channel}));
    EXPECT_EQ(image.id, publication.id);
    ASSERT_TRUE(publication.offer(message(1, 100)));
    driver.step(2);
    EXPECT_EQ(image.poll(), only(message(1, 100)));
    EXPECT_TRUE(remove_subscription(client, image.subscription));
    EXPECT_EQ(driver.counters_of(CounterType::subscriber_position), 0);
}

// One subscription hears what is sent from here, what lies in shared memory, and each of them for as long as it likes.
TEST_F(NetworkPublications, AreReadBySubscriptionsThatHaveASpyAmongTheirDestinations) {
    const std::string spy = "aeron-spy:" + std::string{channel};
    const auto change = [&](control::DestinationChange how, CorrelationId subscription, std::string_view uri) {
        return client.ask(control::ChangeDestination{.change = how, .registration_id = subscription, .channel = uri});
    };
    using enum control::DestinationChange;
    const auto lost = [&](const Image& image) {
        return client.take_first<control::UnavailableImage>([&](const auto& e) {
            return e.image_correlation_id == image.id && e.subscription_id == image.subscription;
        });
    };
    const auto publication = connect();
    const auto in_memory = publish(client, "aeron:ipc");
    const auto elsewhere = publish(client, channel, StreamId{8});
    const auto subscription = subscribe(client, "aeron:udp?control-mode=manual");
    EXPECT_EQ(client.error_to(change(add_receive, subscription, spy)), "");
    const auto sent = image_of(client, subscription);
    EXPECT_EQ(sent.id, publication.id);
    EXPECT_EQ(client.error_to(change(add_receive, subscription, "aeron:ipc")), "");
    const auto kept = image_of(client, subscription);
    EXPECT_EQ(kept.id, in_memory.id);
    EXPECT_FALSE(take_image(client, subscription)) << "of its stream only";

    ASSERT_TRUE(publication.offer(message(1, 100)));
    ASSERT_TRUE(in_memory.offer(message(2, 100)));
    driver.step(2);
    EXPECT_EQ(sent.poll(), only(message(1, 100)));
    EXPECT_EQ(kept.poll(), only(message(2, 100)));

    EXPECT_THAT(client.error_to(change(remove_receive, subscription, spy + "|alias=other")), StartsWith("2 "));
    EXPECT_EQ(client.error_to(change(remove_receive, subscription, spy)), "");
    EXPECT_TRUE(lost(sent));
    EXPECT_FALSE(lost(kept));
    EXPECT_EQ(client.error_to(change(add_receive, subscription, spy)), "");
    const auto again = image_of(client, subscription);
    EXPECT_EQ(again.id, publication.id);
    EXPECT_TRUE(remove_subscription(client, subscription)) << "with all that it listened to";
    EXPECT_EQ(driver.counters_of(CounterType::subscriber_position), 0);
}

TEST_F(NetworkPublications, WithASpyOnlyAreConnectedWhenTheChannelSaysSo) {
    const std::string simulated = std::string{channel} + "|ssc=true";
    const auto publication = publish(client, simulated);
    driver.pass(2s);
    EXPECT_FALSE(publication.connected());
    const auto image = image_of(client, subscribe(client, "aeron-spy:" + simulated));
    driver.step(2);
    EXPECT_TRUE(publication.connected());
    for (int i = 0; i < 500; ++i) {
        // At the end of a term the first attempt only turns the page.
        ASSERT_TRUE(publication.offer(message(i, 1000)) || publication.offer(message(i, 1000))) << i;
        auto read = image.poll();
        if (read.empty()) read = image.poll();
        EXPECT_EQ(read, only(message(i, 1000)));
        driver.step(2);
    }
}

TEST_F(NetworkPublications, TellTheirClientsOfAReceiverThatRejects) {
    const auto publication = connect();
    far.reject(publication, "not this one");
    driver.step(2);
    const auto heard = client.take_first<control::PublicationErrorEvent>([](const auto&) { return true; });
    ASSERT_TRUE(heard);
    const auto& error = *heard->as<control::PublicationErrorEvent>();
    EXPECT_EQ(error.original_id, publication.id);
    EXPECT_EQ(error.receiver_id, 77);
    EXPECT_EQ(error.port, 4000);
    EXPECT_EQ(error.text, "not this one");
    EXPECT_TRUE(driver.has_error("not this one"));
    EXPECT_FALSE(publication.connected());
}

TEST_F(NetworkPublications, WaitForNamesWithoutHoldingOthersUp) {
    driver.world().set_name("somewhere", channel::parse_ip("10.0.0.2"));
    const auto publication = connect("aeron:udp?endpoint=somewhere:4000");
    EXPECT_THAT(client.error_to(client.ask(add_publication("aeron:udp?endpoint=nowhere:4000", stream_7))),
                ::testing::AllOf(StartsWith("9 "), HasSubstr("nowhere")));
    EXPECT_EQ(driver.counters_of(CounterType::send_channel_status), 1);
}

TEST_F(NetworkPublications, FollowANameThatLeadsElsewhere) {
    Far elsewhere{driver, "10.0.0.3"};
    driver.world().set_name("somewhere", channel::parse_ip("10.0.0.2"));
    const auto publication = connect("aeron:udp?endpoint=somewhere:4000");
    driver.world().set_name("somewhere", channel::parse_ip("10.0.0.3"));
    driver.pass(8s);
    EXPECT_THAT(elsewhere.take(publication), ::testing::Contains("HEARTBEAT 0"));
    EXPECT_EQ(driver.value(control::SystemCounter::resolution_changes), 1);
    elsewhere.status(publication, 0);
    driver.step(2);
    EXPECT_TRUE(publication.connected());
}

TEST_F(NetworkPublications, GoToEveryDestinationThatTheyAreGiven) {
    Far second{driver, "10.0.0.3"};
    const auto publication = publish(client, "aeron:udp?control-mode=manual");
    const auto change = [&](control::DestinationChange what, const char* where) {
        const auto id =
            client.ask(control::ChangeDestination{.change = what, .registration_id = publication.id, .channel = where});
        EXPECT_EQ(client.error_to(id), "");
        driver.step(2);
        return id;
    };
    using control::DestinationChange;
    change(DestinationChange::add_send, "aeron:udp?endpoint=10.0.0.2:4000");
    const auto second_id = change(DestinationChange::add_send, "aeron:udp?endpoint=10.0.0.3:4000");
    EXPECT_EQ(label(CounterType::mdc_destinations), "mdc-num-dest: aeron:udp?control-mode=manual");
    driver.pass(200ms);
    EXPECT_THAT(far.take(publication), ::testing::Contains("SETUP 0"));
    EXPECT_THAT(second.take(publication), ::testing::Contains("SETUP 0"));
    far.status(publication, 0);
    second.status(publication, 0);
    driver.step(2);
    ASSERT_TRUE(publication.offer(message(1, 100)));
    driver.step(2);
    EXPECT_THAT(far.take(publication), ::testing::Contains("DATA 0 160"));
    EXPECT_THAT(second.take(publication), ::testing::Contains("DATA 0 160"));

    const auto by_id =
        client.ask(control::RemoveDestinationById{.registration_id = publication.id, .destination_id = second_id});
    EXPECT_EQ(client.error_to(by_id), "");
    change(DestinationChange::remove_send, "aeron:udp?endpoint=10.0.0.2:4000");
    static_cast<void>(far.take(publication));
    static_cast<void>(second.take(publication));
    driver.pass(1s);
    EXPECT_THAT(far.take(publication), IsEmpty());
    EXPECT_THAT(second.take(publication), IsEmpty());
}

TEST_F(NetworkPublications, CountTheReceiversThatSetTheirPace) {
    const auto publication = publish(client, "aeron:udp?control=10.0.0.1:5000|control-mode=dynamic|fc=min");
    ASSERT_TRUE(counter(publication, CounterType::flow_control_receivers));
    EXPECT_EQ(driver.value(*counter(publication, CounterType::flow_control_receivers)), 0);
    EXPECT_THAT(label(CounterType::send_channel_status), HasSubstr(" 10.0.0.1:5000"));
}

TEST_F(NetworkPublications, GiveBackAllThatTheyTookWhenTheDriverCloses) {
    const auto publication = connect();
    subscribe(client, "aeron-spy:" + std::string{channel});
    ASSERT_TRUE(publication.offer(message(1, 100)));
    driver.driver().close();
    EXPECT_EQ(driver.log_files(), 0);
}

// A datagram as long as the mtu has to fit into the socket, its own or that of the endpoint it would share.
TEST_F(NetworkPublications, SendNoLongerDatagramsThanTheirSocketTakes) {
    const auto refusal = [&](const std::string& to) {
        return client.error_to(client.ask(add_publication(to, stream_7)));
    };
    const std::string small = std::string{channel} + "|term-length=1m|so-sndbuf=16k";
    EXPECT_THAT(refusal(small + "|mtu=32768"),
                StartsWith("11 mtu=32768: the mtu 32768 must not exceed the socket send buffer"));
    EXPECT_EQ(driver.counters_of(CounterType::send_channel_status), 0) << "nothing of it is left";
    EXPECT_EQ(refusal(small + "|mtu=16384"), "");
    EXPECT_THAT(refusal(std::string{channel} + "|term-length=1m|session-id=5|mtu=32768"),
                ::testing::AllOf(StartsWith("11 "), HasSubstr("mtu"), HasSubstr("socket send buffer of 16k")));
}

TEST_F(NetworkPublications, ThatAskForResponsesNameASubscriptionThatIsThere) {
    const auto answer_to = [&](std::int64_t id) {
        const std::string to = std::string{channel} + "|response-correlation-id=" + std::to_string(id);
        return client.error_to(client.ask(add_publication(to, stream_7)));
    };
    EXPECT_THAT(answer_to(4711),
                ::testing::AllOf(StartsWith("11 response-correlation-id=4711 in "), HasSubstr("no subscription")));
    EXPECT_EQ(driver.counters_of(CounterType::send_channel_status), 0);
    const auto over_memory = subscribe(client, "aeron:ipc");
    EXPECT_THAT(answer_to(over_memory.value), StartsWith("11 "));
    const auto listener = subscribe(client, "aeron:udp?control-mode=response|control=10.0.0.2:4001");
    EXPECT_EQ(answer_to(listener.value), "");
}

TEST(NetworkPublicationsWithFewCounters, AreRefusedWholeWhenNoneIsLeft) {
    TestDriver driver;
    Puppet client{driver};
    while (client.error_to(client.ask(control::AddCounter{.type_id = 1001, .label = "filler"})).empty()) {
    }
    EXPECT_THAT(client.error_to(client.ask(add_publication(channel, stream_7))),
                ::testing::AllOf(StartsWith("11 "), HasSubstr("counters.buffer.length")));
    EXPECT_EQ(driver.counters_of(CounterType::send_channel_status), 0);
    EXPECT_EQ(driver.log_files(), 0);
}

}  // namespace
}  // namespace gale::testing
