#include "channel/values.hpp"

#include "base/text.hpp"

#include <bit>
#include <limits>

namespace gale::channel {
namespace {

constexpr std::int64_t no_tag = -1;

[[noreturn]] void refuse_value(const Given& given, std::string_view allowed) {
    refuse(ErrorCode::generic, given, allowed);
}

/// 010 is 8 for C and 10 for Java: neither is what was meant for sure.
bool is_octal_looking(std::string_view text) noexcept {
    if (text.starts_with('-')) text.remove_prefix(1);
    return text.size() > 1 && text[0] == '0';
}

std::optional<std::int32_t> parse_bytes(std::string_view text) noexcept {
    const auto size = parse_size(text);
    if (!size || *size > std::numeric_limits<std::int32_t>::max()) return std::nullopt;
    return static_cast<std::int32_t>(*size);
}

}  // namespace

std::int32_t read_int32(const Given& given) {
    const auto value = parse_int32(given.value);
    if (!value || is_octal_looking(given.value))
        refuse_value(given, "it must be a decimal number from -2147483648 to 2147483647");
    return *value;
}

std::int64_t read_int64(const Given& given) {
    const auto value = parse_int64(given.value);
    if (!value || is_octal_looking(given.value)) refuse_value(given, "it must be a decimal number of at most 64 bits");
    return *value;
}

bool read_flag(const Given& given) {
    const auto value = parse_bool(given.value);
    if (!value) refuse_value(given, "it must be true or false");
    return *value;
}

Nanos read_duration(const Given& given) {
    const auto value = parse_duration(given.value);
    if (!value) refuse_value(given, "it must be a duration: digits, then ns, us, ms, s or nothing for nanoseconds");
    return *value;
}

std::int32_t read_bytes(const Given& given) {
    const auto value = parse_bytes(given.value);
    if (!value) refuse_value(given, "it must be a size from 0 to 2147483647: digits, then k, m, g or nothing");
    return *value;
}

std::int32_t read_mtu(const Given& given) {
    const auto value = parse_bytes(given.value);
    if (!value || *value < min_mtu || *value > max_mtu || *value % frame_alignment != 0)
        refuse_value(given, "it must be a size from 64 to 65504, a multiple of 32");
    return *value;
}

std::int32_t read_term_length(const Given& given) {
    const auto value = parse_bytes(given.value);
    if (!value || *value < min_term_length || *value > max_term_length ||
        !std::has_single_bit(static_cast<std::uint32_t>(*value)))
        refuse_value(given, "it must be a size from 64k to 1g, a power of two");
    return *value;
}

std::int32_t read_term_offset(const Given& given) {
    const auto value = parse_int32(given.value);
    if (!value || is_octal_looking(given.value) || *value < 0 || *value > max_term_length ||
        *value % frame_alignment != 0)
        refuse_value(given, "it must be a decimal number from 0 to the term length, a multiple of 32");
    return *value;
}

std::int32_t read_max_resend(const Given& given) {
    const auto value = parse_int32(given.value);
    if (!value || *value < min_resend || *value > max_resend) refuse_value(given, "it must be a number from 1 to 256");
    return *value;
}

std::uint8_t read_ttl(const Given& given) {
    const auto value = parse_int32(given.value);
    if (!value || is_octal_looking(given.value) || *value < 0 || *value > 255)
        refuse_value(given, "it must be a decimal number from 0 to 255");
    return static_cast<std::uint8_t>(*value);
}

TimestampOffset read_timestamp_offset(const Given& given) {
    if (given.value == "reserved") return {TimestampOffset::reserved};
    const auto value = parse_int32(given.value);
    if (!value || is_octal_looking(given.value) || *value < 0)
        refuse_value(given, "it must be `reserved` or a decimal number from 0 to 2147483647");
    return {*value};
}

SessionChoice read_session(const Given& given) {
    constexpr std::string_view tag_prefix = "tag:";
    if (!given.value.starts_with(tag_prefix)) {
        const auto value = parse_int32(given.value);
        if (!value || is_octal_looking(given.value))
            refuse_value(given, "it must be a decimal number of 32 bits, or on a publication tag:<entity tag>");
        return {.id = SessionId{*value}};
    }
    const auto tag = parse_int64(given.value.substr(tag_prefix.size()));
    if (!tag) refuse_value(given, "tag: must be followed by the entity tag of a publication, a decimal number");
    return {.tag = *tag};
}

std::int64_t read_response_correlation_id(const Given& given) {
    if (given.value == "prototype") return response_prototype;
    const auto value = parse_int64(given.value);
    if (!value || is_octal_looking(given.value) || *value < -1)
        refuse_value(given, "it must be `prototype` or a decimal number, -1 or more");
    return *value;
}

Tags read_tags(const Given& given) {
    Tags tags;
    const auto comma = given.value.find(',');
    const auto channel = given.value.substr(0, comma);
    const bool entity_only = channel.empty() && comma != std::string_view::npos && comma + 1 < given.value.size();
    if (!entity_only) {
        tags.channel = parse_int64(channel);
        if (!tags.channel || *tags.channel == no_tag)
            refuse(ErrorCode::invalid_channel, given, "the channel tag must be a decimal number other than -1");
    }
    if (comma != std::string_view::npos) {
        tags.entity = parse_int64(given.value.substr(comma + 1));
        if (!tags.entity || *tags.entity == no_tag)
            refuse_value(given, "the entity tag, after the comma, must be a decimal number other than -1");
    }
    return tags;
}

ControlMode read_control_mode(const Given& given) {
    if (given.value == "manual") return ControlMode::manual;
    if (given.value == "dynamic") return ControlMode::dynamic;
    if (given.value == "response") return ControlMode::response;
    refuse(ErrorCode::invalid_channel, given,
           "it must be manual, dynamic or response, or left out beside an endpoint or a control");
}

CongestionControl read_congestion_control(const Given& given) {
    if (given.value == "static") return CongestionControl::fixed;
    if (given.value == "cubic") return CongestionControl::cubic;
    refuse_value(given, "it must be static or cubic");
}

GroupMode read_group(const Given& given) {
    if (given.value == "true") return GroupMode::yes;
    if (given.value == "false") return GroupMode::no;
    if (given.value == "infer") return GroupMode::infer;
    refuse_value(given, "it must be true, false or infer");
}

bool read_ats(const Given& given) {
    if (read_flag(given)) refuse_value(given, "it can only be false, secure transport is not part of this driver");
    return false;
}

}  // namespace gale::channel
