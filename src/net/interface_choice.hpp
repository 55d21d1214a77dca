/// Which of a machine's interfaces a channel means. docs/formats/network.md, interfaces.
#pragma once

#include "net/network.hpp"

#include <span>
#include <string_view>

namespace gale::net {

/// A local address as a channel asks for it: `wanted` in its first `prefix` bits.
struct Subnet {
    channel::IpAddress wanted{};
    int prefix = 0;
};

[[nodiscard]] bool matches(const Subnet& subnet, const channel::IpAddress& ip) noexcept;

/// Among those that match and can multicast, the one with the longest prefix of its own, the first when several have
/// it; a loopback interface only when nothing else matches. Null: none. Borrows from `list`, in the system's order.
[[nodiscard]] const InterfaceAddress* choose_interface(std::span<const InterfaceAddress> list,
                                                       const Subnet& subnet) noexcept;
/// The first address of this family on the interface of this name. Null: none.
[[nodiscard]] const InterfaceAddress* choose_interface(std::span<const InterfaceAddress> list, std::string_view name,
                                                       channel::Family family) noexcept;

}  // namespace gale::net
