#include "net/port_manager.hpp"

#include <gale/error.hpp>

#include <fmt/format.h>

namespace gale::net {
namespace {

/// Port 0 means "any" and is never handed out.
std::uint32_t first_of(PortRange range) noexcept { return range.low == 0 ? 1U : range.low; }

}  // namespace

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
