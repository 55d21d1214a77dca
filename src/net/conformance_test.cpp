// What every Transport promises, once for each that there is.
#include "net/conformance_lines_test.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace gale::net {
namespace {

using namespace testing;

class Conformance : public ::testing::TestWithParam<LineKind> {
protected:
    void SetUp() override {
        line_ = make_line(GetParam());
        if (!line_) GTEST_SKIP() << "this machine has no such network";
    }
    Line& line() { return *line_; }
    std::unique_ptr<Transport> open(TransportSpec spec = {}) {
        if (spec.local == SocketAddress{}) spec.local = line_->host();
        return line_->network().open(spec);
    }
    /// Bound, and connected to `peer`, which hears only us when it is connected, too.
    std::unique_ptr<Transport> open_to(const Transport& peer) {
        TransportSpec spec;
        spec.connected = peer.local_address();
        return open(spec);
    }
    /// What arrives until there are `count`, or nothing comes any more.
    std::vector<Arrival> receive(Transport& transport, std::size_t count) { return line_->receive(transport, count); }

    /// Sends all, however often that takes, and answers what came out at the other end.
    std::vector<Bytes> carry(Transport& from, Transport& to, std::span<const Datagram> batch,
                             const SocketAddress* address = nullptr) {
        std::vector<Arrival> arrivals;
        while (!batch.empty()) {
            const auto sent = static_cast<std::size_t>(from.send(batch, address));
            const auto got = receive(to, sent);
            arrivals.insert(arrivals.end(), got.begin(), got.end());
            batch = batch.subspan(sent);
            if (got.size() != sent) break;
        }
        return contents(arrivals);
    }

    std::unique_ptr<Line> line_;
};

TEST_P(Conformance, DatagramsArriveInOrderAsTheyWereCut) {
    const auto receiver = open();
    const auto sender = open_to(*receiver);
    const Train run{{1408, 1408, 1408, 96, 32, 64, 64, 1408, 32, 32, 32, 32, 4096}};
    EXPECT_EQ(carry(*sender, *receiver, run.datagrams()), run.contents());
}

TEST_P(Conformance, EveryLengthArrives) {
    const auto receiver = open();
    const auto sender = open_to(*receiver);
    for (const std::size_t length : {32UL, 64UL, 1376UL, 1408UL, 1472UL, 1504UL, 8192UL, 32736UL, 65472UL, 65504UL}) {
        const Train run{{length, length, length, length / 2}};
        EXPECT_EQ(carry(*sender, *receiver, run.datagrams()), run.contents()) << length;
    }
}

TEST_P(Conformance, LongRunsArriveWhole) {
    const auto receiver = open();
    const auto sender = open_to(*receiver);
    const Train run{std::vector<std::size_t>(300, 1376)};
    EXPECT_EQ(carry(*sender, *receiver, run.datagrams()), run.contents());
    const Train small{std::vector<std::size_t>(500, 32)};
    EXPECT_EQ(carry(*sender, *receiver, small.datagrams()), small.contents());
}

TEST_P(Conformance, MemoryMayBeScattered) {
    const auto receiver = open();
    const auto sender = open_to(*receiver);
    std::vector<Train> runs;
    std::vector<Datagram> batch;
    std::vector<Bytes> expected;
    for (int i = 0; i < 40; ++i) runs.emplace_back(std::vector<std::size_t>{1408, 1408});
    for (const auto& run : runs)
        for (const auto& datagram : run.datagrams()) {
            batch.push_back(datagram);
            expected.emplace_back(datagram.bytes.begin(), datagram.bytes.end());
        }
    EXPECT_EQ(carry(*sender, *receiver, batch), expected);
}

TEST_P(Conformance, AnyMixtureArrives) {
    const auto receiver = open();
    const auto sender = open_to(*receiver);
    Random random{42};
    for (int round = 0; round < 30; ++round) {
        std::vector<std::size_t> lengths(1 + random.below(60));
        for (auto& length : lengths) length = 32 * (1 + random.below(random.below(3) == 0 ? 60 : 3));
        const Train run{lengths};
        EXPECT_EQ(carry(*sender, *receiver, run.datagrams()), run.contents()) << round;
    }
}

TEST_P(Conformance, AnEmptyBatchIsNothing) {
    const auto receiver = open();
    const auto sender = open_to(*receiver);
    EXPECT_EQ(sender->send({}, nullptr), 0);
    EXPECT_TRUE(receive(*receiver, 0).empty());
}

TEST_P(Conformance, AnEmptyDatagramArrivesAsOne) {
    const auto receiver = open();
    const auto sender = open_to(*receiver);
    const Train run{{64, 0, 64}};
    EXPECT_EQ(carry(*sender, *receiver, run.datagrams()), run.contents());
}

TEST_P(Conformance, NothingIsReceivedWhereNothingWasSent) {
    const auto receiver = open();
    std::vector<Arrival> arrivals;
    EXPECT_EQ(receive_once(*receiver, arrivals), 0);
    EXPECT_EQ(receiver->take_error(), 0);
}

TEST_P(Conformance, TheSourceIsTold) {
    const auto receiver = open();
    const auto sender = open_to(*receiver);
    const Train run{{64, 64, 64}};
    EXPECT_EQ(sender->send(run.datagrams(), nullptr), 3);
    const auto arrivals = receive(*receiver, 3);
    ASSERT_EQ(arrivals.size(), 3U);
    for (const auto& each : arrivals) EXPECT_EQ(each.source, sender->local_address());
}

TEST_P(Conformance, AnAnswerFindsTheSource) {
    const auto receiver = open();
    const auto sender = open_to(*receiver);
    const Train question{{64}};
    EXPECT_EQ(sender->send(question.datagrams(), nullptr), 1);
    const auto arrivals = receive(*receiver, 1);
    ASSERT_EQ(arrivals.size(), 1U);
    const Train answer{{96, 96}};
    EXPECT_EQ(carry(*receiver, *sender, answer.datagrams(), &arrivals[0].source), answer.contents());
}

TEST_P(Conformance, OneTransportReachesMany) {
    const auto first = open();
    const auto second = open();
    const auto sender = open();
    const Train run{{64, 64}};
    for (const auto* receiver : {&first, &second}) {
        const auto address = (*receiver)->local_address();
        EXPECT_EQ(carry(*sender, **receiver, run.datagrams(), &address), run.contents());
    }
}

TEST_P(Conformance, AConnectedTransportHearsItsPeerOnly) {
    const auto peer = open();
    const auto connected = open_to(*peer);
    const auto stranger = open();
    const auto address = connected->local_address();
    const Train theirs{{64}};
    const Train ours{{96}};
    EXPECT_EQ(stranger->send(theirs.datagrams(), &address), 1);
    EXPECT_EQ(carry(*peer, *connected, ours.datagrams(), &address), ours.contents());
}

TEST_P(Conformance, ReconnectedItHearsItsNewPeerOnly) {
    const auto old_peer = open();
    const auto new_peer = open();
    const auto connected = open_to(*old_peer);
    ASSERT_TRUE(connected->reconnect(new_peer->local_address()));
    const Train run{{64, 64}};
    EXPECT_EQ(carry(*connected, *new_peer, run.datagrams()), run.contents());
    const auto address = connected->local_address();
    EXPECT_EQ(old_peer->send(run.datagrams(), &address), 2);
    const Train news{{96}};
    EXPECT_EQ(carry(*new_peer, *connected, news.datagrams(), &address), news.contents());
}

TEST_P(Conformance, ReconnectedItKeepsItsPort) {
    const auto first = open();
    const auto second = open();
    const auto connected = open_to(*first);
    const auto port = connected->local_address().port;
    ASSERT_TRUE(connected->reconnect(second->local_address()));
    EXPECT_EQ(connected->local_address().port, port);
}

TEST_P(Conformance, AnAbsentPeerIsNoError) {
    std::unique_ptr<Transport> sender;
    {
        const auto gone = open();
        sender = open_to(*gone);
    }
    const Train run{{64, 96, 128}};
    for (int i = 0; i < 20; ++i) {
        EXPECT_GE(sender->send(run.datagrams(), nullptr), 0);
        std::vector<Arrival> arrivals;
        EXPECT_EQ(receive_once(*sender, arrivals), 0);
        EXPECT_EQ(sender->take_error(), 0);
    }
}

TEST_P(Conformance, APeerThatComesLateIsReached) {
    SocketAddress place;
    std::unique_ptr<Transport> sender;
    {
        const auto gone = open();
        place = gone->local_address();
        sender = open_to(*gone);
    }
    const Train run{{64, 64}};
    static_cast<void>(sender->send(run.datagrams(), nullptr));
    // On its way when the peer opens, it would be in time: until then it must be gone.
    static_cast<void>(receive(*open(), 1));
    const auto receiver = open({.local = place});
    EXPECT_EQ(carry(*sender, *receiver, run.datagrams()), run.contents());
}

TEST_P(Conformance, FullBuffersLoseAndNeverReorder) {
    const auto receiver = open({.local = line().host(), .receive_buffer_length = 64 * 1024});
    const auto sender = open_to(*receiver);
    const Train run{std::vector<std::size_t>(64, 1408)};
    std::size_t sent = 0;
    for (int i = 0; i < 40; ++i) sent += static_cast<std::size_t>(sender->send(run.datagrams(), nullptr));
    EXPECT_GT(sent, 0U);
    EXPECT_EQ(sender->take_error(), 0);
    const auto arrivals = receive(*receiver, sent);
    EXPECT_GT(arrivals.size(), 0U);
    EXPECT_LT(arrivals.size(), sent);
    for (const auto& each : arrivals) EXPECT_EQ(each.bytes.size(), 1408U);
    // Whoever empties its buffer hears again.
    const Train more{{96, 96}};
    EXPECT_EQ(carry(*sender, *receiver, more.datagrams()), more.contents());
}

TEST_P(Conformance, WhatIsTooLongIsAnErrorAndTheRestWaits) {
    const auto receiver = open();
    const auto sender = open_to(*receiver);
    const Train train{{96, 64, 65536, 64}};
    EXPECT_EQ(sender->send(train.datagrams(), nullptr), 2);
    EXPECT_NE(sender->take_error(), 0);
    EXPECT_EQ(sender->take_error(), 0);
    EXPECT_EQ(receive(*receiver, 2).size(), 2U);
    EXPECT_EQ(carry(*sender, *receiver, train.datagrams().last(1)).size(), 1U);
}

TEST_P(Conformance, ALimitIsAboutKept) {
    const auto receiver = open();
    const auto sender = open_to(*receiver);
    const Train run{{32, 64, 96, 128, 160, 192, 224, 256, 288, 320}};  // growing: no two travel together
    EXPECT_EQ(sender->send(run.datagrams(), nullptr), 10);
    std::vector<Arrival> arrivals;
    std::size_t calls = 0;
    while (arrivals.size() < 10 && ++calls < 100) {
        const int got = receive_once(*receiver, arrivals, 3);
        EXPECT_LE(got, 3);
        if (got == 0) line().wait_for(*receiver);
    }
    EXPECT_EQ(contents(arrivals), run.contents());
}

TEST_P(Conformance, TimesAreToldWhereTheyAreWanted) {
    const auto receiver = open({.local = line().host(), .timestamps = true});
    const auto plain = open();
    const auto sender = open();
    const Train run{{64, 64}};
    const auto timed_address = receiver->local_address();
    const auto plain_address = plain->local_address();
    EXPECT_EQ(sender->send(run.datagrams(), &timed_address), 2);
    EXPECT_EQ(sender->send(run.datagrams(), &plain_address), 2);
    for (const auto& each : receive(*receiver, 2)) EXPECT_GT(each.kernel_time, Nanos::zero());
    for (const auto& each : receive(*plain, 2)) EXPECT_EQ(each.kernel_time, Nanos::zero());
}

TEST_P(Conformance, APortIsTakenOnce) {
    const auto first = open();
    try {
        const auto second = open({.local = first->local_address()});
        FAIL() << "two sockets at " << to_string(first->local_address());
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::generic);
        EXPECT_NE(std::string_view{error.what()}.find(to_string(first->local_address())), std::string_view::npos);
    }
}

TEST_P(Conformance, ForeignAddressesCannotBeBound) {
    EXPECT_THROW(static_cast<void>(open({.local = line().foreign()})), Error);
}

TEST_P(Conformance, BuffersAreAsLargeAsAskedFor) {
    const auto small = open({.local = line().host(), .send_buffer_length = 32768, .receive_buffer_length = 32768});
    EXPECT_GE(small->send_buffer_length(), 32768);
    EXPECT_GE(small->receive_buffer_length(), 32768);
    const auto large = open();
    EXPECT_GT(large->receive_buffer_length(), small->receive_buffer_length());
}

TEST_P(Conformance, OffloadsChangeNothingThatArrives) {
    const Train run{{1408, 1408, 1408, 704, 32, 32, 32, 96, 96, 1408, 1408}};
    for (const bool out : {true, false})
        for (const bool in : {true, false}) {
            const auto receiver = open({.local = line().host(), .receive_offload = in});
            const auto sender =
                open({.local = line().host(), .connected = receiver->local_address(), .segmentation_offload = out});
            EXPECT_EQ(carry(*sender, *receiver, run.datagrams()), run.contents()) << out << in;
        }
}

TEST_P(Conformance, EveryMemberOfAGroupHears) {
    const auto group = line().group();
    const auto first = line().open_member(group);
    const auto second = line().open_member(group);
    const auto sender = line().open_to_group(group);
    if (!first || !second || !sender) GTEST_SKIP() << "this machine lets nobody join a group here";
    const Train run{{1408, 1408, 96}};
    EXPECT_EQ(sender->send(run.datagrams(), nullptr), 3);
    EXPECT_EQ(contents(receive(*first, 3)), run.contents());
    EXPECT_EQ(contents(receive(*second, 3)), run.contents());
}

TEST_P(Conformance, AMemberHearsItsOwnGroupOnly) {
    const auto group = line().group();
    auto other = group;
    other.ip.bytes[other.ip.length() - 1] = static_cast<std::uint8_t>(other.ip.last_byte() + 2);
    const auto member = line().open_member(group);
    const auto other_member = line().open_member(other);
    const auto sender = line().open_to_group(group);
    const auto other_sender = line().open_to_group(other);
    if (!member || !other_member || !sender || !other_sender)
        GTEST_SKIP() << "this machine lets nobody join a group here";
    const Train run{{64}};
    const Train others{{96}};
    EXPECT_EQ(other_sender->send(others.datagrams(), nullptr), 1);
    EXPECT_EQ(sender->send(run.datagrams(), nullptr), 1);
    EXPECT_EQ(contents(receive(*member, 1)), run.contents());
    EXPECT_EQ(contents(receive(*other_member, 1)), others.contents());
}

TEST_P(Conformance, AMemberConnectedElsewhereHearsTheGroupAndSendsThere) {
    // As a publication does: hears the control group, sends to the data group.
    const auto data = line().group();
    const SocketAddress control{.ip = channel::control_address(data.ip), .port = data.port, .scope = data.scope};
    const auto receiver = line().open_member(data);
    const auto publisher = line().open_member(control, data);
    if (!receiver || !publisher) GTEST_SKIP() << "this machine lets nobody join a group here";
    const Train run{{1408, 1408}};
    EXPECT_EQ(carry(*publisher, *receiver, run.datagrams()), run.contents());
    const Train feedback{{64}};
    EXPECT_EQ(carry(*receiver, *publisher, feedback.datagrams(), &control), feedback.contents());
}

INSTANTIATE_TEST_SUITE_P(Every, Conformance, ::testing::ValuesIn(line_kinds()),
                         [](const auto& line) { return std::string{name(line.param)}; });

}  // namespace
}  // namespace gale::net
