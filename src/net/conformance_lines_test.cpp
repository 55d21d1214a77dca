#include "net/conformance_lines_test.hpp"

#include "net/capture.hpp"
#include "net/counting.hpp"
#include "net/lossy.hpp"
#include "net/wrapping_network.hpp"
#include "os/clock.hpp"
#include "support/simulated_network.hpp"
#include "support/temporary_directory.hpp"
#include "support/virtual_clock.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace gale::net::testing {
namespace {

using channel::Family;

/// The loopback interface of this machine; groups of IPv6 do not work there, so they use another if there is one.
class SystemLine : public Line {
public:
    explicit SystemLine(Family family) : family_{family} {
        for (const auto& each : system_network().interfaces()) {
            if (each.ip.family != family) continue;
            exists_ = exists_ || each.is_loopback;
            const bool fits = family == Family::v4 ? each.is_loopback : each.can_multicast && !each.is_loopback;
            if (!fits || index_ != 0) continue;
            index_ = each.index;
            group_host_ = {.ip = each.ip};
        }
    }
    [[nodiscard]] bool exists() const noexcept { return exists_; }

    [[nodiscard]] Network& network() override { return system_network(); }
    [[nodiscard]] SocketAddress host() const override { return at(family_ == Family::v4 ? "127.0.0.1" : "::1"); }
    [[nodiscard]] SocketAddress foreign() const override {
        return at(family_ == Family::v4 ? "203.0.113.9" : "2001:db8::9");
    }
    [[nodiscard]] SocketAddress group() const override {
        // A port that was free a moment ago: several programs run these tests at the same time.
        const auto port = system_network().open({.local = host()})->local_address().port;
        return family_ == Family::v4 ? at("239.255.71.3", port) : at("ff01::4703", port);
    }
    [[nodiscard]] SocketAddress group_host() const override { return group_host_; }
    [[nodiscard]] std::uint32_t interface_index() const override { return index_; }
    void wait_for(Transport& transport) override {
        auto poller = system_network().make_poller();
        poller->add(transport);
        poller->wait(std::chrono::milliseconds{100});
        poller->remove(transport);
    }

private:
    Family family_;
    bool exists_ = false;
    SocketAddress group_host_{};
    std::uint32_t index_ = 0;
};

/// The system's network with other specs, or with something around each transport.
class ChangedNetwork final : public Network {
public:
    using Change = std::function<void(TransportSpec&)>;
    ChangedNetwork(Change change, WrappingNetwork::Wrap wrap)
        : change_{std::move(change)}, network_{system_network(), std::move(wrap)} {}

    [[nodiscard]] std::unique_ptr<Transport> open(const TransportSpec& spec) override {
        auto changed = spec;
        change_(changed);
        return network_.open(changed);
    }
    [[nodiscard]] std::unique_ptr<Poller> make_poller() override { return network_.make_poller(); }
    [[nodiscard]] std::vector<InterfaceAddress> interfaces() override { return network_.interfaces(); }
    [[nodiscard]] channel::IpAddress resolve(std::string_view host) override { return network_.resolve(host); }

private:
    Change change_;
    WrappingNetwork network_;
};

class ChangedLine final : public SystemLine {
public:
    ChangedLine(ChangedNetwork::Change change, WrappingNetwork::Wrap wrap)
        : SystemLine{Family::v4}, network_{std::move(change), std::move(wrap)} {}
    [[nodiscard]] Network& network() override { return network_; }

private:
    ChangedNetwork network_;
};

/// Files and counts of a line, which outlive its transports.
struct Desk {
    gale::testing::TemporaryDirectory directory{"gale-conformance"};
    PcapFile file{directory / "all.pcap", os::system_clock()};
    Counts counts;
};

std::unique_ptr<SystemLine> changed(LineKind kind) {
    const auto change = [=](TransportSpec& spec) {
        if (kind != LineKind::plain_v4) return;
        spec.segmentation_offload = false;
        spec.receive_offload = false;
    };
    auto desk = std::make_shared<Desk>();
    const auto wrap = [=](std::unique_ptr<Transport> opened, const TransportSpec& spec) -> std::unique_ptr<Transport> {
        if (kind == LineKind::lossy) return std::make_unique<Lossy>(std::move(opened), LossySpec{});
        if (kind == LineKind::counting) return std::make_unique<Counting>(std::move(opened), desk->counts);
        if (kind == LineKind::capture) return std::make_unique<Capture>(std::move(opened), spec, desk->file);
        return opened;
    };
    return std::make_unique<ChangedLine>(change, wrap);
}

/// One machine of a simulated network, by its address on the segment.
class SimulatedLine final : public Line {
public:
    explicit SimulatedLine(Family family) : family_{family} {
        simulation_.set_links({.delay = std::chrono::milliseconds{1}});
    }

    [[nodiscard]] Network& network() override { return host_; }
    [[nodiscard]] SocketAddress host() const override { return at(family_ == Family::v4 ? "10.0.0.1" : "fd00::1"); }
    [[nodiscard]] SocketAddress foreign() const override { return at(family_ == Family::v4 ? "10.0.0.9" : "fd00::9"); }
    [[nodiscard]] SocketAddress group() const override {
        return family_ == Family::v4 ? at("239.255.71.3", 4000) : at("ff02::4703", 4000);
    }
    [[nodiscard]] std::uint32_t interface_index() const override { return family_ == Family::v4 ? 2 : 3; }
    void wait_for(Transport&) override { clock_.advance(std::chrono::milliseconds{1}); }

private:
    Family family_;
    gale::testing::VirtualClock clock_;
    gale::testing::SimulatedNetwork simulation_{clock_, 1};
    Network& host_ = simulation_.add_host("a", {"10.0.0.1", "fd00::1"});
};

}  // namespace

std::vector<LineKind> line_kinds() {
    return {LineKind::system_v4,    LineKind::system_v6, LineKind::plain_v4, LineKind::simulated_v4,
            LineKind::simulated_v6, LineKind::lossy,     LineKind::counting, LineKind::capture};
}

std::string_view name(LineKind kind) {
    switch (kind) {
    case LineKind::system_v4: return "SystemV4";
    case LineKind::system_v6: return "SystemV6";
    case LineKind::plain_v4: return "WithoutOffloads";
    case LineKind::simulated_v4: return "SimulatedV4";
    case LineKind::simulated_v6: return "SimulatedV6";
    case LineKind::lossy: return "Lossy";
    case LineKind::counting: return "Counting";
    case LineKind::capture: return "Capture";
    }
    return "";
}

std::vector<Arrival> Line::receive(Transport& transport, std::size_t count, int limit) {
    constexpr int patience = 3;
    std::vector<Arrival> arrivals;
    int idle = 0;
    do {
        const auto before = arrivals.size();
        const int got = receive_once(transport, arrivals, limit);
        EXPECT_EQ(arrivals.size() - before, static_cast<std::size_t>(got)) << "the count is what was handed over";
        if (got > 0) idle = 0;
        if (got == 0 && arrivals.size() < count) {
            if (++idle == patience) break;
            wait_for(transport);
        }
    } while (arrivals.size() < count);
    return arrivals;
}

std::unique_ptr<Transport> Line::open_member(const SocketAddress& group,
                                             const std::optional<SocketAddress>& connected) {
    return try_open({.local = group_host(),
                     .connected = connected,
                     .group = group,
                     .interface_index = interface_index(),
                     .ttl = 1});
}

std::unique_ptr<Transport> Line::open_to_group(const SocketAddress& group) {
    return try_open({.local = group_host(), .connected = group, .interface_index = interface_index()});
}

std::unique_ptr<Transport> Line::try_open(const TransportSpec& spec) {
    if (spec.local == SocketAddress{}) return nullptr;
    try {
        return network().open(spec);
    } catch (const Error&) {
        return nullptr;
    }
}

std::unique_ptr<Line> make_line(LineKind kind) {
    const auto if_exists = [](std::unique_ptr<SystemLine> line) { return line->exists() ? std::move(line) : nullptr; };
    switch (kind) {
    case LineKind::system_v4: return if_exists(std::make_unique<SystemLine>(Family::v4));
    case LineKind::system_v6: return if_exists(std::make_unique<SystemLine>(Family::v6));
    case LineKind::simulated_v4: return std::make_unique<SimulatedLine>(Family::v4);
    case LineKind::simulated_v6: return std::make_unique<SimulatedLine>(Family::v6);
    case LineKind::plain_v4:
    case LineKind::lossy:
    case LineKind::counting:
    case LineKind::capture: return if_exists(changed(kind));
    }
    return nullptr;
}

}  // namespace gale::net::testing
