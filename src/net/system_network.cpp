#include "net/system_network.hpp"

#include "net/native_address.hpp"
#include "net/system_poller.hpp"
#include "net/udp_transport.hpp"
#include "os/failure.hpp"

#include <gale/error.hpp>

#include <fmt/format.h>

#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>

#include <bit>
#include <cerrno>

namespace gale::net {

using channel::Family;
using channel::IpAddress;

namespace {

/// Nothing for what is neither IPv4 nor IPv6.
std::optional<IpAddress> read_ip(const sockaddr* address) noexcept {
    if (address == nullptr) return std::nullopt;
    if (address->sa_family == AF_INET) return from_native(reinterpret_cast<const sockaddr_in*>(address)->sin_addr);
    if (address->sa_family == AF_INET6) return from_native(reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr);
    return std::nullopt;
}

int prefix_of(const sockaddr* netmask) noexcept {
    int bits = 0;
    const auto mask = read_ip(netmask);
    if (mask)
        for (const auto byte : mask->bytes) bits += std::popcount(byte);
    return bits;
}

std::optional<IpAddress> look_up(const std::string& host, int family) {
    addrinfo hints{};
    hints.ai_family = family;
    hints.ai_socktype = SOCK_DGRAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) return std::nullopt;
    const auto ip = found == nullptr ? std::nullopt : read_ip(found->ai_addr);
    ::freeaddrinfo(found);
    return ip;
}

}  // namespace

std::unique_ptr<Transport> SystemNetwork::open(const TransportSpec& spec) {
    return std::make_unique<UdpTransport>(spec);
}

std::unique_ptr<Poller> SystemNetwork::make_poller() { return std::make_unique<SystemPoller>(); }

std::vector<InterfaceAddress> SystemNetwork::interfaces() {
    ifaddrs* first = nullptr;
    if (::getifaddrs(&first) != 0)
        throw Error{ErrorCode::generic, fmt::format("cannot list the network interfaces: {}", os::reason(errno))};
    std::vector<InterfaceAddress> result;
    for (const auto* each = first; each != nullptr; each = each->ifa_next) {
        const auto ip = read_ip(each->ifa_addr);
        if (!ip || (each->ifa_flags & IFF_UP) == 0) continue;
        result.push_back({.name = each->ifa_name,
                          .index = ::if_nametoindex(each->ifa_name),
                          .ip = *ip,
                          .prefix = prefix_of(each->ifa_netmask),
                          .is_loopback = (each->ifa_flags & IFF_LOOPBACK) != 0,
                          .can_multicast = (each->ifa_flags & IFF_MULTICAST) != 0});
    }
    ::freeifaddrs(first);
    return result;
}

IpAddress SystemNetwork::resolve(std::string_view host) {
    if (const auto ip = channel::parse_ip(host)) return *ip;
    const std::string name{host};
    for (const int family : {AF_INET, AF_INET6})
        if (const auto ip = look_up(name, family)) return *ip;
    throw Error{ErrorCode::unknown_host, fmt::format("cannot find the address of host '{}'", host)};
}

Network& system_network() noexcept {
    static SystemNetwork network;
    return network;
}

}  // namespace gale::net
