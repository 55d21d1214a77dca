/// Datagrams by the system's sockets.
#pragma once

#include "net/datagram_receiver.hpp"
#include "net/datagram_sender.hpp"
#include "net/transport.hpp"
#include "net/udp_socket.hpp"

#include <optional>

namespace gale::net {

/// One socket; two for a member of a group that is connected elsewhere: the first hears the group, the second sends.
class UdpTransport final : public Transport {
public:
    explicit UdpTransport(const TransportSpec& spec);

    [[nodiscard]] int send(std::span<const Datagram> batch, const SocketAddress* to) noexcept override;
    int receive(FunctionRef<void(std::span<const Received>)> handler, int limit) noexcept override;
    [[nodiscard]] int take_error() noexcept override;
    [[nodiscard]] SocketAddress local_address() const noexcept override { return socket_.local_address(); }
    [[nodiscard]] std::int64_t send_buffer_length() const noexcept override { return out().send_buffer_length(); }
    [[nodiscard]] std::int64_t receive_buffer_length() const noexcept override {
        return socket_.receive_buffer_length();
    }
    [[nodiscard]] bool reconnect(const SocketAddress& to) noexcept override;
    [[nodiscard]] int descriptor() const noexcept override { return socket_.descriptor(); }

private:
    [[nodiscard]] const UdpSocket& out() const noexcept { return send_socket_ ? *send_socket_ : socket_; }

    UdpSocket socket_;
    std::optional<UdpSocket> send_socket_;
    DatagramSender sender_;
    DatagramReceiver receiver_;
    int reconnect_error_ = 0;
};

}  // namespace gale::net
