#include "base/random.hpp"
#include "logbuffer/gaps.hpp"
#include "logbuffer/rebuild.hpp"
#include "logbuffer/testing.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace gale::logbuffer {
namespace {

using testing::LogInMemory;
using testing::message;
using testing::small_term;

/// A term full of frames of many lengths, as a publisher writes them, padding at its end.
class Original {
public:
    explicit Original(Random& random, std::int32_t longest = 1400) {
        const LogInMemory made;
        std::byte* const term = made.log.term(0);
        std::int32_t offset = 0;
        for (int number = 0; offset < small_term; ++number) {
            const std::int32_t left = small_term - offset;
            const auto payload = static_cast<std::int32_t>(random.below(static_cast<std::uint64_t>(longest)));
            const bool last = wire::footprint(payload + 32) > left || left <= 4096;
            const std::int32_t length = last ? left : payload + 32;
            claim_frame(term + offset, length, offset, {SessionId{1}, StreamId{10}}, TermId{3}, wire::flags::whole,
                        last ? wire::FrameType::padding : wire::FrameType::data);
            if (!last) {
                const auto text = message(number, static_cast<std::size_t>(payload));
                if (!text.empty()) std::memcpy(term + offset + 32, text.data(), text.size());
            }
            commit_frame(term + offset, length);
            begins.push_back(offset);
            offset += wire::footprint(length);
        }
        begins.push_back(small_term);
        bytes = testing::to_vector(made.log.term_bytes(0));
    }
    /// Frames `from` to `to` as a datagram has them: of padding only the header.
    [[nodiscard]] std::span<const std::byte> frames(std::size_t from, std::size_t to) const {
        const auto begin = static_cast<std::size_t>(begins[from]);
        const auto end =
            to == count() ? static_cast<std::size_t>(begins[to - 1]) + 32U : static_cast<std::size_t>(begins[to]);
        return std::span{bytes}.subspan(begin, end - begin);
    }
    [[nodiscard]] std::size_t count() const { return begins.size() - 1; }

    std::vector<std::int32_t> begins;  // and the end
    std::vector<std::byte> bytes;
};

struct Piece {
    std::size_t from;
    std::size_t to;
};

/// A cut of the term into datagrams.
std::vector<Piece> cut(Random& random, std::size_t count) {
    std::vector<Piece> pieces;
    for (std::size_t from = 0; from < count;) {
        const std::size_t to = std::min(count, from + 1 + random.below(6));
        pieces.push_back({from, to});
        from = to;
    }
    return pieces;
}

void shuffle(Random& random, std::vector<Piece>& pieces) {
    for (std::size_t i = pieces.size(); i > 1; --i) std::swap(pieces[i - 1], pieces[random.below(i)]);
}

std::vector<Gap> gaps_of(const Log& log, Position from, Position to) {
    std::vector<Gap> gaps;
    static_cast<void>(scan_gaps(log, from, to, [&](const Gap& gap) {
        gaps.push_back(gap);
        return true;
    }));
    return gaps;
}

TEST(RebuildProperty, WhateverTheOrderTheCutAndTheRepetitionTheTermIsTheOriginal) {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        SCOPED_TRACE(seed);
        Random random{seed};
        const Original original{random};
        std::vector<Piece> pieces;
        for (int copies = 0; copies < 3;
             ++copies) {  // other boundaries each time: some datagrams are half there already
            const auto more = cut(random, original.count());
            pieces.insert(pieces.end(), more.begin(), more.end());
        }
        shuffle(random, pieces);
        const LogInMemory rebuilt;
        for (const Piece piece : pieces)
            EXPECT_TRUE(
                insert_frames(rebuilt.log.term(0), original.begins[piece.from], original.frames(piece.from, piece.to)));
        EXPECT_EQ(testing::to_vector(rebuilt.log.term_bytes(0)), original.bytes);
        EXPECT_TRUE(gaps_of(rebuilt.log, Position{0}, Position{small_term}).empty());
    }
}

TEST(RebuildProperty, InOrderAppendingAndInsertingMakeTheSameTerm) {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        SCOPED_TRACE(seed);
        Random random{seed};
        const Original original{random, 100};
        const LogInMemory rebuilt;
        std::vector<std::int32_t> seen;
        for (const Piece piece : cut(random, original.count()))
            append_frames(rebuilt.log.term(0), original.begins[piece.from], original.frames(piece.from, piece.to),
                          [&](std::byte* place, const std::byte*) {
                              seen.push_back(static_cast<std::int32_t>(place - rebuilt.log.term(0)));
                          });
        EXPECT_EQ(testing::to_vector(rebuilt.log.term_bytes(0)), original.bytes);
        std::sort(seen.begin(), seen.end());
        seen.push_back(small_term);
        EXPECT_EQ(seen, original.begins);
    }
}

TEST(RebuildProperty, GapsAreJustWhatDidNotArrive) {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        SCOPED_TRACE(seed);
        Random random{seed};
        const Original original{random};
        const LogInMemory rebuilt;
        std::vector<Gap> expected;
        for (const Piece piece : cut(random, original.count())) {
            const Position begin{original.begins[piece.from]};
            const Position end{original.begins[piece.to]};
            if (random.below(3) > 0)
                EXPECT_TRUE(insert_frames(rebuilt.log.term(0), original.begins[piece.from],
                                          original.frames(piece.from, piece.to)));
            else if (!expected.empty() && expected.back().end == begin)
                expected.back().end = end;
            else
                expected.push_back({begin, end});
        }
        EXPECT_EQ(gaps_of(rebuilt.log, Position{0}, Position{small_term}), expected);
    }
}

class Rebuild : public ::testing::Test {
protected:
    std::vector<std::byte> frame(std::int32_t offset, std::int32_t length,
                                 wire::FrameType type = wire::FrameType::data) {
        const LogInMemory scratch;
        claim_frame(scratch.log.term(0), length, offset, {SessionId{1}, StreamId{10}}, TermId{3}, wire::flags::whole,
                    type);
        std::memset(scratch.log.term(0) + 32, 0x55, static_cast<std::size_t>(length - 32));
        commit_frame(scratch.log.term(0), length);
        return testing::to_vector(scratch.log.term_bytes(0).first(static_cast<std::size_t>(wire::footprint(length))));
    }
    bool insert(std::int32_t offset, const std::vector<std::byte>& frames) {
        return insert_frames(made.log.term(0), offset, frames);
    }
    LogInMemory made;
};

TEST_F(Rebuild, ADatagramWhoseFirstFrameIsThereStillBringsTheOthers) {
    EXPECT_TRUE(insert(0, frame(0, 64)));
    auto both = frame(0, 64);
    const auto second = frame(64, 96);
    both.insert(both.end(), second.begin(), second.end());
    EXPECT_TRUE(insert(0, both));
    EXPECT_EQ(made.length_at(64), 96);
}

TEST_F(Rebuild, AnotherFrameInTheSamePlaceChangesNothing) {
    EXPECT_TRUE(insert(0, frame(0, 64)));
    const auto before = testing::to_vector(made.memory.bytes());
    EXPECT_FALSE(insert(0, frame(0, 128)));
    EXPECT_EQ(testing::to_vector(made.memory.bytes()), before);
}

TEST_F(Rebuild, PaddingThatReachesPastItsDatagramLeavesZerosBehindItsHeader) {
    auto padding = frame(64, 4096, wire::FrameType::padding);
    padding.resize(32);
    EXPECT_TRUE(insert(64, padding));
    EXPECT_EQ(made.length_at(64), 4096);
    EXPECT_EQ(made.length_at(96), 0);
    EXPECT_EQ(gaps_of(made.log, Position{0}, Position{4160}), (std::vector<Gap>{{Position{0}, Position{64}}}));
}

TEST_F(Rebuild, AGapAcrossTheEndOfATermIsTwo) {
    EXPECT_EQ(gaps_of(made.log, Position{small_term - 64}, Position{small_term + 96}),
              (std::vector<Gap>{{Position{small_term - 64}, Position{small_term}},
                                {Position{small_term}, Position{small_term + 96}}}));
}

TEST_F(Rebuild, TheScanStopsWhenItsHandlerHasEnough) {
    EXPECT_TRUE(insert(64, frame(64, 32)));
    EXPECT_TRUE(insert(128, frame(128, 32)));
    int gaps = 0;
    EXPECT_EQ(scan_gaps(made.log, Position{0}, Position{256}, [&](const Gap&) { return ++gaps < 2; }), Position{128});
    EXPECT_EQ(gaps, 2);
}

TEST_F(Rebuild, TheScanSaysHowFarFramesReachBeyondIt) {
    EXPECT_TRUE(insert(0, frame(0, 256)));
    EXPECT_EQ(scan_gaps(made.log, Position{0}, Position{128}, [](const Gap&) { return true; }), Position{256});
}

TEST_F(Rebuild, LengthsThatNobodyCheckedKeepTheScanInItsTerm) {
    length_word(made.at(0)).store_release(INT32_MAX);
    EXPECT_EQ(gaps_of(made.log, Position{0}, Position{small_term}), std::vector<Gap>{});
    length_word(made.at(0)).store_release(-1);
    length_word(made.at(32)).store_release(64);
    EXPECT_EQ(gaps_of(made.log, Position{0}, Position{96}), (std::vector<Gap>{{Position{0}, Position{32}}}));
}

TEST_F(Rebuild, AFilledGapIsPaddingOfTheStream) {
    EXPECT_TRUE(fill_gap(made.log, Position{small_term + 64}, 1408));
    const auto& header = made.header_at(small_term + 64);
    EXPECT_EQ(header.frame_length, 1408);
    EXPECT_EQ(header.type, wire::FrameType::padding);
    EXPECT_EQ(header.term_offset, 64);
    EXPECT_EQ(header.term_id, 4);
    EXPECT_EQ(header.session_id, 1);
    EXPECT_EQ(header.stream_id, 10);
}

TEST_F(Rebuild, AGapIntoWhichSomethingFellIsNotFilled) {
    EXPECT_TRUE(insert(1024, frame(1024, 64)));
    EXPECT_FALSE(fill_gap(made.log, Position{0}, 1056));
    EXPECT_EQ(made.length_at(0), 0);
    EXPECT_TRUE(fill_gap(made.log, Position{0}, 1024));
}

}  // namespace
}  // namespace gale::logbuffer
