#include "driver/conductor/linker.hpp"

#include "control/counter_types.hpp"

#include <string>

namespace gale::driver {

using control::CounterType;

std::optional<SubscriberPosition> Linker::link(const StreamFacts& stream, Subscription& subscription, Position join,
                                               Tick tick) {
    const control::StreamKey key{subscription.registration_id, stream.session_id, stream.stream_id,
                                 subscription.channel};
    const std::string label =
        control::stream_label(control::name(CounterType::subscriber_position), key) + " @" + std::to_string(join.value);
    const auto counter = counters_.allocate({.type_id = static_cast<std::int32_t>(CounterType::subscriber_position),
                                             .key = control::encode(key),
                                             .label = label,
                                             .registration_id = subscription.registration_id.value,
                                             .owner_id = subscription.client_id.value,
                                             .reference_id = stream.registration_id.value,
                                             .initial_value = join.value},
                                            tick);
    if (!counter) {
        voice_.record(ErrorCode::generic,
                      "no counter is left for the position of subscription " +
                          std::to_string(subscription.registration_id.value) + " on stream " +
                          std::to_string(stream.stream_id.value) +
                          ": it is tried again when one is free; raise "
                          "counters.buffer.length of the driver",
                      tick.wall);
        return std::nullopt;
    }
    announce(stream, subscription, *counter);
    return SubscriberPosition{subscription, *counter, counters_.value(*counter), join, tick.now};
}

void Linker::announce(const StreamFacts& stream, const Subscription& subscription, CounterId counter) {
    voice_.tell(control::AvailableImage{.image_correlation_id = stream.registration_id,
                                        .session_id = stream.session_id,
                                        .stream_id = stream.stream_id,
                                        .subscription_id = subscription.registration_id,
                                        .position_counter = counter,
                                        .log_file = stream.log_file,
                                        .source_identity = stream.source_identity});
}

void Linker::tell_unavailable(const StreamFacts& stream, const std::vector<SubscriberPosition>& subscribers,
                              const Subscription* only) {
    for (const SubscriberPosition& subscriber : subscribers) {
        if (only != nullptr && &subscriber.subscription() != only) continue;
        if (subscriber.state() != TetherState::active) continue;  // the others were told when they fell behind
        voice_.tell(control::UnavailableImage{stream.registration_id, subscriber.subscription().registration_id,
                                              stream.stream_id, subscriber.subscription().channel});
    }
}

void Linker::check_untethered(const StreamFacts& stream, std::vector<SubscriberPosition>& subscribers,
                              const Untethered& rules, Tick tick,
                              FunctionRef<void(const SubscriberPosition&)> on_change) {
    for (SubscriberPosition& subscriber : subscribers) {
        const Subscription& subscription = subscriber.subscription();
        if (subscription.tether) continue;
        const Nanos since = tick.now - subscriber.changed();
        switch (subscriber.state()) {
        case TetherState::active:
            if (subscriber.last() > rules.limit) {
                subscriber.touch(tick.now);
            } else if (since > rules.timeouts.window_limit) {
                voice_.tell(control::UnavailableImage{stream.registration_id, subscription.registration_id,
                                                      subscription.stream_id, subscription.channel});
                subscriber.set_state(TetherState::linger, tick.now);
            }
            break;
        case TetherState::linger:
            if (since <= rules.timeouts.linger.value_or(rules.timeouts.window_limit)) break;
            if (subscription.rejoin) {
                subscriber.set_state(TetherState::resting, tick.now);
            } else {
                subscriber.set_state(TetherState::closed, tick.now);
                free(subscriber.counter(), tick);
            }
            on_change(subscriber);
            break;
        case TetherState::resting:
            if (since <= rules.timeouts.resting || !rules.join) break;
            subscriber.rejoin(*rules.join);
            subscriber.set_state(TetherState::active, tick.now);
            announce(stream, subscription, subscriber.counter());
            on_change(subscriber);
            break;
        case TetherState::closed: break;
        }
    }
}

}  // namespace gale::driver
