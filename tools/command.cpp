#include "command.hpp"

#include "base/text.hpp"
#include "os/directory.hpp"
#include "os/process.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <limits>
#include <memory>
#include <optional>

namespace gale::tools {
namespace {

std::optional<std::int64_t> parse_count(std::string_view text) {
    double scale = 1;
    if (!text.empty() && (text.back() == 'k' || text.back() == 'K')) scale = 1e3;
    if (!text.empty() && (text.back() == 'm' || text.back() == 'M')) scale = 1e6;
    if (scale > 1) text.remove_suffix(1);
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(number)) return std::nullopt;
    const double value = number * scale;
    if (value < 0 || value > 9e18 || value != std::floor(value)) return std::nullopt;
    return static_cast<std::int64_t>(value);
}

}  // namespace

Option add_directory_option(Command command, std::string& directory) {
    return command
        .add_option("--dir", directory, "the media driver's directory (default: $AERON_DIR, else this user's)")
        .type_name("DIRECTORY");
}

Option add_size_option(Command command, const std::string& names, std::int64_t& target, const std::string& help,
                       std::int64_t low, std::int64_t high) {
    const auto take = [&target, low, high](const std::string& text) {
        const auto size = parse_size(text);
        if (!size || *size < low || *size > high) {
            return fmt::format("'{}' is no size from {} to {}: write bytes, or 64k, 16m, 1g", text, format_size(low),
                               format_size(high));
        }
        target = *size;
        return std::string{};
    };
    return command.add_word(names, take, help).type_name("SIZE");
}

Option add_count_option(Command command, const std::string& names, std::int64_t& target, const std::string& help,
                        std::int64_t low) {
    const auto take = [&target, low](const std::string& text) {
        const auto count = parse_count(text);
        if (!count || *count < low) {
            return fmt::format("'{}' is no whole number from {} up: write 250000, 250k or 2.5m", text, low);
        }
        target = *count;
        return std::string{};
    };
    return command.add_word(names, take, help).type_name("N");
}

std::string resolve_directory(const std::string& option) {
    if (!option.empty()) return option;
    if (auto named = os::environment("AERON_DIR"); named && !named->empty()) return *named;
    return os::default_aeron_directory();
}

}  // namespace gale::tools
