#include "base/counting_allocations.hpp"
#include "everyday/testing.hpp"

#include <gale/gale.hpp>

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace gale {
namespace {

using testing::allocations;
using testing::allocations_of;
using testing::counts_allocations;
using testing::embedded;
using testing::short_log;
using testing::wait_for;

class Allocations : public ::testing::TestWithParam<bool> {
protected:
    static Config config() {
        Config made = short_log(1);
        made.exclusive = GetParam();
        return made;
    }
    void SetUp() override {
        ASSERT_TRUE(publication.wait_connected() && subscription.wait_connected());
        round();  // the first time is set-up: each kind of buffer is made once
    }
    void put(std::span<const std::byte> bytes) { EXPECT_EQ(publication.put(bytes, patient), PutStatus::success); }
    void put_both() {
        put(small);
        put(large);
    }
    /// Everything that a program does again and again.
    void round() {
        put_both();
        const std::array pieces{as_bytes("in "), as_bytes("pieces")};
        EXPECT_EQ(publication.put(pieces, {.timeout = forever, .reserved_value = 7}), PutStatus::success);
        EXPECT_EQ(publication.put("text"), PutStatus::success);
        {
            const Message first = subscription.take();
            const Message second = subscription.take();  // two at a time
            EXPECT_EQ(first.size() + second.size(), small.size() + large.size());
        }
        EXPECT_EQ(subscription.take_for(forever)->size(), 9U);
        EXPECT_EQ(subscription.try_take()->size(), 4U);
        EXPECT_FALSE(subscription.try_take());
        EXPECT_FALSE(subscription.take_for(Nanos{1'000}));
        put_both();
        while (!subscription.poll({.fragment_limit = 10}).message) continue;
        while (!subscription.poll({.fragment_limit = 2}).message) continue;
        put_both();
        int messages = 0;
        while (messages < 2) subscription.poll([&](const Message&) { ++messages; }, 3);
        put_both();
        messages = 0;
        for (const Message& message : subscription)
            if (++messages == 2 && message.size() > 0) break;
        put_both();
        EXPECT_GT(subscription.poll({.fragment_limit = 1, .discard = true}).fragments, 0);
        EXPECT_GT(subscription.discard(), 0);
    }

    const std::vector<std::byte> small = std::vector<std::byte>(100);
    const std::vector<std::byte> large = std::vector<std::byte>(8000);
    const PutOptions patient{.timeout = forever};
    Context context{embedded()};
    Publisher publication = publisher(context, config());
    Subscriber subscription = subscriber(context, config());
};
INSTANTIATE_TEST_SUITE_P(Kinds, Allocations, ::testing::Bool(),
                         [](const auto& kind) { return kind.param ? "Exclusive" : "Shared"; });

TEST(CountingAllocations, Works) {
    if (!counts_allocations) GTEST_SKIP() << "a sanitizer has replaced operator new already";
    EXPECT_EQ(allocations_of([] {}), 0);
    EXPECT_GT(allocations_of([] { static_cast<void>(std::vector<int>(100, 1).at(99)); }), 0);
}

TEST_P(Allocations, DoNotHappenAfterSetUp) {
    for (int i = 0; i < 100; ++i) ASSERT_EQ(allocations_of([&] { round(); }), 0) << "round " << i;  // many terms
}

TEST_P(Allocations, DoNotHappenUnderBackPressure) {
    const auto fill = [&] {
        while (publication.put(small, {.timeout = Nanos{100'000}}) != PutStatus::back_pressured) continue;
    };
    EXPECT_EQ(allocations_of(fill), 0);
}

TEST_P(Allocations, AreOneBufferForEachMessageMoreThatIsHeld) {
    std::vector<Message> held;
    held.reserve(20);
    const auto hold = [&] {
        for (int i = 0; i < 20; ++i) {
            put(small);
            held.push_back(subscription.take());
        }
        held.clear();
    };
    EXPECT_TRUE(!counts_allocations || allocations_of(hold) > 0);
    EXPECT_EQ(allocations_of(hold), 0);
}

TEST_P(Allocations, DoNotHappenInAWatch) {
    std::atomic<std::int64_t> before{0};
    std::atomic<std::int64_t> after{-1};
    std::atomic<int> calls{0};
    const auto watch = gale::watch(subscription, [&](const Message&) {
        if (++calls == 10) before = allocations;  // of the watch's thread
        after = allocations;
    });
    for (int i = 0; i < 200; ++i) put_both();
    wait_for([&] { return watch.call_count() == 400; });
    EXPECT_EQ(before, after);
}

}  // namespace
}  // namespace gale
