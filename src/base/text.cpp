#include "base/text.hpp"

#include <array>
#include <charconv>
#include <limits>

namespace gale {
namespace {

template <class T> std::optional<T> parse_whole(std::string_view text) noexcept {
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

struct Unit {
    std::string_view suffix;
    std::int64_t factor;
};
constexpr std::array<Unit, 4> durations{{{"s", 1'000'000'000}, {"ms", 1'000'000}, {"us", 1'000}, {"ns", 1}}};
constexpr std::array<Unit, 3> sizes{{{"g", 1 << 30}, {"m", 1 << 20}, {"k", 1 << 10}}};

std::size_t digit_count(std::string_view text) noexcept {
    const auto end = text.find_first_not_of("0123456789");
    return end == std::string_view::npos ? text.size() : end;
}

bool equal_folded(std::string_view text, std::string_view lower_case) noexcept {
    if (text.size() != lower_case.size()) return false;
    for (std::size_t i = 0; i < text.size(); ++i)
        if (lower(text[i]) != lower_case[i]) return false;
    return true;
}

template <std::size_t N>
std::string format_unit(std::int64_t value, const std::array<Unit, N>& units, std::string_view none) {
    for (const Unit& unit : units)
        if (value != 0 && value % unit.factor == 0) return std::to_string(value / unit.factor).append(unit.suffix);
    return std::to_string(value).append(none);
}

}  // namespace

std::optional<std::int64_t> parse_int64(std::string_view text) noexcept { return parse_whole<std::int64_t>(text); }
std::optional<std::int32_t> parse_int32(std::string_view text) noexcept { return parse_whole<std::int32_t>(text); }

std::optional<std::int64_t> parse_size(std::string_view text) noexcept {
    const auto digits = digit_count(text);
    const auto value = parse_whole<std::int64_t>(text.substr(0, digits));
    if (!value) return std::nullopt;
    const auto suffix = text.substr(digits);
    if (suffix.empty()) return value;
    for (const Unit& unit : sizes) {
        if (!equal_folded(suffix, unit.suffix)) continue;
        if (*value > std::numeric_limits<std::int64_t>::max() / unit.factor) return std::nullopt;
        return *value * unit.factor;
    }
    return std::nullopt;
}

std::optional<Nanos> parse_duration(std::string_view text) noexcept {
    const auto digits = digit_count(text);
    if (digits == 0) return std::nullopt;
    std::int64_t factor = 0;
    const auto suffix = text.substr(digits);
    if (suffix.empty()) factor = 1;
    for (const Unit& unit : durations)
        if (equal_folded(suffix, unit.suffix)) factor = unit.factor;
    if (factor == 0) return std::nullopt;
    const auto value = parse_whole<std::int64_t>(text.substr(0, digits));
    if (!value || *value > std::numeric_limits<std::int64_t>::max() / factor)
        return Nanos::max();  // digits only: overflow
    return Nanos{*value * factor};
}

std::optional<bool> parse_bool(std::string_view text) noexcept {
    if (text == "true") return true;
    if (text == "false") return false;
    return std::nullopt;
}

std::string format_size(std::int64_t bytes) { return format_unit(bytes, sizes, ""); }
std::string format_duration(Nanos duration) { return format_unit(duration.count(), durations, "ns"); }

}  // namespace gale
