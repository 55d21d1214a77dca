#include "logbuffer/append.hpp"
#include "logbuffer/testing.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace gale::logbuffer {
namespace {

using testing::LogInMemory;
using testing::message;
using testing::no_limit;
using testing::small_log;
using testing::small_term;
using testing::stream;
using Bytes = std::vector<std::byte>;

class ExclusiveAppend : public ::testing::Test {
protected:
    OfferResult offer(std::size_t length, std::int64_t limit = no_limit) {
        const Bytes bytes = message(1, length);
        return appender.offer(limit, SingleSource{bytes}, nullptr);
    }
    void leave_room(std::int32_t room) {
        const std::int64_t left = small_term - room - appender.position().value % small_term;
        for (std::int64_t at = 0; at < left; at += 32) ASSERT_TRUE(offer(0));
    }
    /// One frame as the stream would write it at its place, `ahead` bytes further on.
    Bytes frame(std::size_t payload_length, std::int32_t ahead = 0) {
        const Place place = made.log.geometry().place(appender.position());
        Bytes bytes(static_cast<std::size_t>(wire::footprint(static_cast<std::int32_t>(payload_length) + 32)));
        const wire::FrameHeader header{.frame_length = static_cast<std::int32_t>(payload_length) + 32,
                                       .version = 0,
                                       .flags = wire::flags::whole,
                                       .type = wire::FrameType::data,
                                       .term_offset = place.offset + ahead,
                                       .session_id = 1,
                                       .stream_id = 10,
                                       .term_id = place.term_id.value,
                                       .reserved_value = 9};
        const Bytes payload = message(2, payload_length);
        std::memcpy(bytes.data(), &header, sizeof header);
        if (payload_length > 0) std::memcpy(bytes.data() + 32, payload.data(), payload_length);
        return bytes;
    }

    LogInMemory made;
    ExclusiveAppender appender{made.log, stream};
};

TEST_F(ExclusiveAppend, WritesTheSameBytesAsTheConcurrentOne) {
    const LogInMemory other;
    const ConcurrentAppender concurrent{other.log, stream};
    for (const std::size_t length : {0U, 5U, 1376U, 3000U}) {
        const Bytes bytes = message(1, length);
        EXPECT_EQ(offer(length), concurrent.offer(no_limit, SingleSource{bytes}, nullptr));
    }
    EXPECT_TRUE(std::ranges::equal(made.memory.bytes(), other.memory.bytes()));
}

TEST_F(ExclusiveAppend, AnswersInTheOrderOfTheChecks) {
    EXPECT_EQ(offer(9000, 0), OfferError::not_connected);
    made.metadata().is_connected.store_release(1);
    EXPECT_EQ(offer(9000, 0), OfferError::back_pressured);
    EXPECT_EQ(offer(8193, 1), OfferError::error);
    EXPECT_EQ(appender.append_padding(0, 0), OfferError::back_pressured);
    EXPECT_EQ(appender.offer_block(0, frame(0)), OfferError::back_pressured);
    ClaimedFrame claimed;
    EXPECT_EQ(appender.claim(0, 0, claimed), OfferError::back_pressured);
    EXPECT_EQ(made.log.producer_position(), Position{0});
    EXPECT_EQ(offer(0, 1), Position{32});
}

TEST_F(ExclusiveAppend, RotatesOverManyTermsAndTheTailsTell) {
    for (std::int64_t term = 0; term < 7; ++term) {
        leave_room(64);
        EXPECT_EQ(offer(100), OfferError::admin_action);
        EXPECT_EQ(made.header_at((term + 1) * small_term - 64).type, wire::FrameType::padding);
        EXPECT_EQ(made.log.producer_position(), Position{(term + 1) * small_term});
        EXPECT_EQ(made.tail(static_cast<std::size_t>(term % 3)).value & 0xFFFFFFFF, small_term);
        std::memset(made.log.term(static_cast<std::int32_t>((term + 2) % 3)), 0, small_term);
    }
    EXPECT_EQ(made.metadata().active_term_count.load_acquire(), 7);
    EXPECT_EQ(made.tail(1).term_id(), TermId{10});
}

TEST_F(ExclusiveAppend, AnExactFitRotatesOnlyWithTheNextMessage) {
    leave_room(160);
    EXPECT_EQ(offer(100), Position{small_term});
    EXPECT_EQ(made.metadata().active_term_count.load_acquire(), 0);
    EXPECT_EQ(offer(0), OfferError::admin_action);
    EXPECT_EQ(offer(0), Position{small_term + 32});
}

TEST_F(ExclusiveAppend, GoesOnWhereAnotherHandleStopped) {
    ASSERT_EQ(offer(100), Position{160});
    ExclusiveAppender next{made.log, stream};
    EXPECT_EQ(next.position(), Position{160});
}

TEST_F(ExclusiveAppend, PaddingIsOneFrameThatReadersSkip) {
    EXPECT_EQ(appender.append_padding(no_limit, 0), Position{32});
    EXPECT_EQ(appender.append_padding(no_limit, 8192), Position{32 + 8224});
    EXPECT_EQ(made.header_at(32).type, wire::FrameType::padding);
    EXPECT_EQ(made.length_at(32), 8224);
    EXPECT_TRUE(testing::messages_between(made.log, Position{0}, appender.position()).empty());
    leave_room(64);
    EXPECT_EQ(appender.append_padding(no_limit, 64), OfferError::admin_action);
}

TEST_F(ExclusiveAppend, ABlockOfFramesArrivesAsItIs) {
    ASSERT_TRUE(offer(10));
    Bytes block = frame(40);
    const Bytes second = frame(64, 96);
    block.insert(block.end(), second.begin(), second.end());
    EXPECT_EQ(appender.offer_block(no_limit, block), Position{64 + 96 + 96});
    EXPECT_TRUE(std::equal(block.begin(), block.end(), made.at(64)));
    EXPECT_EQ(testing::messages_between(made.log, Position{64}, appender.position()),
              (std::vector<Bytes>{message(2, 40), message(2, 64)}));
}

TEST_F(ExclusiveAppend, ABlockThatIsNotWhatTheStreamWouldWriteIsRefusedUntouched) {
    ASSERT_TRUE(offer(10));
    const Bytes good = frame(40);
    const auto refused = [&](const Bytes& block) {
        EXPECT_EQ(appender.offer_block(no_limit, block), OfferError::error);
        EXPECT_EQ(made.length_at(64), 0);
        EXPECT_EQ(appender.position(), Position{64});
        EXPECT_EQ(made.log.producer_position(), Position{64});
    };
    refused({});
    refused(Bytes(good.begin(), good.begin() + 31));
    refused(Bytes(good.begin(), good.begin() + 72));            // no whole number of frames
    refused(Bytes(good.begin(), good.begin() + 64));            // the frame is longer
    for (const std::size_t offset : {6U, 8U, 12U, 16U, 20U}) {  // type, term offset, session, stream, term
        Bytes bad = good;
        bad[offset] ^= std::byte{1};
        refused(bad);
    }
    for (const std::int32_t length : {0, -72, 31, 500, INT32_MAX, INT32_MIN}) {
        Bytes bad = good;
        std::memcpy(bad.data(), &length, sizeof length);
        refused(bad);
    }
    Bytes two = good;
    const Bytes astray = frame(40, 128);  // the second says it lies further on
    two.insert(two.end(), astray.begin(), astray.end());
    refused(two);
    EXPECT_EQ(appender.offer_block(no_limit, good), Position{160});
}

TEST_F(ExclusiveAppend, ABlockFillsATermJustToItsEndAndRotatesOnlyThere) {
    leave_room(64);
    EXPECT_EQ(appender.offer_block(no_limit, frame(65)),
              OfferError::error);  // longer than the term: no rotation for it
    EXPECT_EQ(appender.offer_block(no_limit, frame(32)), Position{small_term});
    EXPECT_EQ(made.metadata().active_term_count.load_acquire(), 0);
    EXPECT_EQ(appender.offer_block(no_limit, frame(32)), Position{small_term + 64});
    EXPECT_EQ(made.metadata().active_term_count.load_acquire(), 1);
}

TEST_F(ExclusiveAppend, ASupplierThatThrowsLeavesPaddingThatHoldsUpNobody) {
    const auto supply = [](std::span<const std::byte>) -> std::int64_t { throw 1; };
    const ReservedValueSupplier supplier{supply};
    const Bytes bytes = message(1, 3000);
    EXPECT_THROW((void)appender.offer(no_limit, SingleSource{bytes}, &supplier), int);
    EXPECT_EQ(appender.position(), Position{3104});
    ASSERT_TRUE(offer(7));
    EXPECT_EQ(testing::messages_between(made.log, Position{0}, appender.position()),
              (std::vector<Bytes>{message(1, 7)}));
}

TEST(ExclusiveAppendAtTheEnd, WhatIsTooLongForTheLastTermLeavesRoomForWhatIsNot) {
    LogSettings settings = small_log();
    settings.starting_term_id = term_after(settings.initial_term_id, INT32_MAX);
    settings.starting_offset = small_term - 96;
    const LogInMemory made{settings};
    ExclusiveAppender appender{made.log, stream};
    const std::int64_t end = made.log.geometry().max_position();
    const Bytes bytes = message(1, 100);
    const auto offer = [&](std::size_t length, std::int64_t limit) {
        return appender.offer(limit, SingleSource{std::span{bytes}.first(length)}, nullptr);
    };
    EXPECT_EQ(offer(100, end - 96), OfferError::max_position_exceeded);
    EXPECT_EQ(offer(95, end - 96), OfferError::not_connected);  // the exclusive test leaves out header and alignment
    EXPECT_EQ(offer(100, end), OfferError::max_position_exceeded);
    EXPECT_EQ(made.log.producer_position(), Position{end - 96});
    EXPECT_EQ(offer(64, end), Position{end});
    EXPECT_EQ(offer(0, end + 1), OfferError::max_position_exceeded);
    EXPECT_EQ(appender.offer_block(end + 1, bytes), OfferError::max_position_exceeded);
    EXPECT_EQ(made.metadata().active_term_count.load_acquire(), INT32_MAX);
}

}  // namespace
}  // namespace gale::logbuffer
