#include "os/wake.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

namespace gale::os {
namespace {

using namespace std::chrono_literals;

class Wake : public ::testing::Test {
protected:
    void change() {
        std::atomic_ref<std::uint64_t>(shared).fetch_add(1);
        word.wake();
    }

    alignas(8) std::uint64_t shared = 0;
    WakeWord word{&shared};
};

TEST_F(Wake, WaitsForNothingWhenTheWordHasChanged) {
    const std::uint32_t seen = word.value();
    change();
    const auto start = std::chrono::steady_clock::now();
    word.wait(seen, 60s);
    EXPECT_LT(std::chrono::steady_clock::now() - start, 30s);
}

TEST_F(Wake, GivesUpAfterItsTimeout) {
    word.wait(word.value(), 1ms);
    word.wait(word.value(), 0ms);
    word.wait(word.value(), -5ms);
}

TEST_F(Wake, EverySleeperHearsOfEveryChange) {
    constexpr std::uint32_t changes = 500;
    std::atomic<std::uint32_t> acknowledged{0};
    std::thread sleeper{[&] {
        for (std::uint32_t seen = 0; seen < changes; seen = word.value()) {
            acknowledged.store(seen, std::memory_order_release);
            word.wait(seen, 60s);
        }
    }};
    for (std::uint32_t i = 0; i < changes; ++i) change();
    sleeper.join();
    EXPECT_EQ(word.value(), changes);
    EXPECT_LT(acknowledged.load(), changes);
}

}  // namespace
}  // namespace gale::os
