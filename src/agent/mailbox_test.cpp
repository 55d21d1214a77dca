#include "agent/mailbox.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

namespace gale::agent {
namespace {

using Box = Mailbox<std::unique_ptr<int>, 4>;

std::vector<int> take_all(Box& box) {
    std::vector<int> taken;
    box.drain([&](std::unique_ptr<int> message) { taken.push_back(*message); }, 100);
    return taken;
}

TEST(Mailbox, HandsMessagesOverInOrderOfArrival) {
    Box box;
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(box.push(std::make_unique<int>(i)));
    EXPECT_EQ(take_all(box), (std::vector{0, 1, 2}));
    EXPECT_TRUE(take_all(box).empty());
}

TEST(Mailbox, AFullRingRefusesAndLeavesTheMessageWithItsWriter) {
    Box box;
    for (int i = 0; i < 4; ++i) ASSERT_TRUE(box.try_push(std::make_unique<int>(i)));
    auto refused = std::make_unique<int>(4);
    EXPECT_FALSE(box.try_push(std::move(refused)));
    ASSERT_NE(refused, nullptr);
    EXPECT_EQ(take_all(box), (std::vector{0, 1, 2, 3}));
    EXPECT_TRUE(box.try_push(std::move(refused)));
    EXPECT_EQ(take_all(box), (std::vector{4}));
}

TEST(Mailbox, WhatDoesNotFitIsKeptInOrderAndMovesOnLater) {
    Box box;
    for (int i = 0; i < 10; ++i) box.push(std::make_unique<int>(i));
    EXPECT_EQ(box.waited(), 6);
    std::vector<int> taken;
    while (taken.size() < 10) {
        for (const int each : take_all(box)) taken.push_back(each);
        box.flush();
    }
    EXPECT_EQ(taken, (std::vector{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
}

TEST(Mailbox, AHandlerThatThrowsHasHadItsMessage) {
    Box box;
    box.push(std::make_unique<int>(1));
    box.push(std::make_unique<int>(2));
    EXPECT_THROW(box.pop([](std::unique_ptr<int>) { throw std::runtime_error{"no"}; }), std::runtime_error);
    EXPECT_EQ(take_all(box), (std::vector{2}));
}

TEST(Mailbox, TakesNoMoreThanTheLimit) {
    Box box;
    for (int i = 0; i < 4; ++i) box.push(std::make_unique<int>(i));
    EXPECT_EQ(box.drain([](std::unique_ptr<int>) {}, 3), 3);
    EXPECT_EQ(take_all(box), (std::vector{3}));
}

TEST(MailboxStress, TwoThreadsPassEveryMessageOnce) {
    constexpr int count = 20'000;
    Mailbox<std::unique_ptr<int>, 64> box;
    std::thread writer{[&] {
        for (int i = 0; i < count; ++i)
            for (auto message = std::make_unique<int>(i); !box.try_push(std::move(message));) std::this_thread::yield();
    }};
    int expected = 0;
    while (expected < count)
        if (!box.pop([&](std::unique_ptr<int> message) { ASSERT_EQ(*message, expected++); })) std::this_thread::yield();
    writer.join();
    EXPECT_EQ(expected, count);
}

}  // namespace
}  // namespace gale::agent
