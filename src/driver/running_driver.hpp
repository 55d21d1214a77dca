/// The rooms of the driver put together and given threads.
#pragma once

#include "agent/agent_runner.hpp"
#include "control/cnc_file.hpp"
#include "driver/conductor/conductor.hpp"
#include "driver/conductor/log_store.hpp"
#include "driver/directory.hpp"
#include "driver/network_agents.hpp"
#include "driver/poller_rest.hpp"
#include "driver/relief.hpp"
#include "os/mapped_file.hpp"
#include "os/process.hpp"

#include <gale/driver_options.hpp>

#include <atomic>
#include <memory>
#include <optional>
#include <string>

namespace gale::driver {

struct Role;

/// Who runs a driver's first agent: the conductor, or all agents where they share one thread.
enum class MainLoop { own_thread, caller };

/// Made, it has its directory and files and no thread; started, clients find it.
class RunningDriver {
public:
    explicit RunningDriver(DriverOptions options);
    ~RunningDriver();
    RunningDriver(const RunningDriver&) = delete;
    RunningDriver& operator=(const RunningDriver&) = delete;

    [[nodiscard]] const DriverOptions& options() const noexcept { return options_; }
    [[nodiscard]] const std::string& directory() const noexcept { return directory_->path(); }
    [[nodiscard]] bool is_running() const noexcept { return running_.load(std::memory_order_acquire); }
    /// Once. In threading mode INVOKER the caller runs the first agent, whatever is said here.
    void start(MainLoop main_loop);
    /// Where the caller runs the first agent: one duty cycle. Throws Error where it has a thread.
    int do_work();
    /// And its rest after it, as the agent's idle strategy has it. `close` ends it.
    void idle(int work) noexcept;
    void close() noexcept;
    /// Whether the caller is one of the driver's threads, or in `do_work`: who is cannot wait for its end.
    [[nodiscard]] bool is_own_thread() const noexcept;

private:
    // What threads do, alone or with others.
    struct Resources {
        RunningDriver& driver;
        int do_work(Tick tick) { return driver.logs_->do_work(tick); }
    };
    struct Names {
        RunningDriver& driver;
        int do_work(Tick /*tick*/) { return driver.network_->look_up(driver.clock_); }
    };
    struct SenderRole {
        NetworkAgents& network;
        Relief* relief;  ///< null: none
        int do_work(Tick tick) { return relief != nullptr ? relief->send(tick) : network.send(tick); }
    };
    struct ReceiverRole {
        NetworkAgents& network;
        Relief* relief;
        int do_work(Tick tick) { return relief != nullptr ? relief->receive(tick) : network.receive(tick); }
    };
    /// What the caller steps itself instead of a thread.
    class FirstAgent {
    public:
        FirstAgent(agent::AgentRef agent, Clock& clock, agent::RunnerOptions options);
        int do_work() noexcept;
        void idle(int work) noexcept;
        /// Waits for the end of a duty cycle, and ends a rest. Neither begins again.
        void stop() noexcept;
        [[nodiscard]] bool runs_here() const noexcept { return invoker_.runs_here(); }

    private:
        agent::AgentInvoker invoker_;
        agent::IdleStrategy strategy_;
        agent::ThreadRest own_rest_;
        agent::Rest& rest_;
        std::atomic<bool> resting_{false};
        std::atomic<bool> stopped_{false};
    };
    void check_processors() const;
    void compare_with_system() const;
    void make_network();
    void start_agents();
    void start_first(agent::AgentRef agent, agent::RunnerOptions options);
    void start_together(const agent::Doorbell& commands);
    void start_conductor(const agent::Doorbell& commands);
    void start_dedicated();
    [[nodiscard]] bool may_relieve() const noexcept;
    void start_shared_network();
    [[nodiscard]] agent::RunnerOptions runner_options(const Role& role, agent::IdleStrategy idle);
    void warn(std::string_view line) const;

    os::Home home_;
    DriverOptions options_;
    Clock& clock_;
    std::optional<DriverDirectory> directory_;
    std::optional<control::CncFile> cnc_;
    os::MappedFile loss_report_;
    std::optional<LogStore> logs_;
    std::optional<NetworkAgents> network_;
    std::optional<Conductor> conductor_;
    Resources resources_{*this};
    Names names_{*this};            ///< of a driver without threads
    std::optional<Relief> relief_;  ///< of threads that share few processors
    std::optional<SenderRole> sender_;
    std::optional<ReceiverRole> receiver_;
    std::optional<agent::CompositeAgent> together_;  ///< those that share a thread
    std::unique_ptr<agent::Rest> sender_rest_;       ///< or of the thread that it shares
    std::unique_ptr<agent::Rest> receiver_rest_;
    std::atomic<bool> running_{false};
    std::atomic<bool> closing_{false};
    std::atomic<bool> closed_{false};
    MainLoop main_loop_ = MainLoop::own_thread;
    std::optional<FirstAgent> first_;
    std::unique_ptr<agent::AgentRunner> resource_runner_;
    std::unique_ptr<agent::AgentRunner> conductor_runner_;
    std::unique_ptr<agent::AgentRunner> sender_runner_;
    std::unique_ptr<agent::AgentRunner> receiver_runner_;
};

}  // namespace gale::driver
