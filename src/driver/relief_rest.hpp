/// How sender and receiver rest where one thread may do the work of both.
#pragma once

#include "driver/poller_rest.hpp"
#include "driver/relief.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace gale::driver {

/// The sender's thread where it may have the receiver's work: then its naps end with what comes for the receiver, too.
/// Before it lies down for longer it gives that work back.
class RelievingRest final : public agent::Rest {
public:
    static constexpr Nanos longest_nap = std::chrono::milliseconds{1};

    /// `receivers`: what the receiver's thread waits for; outlives this.
    RelievingRest(PollerRest own, net::Poller& receivers, Relief& relief)
        : own_{std::move(own)}, receivers_{receivers}, relief_{relief} {}

    void spin() noexcept override { own_.spin(); }
    void yield() noexcept override { own_.yield(); }
    void park(Nanos duration) noexcept override {
        if (duration < longest_nap) {
            if (!relief_.has_all()) return own_.park(duration);
            if (own_.park_with(receivers_, duration)) return;
        }
        relief_.give_back();
        own_.park(duration);
    }
    [[nodiscard]] bool can_be_woken() const noexcept override { return own_.can_be_woken(); }
    [[nodiscard]] Nanos processor_time() const noexcept override { return own_.processor_time(); }
    void wake() noexcept override { own_.wake(); }

private:
    PollerRest own_;
    net::Poller& receivers_;
    Relief& relief_;
};

/// The receiver's thread where the sender's may have its work: then it sleeps, and touches nothing.
class RelievedRest final : public agent::Rest {
public:
    RelievedRest(PollerRest own, Relief& relief) : own_{std::move(own)}, relief_{relief} {}

    void spin() noexcept override {
        if (!sleeps()) own_.spin();
    }
    void yield() noexcept override {
        if (!sleeps()) own_.yield();
    }
    void park(Nanos duration) noexcept override {
        if (sleeps()) return;
        // How long was decided when all it could be was asleep: with images it rests as one that nobody wakes.
        own_.park(own_.can_be_woken() ? duration : std::min<Nanos>(duration, std::chrono::milliseconds{1}));
    }
    [[nodiscard]] bool can_be_woken() const noexcept override { return relief_.is_relieved() || own_.can_be_woken(); }
    [[nodiscard]] Nanos processor_time() const noexcept override { return own_.processor_time(); }
    void wake() noexcept override {
        own_.wake();
        relief_.wake();
    }

private:
    bool sleeps() noexcept {
        if (!relief_.is_relieved()) return false;
        relief_.rest(PollerRest::idle_rest);
        return true;
    }

    PollerRest own_;
    Relief& relief_;
};

}  // namespace gale::driver
