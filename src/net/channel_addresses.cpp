#include "net/channel_addresses.hpp"

#include "channel/keys.hpp"
#include "net/interface_choice.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gale::net {

using channel::Address;
using channel::Family;
using channel::Interface;
using channel::IpAddress;
using channel::UdpParameters;

namespace {

constexpr std::string_view no_match =
    "no interface of this machine that is up matches; `ip address` lists them, and a prefix, as in 10.1.0.0/16, widens "
    "the choice";

/// Names one address after the other; knows the channel that they come from.
class Finder {
public:
    Finder(const channel::Uri& uri, const UdpParameters& udp, Lookup lookup,
           std::span<const InterfaceAddress> interfaces) noexcept
        : uri_{uri}, udp_{udp}, lookup_{lookup}, interfaces_{interfaces} {}

    ChannelAddresses find() {
        ChannelAddresses result;
        if (udp_.endpoint) result.remote_data = look_up(*udp_.endpoint);
        result.is_multicast = udp_.endpoint && result.remote_data.is_multicast();
        result.is_wildcard = !udp_.endpoint && !udp_.control && !udp_.interface;
        if (result.is_multicast) {
            multicast(result);
        } else if (udp_.control) {
            with_control(result);
        } else {
            unicast(result);
        }
        return result;
    }

private:
    SocketAddress look_up(const Address& address) {
        return {.ip = address.ip ? *address.ip : lookup_(address.host), .port = address.port};
    }

    void multicast(ChannelAddresses& result) {
        auto& group = result.remote_data;
        channel::require_odd(uri_.given(channel::key::endpoint), group.ip);
        const auto& chosen = interface_for_groups(group.ip.family);
        result.local = local_address(chosen);
        result.interface_index = chosen.index;
        if (group.ip.family == Family::v6) group.scope = chosen.index;
        result.remote_control = {.ip = channel::control_address(group.ip), .port = group.port, .scope = group.scope};
        result.canonical = fmt::format("UDP-{}-{}", to_string(result.local), to_string(group));
    }

    void with_control(ChannelAddresses& result) {
        result.has_explicit_control = true;
        result.local = look_up(*udp_.control);
        if (!udp_.endpoint) result.remote_data.ip.family = result.local.ip.family;
        result.remote_control = result.remote_data;
        result.needs_suffix = udp_.control->port == 0 || (udp_.endpoint && udp_.endpoint->port == 0);
        result.canonical = fmt::format("UDP-{}-{}", udp_.control->text, remote_text(result));
    }

    void unicast(ChannelAddresses& result) {
        result.local.ip.family = result.remote_data.ip.family;
        if (udp_.interface) result.local = interface_for_unicast(result.remote_data.ip.family);
        result.remote_control = result.remote_data;
        result.needs_suffix = !udp_.endpoint || udp_.endpoint->port == 0;
        result.canonical = fmt::format("UDP-{}-{}", to_string(result.local), remote_text(result));
    }

    [[nodiscard]] std::string remote_text(const ChannelAddresses& result) const {
        return udp_.endpoint ? udp_.endpoint->text : to_string(result.remote_data);
    }

    SocketAddress interface_for_unicast(Family family) {
        const auto& wanted = *udp_.interface;
        if (wanted.is_named()) return local_address(by_name(wanted, family));
        const auto ip = look_up(wanted);
        if (ip.is_wildcard()) return {.ip = ip, .port = wanted.port};
        return local_address(by_address({.wanted = ip, .prefix = wanted.prefix}));
    }

    const InterfaceAddress& interface_for_groups(Family family) {
        if (!udp_.interface) return by_address({.wanted = {.family = family}, .prefix = 0});
        const auto& wanted = *udp_.interface;
        if (wanted.is_named()) return by_name(wanted, family);
        return by_address({.wanted = look_up(wanted), .prefix = wanted.prefix});
    }

    IpAddress look_up(const Interface& wanted) {
        const auto ip = wanted.ip ? *wanted.ip : lookup_(wanted.host);
        if (ip.family != wanted.family)
            refuse_interface(ErrorCode::unknown_host, "the name has no IPv4 address; write an IPv6 address in [ ]");
        return ip;
    }

    const InterfaceAddress& by_address(const Subnet& subnet) const {
        const auto* const found = choose_interface(interfaces_, subnet);
        if (found == nullptr) refuse_interface(ErrorCode::generic, no_match);
        return *found;
    }

    const InterfaceAddress& by_name(const Interface& wanted, Family family) const {
        const auto* const found = choose_interface(interfaces_, wanted.name, family);
        if (found == nullptr)
            refuse_interface(ErrorCode::generic,
                             "no interface of this name is up and has an address of the endpoint's family; "
                             "`ip address` lists them");
        return *found;
    }

    [[nodiscard]] SocketAddress local_address(const InterfaceAddress& chosen) const noexcept {
        return {.ip = chosen.ip,
                .port = udp_.interface ? udp_.interface->port : std::uint16_t{0},
                .scope = chosen.ip.family == Family::v6 && is_link_local(chosen.ip) ? chosen.index : 0};
    }

    static bool is_link_local(const IpAddress& ip) noexcept {
        return ip.bytes[0] == 0xfe && (ip.bytes[1] & 0xc0U) == 0x80;
    }

    [[noreturn]] void refuse_interface(ErrorCode code, std::string_view problem) const {
        if (udp_.interface) channel::refuse(code, uri_.given(channel::key::interface), problem);
        channel::refuse(code, uri_.text(), problem);
    }

    const channel::Uri& uri_;
    const UdpParameters& udp_;
    Lookup lookup_;
    std::span<const InterfaceAddress> interfaces_;
};

bool same_place(const SocketAddress& a, const SocketAddress& b) noexcept { return a.ip == b.ip && a.port == b.port; }

}  // namespace

std::vector<std::string> names_in(const UdpParameters& udp) {
    std::vector<std::string> names;
    if (udp.endpoint && !udp.endpoint->ip) names.push_back(udp.endpoint->host);
    if (udp.control && !udp.control->ip && !udp.is_multicast()) names.push_back(udp.control->host);
    if (udp.interface && !udp.interface->is_named() && !udp.interface->ip) names.push_back(udp.interface->host);
    return names;
}

ChannelAddresses find_addresses(const channel::Uri& uri, const UdpParameters& udp, Lookup lookup,
                                std::span<const InterfaceAddress> interfaces) {
    return Finder{uri, udp, lookup, interfaces}.find();
}

std::string identity(const ChannelAddresses& addresses, std::optional<std::int64_t> tag, std::int64_t& next) {
    if (!addresses.needs_suffix) return addresses.canonical;
    return tag ? fmt::format("{}#{}", addresses.canonical, *tag) : fmt::format("{}-{}", addresses.canonical, next++);
}

bool agrees(const ChannelAddresses& requested, const ChannelAddresses& existing) noexcept {
    return requested.is_wildcard ||
           (same_place(requested.remote_data, existing.remote_data) && same_place(requested.local, existing.local));
}

TransportSpec publication_transport(const ChannelAddresses& addresses, channel::ControlMode mode, bool connects) {
    TransportSpec spec{.local = addresses.local};
    if (addresses.is_multicast) {
        spec.group = addresses.remote_control;
        spec.connected = addresses.remote_data;
        spec.interface_index = addresses.interface_index;
    } else if (connects && mode == channel::ControlMode::none && addresses.remote_data.port != 0) {
        spec.connected = addresses.remote_data;
    }
    return spec;
}

TransportSpec subscription_transport(const ChannelAddresses& addresses) {
    if (!addresses.is_multicast) return {.local = addresses.remote_data};
    return {.local = addresses.local, .group = addresses.remote_data, .interface_index = addresses.interface_index};
}

}  // namespace gale::net
