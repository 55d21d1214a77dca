#include "shm/broadcast.hpp"
#include "shm/testing.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstring>
#include <thread>

namespace gale::shm {
namespace {

constexpr std::int64_t messages = 20'000;

TEST(BroadcastStress, AnOvertakenReceiverNeverDeliversATornRecord) {
    const testing::Memory memory{2048 + broadcast_trailer_length};
    std::atomic<bool> done{false};
    std::thread transmitting{[&] {
        BroadcastTransmitter transmitter{memory.bytes()};
        std::array<std::byte, 256> payload{};
        for (std::int64_t number = 0; number < messages; ++number) {
            payload.fill(static_cast<std::byte>(number));
            std::memcpy(payload.data(), &number, sizeof number);
            transmitter.transmit(1, std::span{payload}.first(static_cast<std::size_t>(8 + number % 240)));
            if (number % 16 == 0) std::this_thread::yield();
        }
        done.store(true, std::memory_order_release);
    }};
    std::thread keeping_up{[&] {  // a second receiver, so that there is more than one copy in flight
        BroadcastReceiver receiver{memory.bytes()};
        while (!done.load(std::memory_order_acquire))
            if (!receiver.receive()) std::this_thread::yield();
    }};
    BroadcastReceiver receiver{memory.bytes()};
    std::int64_t last = -1;
    std::int64_t torn = 0;
    std::int64_t received = 0;
    for (bool finished = false; !finished;) {
        finished = done.load(std::memory_order_acquire);
        while (const auto message = receiver.receive()) {
            std::int64_t number = -1;
            std::memcpy(&number, message->payload.data(), sizeof number);
            torn += number <= last || message->payload.size() != static_cast<std::size_t>(8 + number % 240) ? 1 : 0;
            for (const std::byte byte : message->payload.subspan(8))
                torn += byte != static_cast<std::byte>(number) ? 1 : 0;
            last = number;
            if (++received % 64 == 0) std::this_thread::yield();  // slow on purpose
        }
        std::this_thread::yield();
    }
    transmitting.join();
    keeping_up.join();
    EXPECT_EQ(torn, 0);
    EXPECT_EQ(last, messages - 1);  // the newest record is never lost
}

}  // namespace
}  // namespace gale::shm
