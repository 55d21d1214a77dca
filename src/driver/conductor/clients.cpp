#include "driver/conductor/clients.hpp"

#include <algorithm>

namespace gale::driver {

void Clients::get_or_add(ClientId id, Tick tick) {
    if (clients_.contains(id)) return;
    const auto key = control::heartbeat_key(id);
    const std::string label =
        std::string{control::name(control::CounterType::client_heartbeat)} + ": id=" + std::to_string(id.value);
    const auto counter =
        counters_.allocate({.type_id = static_cast<std::int32_t>(control::CounterType::client_heartbeat),
                            .key = key,
                            .label = label,
                            .registration_id = id.value,
                            .owner_id = id.value,
                            .initial_value = tick.wall.count()},
                           tick);
    if (!counter)
        throw Error{ErrorCode::generic, "no counter is left for the heartbeat of client " + std::to_string(id.value) +
                                            ": raise counters.buffer.length of the driver"};
    clients_.emplace(id, Client{.heartbeat = *counter, .last_seen = tick.wall.count(), .changed = tick.now});
    voice_.tell(control::CounterReady{CorrelationId{id.value}, *counter});
}

void Clients::keepalive(ClientId id, Tick tick) noexcept {
    const auto found = clients_.find(id);
    if (found == clients_.end()) return;
    counters_.value(found->second.heartbeat).store_release(tick.wall.count());
    found->second.changed = tick.now;
}

void Clients::close(ClientId id, Tick tick, const Release& release) {
    const auto found = clients_.find(id);
    if (found == clients_.end()) return release(id);
    forget(found, tick, release);
}

void Clients::own_counter(ClientId id, CorrelationId registration, CounterId counter) {
    clients_.at(id).counters.push_back({registration, counter});
}

std::optional<CounterId> Clients::disown_counter(ClientId id, CorrelationId registration) noexcept {
    const auto found = clients_.find(id);
    if (found == clients_.end()) return std::nullopt;
    auto& owned = found->second.counters;
    const auto counter = std::ranges::find(owned, registration, &OwnedCounter::registration);
    if (counter == owned.end()) return std::nullopt;
    const CounterId freed = counter->counter;
    owned.erase(counter);
    return freed;
}

// While the driver was stopped, and perhaps the machine with it, no client could be seen to live. That time counts for
// none of them: each has as much left as before, in which it can give a sign of life.
void Clients::forgive_pause(Nanos now) noexcept {
    const Nanos late = checked_ ? now - *checked_ - rules_.check_interval : Nanos::zero();
    checked_ = now;
    if (late <= rules_.check_interval) return;
    for (auto& [id, client] : clients_) client.changed = std::min(client.changed + late, now);
}

bool Clients::has_expired(Client& client, Tick tick) const noexcept {
    // Who lives changes the word; what it says is not judged. So a wall clock that steps kills nobody and keeps no dead
    // alive.
    const std::int64_t seen = counters_.value(client.heartbeat).load_acquire();
    if (seen != client.last_seen) {
        client.last_seen = seen;
        client.changed = tick.now;
    }
    return tick.now - client.changed > rules_.liveness_timeout;
}

void Clients::check(Tick tick, const Release& release) {
    forgive_pause(tick.now);
    for (auto it = clients_.begin(); it != clients_.end();) {
        auto& [id, client] = *it;
        if (!has_expired(client, tick)) {
            ++it;
            continue;
        }
        system_.add(control::SystemCounter::client_timeouts);
        voice_.tell(control::ClientTimeout{id});
        it = forget(it, tick, release);
    }
}

Clients::Place Clients::forget(Place place, Tick tick, const Release& release) {
    auto& [id, client] = *place;
    voice_.tell(control::UnavailableCounter{CorrelationId{id.value}, client.heartbeat});
    for (const OwnedCounter& owned : client.counters) {
        voice_.tell(control::UnavailableCounter{owned.registration, owned.counter});
        counters_.free(owned.counter, tick);
    }
    release(id);
    counters_.free(client.heartbeat, tick);
    return clients_.erase(place);
}

}  // namespace gale::driver
