#include "base/random.hpp"
#include "shm/ring.hpp"
#include "shm/testing.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <utility>
#include <vector>

namespace gale::shm {
namespace {

using testing::Memory;
using testing::to_vector;

constexpr std::int32_t capacity = 1024;

struct Record {
    std::int32_t type;
    std::string payload;
    bool operator==(const Record&) const = default;
};

class RingTest : public ::testing::Test {
protected:
    RingWrite write(std::int32_t type, const std::string& payload) { return ring.write(type, as_bytes(payload)); }
    std::vector<Record> read(int limit = 1000) {
        std::vector<Record> records;
        const auto take = [&](std::int32_t type, std::span<const std::byte> payload) {
            records.push_back({type, std::string{as_text(payload)}});
            return RingRead::consumed;
        };
        const int count = ring.read(take, limit);
        EXPECT_EQ(count, static_cast<int>(records.size()));
        return records;
    }
    /// Moves head and tail on by `bytes`, a multiple of 8, in steps that the ring can hold.
    void go_on(std::int32_t bytes) {
        for (; bytes > 128; bytes -= 64) pass(64);
        pass(bytes);
    }
    RecordHeader& header(std::int64_t index) {
        return overlay<RecordHeader>(memory.bytes(), static_cast<std::size_t>(index));
    }
    RingTrailer& trailer() { return overlay<RingTrailer>(memory.bytes(), capacity); }
    bool data_is_zero() {
        for (const std::byte byte : memory.bytes().first(capacity))
            if (byte != std::byte{0}) return false;
        return true;
    }

    Memory memory{capacity + ring_trailer_length};
    Ring ring{memory.bytes()};

private:
    void pass(std::int32_t bytes) {
        ASSERT_EQ(write(1, std::string(static_cast<std::size_t>(bytes - 8), 'x')), RingWrite::written);
        ASSERT_EQ(read().size(), 1U);
    }
};

TEST_F(RingTest, ARecordIsTheGoldenBytes) {
    const auto golden = testing::golden("ring-record");
    ASSERT_EQ(ring.write(1, std::span{golden}.subspan(8, 33)), RingWrite::written);
    EXPECT_EQ(to_vector(memory.bytes().first(48)), golden);
    EXPECT_EQ(ring.tail(), 48);
}

TEST_F(RingTest, RecordsComeInTheOrderTheyWereWrittenAndLeaveZeros) {
    ASSERT_EQ(write(1, "one"), RingWrite::written);
    ASSERT_EQ(write(2, ""), RingWrite::written);
    ASSERT_EQ(write(3, "and three"), RingWrite::written);
    EXPECT_EQ(read(), (std::vector<Record>{{1, "one"}, {2, ""}, {3, "and three"}}));
    EXPECT_EQ(ring.head(), ring.tail());
    EXPECT_TRUE(data_is_zero());
    EXPECT_TRUE(read().empty());
}

TEST_F(RingTest, ReadsNoMoreThanTheLimit) {
    for (int i = 0; i < 3; ++i) ASSERT_EQ(write(1, std::to_string(i)), RingWrite::written);
    EXPECT_EQ(read(2), (std::vector<Record>{{1, "0"}, {1, "1"}}));
    EXPECT_EQ(read(2), (std::vector<Record>{{1, "2"}}));
}

TEST_F(RingTest, ARecordLeftForLaterComesAgain) {
    ASSERT_EQ(write(1, "a"), RingWrite::written);
    ASSERT_EQ(write(2, "b"), RingWrite::written);
    const auto only_ones = [](std::int32_t type, std::span<const std::byte>) {
        return type == 1 ? RingRead::consumed : RingRead::leave_for_later;
    };
    EXPECT_EQ(ring.read(only_ones, 10), 1);
    EXPECT_EQ(read(), (std::vector<Record>{{2, "b"}}));
}

TEST_F(RingTest, AHandlerThatThrowsDoesNotSeeTheRecordTwice) {
    ASSERT_EQ(write(1, "a"), RingWrite::written);
    ASSERT_EQ(write(2, "b"), RingWrite::written);
    const auto thrower = [](std::int32_t, std::span<const std::byte>) -> RingRead { throw 1; };
    EXPECT_THROW(ring.read(thrower, 10), int);
    EXPECT_EQ(read(), (std::vector<Record>{{2, "b"}}));
}

TEST_F(RingTest, TheLongestPayloadIsAnEighthOfTheCapacity) {
    EXPECT_EQ(write(1, std::string(129, 'x')), RingWrite::too_long);
    EXPECT_EQ(write(1, std::string(128, 'x')), RingWrite::written);
    EXPECT_EQ(read(), (std::vector<Record>{{1, std::string(128, 'x')}}));
}

TEST_F(RingTest, RefusesWhatDoesNotFitAndTakesItOnceThereIsRoom) {
    for (int i = 0; i < 16; ++i) ASSERT_EQ(write(1, std::string(56, 'x')), RingWrite::written);
    EXPECT_EQ(write(1, ""), RingWrite::full);
    EXPECT_EQ(ring.tail(), capacity);
    EXPECT_EQ(read(1).size(), 1U);
    EXPECT_EQ(write(1, std::string(57, 'y')), RingWrite::full);
    EXPECT_EQ(write(1, std::string(56, 'y')), RingWrite::written);
    EXPECT_EQ(write(1, ""), RingWrite::full);
}

TEST_F(RingTest, PadsToTheEndWhereARecordWouldWrap) {
    go_on(1000);
    ASSERT_EQ(write(1, std::string(32, 'x')), RingWrite::written);
    EXPECT_EQ(header(1000).length.load_acquire(), 24);
    EXPECT_EQ(header(1000).type.load_acquire(), padding_type);
    EXPECT_EQ(ring.tail(), 1024 + 40);
    EXPECT_TRUE(read().empty());  // a pass never goes over the end
    EXPECT_EQ(ring.head(), 1024);
    EXPECT_EQ(read().size(), 1U);
    EXPECT_TRUE(data_is_zero());
}

TEST_F(RingTest, ARecordThatEndsJustAtTheEndNeedsNoPadding) {
    go_on(984);
    ASSERT_EQ(write(1, std::string(32, 'x')), RingWrite::written);
    ASSERT_EQ(write(2, "front"), RingWrite::written);
    EXPECT_EQ(read().size(), 1U);
    EXPECT_EQ(read(), (std::vector<Record>{{2, "front"}}));
}

TEST_F(RingTest, ClaimsNothingWhenTheFrontHasNoRoomForAWrappingRecord) {
    go_on(40);
    for (int i = 0; i < 15; ++i) ASSERT_EQ(write(1, std::string(56, 'x')), RingWrite::written);  // 40 to 1000
    EXPECT_EQ(write(1, std::string(40, 'y')), RingWrite::full);  // 48 at the front: only 40
    EXPECT_EQ(ring.tail(), 1000);
    EXPECT_EQ(write(1, std::string(32, 'y')), RingWrite::written);
    EXPECT_EQ(ring.tail(), 1024 + 40);
}

TEST_F(RingTest, TakesPaddingThatNoRecordFollows) {  // as producers in Java leave it
    go_on(1000);
    header(1000).type.store_relaxed(padding_type);
    header(1000).length.store_release(24);
    trailer().tail.store_release(1024);
    EXPECT_TRUE(read().empty());
    EXPECT_EQ(ring.head(), 1024);
    ASSERT_EQ(write(5, "on"), RingWrite::written);
    EXPECT_EQ(read(), (std::vector<Record>{{5, "on"}}));
}

TEST_F(RingTest, CorrelationIdsAreDealtOutOnce) {
    EXPECT_EQ(ring.next_correlation_id(), 0);
    EXPECT_EQ(ring.next_correlation_id(), 1);
}

TEST_F(RingTest, PositionsPastThirtyTwoBitsAndNearTheEndOfSixtyFour) {
    for (const std::int64_t start : {(std::int64_t{1} << 32) - 64, INT64_MAX - 63}) {
        trailer().tail.store_release(start & ~std::int64_t{7});
        trailer().head.store_release(start & ~std::int64_t{7});
        trailer().head_cache.store_release(start & ~std::int64_t{7});
        ASSERT_EQ(write(1, "before"), RingWrite::written);
        ASSERT_EQ(write(1, std::string(100, 'x')), RingWrite::written);
        std::size_t seen = 0;
        for (int i = 0; i < 3; ++i) seen += read().size();
        EXPECT_EQ(seen, 2U);
    }
}

TEST_F(RingTest, WhateverIsWrittenComesOutInOrder) {
    Random random{7};
    std::deque<Record> expected;
    for (int step = 0; step < 20'000; ++step) {
        if (random.below(3) != 0) {
            const auto type = static_cast<std::int32_t>(random.below(1000) + 1);
            const Record record{type, std::string(random.below(129), static_cast<char>('a' + random.below(26)))};
            if (write(record.type, record.payload) == RingWrite::written) expected.push_back(record);
        } else {
            for (const Record& record : read(static_cast<int>(random.below(5)))) {
                ASSERT_FALSE(expected.empty());
                ASSERT_EQ(record, expected.front());
                expected.pop_front();
            }
        }
    }
}

}  // namespace
}  // namespace gale::shm
