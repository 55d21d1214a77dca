#include "net/udp_socket.hpp"

#include "net/native_address.hpp"
#include "os/failure.hpp"

#include <gale/error.hpp>

#include <fmt/format.h>

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>

namespace gale::net {

using channel::Family;
using channel::IpAddress;

namespace {

[[noreturn]] void refuse(std::string_view action, const SocketAddress& address, int error) {
    std::string_view advice;
    if (error == EADDRINUSE) advice = "; another socket has this port, `ss -ulpn` shows whose";
    if (error == EADDRNOTAVAIL) advice = "; no interface of this machine has this address";
    if (error == ENODEV) advice = "; no interface of this machine has the address or the index that was asked for";
    throw Error{ErrorCode::generic,
                fmt::format("cannot {} {}: {}{}", action, to_string(address), os::reason(error), advice)};
}

template <class Value> bool set(int descriptor, int level, int option, const Value& value) noexcept {
    return ::setsockopt(descriptor, level, option, &value, sizeof value) == 0;
}

std::int64_t get(int descriptor, int option) noexcept {
    int value = 0;
    socklen_t length = sizeof value;
    return ::getsockopt(descriptor, SOL_SOCKET, option, &value, &length) == 0 ? value : 0;
}

/// The system gives what it allows. It reports twice what was asked for: its own needs come out of it.
void set_buffer(int descriptor, int option, int privileged_option, std::int64_t wanted) noexcept {
    const int length = static_cast<int>(std::min<std::int64_t>(wanted, std::numeric_limits<int>::max() / 2));
    static_cast<void>(set(descriptor, SOL_SOCKET, option, length));
    if (get(descriptor, option) / 2 < length) static_cast<void>(set(descriptor, SOL_SOCKET, privileged_option, length));
}

int open_descriptor(const SocketAddress& local) {
    const int family = local.ip.family == Family::v4 ? AF_INET : AF_INET6;
    const int descriptor = ::socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) refuse("open a socket for", local, errno);
    return descriptor;
}

ip_mreqn membership(const TransportSpec& spec, const IpAddress& group) noexcept {
    ip_mreqn result{};
    result.imr_multiaddr = native_v4(group);
    result.imr_address = native_v4(spec.local.ip);
    result.imr_ifindex = static_cast<int>(spec.interface_index);
    return result;
}

}  // namespace

UdpSocket UdpSocket::open(const TransportSpec& spec) {
    UdpSocket socket{open_descriptor(spec.local)};
    socket.set_buffers(spec);
    if (spec.timestamps) static_cast<void>(set(socket.descriptor_, SOL_SOCKET, SO_TIMESTAMPNS, 1));
    socket.choose_outgoing(spec);  // before connecting, which settles the route
    if (spec.group) {
        socket.join(spec);
        return socket;
    }
    socket.bind(spec.local);
    if (spec.connected && !socket.connect(*spec.connected)) refuse("connect to", *spec.connected, errno);
    return socket;
}

UdpSocket UdpSocket::open_for_sending(const TransportSpec& spec) {
    UdpSocket socket{open_descriptor(spec.local)};
    socket.set_buffers(spec);
    socket.choose_outgoing(spec);
    if (!socket.connect(*spec.connected)) refuse("connect to", *spec.connected, errno);
    return socket;
}

UdpSocket::~UdpSocket() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

void UdpSocket::bind(const SocketAddress& address) {
    const NativeAddress native{address};
    if (::bind(descriptor_, &native.storage.any, native.length) != 0) refuse("bind", address, errno);
    bound_ = {.ip = address.ip, .port = local_address().port};
}

/// Several may listen to one group on one machine, so the port is shared; and each hears only the groups it joined.
void UdpSocket::join(const TransportSpec& spec) {
    const auto& group = *spec.group;
    if (!set(descriptor_, SOL_SOCKET, SO_REUSEADDR, 1) || !set(descriptor_, SOL_SOCKET, SO_REUSEPORT, 1))
        refuse("share the port of", group, errno);
    bind({.ip = {.family = group.ip.family}, .port = group.port});
    if (group.ip.family == Family::v4) {
        static_cast<void>(set(descriptor_, IPPROTO_IP, IP_MULTICAST_ALL, 0));
        if (!set(descriptor_, IPPROTO_IP, IP_ADD_MEMBERSHIP, membership(spec, group.ip))) refuse("join", group, errno);
        return;
    }
#ifdef IPV6_MULTICAST_ALL
    static_cast<void>(set(descriptor_, IPPROTO_IPV6, IPV6_MULTICAST_ALL, 0));
#endif
    const ipv6_mreq request{.ipv6mr_multiaddr = native_v6(group.ip), .ipv6mr_interface = spec.interface_index};
    if (!set(descriptor_, IPPROTO_IPV6, IPV6_JOIN_GROUP, request)) refuse("join", group, errno);
}

/// The interface by which datagrams to a group leave, and how far they go. Must succeed where groups are the purpose.
void UdpSocket::choose_outgoing(const TransportSpec& spec) {
    const bool is_v4 = spec.local.ip.family == Family::v4;
    bool done = true;
    if (is_v4 && (!spec.local.ip.is_wildcard() || spec.interface_index != 0))
        done = set(descriptor_, IPPROTO_IP, IP_MULTICAST_IF, membership(spec, {}));
    if (!is_v4 && spec.interface_index != 0)
        done = set(descriptor_, IPPROTO_IPV6, IPV6_MULTICAST_IF, static_cast<int>(spec.interface_index));
    const bool matters = spec.group || (spec.connected && spec.connected->is_multicast());
    if (!done && matters) refuse("send to groups by the interface of", spec.local, errno);
    if (spec.ttl <= 0) return;
    done = is_v4 ? set(descriptor_, IPPROTO_IP, IP_MULTICAST_TTL, spec.ttl)
                 : set(descriptor_, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, spec.ttl);
    if (!done) refuse("set the time to live of multicast for", spec.local, errno);
}

void UdpSocket::set_buffers(const TransportSpec& spec) {
    if (spec.send_buffer_length > 0) set_buffer(descriptor_, SO_SNDBUF, SO_SNDBUFFORCE, spec.send_buffer_length);
    set_buffer(descriptor_, SO_RCVBUF, SO_RCVBUFFORCE,
               spec.receive_buffer_length > 0 ? spec.receive_buffer_length : TransportSpec::largest_own_buffer);
}

SocketAddress UdpSocket::local_address() const noexcept {
    NativeAddress native;
    native.length = sizeof native.storage;
    if (::getsockname(descriptor_, &native.storage.any, &native.length) != 0) return {};
    return native.address();
}

std::int64_t UdpSocket::send_buffer_length() const noexcept { return get(descriptor_, SO_SNDBUF); }
std::int64_t UdpSocket::receive_buffer_length() const noexcept { return get(descriptor_, SO_RCVBUF); }

bool UdpSocket::connect(const SocketAddress& to) noexcept {
    const NativeAddress native{to};
    return ::connect(descriptor_, &native.storage.any, native.length) == 0;
}

// A socket keeps the local address that its first connection chose for it, even where that one leads nowhere.
int UdpSocket::reconnect(const SocketAddress& to) noexcept {
    NativeAddress before;
    before.length = sizeof before.storage;
    const bool was_connected = ::getpeername(descriptor_, &before.storage.any, &before.length) == 0;
    disconnect();
    if (connect(to)) return 0;
    const int error = errno;
    if (was_connected) static_cast<void>(connect(before.address()));
    return error;
}

/// A port that the system chose is lost with the connection, and taken again.
void UdpSocket::disconnect() noexcept {
    const sockaddr nowhere{.sa_family = AF_UNSPEC, .sa_data = {}};
    static_cast<void>(::connect(descriptor_, &nowhere, sizeof nowhere));
    if (!bound_ || local_address().port == bound_->port) return;
    const NativeAddress native{*bound_};
    static_cast<void>(::bind(descriptor_, &native.storage.any, native.length));
}

}  // namespace gale::net
