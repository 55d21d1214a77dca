/// Joins subscriptions to streams: a position counter for each, and the news of it. What all media do alike.
#pragma once

#include "base/time.hpp"
#include "channel/parameters.hpp"
#include "driver/conductor/subscriber_position.hpp"
#include "driver/conductor/subscription.hpp"
#include "driver/conductor/voice.hpp"
#include "shm/counters.hpp"

#include <gale/function_ref.hpp>
#include <gale/types.hpp>

#include <optional>
#include <string_view>
#include <vector>

namespace gale::driver {

/// What clients are told of a stream that they can read. Borrows its texts.
struct StreamFacts {
    CorrelationId registration_id;  ///< of the publication, or of the image
    SessionId session_id;
    StreamId stream_id;
    std::string_view log_file;
    std::string_view source_identity;
};

class Linker {
public:
    /// Both outlive it.
    Linker(shm::CountersManager& counters, Voice& voice) noexcept : counters_{counters}, voice_{voice} {}

    /// Gives the subscription a position in the stream, beginning at `join`, and announces the image to its client.
    /// Nothing when no counter is left: that is recorded, and for the caller to try again.
    [[nodiscard]] std::optional<SubscriberPosition> link(const StreamFacts& stream, Subscription& subscription,
                                                         Position join, Tick tick);
    /// To those that still see the image; to `only` one, if given.
    void tell_unavailable(const StreamFacts& stream, const std::vector<SubscriberPosition>& subscribers,
                          const Subscription* only = nullptr);
    void free(CounterId counter, Tick tick) { counters_.free(counter, tick); }

    struct Untethered {
        Position limit;  ///< below it a subscriber is behind
        channel::UntetheredSettings timeouts;
        std::optional<Position> join;  ///< where those that rested begin again; nothing: none begins any more
    };
    /// The rules for subscriptions with tether=false, at each timer tick. docs/formats/control.md, untethered
    /// subscriptions. `on_change` hears of each that works no longer, or again.
    void check_untethered(
        const StreamFacts& stream, std::vector<SubscriberPosition>& subscribers, const Untethered& rules, Tick tick,
        FunctionRef<void(const SubscriberPosition&)> on_change = [](const SubscriberPosition&) {});

private:
    void announce(const StreamFacts& stream, const Subscription& subscription, CounterId counter);

    shm::CountersManager& counters_;
    Voice& voice_;
};

}  // namespace gale::driver
