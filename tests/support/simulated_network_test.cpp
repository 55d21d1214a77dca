#include "support/simulated_network.hpp"
#include "support/virtual_clock.hpp"

#include <gale/error.hpp>

#include <gtest/gtest.h>

#include <algorithm>

namespace gale::testing {
namespace {

using namespace std::chrono_literals;
using net::Datagram;
using net::Received;
using net::SocketAddress;
using net::Transport;

SocketAddress at(std::string_view host, std::uint16_t port = 0) {
    return {.ip = channel::parse_ip(host).value(), .port = port};
}

/// Two machines, a transport on each, connected with each other.
class SimulatedNetworkTest : public ::testing::Test {
protected:
    void send(int count = 1, std::size_t length = 64) {
        for (int i = 0; i < count; ++i, ++next_) {
            const std::vector<std::byte> bytes(length, static_cast<std::byte>(next_));
            const Datagram datagram{bytes};
            ASSERT_EQ(a_->send({&datagram, 1}, nullptr), 1);
        }
    }
    /// The first byte of each that has arrived, which is its number.
    std::vector<int> receive(Transport& transport) {
        std::vector<int> numbers;
        transport.receive(
            [&](std::span<const Received> batch) {
                for (const auto& each : batch)
                    numbers.push_back(each.bytes.empty() ? -1 : std::to_integer<int>(each.bytes[0]));
            },
            1000);
        return numbers;
    }
    std::vector<int> receive() { return receive(*b_); }

    VirtualClock clock_;
    SimulatedNetwork network_{clock_, 7};
    net::Network& host_a_ = network_.add_host("a", {"10.0.0.1"});
    net::Network& host_b_ = network_.add_host("b", {"10.0.0.2"});
    std::unique_ptr<Transport> b_ = host_b_.open({.local = at("10.0.0.2", 40000)});
    std::unique_ptr<Transport> a_ = host_a_.open({.local = at("10.0.0.1"), .connected = at("10.0.0.2", 40000)});
    int next_ = 0;
};

TEST_F(SimulatedNetworkTest, ADelayIsWaitedFor) {
    network_.link("a", "b").delay = 5ms;
    send();
    EXPECT_EQ(network_.next_arrival(), clock_.tick().now + 5ms);
    clock_.advance(5ms - 1ns);
    EXPECT_TRUE(receive().empty());
    clock_.advance(1ns);
    EXPECT_EQ(receive(), std::vector{0});
    EXPECT_EQ(network_.next_arrival(), std::nullopt);
}

TEST_F(SimulatedNetworkTest, JitterKeepsTheOrder) {
    network_.link("a", "b").jitter = 5ms;
    for (int i = 0; i < 50; ++i) {
        send();
        clock_.advance(100us);
    }
    clock_.advance(5ms);
    const auto numbers = receive();
    EXPECT_EQ(numbers.size(), 50U);
    EXPECT_TRUE(std::ranges::is_sorted(numbers));
}

TEST_F(SimulatedNetworkTest, ReorderingBreaksItAndLosesNothing) {
    network_.link("a", "b").reorder = 0.3;
    for (int i = 0; i < 50; ++i) {
        send();
        clock_.advance(100us);
    }
    clock_.advance(5ms);
    auto numbers = receive();
    EXPECT_EQ(numbers.size(), 50U);
    EXPECT_FALSE(std::ranges::is_sorted(numbers));
    std::ranges::sort(numbers);
    EXPECT_EQ(std::ranges::adjacent_find(numbers), numbers.end());
}

TEST_F(SimulatedNetworkTest, LossAndDuplicatesComeAboutAsOftenAsAskedFor) {
    network_.set_links({.loss = 0.2, .duplicate = 0.1});
    send(10'000);
    const auto& totals = network_.totals();
    EXPECT_EQ(totals.sent, 10'000);
    EXPECT_NEAR(static_cast<double>(totals.lost), 2000, 200);
    EXPECT_NEAR(static_cast<double>(totals.duplicated), 800, 150);
}

TEST_F(SimulatedNetworkTest, OneSeedIsOneStory) {
    const auto story = [](std::uint64_t seed) {
        VirtualClock clock;
        SimulatedNetwork network{clock, seed};
        auto& a = network.add_host("a", {"10.0.0.1"});
        auto& b = network.add_host("b", {"10.0.0.2"});
        network.set_links({.loss = 0.3, .duplicate = 0.2, .reorder = 0.2, .jitter = 3ms});
        const auto to = b.open({.local = at("10.0.0.2", 1)});
        const auto from = a.open({.local = at("10.0.0.1"), .connected = at("10.0.0.2", 1)});
        std::vector<std::byte> heard;
        for (int i = 0; i < 100; ++i) {
            const auto byte = static_cast<std::byte>(i);
            const Datagram datagram{{&byte, 1}};
            EXPECT_EQ(from->send({&datagram, 1}, nullptr), 1);
            clock.advance(1ms);
            to->receive(
                [&](std::span<const Received> batch) {
                    for (const auto& each : batch) heard.push_back(each.bytes[0]);
                },
                100);
        }
        return heard;
    };
    EXPECT_EQ(story(1), story(1));
    EXPECT_NE(story(1), story(2));
}

TEST_F(SimulatedNetworkTest, CorruptionTurnsOneBitOver) {
    network_.link("a", "b").corrupt = 1;
    send(1, 64);
    int different = 0;
    b_->receive(
        [&](std::span<const Received> batch) {
            for (const auto byte : batch[0].bytes) different += std::popcount(std::to_integer<unsigned>(byte));
        },
        1);
    EXPECT_EQ(different, 1);
}

TEST_F(SimulatedNetworkTest, TruncationCutsTheEnd) {
    network_.link("a", "b").truncate = 1;
    send(20, 64);
    b_->receive(
        [&](std::span<const Received> batch) {
            EXPECT_EQ(batch.size(), 20U);
            for (const auto& each : batch) EXPECT_LT(each.bytes.size(), 64U);
        },
        100);
}

TEST_F(SimulatedNetworkTest, ARateSpreadsDatagramsOut) {
    network_.link("a", "b").bytes_per_second = 64'000;  // one of 64 bytes a millisecond
    send(10);
    for (int i = 0; i < 10; ++i) {
        EXPECT_TRUE(receive().empty());
        clock_.advance(1ms);
        EXPECT_EQ(receive(), std::vector{i});
    }
}

TEST_F(SimulatedNetworkTest, AFullQueueLosesTheRest) {
    network_.link("a", "b") = {.bytes_per_second = 64'000, .queue_length = 256};
    send(10);
    clock_.advance(1s);
    EXPECT_EQ(receive(), (std::vector{0, 1, 2, 3}));
    EXPECT_EQ(network_.totals().lost, 6);
    send(1);
    clock_.advance(1ms);
    EXPECT_EQ(receive(), std::vector{10});
}

TEST_F(SimulatedNetworkTest, APartitionIsHealed) {
    network_.partition({"a"});
    send(1);
    network_.heal();
    send(1);
    EXPECT_EQ(receive(), std::vector{1});
}

TEST_F(SimulatedNetworkTest, AFilterPicksWhatIsLost) {
    network_.set_filter([](const Flight& flight) {
        EXPECT_EQ(flight.from_host, "a");
        EXPECT_EQ(flight.to_host, "b");
        return flight.bytes[0] != std::byte{1};
    });
    send(3);
    EXPECT_EQ(receive(), (std::vector{0, 2}));
}

TEST_F(SimulatedNetworkTest, PushBackAcceptsAPrefix) {
    network_.set_push_back(0.5);
    const std::vector<std::byte> bytes(64);
    const std::vector<Datagram> batch(8, Datagram{bytes});
    std::size_t accepted = 0;
    int short_sends = 0;
    for (int i = 0; i < 100; ++i) {
        const int sent = a_->send(batch, nullptr);
        accepted += static_cast<std::size_t>(sent);
        if (sent < 8) ++short_sends;
    }
    EXPECT_GT(short_sends, 20);
    EXPECT_LT(short_sends, 80);
    EXPECT_EQ(receive().size(), std::min<std::size_t>(accepted, 1000));
    EXPECT_EQ(a_->take_error(), 0);
}

TEST_F(SimulatedNetworkTest, WhatNobodyHearsIsGone) {
    b_.reset();
    send(2);
    clock_.advance(1s);
    EXPECT_TRUE(receive(*a_).empty());
    EXPECT_EQ(network_.totals().unheard, 2);
    EXPECT_EQ(a_->take_error(), 0);
}

TEST_F(SimulatedNetworkTest, WhoDiedLeavesItsPortToItsSuccessor) {
    network_.link("a", "b").delay = 5ms;
    send(2);
    network_.close_sockets("b");
    const auto successor = host_b_.open({.local = at("10.0.0.2", 40000)});
    clock_.advance(5ms);
    EXPECT_EQ(receive(*successor), (std::vector{0, 1}));
    EXPECT_TRUE(receive().empty());
}

TEST_F(SimulatedNetworkTest, AGroupReachesItsMembersOnOtherMachines) {
    auto& host_c = network_.add_host("c", {"10.0.0.3"});
    const auto group = at("224.0.1.1", 5000);
    const auto on_b = host_b_.open({.local = at("10.0.0.2"), .group = group});
    const auto on_c = host_c.open({.local = at("10.0.0.3"), .group = group});
    const auto on_loopback = host_c.open({.local = at("127.0.0.1"), .group = group});
    const auto on_a = host_a_.open({.local = at("10.0.0.1"), .group = group});
    const auto sender = host_a_.open({.local = at("10.0.0.1"), .connected = group});
    network_.link("a", "c").cut = true;
    const std::byte byte{42};
    const Datagram datagram{{&byte, 1}};
    EXPECT_EQ(sender->send({&datagram, 1}, nullptr), 1);
    EXPECT_EQ(receive(*on_b), std::vector{42});
    EXPECT_EQ(receive(*on_a), std::vector{42}) << "its own machine hears it, too";
    EXPECT_TRUE(receive(*on_c).empty());
    network_.heal();
    EXPECT_EQ(sender->send({&datagram, 1}, nullptr), 1);
    EXPECT_EQ(receive(*on_c), std::vector{42});
    EXPECT_TRUE(receive(*on_loopback).empty());
}

TEST_F(SimulatedNetworkTest, BothFamiliesLiveBesideEachOther) {
    auto& host_c = network_.add_host("c", {"10.0.0.3", "fd00::3"});
    auto& host_d = network_.add_host("d", {"10.0.0.4", "fd00::4"});
    const auto group = at("ff02::14:1", 5000);
    const auto single_v4 = host_d.open({.local = at("10.0.0.4", 5001)});
    const auto single_v6 = host_d.open({.local = at("fd00::4", 5001)});  // the same port of another address
    const auto member = host_d.open({.local = at("fd00::4"), .group = group});
    const auto sender = host_c.open({.local = at("fd00::3")});
    const std::byte byte{42};
    const Datagram datagram{{&byte, 1}};
    const auto to_single = at("fd00::4", 5001);
    const auto to_v4 = at("10.0.0.4", 5001);
    EXPECT_EQ(sender->send({&datagram, 1}, &to_single), 1);
    EXPECT_EQ(sender->send({&datagram, 1}, &group), 1);
    EXPECT_EQ(sender->send({&datagram, 1}, &to_v4), 0);
    EXPECT_NE(sender->take_error(), 0);
    EXPECT_EQ(receive(*single_v6), std::vector{42});
    EXPECT_EQ(receive(*member), std::vector{42});
    EXPECT_TRUE(receive(*single_v4).empty());
}

TEST_F(SimulatedNetworkTest, LoopbackStaysOnTheMachine) {
    const auto on_a = host_a_.open({.local = at("127.0.0.1", 7)});
    const auto on_b = host_b_.open({.local = at("127.0.0.1", 7)});
    const auto sender = host_a_.open({.local = at("127.0.0.1"), .connected = at("127.0.0.1", 7)});
    const std::byte byte{42};
    const Datagram datagram{{&byte, 1}};
    EXPECT_EQ(sender->send({&datagram, 1}, nullptr), 1);
    EXPECT_TRUE(receive(*on_b).empty());
    EXPECT_EQ(receive(*on_a), std::vector{42});
}

TEST_F(SimulatedNetworkTest, NamesLeadWhereTheTestSays) {
    EXPECT_EQ(host_a_.resolve("b"), at("10.0.0.2").ip);
    EXPECT_EQ(host_a_.resolve("localhost"), at("127.0.0.1").ip);
    network_.set_name("b", at("10.0.0.9").ip);
    EXPECT_EQ(host_a_.resolve("b"), at("10.0.0.9").ip);
    network_.set_name("b", std::nullopt);
    EXPECT_THROW(static_cast<void>(host_a_.resolve("b")), Error);
    EXPECT_THROW(static_cast<void>(host_a_.resolve("nobody")), Error);
}

}  // namespace
}  // namespace gale::testing
