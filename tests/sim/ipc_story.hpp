/// What happens to programs that share streams through one driver: whatever the faults allow, by chance.
#pragma once

#include "sim/client_process.hpp"

#include <vector>

namespace gale::sim {

/// How often, in a thousand events. What is left over of the thousand are publishers and subscribers that come and go.
struct Faults {
    std::uint64_t deaths = 0;        ///< a client is never stepped again, whatever it holds
    std::uint64_t stops = 0;         ///< a client stops for a while
    std::uint64_t driver_stops = 0;  ///< the driver does
    std::uint64_t clock_steps = 0;   ///< the wall clock jumps, by up to an hour
    bool long_stops = false;         ///< a stop may last longer than the others wait for a sign of life
    bool untethered = false;         ///< some subscribers would rather lose their image than hold others back
};

class IpcStory {
public:
    IpcStory(std::uint64_t seed, const Faults& faults);

    /// Everything, from the first publisher to the last counter.
    void tell();
    [[nodiscard]] World& world() noexcept { return world_; }
    [[nodiscard]] const Streams::Tally& tally() const noexcept { return streams_.tally; }

private:
    void event();
    void begin();
    void wind_down();
    void expect_nothing_left();
    [[nodiscard]] bool all_clients(bool (ClientProcess::*have)() const noexcept, bool value) const;
    [[nodiscard]] ClientProcess* any_client();
    [[nodiscard]] Nanos stop_time();
    void publish(ClientProcess& client);
    void subscribe(ClientProcess& client);

    Faults faults_;
    Streams streams_;
    World world_;
    DriverProcess& driver_;
    std::vector<ClientProcess*> clients_;
};

}  // namespace gale::sim
