/// The driver's conductor: obeys clients, watches over their lives, moves limits. One thread at a time.
#pragma once

#include "agent/cycle_tracker.hpp"
#include "base/random.hpp"
#include "base/time.hpp"
#include "control/cnc_file.hpp"
#include "control/commands.hpp"
#include "driver/conductor/clients.hpp"
#include "driver/conductor/ipc_streams.hpp"
#include "driver/conductor/log_store.hpp"
#include "driver/conductor/network_access.hpp"
#include "driver/conductor/network_publications.hpp"
#include "driver/conductor/network_subscriptions.hpp"
#include "driver/conductor/parked_commands.hpp"
#include "driver/conductor/session_ids.hpp"
#include "driver/conductor/voice.hpp"

#include <gale/driver_options.hpp>
#include <gale/types.hpp>

#include <cstdint>
#include <functional>

namespace gale::driver {

class Conductor {
public:
    struct Parts {
        const DriverOptions& options;
        control::CncFile& cnc;
        LogStore& logs;
        const NetworkAccess& network;
        std::span<std::byte> loss_report;
        std::uint64_t seed;
        std::function<void()> on_terminate;  ///< a client may, and does, end this driver
        std::int64_t mapped_besides_logs;    ///< bytes of cnc.dat and loss-report.dat
    };
    /// All parts outlive it. The system counters are allocated here, first of all.
    Conductor(const Parts& parts, Tick tick);

    int do_work(Tick tick);
    /// What a last word is good for: logs released, heartbeat -1.
    /// Sender and receiver have ended, and what they held is gone.
    void close(Tick tick);
    /// What an agent let escape: recorded, and the work goes on. From any thread of the driver.
    void on_error(const std::exception& error, Millis wall_now) noexcept;
    /// For those who move some of them.
    [[nodiscard]] const SystemCounters& system_counters() const noexcept { return system_; }
    [[nodiscard]] const Refusals& refusals() const noexcept { return refusals_; }

private:
    void on_timer(Tick tick);
    /// Everything that a client that has gone held.
    void release(ClientId client, Tick tick);
    void check_blocked_commands(Tick tick);
    void mend_ring(std::int64_t head, std::int64_t tail);
    int read_commands(Tick tick);
    void on_command(std::int32_t type, std::span<const std::byte> payload, Tick tick);
    void obey(const control::Command& command, Tick tick);
    template <class Request> void answer(const Request& request, Tick tick);
    [[nodiscard]] CounterId allocate_for(ClientId client, const shm::CounterSpec& spec, Tick tick);

    [[nodiscard]] int work_for_the_network(Tick tick);
    void take_names(Tick tick);
    [[nodiscard]] int release_parked(Tick tick);
    void wake_network();

    // One per request; each answers, or throws the Error to answer with.
    void on(const control::AddPublication& command, Tick tick);
    void on(const control::RemovePublication& command, Tick tick);
    void on(const control::AddSubscription& command, Tick tick);
    void on(const control::RemoveSubscription& command, Tick tick);
    void on(const control::ClientKeepalive& command, Tick tick);
    void on(const control::ChangeDestination& command, Tick tick);
    void on(const control::RemoveDestinationById& command, Tick tick);
    void on(const control::AddCounter& command, Tick tick);
    void on(const control::AddStaticCounter& command, Tick tick);
    void on(const control::RemoveCounter& command, Tick tick);
    void on(const control::ClientClose& command, Tick tick);
    void on(const control::TerminateDriver& command, Tick tick);
    void on(const control::RejectImage& command, Tick tick);
    void on(const control::NextSessionId& command, Tick tick);
    void on(const control::Refused& command, Tick tick);

    const DriverOptions& options_;
    control::CncFile& cnc_;
    LogStore& logs_;
    std::function<void()> on_terminate_;
    std::int64_t mapped_besides_logs_;
    shm::Ring ring_;
    shm::BroadcastTransmitter transmitter_;
    shm::CountersManager counters_;
    shm::DistinctErrorLog errors_;
    SystemCounters system_;
    Refusals refusals_;
    Voice voice_;
    Clients clients_;
    Random random_;
    SessionIds session_ids_;
    Surroundings surroundings_;
    NetworkAccess network_;
    IpcStreams ipc_;
    NetworkPublications publications_;
    NetworkSubscriptions subscriptions_;
    ParkedCommands parked_;
    Names names_;  ///< what those in the command that is being obeyed lead to
    agent::CycleTracker cycles_;
    agent::CycleTracker name_times_;
    Nanos next_timer_;
    std::int64_t seen_head_ = 0;
    std::int64_t seen_tail_ = 0;
    Nanos head_moved_;
    Nanos tail_moved_;
    std::int64_t damaged_seen_ = 0;
};

}  // namespace gale::driver
