#include "base/random.hpp"
#include "channel/address.hpp"

#include <gtest/gtest.h>

#include <array>

namespace gale::channel {
namespace {

Given endpoint(std::string_view value) { return {.channel = "aeron:udp", .key = "endpoint", .value = value}; }

template <class Parse> ErrorCode refusal(Parse parse, std::string_view value) {
    try {
        static_cast<void>(parse(endpoint(value)));
        return ErrorCode::none;
    } catch (const Error& error) {
        return error.code();
    }
}

IpAddress ip(std::string_view text) { return parse_ip(text).value_or(IpAddress{}); }

TEST(IpAddress, ReadsDottedQuads) {
    EXPECT_EQ(ip("192.168.0.255").bytes, (std::array<std::uint8_t, 16>{192, 168, 0, 255}));
    for (const auto* bad :
         {"", "1.2.3", "1.2.3.4.5", "256.0.0.1", "1.2.3.04", "1..2.3", "1.2.3.4.", ".1.2.3", "a.b.c.d", "127.1"})
        EXPECT_EQ(parse_ip(bad), std::nullopt) << bad;
}

TEST(IpAddress, ReadsIpv6WithAndWithoutGap) {
    EXPECT_EQ(ip("::1").bytes[15], 1);
    EXPECT_EQ(ip("FF01::fd").bytes[0], 0xff);
    EXPECT_EQ(ip("1:2:3:4:5:6:7:8").bytes,
              (std::array<std::uint8_t, 16>{0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8}));
    EXPECT_EQ(ip("::ffff:1.2.3.4").bytes[15], 4);
    EXPECT_EQ(ip("::ffff:1.2.3.4").bytes[10], 0xff);
    EXPECT_EQ(ip("::").family, Family::v6);
    for (const auto* bad : {":", ":::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "12345::", "1.2.3.4::", "::g",
                            "1:2:3:4:5:6:7:8::", "::1:"})
        EXPECT_EQ(parse_ip(bad), std::nullopt) << bad;
}

TEST(IpAddress, KnowsGroupsAndTheirControlAddress) {
    for (const auto* group : {"224.0.0.1", "239.255.255.255", "ff02::1"})
        EXPECT_TRUE(ip(group).is_multicast()) << group;
    for (const auto* single : {"223.255.255.255", "240.0.0.1", "fe80::1"})
        EXPECT_FALSE(ip(single).is_multicast()) << single;
    EXPECT_EQ(control_address(ip("224.0.1.1")), ip("224.0.1.2"));
    EXPECT_EQ(control_address(ip("224.0.1.255")), ip("224.0.1.0"));
    EXPECT_EQ(control_address(ip("ff01::fd")), ip("ff01::fe"));
    EXPECT_NO_THROW(require_odd(endpoint("x"), ip("224.0.1.1")));
    EXPECT_NO_THROW(require_odd(endpoint("x"), ip("10.0.0.2")));
    EXPECT_THROW(require_odd(endpoint("x"), ip("224.0.1.2")), Error);
}

TEST(Address, IsHostAndPort) {
    const auto name = parse_address(endpoint("localhost:40123"));
    EXPECT_EQ(name.host, "localhost");
    EXPECT_EQ(name.port, 40123);
    EXPECT_EQ(name.ip, std::nullopt);
    const auto six = parse_address(endpoint("[fe80::1%eth0]:65535"));
    EXPECT_EQ(six.host, "fe80::1");
    EXPECT_EQ(six.port, 65535);
    EXPECT_EQ(six.ip, parse_ip("fe80::1"));
    EXPECT_EQ(six.text, "[fe80::1%eth0]:65535");
    EXPECT_TRUE(parse_address(endpoint("224.0.1.1:0")).is_multicast());
}

TEST(Address, RefusesAHostThatCannotBe) {
    for (const auto* bad : {":1", " localhost:1", "127.0.0.1 :1", "[::1:1", "[]:1", "[%lo]:1"})
        EXPECT_EQ(refusal(parse_address, bad), ErrorCode::unknown_host) << bad;
    EXPECT_EQ(refusal(parse_address, std::string(383, 'h') + ":1"), ErrorCode::none);
    EXPECT_EQ(refusal(parse_address, std::string(384, 'h') + ":1"), ErrorCode::generic);
}

TEST(Address, RefusesWhatIsOutOfShape) {
    for (const auto* bad : {"localhost", "localhost:", "[::1]", "[::1]:", "[::1]1", "::1:40123", "::1]:1", "][::1:1",
                            "x[::1]:1", "[::1]x:1", "[[::1]]:1", "[localhost]:1", "[127.0.0.1]:1", "[::1%a b]:1"})
        EXPECT_EQ(refusal(parse_address, bad), ErrorCode::generic) << bad;
    for (const auto* port : {"65536", "-1", "+1", "0x10", "010", "00", "123abc", "12345678", "1 ", "1?a=b"})
        EXPECT_EQ(refusal(parse_address, std::string{"localhost:"} + port), ErrorCode::generic) << port;
}

TEST(Interface, HasAnAddressWithPortAndPrefix) {
    const auto plain = parse_interface(endpoint("localhost"));
    EXPECT_EQ(plain.host, "localhost");
    EXPECT_EQ(plain.port, 0);
    EXPECT_EQ(plain.prefix, 32);
    const auto full = parse_interface(endpoint("127.0.0.0:40455/29"));
    EXPECT_EQ(full.port, 40455);
    EXPECT_EQ(full.prefix, 29);
    const auto six = parse_interface(endpoint("[::1]:54321/64"));
    EXPECT_EQ(six.family, Family::v6);
    EXPECT_EQ(six.port, 54321);
    EXPECT_EQ(six.prefix, 64);
    EXPECT_EQ(parse_interface(endpoint("[::1]")).prefix, 128);
    EXPECT_EQ(parse_interface(endpoint("0.0.0.0/0")).prefix, 0);
}

TEST(Interface, OrAName) {
    const auto named = parse_interface(endpoint("{lo}:5001"));
    EXPECT_TRUE(named.is_named());
    EXPECT_EQ(named.name, "lo");
    EXPECT_EQ(named.port, 5001);
    EXPECT_EQ(refusal(parse_interface, "{abcdefghijklmno}"), ErrorCode::none);
    for (const auto* bad : {"{}", "{lo", "{lo}x", "{lo}:", "{lo}:123456", "{abcdefghijklmnop}", "{lo}/8"})
        EXPECT_EQ(refusal(parse_interface, bad), ErrorCode::generic) << bad;
}

TEST(Interface, RefusesPrefixesAndPortsOutOfRange) {
    EXPECT_EQ(refusal(parse_interface, "127.0.0.1/32"), ErrorCode::none);
    EXPECT_EQ(refusal(parse_interface, "[::1]/128"), ErrorCode::none);
    for (const auto* bad : {"127.0.0.1/33", "[::1]/129", "127.0.0.1/", "127.0.0.1/8x", "127.0.0.1/abc", "127.0.0.1:abc",
                            "127.0.0.1:70000", "127.0.0.1/-1", "[::1]x", "127.0.0.1/8:1"})
        EXPECT_EQ(refusal(parse_interface, bad), ErrorCode::generic) << bad;
    for (const auto* bad : {"::1", "[::1", ":1", "/8"})
        EXPECT_EQ(refusal(parse_interface, bad), ErrorCode::unknown_host) << bad;
}

TEST(Address, NoTextEndsTheProcess) {
    constexpr std::string_view alphabet = "01:./[]{}%afz -,";
    for (std::uint64_t seed = 1; seed <= 20'000; ++seed) {
        Random random{seed};
        std::string text;
        for (auto count = random.below(14); count > 0; --count) text += alphabet[random.below(alphabet.size())];
        static_cast<void>(refusal(parse_address, text));
        static_cast<void>(refusal(parse_interface, text));
        static_cast<void>(parse_ip(text));
    }
}

}  // namespace
}  // namespace gale::channel
