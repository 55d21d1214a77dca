#include "channel/uri.hpp"

#include "channel/keys.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gale::channel {
namespace {

constexpr std::string_view scheme = "aeron:";

Media parse_media(std::string_view channel, std::string_view media) {
    if (media == "ipc") return Media::ipc;
    if (media == "udp") return Media::udp;
    refuse(ErrorCode::invalid_channel, channel,
           fmt::format("media '{}' is unknown, it must be ipc or udp", shortened(media, 40)));
}

}  // namespace

std::string_view name(Media media) noexcept { return media == Media::ipc ? "ipc" : "udp"; }

Uri Uri::parse(std::string_view text) {
    const auto bad = [&](std::string_view problem) { refuse(ErrorCode::invalid_channel, text, problem); };
    if (text.size() > max_uri_length)
        bad(fmt::format("a channel has at most {} bytes, not {}", max_uri_length, text.size()));
    if (text.find('\0') != std::string_view::npos) bad("a channel cannot hold a zero byte");  // would end it for C

    Uri uri;
    uri.text_ = text;
    std::string_view rest = text;
    if (rest.starts_with(spy_qualifier)) {
        uri.qualifier_ = Qualifier::spy;
        rest.remove_prefix(spy_qualifier.size());
    }
    if (!rest.starts_with(scheme)) bad("a channel must begin with aeron:ipc, aeron:udp or aeron-spy:aeron:udp");
    rest.remove_prefix(scheme.size());

    const auto question = rest.find('?');
    uri.media_ = parse_media(text, rest.substr(0, question));
    // `aeron:udp` and `aeron:udp?` each pass one of the upstream parsers: no parameters, which the reader may refuse.
    if (question != std::string_view::npos) uri.parse_parameters(rest.substr(question + 1));
    return uri;
}

void Uri::parse_parameters(std::string_view rest) {
    while (!rest.empty()) {
        const auto bar = rest.find('|');
        add(rest.substr(0, bar), bar == std::string_view::npos);
        if (bar == std::string_view::npos) return;
        rest.remove_prefix(bar + 1);
        if (rest.empty()) refuse(ErrorCode::invalid_channel, text_, "a key=value must follow the last |");
    }
}

void Uri::add(std::string_view parameter, bool last) {
    const auto equals = parameter.find('=');  // later ones belong to the value
    const auto key = parameter.substr(0, equals);
    if (key.empty()) refuse(ErrorCode::invalid_channel, text_, "a key is missing, parameters are key=value|key=value");
    if (equals == std::string_view::npos)
        refuse(ErrorCode::invalid_channel, text_, fmt::format("key '{}' has no =value", shortened(key, 80)));
    const auto value = parameter.substr(equals + 1);
    if (value.empty()) {
        // C takes an empty value at the end for an absent parameter: then a number is missing, not a text malformed.
        const auto code = last && is_number(key) ? ErrorCode::generic : ErrorCode::invalid_channel;
        refuse(code, text_, fmt::format("{} is set to an empty value; leave it out instead", shortened(key, 80)));
    }
    if (has(key)) refuse(ErrorCode::invalid_channel, text_, fmt::format("{} is given twice", shortened(key, 80)));
    parameters_.push_back({std::string{key}, std::string{value}});
}

std::optional<std::string_view> Uri::find(std::string_view key) const noexcept {
    const auto found = std::ranges::find(parameters_, key, &Parameter::key);
    if (found == parameters_.end()) return std::nullopt;
    return found->value;
}

Given Uri::given(std::string_view key) const noexcept {
    return {.channel = text_, .key = key, .value = find(key).value_or(std::string_view{})};
}

std::string print(const Uri& uri) {
    std::string text{uri.is_spy() ? spy_qualifier : std::string_view{}};
    text.append(scheme).append(name(uri.media()));
    char separator = '?';
    for (const auto& [key, value] : uri.parameters()) {
        text.append(1, separator).append(key).append("=").append(value);
        separator = '|';
    }
    return text;
}

}  // namespace gale::channel
