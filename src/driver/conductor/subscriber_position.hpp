/// One subscription's place in one stream, and whether it may hold the publisher back. docs/formats/control.md,
/// untethered subscriptions.
#pragma once

#include "base/time.hpp"
#include "shm/cell.hpp"

#include <gale/types.hpp>

#include <algorithm>
#include <cstdint>

namespace gale::driver {

struct Subscription;

enum class TetherState { active, linger, resting, closed };

class SubscriberPosition {
public:
    SubscriberPosition(Subscription& subscription, CounterId counter, shm::Cell<std::int64_t>& cell, Position joined,
                       Nanos now) noexcept
        : subscription_{&subscription}, counter_{counter}, cell_{&cell}, last_{joined}, changed_{now} {}

    [[nodiscard]] Subscription& subscription() const noexcept { return *subscription_; }
    [[nodiscard]] CounterId counter() const noexcept { return counter_; }
    [[nodiscard]] TetherState state() const noexcept { return state_; }
    [[nodiscard]] Nanos changed() const noexcept { return changed_; }
    void set_state(TetherState state, Nanos now) noexcept {
        state_ = state;
        changed_ = now;
    }
    void touch(Nanos now) noexcept { changed_ = now; }

    /// Resting and closed ones hold nobody back.
    [[nodiscard]] bool is_working() const noexcept {
        return state_ == TetherState::active || state_ == TetherState::linger;
    }
    /// Where the subscriber says it is, as far as that can be: it never goes back, nor past the producer. The word is
    /// the client's.
    [[nodiscard]] Position observe(Position producer) noexcept {
        const std::int64_t said = cell_->load_acquire() & ~std::int64_t{31};
        last_ = Position{std::clamp(said, last_.value, std::max(last_.value, producer.value))};
        return last_;
    }
    [[nodiscard]] Position last() const noexcept { return last_; }
    void rejoin(Position at) noexcept {
        last_ = at;
        cell_->store_release(at.value);
    }

private:
    Subscription* subscription_;
    CounterId counter_;
    shm::Cell<std::int64_t>* cell_;
    Position last_;
    TetherState state_ = TetherState::active;
    Nanos changed_;
};

}  // namespace gale::driver
