// One thread, the loopback interface: what a datagram of 1376 bytes costs on its way out and in again, through a pair
// of transports and, to compare, through plain calls of the system.
#include "net/network.hpp"

#include <benchmark/benchmark.h>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <vector>

namespace gale {
namespace {

constexpr std::size_t datagram_length = 1376;

net::SocketAddress loopback() { return {.ip = channel::parse_ip("127.0.0.1").value()}; }

void report(benchmark::State& state, std::int64_t datagrams) {
    state.SetItemsProcessed(datagrams);
    state.SetBytesProcessed(datagrams * static_cast<std::int64_t>(datagram_length));
}

/// state: datagrams a batch, whether offloads are on.
void through_transports(benchmark::State& state) {
    const auto count = static_cast<std::size_t>(state.range(0));
    const bool offloads = state.range(1) != 0;
    const auto to = net::system_network().open({.local = loopback(), .receive_offload = offloads});
    const auto from = net::system_network().open(
        {.local = loopback(), .connected = to->local_address(), .segmentation_offload = offloads});
    const std::vector<std::byte> memory(count * datagram_length);
    std::vector<net::Datagram> batch;
    for (std::size_t i = 0; i < count; ++i)
        batch.push_back({std::span{memory}.subspan(i * datagram_length, datagram_length)});

    std::int64_t datagrams = 0;
    const auto handler = [](std::span<const net::Received> received) {
        for (const auto& each : received) benchmark::DoNotOptimize(each.bytes.data());
    };
    for (auto _ : state) {
        const int sent = from->send(batch, nullptr);
        for (int got = 0; got < sent;) got += to->receive(handler, sent);
        datagrams += sent;
    }
    report(state, datagrams);
}
BENCHMARK(through_transports)->ArgNames({"batch", "offloads"})->ArgsProduct({{1, 2, 4, 16, 46, 92}, {0, 1}});

/// One call for each datagram, as simple programs do.
void through_plain_sockets(benchmark::State& state) {
    const auto count = state.range(0);
    const int to = ::socket(AF_INET, SOCK_DGRAM, 0);
    const int from = ::socket(AF_INET, SOCK_DGRAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    const int buffer = 4 * 1024 * 1024;
    ::setsockopt(to, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
    if (::bind(to, any, length) != 0 || ::getsockname(to, any, &length) != 0)
        state.SkipWithError("no socket on the loopback interface");

    const std::array<char, datagram_length> out{};
    std::array<char, 2048> in{};
    std::int64_t datagrams = 0;
    for (auto _ : state) {
        for (std::int64_t i = 0; i < count; ++i) ::sendto(from, out.data(), out.size(), 0, any, length);
        for (std::int64_t i = 0; i < count; ++i) ::recv(to, in.data(), in.size(), 0);
        datagrams += count;
    }
    ::close(to);
    ::close(from);
    report(state, datagrams);
}
BENCHMARK(through_plain_sockets)->ArgName("batch")->Arg(1)->Arg(46);

/// What a duty cycle pays for a transport that has nothing.
void receive_nothing(benchmark::State& state) {
    const auto transport = net::system_network().open({.local = loopback()});
    for (auto _ : state) benchmark::DoNotOptimize(transport->receive([](std::span<const net::Received>) {}, 64));
}
BENCHMARK(receive_nothing);

/// state: how many transports a poller watches; none has anything.
void poll_nothing(benchmark::State& state) {
    const auto poller = net::system_network().make_poller();
    std::vector<std::unique_ptr<net::Transport>> transports;
    for (std::int64_t i = 0; i < state.range(0); ++i) {
        transports.push_back(net::system_network().open({.local = loopback()}));
        poller->add(*transports.back());
    }
    for (auto _ : state)
        poller->ready([](net::Transport& transport) {
            benchmark::DoNotOptimize(transport.receive([](std::span<const net::Received>) {}, 64));
        });
}
BENCHMARK(poll_nothing)->ArgName("transports")->Arg(1)->Arg(3)->Arg(4)->Arg(32);

}  // namespace
}  // namespace gale
