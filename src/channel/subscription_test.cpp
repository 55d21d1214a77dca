#include "channel/parameters.hpp"

#include <gtest/gtest.h>

namespace gale::channel {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

SubscriptionParameters subscription(std::string_view text, const SubscriptionDefaults& defaults = {}) {
    return parse_subscription(Uri::parse(text), defaults);
}

template <class Parse> ErrorCode refusal_by(Parse read, std::string_view text) {
    try {
        static_cast<void>(read(Uri::parse(text)));
        return ErrorCode::none;
    } catch (const Error& error) {
        return error.code();
    }
}
ErrorCode subscription_refusal(std::string_view text) {
    return refusal_by([](const Uri& uri) { return parse_subscription(uri, {}); }, text);
}
ErrorCode send_refusal(std::string_view text) { return refusal_by(parse_send_destination, text); }
ErrorCode receive_refusal(std::string_view text) {
    return refusal_by([](const Uri& uri) { return parse_receive_destination(uri, {}); }, text);
}
void expect_subscription_values(const std::string& key, std::initializer_list<const char*> good,
                                std::initializer_list<const char*> bad) {
    const auto prefix = "aeron:udp?endpoint=localhost:1|" + key + "=";
    for (const auto* value : good) EXPECT_EQ(subscription_refusal(prefix + value), ErrorCode::none) << key << value;
    for (const auto* value : bad) EXPECT_EQ(subscription_refusal(prefix + value), ErrorCode::generic) << key << value;
}

TEST(Subscription, TakesTheDriversDefaultsForWhatIsNotGiven) {
    const auto plain = subscription("aeron:udp?endpoint=localhost:1");
    EXPECT_EQ(plain.reliable, std::nullopt);
    EXPECT_TRUE(plain.settings.reliable && plain.settings.sparse && plain.settings.tether && plain.settings.rejoin);
    EXPECT_EQ(plain.settings.group, GroupMode::infer);
    EXPECT_EQ(plain.settings.receiver_window, 128 * 1024);
    EXPECT_EQ(plain.settings.untethered.linger, 5s);
    EXPECT_EQ(plain.session_id, std::nullopt);
    SubscriptionDefaults defaults;
    defaults.tether = false;
    defaults.group_tag = 9;
    EXPECT_FALSE(subscription("aeron:ipc", defaults).settings.tether);
    EXPECT_TRUE(subscription("aeron:ipc?tether=true", defaults).settings.tether);
    EXPECT_EQ(subscription("aeron:ipc", defaults).settings.group_tag, 9);
}

TEST(Subscription, ReadsWhatIsGiven) {
    const auto all = subscription(
        "aeron:udp?endpoint=localhost:0|interface={lo}|reliable=false|sparse=false|tether=false|rejoin=false|"
        "group=true|cc=cubic|gtag=-5|nak-delay=5ms|session-id=-5|rcv-wnd=64k|so-rcvbuf=64k|tags=7|"
        "media-rcv-ts-offset=reserved|channel-rcv-ts-offset=0|untethered-window-limit-timeout=7s");
    EXPECT_TRUE(!all.settings.reliable && !all.settings.sparse && !all.settings.tether && !all.settings.rejoin);
    EXPECT_EQ(all.settings.group, GroupMode::yes);
    EXPECT_EQ(all.settings.congestion_control, CongestionControl::cubic);
    EXPECT_EQ(all.group_tag, -5);
    EXPECT_EQ(all.settings.nak_delay, 5ms);
    EXPECT_EQ(all.session_id, SessionId{-5});
    EXPECT_EQ(all.receiver_window, 65536);
    EXPECT_EQ(all.tags.channel, 7);
    EXPECT_TRUE(all.udp.media_receive_timestamp->is_reserved());
    EXPECT_EQ(all.udp.interface->name, "lo");
    EXPECT_EQ(all.settings.untethered.window_limit, 7s);
    EXPECT_EQ(all.settings.untethered.linger, 7s);
}

TEST(Subscription, KeepsTheLimitsOfEachParameter) {
    for (const std::string flag : {"reliable", "sparse", "tether", "rejoin"}) {
        expect_subscription_values(flag, {"true", "false"}, {"TRUE", "1", "yes", "no", "tru", "trueish"});
        EXPECT_EQ(subscription_refusal("aeron:ipc?" + flag + "=no"), ErrorCode::generic);
        EXPECT_EQ(subscription_refusal("aeron-spy:aeron:udp?endpoint=a:1|" + flag + "=no"), ErrorCode::generic);
    }
    expect_subscription_values("group", {"true", "false", "infer"}, {"TRUE", "nonsense"});
    expect_subscription_values("cc", {"static", "cubic"}, {"bbr", "Static"});
    expect_subscription_values("gtag", {"5", "-5", "9223372036854775807"}, {"foo", "5x", "0x5", "9223372036854775808"});
    expect_subscription_values("nak-delay", {"0", "5ms"}, {"abc", "-1"});
    expect_subscription_values("session-id", {"-5"}, {"x", "tag:5", "2147483648"});
    expect_subscription_values("rcv-wnd", {"0", "1", "128k"}, {"128k1", "-1", "abc", "131073"});
    for (const std::string part : {"window-limit", "linger", "resting"})
        expect_subscription_values("untethered-" + part + "-timeout", {"0", "7s"}, {"abc", "-5"});
    for (const std::string kind : {"media", "channel"})
        expect_subscription_values(kind + "-rcv-ts-offset", {"reserved", "0", "8"}, {"Reserved", "-1", "8x", "0x8"});
}

TEST(Subscription, TheWindowMustFitTheSocketUnlessItIsASpy) {
    EXPECT_EQ(subscription_refusal("aeron:udp?endpoint=a:1|rcv-wnd=256k|so-rcvbuf=256k"), ErrorCode::none);
    EXPECT_EQ(subscription_refusal("aeron:udp?endpoint=a:1|rcv-wnd=256k|so-rcvbuf=0"),
              ErrorCode::none);  // the system's size is not known here
    EXPECT_EQ(subscription_refusal("aeron:udp?endpoint=a:1|so-rcvbuf=64k"), ErrorCode::generic);
    EXPECT_EQ(subscription_refusal("aeron-spy:aeron:udp?endpoint=a:1|rcv-wnd=1g"), ErrorCode::none);
    EXPECT_EQ(subscription("aeron:udp?endpoint=a:1|rcv-wnd=0").receiver_window, std::nullopt);
}

TEST(Subscription, MayListenOnAnyPortButNotToAnyControl) {
    EXPECT_EQ(subscription_refusal("aeron:udp?endpoint=localhost:0"), ErrorCode::none);
    EXPECT_EQ(subscription_refusal("aeron:udp?control=localhost:0|control-mode=dynamic"), ErrorCode::generic);
    EXPECT_EQ(subscription_refusal("aeron:udp?control=localhost:1"), ErrorCode::none);
    EXPECT_EQ(subscription_refusal("aeron:udp?control-mode=dynamic"), ErrorCode::invalid_channel);
    EXPECT_EQ(subscription_refusal("aeron:udp?tags=7"), ErrorCode::none);
    EXPECT_EQ(subscription_refusal("aeron:udp?mtu=4096"), ErrorCode::invalid_channel);
    EXPECT_EQ(subscription_refusal("aeron:udp?endpoint=224.0.1.2:1"), ErrorCode::generic);
}

TEST(Subscription, MayWaitForAResponse) {
    EXPECT_TRUE(subscription("aeron:udp?control-mode=response").is_response);
    EXPECT_TRUE(subscription("aeron:ipc?control-mode=response").is_response);
    EXPECT_FALSE(subscription("aeron:ipc").is_response);
    for (const auto* mode : {"manual", "dynamic", "bogus"})
        EXPECT_EQ(subscription_refusal("aeron:ipc?control-mode="s + mode), ErrorCode::invalid_channel) << mode;
}

TEST(Subscription, ASpyNamesANetworkChannel) {
    EXPECT_TRUE(subscription("aeron-spy:aeron:udp?endpoint=localhost:1").is_spy());
    EXPECT_EQ(subscription_refusal("aeron-spy:aeron:ipc"), ErrorCode::invalid_channel);
    EXPECT_EQ(subscription_refusal("aeron-spy:aeron:udp"), ErrorCode::invalid_channel);
}

TEST(SendDestination, IsANetworkAddress) {
    const auto destination =
        parse_send_destination(Uri::parse("aeron:udp?endpoint=224.0.1.2:1|interface=localhost|ttl=4"));
    EXPECT_EQ(destination.endpoint.text, "224.0.1.2:1");  // multicast rules do not apply
    EXPECT_EQ(destination.interface->host, "localhost");
    EXPECT_EQ(destination.ttl, 4);
    for (const auto* good : {"endpoint=nohost.invalid:1", "endpoint=a:1|control-mode=manual",
                             "endpoint=a:1|session-id=x", "endpoint=a:1|mtux=1"})
        EXPECT_EQ(send_refusal("aeron:udp?"s + good), ErrorCode::none) << good;
    for (const auto* bad : {"aeron:ipc", "aeron:udp?", "aeron:udp?control=a:1", "aeron:udp?endpoint=a:0",
                            "aeron:udp?endpoint=a:00", "aeron:udp?endpoint=a", "aeron:udp?endpoint=a:70000"})
        EXPECT_EQ(send_refusal(bad), ErrorCode::generic) << bad;
    EXPECT_EQ(send_refusal("aeron-spy:aeron:udp?endpoint=a:1"), ErrorCode::invalid_channel);
}

TEST(Destination, RefusesKeysThatBelongToTheWhole) {
    for (const auto* key : {"mtu=1408", "rcv-wnd=64k", "so-rcvbuf=64k", "so-sndbuf=64k", "response-correlation-id=5",
                            "control-mode=response"}) {
        EXPECT_EQ(send_refusal("aeron:udp?endpoint=a:1|"s + key), ErrorCode::invalid_channel) << key;
        EXPECT_EQ(receive_refusal("aeron:udp?endpoint=a:1|"s + key), ErrorCode::invalid_channel) << key;
        EXPECT_EQ(receive_refusal("aeron-spy:aeron:udp?endpoint=a:1|"s + key), ErrorCode::none) << key;
    }
    EXPECT_EQ(receive_refusal("aeron:ipc?mtu=1408|control-mode=response"), ErrorCode::none);
}

TEST(ReceiveDestination, MayBeOfAnyKind) {
    for (const auto* good :
         {"aeron:ipc", "aeron:ipc?term-length=x", "aeron-spy:aeron:udp?endpoint=a:1", "aeron:udp?endpoint=a:0",
          "aeron:udp?control=a:1|control-mode=dynamic", "aeron:udp?endpoint=224.0.1.1:1"})
        EXPECT_EQ(receive_refusal(good), ErrorCode::none) << good;
    for (const auto* bad :
         {"aeron:ipcfoo", "aeron-spy:aeron:ipc", "aeron:udp?", "aeron:udp?tags=5", "aeron:udp?control-mode=manual"})
        EXPECT_EQ(receive_refusal(bad), ErrorCode::invalid_channel) << bad;
    for (const auto* bad :
         {"aeron:ipc?reliable=no", "aeron:udp?endpoint=a", "aeron:udp?endpoint=224.0.1.2:1", "aeron:udp?control=a:0"})
        EXPECT_EQ(receive_refusal(bad), ErrorCode::generic) << bad;
    EXPECT_FALSE(parse_receive_destination(Uri::parse("aeron:ipc?control-mode=response"), {}).is_response);
}

}  // namespace
}  // namespace gale::channel
