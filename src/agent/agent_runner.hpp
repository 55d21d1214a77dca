/// Runs an agent: on a thread of its own (AgentRunner), or step by step by its owner (AgentInvoker).
#pragma once

#include "agent/agent.hpp"
#include "agent/idle_strategy.hpp"
#include "agent/rest.hpp"
#include "os/process.hpp"

#include <gale/clock.hpp>

#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace gale::agent {

/// What an agent let escape from `do_work`; called on the agent's thread. What it throws itself is dropped.
using ErrorHandler = std::function<void(const std::exception&)>;

struct RunnerOptions {
    std::string role{};  ///< also the thread's name, of which the system keeps 15 characters
    IdleStrategy idle{};
    std::optional<Doorbell> doorbell{};                     ///< what wakes the thread; its words outlive the runner
    Rest* rest = nullptr;                                   ///< how it rests instead; outlives the runner
    int cpu = -1;                                           ///< the processor to stay on; -1: any
    std::function<void(std::string_view role)> on_start{};  ///< on the thread, before the first duty cycle
    ErrorHandler on_error{};                                ///< required; also told when the processor cannot be had
};

/// One thread, from construction to `stop`. The agent and the clock outlive it.
class AgentRunner {
public:
    AgentRunner(AgentRef agent, Clock& clock, RunnerOptions options);
    /// Stops.
    ~AgentRunner();
    AgentRunner(const AgentRunner&) = delete;
    AgentRunner& operator=(const AgentRunner&) = delete;

    /// Ends the thread after the duty cycle it is in, out of its rest if need be, and waits for that. From the agent's
    /// own thread it only asks: the owner still has to stop or destroy the runner. Else for one thread, any number of
    /// times. In a child of `fork` there is no such thread, and nothing happens.
    void stop() noexcept;
    /// Ends the thread's rest, if it rests. From any thread.
    void wake() noexcept { rest_.wake(); }
    /// Whether the calling thread is this runner's.
    [[nodiscard]] bool runs_here() const noexcept;

private:
    void run() noexcept;
    void start() noexcept;

    AgentRef agent_;
    Clock& clock_;
    RunnerOptions options_;
    ThreadRest own_rest_;
    Rest& rest_;
    std::uint32_t asked_to_stop_ = 0;  // by atomic operations only: any thread
    std::uint32_t finished_ = 0;       // by atomic operations only: the agent's thread, last thing
    os::Home home_;
    std::thread thread_;  // last: it uses all the others
};

/// The same without a thread: the owner steps the agent, and rests as it likes.
class AgentInvoker {
public:
    AgentInvoker(AgentRef agent, Clock& clock, ErrorHandler on_error);

    /// One duty cycle: reads the clock once, returns the work done. What the agent throws goes to the error handler.
    /// Nothing, and 0, once stopped, and while one is under way already.
    int invoke() noexcept;
    /// From any thread: waits for the end of a duty cycle that is under way, and there is none after it. From within
    /// one it only asks.
    void stop() noexcept;
    /// Whether the calling thread is in a duty cycle.
    [[nodiscard]] bool runs_here() const noexcept;

private:
    static constexpr std::uint32_t running = 1, stopped = 2;
    std::atomic<std::uint32_t> state_{0};
    std::atomic<std::thread::id> thread_{};  // which is running it
    AgentRef agent_;
    Clock& clock_;
    ErrorHandler on_error_;
};

}  // namespace gale::agent
