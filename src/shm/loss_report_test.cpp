#include "base/random.hpp"
#include "shm/loss_report.hpp"
#include "shm/testing.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gale::shm {
namespace {

using testing::Memory;
using namespace std::chrono_literals;

struct SeenLoss {
    std::string channel;
    std::string source;
    std::int64_t count;
    std::int64_t bytes_lost;
    bool operator==(const SeenLoss&) const = default;
};

std::vector<SeenLoss> losses(const Memory& memory) {
    std::vector<SeenLoss> seen;
    (void)read_loss_report(memory.bytes(), [&](const LossObservation& loss) {
        seen.push_back({std::string{loss.channel}, std::string{loss.source}, loss.count, loss.bytes_lost});
    });
    return seen;
}

TEST(LossReport, EntriesAreFoundWhateverTheirChannelsLength) {
    const Memory memory{4096};
    LossReport report{memory.bytes()};
    std::vector<SeenLoss> expected;
    for (std::size_t length = 0; length < 20; ++length) {
        const std::string channel(length, 'c');
        ASSERT_TRUE(report.add({.channel = channel, .source = "source", .bytes_lost = 32}, 1ms));
        expected.push_back({channel, "source", 1, 32});
    }
    EXPECT_EQ(losses(memory), expected);
}

TEST(LossReport, FurtherLossIsAddedUp) {
    const Memory memory{256};
    LossReport report{memory.bytes()};
    const auto entry = report.add({.channel = "c", .source = "s", .bytes_lost = 32}, 1ms);
    ASSERT_TRUE(entry);
    report.lost_more(*entry, 64, 2ms);
    EXPECT_EQ(losses(memory), (std::vector<SeenLoss>{{"c", "s", 2, 96}}));
}

TEST(LossReport, AFullReportTakesNoMore) {
    const Memory memory{128};
    LossReport report{memory.bytes()};
    EXPECT_TRUE(report.add({.channel = "c", .source = "s"}, 1ms));
    EXPECT_FALSE(report.add({.channel = std::string(60, 'c'), .source = "s"}, 1ms));
    EXPECT_TRUE(report.add({.channel = "c", .source = "s"}, 1ms));
    EXPECT_FALSE(report.add({.channel = "", .source = ""}, 1ms));
    EXPECT_EQ(losses(memory).size(), 2U);
}

TEST(LossReportProperty, WhateverTheFileHoldsReadingStaysInside) {
    for (std::uint64_t seed = 0; seed < 500; ++seed) {
        Random random{seed};
        const Memory memory{64 + random.below(30) * 8};
        for (std::size_t at = 0; at < memory.bytes().size(); at += 4) {
            const auto word = random.below(5) == 0 ? random.next_int32() : static_cast<std::int32_t>(random.below(60));
            std::memcpy(memory.bytes().data() + at, &word, sizeof word);
        }
        for (const SeenLoss& seen : losses(memory))
            EXPECT_LE(seen.channel.size() + seen.source.size(), memory.bytes().size());
    }
}

}  // namespace
}  // namespace gale::shm
