#include "shm/ring.hpp"
#include "shm/testing.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <thread>
#include <vector>

namespace gale::shm {
namespace {

constexpr std::int32_t producers = 3;
constexpr std::int64_t per_producer = 10'000;

TEST(RingStress, EveryRecordOfEveryProducerArrivesOnceAndInItsOrder) {
    const testing::Memory memory{4096 + ring_trailer_length};
    Ring consumer{memory.bytes()};
    std::vector<std::thread> threads;
    for (std::int32_t producer = 0; producer < producers; ++producer) {
        threads.emplace_back([&memory, producer] {
            Ring ring{memory.bytes()};
            std::array<std::byte, 200> payload{};
            for (std::int64_t number = 0; number < per_producer; ++number) {
                const auto length = static_cast<std::size_t>(8 + number % 190);
                payload.fill(static_cast<std::byte>(number));
                std::memcpy(payload.data(), &number, sizeof number);
                while (ring.write(producer + 1, std::span{payload}.first(length)) != RingWrite::written)
                    std::this_thread::yield();
            }
        });
    }
    std::array<std::int64_t, producers> next{};
    std::int64_t torn = 0;
    const auto take = [&](std::int32_t type, std::span<const std::byte> payload) {
        std::int64_t number = -1;
        std::memcpy(&number, payload.data(), sizeof number);
        auto& expected = next[static_cast<std::size_t>(type - 1)];
        torn += number != expected || payload.size() != static_cast<std::size_t>(8 + number % 190) ? 1 : 0;
        for (const std::byte byte : payload.subspan(8)) torn += byte != static_cast<std::byte>(number) ? 1 : 0;
        ++expected;
        return RingRead::consumed;
    };
    for (std::int64_t count = 0; count < producers * per_producer;) {
        const int read = consumer.read(take, 50);
        count += read;
        if (read == 0) std::this_thread::yield();
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(torn, 0);
    EXPECT_EQ(consumer.damaged(), 0);
    EXPECT_EQ(consumer.head(), consumer.tail());
}

}  // namespace
}  // namespace gale::shm
