// Subscribers that read what is sent where it lies. docs/formats/channel-uri.md, spies.
#include "driver/conductor/network_publications.hpp"
#include "driver/conductor/subscription_rules.hpp"

#include <algorithm>

namespace gale::driver {

std::unique_ptr<NetworkPublications::Spy> NetworkPublications::make_spy(const control::AddSubscription& command,
                                                                        const Names& names) const {
    const channel::Uri uri = channel::Uri::parse(command.channel);
    const channel::SubscriptionDefaults defaults{.tether = with_.options.tether_subscriptions,
                                                 .rejoin = with_.options.rejoin_stream};
    const auto wanted = channel::parse_subscription(uri, defaults);
    const auto look_up = [&](std::string_view host) { return address_of(names, host); };
    const auto addresses = net::find_addresses(uri, wanted.udp, look_up, network_.interfaces());
    std::int64_t nobodys = -1;  // without address and tag it is like no publication at all
    auto spy = std::make_unique<Spy>();
    spy->subscription = {.registration_id = command.request.correlation_id,
                         .client_id = command.request.client_id,
                         .stream_id = command.stream_id,
                         .channel = std::string{command.channel},
                         .session_id = wanted.session_id,
                         .tether = wanted.settings.tether,
                         .rejoin = wanted.settings.rejoin};
    spy->tag = wanted.tags.channel;
    spy->identity = net::identity(addresses, wanted.tags.channel, nobodys);
    return spy;
}

void NetworkPublications::add_spy(const control::AddSubscription& command, const Names& names, Tick tick) {
    Spy& spy = keep(make_spy(command, names), tick);
    with_.voice.tell(control::SubscriptionReady{command.request.correlation_id, no_counter});
    link_to_all(spy, tick);
}

NetworkPublications::Spy& NetworkPublications::keep(std::unique_ptr<Spy> spy, Tick tick) {
    with_.clients.get_or_add(spy->subscription.client_id, tick);
    return *spies_.emplace_back(std::move(spy));
}

void NetworkPublications::link_to_all(Spy& spy, Tick tick) {
    for (const auto& publication : publications_)
        if (publication->accepts_spies() && hears(spy, *publication)) link(*publication, spy, tick);
}

void NetworkPublications::add_spy_destination(const control::ChangeDestination& command, StreamId stream,
                                              const Names& names, Tick tick) {
    Spy& spy = keep(make_spy({.request = {command.request.client_id, command.registration_id},
                              .stream_id = stream,
                              .channel = command.channel},
                             names),
                    tick);
    with_.voice.tell(control::OperationSucceeded{command.request.correlation_id});
    link_to_all(spy, tick);
}

void NetworkPublications::remove_spy_destination(const control::ChangeDestination& command, Tick tick) {
    const auto found = std::ranges::find_if(spies_, [&](const auto& each) {
        return each->subscription.registration_id == command.registration_id &&
               each->subscription.channel == command.channel;
    });
    if (found == spies_.end()) throw no_such_destination(command);
    with_.voice.tell(control::OperationSucceeded{command.request.correlation_id});
    for (const auto& publication : publications_)
        linker_.tell_unavailable(publication->stream(), publication->spies(), &(*found)->subscription);
    remove_spy(static_cast<std::size_t>(found - spies_.begin()), tick);
}

// A tag in common is enough; else it is the same place, and the session if the spy says one.
bool NetworkPublications::hears(const Spy& spy, const NetworkPublication& publication) const noexcept {
    const PublicationFacts& facts = publication.facts();
    const SendChannel& channel = publication.channel();
    if (spy.subscription.stream_id != facts.stream_id) return false;
    if (spy.tag && channel.tag == spy.tag) return true;
    return spy.identity == channel.identity && spy.subscription.accepts(facts.stream_id, facts.session_id);
}

void NetworkPublications::link(NetworkPublication& publication, Spy& spy, Tick tick) {
    const auto position = linker_.link(publication.stream(), spy.subscription, publication.sent(), tick);
    if (!position) {
        has_unlinked_ = true;
        return;
    }
    publication.spies().push_back(*position);
    commands_.push(
        sender::AddSpy{publication.handle(), position->counter(), &with_.counters.value(position->counter())});
}

// Those that missed a stream for want of a counter.
void NetworkPublications::link_again(Tick tick) {
    if (!has_unlinked_ || with_.counters.available(tick) == 0) return;
    has_unlinked_ = false;
    for (const auto& publication : publications_)
        for (const auto& spy : spies_)
            if (hears(*spy, *publication) && !publication->has_spy(spy->subscription) && publication->accepts_spies())
                link(*publication, *spy, tick);
}

void NetworkPublications::unlink(NetworkPublication& publication, std::size_t index, Tick tick) {
    const SubscriberPosition spy = publication.spies()[index];
    publication.spies().erase(publication.spies().begin() + static_cast<std::ptrdiff_t>(index));
    if (spy.is_working()) commands_.push(sender::RemoveSpy{publication.handle(), spy.counter()});
    if (spy.state() != TetherState::closed) linker_.free(spy.counter(), tick);
}

void NetworkPublications::drop_spies(NetworkPublication& publication, Tick tick) {
    linker_.tell_unavailable(publication.stream(), publication.spies());
    while (!publication.spies().empty()) unlink(publication, publication.spies().size() - 1, tick);
}

bool NetworkPublications::remove_subscription(const control::RemoveSubscription& command, Tick tick) {
    bool found = false;
    for (std::size_t i = spies_.size(); i-- > 0;) {
        if (spies_[i]->subscription.registration_id != command.registration_id) continue;
        remove_spy(i, tick);
        found = true;
    }
    return found;
}

void NetworkPublications::remove_spy(std::size_t index, Tick tick) {
    const Subscription& gone = spies_[index]->subscription;
    for (const auto& publication : publications_)
        for (std::size_t i = publication->spies().size(); i-- > 0;)
            if (&publication->spies()[i].subscription() == &gone) unlink(*publication, i, tick);
    spies_.erase(spies_.begin() + static_cast<std::ptrdiff_t>(index));
}

}  // namespace gale::driver
