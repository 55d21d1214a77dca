/// One stream to the network, as the conductor keeps it: its log, its spies, its life. What is sent is the sender's.
#pragma once

#include "base/time.hpp"
#include "driver/conductor/counter_set.hpp"
#include "driver/conductor/linker.hpp"
#include "driver/conductor/log_store.hpp"
#include "driver/conductor/publication_rules.hpp"
#include "driver/conductor/send_channels.hpp"
#include "driver/conductor/subscriber_position.hpp"
#include "driver/conductor/subscription.hpp"
#include "driver/sender/publication.hpp"
#include "driver/sender/shared.hpp"
#include "logbuffer/clean.hpp"

#include <gale/types.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace gale::driver {

/// docs/formats/control.md, publication states. `leaving`: the sender was asked to hand it back.
enum class NetworkPhase : std::uint8_t { active, draining, lingering, leaving };

class NetworkPublication {
public:
    struct Parts {
        PublicationFacts facts;
        SendChannel& channel;
        std::shared_ptr<StoredLog> log;
        CounterSet counters;
        CounterId limit_counter;
        shm::Cell<std::int64_t>& position_cell;
        Nanos unblock_timeout;
    };
    NetworkPublication(Parts parts, Tick tick);

    [[nodiscard]] const PublicationFacts& facts() const noexcept { return facts_; }
    /// What spies are told of it. Borrows from this.
    [[nodiscard]] StreamFacts stream() const noexcept {
        return {facts_.registration_id, facts_.session_id, facts_.stream_id, stored_->path(), "aeron:ipc"};
    }
    [[nodiscard]] SendChannel& channel() const noexcept { return *channel_; }
    [[nodiscard]] NetworkPhase phase() const noexcept { return phase_; }
    [[nodiscard]] const std::shared_ptr<StoredLog>& stored() const noexcept { return stored_; }
    [[nodiscard]] CounterId limit_counter() const noexcept { return limit_counter_; }
    [[nodiscard]] const std::shared_ptr<sender::PublicationShared>& shared() const noexcept { return shared_; }
    [[nodiscard]] std::vector<SubscriberPosition>& spies() noexcept { return spies_; }
    [[nodiscard]] bool has_spy(const Subscription& subscription) const noexcept;
    [[nodiscard]] CounterSet& counters() noexcept { return counters_; }
    /// The sender's half, until it is handed over; then only its name is known here.
    void prepare(std::unique_ptr<sender::Publication> half) noexcept {
        half_ = std::move(half);
        handle_ = half_.get();
    }
    [[nodiscard]] std::unique_ptr<sender::Publication> hand_over() noexcept { return std::move(half_); }
    [[nodiscard]] sender::Publication* handle() const noexcept { return handle_; }

    void add_reference() noexcept { ++references_; }
    /// True when the last one went: the stream ends at `end()`, and the sender is to be told.
    [[nodiscard]] bool drop_reference(Nanos now) noexcept;
    [[nodiscard]] int references() const noexcept { return references_; }
    /// Ends the stream here and now for everybody.
    void revoke(Nanos now) noexcept;
    [[nodiscard]] Position end() const noexcept { return producer_; }

    /// Whether the sender has its half: nobody may share it or spy on it before.
    [[nodiscard]] bool is_handed_over() const noexcept { return half_ == nullptr; }
    [[nodiscard]] bool accepts_spies() noexcept;
    [[nodiscard]] Position sent() const noexcept {
        return Position{shared_->sender_position.load(std::memory_order_acquire)};
    }

    /// Every duty cycle: positions, cleaning, how far the sender may let publishers go. How much moved.
    int update() noexcept;
    /// At each timer tick: repairs what a dead publisher left. True when it did.
    [[nodiscard]] bool check_blocked(Nanos now) noexcept;
    /// Draining, and nobody waits for anything any more.
    [[nodiscard]] bool is_drained() noexcept;
    void linger(Nanos now) noexcept;
    [[nodiscard]] bool has_lingered(Nanos now) const noexcept;
    void leave() noexcept { phase_ = NetworkPhase::leaving; }
    [[nodiscard]] Position untethered_limit() const noexcept {
        return sent() - facts_.parameters.settings.window + facts_.parameters.settings.window / 4;
    }
    /// True once, when the producers' tails make no sense: a client scribbled over them.
    [[nodiscard]] bool take_damage() noexcept { return damaged_ && !std::exchange(damage_told_, true); }
    /// True once, when storage ran out.
    [[nodiscard]] bool take_starvation() noexcept {
        return stored_->is_starved() && !std::exchange(starvation_told_, true);
    }

private:
    [[nodiscard]] Position observe_producer() noexcept;
    void stop(Nanos now) noexcept;
    [[nodiscard]] Position slowest() noexcept;

    PublicationFacts facts_;
    SendChannel* channel_;
    std::shared_ptr<StoredLog> stored_;
    logbuffer::Log log_;
    CounterSet counters_;
    CounterId limit_counter_;
    shm::Cell<std::int64_t>& position_cell_;
    Nanos unblock_timeout_;
    std::optional<std::int64_t> longest_claim_;  // of who publishes alone
    std::shared_ptr<sender::PublicationShared> shared_ = std::make_shared<sender::PublicationShared>();
    std::unique_ptr<sender::Publication> half_;
    sender::Publication* handle_ = nullptr;
    Position producer_;
    Position writable_to_;
    logbuffer::Cleaner cleaner_;
    NetworkPhase phase_ = NetworkPhase::active;
    int references_ = 0;
    bool damaged_ = false;
    bool damage_told_ = false;
    bool starvation_told_ = false;
    Position blocked_position_;
    Nanos blocked_since_;
    Nanos ended_{};
    std::vector<SubscriberPosition> spies_;
};

}  // namespace gale::driver
