#include "net/counting.hpp"

namespace gale::net {
namespace {

void count(Traffic& traffic, int datagrams) noexcept {
    ++traffic.calls;
    traffic.datagrams += datagrams;
    if (datagrams == 0) ++traffic.idle_calls;
}

}  // namespace

int Counting::send(std::span<const Datagram> batch, const SocketAddress* to) noexcept {
    const int accepted = inner().send(batch, to);
    count(counts_.sent, accepted);
    for (const auto& datagram : batch.first(static_cast<std::size_t>(accepted)))
        counts_.sent.bytes += static_cast<std::int64_t>(datagram.bytes.size());
    if (static_cast<std::size_t>(accepted) < batch.size()) ++counts_.short_sends;
    return accepted;
}

int Counting::receive(FunctionRef<void(std::span<const Received>)> handler, int limit) noexcept {
    const int got = inner().receive(
        [&](std::span<const Received> batch) {
            for (const auto& each : batch) counts_.received.bytes += static_cast<std::int64_t>(each.bytes.size());
            handler(batch);
        },
        limit);
    count(counts_.received, got);
    return got;
}

int Counting::take_error() noexcept {
    const int error = inner().take_error();
    if (error != 0) ++counts_.errors;
    return error;
}

}  // namespace gale::net
