#include "everyday/watch_loop.hpp"

#include "everyday/idle.hpp"
#include "everyday/subscriber_state.hpp"
#include "os/process.hpp"

#include <algorithm>
#include <utility>

namespace gale::everyday {
namespace {

constexpr int fragment_limit = 64;

/// Threads that call handlers never wait for one another: two could wait in a circle.
thread_local bool is_watch_thread = false;

}  // namespace

WatchEntry::WatchEntry(Watch::Handler handler, WatchOptions options)
    : handler_{std::move(handler)}, options_{std::move(options)}, active_{options_.active} {}

bool WatchEntry::is_wanted() noexcept {
    if (seen_.fetch_add(1, std::memory_order_acq_rel) % options_.every != 0) return false;
    if (options_.interval <= Nanos::zero()) return true;
    const auto now = std::chrono::steady_clock::now();
    if (call_count() > 0 && now - last_call_ < options_.interval) return false;
    last_call_ = now;
    return true;
}

void WatchEntry::on_message(const Message& message) noexcept {
    if (!is_active()) return;
    const std::lock_guard lock{calling_};
    if (is_retired() || !is_wanted()) return;
    try {
        handler_(message);
    } catch (...) {
        report(std::current_exception());
    }
    calls_.fetch_add(1, std::memory_order_acq_rel);  // now, so that whoever waits for it finds what the handler did
}

void WatchEntry::on_end(const std::exception_ptr& error) noexcept {
    const std::lock_guard lock{calling_};
    if (retired_.exchange(true, std::memory_order_acq_rel) || error == nullptr) return;
    report(error);
}

void WatchEntry::report(const std::exception_ptr& error) noexcept {
    {
        const std::lock_guard lock{error_mutex_};
        error_ = error;
    }
    if (!options_.on_error) return;
    try {
        options_.on_error(error);
    } catch (...) {  // NOLINT(bugprone-empty-catch): the first error is kept, and there is nobody else to tell
    }
}

void WatchEntry::retire() noexcept {
    retired_.store(true, std::memory_order_release);
    if (is_watch_thread) return;
    const std::lock_guard wait_for_call{calling_};
}

std::exception_ptr WatchEntry::last_error() const {
    const std::lock_guard lock{error_mutex_};
    return error_;
}

WatchLoop::~WatchLoop() {
    // The thread keeps the subscriber, which keeps this: so it has ended, or ends here, on itself.
    if (thread_.joinable()) finished_.push_back(std::move(thread_));
    for (std::jthread& thread : finished_)
        if (thread.get_id() == std::this_thread::get_id()) thread.detach();
}

void WatchLoop::add(const std::shared_ptr<SubscriberState>& subscriber, std::shared_ptr<WatchEntry> entry) {
    {
        const std::lock_guard lock{mutex_};
        entries_.push_back(std::move(entry));
        changed();
        if (!thread_.joinable()) thread_ = std::jthread{&WatchLoop::run, subscriber};
    }
    join_finished();
}

void WatchLoop::remove(const std::shared_ptr<WatchEntry>& entry) noexcept {
    entry->retire();
    {
        const std::lock_guard lock{mutex_};
        if (std::erase(entries_, entry) == 0) return;
        changed();
        if (entries_.empty()) end_thread();
    }
    join_finished();
}

void WatchLoop::remove_all() noexcept {
    Entries all;
    {
        const std::lock_guard lock{mutex_};
        all.swap(entries_);
        changed();
        if (!all.empty()) end_thread();
    }
    for (const auto& entry : all) entry->retire();
    join_finished();
}

void WatchLoop::changed() noexcept {
    count_.store(entries_.size(), std::memory_order_release);
    version_.fetch_add(1, std::memory_order_acq_rel);
}

void WatchLoop::end_thread() {
    if (!thread_.joinable()) return;
    thread_.request_stop();
    finished_.push_back(std::move(thread_));
}

void WatchLoop::join_finished() noexcept {
    if (is_watch_thread) return;  // left to the next call from elsewhere, or to the destructor
    std::vector<std::jthread> finished;
    {
        const std::lock_guard lock{mutex_};
        finished.swap(finished_);
    }
}  // joins them, without the lock

void WatchLoop::refresh(Entries& entries, std::uint64_t& version) {
    Entries fresh;  // what is swapped out goes after the lock: a handler's captures may do anything when they go
    const std::lock_guard lock{mutex_};
    version = version_.load(std::memory_order_acquire);
    fresh = entries_;
    fresh.swap(entries);
}

void WatchLoop::run(const std::stop_token& stop, const std::shared_ptr<SubscriberState>& subscriber) {
    is_watch_thread = true;
    os::name_thread("gale-watch");
    WatchLoop& loop = subscriber->watches();
    Entries entries;
    std::exception_ptr error;
    try {
        loop.read(stop, *subscriber, entries);
        return;
    } catch (...) {
        if (subscriber->connection()->is_lost() || !subscriber->is_closed()) error = std::current_exception();
    }
    {
        const std::lock_guard lock{loop.mutex_};
        if (stop.stop_requested()) return;  // others are being watched for by another thread already
        entries = std::exchange(loop.entries_, {});
        loop.changed();
        loop.end_thread();
    }
    for (const auto& entry : entries) entry->on_end(error);
}

void WatchLoop::read(const std::stop_token& stop, SubscriberState& subscriber, Entries& entries) {
    const auto pass_on = [&](const Message& message) {
        for (const auto& entry : entries) entry->on_message(message);
    };
    std::uint64_t version = 0;
    // Asked when there is a message already. Who is added, resumed or the last to go before a message is published
    // would be missed by a look before that, and the message with it: what comes after the last watch is for whoever
    // reads next.
    const auto is_current = [&] {
        return version_.load(std::memory_order_acquire) == version && !stop.stop_requested();
    };
    const auto is_active = [&] {
        return std::ranges::any_of(entries, [](const auto& entry) { return entry->is_active(); });
    };
    const auto is_for_nobody = [&] { return is_current() && !is_active(); };
    for (Idle idle; !stop.stop_requested();) {
        if (!is_current()) refresh(entries, version);
        const bool active = is_active();
        const int fragments =
            active ? subscriber.deliver(pass_on, fragment_limit, is_current) : subscriber.discard_all(is_for_nobody);
        if (fragments > 0) {
            idle.reset();
        } else if (is_current() && is_active() == active) {
            idle.rest();
        }
    }
}

}  // namespace gale::everyday
