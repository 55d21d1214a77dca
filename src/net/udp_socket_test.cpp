#include "net/testing.hpp"
#include "net/udp_socket.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>

namespace gale::net {
namespace {

using namespace testing;

/// Bound to no address of its own, as publications are.
class AnywhereSocket : public ::testing::Test {
protected:
    UdpSocket socket =
        UdpSocket::open({.local = at("0.0.0.0"), .connected = SocketAddress{at("127.0.0.1").ip, 40'001}});
};

TEST_F(AnywhereSocket, ConnectedElsewhereSendsFromTheAddressThatLeadsThere) {
    const auto interfaces = system_network().interfaces();
    const auto other = std::ranges::find_if(interfaces, [](const InterfaceAddress& each) {
        return !each.is_loopback && each.ip.family == channel::Family::v4;
    });
    if (other == interfaces.end()) GTEST_SKIP() << "this machine has the loopback interface only";
    const SocketAddress before = socket.local_address();
    EXPECT_EQ(before.ip, at("127.0.0.1").ip);
    EXPECT_EQ(socket.reconnect({other->ip, 40'001}), 0);  // to itself: nothing leaves the machine
    EXPECT_EQ(socket.local_address(), (SocketAddress{other->ip, before.port}));
}

TEST_F(AnywhereSocket, StaysConnectedWhereItWasWhenTheSystemRefuses) {
    const SocketAddress before = socket.local_address();
    EXPECT_EQ(socket.reconnect({at("255.255.255.255").ip, 40'001}), EACCES);
    EXPECT_EQ(socket.local_address(), before);
}

}  // namespace
}  // namespace gale::net
