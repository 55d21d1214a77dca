#include "channel/refusal.hpp"

#include <fmt/format.h>

namespace gale::channel {
namespace {

constexpr std::size_t channel_limit = 200;
constexpr std::size_t value_limit = 80;

bool continues_character(char byte) noexcept { return (static_cast<unsigned char>(byte) & 0xc0U) == 0x80U; }

}  // namespace

std::string shortened(std::string_view text, std::size_t limit) {
    if (text.size() <= limit) return std::string{text};
    while (limit > 0 && continues_character(text[limit])) --limit;  // do not cut a character of UTF-8 in two
    return std::string{text.substr(0, limit)} + "...";
}

void refuse(ErrorCode code, const Given& given, std::string_view allowed) {
    throw Error{code,
                fmt::format("{}={}: {}, in channel '{}'", shortened(given.key, value_limit),
                            shortened(given.value, value_limit), allowed, shortened(given.channel, channel_limit))};
}

void refuse(ErrorCode code, std::string_view channel, std::string_view problem) {
    throw Error{code, fmt::format("{}, in channel '{}'", problem, shortened(channel, channel_limit))};
}

}  // namespace gale::channel
