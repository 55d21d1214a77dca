#include "logbuffer/append.hpp"
#include "logbuffer/clean.hpp"
#include "logbuffer/testing.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <thread>
#include <vector>

namespace gale::logbuffer {
namespace {

using testing::LogInMemory;
using testing::small_term;
using testing::stream;

constexpr std::int64_t window = small_term / 2;

/// The first 16 bytes say who sent which number, all others repeat its low byte.
std::size_t write_message(std::span<std::byte> room, std::int64_t sender, std::int64_t number) {
    const auto length = static_cast<std::size_t>(16 + (number * 37) % 2900);
    std::memcpy(room.data(), &sender, sizeof sender);
    std::memcpy(room.data() + 8, &number, sizeof number);
    std::memset(room.data() + 16, static_cast<int>(number & 0xff), length - 16);
    return length;
}

/// Reads, checks, cleans behind itself and moves the limit: subscriber and driver in one.
class Reader {
public:
    Reader(const Log& log, std::atomic<std::int64_t>& limit, std::size_t senders)
        : log_{log}, limit_{limit}, cleaner_{log, Position{0}}, next_(senders, 0) {}

    void read_until(std::int64_t total) {
        while (messages_ < total) {
            const Position before = position_;
            const Scanned scanned = scan(log_, position_, no_end, 64,
                                         [&](std::span<const std::byte> payload, const wire::FrameHeader& header,
                                             Position) { on_fragment(payload, header); });
            wrong_ += scanned.corrupt ? 1 : 0;
            while (cleaner_.advance(position_, small_term) > 0) {
            }
            limit_.store(position_.value + window, std::memory_order_release);
            if (position_ == before) std::this_thread::yield();
        }
    }
    [[nodiscard]] std::int64_t wrong() const { return wrong_; }
    [[nodiscard]] Position position() const { return position_; }

private:
    void on_fragment(std::span<const std::byte> payload, const wire::FrameHeader& header) {
        if ((header.flags & wire::flags::begin) != 0) {
            std::int64_t sender = 0;
            std::memcpy(&sender, payload.data(), sizeof sender);
            std::memcpy(&number_, payload.data() + 8, sizeof number_);
            wrong_ += number_ != next_[static_cast<std::size_t>(sender)]++ ? 1 : 0;
            length_ = 16;
            payload = payload.subspan(16);
        }
        for (const std::byte byte : payload) wrong_ += byte != static_cast<std::byte>(number_) ? 1 : 0;
        length_ += payload.size();
        if ((header.flags & wire::flags::end) == 0) return;
        wrong_ += length_ != static_cast<std::size_t>(16 + (number_ * 37) % 2900) ? 1 : 0;
        ++messages_;
    }

    Log log_;
    std::atomic<std::int64_t>& limit_;
    Cleaner cleaner_;
    Position position_{0};
    std::vector<std::int64_t> next_;
    std::int64_t number_ = 0;
    std::size_t length_ = 0;
    std::int64_t messages_ = 0;
    std::int64_t wrong_ = 0;
};

/// Offers `count` messages, by turns whole and, where one fits a frame, as a claim.
template <class Appender>
void publish(Appender& appender, const std::atomic<std::int64_t>& limit, std::int64_t sender, std::int64_t count) {
    std::array<std::byte, 3000> room{};
    for (std::int64_t number = 0; number < count; ++number) {
        const std::size_t length = write_message(room, sender, number);
        const std::span message = std::span<const std::byte>{room}.first(length);
        const bool by_claim = number % 3 == 0 && length <= static_cast<std::size_t>(appender.max_payload_length());
        for (;;) {
            const std::int64_t now = limit.load(std::memory_order_acquire);
            if (by_claim) {
                ClaimedFrame claimed;
                if (appender.claim(now, static_cast<std::int32_t>(length), claimed)) {
                    std::memcpy(claimed.payload().data(), message.data(), length);
                    commit_frame(claimed.frame, claimed.frame_length);
                    break;
                }
            } else if (appender.offer(now, SingleSource{message}, nullptr)) {
                break;
            }
            std::this_thread::yield();
        }
    }
}

TEST(AppendStress, ManyPublishersOneReaderManyRotations) {
    constexpr std::int64_t publishers = 3;
    constexpr std::int64_t count = 2'000;
    const LogInMemory made;
    std::atomic<std::int64_t> limit{window};
    std::vector<std::thread> threads;
    for (std::int64_t sender = 0; sender < publishers; ++sender) {
        threads.emplace_back([&, sender] {
            const ConcurrentAppender appender{made.log, stream};
            publish(appender, limit, sender, count);
        });
    }
    Reader reader{made.log, limit, publishers};
    reader.read_until(publishers * count);
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(reader.wrong(), 0);
    EXPECT_EQ(reader.position(), made.log.producer_position());
    EXPECT_GT(made.metadata().active_term_count.load_acquire(), 30);
}

TEST(AppendStress, AnExclusivePublisherAndItsReader) {
    constexpr std::int64_t count = 6'000;
    const LogInMemory made;
    std::atomic<std::int64_t> limit{window};
    std::thread publishing{[&] {
        ExclusiveAppender appender{made.log, stream};
        publish(appender, limit, 0, count);
    }};
    Reader reader{made.log, limit, 1};
    reader.read_until(count);
    publishing.join();
    EXPECT_EQ(reader.wrong(), 0);
    EXPECT_EQ(reader.position(), made.log.producer_position());
}

}  // namespace
}  // namespace gale::logbuffer
