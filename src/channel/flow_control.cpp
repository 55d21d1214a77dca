#include "channel/flow_control.hpp"

#include "base/text.hpp"

namespace gale::channel {
namespace {

constexpr std::string_view grammar =
    "it must be max, min or tagged, then ,g:[tag][/min-size] or ,t:duration (not with max), or ,rrwm:multiple";

FlowStrategy parse_strategy(const Given& given, std::string_view text) {
    if (text == "max") return FlowStrategy::max;
    if (text == "min") return FlowStrategy::min;
    if (text == "tagged") return FlowStrategy::tagged;
    refuse(ErrorCode::generic, given, grammar);
}

void parse_group(FlowControl& result, const Given& given, std::string_view text) {
    const auto slash = text.find('/');
    const auto tag = text.substr(0, slash);
    if (!tag.empty()) {
        result.group_tag = parse_int64(tag);
        if (!result.group_tag)
            refuse(ErrorCode::generic, given, "the group tag after g: must be a decimal 64-bit number");
    }
    if (slash != std::string_view::npos) {
        result.group_min_size = parse_int32(text.substr(slash + 1));
        if (!result.group_min_size || *result.group_min_size < 0)
            refuse(ErrorCode::generic, given, "the group size after g:/ must be a number from 0 to 2147483647");
    } else if (tag.empty()) {
        refuse(ErrorCode::generic, given, "g: needs a tag, a /size or both");
    }
}

/// Of an option given twice the last counts, as everywhere.
void parse_option(FlowControl& result, const Given& given, std::string_view option) {
    const bool grouped = result.strategy != FlowStrategy::max;
    if (option.starts_with("rrwm:")) {
        result.retransmit_window_multiple = parse_int32(option.substr(5));
        if (!result.retransmit_window_multiple || *result.retransmit_window_multiple <= 0)
            refuse(ErrorCode::generic, given, "the multiple after rrwm: must be a number above 0");
    } else if (grouped && option.starts_with("g:")) {
        parse_group(result, given, option.substr(2));
    } else if (grouped && option.starts_with("t:")) {
        result.receiver_timeout = parse_duration(option.substr(2));
        if (!result.receiver_timeout) refuse(ErrorCode::generic, given, "t: needs a duration, as 5s");
    } else {
        refuse(ErrorCode::generic, given, grammar);
    }
}

}  // namespace

FlowControl parse_flow_control(const Given& given) {
    auto rest = given.value;
    auto comma = rest.find(',');
    FlowControl result{.strategy = parse_strategy(given, rest.substr(0, comma))};
    while (comma != std::string_view::npos) {
        rest.remove_prefix(comma + 1);
        comma = rest.find(',');
        parse_option(result, given, rest.substr(0, comma));
    }
    return result;
}

}  // namespace gale::channel
