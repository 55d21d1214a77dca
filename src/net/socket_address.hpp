/// Where a datagram comes from or goes to: a numeric address, a port, and for link-local IPv6 the interface's index.
#pragma once

#include "channel/address.hpp"

#include <cstdint>
#include <string>

namespace gale::net {

struct SocketAddress {
    channel::IpAddress ip{};
    std::uint16_t port = 0;
    std::uint32_t scope = 0;  ///< index of the interface, IPv6 only; 0: none

    [[nodiscard]] bool is_multicast() const noexcept { return ip.is_multicast(); }
    auto operator<=>(const SocketAddress&) const = default;
};

/// `127.0.0.1`, `::1`: IPv6 in lower case, the longest run of zeros left out.
[[nodiscard]] std::string to_string(const channel::IpAddress& ip);
/// `127.0.0.1:40123`, `[::1]:40123`. The scope is not shown.
[[nodiscard]] std::string to_string(const SocketAddress& address);

}  // namespace gale::net
