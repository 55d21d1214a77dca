/// Ports that the driver hands out when a channel leaves the choice to it. docs/formats/network.md, ports.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>

namespace gale::net {

/// `low` to `high`, both included; 0 and 0: the system chooses.
struct PortRange {
    std::uint16_t low = 0;
    std::uint16_t high = 0;
    [[nodiscard]] bool is_given() const noexcept { return high != 0; }
    bool operator==(const PortRange&) const = default;
};

/// `<low> <high>`. Nothing when that is no range.
[[nodiscard]] std::optional<PortRange> parse_port_range(std::string_view text) noexcept;

/// The ports in use by one side, senders or receivers, on all interfaces together. The conductor's.
class PortManager {
public:
    explicit PortManager(PortRange range) noexcept;

    /// A port of the range that nobody holds, the next after the one handed out last; 0, so that the system chooses,
    /// when there is no range. Throws Error{generic} when all are taken. Give it back with `release`.
    [[nodiscard]] std::uint16_t take();
    /// Somebody named this port. May be held several times (members of groups share one). 0 is nobody's.
    void hold(std::uint16_t port);
    /// Once for each `take` and `hold`.
    void release(std::uint16_t port) noexcept;

    [[nodiscard]] bool is_held(std::uint16_t port) const noexcept { return holders_.contains(port); }

private:
    PortRange range_;
    std::uint32_t next_;
    std::map<std::uint16_t, int> holders_;
};

}  // namespace gale::net
