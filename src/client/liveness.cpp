#include "client/liveness.hpp"

#include "base/text.hpp"
#include "control/counter_types.hpp"

#include <algorithm>
#include <cstring>

namespace gale::client {

void DriverWatch::begin(std::int64_t heartbeat, Tick tick) noexcept {
    const Nanos age = std::clamp<Nanos>(tick.wall - Millis{heartbeat}, Nanos::zero(), timeout_);
    seen_ = heartbeat;
    changed_at_ = tick.now - age;
    judged_at_ = tick.now;
}

std::optional<std::string> DriverWatch::judge(std::int64_t heartbeat, Tick tick) {
    const Nanos since_judged = tick.now - judged_at_;
    judged_at_ = tick.now;
    if (heartbeat == -1) return "the driver was stopped";
    if (heartbeat != seen_) {
        seen_ = heartbeat;
        changed_at_ = tick.now;
        return std::nullopt;
    }
    const Nanos grace = std::max<Nanos>(interval_, std::chrono::seconds{1});
    if (since_judged > 2 * grace) changed_at_ = std::max(changed_at_, tick.now - timeout_ + grace);
    const Nanos still = tick.now - changed_at_;
    const Nanos age = tick.wall - Millis{heartbeat};
    if (still <= timeout_ || (age >= Nanos::zero() && age <= timeout_)) return std::nullopt;
    return "the driver has shown no sign of life for " +
           format_duration(std::chrono::duration_cast<std::chrono::milliseconds>(still));
}

bool OwnHeartbeat::is_ours(const shm::Counters& counters, CounterId id) const noexcept {
    const auto view = counters.look(id);
    if (!view || view->type_id != static_cast<std::int32_t>(control::CounterType::client_heartbeat)) return false;
    std::int64_t owner = 0;
    std::memcpy(&owner, view->key.data(), sizeof owner);
    return owner == client_.value;
}

bool OwnHeartbeat::find(const shm::Counters& counters, std::optional<CounterId> hint, Millis wall) noexcept {
    CounterId id = no_counter;
    if (hint) {
        if (is_ours(counters, *hint)) id = *hint;
    } else {
        for (CounterId at{0}; counters.state(at) != shm::CounterState::unused && id == no_counter; ++at.value)
            if (is_ours(counters, at)) id = at;
    }
    if (id == no_counter) return false;
    id_ = id;
    shm::append_label(counters.metadata(id), label_suffix_);
    counters.value(id).store_release(wall.count());
    return true;
}

bool OwnHeartbeat::beat(const shm::Counters& counters, Millis wall) const noexcept {
    if (!is_ours(counters, id_)) return false;
    counters.value(id_).store_release(wall.count());
    return true;
}

}  // namespace gale::client
