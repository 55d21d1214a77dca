#include "base/random.hpp"
#include "driver/sender/batch.hpp"
#include "logbuffer/append.hpp"
#include "logbuffer/testing.hpp"
#include "wire/datagram.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace gale::driver::sender {
namespace {

using gale::testing::LogInMemory;
using gale::testing::no_limit;
using gale::testing::small_term;

/// A stream of random messages, aborted claims and padding over two terms.
struct RandomStream {
    explicit RandomStream(std::uint64_t seed) : random{seed} {
        while (appender.position().value < 2 * small_term - 2000) {
            const auto length = random.below(4) == 0 ? random.below(8000) : random.below(300);
            if (random.below(10) == 0) {
                logbuffer::ClaimedFrame claimed;
                const auto frame = static_cast<std::int32_t>(std::min<std::uint64_t>(length, 1376));
                if (appender.claim(no_limit, frame, claimed)) logbuffer::pad_frame(claimed.frame, claimed.frame_length);
            } else {
                const auto message = gale::testing::message(static_cast<std::int64_t>(length), length);
                static_cast<void>(appender.offer(no_limit, logbuffer::SingleSource{message}, nullptr));
            }
        }
    }
    Random random;
    LogInMemory stored;
    logbuffer::ConcurrentAppender appender{stored.log, {SessionId{1}, StreamId{10}}};
};

// Whole frames, one term, at most the mtu, within the window, padding last; nothing left out, nothing twice.
TEST(Batch, OfAnyStreamIsWhatTheProtocolAsksFor) {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        SCOPED_TRACE(seed);
        RandomStream stream{seed};
        const auto& geometry = stream.stored.log.geometry();
        const std::int64_t produced = stream.appender.position().value;
        Position at{0};
        int blocked = 0;
        while (at.value < produced && blocked < 3) {
            Batch batch;
            const Position window_end = at + static_cast<std::int64_t>(stream.random.below(20000)) + blocked * 2000;
            const CutLimits limits{.mtu = 1408,
                                   .window_end = window_end,
                                   .max_datagrams = 1 + static_cast<int>(stream.random.below(40)),
                                   .max_bytes = 1 + static_cast<std::int64_t>(stream.random.below(64 * 1024))};
            const CutStop stop = cut(stream.stored.log, at, limits, batch);
            EXPECT_LE(batch.count(), limits.max_datagrams);
            EXPECT_LT(batch.bytes(), limits.max_bytes + 1408);
            std::int64_t bytes = 0;
            for (int i = 0; i < batch.count(); ++i) {
                const auto datagram = batch.datagrams()[static_cast<std::size_t>(i)].bytes;
                EXPECT_LE(datagram.size(), 1408U);
                const auto read = wire::Datagram::at_receiver(datagram);
                ASSERT_EQ(read.kind(), wire::Datagram::Kind::data) << "whole frames of one stream and term";
                const auto& first = read.data().first();
                ASSERT_EQ(geometry.position({first.term_id, first.term_offset}), at) << "where the one before ended";
                EXPECT_LE(at.value + static_cast<std::int64_t>(datagram.size()), window_end.value);
                at += read.data().covered();
                EXPECT_EQ(batch.end_of(i + 1), at);
                bytes += static_cast<std::int64_t>(datagram.size());
                EXPECT_EQ(batch.bytes_of(i + 1), bytes);
            }
            EXPECT_EQ(batch.bytes(), bytes);
            EXPECT_TRUE(stop != CutStop::no_frame || at.value == produced);
            blocked = batch.count() == 0 ? blocked + 1 : 0;
        }
        EXPECT_EQ(at.value, produced);
    }
}

TEST(Batch, FillsEachDatagram) {
    LogInMemory stored;
    logbuffer::ConcurrentAppender appender{stored.log, {SessionId{1}, StreamId{10}}};
    for (int i = 0; i < 100; ++i)
        static_cast<void>(appender.offer(no_limit, logbuffer::SingleSource{gale::testing::message(i, 32)}, nullptr));
    Batch batch;
    const CutStop stop =
        cut(stored.log, Position{0},
            {.mtu = 1408, .window_end = Position{no_limit}, .max_datagrams = 100, .max_bytes = 1 << 20}, batch);
    EXPECT_EQ(stop, CutStop::no_frame);
    ASSERT_EQ(batch.count(), 5);  // 22 of 64 bytes in each
    for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(batch.datagrams()[i].bytes.size(), 1408U);
    EXPECT_EQ(batch.datagrams()[4].bytes.size(), 12U * 64U);
}

TEST(Batch, AFrameLongerThanTheMtuIsNeverCut) {
    LogInMemory stored;
    logbuffer::ConcurrentAppender appender{stored.log, {SessionId{1}, StreamId{10}}};
    static_cast<void>(appender.offer(no_limit, logbuffer::SingleSource{gale::testing::message(1, 1000)}, nullptr));
    Batch batch;
    EXPECT_EQ(cut(stored.log, Position{0},
                  {.mtu = 512, .window_end = Position{no_limit}, .max_datagrams = 4, .max_bytes = 1 << 20}, batch),
              CutStop::window);
    EXPECT_EQ(batch.count(), 0);
}

TEST(BatchSize, StaysWithinItsBounds) {
    BatchSize size;
    for (int i = 0; i < 100; ++i) size.after(CutStop::batch_full, size.now());
    EXPECT_EQ(size.now(), Batch::capacity);
    for (int i = 0; i < 100; ++i) size.after(CutStop::no_frame, 0);
    EXPECT_EQ(size.now(), BatchSize::smallest);
}

}  // namespace
}  // namespace gale::driver::sender
