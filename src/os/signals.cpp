#include "os/signals.hpp"

#include "os/failure.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>

namespace gale::os {
namespace {

// What a signal handler may touch: lock-free words that outlive every StopSignals.
std::atomic<bool> stop_asked{false};
std::atomic<int> wake_descriptor{-1};
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free);

void ask_to_stop() noexcept {
    stop_asked.store(true, std::memory_order_release);
    const int descriptor = wake_descriptor.load(std::memory_order_acquire);
    const char byte = 1;
    // A full pipe is readable already, and nothing else can be done about a failure here.
    if (descriptor >= 0) [[maybe_unused]]
        const auto written = ::write(descriptor, &byte, 1);
}

extern "C" void on_stop_signal(int signal) {
    const int saved = errno;
    if (stop_asked.load(std::memory_order_acquire)) ::_exit(128 + signal);
    ask_to_stop();
    errno = saved;
}

void handle(int signal, void (*handler)(int)) noexcept {
    struct sigaction action {};
    action.sa_handler = handler;
    action.sa_flags = 0;  // no SA_RESTART: a blocked read is to end
    ::sigaction(signal, &action, nullptr);
}

}  // namespace

StopSignals::StopSignals() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) fail("make", "a pipe for signals", errno);
    read_end_ = ends[0];
    write_end_ = ends[1];
    stop_asked.store(false, std::memory_order_release);
    wake_descriptor.store(write_end_, std::memory_order_release);
    handle(SIGINT, on_stop_signal);
    handle(SIGTERM, on_stop_signal);
    handle(SIGPIPE, SIG_IGN);
}

StopSignals::~StopSignals() {
    handle(SIGINT, SIG_DFL);
    handle(SIGTERM, SIG_DFL);
    wake_descriptor.store(-1, std::memory_order_release);
    ::close(read_end_);
    ::close(write_end_);
}

bool StopSignals::requested() const noexcept { return stop_asked.load(std::memory_order_acquire); }

void StopSignals::request() noexcept { ask_to_stop(); }

bool StopSignals::wait_for(Nanos timeout) const noexcept {
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    while (!requested()) {
        const Nanos left = deadline - std::chrono::steady_clock::now();
        if (left <= Nanos::zero()) break;
        timespec span{};
        span.tv_sec = static_cast<time_t>(left.count() / 1'000'000'000);
        span.tv_nsec = static_cast<long>(left.count() % 1'000'000'000);
        pollfd watched{read_end_, POLLIN, 0};
        ::ppoll(&watched, 1, &span, nullptr);
    }
    return requested();
}

}  // namespace gale::os
