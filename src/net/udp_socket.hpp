/// A socket of the system for datagrams, opened as a TransportSpec says, and closed at the end.
#pragma once

#include "net/transport.hpp"

#include <optional>
#include <utility>

namespace gale::net {

/// Owns a descriptor. Every call that opens or changes throws Error{generic}: what was tried, and why it was refused.
class UdpSocket {
public:
    /// What a transport reads from, and unless it has another, sends by: bound, and a member of its group.
    [[nodiscard]] static UdpSocket open(const TransportSpec& spec);
    /// What a member of a group sends by when everything it sends goes elsewhere: not bound, connected.
    [[nodiscard]] static UdpSocket open_for_sending(const TransportSpec& spec);

    UdpSocket(UdpSocket&& other) noexcept : descriptor_{std::exchange(other.descriptor_, -1)}, bound_{other.bound_} {}
    UdpSocket& operator=(UdpSocket&&) = delete;
    ~UdpSocket();

    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
    /// Where it is bound, port filled in.
    [[nodiscard]] SocketAddress local_address() const noexcept;
    [[nodiscard]] std::int64_t send_buffer_length() const noexcept;
    [[nodiscard]] std::int64_t receive_buffer_length() const noexcept;
    /// False when the system refuses.
    [[nodiscard]] bool connect(const SocketAddress& to) noexcept;
    /// From where it is connected to somewhere else, by whatever address leads there; the port stays. 0, or the
    /// system's errno: then it is connected where it was.
    [[nodiscard]] int reconnect(const SocketAddress& to) noexcept;

private:
    explicit UdpSocket(int descriptor) noexcept : descriptor_{descriptor} {}
    void bind(const SocketAddress& address);
    void join(const TransportSpec& spec);
    void choose_outgoing(const TransportSpec& spec);
    void set_buffers(const TransportSpec& spec);
    void disconnect() noexcept;

    int descriptor_;
    std::optional<SocketAddress> bound_{};  // as it was asked for, port filled in
};

}  // namespace gale::net
