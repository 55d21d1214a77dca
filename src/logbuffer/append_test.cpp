#include "base/random.hpp"
#include "logbuffer/append.hpp"
#include "logbuffer/testing.hpp"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace gale::logbuffer {
namespace {

using testing::LogInMemory;
using testing::message;
using testing::no_limit;
using testing::small_log;
using testing::small_term;
using testing::stream;
using testing::to_vector;
using Bytes = std::vector<std::byte>;

OfferResult offer(const ConcurrentAppender& appender, std::size_t length, std::int64_t limit = no_limit) {
    const Bytes bytes = message(1, length);
    return appender.offer(limit, SingleSource{bytes}, nullptr);
}

/// Appends whole frames until just `room` bytes of the term are left.
template <class Appender> void leave_room(Appender& appender, std::int32_t room) {
    ClaimedFrame claimed;
    for (std::int32_t left = small_term - room; left > 0;) {
        const std::int32_t frame = left >= 1408 ? 1408 : left;
        ASSERT_TRUE(appender.claim(no_limit, frame - 32, claimed));
        commit_frame(claimed.frame, claimed.frame_length);
        left -= frame;
    }
}

class ConcurrentAppend : public ::testing::Test {
protected:
    LogInMemory made;
    ConcurrentAppender appender{made.log, stream};
};

TEST_F(ConcurrentAppend, AFrameIsTheGoldenBytes) {
    ASSERT_EQ(offer(appender, 0), Position{32});
    ASSERT_EQ(offer(appender, 0), Position{64});
    const Bytes hello = to_vector(as_bytes("hello"));
    ASSERT_EQ(appender.offer(no_limit, SingleSource{hello}, nullptr), Position{128});
    EXPECT_EQ(to_vector(made.memory.bytes().subspan(64, 64)), testing::golden("frame-data"));
    EXPECT_EQ(made.tail(0).value, 0x00000003'00000080);
}

TEST_F(ConcurrentAppend, TheEndOfATermIsPaddedAsTheGoldenBytes) {
    leave_room(appender, 64);
    ASSERT_EQ(appender.position(), Position{65472});
    EXPECT_EQ(offer(appender, 100), OfferError::admin_action);
    EXPECT_EQ(to_vector(made.memory.bytes().subspan(65472, 64)), testing::golden("frame-padding"));
    EXPECT_EQ(made.tail(0).value & 0xFFFFFFFF, 65632);
    EXPECT_EQ(made.metadata().active_term_count.load_acquire(), 1);
    EXPECT_EQ(made.tail(1).term_id(), TermId{4});
    EXPECT_EQ(offer(appender, 100), Position{small_term + 160});
}

TEST_F(ConcurrentAppend, EveryLengthArrivesAsItWas) {
    std::vector<Bytes> sent;
    for (const int size : {0, 1, 31, 32, 33, 1375, 1376, 1377, 2751, 2752, 2753, 8191, 8192}) {
        const auto length = static_cast<std::size_t>(size);
        sent.push_back(message(static_cast<std::int64_t>(length), length));
        ASSERT_TRUE(appender.offer(no_limit, SingleSource{sent.back()}, nullptr));
    }
    EXPECT_EQ(testing::messages_between(made.log, Position{0}, appender.position()), sent);
}

TEST_F(ConcurrentAppend, FragmentsOfAnExactMultipleAreAllFull) {
    ASSERT_EQ(offer(appender, 2752), Position{2816});
    EXPECT_EQ(made.header_at(0).frame_length, 1408);
    EXPECT_EQ(made.header_at(0).flags, wire::flags::begin);
    EXPECT_EQ(made.header_at(1408).frame_length, 1408);
    EXPECT_EQ(made.header_at(1408).flags, wire::flags::end);
    EXPECT_EQ(made.length_at(2816), 0);
    ASSERT_TRUE(offer(appender, 4000));
    EXPECT_EQ(made.header_at(2816 + 1408).flags, 0);
    EXPECT_EQ(made.header_at(2816 + 1408).term_offset, 2816 + 1408);
}

TEST_F(ConcurrentAppend, AnswersInTheOrderOfTheChecks) {
    made.metadata().active_term_count.store_release(1);  // half-way through a rotation: first of all
    EXPECT_EQ(offer(appender, 9000, 0), OfferError::admin_action);
    made.metadata().active_term_count.store_release(0);
    EXPECT_EQ(offer(appender, 9000, 0), OfferError::not_connected);  // the limit comes before the length
    made.metadata().is_connected.store_release(1);
    EXPECT_EQ(offer(appender, 9000, 0), OfferError::back_pressured);
    EXPECT_EQ(offer(appender, 8193, 1), OfferError::error);
    EXPECT_EQ(appender.position(), Position{0});                               // nothing of all that was claimed
    EXPECT_EQ(offer(appender, 8192, 1), Position{8192 / 1376 * 1408 + 1344});  // the limit is soft by one message
    EXPECT_EQ(offer(appender, 0, 1), OfferError::back_pressured);
    ClaimedFrame claimed;
    EXPECT_EQ(appender.claim(1, 10, claimed), OfferError::back_pressured);
}

TEST_F(ConcurrentAppend, AnExactFitRotatesOnlyWithTheNextMessage) {
    leave_room(appender, 160);
    EXPECT_EQ(offer(appender, 100), Position{small_term});
    EXPECT_EQ(made.metadata().active_term_count.load_acquire(), 0);
    EXPECT_EQ(made.length_at(small_term - 160), 132);
    EXPECT_EQ(offer(appender, 0), OfferError::admin_action);
    EXPECT_EQ(made.metadata().active_term_count.load_acquire(), 1);
    EXPECT_EQ(offer(appender, 0), Position{small_term + 32});
}

TEST_F(ConcurrentAppend, OnlyTheFirstWhoTripsPads) {
    leave_room(appender, 64);
    const ConcurrentAppender other{made.log, stream};
    // Both looked before either rotated: the second one's tail is clamped, it just helps.
    made.metadata().tails[0].fetch_add(128);  // the first tripper, which dies here
    EXPECT_EQ(offer(other, 10), OfferError::admin_action);
    EXPECT_EQ(made.length_at(small_term - 64), 0);  // not the second's to pad
    EXPECT_EQ(made.metadata().active_term_count.load_acquire(), 1);
    EXPECT_EQ(offer(appender, 10), Position{small_term + 64});
}

TEST_F(ConcurrentAppend, ALateRotatorLeavesATailInUseAlone) {
    leave_room(appender, 64);
    EXPECT_EQ(offer(appender, 100), OfferError::admin_action);
    EXPECT_EQ(offer(appender, 100), Position{small_term + 160});
    rotate_log(made.metadata(), 0, TermId{3});  // another tripper of term 3 wakes up
    EXPECT_EQ(made.metadata().active_term_count.load_acquire(), 1);
    EXPECT_EQ(appender.position(), Position{small_term + 160});
}

TEST_F(ConcurrentAppend, AClaimIsInvisibleUntilCommittedAndSkippedWhenAborted) {
    ClaimedFrame claimed;
    ASSERT_EQ(appender.claim(no_limit, 5, claimed), Position{64});
    EXPECT_EQ(made.length_at(0), -37);
    EXPECT_TRUE(testing::messages_between(made.log, Position{0}, Position{64}).empty());
    std::memcpy(claimed.payload().data(), "hello", 5);
    commit_frame(claimed.frame, claimed.frame_length);
    ASSERT_EQ(appender.claim(no_limit, 5, claimed), Position{128});
    pad_frame(claimed.frame, claimed.frame_length);
    EXPECT_EQ(made.header_at(64).type, wire::FrameType::padding);
    EXPECT_EQ(testing::messages_between(made.log, Position{0}, Position{128}).size(), 1U);
}

TEST_F(ConcurrentAppend, GathersPiecesAcrossFragments) {
    const Bytes whole = message(4, 5000);
    const std::span all{whole};
    const std::array<std::span<const std::byte>, 6> pieces{
        all.first(0), all.first(1), all.subspan(1, 1375), all.subspan(1376, 24), all.subspan(0, 0), all.subspan(1400)};
    ASSERT_TRUE(appender.offer(no_limit, VectorSource{pieces}, nullptr));
    ASSERT_TRUE(appender.offer(no_limit, VectorSource{{}}, nullptr));
    EXPECT_EQ(testing::messages_between(made.log, Position{0}, appender.position()), (std::vector<Bytes>{whole, {}}));
}

TEST_F(ConcurrentAppend, TheSupplierSeesEachFrameAndItsAnswerIsStored) {
    std::vector<std::size_t> seen;
    const auto supply = [&](std::span<const std::byte> frame) {
        seen.push_back(frame.size());
        return static_cast<std::int64_t>(seen.size());
    };
    const ReservedValueSupplier supplier{supply};
    const Bytes bytes = message(1, 1400);
    ASSERT_TRUE(appender.offer(no_limit, SingleSource{bytes}, &supplier));
    EXPECT_EQ(seen, (std::vector<std::size_t>{1408, 56}));
    EXPECT_EQ(made.header_at(0).reserved_value, 1);
    EXPECT_EQ(made.header_at(1408).reserved_value, 2);
}

TEST_F(ConcurrentAppend, ASupplierThatThrowsLeavesPaddingThatHoldsUpNobody) {
    for (const int throws_at : {1, 2, 3}) {
        const Position before = appender.position();
        int calls = 0;
        const auto supply = [&](std::span<const std::byte>) -> std::int64_t {
            if (++calls == throws_at) throw calls;
            return 0;
        };
        const ReservedValueSupplier supplier{supply};
        const Bytes bytes = message(1, 3000);
        EXPECT_THROW((void)appender.offer(no_limit, SingleSource{bytes}, &supplier), int);
        EXPECT_EQ(appender.position(), before + 3104);
        ASSERT_TRUE(offer(appender, 7));
        EXPECT_EQ(testing::messages_between(made.log, before, appender.position()).back(), message(1, 7));
    }
}

TEST(ConcurrentAppendAtTheEnd, TheStreamEndsAtItsMaxPosition) {
    LogSettings settings = small_log();
    settings.starting_term_id = term_after(settings.initial_term_id, INT32_MAX);
    const LogInMemory made{settings};
    const ConcurrentAppender appender{made.log, stream};
    const std::int64_t end = made.log.geometry().max_position();
    leave_room(appender, 64);
    EXPECT_EQ(offer(appender, 100, end - 64),
              OfferError::max_position_exceeded);                        // at the limit, which is as far as it goes
    EXPECT_EQ(offer(appender, 0, end - 64), OfferError::not_connected);  // 32 more would still be within
    EXPECT_EQ(offer(appender, 33, end - 64), OfferError::max_position_exceeded);  // 33 + 32 comes to the end
    EXPECT_EQ(offer(appender, 100), OfferError::max_position_exceeded);
    EXPECT_EQ(made.metadata().active_term_count.load_acquire(), INT32_MAX);
    EXPECT_EQ(made.header_at(end - 64).type, wire::FrameType::padding);
    EXPECT_EQ(offer(appender, 0), OfferError::max_position_exceeded);
    EXPECT_EQ(made.metadata().active_term_count.load_acquire(), INT32_MAX);
}

TEST(AppendProperty, RubbishInTheTailsWritesNothingOutsideTheLog) {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        SCOPED_TRACE(seed);
        Random random{seed};
        const LogInMemory made;
        const ConcurrentAppender appender{made.log, stream};
        for (int i = 0; i < 20; ++i) {
            auto& metadata = made.metadata();
            metadata.active_term_count.store_release(random.below(2) == 0 ? static_cast<std::int32_t>(random.below(4))
                                                                          : random.next_int32());
            const std::int32_t count = metadata.active_term_count.load_acquire();
            for (auto& tail : metadata.tails) {
                const TermId id = random.below(3) == 0 ? TermId{random.next_int32()} : term_after(TermId{3}, count);
                tail.store_release(RawTail{id, static_cast<std::int64_t>(random.below(70'000))}.value);
            }
            (void)offer(appender, random.below(8193));
            ClaimedFrame claimed;
            if (appender.claim(no_limit, static_cast<std::int32_t>(random.below(1377)), claimed))
                std::memset(claimed.payload().data(), 1, claimed.payload().size());
            ExclusiveAppender exclusive{made.log, stream};
            const Bytes bytes = message(1, random.below(8193));
            (void)exclusive.offer(no_limit, SingleSource{bytes}, nullptr);
        }
    }
}

}  // namespace
}  // namespace gale::logbuffer
