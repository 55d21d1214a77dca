#include "base/random.hpp"
#include "shm/error_log.hpp"
#include "shm/overlay.hpp"
#include "shm/testing.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gale::shm {
namespace {

using testing::Memory;
using namespace std::chrono_literals;

struct Seen {
    std::string text;
    int count;
    Millis first;
    Millis last;
    bool operator==(const Seen&) const = default;
};

std::vector<Seen> read(const Memory& memory, Millis since = 0ms) {
    std::vector<Seen> seen;
    const int count = read_error_log(memory.bytes(), since, [&](const ErrorObservation& observation) {
        seen.push_back({std::string{observation.text}, observation.count, observation.first, observation.last});
    });
    EXPECT_EQ(count, static_cast<int>(seen.size()));
    return seen;
}

TEST(ErrorLog, EachDistinctErrorStandsOnceWithItsCountAndTimes) {
    const Memory memory{4096};
    DistinctErrorLog log{memory.bytes()};
    EXPECT_TRUE(read(memory).empty());
    EXPECT_TRUE(log.record(1, "one", 10ms));
    EXPECT_TRUE(log.record(2, "other", 20ms));
    EXPECT_TRUE(log.record(1, "one", 30ms));
    EXPECT_EQ(read(memory), (std::vector<Seen>{{"one", 2, 10ms, 30ms}, {"other", 1, 20ms, 20ms}}));
}

TEST(ErrorLog, CodeAndWholeTextMakeTheDifference) {
    const Memory memory{4096};
    DistinctErrorLog log{memory.bytes()};
    for (const auto* text : {"disk", "disk full", ""}) EXPECT_TRUE(log.record(1, text, 1ms));
    EXPECT_TRUE(log.record(2, "disk", 1ms));
    EXPECT_TRUE(log.record(1, {}, 2ms));
    const auto seen = read(memory);
    ASSERT_EQ(seen.size(), 4U);
    EXPECT_EQ(seen[2], (Seen{"", 2, 1ms, 2ms}));
}

TEST(ErrorLog, OnlyThoseSeenSince) {
    const Memory memory{4096};
    DistinctErrorLog log{memory.bytes()};
    EXPECT_TRUE(log.record(1, "old", 10ms));
    EXPECT_TRUE(log.record(1, "new", 20ms));
    EXPECT_EQ(read(memory, 20ms).size(), 1U);
    EXPECT_EQ(read(memory, 21ms).size(), 0U);
}

TEST(ErrorLog, AFullLogRefusesNewTextsGoesOnCountingOldOnesAndTakesShorterOnes) {
    const Memory memory{64};
    DistinctErrorLog log{memory.bytes()};
    EXPECT_TRUE(log.record(1, "ten bytes!", 1ms));  // 34, so 40
    EXPECT_FALSE(log.record(1, "x", 2ms));          // 25 do not fit into 24
    EXPECT_TRUE(log.record(1, "ten bytes!", 3ms));
    EXPECT_TRUE(log.record(1, "", 4ms));
    EXPECT_EQ(read(memory), (std::vector<Seen>{{"ten bytes!", 2, 1ms, 3ms}, {"", 1, 4ms, 4ms}}));
}

TEST(ErrorLog, ALengthThatMakesNoSenseEndsTheReading) {
    for (const std::int32_t length : {-1, 1, 23, 64, 4097, INT32_MAX, INT32_MIN}) {
        const Memory memory{64};
        DistinctErrorLog log{memory.bytes()};
        EXPECT_TRUE(log.record(1, "a", 1ms));
        EXPECT_TRUE(log.record(1, "b", 1ms) || true);
        overlay<ErrorRecord>(memory.bytes(), 32).length.store_release(length);
        EXPECT_EQ(read(memory).size(), 1U) << length;
    }
}

TEST(ErrorLogProperty, WhateverTheSectionHoldsReadingStaysInside) {
    for (std::uint64_t seed = 0; seed < 500; ++seed) {
        Random random{seed};
        const Memory memory{32 + random.below(60) * 8};
        for (std::size_t at = 0; at < memory.bytes().size(); at += 4) {
            const auto word = static_cast<std::int32_t>(random.below(120));
            std::memcpy(memory.bytes().data() + at, &word, sizeof word);
        }
        std::size_t sum = 0;
        (void)read_error_log(memory.bytes(), 0ms, [&](const ErrorObservation& observation) {
            for (const char c : observation.text) sum += static_cast<unsigned char>(c);
        });
        EXPECT_LE(sum, memory.bytes().size() * 255);
    }
}

}  // namespace
}  // namespace gale::shm
