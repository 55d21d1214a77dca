#include "support/simulated_host.hpp"

#include <gale/error.hpp>

#include <algorithm>

namespace gale::testing {

using channel::Family;
using channel::IpAddress;
using net::InterfaceAddress;
using net::SocketAddress;
using net::TransportSpec;

namespace {

bool is_wildcard(const IpAddress& ip) noexcept {
    return std::ranges::all_of(ip.bytes, [](std::uint8_t byte) { return byte == 0; });
}

bool is_loopback(const IpAddress& ip) noexcept {
    return ip.family == Family::v4 ? ip.bytes[0] == 127 : ip == channel::parse_ip("::1");
}

bool overlap(const IpAddress& a, const IpAddress& b) noexcept {
    return a.family == b.family && (a == b || is_wildcard(a) || is_wildcard(b));
}

class SimulatedPoller final : public net::Poller {
public:
    void add(net::Transport& transport) override { transports_.push_back(&transport); }
    void remove(net::Transport& transport) noexcept override { std::erase(transports_, &transport); }
    void ready(FunctionRef<void(net::Transport&)> handler) noexcept override {
        for (auto* const each : transports_) handler(*each);
    }
    void wait(Nanos) noexcept override {}  // time is the test's
    void wake() noexcept override {}

private:
    std::vector<net::Transport*> transports_;
};

}  // namespace

SimulatedHost::SimulatedHost(SimulatedNetwork& network, std::string name, const std::vector<std::string>& addresses)
    : network_{network}, name_{std::move(name)} {
    const auto add = [&](std::string_view text, std::string called, std::uint32_t index, int prefix, bool loopback) {
        interfaces_.push_back({.name = std::move(called),
                               .index = index,
                               .ip = channel::parse_ip(text).value(),
                               .prefix = prefix,
                               .is_loopback = loopback,
                               .can_multicast = true});
    };
    add("127.0.0.1", "lo", 1, 8, true);
    add("::1", "lo", 1, 128, true);
    for (std::size_t i = 0; i < addresses.size(); ++i)
        add(addresses[i], "eth" + std::to_string(i), static_cast<std::uint32_t>(i + 2),
            addresses[i].find(':') == std::string::npos ? 24 : 64, false);
}

std::unique_ptr<net::Transport> SimulatedHost::open(const TransportSpec& spec) {
    const auto bound = bind(spec);
    if (spec.connected) {
        const bool families = spec.connected->ip.family == spec.local.ip.family;
        const bool strays = is_loopback(spec.local.ip) && !spec.connected->is_multicast() && !has(spec.connected->ip) &&
                            !is_loopback(spec.connected->ip);
        if (!families || strays)
            throw Error{ErrorCode::generic, "cannot connect to " + to_string(*spec.connected) + ": Invalid argument"};
    }
    auto sends_from = bound;
    if (spec.group && spec.connected) sends_from.port = free_port(bound);
    auto transport = std::make_unique<SimulatedTransport>(*this, spec, bound, sends_from);
    transports_.push_back(transport.get());
    return transport;
}

std::unique_ptr<net::Poller> SimulatedHost::make_poller() { return std::make_unique<SimulatedPoller>(); }

IpAddress SimulatedHost::resolve(std::string_view host) {
    if (const auto ip = channel::parse_ip(host)) return *ip;
    const auto found = network_.names_.find(std::string{host});
    if (found == network_.names_.end() || !found->second)
        throw Error{ErrorCode::unknown_host, "cannot find the address of host '" + std::string{host} + "'"};
    return *found->second;
}

bool SimulatedHost::has(const IpAddress& ip) const noexcept {
    return std::ranges::any_of(interfaces_, [&](const auto& each) { return !each.is_loopback && each.ip == ip; });
}

SocketAddress SimulatedHost::bind(const TransportSpec& spec) {
    SocketAddress address = spec.local;
    const bool shares = spec.group.has_value();
    if (shares) {
        if (group_interface(spec, spec.group->ip.family) == nullptr)
            throw Error{ErrorCode::generic, "cannot join " + to_string(*spec.group) + ": No such device"};
        address = {.ip = {.family = spec.group->ip.family}, .port = spec.group->port};
    } else if (!is_wildcard(address.ip) && !is_loopback(address.ip) && !has(address.ip)) {
        throw Error{ErrorCode::generic, "cannot bind " + to_string(address) + ": Cannot assign requested address"};
    }
    if (address.port == 0) address.port = free_port(address);
    if (is_taken(address, shares))
        throw Error{ErrorCode::generic, "cannot bind " + to_string(address) + ": Address already in use"};
    return address;
}

std::uint16_t SimulatedHost::free_port(SocketAddress address) {
    do {
        address.port = next_port_;
        next_port_ = next_port_ == 65535 ? std::uint16_t{32768} : static_cast<std::uint16_t>(next_port_ + 1);
    } while (is_taken(address, false));
    return address.port;
}

bool SimulatedHost::is_taken(const SocketAddress& address, bool shares) const noexcept {
    return std::ranges::any_of(transports_, [&](const auto* other) {
        const auto bound = other->local_address();
        return bound.port == address.port && overlap(bound.ip, address.ip) && !(shares && other->spec().group);
    });
}

const InterfaceAddress* SimulatedHost::group_interface(const TransportSpec& spec, Family family) const noexcept {
    const auto first = [&](auto fits) -> const InterfaceAddress* {
        const auto found =
            std::ranges::find_if(interfaces_, [&](const auto& each) { return each.ip.family == family && fits(each); });
        return found == interfaces_.end() ? nullptr : &*found;
    };
    if (spec.interface_index != 0) return first([&](const auto& each) { return each.index == spec.interface_index; });
    if (!is_wildcard(spec.local.ip)) return first([&](const auto& each) { return each.ip == spec.local.ip; });
    return first([](const auto& each) { return !each.is_loopback; });
}

SocketAddress SimulatedHost::source(const SimulatedTransport& from, const SocketAddress& to) const noexcept {
    auto result = from.sends_from();
    if (!is_wildcard(result.ip)) return result;
    if (to.is_multicast()) {
        if (const auto* const used = group_interface(from.spec(), to.ip.family)) result.ip = used->ip;
    } else if (is_loopback(to.ip) || has(to.ip)) {
        result.ip = to.ip;
    } else if (const auto* const used = group_interface({.local = {.ip = {.family = to.ip.family}}}, to.ip.family)) {
        result.ip = used->ip;
    }
    return result;
}

void SimulatedHost::send(const SimulatedTransport& from, const SocketAddress& to, std::span<const std::byte> bytes) {
    if (to.is_multicast()) {
        send_to_group(from, to, bytes);
        return;
    }
    auto* const target = is_loopback(to.ip) ? this : network_.owner(to.ip);
    if (target == nullptr) {
        ++network_.totals_.sent;
        ++network_.totals_.unheard;
        return;
    }
    network_.send(*this, *target,
                  {.host = target,
                   .from = source(from, to),
                   .to = to,
                   .interface_index = 0,
                   .bytes = {bytes.begin(), bytes.end()}});
}

/// To every machine on the segment where somebody may listen, this one among them; by loopback to this one only.
void SimulatedHost::send_to_group(const SimulatedTransport& from, const SocketAddress& to,
                                  std::span<const std::byte> bytes) {
    const auto* const out = group_interface(from.spec(), to.ip.family);
    if (out == nullptr) return;
    for (const auto& [name, host] : network_.hosts_) {
        const bool own = host.get() == this;
        if (!own && out->is_loopback) continue;
        for (const auto& interface : host->interfaces_) {
            if (interface.ip.family != to.ip.family || (own ? &interface != out : interface.is_loopback)) continue;
            network_.send(*this, *host,
                          {.host = host.get(),
                           .from = source(from, to),
                           .to = to,
                           .interface_index = interface.index,
                           .bytes = {bytes.begin(), bytes.end()}});
        }
    }
}

void SimulatedHost::take(SimulatedNetwork::Arrival&& arrival, Nanos time) {
    auto& totals = network_.totals_;
    const auto hand_to = [&](SimulatedTransport& transport, std::vector<std::byte>&& bytes) {
        ++(transport.put(arrival.from, std::move(bytes), time) ? totals.delivered : totals.overflowed);
    };
    std::vector<SimulatedTransport*> listeners;
    for (auto* const each : transports_)
        if (each->hears(arrival.from, arrival.to, arrival.interface_index)) listeners.push_back(each);
    if (listeners.empty()) {
        ++totals.unheard;
    } else if (arrival.interface_index == 0) {
        hand_to(*listeners.front(), std::move(arrival.bytes));
    } else {
        for (auto* const each : listeners) hand_to(*each, std::vector<std::byte>{arrival.bytes});
    }
}

}  // namespace gale::testing
