#include "base/random.hpp"
#include "logbuffer/append.hpp"
#include "logbuffer/scan.hpp"
#include "logbuffer/testing.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace gale::logbuffer {
namespace {

using testing::LogInMemory;
using testing::message;
using testing::no_limit;
using testing::small_term;

constexpr int all = 1'000'000;

class Scan : public ::testing::Test {
protected:
    void offer(std::size_t length) {
        const auto bytes = message(1, length);
        ASSERT_TRUE(appender.offer(no_limit, SingleSource{bytes}, nullptr));
    }
    Scanned scan_all(Position end = no_end, int limit = all) {
        seen.clear();
        return scan(made.log, position, end, limit,
                    [&](std::span<const std::byte> payload, const wire::FrameHeader&, Position after) {
                        seen.push_back({payload.size(), after.value});
                    });
    }

    struct Seen {
        std::size_t length;
        std::int64_t after;
        bool operator==(const Seen&) const = default;
    };
    LogInMemory made;
    ExclusiveAppender appender{made.log, {SessionId{1}, StreamId{10}}};
    Position position{0};
    std::vector<Seen> seen{};
};

TEST_F(Scan, FindsCommittedFramesAndTheirPositions) {
    EXPECT_EQ(scan_all().fragments, 0);
    offer(0);
    offer(5);
    offer(1400);
    EXPECT_EQ(scan_all().fragments, 4);
    EXPECT_EQ(seen, (std::vector<Seen>{{0, 32}, {5, 96}, {1376, 1504}, {24, 1568}}));
    EXPECT_EQ(position, appender.position());
    EXPECT_EQ(scan_all().fragments, 0);
}

TEST_F(Scan, StopsAtItsLimitAndSkipsPaddingUncounted) {
    offer(1);
    ASSERT_TRUE(appender.append_padding(no_limit, 100));
    offer(2);
    offer(3);
    EXPECT_EQ(scan_all(no_end, 2).fragments, 2);
    EXPECT_EQ(position, Position{64 + 160 + 64});
    EXPECT_EQ(scan_all(no_end, 0).fragments, 0);
    EXPECT_EQ(scan_all().fragments, 1);
}

TEST_F(Scan, PaddingAloneMovesThePosition) {
    ASSERT_TRUE(appender.append_padding(no_limit, 0));
    EXPECT_EQ(scan_all().fragments, 0);
    EXPECT_EQ(position, Position{32});
}

TEST_F(Scan, StopsBeforeAFrameThatIsNotCommitted) {
    offer(1);
    ClaimedFrame claimed;
    ASSERT_TRUE(appender.claim(no_limit, 10, claimed));
    offer(2);
    EXPECT_EQ(scan_all().fragments, 1);
    EXPECT_EQ(position, Position{64});
    commit_frame(claimed.frame, claimed.frame_length);
    EXPECT_EQ(scan_all().fragments, 2);
}

TEST_F(Scan, EndsWithTheTermAndGoesOnInTheNext) {
    while (appender.position().value < small_term) offer(0);
    const auto bytes = message(1, 0);
    EXPECT_EQ(appender.offer(no_limit, SingleSource{bytes}, nullptr), OfferError::admin_action);
    offer(7);
    EXPECT_EQ(scan_all().fragments, small_term / 32);
    EXPECT_EQ(position, Position{small_term});
    EXPECT_EQ(scan_all().fragments, 1);
    EXPECT_EQ(seen, (std::vector<Seen>{{7, small_term + 64}}));
}

TEST_F(Scan, ABoundIsWhereFramesMayNoLongerBegin) {
    for (int i = 0; i < 4; ++i) offer(0);
    EXPECT_EQ(scan_all(Position{0}).fragments, 0);
    EXPECT_EQ(scan_all(Position{-1}).fragments, 0);
    EXPECT_EQ(scan_all(Position{33}).fragments, 2);
    EXPECT_EQ(scan_all(Position{64}).fragments, 0);
    EXPECT_EQ(scan_all(Position{96}).fragments, 1);
}

TEST_F(Scan, AHandlerThatThrowsHasSeenItsFragment) {
    offer(1);
    offer(2);
    const auto thrower = [](std::span<const std::byte>, const wire::FrameHeader&, Position) { throw 1; };
    EXPECT_THROW((void)scan(made.log, position, no_end, all, thrower), int);
    EXPECT_EQ(position, Position{64});
    EXPECT_EQ(scan_all().fragments, 1);
}

TEST_F(Scan, ALengthThatCannotBeStopsItAndIsTold) {
    offer(0);
    offer(0);
    for (const std::int32_t length : {1, 31, small_term - 31, small_term, INT32_MAX}) {
        length_word(made.at(32)).store_release(length);
        position = Position{0};
        const Scanned scanned = scan_all();
        EXPECT_EQ(scanned.fragments, 1) << length;
        EXPECT_TRUE(scanned.corrupt) << length;
        EXPECT_EQ(position, Position{32});
    }
    length_word(made.at(32)).store_release(small_term - 32);  // just up to the end can be
    EXPECT_FALSE(scan_all().corrupt);
    EXPECT_EQ(position, Position{small_term});
    position = Position{32};
    for (const std::int32_t length : {0, -1, INT32_MIN}) {
        length_word(made.at(32)).store_release(length);
        EXPECT_FALSE(scan_all().corrupt);
    }
}

TEST_F(Scan, ABlockIsARunOfWholeFrames) {
    offer(5);
    offer(40);
    offer(0);
    EXPECT_EQ(scan_block(made.log, Position{0}, 1000).length, 64 + 96 + 32);
    EXPECT_EQ(scan_block(made.log, Position{0}, 191).length, 160);
    EXPECT_EQ(scan_block(made.log, Position{0}, 63).length, 0);
    EXPECT_EQ(scan_block(made.log, Position{64}, 96).length, 96);
    EXPECT_EQ(scan_block(made.log, Position{64}, 96).begin, made.at(64));
    EXPECT_EQ(scan_block(made.log, Position{192}, 96).length, 0);
}

TEST_F(Scan, PaddingEndsABlockAndIsOneOfItsOwn) {
    offer(5);
    ASSERT_TRUE(appender.append_padding(no_limit, 1000));
    offer(5);
    const Block before = scan_block(made.log, Position{0}, 10'000);
    EXPECT_EQ(before.length, 64);
    EXPECT_FALSE(before.padding);
    const Block padding = scan_block(made.log, Position{64}, 100);
    EXPECT_EQ(padding.length, 1056);
    EXPECT_TRUE(padding.padding);
}

TEST(ScanProperty, WhateverTheTermsHoldNothingOutsideIsHandedOver) {
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        SCOPED_TRACE(seed);
        Random random{seed};
        const LogInMemory made;
        for (std::size_t at = 0; at < 3 * small_term; at += 32)
            length_word(made.log.term(0) + at)
                .store_release(random.below(9) == 0 ? random.next_int32()
                                                    : static_cast<std::int32_t>(random.below(600)));
        for (int i = 0; i < 50; ++i) {
            Position position{i % 2 == 0 ? static_cast<std::int64_t>(random.next())
                                         : static_cast<std::int64_t>(random.below(3 * small_term))};
            const Position end{random.below(2) == 0
                                   ? static_cast<std::int64_t>(random.next())
                                   : position.value / 2 + static_cast<std::int64_t>(random.below(90'000))};
            if (position.value > made.log.geometry().max_position()) continue;
            const Block block = scan_block(made.log, position, random.next_int32());
            std::uint64_t sum = 0;
            for (std::int32_t at = 0; at < block.length; at += 32)
                sum += std::to_integer<std::uint64_t>(block.begin[at]);
            (void)scan(made.log, position, end, all, [&](std::span<const std::byte> payload, const auto&, Position) {
                if (!payload.empty()) sum += std::to_integer<std::uint64_t>(payload.back());
            });
            ASSERT_LT(sum, std::uint64_t{1} << 40U);
        }
    }
}

}  // namespace
}  // namespace gale::logbuffer
