#include "capi/driver/handles.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>
#include <vector>

namespace gale::capi::driver {
namespace {

struct Place {
    char place;
};

TEST(Handles, AreFoundUntilTheyAreRemovedAndNeverGivenOutAgain) {
    Handles<Place, int> handles;
    std::set<const Place*> seen;
    for (int i = 0; i < 1000; ++i) {
        const Place* const handle = handles.add(std::make_shared<int>(i));
        EXPECT_TRUE(seen.insert(handle).second);
        ASSERT_NE(handles.find(handle), nullptr);
        EXPECT_EQ(*handles.find(handle), i);
        EXPECT_TRUE(handles.remove(handle));
        EXPECT_FALSE(handles.remove(handle));
        EXPECT_EQ(handles.find(handle), nullptr);
    }
    const Place elsewhere{};
    EXPECT_EQ(handles.find(&elsewhere), nullptr);
    EXPECT_EQ(handles.find(nullptr), nullptr);
}

TEST(Handles, OutliveInTheHandsOfWhoFoundThem) {
    Handles<Place, int> handles;
    const Place* const handle = handles.add(std::make_shared<int>(7));
    const auto found = handles.find(handle);
    EXPECT_TRUE(handles.remove(handle));
    EXPECT_EQ(*found, 7);
}

TEST(Handles, AreRemovedByOneOfThoseWhoTry) {
    constexpr int rounds = 2000;
    Handles<Place, int> handles;
    std::atomic<const Place*> shared{nullptr};
    std::atomic<int> removed{0};
    std::atomic<bool> done{false};
    std::vector<std::thread> others;
    for (int i = 0; i < 3; ++i)
        others.emplace_back([&] {
            while (!done) {
                const Place* const handle = shared.load();
                if (const auto found = handles.find(handle)) {
                    EXPECT_GE(*found, 0);
                }
                if (handles.remove(handle)) ++removed;
            }
        });
    for (int i = 0; i < rounds; ++i) {
        const Place* const handle = handles.add(std::make_shared<int>(i));
        shared = handle;
        while (handles.find(handle)) std::this_thread::yield();
    }
    done = true;
    for (auto& other : others) other.join();
    EXPECT_EQ(removed, rounds);
}

}  // namespace
}  // namespace gale::capi::driver
