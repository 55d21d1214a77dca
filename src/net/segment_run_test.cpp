#include "net/segment_run.hpp"
#include "net/testing.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace gale::net {
namespace {

using testing::Train;

constexpr SegmentLimits limits{.count = 64, .largest_segment = 65535, .pieces_of_memory = 16};

std::size_t run_length(const std::vector<std::size_t>& lengths, const SegmentLimits& under = limits) {
    const Train run{lengths};
    return first_run(run.datagrams(), under).datagrams;
}

TEST(SegmentRun, EqualDatagramsBelongTogether) { EXPECT_EQ(run_length({1408, 1408, 1408}), 3U); }

TEST(SegmentRun, AShorterOneIsTheLast) { EXPECT_EQ(run_length({1408, 1408, 64, 64}), 3U); }

TEST(SegmentRun, ALongerOneBeginsTheNext) { EXPECT_EQ(run_length({64, 1408, 1408}), 1U); }

TEST(SegmentRun, AnEmptyDatagramIsAlone) {
    EXPECT_EQ(run_length({0, 0}), 1U);
    EXPECT_EQ(run_length({32, 0, 32}), 1U);
}

TEST(SegmentRun, EndsAtTheKernelsCount) { EXPECT_EQ(run_length(std::vector<std::size_t>(100, 32)), 64U); }

TEST(SegmentRun, EndsBeforeTheTotalIsTooLong) {
    EXPECT_EQ(run_length(std::vector<std::size_t>(60, 1408)), 65507U / 1408U);
    EXPECT_EQ(run_length({65504, 32}), 1U);
    EXPECT_EQ(run_length({32768, 32736}), 2U);
}

TEST(SegmentRun, EndsBeforeMemoryIsTooScattered) {
    const Train all{std::vector<std::size_t>(8, 64)};
    std::vector<Datagram> batch(all.datagrams().begin(), all.datagrams().end());
    batch.erase(batch.begin() + 5);  // so that what is left lies in three pieces
    batch.erase(batch.begin() + 2);
    auto two = limits;
    two.pieces_of_memory = 2;
    const auto run = first_run(batch, two);
    EXPECT_EQ(run.datagrams, 4U);
    EXPECT_EQ(run.pieces_of_memory, 2U);
}

TEST(SegmentRun, WithoutOffloadEveryDatagramIsAlone) {
    EXPECT_EQ(run_length({64, 64}, SegmentLimits{}), 1U);
    auto small = limits;
    small.largest_segment = 1407;
    EXPECT_EQ(run_length({1408, 1408}, small), 1U);
}

}  // namespace
}  // namespace gale::net
