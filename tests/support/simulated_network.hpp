/// A network for tests: several machines on one thread, under a clock that the test moves, with every fault by a seed.
///
/// Machines hang on one segment; between each two of them, in each direction, is a Link. Datagrams travel when the
/// clock says so: whoever receives gets what is due by then, and nothing else has to be called. The same seed, clock
/// and calls give the same story. Transports must not outlive the network.
#pragma once

#include "base/random.hpp"
#include "net/network.hpp"

#include <gale/clock.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gale::testing {

/// How one direction between two machines treats datagrams. Chances are from 0 to 1, each drawn by itself.
struct Link {
    double loss = 0;
    double duplicate = 0;
    double corrupt = 0;   ///< one bit is turned over; the checksum of real networks would drop most of these
    double truncate = 0;  ///< the end is missing
    double reorder = 0;   ///< arrives up to `reorder_delay` later, overtaken by others; else order is kept
    Nanos reorder_delay = std::chrono::milliseconds{1};
    Nanos delay{};
    Nanos jitter{};                     ///< up to so much more, for each datagram
    std::int64_t bytes_per_second = 0;  ///< 0: no limit
    std::int64_t queue_length = 0;      ///< bytes that may wait for that limit, the rest is lost; 0: any number
    bool cut = false;                   ///< nothing passes
};

/// One datagram on its way from one machine to another.
struct Flight {
    std::string_view from_host;
    std::string_view to_host;
    net::SocketAddress from;
    net::SocketAddress to;
    std::span<const std::byte> bytes;
};

/// What became of all datagrams so far.
struct SimulatedTotals {
    std::int64_t sent = 0;        ///< accepted, each copy for a member of a group counted
    std::int64_t lost = 0;        ///< by chance, by a cut link, by the filter or a full queue
    std::int64_t duplicated = 0;  ///< copies made
    std::int64_t unheard = 0;     ///< nobody listened there
    std::int64_t overflowed = 0;  ///< the receiver's buffer was full
    std::int64_t delivered = 0;
};

class SimulatedHost;

class SimulatedNetwork {
public:
    /// `clock` outlives this.
    SimulatedNetwork(Clock& clock, std::uint64_t seed);
    ~SimulatedNetwork();
    SimulatedNetwork(const SimulatedNetwork&) = delete;
    SimulatedNetwork& operator=(const SimulatedNetwork&) = delete;

    /// A machine, and the network as its programs see it. Beside `addresses` (eth0, eth1, ...; /24 or /64) it has a
    /// loopback interface. Others find the first of them by `name`.
    net::Network& add_host(const std::string& name, const std::vector<std::string>& addresses);

    /// The link from one machine to another, to be changed at any time. A machine's link to itself is perfect at first.
    [[nodiscard]] Link& link(const std::string& from, const std::string& to);
    /// Every link between two different machines, also those that come later.
    void set_links(const Link& link);
    /// Cuts every link between `some` and all others, both ways; `heal` mends all links.
    void partition(const std::vector<std::string>& some);
    void heal();
    /// The machine's programs died: their ports are free, nothing reaches them any more, and what is on its way goes
    /// to whoever has the port when it arrives.
    void close_sockets(const std::string& name);

    /// Where a name leads from now on, for all; nothing: nowhere.
    void set_name(const std::string& name, std::optional<channel::IpAddress> ip);
    /// Asked about each datagram before chance is; false loses it.
    void set_filter(std::function<bool(const Flight&)> filter) { filter_ = std::move(filter); }
    /// The chance of each call of send that the system takes only some of the datagrams, or none.
    void set_push_back(double chance) noexcept { push_back_ = chance; }

    [[nodiscard]] const SimulatedTotals& totals() const noexcept { return totals_; }
    /// When the next datagram arrives anywhere; nothing while none is on its way.
    [[nodiscard]] std::optional<Nanos> next_arrival() const noexcept;

private:
    friend class SimulatedHost;
    friend class SimulatedTransport;

    struct Arrival {
        SimulatedHost* host;
        net::SocketAddress from;
        net::SocketAddress to;
        std::uint32_t interface_index;  // of a group's members; 0: unicast
        std::vector<std::byte> bytes;
    };
    struct Line {
        Link link;
        Nanos free_at{};       // when the last datagram had left
        Nanos last_arrival{};  // of those that keep their order
    };

    [[nodiscard]] Nanos now() noexcept { return clock_.tick().now; }
    [[nodiscard]] Nanos since_1970(Nanos time) noexcept {
        const auto tick = clock_.tick();
        return time - tick.now + tick.wall;
    }
    [[nodiscard]] bool happens(double chance) noexcept;
    [[nodiscard]] Nanos up_to(Nanos most) noexcept;
    [[nodiscard]] Line& line(const std::string& from, const std::string& to);
    [[nodiscard]] SimulatedHost* owner(const channel::IpAddress& ip) noexcept;

    void send(SimulatedHost& from, SimulatedHost& to, Arrival arrival);
    [[nodiscard]] std::optional<Nanos> departure(Line& line, std::size_t length) noexcept;
    void launch(Line& line, Nanos departure, Arrival arrival);
    void spoil(const Link& link, std::vector<std::byte>& bytes) noexcept;
    void deliver_due();

    Clock& clock_;
    Random random_;
    std::map<std::string, std::unique_ptr<SimulatedHost>> hosts_;
    std::map<std::pair<std::string, std::string>, Line> lines_;
    Link default_link_{};
    std::map<std::string, std::optional<channel::IpAddress>> names_;
    std::function<bool(const Flight&)> filter_;
    double push_back_ = 0;
    std::map<std::pair<Nanos, std::uint64_t>, Arrival>
        flights_;  // by arrival; what is due at once, in order of sending
    std::uint64_t flight_count_ = 0;
    SimulatedTotals totals_{};
};

}  // namespace gale::testing
