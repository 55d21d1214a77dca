#include "capi/client/lingering.hpp"

#include "capi/client/client.hpp"
#include "os/process.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

namespace gale::capi {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr Nanos longest_linger = std::chrono::hours{24 * 365};  // what a clock can add

class Lingering {
public:
    void add(Slot& slot, Nanos after) {
        const std::lock_guard lock{mutex_};
        const auto place = waiting_.emplace(SteadyClock::now() + after, &slot);
        if (!is_watched_) std::thread{[this] { watch(); }}.detach();
        is_watched_ = true;
        if (place == waiting_.begin()) earlier_.notify_one();
    }
    [[nodiscard]] bool is_elsewhere() const noexcept { return home_.is_elsewhere(); }

private:
    void watch() {
        os::name_thread("aeron-linger");
        std::unique_lock lock{mutex_};
        while (!waiting_.empty()) {
            earlier_.wait_until(lock, waiting_.begin()->first + a_little);  // with those that come just behind it
            while (!waiting_.empty() && waiting_.begin()->first <= SteadyClock::now()) {
                const auto over = waiting_.extract(waiting_.begin());
                lock.unlock();
                destroy_any(*over.mapped());
                lock.lock();
            }
        }
        is_watched_ = false;
    }

    static constexpr std::chrono::milliseconds a_little{10};

    const os::Home home_;
    std::mutex mutex_;
    std::condition_variable earlier_;                        // one came that is the first to go
    std::multimap<SteadyClock::time_point, Slot*> waiting_;  // equal times in the order of arrival
    bool is_watched_ = false;
};

/// Never destroyed: its thread may run when the process ends. A child of fork has no such thread, and gets one.
Lingering& lingering() {
    static std::atomic<Lingering*> current{new Lingering};
    Lingering* known = current.load();
    if (!known->is_elsewhere()) return *known;
    auto fresh = std::make_unique<Lingering>();
    if (current.compare_exchange_strong(known, fresh.get())) return *fresh.release();
    return *known;
}

}  // namespace

void destroy_later(Slot& slot, Nanos after) noexcept {
    try {
        lingering().add(slot, std::clamp(after, shortest_linger, longest_linger));
    } catch (...) {  // no memory, or no thread: better that it stays than that a call under way loses it
    }
}

}  // namespace gale::capi
