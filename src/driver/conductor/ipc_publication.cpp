#include "driver/conductor/ipc_publication.hpp"

#include "logbuffer/unblock.hpp"

#include <algorithm>
#include <limits>

namespace gale::driver {
namespace {

using logbuffer::Framing;

// One call zeroes at most this much, so that a cycle stays short; the window leaves two terms of room for what is left
// over.
constexpr std::int64_t clean_slice = 4 * 1024 * 1024;

}  // namespace

IpcPublication::IpcPublication(Spec spec, std::shared_ptr<StoredLog> log, CounterId limit_counter,
                               CounterId position_counter, shm::Counters& counters, Tick tick)
    : spec_{std::move(spec)}, stored_{std::move(log)}, log_{stored_->log()}, limit_counter_{limit_counter},
      position_counter_{position_counter}, limit_cell_{counters.value(limit_counter)},
      position_cell_{counters.value(position_counter)}, window_{spec_.parameters.settings.window},
      trip_gain_{window_ / 8}, longest_claim_{Framing{log_.mtu_length() - wire::frame_header_length}.framed_length(
                                   logbuffer::max_message_length(log_.term_length()))},
      limit_{log_.geometry().position({spec_.starting_term_id, spec_.starting_offset})}, highest_limit_{limit_},
      trip_limit_{limit_}, producer_{limit_}, consumer_{limit_}, cleaner_{log_, limit_}, blocked_position_{limit_},
      blocked_since_{tick.now} {}

Position IpcPublication::observe_producer() noexcept {
    // The tails are the clients' to write. A stream only goes forward; and however many publishers pass their limit at
    // once, all of them stop at the end of the term that it lies in.
    const Position said = log_.producer_position();
    if (said < producer_ || said > highest_limit_ + log_.term_length())
        damaged_ = true;
    else if (said != producer_)
        position_cell_.store_release((producer_ = said).value);
    return producer_;
}

bool IpcPublication::has_working_subscriber() const noexcept {
    return std::ranges::any_of(subscribers_, [](const SubscriberPosition& s) { return s.is_working(); });
}

void IpcPublication::set_limit(Position limit) noexcept {
    limit_ = limit;
    highest_limit_ = std::max(highest_limit_, limit);
    limit_cell_.store_release(limit.value);
}

void IpcPublication::drop_reference() noexcept {
    if (references_ == 0 || --references_ > 0 || phase_ != PublicationPhase::active) return;
    stop_publishers();
    phase_ = PublicationPhase::draining;
}

void IpcPublication::stop_publishers() noexcept {
    const Position end = observe_producer();
    set_limit(end);
    log_.metadata().end_of_stream_position.store_release(end.value);
}

bool IpcPublication::accepts_subscribers(Nanos now) noexcept {
    if (rejects_until_ && now < *rejects_until_) return false;
    if (phase_ == PublicationPhase::active) return true;
    return phase_ == PublicationPhase::draining && !is_drained();
}

Position IpcPublication::join_position() noexcept {
    const Position producer = observe_producer();
    Position join = consumer_;
    for (SubscriberPosition& subscriber : subscribers_)
        if (subscriber.is_working()) join = std::min(join, subscriber.observe(producer));
    return join;
}

void IpcPublication::add_subscriber(SubscriberPosition position) {
    subscribers_.push_back(position);
    if (phase_ == PublicationPhase::active) log_.metadata().is_connected.store_release(1);
}

std::optional<CounterId> IpcPublication::remove_subscriber(const Subscription& subscription) noexcept {
    const auto found = std::ranges::find_if(
        subscribers_, [&](const SubscriberPosition& s) { return &s.subscription() == &subscription; });
    if (found == subscribers_.end()) return std::nullopt;
    // What it read counts: had it been the fastest, those who join later begin behind it.
    if (found->is_working()) consumer_ = std::max(consumer_, found->observe(observe_producer()));
    const bool has_counter = found->state() != TetherState::closed;
    const CounterId counter = found->counter();
    subscribers_.erase(found);
    if (phase_ == PublicationPhase::active && !has_working_subscriber()) log_.metadata().is_connected.store_release(0);
    return has_counter ? std::optional{counter} : std::nullopt;
}

bool IpcPublication::is_linked(const Subscription& subscription) const noexcept {
    return std::ranges::any_of(subscribers_,
                               [&](const SubscriberPosition& s) { return &s.subscription() == &subscription; });
}

int IpcPublication::update() noexcept {
    if (phase_ == PublicationPhase::lingering) return 0;
    const Position before = producer_;
    const Position producer = observe_producer();
    Position slowest{std::numeric_limits<std::int64_t>::max()};
    Position fastest = consumer_;
    for (SubscriberPosition& subscriber : subscribers_) {
        if (!subscriber.is_working()) continue;
        const Position at = subscriber.observe(producer);
        slowest = std::min(slowest, at);
        fastest = std::max(fastest, at);
    }
    const int moved = (producer != before ? 1 : 0) + (fastest != consumer_ ? 1 : 0);
    consumer_ = fastest;
    if (phase_ == PublicationPhase::draining) return moved;
    if (slowest.value != std::numeric_limits<std::int64_t>::max()) return moved + extend_limit(slowest);
    if (limit_ > consumer_) {
        set_limit(consumer_);
        trip_limit_ = consumer_;
        clean(consumer_, limit_);
    }
    return moved;
}

// All that can be reached from below it lies where there is storage. Who publishes alone passes the limit by one
// message at most. Any number of concurrent publishers may look at the limit together and then all pass it; but what
// they claim ends with the term that they saw. So they get whole terms.
Position IpcPublication::stored_limit() const noexcept {
    const Position allocated = stored_->allocated_to();
    if (allocated.value == StoredLog::everything) return allocated;
    return spec_.exclusive ? allocated - longest_claim_ : allocated - allocated.value % log_.term_length();
}

int IpcPublication::extend_limit(Position slowest) noexcept {
    Position limit = slowest + window_;
    const Position stored = stored_limit();
    const bool capped = limit > stored;
    if (capped) limit = std::max(limit_, stored);
    if (limit < trip_limit_ && !(capped && limit > limit_)) return 0;
    if (limit <= limit_) return 0;
    clean(slowest, limit);
    set_limit(limit);
    trip_limit_ = limit + trip_gain_;
    return 1;
}

void IpcPublication::clean(Position readers, Position limit) noexcept {
    // Cleaning trails the readers, a slice at a time. But publishers that pass the limit together may write up to the
    // end of its term, and all of that must be zero: what they reach was read at least two terms before the limit.
    static_cast<void>(cleaner_.advance(readers, clean_slice));
    const Position needed = limit - (logbuffer::term_count - 1) * std::int64_t{log_.term_length()};
    while (cleaner_.position() < needed)
        if (cleaner_.advance(readers, clean_slice) == 0) break;
}

void IpcPublication::refresh_connected() noexcept {
    if (phase_ != PublicationPhase::active) return;
    const std::int32_t connected = has_working_subscriber() ? 1 : 0;
    if (log_.metadata().is_connected.load_relaxed() != connected) log_.metadata().is_connected.store_release(connected);
}

bool IpcPublication::check_blocked(Nanos now) noexcept {
    static_cast<void>(update());
    if (phase_ == PublicationPhase::draining)
        return !is_drained() && logbuffer::unblock(log_, consumer_, logbuffer::Producers::are_gone);
    if (phase_ != PublicationPhase::active || spec_.exclusive) return false;
    if (consumer_ != blocked_position_) {
        blocked_position_ = consumer_;
        blocked_since_ = now;
        return false;
    }
    const bool behind = producer_ > consumer_ ||
                        log_.metadata().active_term_count.load_acquire() != log_.geometry().term_index(consumer_);
    if (!behind) {
        blocked_since_ = now;
        return false;
    }
    return now - blocked_since_ > spec_.unblock_timeout &&
           logbuffer::unblock(log_, consumer_, logbuffer::Producers::may_live);
}

bool IpcPublication::is_drained() noexcept {
    const Position producer = observe_producer();
    return std::ranges::all_of(
        subscribers_, [&](SubscriberPosition& s) { return !s.is_working() || s.observe(producer) >= producer; });
}

void IpcPublication::revoke() noexcept {
    if (revoked_) return;
    revoked_ = true;
    log_.metadata().is_publication_revoked.store_release(1);
    stop_publishers();
    log_.metadata().is_connected.store_release(0);
    phase_ = PublicationPhase::lingering;
}

void IpcPublication::reject_until(Nanos deadline) noexcept {
    rejects_until_ = deadline;
    log_.metadata().is_connected.store_release(0);
}

bool IpcPublication::rejection_ended(Nanos now) noexcept {
    if (!rejects_until_ || now < *rejects_until_) return false;
    rejects_until_.reset();
    return true;
}

Position IpcPublication::untethered_limit() const noexcept { return consumer_ - window_ + window_ / 4; }

bool IpcPublication::take_starvation() noexcept {
    return stored_->is_starved() && !std::exchange(starvation_told_, true);
}

}  // namespace gale::driver
