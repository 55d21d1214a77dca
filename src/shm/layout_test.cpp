#include "shm/counters.hpp"
#include "shm/error_log.hpp"
#include "shm/loss_report.hpp"
#include "shm/testing.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <limits>
#include <utility>

namespace gale::shm {
namespace {

using testing::golden;
using testing::Memory;
using testing::to_vector;
using namespace std::chrono_literals;

TEST(CounterLayout, RecordsAreTheGoldenBytes) {
    const Memory metadata{1024};
    const Memory values{256};
    CountersManager counters{metadata.bytes(), values.bytes(), 1000ms};
    const auto key = testing::parse_hex("05000000 616263");
    const auto id = counters.allocate({.type_id = 1000,
                                       .key = key,
                                       .label = "orders",
                                       .registration_id = 11,
                                       .owner_id = 7,
                                       .reference_id = -1,
                                       .initial_value = 42},
                                      {.now = 1ms, .wall = 5ms});
    ASSERT_EQ(id, CounterId{0});
    EXPECT_EQ(to_vector(metadata.bytes().first(512)), golden("counter-metadata"));
    EXPECT_EQ(to_vector(values.bytes().first(128)), golden("counter-value"));
}

TEST(CounterLayout, GoldenBytesAreRead) {
    const Memory metadata{golden("counter-metadata")};
    const Memory values{golden("counter-value")};
    const Counters counters{metadata.bytes(), values.bytes()};
    const auto view = counters.look(CounterId{0});
    ASSERT_TRUE(view);
    EXPECT_EQ(view->type_id, 1000);
    EXPECT_EQ(view->value, 42);
    EXPECT_EQ(view->registration_id, 11);
    EXPECT_EQ(view->owner_id, 7);
    EXPECT_EQ(view->reference_id, -1);
    EXPECT_EQ(view->label, "orders");
    EXPECT_EQ(counters.metadata(CounterId{0}).free_for_reuse_deadline_ms.load_acquire(),
              std::numeric_limits<std::int64_t>::max());
}

TEST(ErrorLogLayout, ARecordIsTheGoldenBytes) {
    const Memory section{64};
    DistinctErrorLog log{section.bytes()};
    EXPECT_TRUE(log.record(1, "no such dir", 1000ms));
    EXPECT_TRUE(log.record(1, "no such dir", 1115ms));
    EXPECT_EQ(to_vector(section.bytes().first(40)), golden("error-record"));
}

TEST(LossReportLayout, AnEntryIsTheGoldenBytes) {
    const Memory file{128};
    LossReport report{file.bytes()};
    const auto entry = report.add({.session_id = SessionId{-7},
                                   .stream_id = StreamId{100},
                                   .channel = "aeron:udp?a=b",
                                   .source = "10.0.0.1:80",
                                   .bytes_lost = 64},
                                  1000ms);
    ASSERT_TRUE(entry);
    report.lost_more(*entry, 32, 1115ms);
    EXPECT_EQ(to_vector(file.bytes()), golden("loss-entry"));
}

// The pages show the bytes that these tests compare: one text, not two.
TEST(FormatPages, ShowTheGoldenBytes) {
    const std::pair<const char*, const char*> shown[] = {
        {"rings", "ring-record"},      {"rings", "broadcast-record"},   {"counters", "counter-metadata"},
        {"counters", "counter-value"}, {"error-log", "error-record"},   {"loss-report", "loss-entry"},
        {"log-buffer", "frame-data"},  {"log-buffer", "frame-padding"}, {"log-buffer", "log-metadata"},
    };
    for (const auto& [page, name] : shown) {
        const std::string folder = GALE_SOURCE_DIR "/docs/formats/";
        const auto bytes = testing::read_file(folder + "golden/" + name + ".hex");
        EXPECT_NE(testing::read_file(folder + page + ".md").find(bytes), std::string::npos) << name << " in " << page;
    }
}

}  // namespace
}  // namespace gale::shm
