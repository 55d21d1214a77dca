#include "base/random.hpp"
#include "logbuffer/log.hpp"
#include "logbuffer/testing.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace gale::logbuffer {
namespace {

using testing::LogInMemory;
using testing::small_log;
using testing::small_term;
using testing::to_vector;
using namespace std::chrono_literals;

TEST(Geometry, SizesOfFilesAreThoseOfTheFormat) {
    EXPECT_EQ(file_length(65536, 4096), 200'704);
    EXPECT_EQ(file_length(16 << 20, 4096), 50'335'744);
    EXPECT_EQ(file_length(64 << 20, 4096), 201'330'688);
    EXPECT_EQ(file_length(1 << 30, 4096), 3'221'229'568);
    EXPECT_EQ(file_length(65536, 65536), 4 * 65536);
}

TEST(Geometry, LimitsAreThoseOfTheFormat) {
    EXPECT_TRUE(is_term_length(65536) && is_term_length(1 << 30));
    for (const std::int64_t bad : {0LL, 32768LL, 65537LL, 1LL << 31, -65536LL})
        EXPECT_FALSE(is_term_length(bad)) << bad;
    EXPECT_TRUE(is_mtu(64) && is_mtu(65504));
    for (const std::int64_t bad : {0, 32, 65, 65536}) EXPECT_FALSE(is_mtu(bad)) << bad;
    EXPECT_EQ(max_message_length(65536), 8192);
    EXPECT_EQ(max_message_length(1 << 30), 16 << 20);
    EXPECT_EQ(window_length(0, 65536), 32768);
    EXPECT_EQ(window_length(4096, 65536), 4096);
    EXPECT_EQ(window_length(1LL << 40, 65536), 32768);
}

TEST(Geometry, TermIdsWrapAndPositionsDoNot) {
    const Geometry geometry{TermId{INT32_MAX - 1}, small_term};
    for (std::int32_t count = 0; count < 10; ++count) {
        const Position position{std::int64_t{count} * small_term + 96};
        const Place place = geometry.place(position);
        EXPECT_EQ(place.term_id, term_after(TermId{INT32_MAX - 1}, count));
        EXPECT_EQ(place.offset, 96);
        EXPECT_EQ(geometry.position(place), position);
        EXPECT_EQ(geometry.partition(position), count % 3);
    }
    EXPECT_EQ(terms_between(TermId{INT32_MAX}, TermId{INT32_MIN}), 1);
}

TEST(Geometry, PartitionsGoOnInOrderUpToTheLastPosition) {
    const Geometry geometry{TermId{-5}, small_term};
    const Position end{geometry.max_position()};
    EXPECT_EQ(geometry.partition(end - 1), INT32_MAX % 3);
    EXPECT_EQ(geometry.partition(end), (INT32_MAX % 3 + 1) % 3);
    EXPECT_EQ(geometry.place(end - 1).term_id, term_after(TermId{-5}, INT32_MAX));
}

TEST(Geometry, WhateverATailHoldsItsOffsetIsAPlaceInTheTerm) {
    Random random{1};
    for (int i = 0; i < 10'000; ++i) {
        const std::int32_t offset = RawTail{static_cast<std::int64_t>(random.next())}.offset(small_term);
        ASSERT_TRUE(offset >= 0 && offset <= small_term && offset % 32 == 0) << offset;
    }
}

TEST(Geometry, FragmentsOfExactMultiplesHaveNoEmptyLastOne) {
    const Framing framing{1376};
    EXPECT_EQ(framing.framed_length(0), 32);
    EXPECT_EQ(framing.framed_length(1), 64);
    EXPECT_EQ(framing.framed_length(1376), 1408);
    EXPECT_EQ(framing.framed_length(1377), 1408 + 64);
    EXPECT_EQ(framing.framed_length(2 * 1376), 2 * 1408);
}

TEST(Log, MetadataIsTheGoldenBytes) {
    LogSettings settings = small_log(TermId{7});
    settings.type = LogType::exclusive_publication;
    settings.correlation_id = CorrelationId{33};
    settings.session_id = SessionId{-5};
    settings.starting_term_id = TermId{12};
    settings.starting_offset = 4096;
    settings.publication_window_length = 32768;
    settings.linger_timeout = 5s;
    settings.untethered_window_limit_timeout = 5s;
    settings.untethered_linger_timeout = 6s;
    settings.untethered_resting_timeout = 10s;
    settings.sparse = true;
    settings.signal_eos = true;
    const LogInMemory made{settings};
    EXPECT_EQ(to_vector(made.memory.bytes().last(4096)), testing::golden("log-metadata"));
    EXPECT_EQ(made.log.producer_position(), Position{5 * small_term + 4096});
    EXPECT_EQ(Log::fault(made.memory.bytes()), "");
}

TEST(Log, ANewOneBeginsAtItsInitialTerm) {
    const LogInMemory made;
    EXPECT_EQ(made.tail(0).term_id(), TermId{3});
    EXPECT_EQ(made.tail(1).term_id(), TermId{1});
    EXPECT_EQ(made.tail(2).term_id(), TermId{2});
    EXPECT_EQ(made.log.producer_position(), Position{0});
    EXPECT_EQ(made.metadata().end_of_stream_position.load_acquire(), INT64_MAX);
}

TEST(Log, TheLastTermOfAStreamIsAStartingPlaceToo) {
    LogSettings settings = small_log(TermId{-2});
    settings.starting_term_id = term_after(settings.initial_term_id, INT32_MAX);
    const LogInMemory made{settings};
    EXPECT_EQ(made.log.producer_position(), Position{std::int64_t{INT32_MAX} * small_term});
}

TEST(Log, LengthsThatDoNotAgreeAreAFault) {
    const std::vector<std::pair<std::size_t, std::int32_t>> changes{
        {276, 0},    {276, 65535}, {276, 131072}, {276, INT32_MIN}, {280, 0},
        {280, 8192}, {280, 5000},  {272, 0},      {272, 33},
    };
    for (const auto& [offset, value] : changes) {
        const LogInMemory made;
        std::memcpy(made.memory.bytes().last(4096).data() + offset, &value, sizeof value);
        EXPECT_NE(Log::fault(made.memory.bytes()), "") << offset << " " << value;
    }
    const testing::Memory short_file{4096};
    EXPECT_NE(Log::fault(short_file.bytes()), "");
    EXPECT_NE(Log::fault({}), "");
}

TEST(Log, MetadataIsTheLastPageWhateverThePageSize) {
    LogSettings settings = small_log();
    settings.page_size = 65536;
    const LogInMemory made{settings};
    EXPECT_EQ(metadata_offset(made.memory.bytes().size()), 258'048U);
    EXPECT_EQ(Log::fault(made.memory.bytes()), "");
}

TEST(Log, ScribblingOnTheMetadataLaterMovesNoTerm) {
    const LogInMemory made;
    made.metadata().term_length = 1 << 30;
    EXPECT_EQ(made.log.term_length(), small_term);
    EXPECT_EQ(Log{made.memory.bytes()}.term_length(), small_term);  // changed between the check and the view
}

}  // namespace
}  // namespace gale::logbuffer
