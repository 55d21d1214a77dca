// What the conductor does about each request. docs/formats/control.md, commands.
#include "channel/parameters.hpp"
#include "driver/conductor/conductor.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace gale::driver {
namespace {

bool is_ipc(std::string_view channel) noexcept { return channel.starts_with("aeron:ipc"); }

// Whatever is neither of these is refused by whoever is asked: it does not parse.
bool is_spy(std::string_view channel) noexcept { return channel.starts_with("aeron-spy:"); }

Error unknown(ErrorCode code, std::string_view what, CorrelationId id) {
    return Error{code, "unknown " + std::string{what} + " with registration id " + std::to_string(id.value)};
}

}  // namespace

void Conductor::on(const control::AddPublication& command, Tick tick) {
    if (is_ipc(command.channel)) return ipc_.add_publication(command, tick);
    publications_.add_publication(command, names_, tick);
}

void Conductor::on(const control::RemovePublication& command, Tick tick) {
    if (!ipc_.remove_publication(command, tick) && !publications_.remove_publication(command, tick))
        throw unknown(ErrorCode::unknown_publication, "publication of this client", command.registration_id);
}

void Conductor::on(const control::AddSubscription& command, Tick tick) {
    if (is_ipc(command.channel)) return ipc_.add_subscription(command, tick);
    if (is_spy(command.channel)) return publications_.add_spy(command, names_, tick);
    subscriptions_.add_subscription(command, names_, tick);
}

void Conductor::on(const control::RemoveSubscription& command, Tick tick) {
    // One registration may have destinations of every medium.
    const std::array found{ipc_.remove_subscription(command, tick), publications_.remove_subscription(command, tick),
                           subscriptions_.remove_subscription(command, tick)};
    if (std::ranges::find(found, true) == found.end())
        throw unknown(ErrorCode::unknown_subscription, "subscription", command.registration_id);
    voice_.tell(control::OperationSucceeded{command.request.correlation_id});
}

void Conductor::on(const control::ClientKeepalive& command, Tick tick) {
    clients_.keepalive(command.request.client_id, tick);
}

void Conductor::on(const control::ChangeDestination& command, Tick tick) {
    const bool sends = command.change == control::DestinationChange::add_send ||
                       command.change == control::DestinationChange::remove_send;
    if (sends) return publications_.change_destination(command, names_);
    const bool spies = is_spy(command.channel);
    if (!spies && !is_ipc(command.channel)) return subscriptions_.change_destination(command, names_, tick);
    const StreamId stream = subscriptions_.stream_of_destinations(command.registration_id);
    if (command.change == control::DestinationChange::add_receive) {
        if (spies) return publications_.add_spy_destination(command, stream, names_, tick);
        ipc_.add_destination(command, stream, tick);
    } else {
        if (spies) return publications_.remove_spy_destination(command, tick);
        ipc_.remove_destination(command, tick);
    }
}

void Conductor::on(const control::RemoveDestinationById& command, Tick) { publications_.remove_destination(command); }

void Conductor::on(const control::AddCounter& command, Tick tick) {
    const CounterId counter = allocate_for(command.request.client_id,
                                           {.type_id = command.type_id,
                                            .key = command.key,
                                            .label = command.label,
                                            .registration_id = command.request.correlation_id.value,
                                            .owner_id = command.request.client_id.value},
                                           tick);
    clients_.own_counter(command.request.client_id, command.request.correlation_id, counter);
    voice_.tell(control::CounterReady{command.request.correlation_id, counter});
}

void Conductor::on(const control::AddStaticCounter& command, Tick tick) {
    if (const auto existing = counters_.find(command.type_id, command.registration_id)) {
        if (counters_.record(*existing).owner_id.load_relaxed() != no_client.value)
            throw Error{ErrorCode::generic, "a counter of type " + std::to_string(command.type_id) +
                                                " with registration id " + std::to_string(command.registration_id) +
                                                " exists and is not static: choose another registration id"};
        clients_.get_or_add(command.request.client_id, tick);
        voice_.tell(control::StaticCounter{command.request.correlation_id, *existing});
        return;
    }
    const CounterId counter = allocate_for(command.request.client_id,
                                           {.type_id = command.type_id,
                                            .key = command.key,
                                            .label = command.label,
                                            .registration_id = command.registration_id,
                                            .owner_id = no_client.value},
                                           tick);
    voice_.tell(control::StaticCounter{command.request.correlation_id, counter});
}

// A request that fails makes no client known; one that succeeds does, before its own answer.
CounterId Conductor::allocate_for(ClientId client, const shm::CounterSpec& spec, Tick tick) {
    const auto counter = counters_.allocate(spec, tick);
    if (!counter) throw Error{ErrorCode::generic, "no counter is left: raise counters.buffer.length of the driver"};
    try {
        clients_.get_or_add(client, tick);
    } catch (...) {
        counters_.free(*counter, tick);
        throw;
    }
    return *counter;
}

void Conductor::on(const control::RemoveCounter& command, Tick tick) {
    const auto counter = clients_.disown_counter(command.request.client_id, command.registration_id);
    if (!counter) throw unknown(ErrorCode::unknown_counter, "counter of this client", command.registration_id);
    voice_.tell(control::OperationSucceeded{command.request.correlation_id});
    voice_.tell(control::UnavailableCounter{command.registration_id, *counter});
    counters_.free(*counter, tick);
}

void Conductor::on(const control::ClientClose& command, Tick tick) {
    clients_.close(command.request.client_id, tick, [&](ClientId client) { release(client, tick); });
}

void Conductor::on(const control::TerminateDriver& command, Tick) {
    const bool allowed =
        options_.termination_validator ? options_.termination_validator(command.token) : options_.allow_termination;
    if (allowed && on_terminate_) on_terminate_();
}

void Conductor::on(const control::RejectImage& command, Tick tick) {
    if (!ipc_.reject(command, tick) && !subscriptions_.reject(command, tick))
        throw Error{ErrorCode::generic, "cannot reject image " + std::to_string(command.image_correlation_id.value) +
                                            ": there is no such image"};
}

void Conductor::on(const control::NextSessionId& command, Tick) {
    const SessionId free = session_ids_.take([&](SessionId candidate) {
        return ipc_.has_session(command.stream_id, candidate) ||
               publications_.has_session(command.stream_id, candidate);
    });
    voice_.tell(control::NextSessionIdEvent{command.request.correlation_id, free});
}

void Conductor::on(const control::Refused& command, Tick) {
    throw Error{command.known_type ? ErrorCode::malformed_command : ErrorCode::unknown_command, command.why};
}

}  // namespace gale::driver
