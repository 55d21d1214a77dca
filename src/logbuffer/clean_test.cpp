#include "base/random.hpp"
#include "logbuffer/clean.hpp"
#include "logbuffer/testing.hpp"

#include <gtest/gtest.h>

namespace gale::logbuffer {
namespace {

using testing::LogInMemory;
using testing::small_term;

class Clean : public ::testing::Test {
protected:
    Clean() { std::memset(made.log.term(0), 0xff, 3 * small_term); }
    /// Whether just [from, to) of the three terms is zero.
    bool only_zero(std::int64_t from, std::int64_t to) {
        const auto terms = made.memory.bytes().first(3 * small_term);
        for (std::int64_t at = 0; at < 3 * small_term; ++at)
            if ((terms[static_cast<std::size_t>(at)] == std::byte{0}) != (at >= from && at < to)) return false;
        return true;
    }

    LogInMemory made;
};

TEST_F(Clean, ZeroesUpToTheTargetAndNoFurther) {
    Cleaner cleaner{made.log, Position{96}};
    EXPECT_EQ(cleaner.advance(Position{160}, small_term), 64);
    EXPECT_TRUE(only_zero(96, 160));
    EXPECT_EQ(cleaner.advance(Position{192}, small_term), 32);
    EXPECT_TRUE(only_zero(96, 192));
    EXPECT_EQ(cleaner.position(), Position{192});
    EXPECT_EQ(cleaner.advance(Position{192}, small_term), 0);
    EXPECT_EQ(cleaner.advance(Position{0}, small_term), 0);
}

TEST_F(Clean, StopsAtTheEndOfTheTermAndAtTheLimit) {
    Cleaner cleaner{made.log, Position{small_term - 64}};
    EXPECT_EQ(cleaner.advance(Position{2 * small_term}, 1 << 20), 64);
    EXPECT_EQ(cleaner.advance(Position{2 * small_term}, 100), 96);
    EXPECT_TRUE(only_zero(small_term - 64, small_term + 96));
    EXPECT_EQ(cleaner.advance(Position{2 * small_term}, 31), 0);
}

TEST_F(Clean, WaitsForAStepsWorthUnlessItIsUrgent) {
    constexpr std::int64_t step = small_term / 64;
    Cleaner cleaner{made.log, Position{0}};
    EXPECT_EQ(cleaner.advance_in_steps(Position{step - 32}, small_term, false), 0);
    EXPECT_EQ(cleaner.advance_in_steps(Position{step}, small_term, false), step);
    EXPECT_EQ(cleaner.advance_in_steps(Position{step + 32}, small_term, false), 0);
    EXPECT_EQ(cleaner.advance_in_steps(Position{step + 32}, small_term, true), 32);
    EXPECT_EQ(cleaner.advance_in_steps(Position{INT64_MIN}, small_term, false), 0);
    EXPECT_TRUE(only_zero(0, step + 32));
}

TEST_F(Clean, GoesRoundTheThreeTerms) {
    Cleaner cleaner{made.log, Position{0}};
    std::int64_t cleaned = 0;
    while (const auto step = cleaner.advance(Position{10 * small_term}, small_term)) cleaned += step;
    EXPECT_EQ(cleaned, 10 * small_term);
    EXPECT_TRUE(only_zero(0, 3 * small_term));
}

TEST_F(Clean, APositionThatNoReaderCanHaveMovesOnlyWholeSteps) {
    Cleaner cleaner{made.log, Position{0}};
    EXPECT_EQ(cleaner.advance(Position{31}, small_term), 0);
    EXPECT_EQ(cleaner.advance(Position{65}, small_term), 64);
    EXPECT_TRUE(only_zero(0, 64));
    EXPECT_EQ(cleaner.advance(Position{INT64_MIN}, small_term), 0);
    EXPECT_EQ(cleaner.advance(Position{INT64_MAX}, INT64_MAX), small_term - 64);
}

TEST(CleanProperty, WhateverPositionsItIsToldItStaysInTheTerms) {
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        SCOPED_TRACE(seed);
        Random random{seed};
        const LogInMemory made;
        const auto before = testing::to_vector(made.memory.bytes().last(4096));
        Cleaner cleaner{made.log, Position{static_cast<std::int64_t>(random.next())}};
        for (int i = 0; i < 20; ++i) {
            const auto target = random.below(2) == 0
                                    ? static_cast<std::int64_t>(random.next())
                                    : cleaner.position().value + static_cast<std::int64_t>(random.below(90'000));
            (void)cleaner.advance(Position{target}, static_cast<std::int64_t>(random.next()));
        }
        EXPECT_EQ(testing::to_vector(made.memory.bytes().last(4096)), before);
    }
}

}  // namespace
}  // namespace gale::logbuffer
