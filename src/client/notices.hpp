/// Calls to the program's handlers, kept until no lock of ours is held.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace gale::client {

/// Handlers run one at a time, in the order in which things happened, and never under the control plane's lock: they
/// may call anything that does not wait. Thread-safe.
class Notices {
public:
    using Notice = std::function<void()>;
    void post(Notice notice);
    /// Runs what was posted, and what that posts. Returns how many. A notice that throws goes to `failed`.
    int run(const std::function<void()>& failed);
    /// Runs one at once, on this thread, in turn with the others.
    void call(const Notice& notice, const std::function<void()>& failed);
    /// When it returns, no handler that was running at the call is still running (but this thread's own).
    void settle();
    /// Whether the calling thread is inside a handler.
    [[nodiscard]] bool in_handler() const noexcept;

private:
    class Turn;
    std::recursive_mutex turn_;
    std::atomic<std::thread::id> running_{};
    std::mutex queue_mutex_;
    std::deque<Notice> queue_;
};

}  // namespace gale::client
