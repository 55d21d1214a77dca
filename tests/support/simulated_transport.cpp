#include "support/simulated_host.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

namespace gale::testing {

using net::Datagram;
using net::Received;
using net::SocketAddress;

namespace {

constexpr std::size_t longest_datagram = 65507;
constexpr std::int64_t bookkeeping = 512;  // what a kernel charges beside the bytes of each datagram
constexpr std::int64_t default_send_buffer = 212992;

}  // namespace

SimulatedTransport::SimulatedTransport(SimulatedHost& host, const net::TransportSpec& spec, const SocketAddress& bound,
                                       const SocketAddress& sends_from)
    : host_{host}, spec_{spec}, bound_{bound}, sends_from_{sends_from},
      receive_buffer_length_{spec.receive_buffer_length == 0 ? net::TransportSpec::largest_own_buffer
                                                             : spec.receive_buffer_length} {}

SimulatedTransport::~SimulatedTransport() { host_.forget(*this); }

int SimulatedTransport::send(std::span<const Datagram> batch, const SocketAddress* to) noexcept {
    auto& network = host_.network();
    auto limit = batch.size();
    if (!batch.empty() && network.happens(network.push_back_)) limit = network.random_.below(batch.size());
    std::size_t accepted = 0;
    for (; accepted < limit; ++accepted) {
        const auto& datagram = batch[accepted];
        const auto target = to != nullptr ? *to : spec_.connected.value_or(SocketAddress{});
        if (const int error = refusal(datagram, target)) {
            error_ = error;
            break;
        }
        host_.send(*this, target, datagram.bytes);
    }
    return static_cast<int>(accepted);
}

int SimulatedTransport::refusal(const Datagram& datagram, const SocketAddress& to) const noexcept {
    if (datagram.bytes.size() > longest_datagram) return EMSGSIZE;
    if (to == SocketAddress{}) return EDESTADDRREQ;
    if (to.ip.family != bound_.ip.family) return EAFNOSUPPORT;
    return 0;
}

int SimulatedTransport::receive(FunctionRef<void(std::span<const Received>)> handler, int limit) noexcept {
    host_.network().deliver_due();
    const auto count = std::min(waiting_.size(), static_cast<std::size_t>(std::max(limit, 0)));
    if (count == 0) return 0;
    std::vector<Received> batch;
    for (std::size_t i = 0; i < count; ++i)
        batch.push_back({.bytes = waiting_[i].bytes, .source = waiting_[i].from, .kernel_time = waiting_[i].time});
    handler(batch);
    for (std::size_t i = 0; i < count; ++i) {
        buffered_ -= static_cast<std::int64_t>(waiting_.front().bytes.size()) + bookkeeping;
        waiting_.pop_front();
    }
    return static_cast<int>(count);
}

int SimulatedTransport::take_error() noexcept { return std::exchange(error_, 0); }

std::int64_t SimulatedTransport::send_buffer_length() const noexcept {
    return spec_.send_buffer_length == 0 ? default_send_buffer : spec_.send_buffer_length;
}

bool SimulatedTransport::reconnect(const SocketAddress& to) noexcept {
    if (to.ip.family != bound_.ip.family) return false;
    spec_.connected = to;
    return true;
}

bool SimulatedTransport::hears(const SocketAddress& from, const SocketAddress& to,
                               std::uint32_t interface_index) const noexcept {
    if (to.port != bound_.port || to.ip.family != bound_.ip.family) return false;
    if (interface_index != 0) {
        const auto* const joined = spec_.group ? host_.group_interface(spec_, to.ip.family) : nullptr;
        return joined != nullptr && spec_.group->ip == to.ip && joined->index == interface_index;
    }
    const bool anywhere = std::ranges::all_of(bound_.ip.bytes, [](std::uint8_t byte) { return byte == 0; });
    if (!anywhere && bound_.ip != to.ip) return false;
    // What a member of a group that is connected sends, it sends by another socket: nothing is filtered here.
    return spec_.group || !spec_.connected || (spec_.connected->ip == from.ip && spec_.connected->port == from.port);
}

bool SimulatedTransport::put(const SocketAddress& from, std::vector<std::byte>&& bytes, Nanos time) {
    const auto charge = static_cast<std::int64_t>(bytes.size()) + bookkeeping;
    if (buffered_ + charge > receive_buffer_length_) return false;
    buffered_ += charge;
    const auto stamp = spec_.timestamps ? host_.network().since_1970(time) : Nanos::zero();
    waiting_.push_back({.bytes = std::move(bytes), .from = from, .time = stamp});
    return true;
}

}  // namespace gale::testing
