/// For tests only: a network that does as it is told, and keeps what it is given.
#pragma once

#include "net/transport.hpp"
#include "shm/testing.hpp"

#include <deque>
#include <limits>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace gale::driver::sender::testing {

inline net::SocketAddress at_port(std::uint16_t port, std::uint8_t host = 1) {
    return {.ip = {.family = channel::Family::v4, .bytes = {127, 0, 0, host}}, .port = port};
}

/// A transport that keeps what it is given, and hands over what it is told to.
class ScriptedTransport final : public net::Transport {
public:
    struct Sent {
        std::vector<std::byte> bytes;
        std::optional<net::SocketAddress> to;
    };
    int send(std::span<const net::Datagram> batch, const net::SocketAddress* to) noexcept override {
        ++calls;
        if (to != nullptr && unreachable.contains(*to)) {
            error = unreachable.at(*to);
            return 0;
        }
        int count = 0;
        for (const net::Datagram& datagram : batch) {
            if (room == 0) break;
            --room;
            ++count;
            ++accepted;
            if (keeps)
                sent.push_back({gale::testing::to_vector(datagram.bytes), to ? std::optional{*to} : std::nullopt});
        }
        return count;
    }
    int receive(FunctionRef<void(std::span<const net::Received>)> handler, int limit) noexcept override {
        ++polls;
        int count = 0;
        for (; count < limit && !arriving.empty(); ++count) {
            const auto [bytes, source] = std::move(arriving.front());
            arriving.pop_front();
            const net::Received received{.bytes = bytes, .source = source};
            handler({&received, 1});
        }
        return count;
    }
    int take_error() noexcept override { return std::exchange(error, 0); }
    [[nodiscard]] net::SocketAddress local_address() const noexcept override { return at_port(9); }
    [[nodiscard]] std::int64_t send_buffer_length() const noexcept override { return 0; }
    [[nodiscard]] std::int64_t receive_buffer_length() const noexcept override { return 0; }

    std::vector<Sent> sent;
    std::deque<std::pair<std::vector<std::byte>, net::SocketAddress>> arriving;
    std::map<net::SocketAddress, int> unreachable;
    int room = std::numeric_limits<int>::max();  ///< datagrams that are still accepted
    int error = 0;
    int calls = 0;
    int polls = 0;
    std::int64_t accepted = 0;
    bool keeps = true;
};

class ScriptedPoller final : public net::Poller {
public:
    void add(net::Transport& transport) override { transports.push_back(&transport); }
    void remove(net::Transport& transport) noexcept override { std::erase(transports, &transport); }
    void ready(FunctionRef<void(net::Transport&)> handler) noexcept override {
        for (net::Transport* transport : transports) handler(*transport);
    }
    void wait(Nanos /*longest*/) noexcept override {}
    void wake() noexcept override {}
    std::vector<net::Transport*> transports;
};

}  // namespace gale::driver::sender::testing
