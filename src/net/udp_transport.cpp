#include "net/udp_transport.hpp"

#include "net/offload.hpp"

#include <utility>

namespace gale::net {
namespace {

std::optional<UdpSocket> second_socket(const TransportSpec& spec) {
    if (!spec.group || !spec.connected) return std::nullopt;
    return UdpSocket::open_for_sending(spec);
}

}  // namespace

UdpTransport::UdpTransport(const TransportSpec& spec)
    : socket_{UdpSocket::open(spec)}, send_socket_{second_socket(spec)},
      sender_{out().descriptor(), spec.segmentation_offload ? offload().segments : 1},
      receiver_{socket_.descriptor(),
                (spec.receive_offload && enable_receive_offload(socket_.descriptor())) || spec.timestamps} {}

int UdpTransport::send(std::span<const Datagram> batch, const SocketAddress* to) noexcept {
    return sender_.send(batch, to);
}

int UdpTransport::receive(FunctionRef<void(std::span<const Received>)> handler, int limit) noexcept {
    return receiver_.receive(handler, limit);
}

int UdpTransport::take_error() noexcept {
    if (reconnect_error_ != 0) return std::exchange(reconnect_error_, 0);
    const int error = sender_.take_error();
    return error != 0 ? error : receiver_.take_error();
}

bool UdpTransport::reconnect(const SocketAddress& to) noexcept {
    const int error = (send_socket_ ? *send_socket_ : socket_).reconnect(to);
    if (error != 0) reconnect_error_ = error;
    return error == 0;
}

}  // namespace gale::net
