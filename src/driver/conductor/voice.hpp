/// How the conductor speaks: events to clients, errors to the error log, counts to the system counters.
#pragma once

#include "base/time.hpp"
#include "control/counter_types.hpp"
#include "control/events.hpp"
#include "os/wake.hpp"
#include "shm/broadcast.hpp"
#include "shm/counters.hpp"
#include "shm/error_log.hpp"

#include <gale/error.hpp>

#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <unordered_set>

namespace gale::driver {

/// The system counters, whose ids are their numbers. The conductor's; docs/formats/counters.md, system counters.
class SystemCounters {
public:
    struct Labels {
        std::string version;  ///< behind "Errors" and "Aeron software"
        std::string threading_mode;
        std::string conductor_threshold;
        std::string sender_threshold;
        std::string receiver_threshold;
        std::string resolver_threshold;
        std::string resolver_name;
    };
    /// Allocates all of them; `counters` is fresh, so that ids begin at 0.
    SystemCounters(shm::CountersManager& counters, const Labels& labels, Tick tick);
    void add(control::SystemCounter counter, std::int64_t delta = 1) noexcept { cell(counter).fetch_add(delta); }
    void set(control::SystemCounter counter, std::int64_t value) noexcept { cell(counter).store_release(value); }
    [[nodiscard]] std::int64_t value(control::SystemCounter counter) const noexcept {
        return cell(counter).load_acquire();
    }
    [[nodiscard]] shm::Cell<std::int64_t>& cell(control::SystemCounter counter) const noexcept {
        return counters_.value(CounterId{static_cast<std::int32_t>(counter)});
    }

private:
    shm::CountersManager& counters_;
};

class Voice {
public:
    Voice(shm::BroadcastTransmitter& transmitter, shm::DistinctErrorLog& errors, SystemCounters& counters) noexcept
        : transmitter_{transmitter}, errors_{errors}, counters_{counters} {}

    /// To all clients; wakes those that sleep on the broadcast.
    void tell(const control::Event& event);
    /// The answer "no" to a request, also recorded unless it only asks the client to try again.
    void refuse(CorrelationId request, ErrorCode code, std::string_view text, Millis wall_now);
    /// The same with an Error's own code, if it is one that clients know.
    void refuse(CorrelationId request, const std::exception& why, Millis wall_now);
    /// Into the error log; counted.
    void record(ErrorCode code, std::string_view text, Millis wall_now);
    /// The same with an Error's own code, if it is one that clients know.
    void record(const std::exception& why, Millis wall_now);
    /// What went wrong with something that only others on the network asked for.
    void record_foreign(std::string_view text, const std::exception& why, Millis wall_now);
    /// The same with `detail` behind it, which others on the network had a part in. Each that is new is an entry of the
    /// log, and only so many are: what comes then is one entry, without its detail.
    void record_foreign(ErrorCode code, std::string_view text, std::string_view detail, Millis wall_now);
    /// Into the error log only: not an error yet.
    void warn(ErrorCode code, std::string_view text, Millis wall_now);

private:
    shm::BroadcastTransmitter& transmitter_;
    shm::DistinctErrorLog& errors_;
    SystemCounters& counters_;
    std::unordered_set<std::string> details_;  // of others, those that the log has
};

}  // namespace gale::driver
