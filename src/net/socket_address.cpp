#include "net/socket_address.hpp"

#include <arpa/inet.h>

#include <array>

namespace gale::net {

std::string to_string(const channel::IpAddress& ip) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    ::inet_ntop(ip.family == channel::Family::v4 ? AF_INET : AF_INET6, ip.bytes.data(), text.data(), text.size());
    return text.data();
}

std::string to_string(const SocketAddress& address) {
    const auto host = to_string(address.ip);
    const auto port = ":" + std::to_string(address.port);
    return address.ip.family == channel::Family::v4 ? host + port : "[" + host + "]" + port;
}

}  // namespace gale::net
