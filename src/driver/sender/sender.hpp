/// The sender: one thread's part of the driver, which carries publications to the network and hears what comes back.
#pragma once

#include "base/time.hpp"
#include "driver/sender/endpoint.hpp"
#include "driver/sender/messages.hpp"
#include "driver/sender/publication.hpp"
#include "driver/sender/tools.hpp"
#include "net/transport.hpp"

#include <gale/function_ref.hpp>

#include <cstdint>
#include <memory>
#include <vector>

namespace gale::driver::sender {

struct SenderSpec {
    int poll_ratio = 6;  ///< while there is much to send, control is heard every so many cycles at the least
    Nanos poll_interval = std::chrono::microseconds{50};   ///< and no less often than this
    Nanos stale_check_interval = std::chrono::seconds{1};  ///< of names from which nothing comes; 0: never
    FunctionRef<Nanos()> realtime;  ///< since 1970; outlives the sender. For the times that frames carry.
};

class Sender {
public:
    static constexpr int command_limit = 16;  ///< in one duty cycle
    static constexpr int control_limit = 64;  ///< datagrams of one endpoint in one duty cycle
    static constexpr Nanos upkeep_interval = std::chrono::milliseconds{100};

    /// All that is named outlives it. `poller` is the thread's, which also rests with it.
    Sender(const SenderSpec& spec, Commands& commands, Events& events, net::Poller& poller,
           const SystemCounters& counters);
    ~Sender();
    Sender(const Sender&) = delete;
    Sender& operator=(const Sender&) = delete;

    /// One duty cycle. How much was done.
    int do_work(Tick tick) noexcept;
    /// Its thread's: while there are any, it may not rest for long.
    [[nodiscard]] bool has_publications() const noexcept { return !publications_.empty(); }

private:
    void handle(AddEndpoint&& command);
    void handle(const RemoveEndpoint& command);
    void handle(AddPublication&& command);
    void handle(const RemovePublication& command);
    void handle(const StopPublication& command);
    void handle(const AddDestination& command);
    void handle(const RemoveDestination& command);
    void handle(const AddSpy& command);
    void handle(const RemoveSpy& command);
    void handle(const MoveEndpoint& command);
    std::int64_t send_publications(Nanos now) noexcept;
    int poll_control(Nanos now) noexcept;
    void upkeep(Nanos now) noexcept;

    SenderSpec spec_;
    Commands& commands_;
    net::Poller& poller_;
    Tools tools_;
    std::vector<std::unique_ptr<Endpoint>> endpoints_;
    std::vector<std::unique_ptr<Publication>> publications_;
    std::size_t first_ = 0;  // whose turn it is
    int cycles_ = 0;         // since control was last heard
    Nanos now_{};
    Nanos next_poll_{};
    Nanos next_upkeep_{};
    Nanos next_stale_check_{};
};

}  // namespace gale::driver::sender
