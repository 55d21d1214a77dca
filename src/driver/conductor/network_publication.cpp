#include "driver/conductor/network_publication.hpp"

#include "logbuffer/unblock.hpp"

#include <algorithm>

namespace gale::driver {
namespace {

// One call zeroes at most this much, so that a cycle stays short.
constexpr std::int64_t most_cleaned = 4 * 1024 * 1024;

std::optional<std::int64_t> longest_claim(const PublicationFacts& facts, const logbuffer::Log& log) noexcept {
    if (!facts.exclusive) return std::nullopt;
    return logbuffer::Framing{log.mtu_length() - wire::frame_header_length}.framed_length(
        logbuffer::max_message_length(log.term_length()));
}

}  // namespace

NetworkPublication::NetworkPublication(Parts parts, Tick tick)
    : facts_{std::move(parts.facts)}, channel_{&parts.channel}, stored_{std::move(parts.log)}, log_{stored_->log()},
      counters_{std::move(parts.counters)}, limit_counter_{parts.limit_counter}, position_cell_{parts.position_cell},
      unblock_timeout_{parts.unblock_timeout}, longest_claim_{longest_claim(facts_, log_)}, producer_{facts_.start()},
      writable_to_{facts_.start()}, cleaner_{log_, facts_.start()}, blocked_position_{facts_.start()},
      blocked_since_{tick.now} {
    shared_->sender_position.store(facts_.start().value, std::memory_order_relaxed);
    shared_->writable_to.store(facts_.start().value, std::memory_order_release);
    static_cast<void>(update());
}

Position NetworkPublication::observe_producer() noexcept {
    // The tails are the clients' to write. A stream only goes forward, and however many publishers pass their limit at
    // once, all of them stop at the end of the term that it lies in.
    const Position said = log_.producer_position();
    if (said < producer_ || said > writable_to_ + log_.term_length())
        damaged_ = true;
    else if (said != producer_)
        position_cell_.store_release((producer_ = said).value);
    return producer_;
}

bool NetworkPublication::drop_reference(Nanos now) noexcept {
    if (references_ == 0 || --references_ > 0 || phase_ != NetworkPhase::active) return false;
    stop(now);
    phase_ = NetworkPhase::draining;
    return true;
}

void NetworkPublication::stop(Nanos now) noexcept {
    const Position end = observe_producer();
    log_.metadata().end_of_stream_position.store_release(end.value);
    ended_ = now;
}

void NetworkPublication::revoke(Nanos now) noexcept {
    log_.metadata().is_publication_revoked.store_release(1);
    stop(now);
    phase_ = NetworkPhase::lingering;
}

bool NetworkPublication::accepts_spies() noexcept {
    if (phase_ == NetworkPhase::active) return is_handed_over();
    if (phase_ != NetworkPhase::draining || observe_producer() <= sent()) return false;
    return std::ranges::any_of(spies_, [](const SubscriberPosition& s) { return s.is_working(); });
}

bool NetworkPublication::has_spy(const Subscription& subscription) const noexcept {
    return std::ranges::any_of(spies_, [&](const SubscriberPosition& s) { return &s.subscription() == &subscription; });
}

Position NetworkPublication::slowest() noexcept {
    Position slowest = sent();
    for (SubscriberPosition& spy : spies_)
        if (spy.is_working()) slowest = std::min(slowest, spy.observe(producer_));
    return slowest;
}

int NetworkPublication::update() noexcept {
    if (phase_ == NetworkPhase::leaving) return 0;
    const Position producer = observe_producer();
    // A term behind the slowest is kept: receivers may ask for it again.
    const bool urgent = writable_to_ - producer < log_.term_length() / 2;
    const std::int64_t cleaned = cleaner_.advance_in_steps(slowest() - log_.term_length(), most_cleaned, urgent);
    const Position furthest =
        sender::furthest_limit(cleaner_.position(), stored_->allocated_to(), log_.term_length(), longest_claim_);
    if (furthest > writable_to_) {
        writable_to_ = furthest;
        shared_->writable_to.store(furthest.value, std::memory_order_release);
    }
    return cleaned > 0 ? 1 : 0;  // what a producer wrote leaves without this thread, which may rest meanwhile
}

bool NetworkPublication::check_blocked(Nanos now) noexcept {
    const Position producer = observe_producer();
    const Position position = sent();
    if (phase_ == NetworkPhase::draining) {
        if (producer <= position) return false;
        if (logbuffer::unblock(log_, position, logbuffer::Producers::are_gone)) return true;
        // Without receivers nothing is sent any more: then it is spies who may stand before what nobody will commit.
        Position furthest_behind = producer;
        for (SubscriberPosition& spy : spies_)
            if (spy.is_working()) furthest_behind = std::min(furthest_behind, spy.observe(producer));
        return !shared_->has_receivers.load(std::memory_order_acquire) && furthest_behind > position &&
               furthest_behind < producer && logbuffer::unblock(log_, furthest_behind, logbuffer::Producers::are_gone);
    }
    if (phase_ != NetworkPhase::active || facts_.exclusive) return false;
    const bool behind =
        producer > position || log_.metadata().active_term_count.load_acquire() != log_.geometry().term_index(position);
    if (position != blocked_position_ || !behind) {
        blocked_position_ = position;
        blocked_since_ = now;
        return false;
    }
    return now - blocked_since_ > unblock_timeout_ &&
           logbuffer::unblock(log_, position, logbuffer::Producers::may_live);
}

bool NetworkPublication::is_drained() noexcept {
    const Position producer = observe_producer();
    if (producer > sent() && shared_->has_receivers.load(std::memory_order_acquire)) return false;
    return std::ranges::all_of(
        spies_, [&](SubscriberPosition& s) { return !s.is_working() || s.observe(producer) >= producer; });
}

void NetworkPublication::linger(Nanos now) noexcept {
    phase_ = NetworkPhase::lingering;
    ended_ = now;
}

bool NetworkPublication::has_lingered(Nanos now) const noexcept {
    return references_ == 0 && (shared_->received_unicast_eos.load(std::memory_order_acquire) ||
                                now - ended_ > facts_.parameters.settings.linger);
}

}  // namespace gale::driver
