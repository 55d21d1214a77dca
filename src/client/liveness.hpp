/// Whether driver and client still believe in each other.
#pragma once

#include "client/cnc_mapping.hpp"

#include <gale/clock.hpp>
#include <gale/error.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace gale::client {

/// Watches the driver's heartbeat word. The word holds wall time, which may step; so a driver is dead only when the
/// word has not *changed* for the timeout on the monotonic clock, and is as old by the wall clock. After a pause of
/// this process the driver, which may have slept as well, gets time for a beat before it is judged.
class DriverWatch {
public:
    DriverWatch(Nanos timeout, Nanos interval) noexcept : timeout_{timeout}, interval_{interval} {}
    void begin(std::int64_t heartbeat, Tick tick) noexcept;
    /// What is wrong, if anything. Call it about once per interval.
    [[nodiscard]] std::optional<std::string> judge(std::int64_t heartbeat, Tick tick);

private:
    Nanos timeout_;
    Nanos interval_;
    std::int64_t seen_ = 0;
    Nanos changed_at_{};
    Nanos judged_at_{};
};

/// Keeps this client alive for the driver: a counter that the driver makes at the client's first request, and the
/// client writes wall time into.
class OwnHeartbeat {
public:
    OwnHeartbeat(ClientId client, std::string label_suffix) : client_{client}, label_suffix_{std::move(label_suffix)} {}
    [[nodiscard]] bool is_found() const noexcept { return id_ != no_counter; }
    /// The driver announced it, or it is looked for. True when it is ours; then the first beat is written.
    bool find(const shm::Counters& counters, std::optional<CounterId> hint, Millis wall) noexcept;
    /// Writes one beat. False when the counter is not ours any more: the driver has given this client up.
    [[nodiscard]] bool beat(const shm::Counters& counters, Millis wall) const noexcept;

private:
    [[nodiscard]] bool is_ours(const shm::Counters& counters, CounterId id) const noexcept;
    ClientId client_;
    std::string label_suffix_;
    CounterId id_ = no_counter;
};

}  // namespace gale::client
