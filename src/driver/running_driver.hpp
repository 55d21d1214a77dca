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

class RunningDriver {
public:
    explicit RunningDriver(DriverOptions options);
    ~RunningDriver();
    RunningDriver(const RunningDriver&) = delete;
    RunningDriver& operator=(const RunningDriver&) = delete;

    [[nodiscard]] const DriverOptions& options() const noexcept { return options_; }
    [[nodiscard]] const std::string& directory() const noexcept { return directory_->path(); }
    [[nodiscard]] bool is_running() const noexcept { return running_.load(std::memory_order_acquire); }
    int do_work();
    void close() noexcept;

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
    void compare_with_system() const;
    void make_network();
    void start_threads();
    void start_shared(const agent::Doorbell& commands);
    void start_conductor(const agent::Doorbell& commands);
    void start_dedicated();
    [[nodiscard]] bool may_relieve() const noexcept;
    void start_shared_network();
    [[nodiscard]] agent::RunnerOptions runner_options(const std::string& role, agent::IdleStrategy idle, int cpu);
    void warn(std::string_view line) const;
    [[nodiscard]] bool is_own_thread() const noexcept;

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
    std::optional<agent::AgentInvoker> invoker_;
    std::unique_ptr<agent::AgentRunner> resource_runner_;
    std::unique_ptr<agent::AgentRunner> conductor_runner_;
    std::unique_ptr<agent::AgentRunner> sender_runner_;
    std::unique_ptr<agent::AgentRunner> receiver_runner_;
};

}  // namespace gale::driver
