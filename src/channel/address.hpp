/// Addresses as channels write them: `host:port`, `[v6]:port`, and the interface forms. Only text: no look-up of names.
#pragma once

#include "channel/refusal.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gale::channel {

enum class Family : std::uint8_t { v4, v6 };

/// A numeric address. IPv4 uses the first four bytes, the others stay zero.
struct IpAddress {
    Family family = Family::v4;
    std::array<std::uint8_t, 16> bytes{};

    [[nodiscard]] std::size_t length() const noexcept { return family == Family::v4 ? 4 : 16; }
    [[nodiscard]] std::uint8_t last_byte() const noexcept { return bytes[length() - 1]; }
    [[nodiscard]] bool is_multicast() const noexcept;
    /// `0.0.0.0`, `::`: every address of the machine.
    [[nodiscard]] bool is_wildcard() const noexcept { return bytes == std::array<std::uint8_t, 16>{}; }
    auto operator<=>(const IpAddress&) const = default;
};

/// Four decimal numbers; or the hexadecimal groups of IPv6, `::` and a dotted tail included. No brackets, no scope.
[[nodiscard]] std::optional<IpAddress> parse_ip(std::string_view text) noexcept;

/// Where status messages and naks of a group go: the last byte plus one, 255 wraps to 0. Same port.
[[nodiscard]] IpAddress control_address(IpAddress group) noexcept;
/// Throws Error{generic} unless the last byte of a multicast address is odd. Call again on what a name resolved to.
void require_odd(const Given& given, const IpAddress& address);

/// `host:port`.
struct Address {
    std::string text{};  ///< verbatim, as identities use it
    std::string host{};  ///< without brackets and scope
    std::uint16_t port = 0;
    bool bracketed = false;
    std::optional<IpAddress> ip{};  ///< nothing when `host` is a name, still to be looked up

    [[nodiscard]] bool is_multicast() const noexcept { return ip && ip->is_multicast(); }
    bool operator==(const Address&) const = default;
};

/// `host[:port][/prefix]` or `{name}[:port]`: which local address to use.
struct Interface {
    std::string text{};
    std::string name{};  ///< of the form in braces; empty for an address
    std::string host{};  ///< of the address form, without brackets and scope
    std::uint16_t port = 0;
    int prefix = 0;              ///< how many leading bits must agree; the full length when not given
    Family family = Family::v4;  ///< of the address form: brackets mean IPv6
    std::optional<IpAddress> ip{};

    [[nodiscard]] bool is_named() const noexcept { return !name.empty(); }
    bool operator==(const Interface&) const = default;
};

/// Throws Error: `unknown_host` for what can be no host, `generic` for everything else.
[[nodiscard]] Address parse_address(const Given& given);
[[nodiscard]] Interface parse_interface(const Given& given);

}  // namespace gale::channel
