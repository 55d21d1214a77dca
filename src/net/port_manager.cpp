#include "net/port_manager.hpp"

#include <gale/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <system_error>

namespace gale::net {
namespace {

/// Port 0 means "any" and is never handed out.
std::uint32_t first_of(PortRange range) noexcept { return range.low == 0 ? 1U : range.low; }

/// The number at the front of `text`, which then goes on behind it.
std::optional<std::uint16_t> take_port(std::string_view& text) noexcept {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return port;
}

}  // namespace

std::optional<PortRange> parse_port_range(std::string_view text) noexcept {
    const auto low = take_port(text);
    if (!low || text.empty() || text.front() != ' ') return std::nullopt;
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    const auto high = take_port(text);
    if (!high || !text.empty() || *low > *high) return std::nullopt;
    return PortRange{.low = *low, .high = *high};
}

PortManager::PortManager(PortRange range) noexcept : range_{range}, next_{first_of(range)} {}

std::uint16_t PortManager::take() {
    if (!range_.is_given()) return 0;
    const auto first = first_of(range_);
    const std::uint32_t count = range_.high - first + 1U;  // in 32 bits: a range may end at 65535
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto port = static_cast<std::uint16_t>(next_);
        next_ = next_ == range_.high ? first : next_ + 1;
        if (is_held(port)) continue;
        hold(port);
        return port;
    }
    throw Error{ErrorCode::generic, fmt::format("no port is free: all from {} to {}, the driver's wildcard port range, "
                                                "are in use; name a port, or widen the range",
                                                first, range_.high)};
}

void PortManager::hold(std::uint16_t port) {
    if (port != 0) ++holders_[port];
}

void PortManager::release(std::uint16_t port) noexcept {
    const auto found = holders_.find(port);
    if (found != holders_.end() && --found->second == 0) holders_.erase(found);
}

}  // namespace gale::net
