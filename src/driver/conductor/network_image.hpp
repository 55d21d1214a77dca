/// One session's stream from the network, as the conductor keeps it: who reads it, what is cleaned, when it ends.
/// docs/formats/control.md, image states. What happens per datagram is the receiver's, docs/adr/0004.
#pragma once

#include "base/time.hpp"
#include "channel/parameters.hpp"
#include "driver/conductor/counter_set.hpp"
#include "driver/conductor/linker.hpp"
#include "driver/conductor/log_store.hpp"
#include "driver/conductor/receive_channels.hpp"
#include "driver/conductor/subscriber_position.hpp"
#include "driver/conductor/subscription.hpp"
#include "driver/receiver/image_shared.hpp"
#include "driver/receiver/messages.hpp"
#include "logbuffer/clean.hpp"
#include "shm/loss_report.hpp"

#include <gale/types.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace gale::driver {

/// `active`: fed and read. `draining`: it has ended, or nobody reads it; what is there is read to its end, and the
/// publication hears that we go. `lingering`: the receiver has let go of it, or will; only clients may still look.
enum class ImagePhase { active, draining, lingering };

class NetworkImage {
public:
    struct Spec {
        CorrelationId registration_id;
        SessionId session_id;
        StreamId stream_id;
        Position join;
        std::string source_identity;
        std::string channel;  ///< of the first subscription
        bool rejoin = true;   ///< of the last that was linked
        bool response_wanted = false;
        channel::UntetheredSettings untethered{};
        Nanos liveness_timeout{};
        Nanos status_interval{};
    };
    struct Counters {
        CounterSet all;
        CounterId receiver_position;
    };
    /// Counts among the channel's images until it lingers.
    NetworkImage(Spec spec, ReceiveChannel& channel, std::shared_ptr<StoredLog> log, Counters counters);

    [[nodiscard]] const Spec& spec() const noexcept { return spec_; }
    [[nodiscard]] ImagePhase phase() const noexcept { return phase_; }
    /// Null while it lingers: it may be gone.
    [[nodiscard]] ReceiveChannel* channel() const noexcept { return channel_; }
    /// The half that the receiver has: a name, not to be looked into. Null when it is back.
    [[nodiscard]] receiver::Image* receiving() const noexcept { return receiving_; }
    void give(receiver::Image& image) noexcept { receiving_ = &image; }
    void take_back() noexcept { receiving_ = nullptr; }
    [[nodiscard]] receiver::ImageShared& shared() noexcept { return shared_; }
    [[nodiscard]] const std::shared_ptr<StoredLog>& stored() const noexcept { return stored_; }
    [[nodiscard]] StreamFacts facts() const noexcept {
        return {spec_.registration_id, spec_.session_id, spec_.stream_id, stored_->path(), spec_.source_identity};
    }

    [[nodiscard]] std::vector<SubscriberPosition>& subscribers() noexcept { return subscribers_; }
    [[nodiscard]] bool is_linked(const Subscription& subscription) const noexcept;
    /// Whether a new subscriber may join now: somebody reads it, and there is something left to read.
    [[nodiscard]] bool accepts_subscribers() noexcept;
    /// Where it would begin: at the slowest.
    [[nodiscard]] Position join_position() noexcept;
    void add_subscriber(SubscriberPosition position, bool rejoin);
    /// The counter of the subscriber that went, if it had one here.
    std::optional<CounterId> remove_subscriber(const Subscription& subscription) noexcept;
    [[nodiscard]] bool has_working_subscriber() const noexcept;

    /// Every duty cycle: cleaning, and how far the receiver may write. How much moved.
    int update() noexcept;
    /// Below this an untethered subscriber is behind.
    [[nodiscard]] Position untethered_limit() noexcept;

    void drain(Nanos now) noexcept;
    /// Draining, and every working subscriber had read all that came. Stays so: what may come still is for nobody.
    [[nodiscard]] bool is_drained() noexcept;
    /// The publication had time to hear that we go.
    [[nodiscard]] bool has_said_goodbye(Nanos now) const noexcept;
    void linger(Nanos now) noexcept;
    /// Lingering, and nobody can need it any more: neither receiver nor client.
    [[nodiscard]] bool is_done(Nanos now) const noexcept;

    /// True once, when it is to be told that nobody can read it any more.
    [[nodiscard]] bool take_unavailability() noexcept { return !std::exchange(unavailability_told_, true); }
    /// True once, when storage ran out.
    [[nodiscard]] bool take_starvation() noexcept {
        return stored_->is_starved() && !std::exchange(starvation_told_, true);
    }
    /// Its entry in the loss report; nothing before the first loss.
    std::optional<shm::LossReport::Entry> loss{};
    bool loss_does_not_fit = false;

    void free_counters(Tick tick) noexcept { counters_.all.release(tick); }

private:
    [[nodiscard]] Position rebuilt() const noexcept;
    [[nodiscard]] Position slowest() noexcept;

    Spec spec_;
    ReceiveChannel* channel_;
    std::shared_ptr<StoredLog> stored_;
    Counters counters_;
    receiver::ImageShared shared_;
    receiver::Image* receiving_ = nullptr;  // null: not with the receiver, or no longer
    logbuffer::Cleaner cleaner_;
    Position consumed_;
    std::vector<SubscriberPosition> subscribers_;
    ImagePhase phase_ = ImagePhase::active;
    Nanos phase_began_{};
    bool was_drained_ = false;
    bool unavailability_told_ = false;
    bool starvation_told_ = false;
};

}  // namespace gale::driver
