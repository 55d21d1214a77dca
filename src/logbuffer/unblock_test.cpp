#include "base/random.hpp"
#include "logbuffer/append.hpp"
#include "logbuffer/testing.hpp"
#include "logbuffer/unblock.hpp"

#include <gtest/gtest.h>

namespace gale::logbuffer {
namespace {

using testing::LogInMemory;
using testing::message;
using testing::no_limit;
using testing::small_term;
using testing::stream;

class Unblock : public ::testing::Test {
protected:
    void offer(std::size_t length) {
        const auto bytes = message(1, length);
        ASSERT_TRUE(appender.offer(no_limit, SingleSource{bytes}, nullptr));
    }
    void claim(std::int32_t length) {
        ClaimedFrame claimed;
        ASSERT_TRUE(appender.claim(no_limit, length, claimed));
    }
    /// A publisher that dies right after its place was given to it.
    void die(std::int64_t bytes, std::size_t partition = 0) { made.metadata().tails[partition].fetch_add(bytes); }
    void leave_room(std::int32_t room) {
        while (appender.position().value < small_term - room) offer(0);
    }
    void expect_padding(std::int64_t position, std::int32_t length) {
        const wire::FrameHeader& header = made.header_at(position);
        EXPECT_EQ(header.frame_length, length);
        EXPECT_EQ(header.type, wire::FrameType::padding);
        EXPECT_EQ(header.flags, wire::flags::whole);
        EXPECT_EQ(header.session_id, 1);
        EXPECT_EQ(header.stream_id, 10);
        const Place place = made.log.geometry().place(Position{position});
        EXPECT_EQ(header.term_offset, place.offset);
        EXPECT_EQ(header.term_id, place.term_id.value);
    }
    bool unblock_at(std::int64_t position, Producers producers = Producers::may_live) {
        return unblock(made.log, Position{position}, producers);
    }

    LogInMemory made;
    ConcurrentAppender appender{made.log, stream};
};

TEST_F(Unblock, WhereNothingIsBlockedNothingHappens) {
    EXPECT_FALSE(unblock_at(0));
    EXPECT_FALSE(unblock_at(0, Producers::are_gone));
    offer(100);
    const auto before = testing::to_vector(made.memory.bytes());
    EXPECT_FALSE(unblock_at(0));
    EXPECT_FALSE(unblock_at(160));
    EXPECT_FALSE(unblock_at(160, Producers::are_gone));
    EXPECT_EQ(testing::to_vector(made.memory.bytes()), before);
}

TEST_F(Unblock, AnOpenClaimBecomesPaddingOfItsOwnLength) {
    offer(40);
    claim(100);
    offer(50);
    EXPECT_TRUE(unblock_at(96));
    expect_padding(96, 132);
    EXPECT_EQ(testing::messages_between(made.log, Position{0}, appender.position()).size(), 2U);
}

TEST_F(Unblock, AClaimOfWhichNothingWasWrittenIsPaddedUpToTheNextFrame) {
    offer(0);
    die(64);
    die(96);
    offer(5);
    EXPECT_TRUE(unblock_at(32));
    expect_padding(32, 160);
}

TEST_F(Unblock, AFrameStillBeingWrittenBehindCountsAsTheNext) {
    die(64);
    claim(10);
    EXPECT_TRUE(unblock_at(0));
    expect_padding(0, 64);
    EXPECT_TRUE(unblock_at(64));
    expect_padding(64, 42);
}

TEST_F(Unblock, TheLastClaimIsLeftAloneWhileSomebodyMayLive) {
    offer(0);
    die(64);
    EXPECT_FALSE(unblock_at(32));
    EXPECT_EQ(made.length_at(32), 0);
}

// A dead exclusive publisher stores its tail first: without this, its subscribers would wait for the frame for good.
TEST_F(Unblock, TheLastClaimIsPaddedUpToTheTailOnceAllAreGone) {
    offer(0);
    die(64);
    EXPECT_TRUE(unblock_at(32, Producers::are_gone));
    expect_padding(32, 64);
    EXPECT_EQ(made.log.producer_position(), Position{96});
    EXPECT_FALSE(unblock_at(96, Producers::are_gone));
}

TEST_F(Unblock, AClaimThatEndsJustAtTheTermsEndIsPaddedAndRotated) {
    leave_room(64);
    die(64);
    EXPECT_TRUE(unblock_at(small_term - 64));
    expect_padding(small_term - 64, 64);
    EXPECT_EQ(made.metadata().active_term_count.load_acquire(), 1);
    EXPECT_EQ(made.log.producer_position(), Position{small_term});
}

TEST_F(Unblock, AFirstTripperThatDiedBeforeItsPaddingIsCompleted) {
    leave_room(64);
    die(5000);
    EXPECT_TRUE(unblock_at(small_term - 64));
    expect_padding(small_term - 64, 64);
    EXPECT_EQ(made.metadata().active_term_count.load_acquire(), 1);
    offer(10);
}

TEST_F(Unblock, ARotationThatDiedBeforeTheNextTailIsCompleted) {
    leave_room(0);
    ASSERT_EQ(made.metadata().active_term_count.load_acquire(), 0);
    EXPECT_TRUE(unblock_at(small_term));
    EXPECT_EQ(made.metadata().active_term_count.load_acquire(), 1);
    EXPECT_EQ(made.tail(1).term_id(), TermId{4});
    offer(10);
}

TEST_F(Unblock, ARotationThatDiedAfterTheNextTailIsCompleted) {
    leave_room(0);
    made.metadata().tails[1].store_release(RawTail{TermId{4}, 0}.value);
    EXPECT_TRUE(unblock_at(small_term));
    EXPECT_EQ(made.metadata().active_term_count.load_acquire(), 1);
    EXPECT_FALSE(unblock_at(small_term));
    EXPECT_EQ(made.tail(1).value, (RawTail{TermId{4}, 0}.value));
}

TEST_F(Unblock, AClaimInALaterTermCarriesThatTermsId) {
    leave_room(0);
    const auto bytes = message(1, 0);
    EXPECT_EQ(appender.offer(no_limit, SingleSource{bytes}, nullptr), OfferError::admin_action);
    claim(100);
    EXPECT_TRUE(unblock_at(small_term));
    expect_padding(small_term, 132);
}

TEST_F(Unblock, AClaimWhoseLengthCannotBeEndsWithTheTerm) {
    leave_room(64);
    made.metadata().tails[0].fetch_add(64);
    length_word(made.at(small_term - 64)).store_release(INT32_MIN);
    EXPECT_TRUE(unblock_at(small_term - 64));
    expect_padding(small_term - 64, 64);
}

TEST_F(Unblock, AClaimShorterThanAHeaderBecomesOne) {
    claim(0);
    length_word(made.at(0)).store_release(-1);
    EXPECT_TRUE(unblock_at(0));
    expect_padding(0, 32);
}

TEST_F(Unblock, ATailOfAnotherTermSaysNothing) {
    made.metadata().tails[0].store_release(RawTail{TermId{99}, 4096}.value);
    EXPECT_FALSE(unblock_at(0, Producers::are_gone));
    EXPECT_EQ(made.length_at(0), 0);
}

TEST_F(Unblock, PositionsThatNoReaderCanHaveAreRefused) {
    die(4096);
    for (const std::int64_t position :
         {std::int64_t{1}, std::int64_t{-32}, INT64_MIN, INT64_MAX, made.log.geometry().max_position()})
        EXPECT_FALSE(unblock_at(position, Producers::are_gone)) << position;
}

TEST(UnblockProperty, WhateverTheMetadataSaysNothingOutsideTheTermsIsTouched) {
    for (std::uint64_t seed = 0; seed < 150; ++seed) {
        SCOPED_TRACE(seed);
        Random random{seed};
        const LogInMemory made;
        for (int step = 0; step < 20; ++step) {
            LogMetadata& metadata = made.metadata();
            const bool wild = random.below(2) == 0;
            for (auto& tail : metadata.tails)
                tail.store_release(wild ? static_cast<std::int64_t>(random.next())
                                        : RawTail{term_after(TermId{3}, static_cast<std::int32_t>(random.below(4))),
                                                  static_cast<std::int64_t>(random.below(70'000))}
                                              .value);
            metadata.active_term_count.store_release(wild ? random.next_int32()
                                                          : static_cast<std::int32_t>(random.below(4)));
            for (std::byte& byte : metadata.default_frame_header) byte = static_cast<std::byte>(random.next());
            metadata.term_length = random.next_int32();
            for (int i = 0; i < 5; ++i)
                length_word(made.log.term(static_cast<std::int32_t>(random.below(3))) + random.below(2048) * 32)
                    .store_release(random.next_int32());
            const auto rest = testing::to_vector(made.memory.bytes().last(4096).subspan(28));
            const auto position = random.below(8) == 0 ? static_cast<std::int64_t>(random.next())
                                                       : static_cast<std::int64_t>(random.below(8192) * 32);
            (void)unblock(made.log, Position{position},
                          random.below(2) == 0 ? Producers::may_live : Producers::are_gone);
            ASSERT_EQ(testing::to_vector(made.memory.bytes().last(4096).subspan(28)), rest);
            (void)made.log.producer_position();
        }
    }
}

}  // namespace
}  // namespace gale::logbuffer
