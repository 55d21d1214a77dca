#include "channel/uri_builder.hpp"

#include "base/text.hpp"
#include "channel/common.hpp"
#include "channel/keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace gale::channel {
namespace {

[[noreturn]] void refuse_start(std::string_view problem) { throw Error{ErrorCode::generic, std::string{problem}}; }

std::size_t rank(const Parameter& parameter) noexcept {
    const auto known = known_keys();
    return static_cast<std::size_t>(std::ranges::find(known, parameter.key, &KnownKey::name) - known.begin());
}

}  // namespace

UriBuilder& UriBuilder::set(std::string_view key, std::string_view value) {
    const Given given{.channel = "being built", .key = key, .value = value};
    if (key.empty() || key.find_first_of(std::string_view{"?|=\0", 4}) != std::string_view::npos)
        refuse(ErrorCode::invalid_channel, given, "a key must not be empty nor contain ? | = or a zero byte");
    if (value.empty() || value.find_first_of(std::string_view{"|\0", 2}) != std::string_view::npos)
        refuse(ErrorCode::invalid_channel, given, "a value must not be empty nor contain | or a zero byte");
    if (const auto* const known = find_known(key)) known->check(given);
    const auto found = std::ranges::find(parameters_, key, &Parameter::key);
    if (found == parameters_.end())
        parameters_.push_back({std::string{key}, std::string{value}});
    else
        found->value = value;
    return *this;
}

UriBuilder& UriBuilder::set_number(std::string_view key, std::int64_t value) { return set(key, std::to_string(value)); }
UriBuilder& UriBuilder::set_size(std::string_view key, std::int64_t bytes) { return set(key, format_size(bytes)); }
UriBuilder& UriBuilder::set_duration(std::string_view key, Nanos duration) {
    return set(key, format_duration(duration));
}
UriBuilder& UriBuilder::set_flag(std::string_view key, bool value) { return set(key, value ? "true" : "false"); }
UriBuilder& UriBuilder::session_id(SessionId session) { return set_number(key::session_id, session.value); }

UriBuilder& UriBuilder::remove(std::string_view key) {
    std::erase_if(parameters_, [&](const Parameter& parameter) { return parameter.key == key; });
    return *this;
}

UriBuilder& UriBuilder::initial_position(const Start& start) {
    set_size(key::term_length, start.term_length);  // refuses what is no term length, so that it divides safely
    const auto position = start.position.value;
    const auto terms = position / start.term_length;
    if (position < 0 || position % frame_alignment != 0)
        refuse_start("an initial position must be 0 or more, a multiple of 32");
    if (terms > std::numeric_limits<std::int32_t>::max())
        refuse_start("an initial position must lie within 2^31 terms");
    const auto term_id =
        static_cast<std::uint32_t>(start.initial_term_id.value) + static_cast<std::uint32_t>(terms);  // wraps
    set_number(key::initial_term_id, start.initial_term_id.value);
    set_number(key::term_id, static_cast<std::int32_t>(term_id));
    return set_number(key::term_offset, position % start.term_length);
}

Uri UriBuilder::build() const {
    auto parameters = parameters_;
    std::ranges::stable_sort(parameters, {}, rank);
    std::string text = fmt::format("{}aeron:{}", qualifier_ == Qualifier::spy ? spy_qualifier : "", name(media_));
    char separator = '?';
    for (const auto& [key, value] : parameters) {
        text += fmt::format("{}{}={}", separator, key, value);
        separator = '|';
    }
    auto uri = Uri::parse(text);
    static_cast<void>(parse_common(uri));
    check_log(uri);
    return uri;
}

}  // namespace gale::channel
