#include "driver/conductor/network_subscriptions.hpp"

#include "driver/conductor/subscription_rules.hpp"
// Complete types: commands and events own what they carry.
#include "driver/receiver/endpoint.hpp"

#include <gale/error.hpp>

#include <algorithm>
#include <string>

namespace gale::driver {
namespace {

std::string named(const Subscription& subscription) {
    return "subscription " + std::to_string(subscription.registration_id.value) + " of stream " +
           std::to_string(subscription.stream_id.value);
}

std::string_view yes_or_no(bool value) noexcept { return value ? "true" : "false"; }

}  // namespace

NetworkSubscriptions::NetworkSubscriptions(const Surroundings& surroundings, const Parts& parts)
    : with_{surroundings}, lookups_{parts.lookups}, commands_{parts.commands},
      sessions_refused_{parts.sessions_refused}, replies_withheld_{parts.replies_withheld}, ids_{parts.ids},
      losses_{parts.loss_report}, linker_{with_.counters, with_.voice},
      channels_{with_, parts.network, parts.commands} {}

NetworkSubscriptions::~NetworkSubscriptions() = default;

void NetworkSubscriptions::add_subscription(const control::AddSubscription& command, const Names& names, Tick tick) {
    const channel::Uri uri = channel::Uri::parse(command.channel);
    const channel::SubscriptionParameters wanted =
        channel::parse_subscription(uri, subscription_defaults(with_.options));
    const CorrelationId id = command.request.correlation_id;
    ReceiveChannel& channel =
        channels_.get({.uri = uri, .parameters = wanted, .registration_id = id, .names = names}, tick);
    auto added = std::make_unique<Listener>(
        Listener{.subscription = {.registration_id = id,
                                  .client_id = command.request.client_id,
                                  .stream_id = command.stream_id,
                                  .channel = uri.text(),
                                  .session_id = wanted.session_id,
                                  .awaits_response = wanted.is_response && !wanted.session_id,
                                  .is_response = wanted.is_response,
                                  .tether = wanted.settings.tether,
                                  .rejoin = wanted.settings.rejoin},
                 .channel = &channel,
                 .parameters = wanted});
    try {
        check_clash(*added);
        check_counters(*added, tick);
        with_.clients.get_or_add(command.request.client_id, tick);
    } catch (...) {
        channels_.close_unused(channel);
        throw;
    }
    Listener& listener = *listeners_.emplace_back(std::move(added));
    join_channel(listener);
    with_.voice.tell(control::SubscriptionReady{id, channel.status});
    for (const auto& image : images_)
        if (hears(listener, *image) && image->accepts_subscribers())
            link(*image, listener, image->join_position(), tick);
}

// One image has one way to treat loss and to come back: those who hear the same sessions must want the same.
void NetworkSubscriptions::check_clash(const Listener& wanted) const {
    const Subscription& subscription = wanted.subscription;
    for (const auto& each : listeners_) {
        const Subscription& other = each->subscription;
        if (each->channel != wanted.channel || other.stream_id != subscription.stream_id ||
            other.session_id != subscription.session_id)
            continue;
        const auto compare = [&](std::string_view parameter, bool value, bool existing) {
            if (value == existing) return;
            throw Error{ErrorCode::generic, std::string{parameter} + "=" + std::string{yes_or_no(value)} +
                                                " conflicts with " + named(other) +
                                                " on the same endpoint, which has " + std::string{yes_or_no(existing)} +
                                                ": ask for the same"};
        };
        compare("reliable", wanted.parameters.settings.reliable, each->parameters.settings.reliable);
        compare("rejoin", subscription.rejoin, other.rejoin);
        compare("control-mode=response", subscription.is_response, other.is_response);
    }
}

// A subscription that would be deaf to streams that are there is refused, while its client waits for the answer.
void NetworkSubscriptions::check_counters(const Listener& listener, Tick tick) {
    const auto streams = std::ranges::count_if(
        images_, [&](const auto& image) { return hears(listener, *image) && image->accepts_subscribers(); });
    if (streams > with_.counters.available(tick) - (with_.clients.contains(listener.subscription.client_id) ? 0 : 1))
        throw Error{ErrorCode::generic, "not enough counters are left for the positions of a subscription to " +
                                            std::to_string(streams) + " streams on " + listener.subscription.channel +
                                            ": raise counters.buffer.length of the driver"};
}

bool NetworkSubscriptions::hears(const Listener& listener, const NetworkImage& image) noexcept {
    return image.channel() == listener.channel &&
           listener.subscription.accepts(image.spec().stream_id, image.spec().session_id);
}

void NetworkSubscriptions::join_channel(Listener& listener) {
    const Subscription& subscription = listener.subscription;
    if (subscription.awaits_response)
        ++listener.channel->awaiting_response;
    else
        channels_.add_interest(*listener.channel, subscription.stream_id, subscription.session_id);
}

void NetworkSubscriptions::leave_channel(Listener& listener) {
    const Subscription& subscription = listener.subscription;
    if (subscription.awaits_response)
        --listener.channel->awaiting_response;
    else
        channels_.remove_interest(*listener.channel, subscription.stream_id, subscription.session_id);
    channels_.close_unused(*listener.channel);
}

void NetworkSubscriptions::link(NetworkImage& image, Listener& listener, Position join, Tick tick) {
    const auto position = linker_.link(image.facts(), listener.subscription, join, tick);
    if (!position) {
        has_unlinked_ = true;
        return;
    }
    image.add_subscriber(*position, listener.subscription.rejoin);
    if (image.receiving() == nullptr) return;
    const CounterId counter = position->counter();
    commands_.push(receiver::AddSubscriber{image.receiving(), counter, &with_.counters.value(counter)});
}

// Subscriptions that missed a stream for want of a counter.
void NetworkSubscriptions::link_again(Tick tick) {
    if (!has_unlinked_ || with_.counters.available(tick) == 0) return;
    has_unlinked_ = false;
    for (const auto& image : images_)
        for (const auto& listener : listeners_)
            if (hears(*listener, *image) && !image->is_linked(listener->subscription) && image->accepts_subscribers())
                link(*image, *listener, image->join_position(), tick);
}

NetworkSubscriptions::Listener* NetworkSubscriptions::find(CorrelationId subscription) noexcept {
    const auto found = std::ranges::find_if(
        listeners_, [&](const auto& each) { return each->subscription.registration_id == subscription; });
    return found == listeners_.end() ? nullptr : found->get();
}

bool NetworkSubscriptions::remove_subscription(const control::RemoveSubscription& command, Tick tick) {
    const auto found = std::ranges::find_if(
        listeners_, [&](const auto& each) { return each->subscription.registration_id == command.registration_id; });
    if (found == listeners_.end()) return false;
    drop_listener(static_cast<std::size_t>(found - listeners_.begin()), tick);
    return true;
}

void NetworkSubscriptions::drop_listener(std::size_t index, Tick tick) {
    const std::unique_ptr<Listener> gone = std::move(listeners_[index]);
    listeners_.erase(listeners_.begin() + static_cast<std::ptrdiff_t>(index));
    for (const auto& image : images_) {
        const auto counter = image->remove_subscriber(gone->subscription);
        if (!counter) continue;
        if (image->receiving() != nullptr) commands_.push(receiver::RemoveSubscriber{image->receiving(), *counter});
        linker_.free(*counter, tick);
        follow_subscribers(*image, tick);
    }
    leave_channel(*gone);
}

void NetworkSubscriptions::release_client(ClientId client, Tick tick) {
    for (std::size_t i = listeners_.size(); i-- > 0;)
        if (listeners_[i]->subscription.client_id == client) drop_listener(i, tick);
}

NetworkSubscriptions::Listener& NetworkSubscriptions::multi_destination(CorrelationId subscription) {
    Listener* const listener = find(subscription);
    if (listener == nullptr)
        throw Error{ErrorCode::unknown_subscription,
                    "no subscription with registration id " + std::to_string(subscription.value) +
                        " takes destinations: only network ones with control-mode=manual do"};
    if (!listener->channel->is_manual())
        throw Error{ErrorCode::invalid_channel,
                    named(listener->subscription) + " takes no destinations: its channel has no control-mode=manual"};
    return *listener;
}

StreamId NetworkSubscriptions::stream_of_destinations(CorrelationId subscription) {
    return multi_destination(subscription).subscription.stream_id;
}

void NetworkSubscriptions::change_destination(const control::ChangeDestination& command, const Names& names,
                                              Tick tick) {
    ReceiveChannel& channel = *multi_destination(command.registration_id).channel;
    const channel::Uri uri = channel::Uri::parse(command.channel);
    const channel::SubscriptionParameters wanted =
        channel::parse_receive_destination(uri, subscription_defaults(with_.options));
    const ReceiveChannels::Wanted destination{
        .uri = uri, .parameters = wanted, .registration_id = command.request.correlation_id, .names = names};
    if (command.change == control::DestinationChange::add_receive)
        channels_.add_destination(channel, destination, tick);
    else
        channels_.remove_destination(channel, destination);
    with_.voice.tell(control::OperationSucceeded{command.request.correlation_id});
}

bool NetworkSubscriptions::has_subscription(CorrelationId subscription) const noexcept {
    return std::ranges::any_of(listeners_,
                               [&](const auto& each) { return each->subscription.registration_id == subscription; });
}

bool NetworkSubscriptions::announce_response(CorrelationId image, SessionId response) {
    const NetworkImage* const found = find_image(image);
    if (found == nullptr || !found->spec().response_wanted) return false;
    if (found->receiving() != nullptr) commands_.push(receiver::SetResponseSession{found->receiving(), response});
    return true;
}

void NetworkSubscriptions::withdraw_response(CorrelationId image) {
    const NetworkImage* const found = find_image(image);
    if (found != nullptr && found->receiving() != nullptr)
        commands_.push(receiver::SetResponseSession{found->receiving(), std::nullopt});
}

// Said again and again until the response is heard. Who knows its session by now asks for a set-up once more.
void NetworkSubscriptions::on_response_setup(CorrelationId subscription, SessionId response) {
    Listener* const listener = find(subscription);
    if (listener == nullptr || !listener->subscription.is_response) return;
    Subscription& heard = listener->subscription;
    if (!heard.awaits_response) {
        if (heard.session_id == response)
            commands_.push(receiver::AddInterest{listener->channel->endpoint, heard.stream_id, response});
        return;
    }
    heard.session_id = response;
    heard.awaits_response = false;
    --listener->channel->awaiting_response;
    channels_.add_interest(*listener->channel, heard.stream_id, heard.session_id);
}

void NetworkSubscriptions::on(const NameAnswer& answer, Tick /*tick*/) { channels_.on(answer); }

void NetworkSubscriptions::on_timer(Tick tick) {
    link_again(tick);
    report_strangers(tick);
    for (const auto& image : images_) {
        if (image->phase() != ImagePhase::active) continue;
        const auto tell_receiver = [&](const SubscriberPosition& subscriber) {
            if (image->receiving() == nullptr) return;
            if (subscriber.is_working())
                commands_.push(receiver::AddSubscriber{image->receiving(), subscriber.counter(),
                                                       &with_.counters.value(subscriber.counter())});
            else
                commands_.push(receiver::RemoveSubscriber{image->receiving(), subscriber.counter()});
        };
        linker_.check_untethered(
            image->facts(), image->subscribers(),
            {.limit = image->untethered_limit(), .timeouts = image->spec().untethered, .join = image->join_position()},
            tick, tell_receiver);
        follow_subscribers(*image, tick);
    }
}

void NetworkSubscriptions::close(Tick tick) {
    for (Unopened& each : unopened_) with_.logs.release(std::move(each.log));
    unopened_.clear();
    while (!images_.empty()) destroy(images_.end() - 1, tick);
    listeners_.clear();
    channels_.close(tick);
}

}  // namespace gale::driver
