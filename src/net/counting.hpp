/// Counts what passes a transport.
#pragma once

#include "net/wrapper.hpp"

#include <cstdint>

namespace gale::net {

/// One direction. Written by the transport's thread, plain: read them there, or after it.
struct Traffic {
    std::int64_t calls = 0;
    std::int64_t idle_calls = 0;  ///< that moved nothing
    std::int64_t datagrams = 0;
    std::int64_t bytes = 0;
};

struct Counts {
    Traffic sent;
    Traffic received;
    std::int64_t short_sends = 0;  ///< calls that left something behind
    std::int64_t errors = 0;       ///< that somebody took
};

class Counting final : public Wrapper {
public:
    /// `counts` outlives this.
    Counting(std::unique_ptr<Transport> inner, Counts& counts) noexcept : Wrapper{std::move(inner)}, counts_{counts} {}

    [[nodiscard]] int send(std::span<const Datagram> batch, const SocketAddress* to) noexcept override;
    int receive(FunctionRef<void(std::span<const Received>)> handler, int limit) noexcept override;
    [[nodiscard]] int take_error() noexcept override;

private:
    Counts& counts_;
};

}  // namespace gale::net
