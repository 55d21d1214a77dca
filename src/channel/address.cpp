#include "channel/address.hpp"

#include <algorithm>
#include <charconv>
#include <tuple>
#include <utility>

namespace gale::channel {
namespace {

constexpr std::size_t max_host_length = 383;
constexpr std::size_t max_interface_name = 15;  // IF_NAMESIZE of Linux without the final zero

[[noreturn]] void refuse_host(const Given& given, std::string_view why) { refuse(ErrorCode::unknown_host, given, why); }
[[noreturn]] void refuse_shape(const Given& given, std::string_view why) { refuse(ErrorCode::generic, given, why); }

/// Plain decimal. A leading zero is refused: C would read octal, Java decimal.
std::optional<int> parse_plain(std::string_view text, int highest) noexcept {
    int value = 0;
    if (text.empty() || text.size() > 5 || (text.size() > 1 && text[0] == '0') || text[0] == '-') return std::nullopt;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value > highest) return std::nullopt;
    return value;
}

std::uint16_t parse_port(const Given& given, std::string_view text) {
    const auto port = parse_plain(text, 65535);
    if (!port) refuse_shape(given, "the port must be a decimal number from 0 to 65535");
    return static_cast<std::uint16_t>(*port);
}

bool is_blank_or_control(char c) noexcept { return static_cast<unsigned char>(c) <= ' ' || c == '\x7f'; }

bool is_scope_character(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view{"_.~-"}.find(c) != std::string_view::npos;
}

/// Host and what follows it, split at the brackets when there are any.
struct Split {
    std::string_view host;
    std::string_view rest;
    bool bracketed = false;
};

/// Nothing when the text does not begin with a whole pair of brackets and holds none elsewhere.
std::optional<Split> split_brackets(const Given& given, std::string_view text) {
    const auto open = text.find('[');
    const auto close = text.find(']');
    if (open == std::string_view::npos && close == std::string_view::npos) return std::nullopt;
    if (close == std::string_view::npos) refuse_host(given, "the [ of an IPv6 address needs its ]");
    if (open != 0 || text.find_first_of("[]", 1) != close ||
        text.find_first_of("[]", close + 1) != std::string_view::npos)
        refuse_shape(given, "an IPv6 address must stand between one [ and one ], before the port");
    return Split{.host = text.substr(1, close - 1), .rest = text.substr(close + 1), .bracketed = true};
}

/// The host without its scope, and its number when it is one.
std::pair<std::string, std::optional<IpAddress>> parse_host(const Given& given, const Split& split) {
    auto host = split.host;
    if (host.size() > max_host_length) refuse_shape(given, "the host must be shorter than 384 bytes");
    if (split.bracketed) {
        const auto percent = host.find('%');
        if (percent != std::string_view::npos) {
            if (!std::ranges::all_of(host.substr(percent + 1), is_scope_character))
                refuse_shape(given, "the scope after % must be letters, digits or one of _ . ~ -");
            host = host.substr(0, percent);
        }
    }
    if (host.empty()) refuse_host(given, "the host must not be empty");
    if (std::ranges::any_of(host, is_blank_or_control)) refuse_host(given, "the host must not contain blanks");
    const auto ip = parse_ip(host);
    if (split.bracketed && (!ip || ip->family != Family::v6))
        refuse_shape(given, "between [ and ] must stand an IPv6 address in numbers");
    return {std::string{host}, ip};
}

Interface parse_named(const Given& given, std::string_view text) {
    const auto close = text.find('}');
    if (close == std::string_view::npos) refuse_shape(given, "the { of an interface name needs its }");
    Interface result{.text = std::string{text}, .name = std::string{text.substr(1, close - 1)}};
    if (result.name.empty() || result.name.size() > max_interface_name)
        refuse_shape(given, "an interface name must have 1 to 15 bytes");
    const auto rest = text.substr(close + 1);
    if (rest.empty()) return result;
    if (rest[0] != ':') refuse_shape(given, "after the interface name only :port may follow");
    result.port = parse_port(given, rest.substr(1));
    return result;
}

int parse_prefix(const Given& given, std::string_view text, Family family) {
    const auto prefix = parse_plain(text, family == Family::v4 ? 32 : 128);
    if (!prefix) refuse_shape(given, "the prefix must be a decimal number, at most 32 or, for an address in [ ], 128");
    return *prefix;
}

}  // namespace

Address parse_address(const Given& given) {
    const auto text = given.value;
    auto split = split_brackets(given, text).value_or(Split{});
    if (!split.bracketed) {
        const auto colon = text.rfind(':');
        split.host = text.substr(0, colon);
        split.rest = colon == std::string_view::npos ? std::string_view{} : text.substr(colon);
        if (split.host.find(':') != std::string_view::npos) refuse_shape(given, "IPv6 must be written [address]:port");
    }
    if (split.rest.size() < 2 || split.rest[0] != ':') refuse_shape(given, "it must be host:port, the port is missing");
    const auto port = parse_port(given, split.rest.substr(1));
    auto [host, ip] = parse_host(given, split);
    return {.text = std::string{text}, .host = std::move(host), .port = port, .bracketed = split.bracketed, .ip = ip};
}

Interface parse_interface(const Given& given) {
    const auto text = given.value;
    if (text.starts_with('{')) return parse_named(given, text);
    auto split = split_brackets(given, text).value_or(Split{});
    if (!split.bracketed) {
        const auto slash = text.find('/');
        const auto end = text.substr(0, slash).rfind(':');
        split.host = text.substr(0, std::min(end, slash));
        split.rest = text.substr(split.host.size());
        if (split.host.find(':') != std::string_view::npos)
            refuse_host(given, "an IPv6 interface must be written [address], with :port and /prefix after it");
    }

    Interface result{.text = std::string{text}, .family = split.bracketed ? Family::v6 : Family::v4};
    result.prefix = split.bracketed ? 128 : 32;
    auto rest = split.rest;
    const auto slash = rest.find('/');
    if (slash != std::string_view::npos) {
        result.prefix = parse_prefix(given, rest.substr(slash + 1), result.family);
        rest = rest.substr(0, slash);
    }
    if (!rest.empty()) {
        if (rest[0] != ':') refuse_shape(given, "it must be host[:port][/prefix] or {name}[:port]");
        result.port = parse_port(given, rest.substr(1));
    }
    std::tie(result.host, result.ip) = parse_host(given, split);
    return result;
}

}  // namespace gale::channel
