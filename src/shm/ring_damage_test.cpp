// What the ring does with claims that nobody commits and with bytes that nobody honest wrote.
#include "base/random.hpp"
#include "shm/ring.hpp"
#include "shm/testing.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gale::shm {
namespace {

using testing::Memory;

constexpr std::int32_t damaged_capacity = 1024;

class DamagedRing : public ::testing::Test {
protected:
    void write(std::int32_t type, std::size_t payload_length) {
        const std::string payload(payload_length, 'x');
        ASSERT_EQ(ring.write(type, as_bytes(payload)), RingWrite::written);
    }
    /// What a producer leaves that dies right after the tail moved, or when `length` says so, before the commit.
    void die_after_claim(std::int32_t footprint, std::int32_t length) {
        const std::int64_t tail = ring.tail();
        header(tail).length.store_release(length);
        trailer().tail.store_release(tail + footprint);
    }
    std::vector<std::int32_t> read() {
        std::vector<std::int32_t> types;
        const auto take = [&](std::int32_t type, std::span<const std::byte>) {
            types.push_back(type);
            return RingRead::consumed;
        };
        ring.read(take, 1000);
        return types;
    }
    void go_on(std::int32_t bytes) {
        for (; bytes > 0; bytes -= 8) {
            write(1, 0);
            read();
        }
    }
    RecordHeader& header(std::int64_t position) {
        return overlay<RecordHeader>(memory.bytes(), static_cast<std::size_t>(position & (damaged_capacity - 1)));
    }
    RingTrailer& trailer() { return overlay<RingTrailer>(memory.bytes(), damaged_capacity); }

    using Types = std::vector<std::int32_t>;
    Memory memory{damaged_capacity + ring_trailer_length};
    Ring ring{memory.bytes()};
};

TEST_F(DamagedRing, AnEmptyRingHasNothingToUnblock) {
    EXPECT_FALSE(ring.unblock(RingTail::stood_still));
    write(1, 8);
    EXPECT_FALSE(ring.unblock(RingTail::stood_still));
}

TEST_F(DamagedRing, AClaimThatTellsItsLengthBecomesPadding) {
    die_after_claim(48, -41);
    write(2, 8);
    EXPECT_TRUE(read().empty());
    EXPECT_TRUE(ring.unblock(RingTail::moved));
    EXPECT_EQ(read(), Types{2});
    EXPECT_EQ(ring.damaged(), 0);
}

TEST_F(DamagedRing, AClaimOfWhichNothingWasWrittenBecomesPaddingUpToTheNextRecord) {
    die_after_claim(48, 0);
    write(2, 8);
    EXPECT_TRUE(ring.unblock(RingTail::moved));
    EXPECT_EQ(header(0).length.load_acquire(), 48);
    EXPECT_EQ(read(), Types{2});
}

// Aeron's C driver runs off the front of the ring here and never unblocks.
TEST_F(DamagedRing, AClaimAtIndexZeroIsUnblockedAsAnyOther) {
    go_on(damaged_capacity);
    ASSERT_EQ(ring.head() % damaged_capacity, 0);
    die_after_claim(16, 0);
    die_after_claim(16, -12);
    EXPECT_TRUE(ring.unblock(RingTail::moved));
    EXPECT_TRUE(read().empty());
    EXPECT_TRUE(ring.unblock(RingTail::moved));
    EXPECT_TRUE(read().empty());
    EXPECT_EQ(ring.head(), ring.tail());
}

TEST_F(DamagedRing, TheLastClaimIsGivenUpOnlyWhenTheTailStoodStillToo) {
    die_after_claim(48, 0);
    EXPECT_FALSE(ring.unblock(RingTail::moved));
    EXPECT_TRUE(ring.unblock(RingTail::stood_still));
    EXPECT_TRUE(read().empty());
    EXPECT_EQ(ring.head(), 48);
    write(3, 0);
    EXPECT_EQ(read(), Types{3});
}

TEST_F(DamagedRing, AProducerThatDiedBeforeItsWrapPaddingHoldsUpNobodyForever) {
    go_on(1000);
    trailer().tail.store_release(1024 + 40);  // claimed 24 of padding and 40 at the front, wrote neither
    write(7, 8);
    EXPECT_TRUE(ring.unblock(RingTail::moved));  // to the end of the buffer
    EXPECT_TRUE(read().empty());
    EXPECT_EQ(ring.head(), 1024);
    EXPECT_TRUE(ring.unblock(RingTail::moved));  // and at the front
    EXPECT_EQ(read(), Types{7});
}

TEST_F(DamagedRing, ACommittedRecordIsNeverUnblocked) {
    write(1, 8);
    die_after_claim(16, 0);
    EXPECT_FALSE(ring.unblock(RingTail::stood_still));
    EXPECT_EQ(read(), Types{1});
}

TEST_F(DamagedRing, AClaimLongerThanAllThatWasClaimedCostsNoRecordBehindIt) {
    die_after_claim(48, -500'000);
    write(2, 8);
    write(3, 8);
    EXPECT_TRUE(ring.unblock(RingTail::moved));
    EXPECT_EQ(read(), (Types{2, 3}));
    EXPECT_EQ(ring.damaged(), 1);
}

TEST_F(DamagedRing, OnlyTheRecordWithAnImpossibleLengthIsLost) {
    for (const std::int32_t length : {1, 7, 100'000, INT32_MAX, 900}) {
        write(1, 16);
        const std::int64_t bad = ring.tail();
        write(2, 40);
        write(3, 16);
        write(4, 7);
        header(bad).length.store_release(length);
        EXPECT_EQ(read(), Types{1}) << length;
        EXPECT_EQ(read(), (Types{3, 4})) << length;
        EXPECT_EQ(ring.head(), ring.tail());
        go_on(static_cast<std::int32_t>((damaged_capacity - ring.head() % damaged_capacity) % damaged_capacity));
    }
    EXPECT_EQ(ring.damaged(), 5);
}

TEST_F(DamagedRing, ARecordBeingWrittenSurvivesTheDamageBeforeIt) {
    write(1, 40);
    write(2, 8);
    const std::int64_t late = ring.tail();
    die_after_claim(24, 0);  // alive: just slow
    header(0).length.store_release(5);
    EXPECT_TRUE(read().empty());
    EXPECT_EQ(read(), Types{2});
    EXPECT_EQ(ring.head(), late);
    header(late).type.store_relaxed(9);
    header(late).length.store_release(20);
    EXPECT_EQ(read(), Types{9});
}

TEST_F(DamagedRing, WhenNothingBehindMakesSenseAllThatWasClaimedIsSkipped) {
    write(1, 8);
    write(1, 8);
    for (std::int64_t at = 0; at < 32; at += 8) header(at).length.store_release(3);
    EXPECT_TRUE(read().empty());
    EXPECT_EQ(ring.head(), ring.tail());
    write(6, 8);
    EXPECT_EQ(read(), Types{6});
}

TEST_F(DamagedRing, ALengthThatReachesPastTheTailDoesNotCarryTheHeadThere) {
    write(1, 8);
    header(0).length.store_release(64);
    read();
    EXPECT_EQ(ring.head(), ring.tail());
}

// Everything in the section is a word that some process may have scribbled on. The guard bytes around it are the
// address sanitizer's; what is promised is an end, not a meaning.
TEST(RingProperty, WhateverTheSectionHoldsNothingOutsideItIsTouched) {
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        SCOPED_TRACE(seed);
        Random random{seed};
        const Memory memory{damaged_capacity + ring_trailer_length};
        Ring ring{memory.bytes()};
        for (int i = 0; i < 8; ++i) (void)ring.write(1 + i, memory.bytes().first(random.below(60)));
        const auto words = static_cast<std::size_t>(random.below(40));
        for (std::size_t i = 0; i < words; ++i) {
            const auto offset = random.below(memory.bytes().size() / 4) * 4;
            const auto word =
                random.below(2) == 0 ? static_cast<std::int32_t>(random.below(200)) - 100 : random.next_int32();
            std::memcpy(memory.bytes().data() + offset, &word, sizeof word);
        }
        if (random.below(2) == 0) {
            auto& trailer = overlay<RingTrailer>(memory.bytes(), damaged_capacity);
            trailer.tail.store_release(static_cast<std::int64_t>(random.next()));
            trailer.head.store_release(static_cast<std::int64_t>(random.next()));
            trailer.head_cache.store_release(static_cast<std::int64_t>(random.next()));
        }
        const auto take = [](std::int32_t, std::span<const std::byte> payload) {
            std::size_t sum = 0;
            for (const std::byte byte : payload) sum += std::to_integer<std::size_t>(byte);
            return sum == SIZE_MAX ? RingRead::leave_for_later : RingRead::consumed;
        };
        for (int i = 0; i < 50; ++i) {
            (void)ring.read(take, 10);
            (void)ring.unblock(i % 2 == 0 ? RingTail::moved : RingTail::stood_still);
            (void)ring.write(1, memory.bytes().first(random.below(129)));
        }
    }
}

}  // namespace
}  // namespace gale::shm
