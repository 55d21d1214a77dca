#include "net/native_address.hpp"

#include <cstring>

namespace gale::net {

using channel::Family;
using channel::IpAddress;

in_addr native_v4(const IpAddress& ip) noexcept {
    in_addr native{};
    std::memcpy(&native, ip.bytes.data(), sizeof native);
    return native;
}

in6_addr native_v6(const IpAddress& ip) noexcept {
    in6_addr native{};
    std::memcpy(&native, ip.bytes.data(), sizeof native);
    return native;
}

IpAddress from_native(const in_addr& native) noexcept {
    IpAddress ip;
    std::memcpy(ip.bytes.data(), &native, sizeof native);
    return ip;
}

IpAddress from_native(const in6_addr& native) noexcept {
    IpAddress ip{.family = Family::v6};
    std::memcpy(ip.bytes.data(), &native, sizeof native);
    return ip;
}

NativeAddress::NativeAddress(const SocketAddress& address) noexcept {
    if (address.ip.family == Family::v4) {
        storage.v4 = {};
        storage.v4.sin_family = AF_INET;
        storage.v4.sin_port = htons(address.port);
        storage.v4.sin_addr = native_v4(address.ip);
        length = sizeof storage.v4;
    } else {
        storage.v6 = {};
        storage.v6.sin6_family = AF_INET6;
        storage.v6.sin6_port = htons(address.port);
        storage.v6.sin6_addr = native_v6(address.ip);
        storage.v6.sin6_scope_id = address.scope;
        length = sizeof storage.v6;
    }
}

SocketAddress NativeAddress::address() const noexcept {
    if (storage.any.sa_family == AF_INET6)
        return {.ip = from_native(storage.v6.sin6_addr),
                .port = ntohs(storage.v6.sin6_port),
                .scope = storage.v6.sin6_scope_id};
    return {.ip = from_native(storage.v4.sin_addr), .port = ntohs(storage.v4.sin_port)};
}

}  // namespace gale::net
