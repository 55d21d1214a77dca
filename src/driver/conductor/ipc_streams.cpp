#include "driver/conductor/ipc_streams.hpp"

#include "driver/conductor/subscription_rules.hpp"
#include "logbuffer/geometry.hpp"

#include <algorithm>

namespace gale::driver {
namespace {

using control::CounterType;

constexpr std::string_view ipc_source = "aeron:ipc";
constexpr std::size_t max_reason_length = 1023;

StreamFacts facts_of(const IpcPublication& publication) noexcept {
    const auto& spec = publication.spec();
    return {spec.registration_id, spec.session_id, spec.stream_id, publication.stored()->path(), ipc_source};
}

}  // namespace

IpcStreams::IpcStreams(const Surroundings& surroundings) : with_{surroundings}, linker_{with_.counters, with_.voice} {}

IpcStreams::~IpcStreams() = default;

bool IpcStreams::remove_publication(const control::RemovePublication& command, Tick tick) {
    const auto found = std::ranges::find_if(links_, [&](const PublicationLink& link) {
        return link.registration_id == command.registration_id && link.client_id == command.request.client_id;
    });
    if (found == links_.end()) return remove_unopened(command, tick);
    IpcPublication& publication = *found->publication;
    links_.erase(found);
    const bool revokes = command.revoke && publication.phase() == PublicationPhase::active;
    if (revokes) publication.revoke();
    publication.drop_reference();
    with_.voice.tell(control::OperationSucceeded{command.request.correlation_id});
    if (revokes) {
        with_.system.add(control::SystemCounter::publications_revoked);
        linker_.tell_unavailable(facts_of(publication), publication.subscribers());
    }
    return true;
}

void IpcStreams::link_all(IpcPublication& publication, Tick tick) {
    for (const auto& subscription : subscriptions_) {
        const auto& spec = publication.spec();
        if (subscription->accepts(spec.stream_id, spec.session_id) && !publication.is_linked(*subscription) &&
            publication.accepts_subscribers(tick.now))
            link(publication, *subscription, tick);
    }
}

void IpcStreams::link(IpcPublication& publication, Subscription& subscription, Tick tick) {
    if (const auto position = linker_.link(facts_of(publication), subscription, publication.join_position(), tick))
        publication.add_subscriber(*position);
    else
        has_unlinked_ = true;
}

// A subscription that would be deaf to streams that are there is refused, while its client waits for the answer.
void IpcStreams::check_counters(const Subscription& subscription, Tick tick) const {
    const auto streams = std::ranges::count_if(publications_, [&](const auto& publication) {
        const auto& spec = publication->spec();
        return subscription.accepts(spec.stream_id, spec.session_id) && publication->accepts_subscribers(tick.now);
    });
    if (streams > with_.counters.available(tick) - (with_.clients.contains(subscription.client_id) ? 0 : 1))
        throw Error{ErrorCode::generic, "not enough counters are left for the positions of a subscription to " +
                                            std::to_string(streams) + " streams on " + subscription.channel +
                                            ": raise counters.buffer.length of the driver"};
}

// Subscriptions that missed a stream for want of a counter.
void IpcStreams::link_again(Tick tick) {
    if (!has_unlinked_ || with_.counters.available(tick) == 0) return;
    has_unlinked_ = false;
    for (const auto& publication : publications_) link_all(*publication, tick);
}

std::unique_ptr<Subscription> IpcStreams::make_subscription(const control::AddSubscription& command) const {
    const channel::Uri uri = channel::Uri::parse(command.channel);
    const channel::SubscriptionParameters wanted =
        channel::parse_subscription(uri, subscription_defaults(with_.options));
    return std::make_unique<Subscription>(Subscription{.registration_id = command.request.correlation_id,
                                                       .client_id = command.request.client_id,
                                                       .stream_id = command.stream_id,
                                                       .channel = std::string{command.channel},
                                                       .session_id = wanted.session_id,
                                                       .awaits_response = wanted.is_response && !wanted.session_id,
                                                       .is_response = wanted.is_response,
                                                       .tether = wanted.settings.tether,
                                                       .rejoin = wanted.settings.rejoin});
}

void IpcStreams::add_subscription(const control::AddSubscription& command, Tick tick) {
    auto added = make_subscription(command);
    check_counters(*added, tick);
    with_.clients.get_or_add(command.request.client_id, tick);
    Subscription& subscription = *subscriptions_.emplace_back(std::move(added));
    with_.voice.tell(control::SubscriptionReady{command.request.correlation_id, no_counter});
    link_to_all(subscription, tick);
}

void IpcStreams::link_to_all(Subscription& subscription, Tick tick) {
    for (const auto& publication : publications_) {
        const auto& spec = publication->spec();
        if (subscription.accepts(spec.stream_id, spec.session_id) && publication->accepts_subscribers(tick.now))
            link(*publication, subscription, tick);
    }
}

bool IpcStreams::remove_subscription(const control::RemoveSubscription& command, Tick tick) {
    bool found = false;
    for (std::size_t i = subscriptions_.size(); i-- > 0;) {
        if (subscriptions_[i]->registration_id != command.registration_id) continue;
        drop_subscription(i, tick);
        found = true;
    }
    return found;
}

void IpcStreams::add_destination(const control::ChangeDestination& command, StreamId stream, Tick tick) {
    auto added = make_subscription({.request = {command.request.client_id, command.registration_id},
                                    .stream_id = stream,
                                    .channel = command.channel});
    added->is_response = added->awaits_response = false;
    check_counters(*added, tick);
    with_.clients.get_or_add(command.request.client_id, tick);
    Subscription& subscription = *subscriptions_.emplace_back(std::move(added));
    with_.voice.tell(control::OperationSucceeded{command.request.correlation_id});
    link_to_all(subscription, tick);
}

void IpcStreams::remove_destination(const control::ChangeDestination& command, Tick tick) {
    const auto found = std::ranges::find_if(subscriptions_, [&](const auto& each) {
        return each->registration_id == command.registration_id && each->channel == command.channel;
    });
    if (found == subscriptions_.end()) throw no_such_destination(command);
    with_.voice.tell(control::OperationSucceeded{command.request.correlation_id});
    for (const auto& publication : publications_)
        linker_.tell_unavailable(facts_of(*publication), publication->subscribers(), found->get());
    drop_subscription(static_cast<std::size_t>(found - subscriptions_.begin()), tick);
}

void IpcStreams::drop_subscription(std::size_t index, Tick tick) {
    for (const auto& publication : publications_)
        if (const auto counter = publication->remove_subscriber(*subscriptions_[index]))
            with_.counters.free(*counter, tick);
    subscriptions_.erase(subscriptions_.begin() + static_cast<std::ptrdiff_t>(index));
}

bool IpcStreams::reject(const control::RejectImage& command, Tick tick) {
    const auto found = std::ranges::find_if(publications_, [&](const auto& p) {
        return p->spec().registration_id == command.image_correlation_id && p->phase() != PublicationPhase::lingering;
    });
    if (found == publications_.end()) return false;
    if (command.reason.size() > max_reason_length)
        throw Error{ErrorCode::generic, "the reason for rejecting an image has " +
                                            std::to_string(command.reason.size()) + " bytes; at most 1023 are allowed"};
    IpcPublication& publication = **found;
    const auto& spec = publication.spec();
    control::PublicationErrorEvent event{
        .original_id = spec.registration_id, .session_id = spec.session_id, .stream_id = spec.stream_id};
    event.address_type = 1;
    event.address[0] = std::byte{127};
    event.address[3] = std::byte{1};
    event.code = ErrorCode::image_rejected;
    event.text = command.reason;
    with_.voice.tell(event);
    unlink_all(publication, tick);
    publication.reject_until(tick.now + with_.options.image_liveness_timeout);
    with_.system.add(control::SystemCounter::images_rejected);
    with_.voice.tell(control::OperationSucceeded{command.request.correlation_id});
    with_.voice.record(ErrorCode::image_rejected,
                       "image of publication " + std::to_string(spec.registration_id.value) + " (" + spec.channel +
                           " stream " + std::to_string(spec.stream_id.value) +
                           ") was rejected: " + std::string{command.reason},
                       tick.wall);
    return true;
}

void IpcStreams::unlink_all(IpcPublication& publication, Tick tick) {
    linker_.tell_unavailable(facts_of(publication), publication.subscribers());
    while (!publication.subscribers().empty()) {
        const Subscription& subscription = publication.subscribers().back().subscription();
        if (const auto counter = publication.remove_subscriber(subscription)) with_.counters.free(*counter, tick);
    }
}

void IpcStreams::finish_draining(IpcPublication& publication) {
    linker_.tell_unavailable(facts_of(publication), publication.subscribers());
    publication.linger();
}

void IpcStreams::release_client(ClientId client, Tick tick) {
    forget_requests(client);
    drop_links(client);
    for (std::size_t i = subscriptions_.size(); i-- > 0;)
        if (subscriptions_[i]->client_id == client) drop_subscription(i, tick);
}

void IpcStreams::drop_links(ClientId client) {
    for (std::size_t i = links_.size(); i-- > 0;) {
        if (links_[i].client_id != client) continue;
        IpcPublication& publication = *links_[i].publication;
        links_.erase(links_.begin() + static_cast<std::ptrdiff_t>(i));
        publication.drop_reference();
    }
}

int IpcStreams::update(Tick tick) {
    int work = unopened_.empty() ? 0 : open_ready(tick);
    for (const auto& publication : publications_) {
        work += publication->update();
        if (publication->phase() == PublicationPhase::draining && publication->is_drained()) {
            finish_draining(*publication);
            ++work;
        }
        report_trouble(*publication, tick);
    }
    return work;
}

void IpcStreams::report_trouble(IpcPublication& publication, Tick tick) {
    const bool damaged = publication.take_damage();
    const bool starved = publication.take_starvation();
    if (!damaged && !starved) return;
    const auto& spec = publication.spec();
    const std::string which = "publication " + std::to_string(spec.registration_id.value);
    if (damaged)
        with_.voice.record(ErrorCode::generic,
                           which + ": the tails in its log make no sense, a client has overwritten them", tick.wall);
    if (starved) {
        const std::string text = which + ": no space was left for the rest of its log " + publication.stored()->path() +
                                 "; it stops where storage ends";
        with_.voice.record(ErrorCode::storage_space, text, tick.wall);
        control::PublicationErrorEvent event{
            .original_id = spec.registration_id, .session_id = spec.session_id, .stream_id = spec.stream_id};
        event.code = ErrorCode::storage_space;
        event.text = text;
        with_.voice.tell(event);
    }
}

void IpcStreams::on_timer(Tick tick) {
    link_again(tick);
    for (std::size_t i = publications_.size(); i-- > 0;) {
        IpcPublication& publication = *publications_[i];
        if (publication.phase() == PublicationPhase::lingering) {
            if (publication.references() == 0) destroy(publications_.begin() + static_cast<std::ptrdiff_t>(i), tick);
            continue;
        }
        // Also when it has ended: a reader that hangs must not keep the log.
        const bool active = publication.phase() == PublicationPhase::active;
        linker_.check_untethered(facts_of(publication), publication.subscribers(),
                                 {.limit = publication.untethered_limit(),
                                  .timeouts = publication.spec().parameters.settings.untethered,
                                  .join = active ? std::optional{publication.join_position()} : std::nullopt},
                                 tick);
        publication.refresh_connected();
        if (publication.rejection_ended(tick.now)) link_all(publication, tick);
        if (publication.check_blocked(tick.now)) with_.system.add(control::SystemCounter::unblocked_publications);
    }
}

void IpcStreams::destroy(Publications::iterator publication, Tick tick) {
    IpcPublication& gone = **publication;
    while (!gone.subscribers().empty())
        if (const auto counter = gone.remove_subscriber(gone.subscribers().back().subscription()))
            with_.counters.free(*counter, tick);
    with_.counters.free(gone.limit_counter(), tick);
    with_.counters.free(gone.position_counter(), tick);
    auto log = gone.stored();
    publications_.erase(publication);
    with_.logs.release(std::move(log));
}

void IpcStreams::close(Tick tick) {
    links_.clear();
    drop_unopened([](const IpcPublication::Spec&) { return true; });
    while (!publications_.empty()) destroy(publications_.end() - 1, tick);
    subscriptions_.clear();
}

}  // namespace gale::driver
