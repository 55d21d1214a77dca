/// Addresses as the system's calls want them.
#pragma once

#include "net/socket_address.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

namespace gale::net {

/// Room for an address of either family, and how much of it is used.
struct NativeAddress {
    union Storage {
        sockaddr any;
        sockaddr_in v4;
        sockaddr_in6 v6;
    } storage{};
    socklen_t length = 0;

    NativeAddress() noexcept = default;
    explicit NativeAddress(const SocketAddress& address) noexcept;
    [[nodiscard]] SocketAddress address() const noexcept;
};

[[nodiscard]] in_addr native_v4(const channel::IpAddress& ip) noexcept;
[[nodiscard]] in6_addr native_v6(const channel::IpAddress& ip) noexcept;
[[nodiscard]] channel::IpAddress from_native(const in_addr& ip) noexcept;
[[nodiscard]] channel::IpAddress from_native(const in6_addr& ip) noexcept;

}  // namespace gale::net
