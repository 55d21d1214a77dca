/// The receiver: one agent that takes in all datagrams for subscribers, and sends all that they have to say.
#pragma once

#include "base/time.hpp"
#include "driver/receiver/counters.hpp"
#include "driver/receiver/endpoint.hpp"
#include "driver/receiver/image.hpp"
#include "driver/receiver/messages.hpp"
#include "net/transport.hpp"

#include <gale/function_ref.hpp>

#include <memory>
#include <vector>

namespace gale::driver::receiver {

struct ReceiverOptions {
    Nanos look_up_interval = std::chrono::seconds{1};  ///< of names of silent controls; 0: never
    int command_limit = 64;                            ///< commands a cycle
};

/// One thread calls `do_work`; the conductor fills `commands` and empties `events`. After set-up its duty cycle
/// allocates nothing, locks nothing and throws nothing; commands may allocate a little.
class Receiver {
public:
    /// All that is borrowed outlives it. `real_time` is asked only for channels that want timestamps.
    Receiver(const ReceiverOptions& options, Commands& commands, Events& events, const Counters& counters,
             net::Poller& poller, FunctionRef<Nanos()> real_time);
    ~Receiver();
    Receiver(const Receiver&) = delete;
    Receiver& operator=(const Receiver&) = delete;

    /// How much it did: commands, datagrams taken, frames sent.
    int do_work(Tick tick) noexcept;
    /// Its thread's: while there are any, it may not rest for long.
    [[nodiscard]] bool has_images() const noexcept { return !images_.empty(); }

private:
    struct Route {
        net::Transport* transport;
        Endpoint* endpoint;
        Destination* destination;
    };

    void on(AddEndpoint&& command);
    void on(RemoveEndpoint&& command);
    void on(AddDestination&& command);
    void on(RemoveDestination&& command);
    void on(AddInterest&& command);
    void on(RemoveInterest&& command);
    void on(AddImage&& command);
    void on(ForgetSetup&& command);
    void on(RemoveImage&& command);
    void on(BeginEndOfStream&& command);
    void on(AddSubscriber&& command);
    void on(RemoveSubscriber&& command);
    void on(RejectImage&& command);
    void on(SetResponseSession&& command);
    void on(MoveControl&& command);

    int poll() noexcept;
    void take_datagrams(Route& route, int& taken) noexcept;
    int work_images() noexcept;
    void report(Image& image) noexcept;
    void release() noexcept;
    [[nodiscard]] bool has(const Endpoint* endpoint) const noexcept;
    [[nodiscard]] bool has(const Image* image) const noexcept;
    void disconnect(Destination& destination) noexcept;

    ReceiverOptions options_;
    Commands& commands_;
    Office office_;
    net::Poller& poller_;
    Nanos now_{};
    Nanos next_loss_report_{};
    bool reports_loss_ = false;  // in this cycle
    std::vector<std::unique_ptr<Endpoint>> endpoints_;
    std::vector<std::unique_ptr<Image>> images_;
    std::vector<Route> routes_;
    std::vector<Event> leaving_;  // what goes back to the conductor when there is room
};

}  // namespace gale::driver::receiver
