/// Names of hosts, looked up where nobody waits: the conductor asks and takes the answers, the resource agent looks.
#pragma once

#include "channel/address.hpp"
#include "net/network.hpp"

#include <gale/clock.hpp>
#include <gale/types.hpp>

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace gale::driver {

/// Where a name leads, or why it leads nowhere.
struct NameAnswer {
    std::string host{};
    std::optional<channel::IpAddress> ip{};
    std::string trouble{};
    Nanos took{};
};

class NameLookups {
public:
    /// `ring` wakes the thread that calls `do_work`. The network outlives this.
    NameLookups(net::Network& network, std::function<void()> ring) : network_{network}, ring_{std::move(ring)} {}

    /// The conductor's. A name that is being looked up already is not looked up twice.
    void ask(const std::string& host);
    /// The conductor's: all answers that have come.
    [[nodiscard]] std::vector<NameAnswer> take();

    /// The resource agent's: looks up one name; it may block for as long as the system's resolver does. How many.
    int do_work(Clock& clock);
    /// Anybody's: answers wait to be taken.
    [[nodiscard]] bool has_answers() const noexcept { return answered_.load(std::memory_order_acquire) > 0; }
    [[nodiscard]] bool has_work() const noexcept { return open_.load(std::memory_order_acquire) > 0; }

private:
    net::Network& network_;
    std::function<void()> ring_;
    std::atomic<std::size_t> open_{0};      ///< questions: who has nothing to do takes no lock
    std::atomic<std::size_t> answered_{0};  ///< answers not yet taken
    std::mutex mutex_;
    std::deque<std::string> questions_;
    std::string current_;
    std::vector<NameAnswer> answers_;
};

}  // namespace gale::driver
