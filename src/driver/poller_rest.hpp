/// How threads of the network rest: on what waits for datagrams, so that each of them ends the rest.
#pragma once

#include "agent/rest.hpp"
#include "net/transport.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>

namespace gale::driver {

/// A thread that only sends or receives. Its conductor wakes it for commands, the network for datagrams; but what
/// publishers write, and deadlines, it must look for itself. So it is thrifty only while it has none of them.
class PollerRest final : public agent::Rest {
public:
    /// Shorter than the duty cycle that counts as too long.
    static constexpr Nanos idle_rest = std::chrono::milliseconds{50};

    /// Both outlive it. `is_busy` is asked on the thread that rests: it has publications, or images.
    PollerRest(net::Poller& poller, std::function<bool()> is_busy) : poller_{poller}, is_busy_{std::move(is_busy)} {}

    void spin() noexcept override;
    void yield() noexcept override;
    /// Idle, all that can happen ends the rest, so it may be long: three resting threads shall not cost thrice what one
    /// does.
    void park(Nanos duration) noexcept override {
        const bool may_last = duration >= std::chrono::milliseconds{1} && !is_busy_();
        poller_.wait(may_last ? std::max(duration, idle_rest) : duration);
    }
    /// Also for what `other` waits for. False: it cannot.
    bool park_with(net::Poller& other, Nanos duration) noexcept { return poller_.wait_with(other, duration); }
    [[nodiscard]] bool can_be_woken() const noexcept override { return !is_busy_(); }
    [[nodiscard]] Nanos processor_time() const noexcept override;
    void wake() noexcept override { poller_.wake(); }

private:
    net::Poller& poller_;
    std::function<bool()> is_busy_;
};

/// The one thread that does everything. Busy, it rests as above, and looks for commands each millisecond; else
/// commands end its rest, and datagrams, set-ups at most, wait.
class SharedRest final : public agent::Rest {
public:
    SharedRest(net::Poller& poller, std::function<bool()> is_busy, agent::Doorbell commands)
        : network_{poller, std::move(is_busy)}, commands_{std::move(commands)} {}

    void spin() noexcept override { commands_.spin(); }
    void yield() noexcept override { commands_.yield(); }
    void park(Nanos duration) noexcept override {
        if (network_.can_be_woken()) return commands_.park(duration);
        network_.park(duration);
    }
    [[nodiscard]] bool can_be_woken() const noexcept override { return network_.can_be_woken(); }
    [[nodiscard]] Nanos processor_time() const noexcept override { return commands_.processor_time(); }
    void begin_cycle() noexcept override { commands_.begin_cycle(); }
    void wake() noexcept override {
        network_.wake();
        commands_.wake();
    }

private:
    PollerRest network_;
    agent::ThreadRest commands_;
};

}  // namespace gale::driver
