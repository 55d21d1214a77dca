#include "driver/conductor/network_image.hpp"

#include <algorithm>

namespace gale::driver {
namespace {

// One call zeroes at most this much, so that a cycle stays short.
constexpr std::int64_t image_clean_slice = 4 * 1024 * 1024;

// So many intervals of status messages say that we go: one of them will arrive.
constexpr int goodbyes = 5;

}  // namespace

NetworkImage::NetworkImage(Spec spec, ReceiveChannel& channel, std::shared_ptr<StoredLog> log, Counters counters)
    : spec_{std::move(spec)}, channel_{&channel}, stored_{std::move(log)}, counters_{std::move(counters)},
      cleaner_{stored_->log(), spec_.join}, consumed_{spec_.join} {
    shared_.consumed.store_relaxed(spec_.join.value);
    shared_.writable_to.store_relaxed(spec_.join.value);
    static_cast<void>(update());
    ++channel.images;
}

bool NetworkImage::is_linked(const Subscription& subscription) const noexcept {
    return std::ranges::any_of(subscribers_,
                               [&](const SubscriberPosition& s) { return &s.subscription() == &subscription; });
}

bool NetworkImage::has_working_subscriber() const noexcept {
    return std::ranges::any_of(subscribers_, [](const SubscriberPosition& s) { return s.is_working(); });
}

bool NetworkImage::accepts_subscribers() noexcept {
    if (!has_working_subscriber()) return false;
    return phase_ == ImagePhase::active || (phase_ == ImagePhase::draining && !is_drained());
}

// The counter is a word that any client can write: it is believed as far as it can be true.
Position NetworkImage::rebuilt() const noexcept {
    const std::int64_t low = shared_.consumed.load_acquire();  // pairs with the receiver's store
    const std::int64_t high = std::max(low, shared_.writable_to.load_relaxed());
    return Position{std::clamp(counters_.all.cell(counters_.receiver_position).load_acquire(), low, high)};
}

Position NetworkImage::slowest() noexcept {
    const Position end = rebuilt();
    Position lowest{shared_.consumed.load_acquire()};
    for (SubscriberPosition& subscriber : subscribers_)
        if (subscriber.is_working()) lowest = std::min(lowest, subscriber.observe(end));
    return lowest;
}

Position NetworkImage::join_position() noexcept { return slowest(); }

void NetworkImage::add_subscriber(SubscriberPosition position, bool rejoin) {
    subscribers_.push_back(position);
    spec_.rejoin = rejoin;
}

std::optional<CounterId> NetworkImage::remove_subscriber(const Subscription& subscription) noexcept {
    const auto found = std::ranges::find_if(
        subscribers_, [&](const SubscriberPosition& s) { return &s.subscription() == &subscription; });
    if (found == subscribers_.end()) return std::nullopt;
    const bool has_counter = found->state() != TetherState::closed;
    const CounterId counter = found->counter();
    subscribers_.erase(found);
    return has_counter ? std::optional{counter} : std::nullopt;
}

// A subscriber that joined just now may be behind what the receiver takes for consumed: it has not heard of it yet.
int NetworkImage::update() noexcept {
    if (phase_ == ImagePhase::lingering) return 0;
    const std::int64_t term = stored_->log().term_length();
    const Position consumed{shared_.consumed.load_acquire()};  // pairs with the receiver's store
    if (consumed != consumed_ || cleaner_.position() + term + cleaner_.step() <= consumed) {
        consumed_ = consumed;
        static_cast<void>(cleaner_.advance_in_steps(slowest() - term, image_clean_slice, false));
    }
    const Position writable =
        receiver::furthest_writable(cleaner_.position(), stored_->allocated_to(), stored_->log().term_length());
    if (writable.value <= shared_.writable_to.load_relaxed()) return 0;
    shared_.writable_to.store_release(writable.value);  // pairs with the receiver's load: what was cleaned is zero
    return 1;
}

Position NetworkImage::untethered_limit() noexcept {
    const std::int64_t window = shared_.window.load_acquire();  // pairs with the receiver's store
    const Position end = rebuilt();
    Position fastest{shared_.consumed.load_acquire()};
    for (SubscriberPosition& subscriber : subscribers_)
        if (subscriber.is_working()) fastest = std::max(fastest, subscriber.observe(end));
    return fastest - window + window / 4;
}

void NetworkImage::drain(Nanos now) noexcept {
    phase_ = ImagePhase::draining;
    phase_began_ = now;
}

bool NetworkImage::is_drained() noexcept {
    if (was_drained_) return true;
    const Position end = rebuilt();
    was_drained_ = std::ranges::all_of(subscribers_,
                                       [&](SubscriberPosition& s) { return !s.is_working() || s.observe(end) >= end; });
    return was_drained_;
}

bool NetworkImage::has_said_goodbye(Nanos now) const noexcept {
    return now - phase_began_ >= goodbyes * spec_.status_interval;
}

void NetworkImage::linger(Nanos now) noexcept {
    phase_ = ImagePhase::lingering;
    phase_began_ = now;
    --channel_->images;
    channel_ = nullptr;
}

bool NetworkImage::is_done(Nanos now) const noexcept {
    if (phase_ != ImagePhase::lingering || receiving_ != nullptr) return false;
    return subscribers_.empty() || now - phase_began_ > spec_.liveness_timeout;
}

}  // namespace gale::driver
