#include "net/native_address.hpp"
#include "net/socket_address.hpp"
#include "net/testing.hpp"

#include <gtest/gtest.h>

namespace gale::net {
namespace {

using testing::at;

TEST(SocketAddress, IsShownAsChannelsWriteIt) {
    EXPECT_EQ(to_string(at("127.0.0.1", 40123)), "127.0.0.1:40123");
    EXPECT_EQ(to_string(at("::", 0)), "[::]:0");
    EXPECT_EQ(to_string(at("FF01::FD", 20000)), "[ff01::fd]:20000");
    EXPECT_EQ(to_string(at("2001:db8:0:0:1:0:0:1", 1)), "[2001:db8::1:0:0:1]:1");
}

TEST(SocketAddress, SurvivesTheWayThroughTheSystem) {
    for (SocketAddress address : {at("10.1.2.3", 40123), at("fe80::1", 65535)}) {
        if (address.ip.family == channel::Family::v6) address.scope = 3;
        EXPECT_EQ(NativeAddress{address}.address(), address);
    }
}

}  // namespace
}  // namespace gale::net
