#include "base/random.hpp"
#include "channel/keys.hpp"
#include "channel/parameters.hpp"
#include "channel/uri_builder.hpp"

#include <gtest/gtest.h>

#include <array>

namespace gale::channel {
namespace {

using namespace std::chrono_literals;

TEST(UriBuilder, PrintsInOneOrderWhateverTheOrderOfCalls) {
    const auto text = UriBuilder{Media::udp}
                          .set("note", "mine")
                          .set_duration(key::linger, 100ms)
                          .session_id(SessionId{-5})
                          .set_size(key::term_length, 65536)
                          .set_number(key::mtu, 1408)
                          .set(key::endpoint, "localhost:40123")
                          .set_flag(key::sparse, false)
                          .set("a", "b")
                          .text();
    EXPECT_EQ(text, "aeron:udp?endpoint=localhost:40123|mtu=1408|term-length=64k|session-id=-5|linger=100ms|sparse="
                    "false|note=mine|a=b");
}

TEST(UriBuilder, ReplacesAndRemoves) {
    auto builder = UriBuilder{Uri::parse("aeron:ipc?mtu=1408|alias=x")};
    builder.set_size(key::mtu, 8192).remove(key::alias).remove("absent");
    EXPECT_EQ(builder.text(), "aeron:ipc?mtu=8k");
    EXPECT_EQ(UriBuilder{Media::ipc}.text(), "aeron:ipc");
    EXPECT_EQ((UriBuilder{Media::udp, Qualifier::spy}.set(key::endpoint, "a:1").text()),
              "aeron-spy:aeron:udp?endpoint=a:1");
}

TEST(UriBuilder, RefusesTextThatCouldNotBeReadBack) {
    for (const auto* bad : {"", "a?", "a|b", "a=b"}) EXPECT_THROW(UriBuilder{Media::ipc}.set(bad, "x"), Error) << bad;
    for (const auto* bad : {"", "a|b"}) EXPECT_THROW(UriBuilder{Media::ipc}.set("alias", bad), Error) << bad;
    EXPECT_EQ(UriBuilder{Media::ipc}.set("alias", "a=b?c").build().find("alias"), "a=b?c");
}

TEST(UriBuilder, RefusesValuesThatADriverWouldRefuse) {
    EXPECT_THROW(UriBuilder{Media::ipc}.set_number(key::mtu, 32), Error);
    EXPECT_THROW(UriBuilder{Media::ipc}.set_size(key::term_length, 32768), Error);
    EXPECT_THROW(UriBuilder{Media::udp}.set(key::control_mode, "bogus"), Error);
    EXPECT_THROW(UriBuilder{Media::udp}.set_number(key::ttl, 256), Error);
    EXPECT_THROW(UriBuilder{Media::udp}.set_duration(key::linger, -1ns), Error);
    EXPECT_THROW(UriBuilder{Media::udp}.set(key::endpoint, "localhost"), Error);
}

TEST(UriBuilder, RefusesWhatIsWrongInCompanyOnlyWhenBuilt) {
    EXPECT_THROW(static_cast<void>(UriBuilder{Media::udp}.build()), Error);
    EXPECT_THROW(static_cast<void>(UriBuilder{Media::udp}.set(key::control_mode, "dynamic").build()), Error);
    auto triple = UriBuilder{Media::ipc};
    triple.set_number(key::initial_term_id, 5).set_number(key::term_id, 4);
    EXPECT_THROW(static_cast<void>(triple.build()), Error);
    EXPECT_THROW(static_cast<void>(triple.set_number(key::term_offset, 0).build()), Error);
    EXPECT_NO_THROW(static_cast<void>(triple.set_number(key::term_id, 5).build()));
    auto window = UriBuilder{Media::ipc};
    EXPECT_NO_THROW(
        static_cast<void>(window.set_size(key::publication_window, 64 << 20).build()));  // the term is unknown
    EXPECT_THROW(static_cast<void>(window.set_size(key::term_length, 65536).build()), Error);
}

TEST(UriBuilder, AnInitialPositionReadsBackAsItself) {
    for (std::uint64_t seed = 1; seed <= 500; ++seed) {
        SCOPED_TRACE(seed);
        Random random{seed};
        const auto term_length = std::int32_t{1} << (16 + random.below(15));
        const auto limit = std::uint64_t{1} << 31U;
        const Position position{static_cast<std::int64_t>(random.below(limit)) * term_length +
                                static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(term_length) / 32)) *
                                    32};
        const auto uri =
            UriBuilder{Media::ipc}
                .initial_position(
                    {.position = position, .initial_term_id = TermId{random.next_int32()}, .term_length = term_length})
                .build();
        const auto parameters = parse_publication(uri, {});
        ASSERT_TRUE(parameters.start);
        EXPECT_EQ(parameters.start->position(parameters.settings.term_length), position);
    }
}

TEST(UriBuilder, RefusesPositionsThatNoLogHas) {
    const auto start = [](std::int64_t position, std::int32_t term_length) {
        UriBuilder{Media::ipc}.initial_position({.position = Position{position}, .term_length = term_length});
    };
    EXPECT_NO_THROW(start((std::int64_t{1} << 47U) - 32, 65536));
    EXPECT_THROW(start(std::int64_t{1} << 47U, 65536), Error);
    EXPECT_THROW(start(-32, 65536), Error);
    EXPECT_THROW(start(33, 65536), Error);
    EXPECT_THROW(start(0, 0), Error);
}

TEST(UriBuilder, WhatIsBuiltIsParsedAsTheSame) {
    const std::array<Parameter, 8> choices{{{"mtu", "8k"},
                                            {"linger", "3s"},
                                            {"alias", "x=y"},
                                            {"tags", "4,5"},
                                            {"ttl", "7"},
                                            {"unknown", "?"},
                                            {"sparse", "false"},
                                            {"gtag", "-3"}}};
    for (std::uint64_t seed = 1; seed <= 500; ++seed) {
        Random random{seed};
        UriBuilder builder{Media::udp};
        builder.set(key::endpoint, "localhost:1");
        for (auto count = random.below(10); count > 0; --count) {
            const auto& [key, value] = choices[random.below(choices.size())];
            builder.set(key, value);
        }
        const auto uri = builder.build();
        EXPECT_EQ(Uri::parse(print(uri)), uri);
        EXPECT_EQ(UriBuilder{uri}.text(), uri.text());
    }
}

}  // namespace
}  // namespace gale::channel
