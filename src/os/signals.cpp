#include "os/signals.hpp"

#include "os/failure.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>

namespace gale::os {

/// What a signal handler may touch: lock-free words and a pipe, which outlive the object that they serve. They are used
/// again by a later one.
struct SignalWatch {
    enum class Use : std::uint8_t { free, preparing, used };
    std::atomic<Use> use{Use::used};
    std::atomic<bool> asked{false};
    std::array<int, 2> pipe{-1, -1};
    SignalWatch* next = nullptr;

    [[nodiscard]] bool try_take() noexcept {
        Use expected = Use::free;
        if (!use.compare_exchange_strong(expected, Use::preparing, std::memory_order_acq_rel)) return false;
        asked.store(false, std::memory_order_relaxed);
        for (char byte = 0; ::read(pipe[0], &byte, 1) == 1;) {
        }
        use.store(Use::used, std::memory_order_release);
        return true;
    }
    void ask() noexcept {
        asked.store(true, std::memory_order_release);
        const char byte = 1;
        // A full pipe is readable already, and nothing else can be done about a failure here.
        [[maybe_unused]] const auto written = ::write(pipe[1], &byte, 1);
    }
};

namespace {

static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<SignalWatch::Use>::is_always_lock_free &&
              std::atomic<SignalWatch*>::is_always_lock_free);

constexpr std::array stop_signals{SIGINT, SIGTERM};

std::atomic<SignalWatch*> watches{nullptr};  // only ever grows: a handler may be walking it
std::mutex handlers_mutex;                   // for all below
int users = 0;
std::array<struct sigaction, stop_signals.size()> handlers_before{};

extern "C" void on_stop_signal(int signal) {
    const int saved = errno;
    bool asked = false;
    for (auto* watch = watches.load(std::memory_order_acquire); watch != nullptr; watch = watch->next) {
        if (watch->use.load(std::memory_order_acquire) != SignalWatch::Use::used ||
            watch->asked.load(std::memory_order_acquire))
            continue;
        watch->ask();
        asked = true;
    }
    if (!asked) ::_exit(128 + signal);  // all were asked before
    errno = saved;
}

bool is_ours(int signal) noexcept {
    struct sigaction now {};
    return ::sigaction(signal, nullptr, &now) == 0 && (now.sa_flags & SA_SIGINFO) == 0 &&
           now.sa_handler == on_stop_signal;
}

void take_signals() {
    const std::scoped_lock lock{handlers_mutex};
    if (++users > 1) return;
    struct sigaction action {};
    action.sa_handler = on_stop_signal;
    action.sa_flags = 0;  // no SA_RESTART: a blocked read is to end
    for (std::size_t i = 0; i < stop_signals.size(); ++i) ::sigaction(stop_signals[i], &action, &handlers_before[i]);
}

// What the program has set itself meanwhile stays.
void give_signals_back() noexcept {
    const std::scoped_lock lock{handlers_mutex};
    if (--users > 0) return;
    for (std::size_t i = 0; i < stop_signals.size(); ++i)
        if (is_ours(stop_signals[i])) ::sigaction(stop_signals[i], &handlers_before[i], nullptr);
}

// One that a former object left behind, or a new one.
SignalWatch& take_watch() {
    for (auto* watch = watches.load(std::memory_order_acquire); watch != nullptr; watch = watch->next)
        if (watch->try_take()) return *watch;
    auto fresh = std::make_unique<SignalWatch>();
    if (::pipe2(fresh->pipe.data(), O_CLOEXEC | O_NONBLOCK) != 0) fail("make", "a pipe for signals", errno);
    fresh->next = watches.load(std::memory_order_relaxed);
    while (!watches.compare_exchange_weak(fresh->next, fresh.get(), std::memory_order_acq_rel)) {
    }
    return *fresh.release();
}

}  // namespace

StopSignals::StopSignals() : watch_{take_watch()} { take_signals(); }

StopSignals::~StopSignals() {
    give_signals_back();
    watch_.use.store(SignalWatch::Use::free, std::memory_order_release);
}

bool StopSignals::requested() const noexcept { return watch_.asked.load(std::memory_order_acquire); }

void StopSignals::request() noexcept { watch_.ask(); }

int StopSignals::descriptor() const noexcept { return watch_.pipe[0]; }

bool StopSignals::wait_for(Nanos timeout) const noexcept {
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    while (!requested()) {
        const Nanos left = deadline - std::chrono::steady_clock::now();
        if (left <= Nanos::zero()) break;
        timespec span{};
        span.tv_sec = static_cast<time_t>(left.count() / 1'000'000'000);
        span.tv_nsec = static_cast<long>(left.count() % 1'000'000'000);
        pollfd watched{descriptor(), POLLIN, 0};
        ::ppoll(&watched, 1, &span, nullptr);
    }
    return requested();
}

void ignore_broken_pipes() noexcept {
    struct sigaction action {};
    action.sa_handler = SIG_IGN;
    ::sigaction(SIGPIPE, &action, nullptr);
}

}  // namespace gale::os
