/// One stream through shared memory, as the driver keeps it: how far publishers may go, what is cleaned, when it ends.
#pragma once

#include "base/time.hpp"
#include "driver/conductor/log_store.hpp"
#include "driver/conductor/publication_rules.hpp"
#include "driver/conductor/subscriber_position.hpp"
#include "driver/conductor/subscription.hpp"
#include "logbuffer/clean.hpp"
#include "shm/counters.hpp"

#include <gale/types.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace gale::driver {

enum class PublicationPhase { active, draining, lingering };

class IpcPublication {
public:
    struct Spec : PublicationFacts {
        Nanos unblock_timeout{};
    };
    /// The counters are allocated, their values those of the starting position.
    IpcPublication(Spec spec, std::shared_ptr<StoredLog> log, CounterId limit_counter, CounterId position_counter,
                   shm::Counters& counters, Tick tick);

    [[nodiscard]] const Spec& spec() const noexcept { return spec_; }
    [[nodiscard]] PublicationPhase phase() const noexcept { return phase_; }
    [[nodiscard]] const std::shared_ptr<StoredLog>& stored() const noexcept { return stored_; }
    [[nodiscard]] CounterId limit_counter() const noexcept { return limit_counter_; }
    [[nodiscard]] CounterId position_counter() const noexcept { return position_counter_; }
    [[nodiscard]] std::vector<SubscriberPosition>& subscribers() noexcept { return subscribers_; }
    [[nodiscard]] bool is_revoked() const noexcept { return revoked_; }

    // References by clients.
    void add_reference() noexcept { ++references_; }
    /// The last one to go ends the stream: publishers are stopped where they are, and it drains.
    void drop_reference() noexcept;
    [[nodiscard]] int references() const noexcept { return references_; }

    /// Whether a new subscriber may join now.
    [[nodiscard]] bool accepts_subscribers(Nanos now) noexcept;
    /// Where it would begin.
    [[nodiscard]] Position join_position() noexcept;
    void add_subscriber(SubscriberPosition position);
    /// The counter of the subscriber that went, if it had one here.
    std::optional<CounterId> remove_subscriber(const Subscription& subscription) noexcept;
    [[nodiscard]] bool is_linked(const Subscription& subscription) const noexcept;

    /// Every duty cycle: positions, the publishers' limit, cleaning. Returns how much moved.
    int update() noexcept;
    /// Refreshes what clients see of connectedness; on each timer tick.
    void refresh_connected() noexcept;
    /// On each timer tick: repairs what a dead publisher left. True when it did.
    bool check_blocked(Nanos now) noexcept;
    /// Draining, and every working subscriber has read all.
    [[nodiscard]] bool is_drained() noexcept;
    void linger() noexcept { phase_ = PublicationPhase::lingering; }
    /// Ends the stream here and now for everybody.
    void revoke() noexcept;
    /// Refuses subscribers until then; the ones it has are to be unlinked by the caller.
    void reject_until(Nanos deadline) noexcept;
    /// True once, when the time of a rejection is over.
    [[nodiscard]] bool rejection_ended(Nanos now) noexcept;
    /// Below this an untethered subscriber is behind.
    [[nodiscard]] Position untethered_limit() const noexcept;
    /// True once, when the producers' tails make no sense: a client scribbled over them.
    [[nodiscard]] bool take_damage() noexcept { return damaged_ && !std::exchange(damage_told_, true); }
    /// True once, when storage ran out.
    [[nodiscard]] bool take_starvation() noexcept;

private:
    [[nodiscard]] Position observe_producer() noexcept;
    [[nodiscard]] bool has_working_subscriber() const noexcept;
    void set_limit(Position limit) noexcept;
    void stop_publishers() noexcept;
    void clean(Position readers, Position limit) noexcept;
    int extend_limit(Position slowest) noexcept;
    [[nodiscard]] Position stored_limit() const noexcept;

    Spec spec_;
    std::shared_ptr<StoredLog> stored_;
    logbuffer::Log log_;
    CounterId limit_counter_;
    CounterId position_counter_;
    shm::Cell<std::int64_t>& limit_cell_;
    shm::Cell<std::int64_t>& position_cell_;
    std::int64_t window_;
    std::int64_t trip_gain_;
    std::int64_t longest_claim_;  ///< how far one offer may reach past the limit
    Position limit_;
    Position highest_limit_;  ///< ever given: a limit may also be taken back
    Position trip_limit_;
    Position producer_;
    Position consumer_;
    logbuffer::Cleaner cleaner_;
    PublicationPhase phase_ = PublicationPhase::active;
    int references_ = 0;
    bool revoked_ = false;
    bool damaged_ = false;
    bool damage_told_ = false;
    bool starvation_told_ = false;
    std::optional<Nanos> rejects_until_;
    Position blocked_position_;
    Nanos blocked_since_;
    std::vector<SubscriberPosition> subscribers_;
};

}  // namespace gale::driver
