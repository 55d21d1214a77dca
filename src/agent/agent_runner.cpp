#include "agent/agent_runner.hpp"

#include "base/ensure.hpp"
#include "os/process.hpp"

#include <gale/error.hpp>

#include <fmt/format.h>

#include <atomic>

namespace gale::agent {
namespace {

// Not by the thread's id: `stop` changes that while others may ask.
thread_local const AgentRunner* runner_of_this_thread = nullptr;

void report(const ErrorHandler& handler, const std::exception& error) noexcept {
    try {
        handler(error);
    } catch (...) {  // there is nobody left to tell
    }
}

/// Calls it; 0 when it threw and the handler was told.
template <class Callable> int guarded(const ErrorHandler& handler, const Callable& callable) noexcept {
    try {
        return callable();
    } catch (const std::exception& error) {
        report(handler, error);
    } catch (...) {
        report(handler, Error{ErrorCode::unknown, "an agent threw something that is no std::exception"});
    }
    return 0;
}

}  // namespace

AgentRunner::AgentRunner(AgentRef agent, Clock& clock, RunnerOptions options)
    : agent_{agent}, clock_{clock}, options_{std::move(options)}, own_rest_{options_.doorbell},
      rest_{options_.rest != nullptr ? *options_.rest : own_rest_} {
    ensure(static_cast<bool>(options_.on_error), "a runner has somebody to tell about errors");
    thread_ = std::thread{[this] { run(); }};
}

AgentRunner::~AgentRunner() {
    stop();
    ensure(!thread_.joinable(), "a runner is not destroyed by its own agent");
}

void AgentRunner::stop() noexcept {
    if (home_.is_elsewhere()) return os::forget(thread_);
    std::atomic_ref<std::uint32_t>(asked_to_stop_).store(1, std::memory_order_release);  // pairs with the load in run
    if (!thread_.joinable() || std::this_thread::get_id() == thread_.get_id()) return;
    const os::WakeWord finished{&finished_};
    while (finished.value() == 0) {
        rest_.wake();  // repeated: a thread only about to park on another's word does not hear it
        finished.wait(0, std::chrono::milliseconds{1});
    }
    thread_.join();
}

bool AgentRunner::runs_here() const noexcept { return runner_of_this_thread == this; }

void AgentRunner::run() noexcept {
    runner_of_this_thread = this;
    start();
    const std::atomic_ref<std::uint32_t> asked_to_stop{asked_to_stop_};
    while (asked_to_stop.load(std::memory_order_acquire) == 0) {
        rest_.begin_cycle();
        const int work = guarded(options_.on_error, [this] { return agent_.do_work(clock_.tick()); });
        if (asked_to_stop.load(std::memory_order_acquire) == 0) options_.idle.idle(work, rest_);
    }
    std::atomic_ref<std::uint32_t>(finished_).store(1, std::memory_order_release);
    os::WakeWord{&finished_}.wake();
}

void AgentRunner::start() noexcept {
    guarded(options_.on_error, [this] {
        os::name_thread(options_.role);
        if (options_.cpu >= 0 && !os::pin_thread(options_.cpu))
            report(options_.on_error, Error{ErrorCode::system, fmt::format("{}: cannot stay on processor {}",
                                                                           options_.role, options_.cpu)});
        if (options_.on_start) options_.on_start(options_.role);
        return 0;
    });
}

AgentInvoker::AgentInvoker(AgentRef agent, Clock& clock, ErrorHandler on_error)
    : agent_{agent}, clock_{clock}, on_error_{std::move(on_error)} {
    ensure(static_cast<bool>(on_error_), "an invoker has somebody to tell about errors");
}

int AgentInvoker::invoke() noexcept {
    const std::uint32_t before = state_.fetch_or(running, std::memory_order_acquire);
    if ((before & running) != 0) return 0;
    thread_.store(std::this_thread::get_id(), std::memory_order_relaxed);
    const int work = (before & stopped) != 0 ? 0 : guarded(on_error_, [this] { return agent_.do_work(clock_.tick()); });
    thread_.store({}, std::memory_order_relaxed);
    // Pairs with the load in stop: whoever stops it sees what this cycle did.
    if ((state_.fetch_and(~running, std::memory_order_release) & stopped) != 0) state_.notify_all();
    return work;
}

void AgentInvoker::stop() noexcept {
    auto seen = state_.fetch_or(stopped, std::memory_order_acquire) | stopped;
    if (runs_here()) return;
    for (; (seen & running) != 0; seen = state_.load(std::memory_order_acquire)) state_.wait(seen);
}

bool AgentInvoker::runs_here() const noexcept {
    return thread_.load(std::memory_order_relaxed) == std::this_thread::get_id();
}

}  // namespace gale::agent
