#include "net/interface_choice.hpp"

#include <algorithm>

namespace gale::net {

bool matches(const Subnet& subnet, const channel::IpAddress& ip) noexcept {
    if (ip.family != subnet.wanted.family) return false;
    auto bits = static_cast<unsigned>(subnet.prefix);
    for (std::size_t i = 0; bits > 0 && i < ip.length(); ++i) {
        const auto compared = std::min(bits, 8U);
        const auto difference = static_cast<unsigned>(ip.bytes[i] ^ subnet.wanted.bytes[i]);
        if (difference >> (8U - compared) != 0) return false;
        bits -= compared;
    }
    return true;
}

const InterfaceAddress* choose_interface(std::span<const InterfaceAddress> list, const Subnet& subnet) noexcept {
    const InterfaceAddress* chosen = nullptr;
    for (const auto& each : list) {
        if (!matches(subnet, each.ip)) continue;
        if (each.is_loopback) {
            if (chosen == nullptr) chosen = &each;
        } else if (each.can_multicast && (chosen == nullptr || chosen->is_loopback || each.prefix > chosen->prefix)) {
            chosen = &each;
        }
    }
    return chosen;
}

const InterfaceAddress* choose_interface(std::span<const InterfaceAddress> list, std::string_view name,
                                         channel::Family family) noexcept {
    const auto found =
        std::ranges::find_if(list, [&](const auto& each) { return each.name == name && each.ip.family == family; });
    return found == list.end() ? nullptr : &*found;
}

}  // namespace gale::net
