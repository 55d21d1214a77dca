#include "net/datagram_sender.hpp"
#include "net/testing.hpp"
#include "net/udp_socket.hpp"

#include <gtest/gtest.h>

namespace gale::net {
namespace {

using namespace testing;

/// A socket whose device seems to be unable to cut pieces: without checksums the kernel refuses to.
class SenderWithoutChecksums : public ::testing::Test {
protected:
    SenderWithoutChecksums() {
        const int on = 1;
        EXPECT_EQ(::setsockopt(socket_.descriptor(), SOL_SOCKET, SO_NO_CHECK, &on, sizeof on), 0);
        EXPECT_TRUE(socket_.connect(receiver_->local_address()));
    }
    std::vector<Bytes> received() {
        std::vector<Arrival> arrivals;
        while (receive_once(*receiver_, arrivals) > 0) {
        }
        return contents(arrivals);
    }

    std::unique_ptr<Transport> receiver_ = system_network().open({.local = at("127.0.0.1")});
    UdpSocket socket_ = UdpSocket::open({.local = at("127.0.0.1")});
};

TEST_F(SenderWithoutChecksums, SendsTheSameDatagramsOneByOne) {
    DatagramSender sender{socket_.descriptor(), 64};
    const Train train{{1408, 1408, 1408, 704, 64, 64, 32, 1408, 1408}};
    EXPECT_EQ(sender.send(train.datagrams(), nullptr), 9);
    EXPECT_EQ(sender.take_error(), 0);
    EXPECT_EQ(received(), train.contents());
    EXPECT_EQ(sender.send(train.datagrams(), nullptr), 9);
    EXPECT_EQ(received(), train.contents());
    EXPECT_LT(sender.largest_segment(), 64U);
}

TEST_F(SenderWithoutChecksums, TriesRunsAgainLater) {
    DatagramSender sender{socket_.descriptor(), 64};
    const Train train{{64, 64}};
    EXPECT_EQ(sender.send(train.datagrams(), nullptr), 2);
    const int off = 0;
    EXPECT_EQ(::setsockopt(socket_.descriptor(), SOL_SOCKET, SO_NO_CHECK, &off, sizeof off), 0);
    for (int i = 0; i < DatagramSender::sends_until_retry; ++i) {
        EXPECT_LT(sender.largest_segment(), 64U);
        EXPECT_EQ(sender.send(train.datagrams(), nullptr), 2);
        static_cast<void>(received());
    }
    EXPECT_GT(sender.largest_segment(), 64U);
    EXPECT_EQ(sender.send(train.datagrams(), nullptr), 2);
    EXPECT_EQ(received(), train.contents());
}

// From loopback nothing leads to another machine: EINVAL, as where a device cannot cut.
TEST(DatagramSender, KeepsSendingRunsWhenOneDestinationCannotBeReached) {
    const auto receiver = system_network().open({.local = at("127.0.0.1")});
    const auto socket = UdpSocket::open({.local = at("127.0.0.1")});
    DatagramSender sender{socket.descriptor(), 64};
    const std::size_t before = sender.largest_segment();
    const Train train{{64, 64, 64}};
    const SocketAddress unreachable = at("192.0.2.1", 4000);
    EXPECT_EQ(sender.send(train.datagrams(), &unreachable), 0);
    EXPECT_NE(sender.take_error(), 0);
    EXPECT_EQ(sender.largest_segment(), before);
    const SocketAddress there = receiver->local_address();
    EXPECT_EQ(sender.send(train.datagrams(), &there), 3);
    EXPECT_EQ(sender.take_error(), 0);
}

TEST(DatagramSender, TellsAnErrorOnce) {
    const auto socket = UdpSocket::open({.local = at("127.0.0.1")});
    DatagramSender sender{socket.descriptor(), 64};
    const Train train{{64, 64}};
    EXPECT_EQ(sender.send(train.datagrams(), nullptr), 0) << "it is connected to nothing";
    EXPECT_EQ(sender.take_error(), EDESTADDRREQ);
    EXPECT_EQ(sender.take_error(), 0);
}

TEST(DatagramSender, CountsWhatLeftBeforeAnError) {
    const auto receiver = system_network().open({.local = at("127.0.0.1")});
    auto socket = UdpSocket::open({.local = at("127.0.0.1")});
    ASSERT_TRUE(socket.connect(receiver->local_address()));
    for (const std::size_t segments : {1UL, 64UL}) {
        DatagramSender sender{socket.descriptor(), segments};
        const Train train{{96, 96, 64, 65536, 64}};
        EXPECT_EQ(sender.send(train.datagrams(), nullptr), 3);
        EXPECT_EQ(sender.take_error(), EMSGSIZE);
    }
}

}  // namespace
}  // namespace gale::net
