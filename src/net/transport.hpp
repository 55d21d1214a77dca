/// What carries datagrams. The sender and the receiver know nothing else of the network, so that a simulator, a lossy
/// line or a capture can stand in for the system's sockets, or around them.
#pragma once

#include "net/socket_address.hpp"

#include <gale/function_ref.hpp>
#include <gale/types.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace gale::net {

/// One datagram to send: whole frames, in place. Bytes that follow one another in memory may leave in one piece
/// (segmentation offload); what a peer receives is the same.
struct Datagram {
    std::span<const std::byte> bytes;
};

/// One datagram as it came, exactly as its sender cut it. Valid during the call that hands it over.
struct Received {
    std::span<const std::byte> bytes;
    SocketAddress source;
    Nanos kernel_time{};  ///< since 1970, when the kernel got it; 0 unless the transport was opened with timestamps
};

/// One thread at a time. One virtual call a batch, never one a packet.
class Transport {
public:
    virtual ~Transport() = default;
    Transport() = default;
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;

    /// Sends in order, to `to`, or to where the transport is connected when null. How many were accepted: fewer than
    /// all when the network pushes back, or at an error, which `take_error` then tells.
    [[nodiscard]] virtual int send(std::span<const Datagram> batch, const SocketAddress* to) noexcept = 0;
    /// Hands over what has arrived, in batches, at most about `limit` datagrams (a kernel's aggregate is never cut).
    /// How many there were.
    virtual int receive(FunctionRef<void(std::span<const Received>)> handler, int limit) noexcept = 0;
    /// The last error that was neither push-back nor a peer that is not there (errno of the system); once.
    [[nodiscard]] virtual int take_error() noexcept = 0;
    /// Where it is bound, port filled in.
    [[nodiscard]] virtual SocketAddress local_address() const noexcept = 0;
    /// Bytes of kernel memory for what is sent and not yet gone, and for what came and is not yet read, as obtained.
    [[nodiscard]] virtual std::int64_t send_buffer_length() const noexcept = 0;
    [[nodiscard]] virtual std::int64_t receive_buffer_length() const noexcept = 0;
    /// From now on everything goes to `to`, and only from there is heard. False, and all as before, where that cannot
    /// be done: `take_error` may tell why.
    [[nodiscard]] virtual bool reconnect(const SocketAddress& to) noexcept {
        static_cast<void>(to);
        return false;
    }
    /// What the system waits on for something to read; -1: nothing, so that a poller always looks.
    [[nodiscard]] virtual int descriptor() const noexcept { return -1; }
};

/// How to open one.
struct TransportSpec {
    SocketAddress local{};                     ///< to bind to; port 0: any. For a group: its port is the group's
    std::optional<SocketAddress> connected{};  ///< everything goes there, and only from there is heard
    std::optional<SocketAddress> group{};      ///< joins it, on the interface of `local`
    std::uint32_t interface_index = 0;         ///< for groups, of IPv6 above all; 0: as `local` or the system says
    int ttl = 0;                               ///< hops of multicast; 0: the system's default
    std::int64_t send_buffer_length = 0;       ///< bytes; 0: the system's default
    std::int64_t receive_buffer_length = 0;    ///< bytes; 0: as large as the system lets us, up to `largest_own_buffer`
    bool timestamps = false;                   ///< `Received::kernel_time` is wanted
    bool segmentation_offload = true;          ///< runs of equal datagrams may go to the kernel in one piece
    bool receive_offload = true;               ///< and come from it so
    static constexpr std::int64_t largest_own_buffer = 8 * 1024 * 1024;
};

/// Waits on many transports for one thread; also the thread's rest when it has nothing to do.
class Poller {
public:
    virtual ~Poller() = default;
    Poller() = default;
    Poller(const Poller&) = delete;
    Poller& operator=(const Poller&) = delete;

    virtual void add(Transport& transport) = 0;
    virtual void remove(Transport& transport) noexcept = 0;
    /// Calls `handler` for each transport that may have something to read.
    virtual void ready(FunctionRef<void(Transport&)> handler) noexcept = 0;
    /// Gives the processor away until something arrives, `wake` is called, or `longest` is over.
    virtual void wait(Nanos longest) noexcept = 0;
    /// The same, ended by what would end a `wait` of `other`, too, which nobody else waits for. False: these two cannot
    /// be waited for together, and nothing was done.
    virtual bool wait_with(Poller& /*other*/, Nanos /*longest*/) noexcept { return false; }
    /// From any thread: ends a `wait`, or keeps the next one from lying down.
    virtual void wake() noexcept = 0;
};

}  // namespace gale::net
