/// Writes what passes a transport into a file that tshark and Wireshark open.
#pragma once

#include "net/wrapper.hpp"

#include <gale/clock.hpp>

#include <cstdio>
#include <memory>
#include <mutex>
#include <string>

namespace gale::net {

/// A pcap file of raw IP with times in nanoseconds. Headers of IP and UDP are made up around each datagram. Several
/// transports, of several threads, may share one; each batch is on disk when its call returns.
class PcapFile {
public:
    /// Throws Error{system}. `clock` outlives this, and gives the times of what has none of its own.
    PcapFile(const std::string& path, Clock& clock);

    /// `time` since 1970. What the disk refuses is left out.
    void write(Nanos time, const SocketAddress& from, const SocketAddress& to,
               std::span<const std::byte> payload) noexcept;
    void flush() noexcept;
    /// Since 1970, by the clock.
    [[nodiscard]] Nanos now() noexcept;

private:
    struct Close {
        void operator()(std::FILE* file) const noexcept { std::fclose(file); }
    };
    Clock& clock_;
    Nanos since_1970_;  // to be added to the clock's monotonic time
    std::mutex mutex_;
    std::unique_ptr<std::FILE, Close> file_;
};

/// For a lab: writing to a file is no work for a data path.
class Capture final : public Wrapper {
public:
    /// `file` outlives this. `spec` is what `inner` was opened with: it tells where datagrams go.
    Capture(std::unique_ptr<Transport> inner, const TransportSpec& spec, PcapFile& file);

    [[nodiscard]] int send(std::span<const Datagram> batch, const SocketAddress* to) noexcept override;
    int receive(FunctionRef<void(std::span<const Received>)> handler, int limit) noexcept override;
    [[nodiscard]] bool reconnect(const SocketAddress& to) noexcept override;

private:
    PcapFile& file_;
    SocketAddress local_;
    SocketAddress peer_;   // where it is connected
    SocketAddress heard_;  // where what it receives was sent to
};

}  // namespace gale::net
