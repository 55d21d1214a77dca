/// The way in of a UDP transport: few system calls when much arrives, one cheap one when nothing does.
#pragma once

#include "net/native_address.hpp"
#include "net/transport.hpp"

#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <ctime>
#include <memory>

namespace gale::net {

class DatagramReceiver {
public:
    /// Does not own `descriptor`. Its buffers are touched, and so backed by memory, only as deep as bursts get.
    DatagramReceiver(int descriptor, bool wants_control);

    /// As Transport::receive.
    int receive(FunctionRef<void(std::span<const Received>)> handler, int limit) noexcept;
    [[nodiscard]] int take_error() noexcept;

private:
    static constexpr std::size_t least_depth = 2;  // a second look inside one call is cheaper than a second call
    static constexpr std::size_t most_depth = 16;
    static constexpr std::size_t datagram_length = 65536;         // a peer's mtu may be larger than ours
    static constexpr std::size_t stride = datagram_length + 192;  // beginnings share no line of the cache
    static constexpr std::size_t control_length = CMSG_SPACE(sizeof(int)) + CMSG_SPACE(sizeof(timespec));
    static constexpr std::size_t batch_count = 128;

    struct Facts {
        std::size_t segment = 0;  // length of the datagrams that came in one piece; 0: it is one datagram
        Nanos time{};
    };

    [[nodiscard]] std::size_t messages_for(int datagrams) const noexcept;
    void restore(std::size_t messages) noexcept;
    int hand_over(std::size_t messages, FunctionRef<void(std::span<const Received>)> handler) noexcept;
    Facts facts(const msghdr& header) const noexcept;

    int descriptor_;
    int error_ = 0;
    bool wants_control_;
    std::size_t depth_ = least_depth;  // how many messages the next call may ask for
    std::size_t density_ = 1;          // datagrams a message, in the last call
    std::unique_ptr<std::byte[]> bytes_;
    std::array<mmsghdr, most_depth> messages_{};
    std::array<iovec, most_depth> memory_{};
    std::array<NativeAddress::Storage, most_depth> names_{};
    struct alignas(cmsghdr) Control {
        std::array<std::byte, control_length> bytes;
    };
    std::array<Control, most_depth> controls_{};
    std::array<Received, batch_count> batch_{};
};

}  // namespace gale::net
