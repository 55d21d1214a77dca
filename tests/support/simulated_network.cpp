#include "support/simulated_network.hpp"

#include "support/simulated_host.hpp"

#include <algorithm>

namespace gale::testing {

SimulatedNetwork::SimulatedNetwork(Clock& clock, std::uint64_t seed) : clock_{clock}, random_{seed} {
    names_["localhost"] = channel::parse_ip("127.0.0.1");
}

SimulatedNetwork::~SimulatedNetwork() = default;

net::Network& SimulatedNetwork::add_host(const std::string& name, const std::vector<std::string>& addresses) {
    auto& host = hosts_[name];
    host = std::make_unique<SimulatedHost>(*this, name, addresses);
    if (!addresses.empty()) names_[name] = channel::parse_ip(addresses.front());
    return *host;
}

Link& SimulatedNetwork::link(const std::string& from, const std::string& to) { return line(from, to).link; }

SimulatedNetwork::Line& SimulatedNetwork::line(const std::string& from, const std::string& to) {
    const auto [found, is_new] = lines_.try_emplace({from, to});
    if (is_new && from != to) found->second.link = default_link_;
    return found->second;
}

void SimulatedNetwork::set_links(const Link& link) {
    default_link_ = link;
    for (auto& [ends, line] : lines_)
        if (ends.first != ends.second) line.link = link;
}

void SimulatedNetwork::partition(const std::vector<std::string>& some) {
    const auto inside = [&](const std::string& name) { return std::ranges::find(some, name) != some.end(); };
    for (const auto& [from, ignored] : hosts_)
        for (const auto& [to, also_ignored] : hosts_)
            if (inside(from) != inside(to)) link(from, to).cut = true;
}

void SimulatedNetwork::heal() {
    default_link_.cut = false;
    for (auto& [ends, line] : lines_) line.link.cut = false;
}

void SimulatedNetwork::close_sockets(const std::string& name) { hosts_.at(name)->forget_all(); }

void SimulatedNetwork::set_name(const std::string& name, std::optional<channel::IpAddress> ip) { names_[name] = ip; }

std::optional<Nanos> SimulatedNetwork::next_arrival() const noexcept {
    if (flights_.empty()) return std::nullopt;
    return flights_.begin()->first.first;
}

bool SimulatedNetwork::happens(double chance) noexcept {
    return chance > 0 && static_cast<double>(random_.next() >> 11U) * 0x1p-53 < chance;
}

Nanos SimulatedNetwork::up_to(Nanos most) noexcept {
    if (most <= Nanos::zero()) return Nanos::zero();
    return Nanos{static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(most.count()) + 1))};
}

SimulatedHost* SimulatedNetwork::owner(const channel::IpAddress& ip) noexcept {
    for (const auto& [name, host] : hosts_)
        if (host->has(ip)) return host.get();
    return nullptr;
}

void SimulatedNetwork::send(SimulatedHost& from, SimulatedHost& to, Arrival arrival) {
    auto& way = line(from.name(), to.name());
    ++totals_.sent;
    const bool kept = !filter_ || filter_({.from_host = from.name(),
                                           .to_host = to.name(),
                                           .from = arrival.from,
                                           .to = arrival.to,
                                           .bytes = arrival.bytes});
    const auto left =
        !kept || way.link.cut || happens(way.link.loss) ? std::nullopt : departure(way, arrival.bytes.size());
    if (!left) {
        ++totals_.lost;
        return;
    }
    arrival.host = &to;
    spoil(way.link, arrival.bytes);
    if (happens(way.link.duplicate)) {
        ++totals_.duplicated;
        launch(way, *left, arrival);
    }
    launch(way, *left, std::move(arrival));
}

/// When a datagram has left a link of limited rate; nothing when too many wait already.
std::optional<Nanos> SimulatedNetwork::departure(Line& line, std::size_t length) noexcept {
    const auto time = now();
    if (line.link.bytes_per_second == 0) return time;
    const auto rate = static_cast<double>(line.link.bytes_per_second);
    const auto begin = std::max(time, line.free_at);
    const auto waiting = static_cast<double>((begin - time).count()) * rate / 1e9;
    if (line.link.queue_length > 0 &&
        waiting + static_cast<double>(length) > static_cast<double>(line.link.queue_length))
        return std::nullopt;
    line.free_at = begin + Nanos{static_cast<std::int64_t>(static_cast<double>(length) * 1e9 / rate)};
    return line.free_at;
}

void SimulatedNetwork::launch(Line& line, Nanos departure, Arrival arrival) {
    auto time = departure + line.link.delay + up_to(line.link.jitter);
    if (happens(line.link.reorder)) {
        time += up_to(line.link.reorder_delay);
    } else {
        time = line.last_arrival = std::max(time, line.last_arrival);
    }
    flights_.emplace(std::pair{time, flight_count_++}, std::move(arrival));
}

void SimulatedNetwork::spoil(const Link& link, std::vector<std::byte>& bytes) noexcept {
    if (bytes.empty()) return;
    if (happens(link.corrupt)) bytes[random_.below(bytes.size())] ^= std::byte{1} << random_.below(8);
    if (happens(link.truncate)) bytes.resize(random_.below(bytes.size()));
}

void SimulatedNetwork::deliver_due() {
    const auto time = now();
    while (!flights_.empty() && flights_.begin()->first.first <= time) {
        auto node = flights_.extract(flights_.begin());
        auto& arrival = node.mapped();
        arrival.host->take(std::move(arrival), node.key().first);
    }
}

}  // namespace gale::testing
