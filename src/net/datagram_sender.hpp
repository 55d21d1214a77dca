/// The way out of a UDP transport: batches of datagrams to as few system calls, and as few passes through the kernel,
/// as may be.
#pragma once

#include "net/native_address.hpp"
#include "net/segment_run.hpp"
#include "net/transport.hpp"

#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <span>

namespace gale::net {

class DatagramSender {
public:
    /// Does not own `descriptor`. `segments`: how many datagrams the kernel takes in one piece; 1: it shall not.
    DatagramSender(int descriptor, std::size_t segments) noexcept;

    /// As Transport::send.
    [[nodiscard]] int send(std::span<const Datagram> batch, const SocketAddress* to) noexcept;
    [[nodiscard]] int take_error() noexcept;
    /// What is not longer than that may go to the kernel in runs, bytes.
    [[nodiscard]] std::size_t largest_segment() const noexcept { return limits_.largest_segment; }

    /// So many calls of `send` after it had to be lowered, a longer one is tried again: routes change.
    static constexpr int sends_until_retry = 4096;

private:
    static constexpr std::size_t message_count = 16;  // of one system call
    static constexpr std::size_t memory_count = 256;  // pieces of memory of one system call
    static constexpr std::size_t control_length = CMSG_SPACE(sizeof(std::uint16_t));

    enum class Next : std::uint8_t { again, stop };
    enum class Doubt : std::uint8_t {
        none,
        once,   // a run was refused: perhaps for an error that was pending
        twice,  // and refused again: is it the run, or is it what is in it?
    };

    std::size_t prepare(std::span<const Datagram> batch, const NativeAddress& to) noexcept;
    void describe(std::size_t message, std::span<const Datagram> run, std::size_t memory_used) noexcept;
    std::size_t transmit(std::size_t messages) noexcept;
    Next after(int error) noexcept;
    void settle_doubt(std::size_t first_length) noexcept;
    void look_back() noexcept;

    int descriptor_;
    int error_ = 0;
    bool excused_ = false;  // an absent peer's answer was met in this call of send
    SegmentLimits limits_;
    Doubt doubt_ = Doubt::none;
    int refusal_ = 0;         // of the run in doubt
    int sends_to_retry_ = 0;  // 0: nothing was lowered
    std::array<mmsghdr, message_count> messages_{};
    std::array<std::size_t, message_count> datagrams_{};  // of each message
    std::array<iovec, memory_count> memory_{};
    struct alignas(cmsghdr) Control {
        std::array<std::byte, control_length> bytes{};
    };
    std::array<Control, message_count> controls_{};
};

}  // namespace gale::net
