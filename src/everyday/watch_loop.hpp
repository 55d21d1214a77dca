/// The thread that reads for the watches of one subscriber, and the watches it calls.
#pragma once

#include <gale/watch.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

namespace gale::everyday {

class SubscriberState;

/// One handler with its options and its counts.
class WatchEntry {
public:
    WatchEntry(Watch::Handler handler, WatchOptions options);

    // The loop's thread.
    /// Calls the handler when it is its turn. What that throws stays here.
    void on_message(const Message& message) noexcept;
    /// The subscription ended; `error` is null when the program wanted that.
    void on_end(const std::exception_ptr& error) noexcept;

    // Any thread.
    /// The handler is not called any more from now on; waits for a call that is going on, except on a watch's thread:
    /// there it could be its own, or one that waits for it.
    void retire() noexcept;
    [[nodiscard]] bool is_retired() const noexcept { return retired_.load(std::memory_order_acquire); }
    void set_active(bool active) noexcept { active_.store(active, std::memory_order_release); }
    [[nodiscard]] bool is_active() const noexcept { return active_.load(std::memory_order_acquire); }
    [[nodiscard]] std::int64_t seen_count() const noexcept { return seen_.load(std::memory_order_acquire); }
    [[nodiscard]] std::int64_t call_count() const noexcept { return calls_.load(std::memory_order_acquire); }
    [[nodiscard]] std::exception_ptr last_error() const;

private:
    [[nodiscard]] bool is_wanted() noexcept;
    void report(const std::exception_ptr& error) noexcept;

    const Watch::Handler handler_;
    const WatchOptions options_;
    std::atomic<bool> active_;
    std::atomic<bool> retired_{false};
    std::atomic<std::int64_t> seen_{0};   // the loop's thread
    std::atomic<std::int64_t> calls_{0};  // the same
    std::chrono::steady_clock::time_point last_call_{};
    std::mutex calling_;  // held while the handler runs
    mutable std::mutex error_mutex_;
    std::exception_ptr error_;
};

/// A thread while there are watches, none otherwise. Every call from any thread, also from inside handlers.
class WatchLoop {
public:
    WatchLoop() = default;
    WatchLoop(const WatchLoop&) = delete;
    WatchLoop& operator=(const WatchLoop&) = delete;
    ~WatchLoop();

    /// `subscriber` is the one this loop belongs to; the thread keeps it.
    void add(const std::shared_ptr<SubscriberState>& subscriber, std::shared_ptr<WatchEntry> entry);
    void remove(const std::shared_ptr<WatchEntry>& entry) noexcept;
    void remove_all() noexcept;
    [[nodiscard]] bool is_watching() const noexcept { return count_.load(std::memory_order_acquire) > 0; }

private:
    using Entries = std::vector<std::shared_ptr<WatchEntry>>;
    static void run(const std::stop_token& stop, const std::shared_ptr<SubscriberState>& subscriber);
    void read(const std::stop_token& stop, SubscriberState& subscriber, Entries& entries);
    void refresh(Entries& entries, std::uint64_t& version);
    void changed() noexcept;
    void end_thread();
    void join_finished() noexcept;

    std::mutex mutex_;
    Entries entries_;
    std::jthread thread_;
    std::vector<std::jthread> finished_;     // told to stop, not joined yet
    std::atomic<std::size_t> count_{0};      // of entries
    std::atomic<std::uint64_t> version_{1};  // of entries
};

}  // namespace gale::everyday
