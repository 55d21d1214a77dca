/// Messages from one thread to another: one writes, one reads, nobody waits, nothing is lost.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <utility>

namespace gale::agent {

/// A ring of `capacity` slots, made once. Whoever may not allocate uses `try_push` and tries again later; whoever may
/// uses `push`, which keeps what does not fit on its own side until `flush` or the next push. So two threads that fill
/// each other's mailboxes cannot lock each other up.
template <class Message, std::size_t capacity = 1024> class Mailbox {
    static_assert((capacity & (capacity - 1)) == 0, "a power of two");

public:
    Mailbox() : slots_{std::make_unique<std::array<std::optional<Message>, capacity>>()} {}
    Mailbox(const Mailbox&) = delete;
    Mailbox& operator=(const Mailbox&) = delete;

    /// The writer's. False, and `message` untouched, when the ring is full.
    [[nodiscard]] bool try_push(Message&& message) noexcept {
        const std::size_t tail = tail_.load(std::memory_order_relaxed);
        if (tail - head_seen_ == capacity) {
            head_seen_ = head_.load(std::memory_order_acquire);  // pairs with pop: the slot is empty again
            if (tail - head_seen_ == capacity) return false;
        }
        (*slots_)[tail % capacity].emplace(std::move(message));
        tail_.store(tail + 1, std::memory_order_release);
        return true;
    }
    /// The writer's, when it may allocate. True when the message went straight into the ring.
    bool push(Message&& message) {
        if (flush() && try_push(std::move(message))) return true;
        // NOLINTNEXTLINE(bugprone-use-after-move): what could not be pushed was left alone
        kept_.push_back(std::move(message));
        ++waited_;
        return false;
    }
    /// The writer's: how many messages `push` ever had to keep, since the ring was full.
    [[nodiscard]] std::int64_t waited() const noexcept { return waited_; }
    /// The writer's: moves on what `push` kept. True when nothing is kept any more.
    bool flush() {
        while (!kept_.empty() && try_push(std::move(kept_.front()))) kept_.pop_front();
        return kept_.empty();
    }

    /// Anybody's: whether the ring was empty just now; what `push` keeps is not counted.
    [[nodiscard]] bool is_empty() const noexcept {
        return head_.load(std::memory_order_acquire) == tail_.load(std::memory_order_acquire);
    }

    /// The reader's: hands the next message to `handler`. False when there is none.
    template <class Handler> bool pop(Handler&& handler) {
        const std::size_t head = head_.load(std::memory_order_relaxed);
        if (head == tail_seen_) {
            tail_seen_ = tail_.load(std::memory_order_acquire);  // pairs with try_push: the message is whole
            if (head == tail_seen_) return false;
        }
        auto& slot = (*slots_)[head % capacity];
        // Out of the ring before it is handled: a handler that throws has had its message all the same.
        Message message = std::move(*slot);
        slot.reset();
        head_.store(head + 1, std::memory_order_release);
        std::forward<Handler>(handler)(std::move(message));
        return true;
    }
    /// The reader's, at most `limit` messages. How many.
    template <class Handler> int drain(Handler&& handler, int limit) {
        int count = 0;
        while (count < limit && pop(handler)) ++count;
        return count;
    }

private:
    std::unique_ptr<std::array<std::optional<Message>, capacity>> slots_;
    std::deque<Message> kept_;                      // the writer's
    std::int64_t waited_ = 0;                       // the writer's
    alignas(64) std::atomic<std::size_t> tail_{0};  // the writer
    std::size_t head_seen_ = 0;                     // the writer's
    alignas(64) std::atomic<std::size_t> head_{0};  // the reader
    std::size_t tail_seen_ = 0;                     // the reader's
};

}  // namespace gale::agent
