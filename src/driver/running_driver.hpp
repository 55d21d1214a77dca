/// The rooms of the driver put together and given threads.
#pragma once

#include "agent/agent_runner.hpp"
#include "control/cnc_file.hpp"
#include "driver/conductor/conductor.hpp"
#include "driver/conductor/log_store.hpp"
#include "driver/directory.hpp"
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
    /// What one thread does in the modes that share it.
    struct Everything {
        LogStore& logs;
        Conductor& conductor;
        int do_work(Tick tick) { return logs.do_work(tick) + conductor.do_work(tick); }
    };
    struct Resources {
        LogStore& logs;
        int do_work(Tick tick) { return logs.do_work(tick); }
    };
    void start_threads();
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
    std::optional<Conductor> conductor_;
    std::optional<Everything> everything_;
    std::optional<Resources> resources_;
    std::atomic<bool> running_{false};
    std::atomic<bool> closing_{false};
    std::atomic<bool> closed_{false};
    std::optional<agent::AgentInvoker> invoker_;
    std::unique_ptr<agent::AgentRunner> resource_runner_;
    std::unique_ptr<agent::AgentRunner> conductor_runner_;
};

}  // namespace gale::driver
