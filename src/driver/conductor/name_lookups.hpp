/// Names of hosts, looked up where nobody waits: the conductor asks and takes the answers, a thread of its own looks.
#pragma once

#include "channel/address.hpp"
#include "net/network.hpp"
#include "os/process.hpp"

#include <gale/clock.hpp>
#include <gale/types.hpp>

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
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
    /// The network outlives this; `forever`: the process as well, so that nobody has to wait for it.
    enum class NetworkLives { longer, forever };
    explicit NameLookups(net::Network& network, NetworkLives lives = NetworkLives::longer)
        : network_{network}, lives_{lives} {}
    /// Stops.
    ~NameLookups() { stop(); }
    NameLookups(const NameLookups&) = delete;
    NameLookups& operator=(const NameLookups&) = delete;

    /// The conductor's. A name that is being looked up already is not looked up twice.
    void ask(const std::string& host);
    /// The conductor's: all answers that have come.
    [[nodiscard]] std::vector<NameAnswer> take();
    /// Anybody's: answers wait to be taken.
    [[nodiscard]] bool has_answers() const noexcept { return desk_->answered.load(std::memory_order_acquire) > 0; }

    /// Without a thread: looks up one name; it may block for as long as the system's resolver does. How many.
    int do_work(Clock& clock);

    struct ThreadParts {
        Clock& clock;                                           ///< used until `stop`, from the thread
        std::function<void()> on_answer;                        ///< from the thread, again and again until it was taken
        std::function<void(std::string_view role)> on_start{};  ///< first thing on the thread
        std::function<void(const std::exception&)> on_error{};  ///< what that threw; required
    };
    static constexpr std::string_view thread_name = "aeron-md-names";
    /// From now on a thread does all the work, one name after the other.
    void start(ThreadParts parts);
    /// Ends the thread. Waits for a look-up that is under way, unless the network lives for ever: then its thread goes
    /// when the resolver lets it, and touches nothing any more. In a child of `fork` nothing happens.
    void stop() noexcept;
    /// Whether the calling thread is the one that looks up.
    [[nodiscard]] bool runs_here() const noexcept;

private:
    /// What both sides write on. It lives as long as either.
    struct Desk {
        std::atomic<std::size_t> open{0};      ///< questions: who has nothing to do takes no lock
        std::atomic<std::size_t> answered{0};  ///< answers not yet taken
        std::mutex mutex;
        std::condition_variable changed;
        std::deque<std::string> questions;
        std::string current;  ///< is being looked up; empty: none
        std::vector<NameAnswer> answers;
        bool closed = false;

        std::string next();
        void put(NameAnswer answer);
    };
    static NameAnswer look_up(net::Network& network, std::string host);
    static void run(const std::shared_ptr<Desk>& desk, net::Network& network, const ThreadParts& parts);

    net::Network& network_;
    NetworkLives lives_;
    std::shared_ptr<Desk> desk_ = std::make_shared<Desk>();
    os::Home home_;
    std::thread thread_;
};

}  // namespace gale::driver
