#include "shm/counters.hpp"
#include "shm/testing.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gale::shm {
namespace {

using testing::Memory;
using namespace std::chrono_literals;

// Both clocks run alike, a day apart.
constexpr Millis day = 24h;
constexpr Tick at(Millis now) { return {.now = now, .wall = day + now}; }

class CountersTest : public ::testing::Test {
protected:
    std::optional<CounterId> add(std::string_view label, Millis now = 0ms, std::int64_t registration_id = 0) {
        return counters.allocate({.type_id = 5, .label = label, .registration_id = registration_id}, at(now));
    }
    std::vector<std::string> labels() const {
        std::vector<std::string> found;
        counters.for_each([&](const CounterView& view) { found.emplace_back(view.label); });
        return found;
    }

    using Labels = std::vector<std::string>;
    Memory metadata{4 * 512};
    Memory values{4 * 128};
    CountersManager counters{metadata.bytes(), values.bytes(), 1000ms};
};

TEST_F(CountersTest, IdsAreDealtOutUpwardsAndEveryOneIsUsed) {
    for (std::int32_t id = 0; id < 4; ++id) EXPECT_EQ(add(std::to_string(id)), CounterId{id});
    EXPECT_EQ(add("none left"), std::nullopt);
    EXPECT_EQ(labels(), (Labels{"0", "1", "2", "3"}));
}

TEST_F(CountersTest, AFreedIdCoolsDownBeforeItIsUsedAgain) {
    for (int i = 0; i < 4; ++i) ASSERT_TRUE(add("first"));
    counters.free(CounterId{2}, at(5000ms));
    EXPECT_EQ(counters.state(CounterId{2}), CounterState::reclaimed);
    EXPECT_EQ(counters.metadata(CounterId{2}).free_for_reuse_deadline_ms.load_acquire(), (day + 6000ms).count());
    EXPECT_EQ(add("second", 5999ms), std::nullopt);
    EXPECT_EQ(add("second", 6000ms), CounterId{2});
    EXPECT_EQ(labels(), (Labels{"first", "first", "second", "first"}));
}

TEST_F(CountersTest, AWallClockThatStepsNeitherKeepsAnIdNorLetsItGo) {
    for (int i = 0; i < 4; ++i) ASSERT_TRUE(add("first"));
    counters.free(CounterId{2}, at(5000ms));
    const auto add_at = [&](Nanos now, Millis wall) { return counters.allocate({.label = "x"}, {now, wall}); };
    EXPECT_EQ(add_at(5999ms, 2 * day), std::nullopt);
    EXPECT_EQ(counters.available({5999ms, 2 * day}), 0);
    EXPECT_EQ(counters.available({6000ms, 0ms}), 1);
    EXPECT_EQ(add_at(6000ms, 0ms), CounterId{2});
}

TEST_F(CountersTest, AreAvailableWhenNeverUsedOrCooledDown) {
    EXPECT_EQ(counters.available(at(0ms)), 4);
    ASSERT_TRUE(add("a"));
    ASSERT_TRUE(add("b"));
    EXPECT_EQ(counters.available(at(0ms)), 2);
    counters.free(CounterId{0}, at(0ms));
    EXPECT_EQ(counters.available(at(999ms)), 2);
    EXPECT_EQ(counters.available(at(1000ms)), 3);
}

TEST_F(CountersTest, TheFirstThatHasCooledDownIsUsedEvenBeforeANewOne) {
    ASSERT_TRUE(add("a"));
    ASSERT_TRUE(add("b"));
    counters.free(CounterId{1}, at(0ms));
    counters.free(CounterId{0}, at(500ms));
    EXPECT_EQ(add("c", 500ms), CounterId{2});
    EXPECT_EQ(add("d", 1000ms), CounterId{1});
    EXPECT_EQ(add("e", 1500ms), CounterId{0});
}

TEST_F(CountersTest, NothingOfTheFormerOwnerIsLeftInAReusedCounter) {
    const std::vector<std::byte> key(112, std::byte{0xff});
    const auto id = counters.allocate({.type_id = 9,
                                       .key = key,
                                       .label = "a long label",
                                       .registration_id = 1,
                                       .owner_id = 2,
                                       .reference_id = 3,
                                       .initial_value = 4},
                                      at(0ms));
    ASSERT_TRUE(id);
    counters.free(*id, at(0ms));
    ASSERT_EQ(add("new", 1000ms), id);
    const auto view = counters.look(*id);
    ASSERT_TRUE(view);
    EXPECT_EQ(view->label, "new");
    EXPECT_EQ(view->value, 0);
    EXPECT_EQ(view->registration_id, 0);
    EXPECT_EQ(view->owner_id, 0);
    EXPECT_EQ(view->reference_id, 0);
    for (const std::byte byte : view->key) EXPECT_EQ(byte, std::byte{0});
}

TEST_F(CountersTest, AFreedCounterIsSkippedButKeepsItsValueUntilReuse) {
    ASSERT_TRUE(add("a"));
    ASSERT_TRUE(add("b"));
    counters.value(CounterId{0}).store_release(77);
    counters.free(CounterId{0}, at(0ms));
    EXPECT_EQ(labels(), Labels{"b"});
    EXPECT_EQ(counters.look(CounterId{0}), std::nullopt);
    EXPECT_EQ(counters.value(CounterId{0}).load_acquire(), 77);
}

TEST_F(CountersTest, FindsByTypeAndRegistration) {
    ASSERT_TRUE(add("a", 0ms, 11));
    ASSERT_TRUE(add("b", 0ms, 12));
    EXPECT_EQ(counters.find(5, 12), CounterId{1});
    EXPECT_EQ(counters.find(6, 12), std::nullopt);
    counters.free(CounterId{1}, at(0ms));
    EXPECT_EQ(counters.find(5, 12), std::nullopt);
}

TEST_F(CountersTest, LongKeysAndLabelsAreCut) {
    const std::vector<std::byte> key(200, std::byte{0xee});
    const auto id = counters.allocate({.key = key, .label = std::string(500, 'l')}, at(0ms));
    ASSERT_TRUE(id);
    EXPECT_EQ(counters.look(*id)->label, std::string(380, 'l'));
    EXPECT_EQ(counters.look(*id)->key.back(), std::byte{0xee});
    EXPECT_EQ(counters.metadata(*id).label_length.load_acquire(), 380);
    EXPECT_EQ(counters.state(CounterId{1}), CounterState::unused);
}

TEST_F(CountersTest, LabelsGrowByAppendingAndAreCutAtTheEnd) {
    ASSERT_TRUE(add("client-heartbeat: id=7"));
    CounterMetadata& record = counters.metadata(CounterId{0});
    append_label(record, " name=x");
    append_label(record, {});
    EXPECT_EQ(counters.look(CounterId{0})->label, "client-heartbeat: id=7 name=x");
    append_label(record, std::string(400, 'y'));
    EXPECT_EQ(counters.look(CounterId{0})->label.size(), 380U);
    append_label(record, "z");
    EXPECT_EQ(counters.look(CounterId{0})->label.back(), 'y');
}

TEST_F(CountersTest, ALabelLengthThatCannotBeLeadsNowhere) {
    ASSERT_TRUE(add("abc"));
    CounterMetadata& record = counters.metadata(CounterId{0});
    for (const std::int32_t length : {-1, 381, INT32_MAX, INT32_MIN}) {
        record.label_length.store_release(length);
        EXPECT_LE(counters.look(CounterId{0})->label.size(), 380U);
        append_label(record, "more");
    }
}

TEST_F(CountersTest, FreeingDoesNotBelieveTheSharedState) {
    ASSERT_TRUE(add("a"));
    counters.metadata(CounterId{0}).state.store_release(0);  // a client scribbled
    counters.free(CounterId{0}, at(0ms));
    EXPECT_EQ(counters.state(CounterId{0}), CounterState::reclaimed);
}

TEST_F(CountersTest, IdsOutsideTheSectionsAreUnused) {
    EXPECT_EQ(counters.state(CounterId{-1}), CounterState::unused);
    EXPECT_EQ(counters.state(CounterId{4}), CounterState::unused);
    EXPECT_EQ(counters.look(CounterId{INT32_MAX}), std::nullopt);
    EXPECT_FALSE(counters.contains(no_counter));
}

using CountersDeathTest = CountersTest;

TEST_F(CountersDeathTest, FreeingTwiceIsABug) {
    ASSERT_TRUE(add("a"));
    counters.free(CounterId{0}, at(0ms));
    EXPECT_DEATH(counters.free(CounterId{0}, at(0ms)), "only an allocated counter is freed");
}

}  // namespace
}  // namespace gale::shm
