#include "text.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <ctime>

namespace gale::tools {
namespace {

/// Three digits that count.
std::string three_digits(double number) {
    const double size = std::abs(number);
    if (size < 9.995) return fmt::format("{:.2f}", number);
    if (size < 99.95) return fmt::format("{:.1f}", number);
    return fmt::format("{:.0f}", number);
}

std::string with_prefix(double number, double step, std::span<const std::string_view> prefixes) {
    std::size_t index = 0;
    while (std::abs(number) >= step * 0.9995 && index + 1 < prefixes.size()) {
        number /= step;
        ++index;
    }
    const bool whole = index == 0 && number == std::floor(number);
    return fmt::format("{} {}", whole ? fmt::format("{:.0f}", number) : three_digits(number), prefixes[index]);
}

/// How many bytes the UTF-8 character at the front has; 0 when there is none.
std::size_t character_length(std::string_view text) noexcept {
    const auto byte = [&](std::size_t index) { return static_cast<unsigned char>(text[index]); };
    const unsigned first = byte(0);
    if (first < 0x80) return 1;
    const std::size_t length = first >= 0xC2 && first < 0xE0 ? 2 : (first & 0xF0U) == 0xE0 ? 3 : 0;
    const std::size_t all = first >= 0xF0 && first < 0xF5 ? 4 : length;
    if (all == 0 || text.size() < all) return 0;
    for (std::size_t i = 1; i < all; ++i) {
        if ((byte(i) & 0xC0U) != 0x80) return 0;
    }
    if (first == 0xE0 && byte(1) < 0xA0) return 0;   // longer than needed
    if (first == 0xED && byte(1) >= 0xA0) return 0;  // surrogates
    if (first == 0xF0 && byte(1) < 0x90) return 0;
    if (first == 0xF4 && byte(1) >= 0x90) return 0;  // beyond Unicode
    return all;
}

/// C0, DEL, and C1, which some terminals obey as well.
bool is_control(std::string_view character) noexcept {
    const auto first = static_cast<unsigned char>(character[0]);
    if (character.size() == 1) return first < 0x20 || first == 0x7F;
    return first == 0xC2 && static_cast<unsigned char>(character[1]) < 0xA0;
}

}  // namespace

std::string grouped(std::int64_t number) {
    std::string digits = std::to_string(number);
    const std::size_t first = number < 0 ? 1 : 0;
    for (std::size_t at = digits.size(); at > first + 3;) {
        at -= 3;
        digits.insert(at, 1, ',');
    }
    return digits;
}

std::string scaled(double number) {
    static constexpr std::array<std::string_view, 5> prefixes{"", "k", "M", "G", "T"};
    std::string text = with_prefix(number, 1000, prefixes);
    if (text.back() == ' ') text.pop_back();
    return text;
}

std::string message_rate(double per_second) { return scaled(per_second) + " msg/s"; }

std::string bandwidth(double bytes_per_second) {
    static constexpr std::array<std::string_view, 5> prefixes{"B/s", "kB/s", "MB/s", "GB/s", "TB/s"};
    return with_prefix(bytes_per_second, 1000, prefixes);
}

std::string byte_size(std::int64_t bytes) {
    static constexpr std::array<std::string_view, 5> prefixes{"B", "KiB", "MiB", "GiB", "TiB"};
    return with_prefix(static_cast<double>(bytes), 1024, prefixes);
}

std::string duration_text(Nanos duration) {
    static constexpr std::array<std::string_view, 4> prefixes{"ns", "us", "ms", "s"};
    return with_prefix(static_cast<double>(duration.count()), 1000, prefixes);
}

std::string long_date(Millis since_1970) {
    const auto seconds = static_cast<std::time_t>(since_1970.count() / 1000);
    std::tm local{};
    try {
        local = fmt::localtime(seconds);
    } catch (const fmt::format_error&) {
        return fmt::format("{} ms", since_1970.count());
    }
    return fmt::format("{:%Y-%m-%d %H:%M:%S}.{:03}{:%z}", local, since_1970.count() % 1000, local);
}

std::string printable(std::string_view foreign, Lines lines) {
    std::string text;
    text.reserve(foreign.size());
    while (!foreign.empty()) {
        const std::size_t length = character_length(foreign);
        const std::string_view character = foreign.substr(0, length == 0 ? 1 : length);
        const bool line_end = character[0] == '\n' || character[0] == '\t';
        if (length == 0 || (is_control(character) && !(line_end && lines == Lines::keep))) {
            text += '?';
        } else {
            text += character;
        }
        foreign.remove_prefix(character.size());
    }
    return text;
}

bool is_utf8(std::string_view text) noexcept {
    while (!text.empty()) {
        const std::size_t length = character_length(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

std::string base64(std::span<const std::byte> bytes) {
    static constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        std::uint32_t group = 0;
        const std::size_t count = std::min<std::size_t>(3, bytes.size() - at);
        for (std::size_t i = 0; i < 3; ++i) {
            group = (group << 8U) | (i < count ? std::to_integer<std::uint32_t>(bytes[at + i]) : 0U);
        }
        for (std::size_t i = 0; i < 4; ++i) text += i <= count ? alphabet[(group >> (18 - 6 * i)) & 63U] : '=';
    }
    return text;
}

}  // namespace gale::tools
