/// Sender and receiver with all that connects them with the conductor: mailboxes, pollers, names.
#pragma once

#include "agent/cycle_tracker.hpp"
#include "driver/conductor/network_access.hpp"
#include "driver/conductor/refusals.hpp"
#include "driver/conductor/voice.hpp"
#include "driver/receiver/receiver.hpp"
#include "driver/sender/sender.hpp"
#include "driver/shared_look.hpp"
#include "net/network.hpp"
#include "net/wrapping_network.hpp"

#include <gale/driver_options.hpp>

#include <functional>
#include <memory>
#include <optional>

namespace gale::driver {

/// Counts duty cycles that take too long.
class CycleWatch {
public:
    CycleWatch(Nanos threshold, shm::Cell<std::int64_t>& longest, shm::Cell<std::int64_t>& exceeded) noexcept
        : tracker_{threshold}, longest_{longest}, exceeded_{exceeded} {}
    void on_cycle(Nanos now) noexcept {
        const agent::CycleReport report = tracker_.on_cycle(now);
        if (report.is_longest) longest_.store_release(tracker_.longest().count());
        if (report.exceeded) exceeded_.fetch_add(1);
    }

private:
    agent::CycleTracker tracker_;
    shm::Cell<std::int64_t>& longest_;
    shm::Cell<std::int64_t>& exceeded_;
};

class NetworkAgents {
public:
    struct Parts {
        const DriverOptions& options;
        net::Network& network;
        NameLookups::NetworkLives network_lives = NameLookups::NetworkLives::longer;
        std::function<void()> wake_conductor;  ///< from any thread
    };
    explicit NetworkAgents(Parts parts);

    /// What the conductor is made with.
    [[nodiscard]] NetworkAccess access();
    /// Before any of what follows: the conductor has made the counters.
    void start(const SystemCounters& counters, const Refusals& refusals);
    /// Their threads have ended: what they hold goes.
    void stop() noexcept;

    // One duty cycle each, of one thread or several.
    int send(Tick tick);
    int receive(Tick tick);
    /// Without `start_look_ups`: one name that somebody asked for; may block for seconds.
    int look_up(Clock& clock) { return lookups_.do_work(clock); }

    /// Names are looked up by a thread of their own from now on, until `stop`: a slow one holds up no other work.
    void start_look_ups(Clock& clock, std::function<void(const std::exception&)> on_error);
    /// Whether the calling thread is that one.
    [[nodiscard]] bool looks_up_here() const noexcept { return lookups_.runs_here(); }

    // For the rest of their threads.
    [[nodiscard]] net::Poller& sender_poller() noexcept { return *sender_poller_; }
    [[nodiscard]] net::Poller& receiver_poller() noexcept {
        return own_receiver_poller_ ? *own_receiver_poller_ : *sender_poller_;
    }
    [[nodiscard]] bool has_publications() const noexcept { return sender_->has_publications(); }
    [[nodiscard]] bool has_images() const noexcept { return receiver_->has_images(); }

private:
    Parts parts_;
    std::optional<net::WrappingNetwork> lossy_sending_;
    std::optional<net::WrappingNetwork> lossy_receiving_;
    NameLookups lookups_;
    sender::Commands to_sender_;
    sender::Events from_sender_;
    receiver::Commands to_receiver_;
    receiver::Events from_receiver_;
    std::unique_ptr<net::Poller> sender_poller_;
    std::unique_ptr<net::Poller> own_receiver_poller_;  // only with a thread of its own
    std::optional<SharedLook> shared_look_;             // else
    std::function<Nanos()> real_time_;
    std::optional<receiver::Counters> receiver_counters_;
    std::optional<CycleWatch> sender_watch_;
    std::optional<CycleWatch> receiver_watch_;
    std::optional<sender::Sender> sender_;
    std::optional<receiver::Receiver> receiver_;
};

}  // namespace gale::driver
