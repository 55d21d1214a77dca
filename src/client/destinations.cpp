// Places to send to and to listen at, and where the sockets are: alike for publications and subscriptions.
#include "client/client_core.hpp"

#include <gale/client.hpp>

#include <vector>

namespace gale {
namespace {

using control::DestinationChange;

[[noreturn]] void throw_closed() {
    throw Error{ErrorCode::closed, "its destinations cannot be changed: the handle is closed"};
}

template <class State> client::ClientCore& open(const std::shared_ptr<State>& state) {
    if (!state || state->is_closed()) throw_closed();
    return *state->core();
}

template <class State>
client::ClientCore& outside_handlers(const std::shared_ptr<State>& state, std::string_view call) {
    auto& core = open(state);
    core.refuse_in_handler(call, "use async_" + std::string{call});
    return core;
}

// A driver knows a shared publication by the id of its first handle.
CorrelationId key_of(const client::PublicationState& state) noexcept {
    return state.constants().original_registration_id;
}
CorrelationId key_of(const client::SubscriptionState& state) noexcept { return state.registration_id(); }
CounterId status_of(const client::PublicationState& state) noexcept { return state.constants().channel_status_id; }
CounterId status_of(const client::SubscriptionState& state) noexcept { return state.status_counter(); }

template <class State>
Pending<CorrelationId> change(const std::shared_ptr<State>& state, DestinationChange what, std::string_view channel) {
    auto& core = open(state);
    return Pending<CorrelationId>{core.change_destination(key_of(*state), what, channel)};
}

template <class State> Pending<CorrelationId> remove(const std::shared_ptr<State>& state, CorrelationId destination) {
    auto& core = open(state);
    return Pending<CorrelationId>{core.remove_destination(key_of(*state), destination)};
}

template <class State> std::vector<std::string> addresses(const std::shared_ptr<State>& state) {
    if (!state || state->is_closed()) return {};
    return client::local_addresses(state->cnc()->counters(), status_of(*state));
}

}  // namespace

std::vector<std::string> Publication::local_addresses() const { return addresses(state_); }
CorrelationId Publication::add_destination(std::string_view channel) {
    outside_handlers(state_, "add_destination");
    return async_add_destination(channel).wait();
}
void Publication::remove_destination(std::string_view channel) {
    outside_handlers(state_, "remove_destination");
    static_cast<void>(async_remove_destination(channel).wait());
}
void Publication::remove_destination(CorrelationId destination) {
    outside_handlers(state_, "remove_destination");
    static_cast<void>(async_remove_destination(destination).wait());
}
Pending<CorrelationId> Publication::async_add_destination(std::string_view channel) {
    return change(state_, DestinationChange::add_send, channel);
}
Pending<CorrelationId> Publication::async_remove_destination(std::string_view channel) {
    return change(state_, DestinationChange::remove_send, channel);
}
Pending<CorrelationId> Publication::async_remove_destination(CorrelationId destination) {
    return remove(state_, destination);
}

std::vector<std::string> ExclusivePublication::local_addresses() const { return addresses(state_); }
CorrelationId ExclusivePublication::add_destination(std::string_view channel) {
    outside_handlers(state_, "add_destination");
    return async_add_destination(channel).wait();
}
void ExclusivePublication::remove_destination(std::string_view channel) {
    outside_handlers(state_, "remove_destination");
    static_cast<void>(async_remove_destination(channel).wait());
}
void ExclusivePublication::remove_destination(CorrelationId destination) {
    outside_handlers(state_, "remove_destination");
    static_cast<void>(async_remove_destination(destination).wait());
}
Pending<CorrelationId> ExclusivePublication::async_add_destination(std::string_view channel) {
    return change(state_, DestinationChange::add_send, channel);
}
Pending<CorrelationId> ExclusivePublication::async_remove_destination(std::string_view channel) {
    return change(state_, DestinationChange::remove_send, channel);
}
Pending<CorrelationId> ExclusivePublication::async_remove_destination(CorrelationId destination) {
    return remove(state_, destination);
}

std::vector<std::string> Subscription::local_addresses() const { return addresses(state_); }
void Subscription::add_destination(std::string_view channel) {
    outside_handlers(state_, "add_destination");
    static_cast<void>(async_add_destination(channel).wait());
}
void Subscription::remove_destination(std::string_view channel) {
    outside_handlers(state_, "remove_destination");
    static_cast<void>(async_remove_destination(channel).wait());
}
Pending<CorrelationId> Subscription::async_add_destination(std::string_view channel) {
    return change(state_, DestinationChange::add_receive, channel);
}
Pending<CorrelationId> Subscription::async_remove_destination(std::string_view channel) {
    return change(state_, DestinationChange::remove_receive, channel);
}

}  // namespace gale
