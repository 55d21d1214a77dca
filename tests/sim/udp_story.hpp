/// What happens to programs on several machines that share streams over a bad network: whatever the faults allow, by
/// chance.
#pragma once

#include "sim/machine.hpp"

#include <array>
#include <string>
#include <vector>

namespace gale::sim {

/// How often, in a thousand events. What is left over of the thousand are publishers and subscribers that come and go.
struct NetworkFaults {
    testing::Link weather{};           ///< at most: each story draws its own
    double push_back = 0;              ///< chance of each call of send, at most
    bool by_groups = false;            ///< not by unicast only
    bool v6 = false;                   ///< some ways by IPv6
    bool unreliable = false;           ///< some subscribers would rather miss something than wait
    bool cubic = false;                ///< some windows shrink at losses
    bool garbled = false;              ///< whatever the last machine sends may be damaged
    std::uint64_t tears = 0;           ///< a machine does not reach the others for a while
    bool long_tears = false;           ///< a tear may last longer than others wait for a sign of life
    std::uint64_t driver_stops = 0;    ///< a driver stops for a while, shorter than that
    std::uint64_t deaths = 0;          ///< a client is never stepped again
    std::uint64_t machine_deaths = 0;  ///< a driver with all its clients
    std::uint64_t restarts = 0;        ///< a driver ends, well or badly, and another one takes its place
};

class UdpStory {
public:
    UdpStory(std::uint64_t seed, const NetworkFaults& faults);

    /// Everything, from the first publisher to the last counter.
    void tell();
    /// A number for all that happened, datagrams included.
    [[nodiscard]] std::uint64_t digest() noexcept;
    [[nodiscard]] const Streams::Tally& tally() const noexcept { return streams_.tally; }

private:
    static constexpr std::size_t machine_count = 3;
    enum class Way { unicast, multicast, dynamic, manual };
    /// A way for streams: what its publishers say, and what its subscribers on each machine say.
    struct Route {
        StreamId stream;
        std::size_t from = 0;
        std::string publish{};
        std::vector<std::string> destinations{};
        std::array<std::string, machine_count> subscribe{};  ///< empty: it does not lead there
        std::array<bool, machine_count> unreliable{};        ///< subscriptions of one stream on one machine agree on it
        std::string spy{};                                   ///< on the machine it comes from; empty: impossible
    };

    [[nodiscard]] std::string describe() const;
    void begin();
    void event();
    void wind_down();
    void expect_nothing_left();
    void add_machine(std::size_t index);
    void add_route(std::int32_t index);
    [[nodiscard]] Route route(Way way, std::int32_t index);
    [[nodiscard]] testing::Link draw_link(bool is_garbled);
    [[nodiscard]] bool fault();
    void lose_machine();
    void restart(DriverProcess& driver, Nanos pause);
    [[nodiscard]] ClientProcess* any_client(std::size_t machine);
    [[nodiscard]] bool all_clients(bool (ClientProcess::*have)() const noexcept, bool value) const;
    void publish(const Route& route);
    void spy(const Route& route);
    void subscribe(const Route& route);

    NetworkFaults faults_;
    Streams streams_{Medium::network};
    World world_;
    NetworkProcess& network_;
    std::vector<Machine> machines_;
    std::vector<Route> routes_;
};

}  // namespace gale::sim
