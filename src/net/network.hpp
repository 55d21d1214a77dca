/// The network as the driver sees it: opens transports, knows interfaces, looks up names. The system's, or a simulated
/// one.
#pragma once

#include "net/socket_address.hpp"
#include "net/transport.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace gale::net {

/// One address of one interface that is up.
struct InterfaceAddress {
    std::string name{};
    std::uint32_t index = 0;
    channel::IpAddress ip{};
    int prefix = 0;  ///< bits of the network part
    bool is_loopback = false;
    bool can_multicast = false;
};

class Network {
public:
    virtual ~Network() = default;
    Network() = default;
    Network(const Network&) = delete;
    Network& operator=(const Network&) = delete;

    /// Throws Error: which address or option the system refused, and why.
    [[nodiscard]] virtual std::unique_ptr<Transport> open(const TransportSpec& spec) = 0;
    [[nodiscard]] virtual std::unique_ptr<Poller> make_poller() = 0;
    [[nodiscard]] virtual std::vector<InterfaceAddress> interfaces() = 0;
    /// IPv4 before IPv6. Blocks: never on the conductor's or a data thread. Throws Error{unknown_host}.
    [[nodiscard]] virtual channel::IpAddress resolve(std::string_view host) = 0;
};

/// The machine's own; one for the process, without state.
[[nodiscard]] Network& system_network() noexcept;

}  // namespace gale::net
