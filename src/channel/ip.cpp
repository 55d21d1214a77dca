#include "channel/address.hpp"

#include <algorithm>
#include <charconv>

namespace gale::channel {
namespace {

template <class T> std::optional<T> parse_digits(std::string_view text, int base, std::size_t most) noexcept {
    T value{};
    if (text.empty() || text.size() > most) return std::nullopt;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<std::array<std::uint8_t, 4>> parse_v4(std::string_view text) noexcept {
    std::array<std::uint8_t, 4> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const auto dot = text.find('.');
        const auto part = text.substr(0, dot);
        const auto value = parse_digits<std::uint8_t>(part, 10, 3);
        if (!value || (part.size() > 1 && part[0] == '0')) return std::nullopt;  // 010 is octal to some
        bytes[i] = *value;
        const bool last = i + 1 == bytes.size();
        if (last != (dot == std::string_view::npos)) return std::nullopt;
        if (!last) text.remove_prefix(dot + 1);
    }
    return bytes;
}

/// One side of `::`: groups of 16 bits, the last perhaps written as IPv4.
struct Groups {
    std::array<std::uint8_t, 16> bytes{};
    std::size_t length = 0;

    bool push(std::uint8_t byte) noexcept {
        if (length == bytes.size()) return false;
        bytes[length++] = byte;
        return true;
    }
};

std::optional<Groups> parse_groups(std::string_view text, bool may_end_in_v4) noexcept {
    Groups groups;
    if (text.empty()) return groups;
    for (bool last = false; !last;) {
        const auto colon = text.find(':');
        const auto part = text.substr(0, colon);
        last = colon == std::string_view::npos;
        if (const auto value = parse_digits<std::uint16_t>(part, 16, 4)) {
            if (!groups.push(static_cast<std::uint8_t>(*value >> 8U)) ||
                !groups.push(static_cast<std::uint8_t>(*value)))
                return std::nullopt;
        } else if (const auto v4 = last && may_end_in_v4 ? parse_v4(part) : std::nullopt) {
            for (const auto byte : *v4)
                if (!groups.push(byte)) return std::nullopt;
        } else {
            return std::nullopt;
        }
        if (!last) text.remove_prefix(colon + 1);
    }
    return groups;
}

std::optional<std::array<std::uint8_t, 16>> parse_v6(std::string_view text) noexcept {
    const auto gap = text.find("::");
    if (gap == std::string_view::npos) {
        const auto all = parse_groups(text, true);
        if (!all || all->length != all->bytes.size()) return std::nullopt;
        return all->bytes;
    }
    const auto head = parse_groups(text.substr(0, gap), false);
    const auto tail = parse_groups(text.substr(gap + 2), true);
    if (!head || !tail || head->length + tail->length > 14) return std::nullopt;  // `::` stands for one group at least
    auto bytes = head->bytes;
    std::copy_n(tail->bytes.begin(), tail->length, bytes.end() - static_cast<std::ptrdiff_t>(tail->length));
    return bytes;
}

}  // namespace

bool IpAddress::is_multicast() const noexcept {
    return family == Family::v4 ? (bytes[0] & 0xf0U) == 0xe0U : bytes[0] == 0xffU;
}

std::optional<IpAddress> parse_ip(std::string_view text) noexcept {
    IpAddress address;
    if (const auto v4 = parse_v4(text)) {
        std::ranges::copy(*v4, address.bytes.begin());
        return address;
    }
    if (const auto v6 = parse_v6(text)) {
        address.family = Family::v6;
        address.bytes = *v6;
        return address;
    }
    return std::nullopt;
}

IpAddress control_address(IpAddress group) noexcept {
    group.bytes[group.length() - 1] = static_cast<std::uint8_t>(group.last_byte() + 1U);
    return group;
}

void require_odd(const Given& given, const IpAddress& address) {
    if (address.is_multicast() && address.last_byte() % 2 == 0)
        refuse(ErrorCode::generic, given,
               "the last byte of a multicast address must be odd, the next one is its control address");
}

}  // namespace gale::channel
