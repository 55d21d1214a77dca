#include "net/offload.hpp"

#include "net/native_address.hpp"

#include <netinet/udp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace gale::net {
namespace {

/// Whether a piece of `count` one-byte datagrams, which nobody but this very socket gets, is accepted.
bool takes(int descriptor, std::size_t count) noexcept {
    std::array<char, 128> bytes{};
    const int segment = 1;
    return ::setsockopt(descriptor, IPPROTO_UDP, UDP_SEGMENT, &segment, sizeof segment) == 0 &&
           ::send(descriptor, bytes.data(), count, MSG_DONTWAIT) == static_cast<ssize_t>(count);
}

std::size_t try_segments(int descriptor) noexcept {
    NativeAddress self{SocketAddress{.ip = {.bytes = {127, 0, 0, 1}}}};
    if (::bind(descriptor, &self.storage.any, self.length) != 0 ||
        ::getsockname(descriptor, &self.storage.any, &self.length) != 0 ||
        ::connect(descriptor, &self.storage.any, self.length) != 0)
        return 1;
    for (const std::size_t count : {128U, 64U})
        if (takes(descriptor, count)) return count;
    return 1;
}

Offload probe() noexcept {
    const int descriptor = ::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return {};
    const Offload result{.segments = try_segments(descriptor)};
    ::close(descriptor);
    return result;
}

}  // namespace

const Offload& offload() noexcept {
    static const Offload result = probe();
    return result;
}

bool enable_receive_offload(int descriptor) noexcept {
    const int on = 1;
    return ::setsockopt(descriptor, IPPROTO_UDP, UDP_GRO, &on, sizeof on) == 0;
}

}  // namespace gale::net
