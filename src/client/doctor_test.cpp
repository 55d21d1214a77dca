#include "client/doctor.hpp"
#include "control/counter_types.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace gale::client {
namespace {

using control::CounterCopy;
using control::CounterType;
using control::SystemCounter;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::int64_t publication = 5;
constexpr std::int64_t image = 9;
constexpr const char* there = "aeron:udp?endpoint=10.0.0.2:4000";

/// Counters by hand, as a driver lays them out.
class Made {
public:
    Evidence evidence;

    CounterCopy& add(CounterType type, std::int64_t value, std::int64_t registration_id, std::string label = {}) {
        return evidence.counters.emplace_back(
            CounterCopy{.id = CounterId{100 + static_cast<std::int32_t>(evidence.counters.size())},
                        .type_id = static_cast<std::int32_t>(type),
                        .value = value,
                        .registration_id = registration_id,
                        .label = std::move(label)});
    }
    CounterCopy& add_stream(CounterType type, std::int64_t value, std::int64_t registration_id,
                            std::int32_t stream = 77, const std::string& channel = there) {
        const control::StreamKey key{CorrelationId{registration_id}, SessionId{-3}, StreamId{stream}, channel};
        CounterCopy& counter = add(type, value, registration_id, control::stream_label(control::name(type), key));
        counter.stream = control::StreamOfCounter{registration_id, SessionId{-3}, StreamId{stream}, channel};
        counter.channel = channel;
        return counter;
    }
    CounterCopy& add_socket(CounterType type, std::int64_t status, const std::string& channel,
                            const std::string& bound) {
        CounterCopy& counter = add(type, status, 1, std::string{control::name(type)} + ": " + channel + " " + bound);
        counter.channel = channel;
        const std::int32_t id = counter.id.value;
        add(CounterType::local_socket_address, 1, 1, "snd-local-sockaddr: " + std::to_string(id) + " " + bound);
        return evidence.counters[evidence.counters.size() - 2];
    }
    void add_system(SystemCounter which, std::int64_t value) {
        evidence.counters.push_back({.id = CounterId{static_cast<std::int32_t>(which)}, .value = value});
    }

    struct Positions {
        std::int64_t position = 0;
        std::int64_t limit = 0;
        std::int64_t sent = 0;
        std::int64_t sender_limit = 0;
    };
    /// A publication over the network.
    Made& publish(const Positions& at, bool is_connected, const std::string& channel = there) {
        add_stream(CounterType::publisher_position, at.position, publication, 77, channel);
        add_stream(CounterType::publisher_limit, at.limit, publication, 77, channel);
        add_stream(CounterType::sender_position, at.sent, publication, 77, channel);
        add_stream(CounterType::sender_limit, at.sender_limit, publication, 77, channel);
        add_stream(CounterType::sender_naks_received, 6, publication, 77, channel);
        add_stream(CounterType::sender_back_pressure, 7, publication, 77, channel);
        evidence.logs[publication] = {.is_connected = is_connected, .term_length = 65536};
        return *this;
    }
    Made& send_from(const std::string& bound, std::int64_t status = 1, const std::string& channel = there) {
        add_socket(CounterType::send_channel_status, status, channel, bound);
        return *this;
    }
    void read(std::int64_t subscription, std::int64_t position, std::int64_t what, const std::string& channel = there) {
        CounterCopy& reader = add_stream(CounterType::subscriber_position, position, subscription, 77, channel);
        reader.reference_id = what;
        reader.owner_id = 40;
    }
    /// An image with one subscription.
    Made& receive(std::int64_t highest, std::int64_t position, std::int64_t read_to) {
        add_stream(CounterType::receiver_high_water_mark, highest, image);
        add_stream(CounterType::receiver_position, position, image);
        add_stream(CounterType::receiver_naks_sent, 3, image);
        read(12, read_to, image);
        add(CounterType::client_heartbeat, 1, 40, "client-heartbeat: id=40 name=reader version=1.53.0 commit=x");
        return *this;
    }
    [[nodiscard]] Diagnosis of_publication() const { return diagnose_publication({evidence}, publication); }
    [[nodiscard]] Diagnosis of_image() const { return diagnose_image({evidence}, image); }
};

TEST(Doctor, APublicationThatIsGone) {
    EXPECT_EQ(Made{}.of_publication().finding, Finding::not_there);
    EXPECT_FALSE(Made{}.of_publication().advice.empty());
}

TEST(Doctor, AConnectedPublicationIsWell) {
    Made made;
    made.publish({.position = 4096, .limit = 32768, .sent = 4096, .sender_limit = 20480}, true)
        .send_from("10.0.0.1:33");
    const Diagnosis found = made.of_publication();
    EXPECT_TRUE(found.is_well());
    EXPECT_THAT(found.what, AllOf(HasSubstr("position 4096"), HasSubstr("16 KiB more allowed"),
                                  HasSubstr("6 times asked"), HasSubstr("7 times at the receiver's limit")));
    EXPECT_TRUE(found.advice.empty());
}

TEST(Doctor, NobodyHasAnswered) {
    Made made;
    made.publish({}, false).send_from("10.0.0.1:33");
    const Diagnosis found = made.of_publication();
    EXPECT_EQ(found.finding, Finding::no_answer);
    EXPECT_THAT(found.what, AllOf(HasSubstr("10.0.0.2:4000 from 10.0.0.1:33"), Not(HasSubstr("rejected"))));
    EXPECT_THAT(found.advice, AllOf(HasSubstr("gale sub 'aeron:udp?endpoint=10.0.0.2:4000' 77"),
                                    HasSubstr("back to 10.0.0.1:33"), Not(HasSubstr("multicast"))));
    made.add_system(SystemCounter::status_messages_rejected, 4);
    EXPECT_THAT(made.of_publication().what, HasSubstr("4 that came"));
    Made group;
    group.publish({}, false, "aeron:udp?endpoint=224.0.1.3:4000");
    EXPECT_THAT(group.of_publication().advice, HasSubstr("for multicast check interface= and ttl="));
}

TEST(Doctor, AStreamThatBeginsElsewhereIsNotTakenForOneThatWasHeard) {
    const std::string later = std::string{there} + "|term-length=64k|init-term-id=1|term-id=3|term-offset=64";
    constexpr std::int64_t start = 2 * 65536 + 64;
    Made made;
    made.publish({.position = start, .limit = start, .sent = start, .sender_limit = start}, false, later);
    EXPECT_EQ(made.of_publication().finding, Finding::no_answer);
}

TEST(Doctor, AReceiverThatFellSilent) {
    Made made;
    made.publish({.position = 640, .limit = 640, .sent = 640, .sender_limit = 131712}, false).send_from("10.0.0.1:33");
    EXPECT_EQ(made.of_publication().finding, Finding::receiver_gone);
    EXPECT_THAT(made.of_publication().what, HasSubstr("position 640"));
}

TEST(Doctor, WithoutItsLogThePublishersLimitTellsWhetherItIsConnected) {
    Made made;
    made.publish({.position = 640, .limit = 32768, .sent = 640, .sender_limit = 20480}, false);
    made.evidence.logs.clear();
    EXPECT_TRUE(made.of_publication().is_well());
    Made other;
    other.publish({}, true);
    other.evidence.logs.clear();
    EXPECT_EQ(other.of_publication().finding, Finding::no_answer);
}

TEST(Doctor, ASocketInErrorIsToldWithTheErrorLogsText) {
    Made made;
    made.publish({}, false).send_from("10.0.0.1:33", -1);
    EXPECT_EQ(made.of_publication().finding, Finding::channel_error);
    EXPECT_THAT(made.of_publication().what, HasSubstr("does not say why"));
    made.evidence.errors = {"sending to 10.0.0.2:4000 fails: an old reason", "sending to 10.0.0.2:4000 fails: no route",
                            "something else"};
    EXPECT_THAT(made.of_publication().what, HasSubstr("no route"));
    for (const std::int64_t status : {0, 2}) {
        Made waiting;
        waiting.publish({}, false).send_from("10.0.0.1:33", status);
        EXPECT_EQ(waiting.of_publication().finding, Finding::channel_not_ready) << status;
    }
}

TEST(Doctor, ThisDriverListensThereForAnotherStream) {
    Made made;
    made.publish({}, false);
    made.add_stream(CounterType::receiver_position, 0, image, 78);
    const Diagnosis found = made.of_publication();
    EXPECT_EQ(found.finding, Finding::wrong_stream);
    EXPECT_THAT(found.what, AllOf(HasSubstr("receives stream 78"), HasSubstr("subscribes to stream 77")));
}

TEST(Doctor, StatusMessagesForStreamsThatNobodyPublishes) {
    Made before, now;
    before.publish({}, false).add_system(SystemCounter::status_messages_received, 10);
    now.publish({}, false).add_system(SystemCounter::status_messages_received, 12);
    const auto finding = [&] { return diagnose_publication({now.evidence, &before.evidence}, publication).finding; };
    EXPECT_EQ(finding(), Finding::wrong_stream);
    // They may be for a publication that is connected.
    now.add_stream(CounterType::sender_position, 0, 6, 78);
    now.add_stream(CounterType::publisher_limit, 4096, 6, 78);
    EXPECT_EQ(finding(), Finding::no_answer);
}

TEST(Doctor, SeveralDestinations) {
    const auto with = [](const std::string& channel, std::int64_t count) {
        Made made;
        made.publish({}, false, channel);
        made.add(CounterType::mdc_destinations, count, 1, "mdc-num-dest: " + channel).channel = channel;
        return made.of_publication();
    };
    const std::string dynamic = "aeron:udp?control=10.0.0.1:50|control-mode=dynamic";
    const std::string manual = "aeron:udp?control-mode=manual";
    EXPECT_EQ(with(dynamic, 0).finding, Finding::no_answer);
    EXPECT_THAT(with(dynamic, 0).what, HasSubstr("announced itself at the control address 10.0.0.1:50"));
    EXPECT_EQ(with(dynamic, 2).finding, Finding::wrong_stream);
    EXPECT_THAT(with(dynamic, 2).what, AllOf(HasSubstr("2 receivers"), HasSubstr("stream 77 session -3")));
    EXPECT_EQ(with(manual, 0).finding, Finding::no_destination);
    EXPECT_EQ(with(manual, 1).finding, Finding::no_answer);
}

TEST(Doctor, ReceiversThatRefuseOrAreTooFew) {
    Made made;
    made.publish({}, false).add_stream(CounterType::flow_control_receivers, 1, publication);
    EXPECT_EQ(made.of_publication().finding, Finding::receivers_missing);
    made.evidence.errors = {"receiver 10.0.0.2:4000 rejected publication 55: not this one",
                            "receiver 10.0.0.2:4000 rejected publication 5: not wanted"};
    EXPECT_EQ(made.of_publication().finding, Finding::receiver_refused);
    EXPECT_THAT(made.of_publication().what, HasSubstr("not wanted"));
}

TEST(Doctor, AWindowOfZero) {
    Made made;
    made.publish({.position = 64, .limit = 32768}, true);
    EXPECT_EQ(made.of_publication().finding, Finding::window_closed);
}

TEST(Doctor, AReceiverElsewhereThatDoesNotKeepUp) {
    Made made;
    made.publish({.position = 65536, .limit = 65536, .sent = 32768, .sender_limit = 33024}, true);
    const Diagnosis found = made.of_publication();
    EXPECT_EQ(found.finding, Finding::slow_receiver);
    EXPECT_THAT(found.what, AllOf(HasSubstr("position 33024"), HasSubstr("32 KiB wait")));
    Made moved;
    moved.publish({.position = 69632, .limit = 69632, .sent = 36864, .sender_limit = 37120}, true);
    EXPECT_THAT(diagnose_publication({moved.evidence, &made.evidence}, publication).what,
                HasSubstr("moved on by 4 KiB meanwhile"));
    EXPECT_THAT(diagnose_publication({made.evidence, &made.evidence}, publication).what, HasSubstr("does not move"));
}

TEST(Doctor, AReceiverOfTheSameDriverNamesItsSlowReader) {
    Made made;
    made.publish({.position = 65536, .limit = 65536, .sent = 32768, .sender_limit = 32768}, true);
    made.receive(32768, 32768, 1024);
    const Diagnosis found = made.of_publication();
    EXPECT_EQ(found.finding, Finding::slow_subscriber);
    EXPECT_THAT(found.what, AllOf(HasSubstr("subscription 12 of client 40 reader"), HasSubstr("63 KiB")));
}

TEST(Doctor, ASpyThatHoldsThePublisherUp) {
    Made made;
    made.publish({.position = 65536, .limit = 65536, .sent = 65536, .sender_limit = 90000}, true);
    made.read(13, 32768, publication);
    EXPECT_EQ(made.of_publication().finding, Finding::slow_subscriber);
}

TEST(Doctor, AClosedPublicationIsKeptForThoseWhoLag) {
    Made made;
    made.publish({.position = 640}, true);
    made.evidence.logs[publication].end_of_stream = 640;
    EXPECT_EQ(made.of_publication().finding, Finding::closed);
}

TEST(Doctor, OverSharedMemory) {
    Made made;
    made.add_stream(CounterType::publisher_position, 4096, publication, 77, "aeron:ipc");
    made.add_stream(CounterType::publisher_limit, 4096, publication, 77, "aeron:ipc");
    EXPECT_EQ(made.of_publication().finding, Finding::no_subscriber);
    EXPECT_THAT(made.of_publication().advice, HasSubstr("gale sub 'aeron:ipc' 77"));
    made.read(12, 1024, publication, "aeron:ipc");
    EXPECT_EQ(made.of_publication().finding, Finding::slow_subscriber);
    made.evidence.counters.back().value = 4096;
    EXPECT_TRUE(made.of_publication().is_well());
    EXPECT_TRUE(diagnose_image({made.evidence}, publication).is_well()) << "the same log, from the other side";
}

TEST(Doctor, AnImage) {
    EXPECT_EQ(Made{}.of_image().finding, Finding::no_image);
    EXPECT_TRUE(Made{}.receive(4096, 4096, 4096).of_image().is_well());
    EXPECT_TRUE(Made{}.receive(4096, 4096, 1024).of_image().is_well()) << "a little behind is no trouble";
    const Diagnosis lossy = Made{}.receive(8192, 4096, 4096).of_image();
    EXPECT_EQ(lossy.finding, Finding::repairing);
    EXPECT_THAT(lossy.what, AllOf(HasSubstr("missing at position 4096"), HasSubstr("3 times")));
    const Diagnosis slow = Made{}.receive(1 << 20, 1 << 20, 4096).of_image();
    EXPECT_EQ(slow.finding, Finding::slow_subscriber);
    EXPECT_THAT(slow.what, HasSubstr("subscription 12 of client 40 reader"));
    const Made stuck = Made{}.receive(4096, 4096, 1024);
    EXPECT_EQ(diagnose_image({stuck.evidence, &stuck.evidence}, image).finding, Finding::slow_subscriber)
        << "a little behind, and not moving";
}

TEST(Doctor, ASubscriptionWithoutAnImage) {
    const auto listening = [](const Made& made, const std::string& channel = there,
                              Interest interest = Interest::known) {
        return diagnose_listening(made.evidence, channel, StreamId{77}, interest);
    };
    EXPECT_EQ(listening({}).finding, Finding::not_there);
    EXPECT_EQ(listening({}, "aeron:ipc").finding, Finding::no_image);
    EXPECT_THAT(listening({}, std::string{"aeron-spy:"} + there).advice,
                HasSubstr("gale pub 'aeron:udp?endpoint=10.0.0.2:4000' 77"));
    Made made;
    CounterCopy& status = made.add_socket(CounterType::receive_channel_status, 1, there, "10.0.0.2:4000");
    EXPECT_EQ(listening(made).finding, Finding::no_image);
    EXPECT_THAT(listening(made).what, HasSubstr("listens at 10.0.0.2:4000, and no set-up of stream 77 has come"));
    EXPECT_THAT(listening(made, there, Interest::assumed).what, HasSubstr("or nobody subscribes"));
    status.value = -1;
    made.evidence.errors = {"aeron:udp?endpoint=10.0.0.2:4000: the socket has gone"};
    EXPECT_EQ(listening(made).finding, Finding::channel_error);
    EXPECT_THAT(listening(made).what, HasSubstr("the socket has gone"));
    status.value = 1;
    made.add_stream(CounterType::receiver_position, 0, image, 78);
    EXPECT_EQ(listening(made).finding, Finding::wrong_stream);
    EXPECT_THAT(listening(made).what, HasSubstr("receives stream 78 there, but not stream 77"));
}

TEST(Doctor, WhereAPublisherHasToSend) {
    Made made;
    made.add_socket(CounterType::receive_channel_status, 1, "aeron:udp?endpoint=10.0.0.2:0", "10.0.0.2:41234");
    EXPECT_THAT(diagnose_listening(made.evidence, "aeron:udp?endpoint=10.0.0.2:0", {}, Interest::known).advice,
                HasSubstr("gale pub 'aeron:udp?endpoint=10.0.0.2:41234' STREAM"));
    const std::string dynamic = "aeron:udp?endpoint=10.0.0.2:0|control=10.0.0.1:50|control-mode=dynamic";
    made.add_socket(CounterType::receive_channel_status, 1, dynamic, "10.0.0.2:41235");
    EXPECT_THAT(diagnose_listening(made.evidence, dynamic, StreamId{1}, Interest::known).advice,
                HasSubstr("gale pub 'aeron:udp?control=10.0.0.1:50|control-mode=dynamic' 1"));
}

TEST(Doctor, AChannelMeansAllThatSaysAsMuch) {
    EXPECT_TRUE(is_meant(there, there));
    EXPECT_TRUE(is_meant(there, std::string{there} + "|mtu=4k"));
    EXPECT_TRUE(is_meant("aeron:udp", "aeron:udp?endpoint=a:1"));
    EXPECT_TRUE(is_meant("aeron:ipc", "aeron:ipc?term-length=64k"));
    EXPECT_FALSE(is_meant(std::string{there} + "|mtu=4k", there));
    EXPECT_FALSE(is_meant(there, "aeron:udp?endpoint=10.0.0.2:4001"));
    EXPECT_FALSE(is_meant("aeron:ipc", there));
}

}  // namespace
}  // namespace gale::client
