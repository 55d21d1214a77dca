#include "net/interface_choice.hpp"
#include "net/testing.hpp"

#include <gtest/gtest.h>

namespace gale::net {
namespace {

using testing::ip;

const InterfaceAddress loopback{
    .name = "lo", .index = 1, .ip = ip("127.0.0.1"), .prefix = 8, .is_loopback = true, .can_multicast = true};
const InterfaceAddress wide{.name = "eth0", .index = 2, .ip = ip("10.1.0.5"), .prefix = 16, .can_multicast = true};
const InterfaceAddress narrow{.name = "eth1", .index = 3, .ip = ip("10.1.2.5"), .prefix = 24, .can_multicast = true};
const InterfaceAddress narrow_too{
    .name = "eth2", .index = 4, .ip = ip("10.1.3.5"), .prefix = 24, .can_multicast = true};
const InterfaceAddress tunnel{.name = "tun0", .index = 5, .ip = ip("10.1.4.5"), .prefix = 32};
const InterfaceAddress six{.name = "eth0", .index = 2, .ip = ip("fd00::5"), .prefix = 64, .can_multicast = true};
const InterfaceAddress loopback_six{
    .name = "lo", .index = 1, .ip = ip("::1"), .prefix = 128, .is_loopback = true, .can_multicast = true};

/// The address chosen for `wanted/prefix`, or nothing.
std::string chosen(const std::vector<InterfaceAddress>& list, std::string_view wanted, int prefix) {
    const auto* const found = choose_interface(list, {.wanted = ip(wanted), .prefix = prefix});
    return found == nullptr ? "" : to_string(found->ip);
}

TEST(InterfaceChoice, ComparesTheBitsOfThePrefixOnly) {
    EXPECT_TRUE(matches({.wanted = ip("10.1.2.3"), .prefix = 16}, ip("10.1.9.9")));
    EXPECT_FALSE(matches({.wanted = ip("10.1.2.3"), .prefix = 24}, ip("10.1.9.9")));
    EXPECT_TRUE(matches({.wanted = ip("10.1.2.128"), .prefix = 25}, ip("10.1.2.129")));
    EXPECT_FALSE(matches({.wanted = ip("10.1.2.128"), .prefix = 25}, ip("10.1.2.127")));
    EXPECT_TRUE(matches({.wanted = ip("0.0.0.0"), .prefix = 0}, ip("10.1.2.3")));
    EXPECT_FALSE(matches({.wanted = ip("0.0.0.0"), .prefix = 32}, ip("10.1.2.3")));
    EXPECT_FALSE(matches({.wanted = ip("0.0.0.0"), .prefix = 0}, ip("::1")));
    EXPECT_TRUE(matches({.wanted = ip("fd00::1"), .prefix = 127}, ip("fd00::0")));
    EXPECT_FALSE(matches({.wanted = ip("fd00::1"), .prefix = 128}, ip("fd00::0")));
}

TEST(InterfaceChoice, TheNarrowestWinsAndTheFirstOfEqualOnes) {
    EXPECT_EQ(chosen({loopback, wide, narrow, narrow_too}, "0.0.0.0", 0), "10.1.2.5");
    EXPECT_EQ(chosen({narrow_too, narrow, wide}, "10.1.0.0", 16), "10.1.3.5");
}

TEST(InterfaceChoice, LoopbackComesLast) {
    EXPECT_EQ(chosen({loopback, wide}, "0.0.0.0", 0), "10.1.0.5");
    EXPECT_EQ(chosen({wide, loopback}, "0.0.0.0", 0), "10.1.0.5");
    EXPECT_EQ(chosen({loopback}, "0.0.0.0", 0), "127.0.0.1");
    EXPECT_EQ(chosen({wide, loopback}, "127.0.0.1", 32), "127.0.0.1");
}

TEST(InterfaceChoice, OthersMustBeAbleToMulticast) {
    EXPECT_EQ(chosen({tunnel, wide}, "0.0.0.0", 0), "10.1.0.5");
    EXPECT_EQ(chosen({tunnel}, "0.0.0.0", 0), "");
}

TEST(InterfaceChoice, FamiliesAreNotMixed) {
    EXPECT_EQ(chosen({wide, loopback_six, six}, "::", 0), "fd00::5");
    EXPECT_EQ(chosen({six, loopback_six}, "0.0.0.0", 0), "");
}

TEST(InterfaceChoice, NothingMatchesNothing) {
    EXPECT_EQ(chosen({}, "0.0.0.0", 0), "");
    EXPECT_EQ(chosen({wide, loopback}, "192.168.0.1", 32), "");
}

TEST(InterfaceChoice, ANameGivesTheFirstAddressOfTheFamily) {
    const std::vector<InterfaceAddress> list{loopback, wide, six, tunnel};
    EXPECT_EQ(choose_interface(list, "eth0", channel::Family::v4)->ip, wide.ip);
    EXPECT_EQ(choose_interface(list, "eth0", channel::Family::v6)->ip, six.ip);
    EXPECT_EQ(choose_interface(list, "tun0", channel::Family::v4)->ip, tunnel.ip);
    EXPECT_EQ(choose_interface(list, "tun0", channel::Family::v6), nullptr);
    EXPECT_EQ(choose_interface(list, "eth", channel::Family::v4), nullptr);
}

TEST(InterfaceChoice, TheMachineHasALoopbackInterface) {
    const auto list = system_network().interfaces();
    const auto* const found = choose_interface(list, {.wanted = ip("127.0.0.1"), .prefix = 32});
    ASSERT_NE(found, nullptr);
    EXPECT_TRUE(found->is_loopback);
    EXPECT_EQ(found->prefix, 8);
    EXPECT_NE(found->index, 0U);
}

}  // namespace
}  // namespace gale::net
