/// The inside of SimulatedNetwork: a machine, and the sockets on it.
#pragma once

#include "support/simulated_network.hpp"

#include <deque>

namespace gale::testing {

class SimulatedTransport final : public net::Transport {
public:
    /// `sends_from`: where it is bound, or the second socket of a member of a group that is connected elsewhere.
    SimulatedTransport(SimulatedHost& host, const net::TransportSpec& spec, const net::SocketAddress& bound,
                       const net::SocketAddress& sends_from);
    ~SimulatedTransport() override;

    [[nodiscard]] int send(std::span<const net::Datagram> batch, const net::SocketAddress* to) noexcept override;
    int receive(FunctionRef<void(std::span<const net::Received>)> handler, int limit) noexcept override;
    [[nodiscard]] int take_error() noexcept override;
    [[nodiscard]] net::SocketAddress local_address() const noexcept override { return bound_; }
    [[nodiscard]] std::int64_t send_buffer_length() const noexcept override;
    [[nodiscard]] std::int64_t receive_buffer_length() const noexcept override { return receive_buffer_length_; }
    [[nodiscard]] bool reconnect(const net::SocketAddress& to) noexcept override;

    /// Whether a datagram is for this socket.
    [[nodiscard]] bool hears(const net::SocketAddress& from, const net::SocketAddress& to,
                             std::uint32_t interface_index) const noexcept;
    [[nodiscard]] const net::TransportSpec& spec() const noexcept { return spec_; }
    [[nodiscard]] const net::SocketAddress& sends_from() const noexcept { return sends_from_; }
    /// False when its buffer is full.
    [[nodiscard]] bool put(const net::SocketAddress& from, std::vector<std::byte>&& bytes, Nanos time);

private:
    struct Waiting {
        std::vector<std::byte> bytes;
        net::SocketAddress from;
        Nanos time;
    };
    [[nodiscard]] int refusal(const net::Datagram& datagram, const net::SocketAddress& to) const noexcept;

    SimulatedHost& host_;
    net::TransportSpec spec_;
    net::SocketAddress bound_;
    net::SocketAddress sends_from_;
    std::int64_t receive_buffer_length_;
    std::int64_t buffered_ = 0;
    std::deque<Waiting> waiting_;
    int error_ = 0;
};

class SimulatedHost final : public net::Network {
public:
    SimulatedHost(SimulatedNetwork& network, std::string name, const std::vector<std::string>& addresses);

    [[nodiscard]] std::unique_ptr<net::Transport> open(const net::TransportSpec& spec) override;
    [[nodiscard]] std::unique_ptr<net::Poller> make_poller() override;
    [[nodiscard]] std::vector<net::InterfaceAddress> interfaces() override { return interfaces_; }
    [[nodiscard]] channel::IpAddress resolve(std::string_view host) override;

    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    [[nodiscard]] SimulatedNetwork& network() noexcept { return network_; }
    [[nodiscard]] bool has(const channel::IpAddress& ip) const noexcept;
    /// The interface that a group's datagrams use: by index, else by address, else the first that is not loopback.
    [[nodiscard]] const net::InterfaceAddress* group_interface(const net::TransportSpec& spec,
                                                               channel::Family family) const noexcept;
    /// The address that a datagram shows as its source.
    [[nodiscard]] net::SocketAddress source(const SimulatedTransport& from,
                                            const net::SocketAddress& to) const noexcept;

    void send(const SimulatedTransport& from, const net::SocketAddress& to, std::span<const std::byte> bytes);
    void take(SimulatedNetwork::Arrival&& arrival, Nanos time);
    void forget(SimulatedTransport& transport) noexcept { std::erase(transports_, &transport); }
    void forget_all() noexcept { transports_.clear(); }

private:
    [[nodiscard]] net::SocketAddress bind(const net::TransportSpec& spec);
    [[nodiscard]] std::uint16_t free_port(net::SocketAddress address);
    [[nodiscard]] bool is_taken(const net::SocketAddress& address, bool shares) const noexcept;
    void send_to_group(const SimulatedTransport& from, const net::SocketAddress& to, std::span<const std::byte> bytes);

    SimulatedNetwork& network_;
    std::string name_;
    std::vector<net::InterfaceAddress> interfaces_;
    std::vector<SimulatedTransport*> transports_;
    std::uint16_t next_port_ = 32768;
};

}  // namespace gale::testing
