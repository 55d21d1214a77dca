// Channels taken apart and put together by libaeron.so, for those who do that by themselves.
#include "base/random.hpp"

#include <gtest/gtest.h>

#include <aeron/aeron_client_error.h>
#include <aeron/aeronc.h>
#include <aeron/uri/aeron_uri.h>
#include <aeron/uri/aeron_uri_string_builder.h>
#include <aeron/util/aeron_error.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>

namespace gale::testing {
namespace {

/// A channel that was taken apart.
struct ParsedChannel {
    explicit ParsedChannel(const std::string& text) : result{aeron_uri_parse(text.size(), text.c_str(), &uri)} {}
    ParsedChannel(const ParsedChannel&) = delete;
    ParsedChannel& operator=(const ParsedChannel&) = delete;
    ~ParsedChannel() { aeron_uri_close(&uri); }

    [[nodiscard]] std::string printed() {
        std::array<char, AERON_URI_MAX_LENGTH> text{};
        const int length = aeron_uri_sprint(&uri, text.data(), text.size());
        EXPECT_EQ(length, static_cast<int>(std::strlen(text.data())));
        return text.data();
    }
    [[nodiscard]] aeron_uri_params_t* others() {
        return uri.type == AERON_URI_UDP ? &uri.params.udp.additional_params : &uri.params.ipc.additional_params;
    }
    [[nodiscard]] const char* find(const char* key) { return aeron_uri_find_param_value(others(), key); }

    aeron_uri_t uri{};
    int result;
};

TEST(CAbiChannels, AreTakenApartAndPrinted) {
    ParsedChannel channel{
        "aeron:udp?mtu=1408|tags=5,7|endpoint=localhost:1|control=a:2|control-mode=dynamic|alias=x=y|ttl=8|"
        "interface=lo"};
    ASSERT_EQ(channel.result, 0) << aeron_errmsg();
    const auto& udp = channel.uri.params.udp;
    EXPECT_EQ(channel.uri.type, AERON_URI_UDP);
    EXPECT_STREQ(udp.endpoint, "localhost:1");
    EXPECT_STREQ(udp.bind_interface, "lo");
    EXPECT_STREQ(udp.control, "a:2");
    EXPECT_STREQ(udp.control_mode, "dynamic");
    EXPECT_STREQ(udp.channel_tag, "5");
    EXPECT_STREQ(udp.entity_tag, "7");
    EXPECT_STREQ(udp.ttl, "8");
    EXPECT_STREQ(channel.find("mtu"), "1408");
    EXPECT_STREQ(channel.find("alias"), "x=y");
    EXPECT_EQ(channel.find("mt"), nullptr);
    EXPECT_EQ(channel.find("endpoint"), nullptr);
    EXPECT_EQ(aeron_uri_multicast_ttl(&channel.uri), 8);
    EXPECT_EQ(channel.printed(),
              "aeron:udp?endpoint=localhost:1|interface=lo|control=a:2|control-mode=dynamic|tags=5,7|ttl=8|"
              "mtu=1408|alias=x=y");
    std::array<char, 12> little{};
    EXPECT_EQ(aeron_uri_sprint(&channel.uri, little.data(), little.size()), static_cast<int>(channel.printed().size()));
    EXPECT_STREQ(little.data(), "aeron:udp?e");
}

TEST(CAbiChannels, OverSharedMemoryHaveFewParametersOfTheirOwn) {
    ParsedChannel channel{"aeron:ipc?endpoint=a|control-mode=response|tags=,9"};
    ASSERT_EQ(channel.result, 0) << aeron_errmsg();
    EXPECT_EQ(channel.uri.type, AERON_URI_IPC);
    EXPECT_EQ(channel.uri.params.ipc.channel_tag, nullptr);
    EXPECT_STREQ(channel.uri.params.ipc.entity_tag, "9");
    EXPECT_STREQ(channel.find("endpoint"), "a");
    EXPECT_EQ(channel.printed(), "aeron:ipc?tags=,9|control-mode=response|endpoint=a");
    EXPECT_EQ(aeron_uri_multicast_ttl(&channel.uri), 0);
    EXPECT_EQ(ParsedChannel{"aeron:ipc"}.printed(), "aeron:ipc");
    EXPECT_EQ(ParsedChannel{"aeron:ipc?"}.printed(), "aeron:ipc");
}

TEST(CAbiChannels, AreReadAsLenientlyAsByAeron) {
    EXPECT_EQ(ParsedChannel{"aeron:udp?"}.printed(), "aeron:udp?");
    EXPECT_EQ(ParsedChannel{"aeron:udp?endpoint=a:1|"}.printed(), "aeron:udp?endpoint=a:1");
    EXPECT_EQ(ParsedChannel{"aeron:udp?endpoint=a:1|dangling"}.printed(), "aeron:udp?endpoint=a:1");
    EXPECT_EQ(ParsedChannel{"aeron:udp?endpoint=a:1|tags="}.printed(), "aeron:udp?endpoint=a:1");
    EXPECT_EQ(ParsedChannel{"aeron:udp?endpoint=a:1|endpoint=b:2"}.printed(), "aeron:udp?endpoint=b:2");
    ParsedChannel twice{"aeron:udp?mtu=1|mtu=2|mtu-note=3|tags=1,2|tags=3"};
    EXPECT_STREQ(twice.find("mtu"), "1");
    EXPECT_STREQ(twice.uri.params.udp.channel_tag, "3");
    EXPECT_STREQ(twice.uri.params.udp.entity_tag, "2");
    std::string many = "aeron:ipc?k0=v";
    for (int i = 1; i < 100; ++i) many += "|k" + std::to_string(i) + "=" + std::to_string(i);
    ParsedChannel long_one{many};
    EXPECT_EQ(long_one.others()->length, 100U);
    EXPECT_STREQ(long_one.find("k99"), "99");
    EXPECT_EQ(long_one.printed(), many);
}

TEST(CAbiChannels, ThatMakeNoSenseAreRefused) {
    for (const char* text : {"", "aeron", "aeron:", ":aeron", "aeron:udp", "aeron:tcp", "aeron:foo?x=y", "aeron:ipcX",
                             "aeron:ipc|a=b", "aeron-spy:aeron:ipc", "aeron:udp?=v", "aeron:udp?a=b|=v",
                             "aeron:udp?a|b=c", "aeron:udp?a=b||c=d", "aeron:udp?a=|b=c", "aeron:udp?|"}) {
        aeron_err_clear();
        ParsedChannel channel{text};
        EXPECT_EQ(channel.result, -1) << text;
        EXPECT_EQ(aeron_errcode(), -AERON_ERROR_CODE_INVALID_CHANNEL) << text;
    }
    EXPECT_EQ(ParsedChannel{"aeron:ipc?a=" + std::string(4083, 'x')}.result, 0);
    EXPECT_EQ(ParsedChannel{"aeron:ipc?a=" + std::string(4084, 'x')}.result, -1);
    EXPECT_LT(std::strlen(aeron_errmsg()), 1000U);
    aeron_uri_t uri{};
    EXPECT_EQ(aeron_uri_parse(9, "aeron:ipcX", &uri), 0) << "the tenth byte does not belong to it";
    EXPECT_EQ(aeron_uri_parse(9, nullptr, &uri), -1);
    EXPECT_EQ(aeron_uri_parse(9, "aeron:ipc", nullptr), -1);
    EXPECT_EQ(aeron_errcode(), EINVAL);
    EXPECT_EQ(aeron_uri_sprint(&uri, nullptr, 0), -1) << "of no media";
    aeron_uri_close(&uri);
}

TEST(CAbiChannels, HandParametersToACallback) {
    std::string text = "a=1|b=2|c";
    std::string seen;
    const auto note = [](void* clientd, const char* key, const char* value) {
        static_cast<std::string*>(clientd)->append(key).append(value);
        return 0;
    };
    EXPECT_EQ(aeron_uri_parse_params(text.data(), note, &seen), 0);
    EXPECT_EQ(seen, "a1b2");
    text = "a=1|b=2";
    const auto refuse = [](void*, const char*, const char*) { return -7; };
    EXPECT_EQ(aeron_uri_parse_params(text.data(), refuse, nullptr), -7);
    EXPECT_EQ(aeron_uri_parse_params(nullptr, note, &seen), -1);
    EXPECT_EQ(aeron_uri_parse_params(text.data(), nullptr, &seen), -1);
}

TEST(CAbiChannels, HaveTypedValues) {
    ParsedChannel channel{"aeron:udp?i=-5|h=0x10|o=010|j=5x|l=4294967296|yes=true|no=false|maybe=trueish|t=5ms|u=5m|"
                          "rcv-wnd=64k|so-sndbuf=1m|so-rcvbuf=2m|ats=true|ttl=999"};
    aeron_uri_params_t* params = channel.others();
    std::int32_t number = 77;
    EXPECT_EQ(aeron_uri_get_int32(params, "i", &number), 1);
    EXPECT_EQ(number, -5);
    EXPECT_EQ(aeron_uri_get_int32(params, "h", &number), 1);
    EXPECT_EQ(number, 16);
    EXPECT_EQ(aeron_uri_get_int32(params, "o", &number), 1);
    EXPECT_EQ(number, 8);
    EXPECT_EQ(aeron_uri_get_int32(params, "j", &number), -1);
    EXPECT_EQ(aeron_errcode(), EINVAL);
    EXPECT_NE(std::string_view{aeron_errmsg()}.find("j=5x"), std::string_view::npos) << aeron_errmsg();
    EXPECT_EQ(aeron_uri_get_int32(params, "l", &number), -1);
    EXPECT_EQ(number, 8);
    EXPECT_EQ(aeron_uri_get_int32(params, "none", &number), 0);
    EXPECT_EQ(number, 0);
    std::int64_t large = 0;
    EXPECT_EQ(aeron_uri_get_int64(params, "l", 3, &large), 1);
    EXPECT_EQ(large, 4294967296);
    EXPECT_EQ(aeron_uri_get_int64(params, "none", 3, &large), 0);
    EXPECT_EQ(large, 3);
    bool truth = false;
    EXPECT_EQ(aeron_uri_get_bool(params, "yes", &truth), 0);
    EXPECT_TRUE(truth);
    EXPECT_EQ(aeron_uri_get_bool(params, "none", &truth), 0);
    EXPECT_TRUE(truth);
    EXPECT_EQ(aeron_uri_get_bool(params, "no", &truth), 0);
    EXPECT_FALSE(truth);
    EXPECT_EQ(aeron_uri_get_bool(params, "maybe", &truth), -1);
    std::uint64_t time = 1;
    EXPECT_EQ(aeron_uri_get_timeout(params, "none", &time), 0);
    EXPECT_EQ(time, 1U);
    EXPECT_EQ(aeron_uri_get_timeout(params, "t", &time), 0);
    EXPECT_EQ(time, 5'000'000U);
    EXPECT_EQ(aeron_uri_get_timeout(params, "u", &time), -1);
    std::size_t window = 0, send = 0, receive = 0;
    EXPECT_EQ(aeron_uri_get_receiver_window_length(params, &window), 0);
    EXPECT_EQ(window, 65536U);
    EXPECT_EQ(aeron_uri_get_socket_buf_lengths(params, &send, &receive), 0);
    EXPECT_EQ(send, 1U << 20U);
    EXPECT_EQ(receive, 2U << 20U);
    aeron_uri_ats_status_t ats = AERON_URI_ATS_STATUS_DEFAULT;
    EXPECT_EQ(aeron_uri_get_ats(params, &ats), 0);
    EXPECT_EQ(ats, AERON_URI_ATS_STATUS_ENABLED);
    ParsedChannel off{"aeron:udp?ats=false|ttl=x"}, bad{"aeron:udp?ats=x|ttl=-1"}, none{"aeron:udp?"};
    EXPECT_EQ(aeron_uri_get_ats(off.others(), &ats), 0);
    EXPECT_EQ(ats, AERON_URI_ATS_STATUS_DISABLED);
    EXPECT_EQ(aeron_uri_get_ats(none.others(), &ats), 0);
    EXPECT_EQ(ats, AERON_URI_ATS_STATUS_DEFAULT);
    EXPECT_EQ(aeron_uri_get_ats(bad.others(), &ats), -1);
    EXPECT_EQ(aeron_uri_multicast_ttl(&channel.uri), 255);
    EXPECT_EQ(aeron_uri_multicast_ttl(&off.uri), 0);
    EXPECT_EQ(aeron_uri_multicast_ttl(&bad.uri), 255);
    EXPECT_EQ(aeron_uri_multicast_ttl(nullptr), 0);
}

TEST(CAbiChannels, TagsAreTheNumberAtTheFront) {
    EXPECT_EQ(aeron_uri_parse_tag("12"), 12);
    EXPECT_EQ(aeron_uri_parse_tag("12x"), 12);
    EXPECT_EQ(aeron_uri_parse_tag("0x5"), 0);
    EXPECT_EQ(aeron_uri_parse_tag("-2"), -2);
    for (const char* none : {"", "x", "99999999999999999999"})
        EXPECT_EQ(aeron_uri_parse_tag(none), AERON_URI_INVALID_TAG);
    EXPECT_EQ(aeron_uri_parse_tag(nullptr), AERON_URI_INVALID_TAG);
}

std::string text_of_builder(aeron_uri_string_builder_t& builder) {
    std::array<char, AERON_URI_MAX_LENGTH> text{};
    const int length = aeron_uri_string_builder_sprint(&builder, text.data(), text.size());
    EXPECT_EQ(length, static_cast<int>(std::strlen(text.data()))) << aeron_errmsg();
    return text.data();
}

TEST(CAbiChannels, ArePutTogether) {
    aeron_uri_string_builder_t builder;
    ASSERT_EQ(aeron_uri_string_builder_init_new(&builder), 0);
    std::array<char, 100> text{};
    EXPECT_EQ(aeron_uri_string_builder_sprint(&builder, text.data(), text.size()), -1) << "it has no media";
    EXPECT_EQ(aeron_uri_string_builder_put(&builder, AERON_URI_STRING_BUILDER_MEDIA_KEY, "udp"), 0);
    EXPECT_EQ(text_of_builder(builder), "aeron:udp");
    EXPECT_EQ(aeron_uri_string_builder_put(&builder, "endpoint", "a:1"), 0);
    EXPECT_EQ(aeron_uri_string_builder_put_int32(&builder, "session-id", -7), 0);
    EXPECT_EQ(aeron_uri_string_builder_put_int64(&builder, "gtag", INT64_MIN), 0);
    EXPECT_EQ(aeron_uri_string_builder_put(&builder, "alias", "x"), 0);
    const char* endpoint = aeron_uri_string_builder_get(&builder, "endpoint");
    EXPECT_EQ(aeron_uri_string_builder_put(&builder, "alias", nullptr), 0);
    EXPECT_STREQ(endpoint, "a:1");
    EXPECT_EQ(aeron_uri_string_builder_get(&builder, "alias"), nullptr);
    EXPECT_EQ(text_of_builder(builder), "aeron:udp?endpoint=a:1|session-id=-7|gtag=-9223372036854775808");
    EXPECT_EQ(aeron_uri_string_builder_sprint(&builder, text.data(), 20), -1);
    EXPECT_STREQ(text.data(), "") << "half a channel would be another one";
    EXPECT_EQ(aeron_uri_string_builder_put(&builder, AERON_URI_STRING_BUILDER_PREFIX_KEY, "aeron-spy"), 0);
    EXPECT_STREQ(aeron_uri_string_builder_get(&builder, AERON_URI_STRING_BUILDER_PREFIX_KEY), "aeron-spy");
    EXPECT_TRUE(text_of_builder(builder).starts_with("aeron-spy:aeron:udp?"));
    for (const char* bad : {"", "a=b", "a|b", "a?b"})
        EXPECT_EQ(aeron_uri_string_builder_put(&builder, bad, "x"), -1) << bad;
    EXPECT_EQ(aeron_uri_string_builder_put(&builder, "a", ""), -1);
    EXPECT_EQ(aeron_uri_string_builder_put(&builder, "a", "b|c"), -1);
    EXPECT_EQ(aeron_uri_string_builder_put(&builder, "__media", "udp?x"), -1);
    EXPECT_EQ(aeron_errcode(), EINVAL);
    EXPECT_EQ(aeron_uri_string_builder_close(&builder), 0);
    EXPECT_EQ(aeron_uri_string_builder_close(&builder), 0);
    EXPECT_EQ(aeron_uri_string_builder_put(&builder, "a", "b"), -1);
    EXPECT_EQ(aeron_uri_string_builder_get(&builder, "endpoint"), nullptr);
}

TEST(CAbiChannels, AreChangedByABuilder) {
    aeron_uri_string_builder_t builder;
    ASSERT_EQ(
        aeron_uri_string_builder_init_on_string(&builder, "aeron-spy:aeron:udp?endpoint=a:1|mtu=1|mtu=2|x=y=z|drop"), 0)
        << aeron_errmsg();
    EXPECT_STREQ(aeron_uri_string_builder_get(&builder, AERON_URI_STRING_BUILDER_MEDIA_KEY), "udp");
    EXPECT_EQ(aeron_uri_string_builder_put(&builder, "endpoint", "b:2"), 0);
    EXPECT_EQ(text_of_builder(builder), "aeron-spy:aeron:udp?endpoint=b:2|mtu=2|x=y=z");
    aeron_uri_string_builder_t moved = builder;
    EXPECT_EQ(aeron_uri_string_builder_set_initial_position(&moved, 3 * 65536 + 96, INT32_MAX, 65536), 0);
    EXPECT_STREQ(aeron_uri_string_builder_get(&moved, "term-length"), "65536");
    EXPECT_STREQ(aeron_uri_string_builder_get(&moved, "init-term-id"), "2147483647");
    EXPECT_STREQ(aeron_uri_string_builder_get(&moved, "term-id"), "-2147483646");
    EXPECT_STREQ(aeron_uri_string_builder_get(&moved, "term-offset"), "96");
    EXPECT_EQ(aeron_uri_string_builder_set_initial_position(&moved, -32, 0, 65536), -1);
    EXPECT_EQ(aeron_uri_string_builder_set_initial_position(&moved, 33, 0, 65536), -1);
    EXPECT_EQ(aeron_uri_string_builder_set_initial_position(&moved, INT64_MAX - 31, 0, 65536), -1);
    EXPECT_EQ(aeron_uri_string_builder_set_initial_position(&moved, 32, 0, 65535), -1);
    EXPECT_EQ(aeron_uri_string_builder_close(&moved), 0);
    EXPECT_EQ(aeron_uri_string_builder_put(&builder, "a", "b"), -1) << "it was closed in its other place";

    for (const char* bad : {"", "udp", "aeron:", "aeron-spy:udp", "aeron:udp?=x", "aeron:udp?a|b=c", "aeron:a:b",
                            ":aeron:udp", "a?b:aeron:udp"}) {
        EXPECT_EQ(aeron_uri_string_builder_init_on_string(&builder, bad), -1) << bad;
        EXPECT_EQ(aeron_errcode(), -AERON_ERROR_CODE_INVALID_CHANNEL) << bad;
        EXPECT_EQ(aeron_uri_string_builder_put(&builder, "a", "b"), -1) << "there is nothing to put it into";
    }
    EXPECT_EQ(aeron_uri_string_builder_init_on_string(&builder, nullptr), -1);
    std::memset(&builder, 0xA5, sizeof builder);
    builder.closed = false;
    EXPECT_EQ(aeron_uri_string_builder_put(&builder, "a", nullptr), -1) << "it was never made";
}

TEST(CAbiChannels, WhateverWasReadIsPrintedSoThatItReadsTheSame) {
    constexpr std::array begins{"aeron:udp?", "aeron:ipc?", "aeron-spy:aeron:udp?", "aeron:"};
    constexpr std::array pieces{
        "=", "|", "a", "b", ",", "?", ":", "tags=", "endpoint=", "|mtu=", "ttl", "control-mode", "__media"};
    Random random{11};
    int parsed = 0, built = 0;
    for (int i = 0; i < 20'000; ++i) {
        std::string text = begins.at(random.below(begins.size()));
        for (auto count = random.below(12); count > 0; --count) text += pieces.at(random.below(pieces.size()));
        SCOPED_TRACE(text);
        if (ParsedChannel channel{text}; channel.result == 0) {
            ++parsed;
            ParsedChannel again{channel.printed()};
            ASSERT_EQ(again.result, 0) << channel.printed();
            ASSERT_EQ(again.printed(), channel.printed());
        }
        aeron_uri_string_builder_t builder, again;
        if (aeron_uri_string_builder_init_on_string(&builder, text.c_str()) < 0) continue;
        ++built;
        ASSERT_EQ(aeron_uri_string_builder_init_on_string(&again, text_of_builder(builder).c_str()), 0)
            << aeron_errmsg();
        ASSERT_EQ(text_of_builder(again), text_of_builder(builder));
        EXPECT_EQ(aeron_uri_string_builder_close(&builder), 0);
        EXPECT_EQ(aeron_uri_string_builder_close(&again), 0);
    }
    EXPECT_GT(parsed, 1000);
    EXPECT_GT(built, 1000);
}

}  // namespace
}  // namespace gale::testing
