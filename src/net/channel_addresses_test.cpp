#include "net/channel_addresses.hpp"
#include "net/testing.hpp"

#include <gale/error.hpp>

#include <gtest/gtest.h>

namespace gale::net {
namespace {

using namespace testing;

const std::vector<InterfaceAddress> machine{
    {.name = "lo", .index = 1, .ip = ip("127.0.0.1"), .prefix = 8, .is_loopback = true, .can_multicast = true},
    {.name = "eth0", .index = 2, .ip = ip("10.0.0.5"), .prefix = 24, .can_multicast = true},
    {.name = "lo", .index = 1, .ip = ip("::1"), .prefix = 128, .is_loopback = true, .can_multicast = true},
    {.name = "eth0", .index = 2, .ip = ip("fe80::5"), .prefix = 64, .can_multicast = true},
};

channel::IpAddress look_up(std::string_view host) {
    if (host == "localhost") return ip("127.0.0.1");
    if (host == "group") return ip("224.0.1.1");
    if (host == "even-group") return ip("224.0.1.2");
    if (host == "six") return ip("fd00::7");
    throw Error{ErrorCode::unknown_host, "no such host"};
}

/// What `aeron:udp?` + `text` means.
ChannelAddresses find(const std::string& text) {
    const auto uri = channel::Uri::parse("aeron:udp?" + text);
    return find_addresses(uri, channel::parse_subscription(uri, {}).udp, look_up, machine);
}

std::string identity_of(const std::string& text) {
    std::int64_t next = 0;
    const auto uri = channel::Uri::parse("aeron:udp?" + text);
    return identity(find(text), channel::parse_subscription(uri, {}).tags.channel, next);
}

ErrorCode refusal(const std::string& text) {
    try {
        static_cast<void>(find(text));
        return ErrorCode::none;
    } catch (const Error& error) {
        return error.code();
    }
}

struct Row {
    std::string_view channel;
    std::string_view identity;
};

// The examples of docs/formats/network.md, on a machine with the interfaces above.
class Identity : public ::testing::TestWithParam<Row> {};

TEST_P(Identity, IsTheCanonicalForm) { EXPECT_EQ(identity_of(std::string{GetParam().channel}), GetParam().identity); }

INSTANTIATE_TEST_SUITE_P(
    Channels, Identity,
    ::testing::Values(
        Row{"endpoint=192.168.0.1:20000", "UDP-0.0.0.0:0-192.168.0.1:20000"},
        Row{"endpoint=192.168.0.1:20000|session-id=42", "UDP-0.0.0.0:0-192.168.0.1:20000"},
        Row{"interface=127.0.0.1|endpoint=192.168.0.1:20000", "UDP-127.0.0.1:0-192.168.0.1:20000"},
        Row{"interface=127.0.0.1:40455|endpoint=192.168.0.1:20000", "UDP-127.0.0.1:40455-192.168.0.1:20000"},
        Row{"interface=localhost|endpoint=localhost:20000", "UDP-127.0.0.1:0-localhost:20000"},
        Row{"interface=0.0.0.0|endpoint=localhost:20000", "UDP-0.0.0.0:0-localhost:20000"},
        Row{"interface=127.0.0.0/8|endpoint=localhost:20000", "UDP-127.0.0.1:0-localhost:20000"},
        Row{"endpoint=127.0.0.1:20000", "UDP-0.0.0.0:0-127.0.0.1:20000"},
        Row{"endpoint=192.168.0.1:20000|interface=[::1]", "UDP-[::1]:0-192.168.0.1:20000"},
        Row{"interface=localhost|endpoint=224.0.1.1:20000", "UDP-127.0.0.1:0-224.0.1.1:20000"},
        Row{"interface=127.0.0.0:40455/29|endpoint=224.0.1.1:20000", "UDP-127.0.0.1:40455-224.0.1.1:20000"},
        Row{"endpoint=224.0.1.1:20000", "UDP-10.0.0.5:0-224.0.1.1:20000"},
        Row{"endpoint=group:20000", "UDP-10.0.0.5:0-224.0.1.1:20000"},
        Row{"interface=[::1]:54321/64|endpoint=[FF01::FD]:20000", "UDP-[::1]:54321-[ff01::fd]:20000"},
        Row{"endpoint=224.0.1.1:20000|control=localhost:1", "UDP-10.0.0.5:0-224.0.1.1:20000"},
        Row{"endpoint=224.0.1.1:0", "UDP-10.0.0.5:0-224.0.1.1:0"},
        Row{"endpoint=127.0.0.1:0", "UDP-0.0.0.0:0-127.0.0.1:0-0"},
        Row{"tags=1001|endpoint=[::1]:0", "UDP-[::]:0-[::1]:0#1001"},
        Row{"control-mode=manual|tags=1001", "UDP-0.0.0.0:0-0.0.0.0:0#1001"},
        Row{"control-mode=manual", "UDP-0.0.0.0:0-0.0.0.0:0-0"}, Row{"tags=7", "UDP-0.0.0.0:0-0.0.0.0:0#7"},
        Row{"tags=7|endpoint=localhost:1", "UDP-0.0.0.0:0-localhost:1"},
        Row{"control=127.0.0.1:10001|endpoint=localhost:0", "UDP-127.0.0.1:10001-localhost:0-0"},
        Row{"control=localhost:40124|control-mode=dynamic", "UDP-localhost:40124-0.0.0.0:0"},
        Row{"control=[::1]:40124|control-mode=dynamic", "UDP-[::1]:40124-[::]:0"},
        Row{"control=localhost:40124|endpoint=localhost:40123", "UDP-localhost:40124-localhost:40123"},
        Row{"endpoint=localhost:1|interface={lo}", "UDP-127.0.0.1:0-localhost:1"},
        Row{"endpoint=[::1]:1|interface={lo}:5000", "UDP-[::1]:5000-[::1]:1"}));

TEST(ChannelAddresses, PortZeroOfControlIsPrivateToo) {
    // Only publications may have it.
    const auto uri = channel::Uri::parse("aeron:udp?tags=1001|endpoint=127.0.0.1:9999|control=127.0.0.1:0");
    const auto udp = channel::parse_publication(uri, {}).udp;
    std::int64_t next = 0;
    EXPECT_EQ(identity(find_addresses(uri, udp, look_up, machine), 1001, next), "UDP-127.0.0.1:0-127.0.0.1:9999#1001");
    EXPECT_EQ(next, 0);
}

TEST(ChannelAddresses, AResponseChannelIsKnownByItsControl) {
    const auto uri = channel::Uri::parse(
        "aeron:udp?control-mode=response|control=127.0.0.1:10001|response-correlation-id=prototype");
    const auto udp = channel::parse_publication(uri, {}).udp;
    EXPECT_EQ(find_addresses(uri, udp, look_up, machine).canonical, "UDP-127.0.0.1:10001-0.0.0.0:0");
}

TEST(ChannelAddresses, PrivateChannelsAreCounted) {
    std::int64_t next = 3;
    const auto addresses = find("control-mode=manual");
    EXPECT_EQ(identity(addresses, std::nullopt, next), "UDP-0.0.0.0:0-0.0.0.0:0-3");
    EXPECT_EQ(identity(addresses, std::nullopt, next), "UDP-0.0.0.0:0-0.0.0.0:0-4");
}

TEST(ChannelAddresses, OfAGroup) {
    const auto found = find("endpoint=224.0.1.255:20000|interface={eth0}");
    EXPECT_TRUE(found.is_multicast);
    EXPECT_EQ(found.remote_data, at("224.0.1.255", 20000));
    EXPECT_EQ(found.remote_control, at("224.0.1.0", 20000)) << "no carry";
    EXPECT_EQ(found.local, at("10.0.0.5"));
    EXPECT_EQ(found.interface_index, 2U);
}

TEST(ChannelAddresses, OfAGroupOfIpv6) {
    const auto found = find("endpoint=[ff02::3]:20000");
    EXPECT_EQ(found.local.ip, ip("fe80::5"));
    EXPECT_EQ(found.local.scope, 2U);
    EXPECT_EQ(found.remote_data.scope, 2U);
    EXPECT_EQ(found.remote_control.ip, ip("ff02::4"));
    EXPECT_EQ(found.remote_control.scope, 2U);
}

TEST(ChannelAddresses, OfPlainUnicast) {
    const auto found = find("endpoint=six:20000");
    EXPECT_EQ(found.remote_data, at("fd00::7", 20000));
    EXPECT_EQ(found.remote_control, found.remote_data);
    EXPECT_EQ(found.local, at("::"));
    EXPECT_FALSE(found.needs_suffix);
}

TEST(ChannelAddresses, OfControlWithoutEndpoint) {
    const auto found = find("control=[::1]:40124|control-mode=dynamic");
    EXPECT_EQ(found.local, at("::1", 40124));
    EXPECT_EQ(found.remote_data, at("::"));
    EXPECT_TRUE(found.has_explicit_control);
}

TEST(ChannelAddresses, RefusalsSayWhatIsWrong) {
    EXPECT_EQ(refusal("endpoint=224.0.1.2:1"), ErrorCode::generic);
    EXPECT_EQ(refusal("endpoint=even-group:1"), ErrorCode::generic);
    EXPECT_EQ(refusal("endpoint=nowhere:1"), ErrorCode::unknown_host);
    EXPECT_EQ(refusal("endpoint=localhost:1|interface=nowhere"), ErrorCode::unknown_host);
    EXPECT_EQ(refusal("endpoint=localhost:1|interface=six"), ErrorCode::unknown_host);
    EXPECT_EQ(refusal("endpoint=localhost:1|interface=192.168.7.7"), ErrorCode::generic);
    EXPECT_EQ(refusal("endpoint=localhost:1|interface={nothere}"), ErrorCode::generic);
    EXPECT_EQ(refusal("endpoint=224.0.1.1:1|interface=0.0.0.0"), ErrorCode::generic) << "needs /0";
    EXPECT_EQ(refusal("endpoint=224.0.1.1:1|interface=0.0.0.0/0"), ErrorCode::none);
}

TEST(ChannelAddresses, WithATagNumbersAreCompared) {
    const auto existing = find("endpoint=localhost:40123|tags=3");
    EXPECT_TRUE(agrees(find("endpoint=127.0.0.1:40123|tags=3"), existing));
    EXPECT_TRUE(agrees(find("tags=3"), existing));
    EXPECT_FALSE(agrees(find("endpoint=localhost:40999|tags=3"), existing));
    EXPECT_FALSE(agrees(find("endpoint=localhost:40123|interface=localhost|tags=3"), existing));
    EXPECT_FALSE(agrees(find("interface=localhost|tags=3"), existing));
}

TEST(ChannelAddresses, NamesHaveToBeLookedUpFirst) {
    const auto names = [](const std::string& text) {
        const auto uri = channel::Uri::parse("aeron:udp?" + text);
        return names_in(channel::parse_subscription(uri, {}).udp);
    };
    EXPECT_EQ(names("endpoint=a:1|control=b:2|interface=c"), (std::vector<std::string>{"a", "b", "c"}));
    EXPECT_EQ(names("endpoint=224.0.1.1:1|control=b:2|interface={lo}"), std::vector<std::string>{});
    EXPECT_EQ(names("endpoint=[::1]:1|control=127.0.0.1:2|interface=127.0.0.1"), std::vector<std::string>{});
}

TEST(ChannelAddresses, APublicationIsConnectedUnlessItHasManyDestinations) {
    using channel::ControlMode;
    const auto plain = find("endpoint=localhost:40123|interface=localhost:7");
    EXPECT_EQ(publication_transport(plain, ControlMode::none, true).local, at("127.0.0.1", 7));
    EXPECT_EQ(publication_transport(plain, ControlMode::none, true).connected, at("127.0.0.1", 40123));
    EXPECT_EQ(publication_transport(plain, ControlMode::none, false).connected, std::nullopt);
    EXPECT_EQ(publication_transport(plain, ControlMode::manual, true).connected, std::nullopt);
    const auto dynamic = find("control=localhost:40124|control-mode=dynamic");
    EXPECT_EQ(publication_transport(dynamic, ControlMode::dynamic, true).local, at("127.0.0.1", 40124));
    EXPECT_EQ(publication_transport(dynamic, ControlMode::dynamic, true).connected, std::nullopt);
    const auto group = publication_transport(find("endpoint=224.0.1.1:9"), ControlMode::none, true);
    EXPECT_EQ(group.group, at("224.0.1.2", 9));
    EXPECT_EQ(group.connected, at("224.0.1.1", 9));
    EXPECT_EQ(group.interface_index, 2U);
}

TEST(ChannelAddresses, ASubscriptionListensAtTheEndpoint) {
    const auto plain = subscription_transport(find("endpoint=localhost:40123|interface=localhost"));
    EXPECT_EQ(plain.local, at("127.0.0.1", 40123));
    EXPECT_EQ(plain.group, std::nullopt);
    const auto group = subscription_transport(find("endpoint=224.0.1.1:9"));
    EXPECT_EQ(group.local, at("10.0.0.5"));
    EXPECT_EQ(group.group, at("224.0.1.1", 9));
}

}  // namespace
}  // namespace gale::net
