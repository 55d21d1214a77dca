/// What a UDP channel means on this machine: addresses in numbers, the interface, and the text by which channels are
/// told apart. docs/formats/network.md has the rules.
#pragma once

#include "channel/parameters.hpp"
#include "channel/uri.hpp"
#include "net/network.hpp"

#include <gale/function_ref.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace gale::net {

struct ChannelAddresses {
    SocketAddress remote_data{};     ///< where data goes to, or is heard
    SocketAddress remote_control{};  ///< where feedback goes to, or is heard; differs from the former for groups only
    SocketAddress local{};           ///< for data and for control
    std::uint32_t interface_index = 0;  ///< of `local`; known for groups
    bool is_multicast = false;
    bool has_explicit_control = false;  ///< `local` is it: a publication binds it, a subscription reports to it
    std::string canonical{};            ///< `UDP-<local>-<remote>`, without a suffix
    bool needs_suffix = false;          ///< nothing in it would tell it from another: see identity()
    bool is_wildcard = false;           ///< neither endpoint, control nor interface: nothing but a tag, say
};

/// The names of hosts in a channel that have to be looked up first.
[[nodiscard]] std::vector<std::string> names_in(const channel::UdpParameters& udp);

/// Where a name of `names_in` leads. May throw Error{unknown_host}.
using Lookup = FunctionRef<channel::IpAddress(std::string_view host)>;

/// Pure: looks at nothing but its arguments. Throws Error: `generic` for a group with an even last byte and where no
/// interface matches, and what `lookup` throws. `uri` is only for the words of a refusal.
[[nodiscard]] ChannelAddresses find_addresses(const channel::Uri& uri, const channel::UdpParameters& udp, Lookup lookup,
                                              std::span<const InterfaceAddress> interfaces);

/// The text by which endpoints are compared. `next` counts channels that have neither address nor tag of their own.
[[nodiscard]] std::string identity(const ChannelAddresses& addresses, std::optional<std::int64_t> tag,
                                   std::int64_t& next);

/// Whether a channel with the same tag may use the endpoint made from `existing`.
[[nodiscard]] bool agrees(const ChannelAddresses& requested, const ChannelAddresses& existing) noexcept;

/// What a publication's transport binds, joins and connects. Sizes, times and hops are the caller's to add.
[[nodiscard]] TransportSpec publication_transport(const ChannelAddresses& addresses, channel::ControlMode mode,
                                                  bool connects);
/// The same for a subscription, or for one of its destinations.
[[nodiscard]] TransportSpec subscription_transport(const ChannelAddresses& addresses);

}  // namespace gale::net
