// The conductor's part in moving messages over the network: what sender and receiver report, and names.
#include "driver/conductor/conductor.hpp"

// Complete types: events own what they carry.
#include "driver/receiver/endpoint.hpp"
#include "driver/sender/endpoint.hpp"
#include "driver/sender/publication.hpp"

#include <utility>

namespace gale::driver {
namespace {

// How much one cycle takes of what an agent reports: strangers can cause it, and others must not wait long.
constexpr int event_limit = 64;

}  // namespace

int Conductor::work_for_the_network(Tick tick) {
    take_names(tick);
    int work = release_parked(tick);
    work += network_.from_sender.drain([&](sender::Event&& event) { publications_.on(std::move(event), tick); },
                                       event_limit);
    work += network_.from_receiver.drain([&](receiver::Event&& event) { subscriptions_.on(std::move(event), tick); },
                                         event_limit);
    work += publications_.update(tick);
    work += subscriptions_.update(tick);
    wake_network();
    return work;
}

void Conductor::take_names(Tick tick) {
    for (const NameAnswer& answer : network_.lookups.take()) {
        const agent::CycleReport time = name_times_.on_duration(answer.took);
        if (time.is_longest) system_.set(control::SystemCounter::name_resolver_max_time, name_times_.longest().count());
        if (time.exceeded) system_.add(control::SystemCounter::name_resolver_time_threshold_exceeded);
        parked_.on_answer(answer);
        publications_.on(answer, tick);
        subscriptions_.on(answer, tick);
    }
}

int Conductor::release_parked(Tick tick) {
    return parked_.release([&](std::int32_t type, std::span<const std::byte> payload, const Names& names) {
        names_ = names;
        obey(control::decode_command(type, payload), tick);
        names_.clear();
    });
}

void Conductor::wake_network() {
    static_cast<void>(network_.to_sender.flush());
    static_cast<void>(network_.to_receiver.flush());
    // Commands that found no room: nothing is lost, but somebody is slow.
    system_.set(control::SystemCounter::sender_proxy_fails, network_.to_sender.waited());
    system_.set(control::SystemCounter::receiver_proxy_fails, network_.to_receiver.waited());
    if (!network_.to_sender.is_empty() && network_.wake_sender) network_.wake_sender();
    if (!network_.to_receiver.is_empty() && network_.wake_receiver) network_.wake_receiver();
}

}  // namespace gale::driver
