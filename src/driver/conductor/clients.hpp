/// Who the driver works for, and whether they still live. docs/formats/control.md, liveness.
#pragma once

#include "driver/conductor/voice.hpp"

#include <gale/types.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <vector>

namespace gale::driver {

class Clients {
public:
    struct Rules {
        Millis liveness_timeout;
        Nanos check_interval;  ///< how often `check` is called while the driver gets to run
    };
    Clients(shm::CountersManager& counters, SystemCounters& system, Voice& voice, Rules rules) noexcept
        : counters_{counters}, system_{system}, voice_{voice}, rules_{rules} {}

    /// Makes the client known when it is not: its heartbeat counter is allocated and announced. Throws when none is
    /// left.
    void get_or_add(ClientId id, Tick tick);
    [[nodiscard]] bool contains(ClientId id) const noexcept { return clients_.contains(id); }
    void keepalive(ClientId id, Tick tick) noexcept;
    /// What a client held elsewhere is to be given up.
    using Release = std::function<void(ClientId)>;
    /// Said goodbye: it is gone at once, without being called timed out. Who is not known yet may have asked for
    /// something that is not made yet, and that is given up as well.
    void close(ClientId id, Tick tick, const Release& release);

    void own_counter(ClientId id, CorrelationId registration, CounterId counter);
    /// The counter of that registration if this client owns it; it is then nobody's.
    [[nodiscard]] std::optional<CounterId> disown_counter(ClientId id, CorrelationId registration) noexcept;

    /// For each client that lives no longer: says so, calls `release` for what it held elsewhere, and forgets it.
    void check(Tick tick, const Release& release);

private:
    struct OwnedCounter {
        CorrelationId registration;
        CounterId counter;
    };
    struct Client {
        CounterId heartbeat;
        std::int64_t last_seen = 0;  ///< value of the heartbeat when it last changed
        Nanos changed{};             ///< when that was seen
        std::vector<OwnedCounter> counters;
    };
    void forgive_pause(Nanos now) noexcept;
    [[nodiscard]] bool has_expired(Client& client, Tick tick) const noexcept;
    using Place = std::map<ClientId, Client>::iterator;
    /// The one behind it.
    Place forget(Place place, Tick tick, const Release& release);

    shm::CountersManager& counters_;
    SystemCounters& system_;
    Voice& voice_;
    Rules rules_;
    std::optional<Nanos> checked_;  ///< when last
    std::map<ClientId, Client> clients_;
};

}  // namespace gale::driver
