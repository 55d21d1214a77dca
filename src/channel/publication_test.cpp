#include "channel/parameters.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace gale::channel {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

constexpr std::int32_t mebibyte = 1024 * 1024;

PublicationParameters publication(std::string_view text, const PublicationDefaults& defaults = {}) {
    return parse_publication(Uri::parse(text), defaults);
}
PublicationParameters ipc(const std::string& parameters) { return publication("aeron:ipc?" + parameters); }
PublicationParameters udp(const std::string& parameters) {
    return publication("aeron:udp?endpoint=localhost:40123|" + parameters);
}

ErrorCode publication_refusal(const std::string& text, const PublicationDefaults& defaults = {}) {
    try {
        static_cast<void>(publication(text, defaults));
        return ErrorCode::none;
    } catch (const Error& error) {
        return error.code();
    }
}
void expect_publication_values(const std::string& key, std::initializer_list<const char*> good,
                               std::initializer_list<const char*> bad) {
    for (const std::string prefix : {"aeron:ipc?", "aeron:udp?endpoint=localhost:1|"}) {
        for (const auto* value : good)
            EXPECT_EQ(publication_refusal(prefix + key + "=" + value), ErrorCode::none) << prefix << key << value;
        for (const auto* value : bad)
            EXPECT_EQ(publication_refusal(prefix + key + "=" + value), ErrorCode::generic) << prefix << key << value;
    }
}

TEST(Publication, TakesTheDriversDefaultsForWhatIsNotGiven) {
    const auto local = publication("aeron:ipc");
    EXPECT_EQ(local.mtu, std::nullopt);
    EXPECT_EQ(local.settings.mtu, 1408);
    EXPECT_EQ(local.settings.term_length, 64 * mebibyte);
    EXPECT_EQ(local.settings.window, 32 * mebibyte);
    EXPECT_EQ(local.settings.linger, 5s);
    EXPECT_EQ(local.settings.max_resend, 16);
    EXPECT_EQ(local.settings.untethered.linger, 5s);
    EXPECT_EQ(local.settings.untethered.resting, 10s);
    EXPECT_TRUE(local.settings.sparse && local.settings.end_of_stream && !local.settings.spies_simulate_connection);
    EXPECT_EQ(publication("aeron:udp?endpoint=localhost:1").settings.term_length, 16 * mebibyte);

    PublicationDefaults defaults;
    defaults.ipc = {.mtu = 4096, .term_length = mebibyte, .window = 128 * 1024};
    defaults.spies_simulate_connection = true;
    EXPECT_EQ(publication("aeron:ipc", defaults).settings.window, 128 * 1024);
    EXPECT_EQ(publication("aeron:ipc?term-length=64k", defaults).settings.window, 32 * 1024);
    EXPECT_TRUE(publication("aeron:ipc", defaults).settings.spies_simulate_connection);
}

TEST(Publication, ReadsWhatIsGiven) {
    const auto all =
        udp("mtu=8k|term-length=128k|linger=1s|max-resend=100|pub-wnd=32k|session-id=-7|tags=5,6|sparse=false|"
            "eos=false|ssc=true|stream-id=10|so-sndbuf=64k|so-rcvbuf=0|ttl=3|fc=min,g:/2|channel-snd-ts-offset=8|"
            "untethered-window-limit-timeout=1s|untethered-linger-timeout=2s|untethered-resting-timeout=3s");
    EXPECT_EQ(all.mtu, 8192);
    EXPECT_EQ(all.settings.term_length, 131072);
    EXPECT_EQ(all.settings.linger, 1s);
    EXPECT_EQ(all.settings.window, 32768);
    EXPECT_EQ(all.session_id, SessionId{-7});
    EXPECT_EQ(all.tags, (Tags{.channel = 5, .entity = 6}));
    EXPECT_EQ(all.sparse, false);
    EXPECT_EQ(all.end_of_stream, false);
    EXPECT_EQ(all.spies_simulate_connection, true);
    EXPECT_EQ(all.stream_id, StreamId{10});
    EXPECT_EQ(all.udp.socket_send_buffer, 65536);
    EXPECT_EQ(all.udp.ttl, 3);
    EXPECT_EQ(all.udp.endpoint->host, "localhost");
    EXPECT_EQ(all.flow_control->group_min_size, 2);
    EXPECT_EQ(all.udp.channel_send_timestamp, TimestampOffset{8});
    EXPECT_EQ(all.settings.untethered.linger, 2s);
}

TEST(Publication, KeepsTheLimitsOfEachParameter) {
    expect_publication_values("mtu", {"64", "1408", "65504", "8K", "01408"},
                              {"0", "32", "33", "63", "65505", "65536", "64k", "-1408", "1408b", "1.5k", "2kfoo"});
    expect_publication_values("term-length", {"65536", "64k", "1m", "1g"},
                              {"0", "65535", "32k", "96k", "2g", "1073741825", "-64k", "64kb", "abc"});
    expect_publication_values("max-resend", {"1", "256"}, {"0", "-1", "257", "16x", "1k"});
    expect_publication_values("pub-wnd", {"1408", "8m"}, {"0", "1407", "-1", "33554433", "abc"});
    expect_publication_values("linger", {"0", "1", "5ns", "5US", "5s", "9223372036854775807"},
                              {"-1", "s", "5x", "5m", "5h", "1.5s", "0x5"});
    expect_publication_values("session-id", {"0", "-1", "2147483647", "-2147483648"},
                              {"2147483648", "-2147483649", "5x", "0x10", "010", "+5", " 7", "tag", "tag:", "tag:x"});
    expect_publication_values("stream-id", {"0", "-2147483648"}, {"abc", "2147483648"});
    for (const std::string flag : {"sparse", "eos", "ssc"})
        expect_publication_values(flag, {"true", "false"}, {"TRUE", "1", "yes", "tru", "trueish"});
    for (const std::string part : {"window-limit", "linger", "resting"})
        expect_publication_values("untethered-" + part + "-timeout", {"0", "7s"}, {"abc", "-5"});
}

TEST(Publication, KeepsTheLimitsOfNetworkParameters) {
    const auto expect_network = [](const std::string& key, std::initializer_list<const char*> good,
                                   std::initializer_list<const char*> bad) {
        const auto prefix = "aeron:udp?endpoint=localhost:1|mtu=64|" + key + "=";
        for (const auto* value : good) EXPECT_EQ(publication_refusal(prefix + value), ErrorCode::none) << key << value;
        for (const auto* value : bad)
            EXPECT_EQ(publication_refusal(prefix + value), ErrorCode::generic) << key << value;
    };
    expect_network("ttl", {"0", "255"}, {"-1", "256", "abc", "010"});
    expect_network("so-sndbuf", {"0", "64", "1g", "2147483647"}, {"63", "-1", "abc", "64kb", "2g"});
    expect_network("so-rcvbuf", {"0", "2147483647"}, {"-1", "2147483648"});
    expect_network("channel-snd-ts-offset", {"reserved", "0", "2147483647"},
                   {"Reserved", "-1", "-8", "8x", "0x8", "2147483648"});
    expect_network("ats", {"false"}, {"true", "maybe"});
    expect_network("fc", {"max"}, {"fastest"});
}

TEST(Publication, MeasuresTheWindowAgainstMtuAndTerm) {
    EXPECT_EQ(udp("pub-wnd=4096|mtu=4096").window, 4096);
    EXPECT_THROW(udp("pub-wnd=2048|mtu=4096"), Error);
    EXPECT_EQ(ipc("term-length=64k|pub-wnd=32k").window, 32768);
    EXPECT_THROW(ipc("term-length=64k|pub-wnd=32769"), Error);
    PublicationDefaults large;
    large.ipc.mtu = 8192;  // also of a publication found by session-id=tag:
    EXPECT_EQ(publication_refusal("aeron:ipc?pub-wnd=4096", large), ErrorCode::generic);
}

TEST(Publication, MeasuresTheMtuAgainstTermAndSocket) {
    EXPECT_EQ(ipc("term-length=64k|mtu=8192").mtu, 8192);
    EXPECT_THROW(ipc("term-length=64k|mtu=8224"), Error);
    EXPECT_EQ(udp("mtu=65504|so-sndbuf=65504").mtu, 65504);
    EXPECT_THROW(udp("mtu=65504|so-sndbuf=65472"), Error);
    PublicationDefaults small;
    small.socket_send_buffer = 4096;
    EXPECT_EQ(publication_refusal("aeron:udp?endpoint=a:1|mtu=8k", small), ErrorCode::generic);
    EXPECT_EQ(publication_refusal("aeron:udp?endpoint=a:1|mtu=8k|so-sndbuf=8k", small), ErrorCode::none);
    EXPECT_EQ(publication_refusal("aeron:ipc?mtu=8k", small), ErrorCode::none);
}

TEST(Publication, StartsWhereTheTripleSays) {
    EXPECT_EQ(publication("aeron:ipc").start, std::nullopt);
    const auto start = ipc("term-length=64k|init-term-id=2147483647|term-id=-2147483648|term-offset=64");
    EXPECT_EQ(start.start->position(65536), Position{65536 + 64});
    const auto last = ipc("term-length=64k|init-term-id=0|term-id=2147483647|term-offset=65536");
    EXPECT_EQ(last.start->position(65536), Position{std::int64_t{1} << 47U});
    for (const auto* bad :
         {"init-term-id=5", "term-offset=64", "init-term-id=5|term-id=6", "init-term-id=5|term-id=4|term-offset=0",
          "init-term-id=-2147483648|term-id=0|term-offset=0", "init-term-id=5|term-id=5|term-offset=65568",
          "init-term-id=5|term-id=5|term-offset=31", "init-term-id=5|term-id=5|term-offset=-32",
          "init-term-id=5|term-id=5|term-offset=32abc", "init-term-id=5x|term-id=5|term-offset=0"})
        EXPECT_EQ(publication_refusal("aeron:ipc?term-length=64k|"s + bad), ErrorCode::generic) << bad;
}

TEST(Publication, ASessionMayBeTakenFromATag) {
    EXPECT_EQ(session_tag(Uri::parse("aeron:udp?endpoint=a:1|session-id=tag:1001")), 1001);
    EXPECT_EQ(session_tag(Uri::parse("aeron:ipc?session-id=5")), std::nullopt);
    EXPECT_EQ(session_tag(Uri::parse("aeron:ipc")), std::nullopt);
    EXPECT_EQ(ipc("session-id=tag:-4").session_tag, -4);
    EXPECT_EQ(ipc("session-id=tag:-4").session_id, std::nullopt);
}

TEST(Publication, TagsAreNumbersOtherThanMinusOne) {
    EXPECT_EQ(ipc("tags=5").tags, (Tags{.channel = 5}));
    EXPECT_EQ(udp("tags=,7").tags, (Tags{.entity = 7}));
    EXPECT_EQ(udp("tags=-2,-9223372036854775808").tags,
              (Tags{.channel = -2, .entity = std::numeric_limits<std::int64_t>::min()}));
    for (const auto* bad : {"abc", "-1", "7x", "0x5", ",", ",5x"})
        EXPECT_NE(publication_refusal("aeron:ipc?tags="s + bad), ErrorCode::none) << bad;
    for (const auto* channel : {"abc", "-1", "18446744073709551616"})
        EXPECT_EQ(publication_refusal("aeron:udp?endpoint=a:1|tags="s + channel), ErrorCode::invalid_channel)
            << channel;
    for (const auto* entity : {"5,", "5,abc", "5,-1", "5,7,9", "5,9223372036854775808"})
        EXPECT_EQ(publication_refusal("aeron:ipc?tags="s + entity), ErrorCode::generic) << entity;
}

TEST(Publication, ANetworkChannelNeedsSomethingThatTellsItApart) {
    for (const auto* bad : {"aeron:udp", "aeron:udp?mtu=10", "aeron:udp?tags=,7", "aeron:udp?Endpoint=a:1",
                            "aeron:udp?control-mode=dynamic"})
        EXPECT_EQ(publication_refusal(bad), ErrorCode::invalid_channel) << bad;
    EXPECT_TRUE(publication("aeron:udp?tags=7").needs_tagged_endpoint());
    EXPECT_FALSE(publication("aeron:udp?tags=7|control-mode=manual").needs_tagged_endpoint());
    EXPECT_FALSE(publication("aeron:ipc?tags=7").needs_tagged_endpoint());
}

TEST(Publication, NeedsAPortUnlessItHasManyDestinations) {
    EXPECT_EQ(publication_refusal("aeron:udp?endpoint=a:0"), ErrorCode::generic);
    EXPECT_EQ(publication_refusal("aeron:udp?endpoint=a:0|control-mode=manual"), ErrorCode::none);
    EXPECT_EQ(publication_refusal("aeron:udp?endpoint=a:0|control=b:0|control-mode=dynamic"), ErrorCode::none);
    EXPECT_EQ(publication_refusal("aeron:udp?control=b:1"), ErrorCode::generic);
    EXPECT_EQ(publication_refusal("aeron:udp?control=b:1|endpoint=a:1"), ErrorCode::none);
    EXPECT_EQ(publication_refusal("aeron:udp?endpoint=224.0.1.1:1|control=b:1|control-mode=dynamic"),
              ErrorCode::generic);
    EXPECT_EQ(publication_refusal("aeron:udp?endpoint=224.0.1.2:1"), ErrorCode::generic);
}

TEST(Publication, AResponseChannelNeedsToKnowToWhom) {
    const auto response = "aeron:udp?control-mode=response|control=a:1"s;
    EXPECT_EQ(publication_refusal(response), ErrorCode::generic);
    EXPECT_EQ(publication_refusal(response + "|response-correlation-id=-1"), ErrorCode::generic);
    EXPECT_EQ(publication(response + "|response-correlation-id=99").response_correlation_id, 99);
    const auto prototype = publication(response + "|response-correlation-id=prototype");
    EXPECT_TRUE(prototype.is_response_prototype());
    EXPECT_EQ(prototype.settings.term_length, 65536);
    EXPECT_EQ(prototype.settings.window, 32768);
    EXPECT_EQ(publication_refusal("aeron:udp?endpoint=a:1|response-correlation-id=prototype"), ErrorCode::generic);
    EXPECT_EQ(udp("response-correlation-id=-1").response_correlation_id, std::nullopt);
    EXPECT_EQ(ipc("response-correlation-id=prototype").settings.term_length, 64 * mebibyte);
    for (const auto* bad : {"-2", "abc", "0x5"})
        EXPECT_EQ(publication_refusal("aeron:ipc?response-correlation-id="s + bad), ErrorCode::generic) << bad;
}

TEST(Publication, TimestampsMustNotOverlap) {
    EXPECT_EQ(publication_refusal("aeron:udp?endpoint=a:1|channel-rcv-ts-offset=0|channel-snd-ts-offset=7"),
              ErrorCode::generic);
    EXPECT_EQ(publication_refusal("aeron:udp?endpoint=a:1|channel-rcv-ts-offset=0|channel-snd-ts-offset=8"),
              ErrorCode::none);
    EXPECT_EQ(publication_refusal("aeron:udp?endpoint=a:1|channel-rcv-ts-offset=reserved|channel-snd-ts-offset=0"),
              ErrorCode::none);
    EXPECT_EQ(publication_refusal("aeron:udp?endpoint=a:1|media-rcv-ts-offset=reserved|channel-snd-ts-offset=reserved"),
              ErrorCode::generic);
}

TEST(Publication, LeavesParametersOfOthersAlone) {
    EXPECT_EQ(publication_refusal("aeron:ipc?endpoint=nonsense|fc=fastest|ats=maybe|ttl=x"), ErrorCode::none);
    EXPECT_EQ(publication_refusal("aeron:ipc?reliable=no|gtag=foo|unknown=1"), ErrorCode::none);
    EXPECT_EQ(publication_refusal("aeron:udp?endpoint=a:1|response-endpoint=nonsense"), ErrorCode::none);
}

TEST(Publication, ReportsTheFirstOfSeveralErrorsAsTheOrderSays) {
    EXPECT_EQ(publication_refusal("aeron:udp?mtu=10|tags=x|endpoint=a:1"), ErrorCode::invalid_channel);
    EXPECT_EQ(publication_refusal("aeron:udp?endpoint=a|tags=x"), ErrorCode::generic);
    EXPECT_EQ(publication_refusal("aeron-spy:aeron:udp?endpoint=a:1|mtu=10"), ErrorCode::invalid_channel);
    try {
        udp("pub-wnd=1|session-id=x|linger=x");
        FAIL();
    } catch (const Error& error) {
        EXPECT_NE(std::string_view{error.what()}.find("session-id=x"), std::string_view::npos) << error.what();
    }
}

}  // namespace
}  // namespace gale::channel
