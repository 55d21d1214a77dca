#include "base/random.hpp"
#include "channel/uri.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace gale::channel {
namespace {

ErrorCode uri_refusal(std::string_view text) {
    try {
        static_cast<void>(Uri::parse(text));
        return ErrorCode::none;
    } catch (const Error& error) {
        EXPECT_LT(std::string_view{error.what()}.size(), 600U);
        return error.code();
    }
}

TEST(Uri, TakesAChannelApart) {
    const auto uri = Uri::parse("aeron:udp?endpoint=localhost:40123|alias=a=b?c");
    EXPECT_TRUE(uri.is_udp());
    EXPECT_FALSE(uri.is_spy());
    EXPECT_EQ(uri.find("endpoint"), "localhost:40123");
    EXPECT_EQ(uri.find("alias"), "a=b?c");
    EXPECT_EQ(uri.parameters().size(), 2U);
    EXPECT_EQ(uri.text(), "aeron:udp?endpoint=localhost:40123|alias=a=b?c");
}

TEST(Uri, KeysAreComparedWhole) {
    const auto uri = Uri::parse("aeron:ipc?mtu-note=4096|Mtu=1");
    EXPECT_EQ(uri.find("mtu"), std::nullopt);
    EXPECT_EQ(uri.find("mtu-note-x"), std::nullopt);
    EXPECT_TRUE(uri.has("mtu-note"));
}

TEST(Uri, ASpyIsAQualifierBeforeTheScheme) {
    const auto uri = Uri::parse("aeron-spy:aeron:udp?endpoint=localhost:1");
    EXPECT_TRUE(uri.is_spy());
    EXPECT_TRUE(uri.is_udp());
    for (const auto* bad : {"aeron-spy:", "aeron-spy:aeron-spy:aeron:ipc", "aeron-spyaeron:ipc", "aeron-spy:ipc"})
        EXPECT_EQ(uri_refusal(bad), ErrorCode::invalid_channel) << bad;
}

TEST(Uri, AQuestionMarkAloneMeansNoParameters) {
    for (const auto* text : {"aeron:ipc", "aeron:ipc?", "aeron:udp", "aeron:udp?"})
        EXPECT_TRUE(Uri::parse(text).parameters().empty()) << text;
    EXPECT_EQ(Uri::parse("aeron:ipc?"), Uri::parse("aeron:ipc"));
    EXPECT_EQ(print(Uri::parse("aeron:ipc?")), "aeron:ipc");
}

TEST(Uri, RefusesWhatIsNotAChannel) {
    for (const auto* bad : {"", "aeron", "aeron:", "AERON:ipc", "aeron:IPC", " aeron:ipc", "aeron:ipc ", "aaron:ipc",
                            "aeron:ipcx", "aeron:tcp?a=b", "aeron:ipc|a=b", "unknownudp://localhost:40124"})
        EXPECT_EQ(uri_refusal(bad), ErrorCode::invalid_channel) << bad;
    EXPECT_EQ(uri_refusal(std::string_view{"aeron:ipc?a=\0b", 14}), ErrorCode::invalid_channel);
}

TEST(Uri, RefusesParametersOutOfShape) {
    for (const auto* bad : {"?=v", "?a", "?a=b|", "?a=b||c=d", "?a=b|=d", "?a|b=c", "?a=|b=c", "?a=", "?|a=b",
                            "?a=b|a=c", "?endpoint=", "?tags=", "?mtu=|a=b"})
        EXPECT_EQ(uri_refusal(std::string{"aeron:udp"} + bad), ErrorCode::invalid_channel) << bad;
}

TEST(Uri, AMissingNumberAtTheEndIsAValueProblem) {
    EXPECT_EQ(uri_refusal("aeron:ipc?term-offset="), ErrorCode::generic);
    EXPECT_EQ(uri_refusal("aeron:ipc?mtu="), ErrorCode::generic);
}

TEST(Uri, HoldsAtMost4095Bytes) {
    const std::string start = "aeron:ipc?alias=";
    EXPECT_EQ(uri_refusal(start + std::string(max_uri_length - start.size(), 'x')), ErrorCode::none);
    EXPECT_EQ(uri_refusal(start + std::string(max_uri_length - start.size() + 1, 'x')), ErrorCode::invalid_channel);
}

TEST(Uri, ARefusalNamesParameterValueAndChannelInFewWords) {
    try {
        refuse(ErrorCode::generic, {.channel = "aeron:ipc?mtu=1", .key = "mtu", .value = std::string(5000, 'y')},
               "allowed");
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), testing::AllOf(testing::HasSubstr("mtu=yyy"), testing::HasSubstr("allowed"),
                                                 testing::HasSubstr("aeron:ipc?mtu=1")));
        EXPECT_LT(std::string_view{error.what()}.size(), 400U);
    }
    EXPECT_EQ(shortened("caf\xc3\xa9s", 4), "caf...");  // never half a character
    EXPECT_EQ(shortened("short", 5), "short");
}

/// Pieces that parsers trip over, in any order.
std::string random_text(Random& random) {
    static constexpr std::array pieces{"aeron:",   "aeron-spy:",  "udp",  "ipc",    "?", "|", "=", "a", "mtu",
                                       "endpoint", "localhost:1", "tags", ",",      "[", "]", ":", "/", "\xff",
                                       "0",        "-1",          "fc",   "min,g:", "{", "}", "%"};
    std::string text = random.below(4) == 0 ? "" : "aeron:udp?";
    for (auto count = random.below(12); count > 0; --count) text += pieces[random.below(pieces.size())];
    return text;
}

TEST(Uri, PrintingAndParsingAgreeWhateverTheText) {
    int accepted = 0;
    for (std::uint64_t seed = 1; seed <= 20'000; ++seed) {
        Random random{seed};
        const auto text = random_text(random);
        if (uri_refusal(text) != ErrorCode::none) continue;
        ++accepted;
        const auto uri = Uri::parse(text);
        EXPECT_EQ(Uri::parse(print(uri)), uri) << text;
    }
    EXPECT_GT(accepted, 100);
}

TEST(Uri, RandomParametersSurvivePrinting) {
    for (std::uint64_t seed = 1; seed <= 2'000; ++seed) {
        SCOPED_TRACE(seed);
        Random random{seed};
        std::string text = random.below(2) == 0 ? "aeron:ipc" : "aeron-spy:aeron:udp";
        const auto count = random.below(8);
        for (std::uint64_t i = 0; i < count; ++i)
            text += (i == 0 ? "?k" : "|k") + std::to_string(i) + "=" +
                    std::string(1 + random.below(9), static_cast<char>('0' + i));
        EXPECT_EQ(print(Uri::parse(text)), text);
    }
}

}  // namespace
}  // namespace gale::channel
