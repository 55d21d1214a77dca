#include "base/text.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace gale {
namespace {

using namespace std::chrono_literals;

TEST(Text, SizesTakeOneSuffixAndNothingAfterIt) {
    EXPECT_EQ(parse_size("64k"), 65536);
    EXPECT_EQ(parse_size("64K"), 65536);
    EXPECT_EQ(parse_size("3m"), 3 << 20);
    EXPECT_EQ(parse_size("1g"), 1 << 30);
    EXPECT_EQ(parse_size("0"), 0);
    for (const auto* bad :
         {"", "k", "-1", "64kb", "1mb", "64kfoo", " 64k", "64k ", "+1", "0x10", "9223372036854775807k"})
        EXPECT_EQ(parse_size(bad), std::nullopt) << bad;
}

TEST(Text, ABareDurationIsNanoseconds) {
    EXPECT_EQ(parse_duration("5"), 5ns);
    EXPECT_EQ(parse_duration("5us"), 5us);
    EXPECT_EQ(parse_duration("5MS"), 5ms);
    EXPECT_EQ(parse_duration("5s"), 5s);
    EXPECT_EQ(parse_duration("99999999999999999999s"), Nanos::max());
    for (const auto* bad : {"", "s", "-1s", "5m", "5mx", "5sx", "1.5s", " 5s"})
        EXPECT_EQ(parse_duration(bad), std::nullopt) << bad;
}

TEST(Text, NumbersAreWholeAndInRange) {
    EXPECT_EQ(parse_int32("-2147483648"), std::numeric_limits<std::int32_t>::min());
    EXPECT_EQ(parse_int32("2147483648"), std::nullopt);
    EXPECT_EQ(parse_int64("0x10"), std::nullopt);
    EXPECT_EQ(parse_int64("12x"), std::nullopt);
    EXPECT_EQ(parse_bool("true"), true);
    EXPECT_EQ(parse_bool("trueish"), std::nullopt);
}

TEST(Text, FormatsWithTheLargestUnitThatDivides) {
    EXPECT_EQ(format_size(65536), "64k");
    EXPECT_EQ(format_size(1408), "1408");
    EXPECT_EQ(format_size(0), "0");
    EXPECT_EQ(format_duration(100ms), "100ms");
    EXPECT_EQ(format_duration(5s), "5s");
    EXPECT_EQ(format_duration(0ns), "0ns");
}

}  // namespace
}  // namespace gale
