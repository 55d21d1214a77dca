#include "channel/common.hpp"

#include "channel/keys.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdlib>

namespace gale::channel {
namespace {

constexpr std::int64_t timestamp_length = 8;

[[noreturn]] void refuse_channel(const Uri& uri, std::string_view problem) {
    refuse(ErrorCode::invalid_channel, uri.text(), problem);
}

/// Two timestamps may not share bytes. The reserved value is the eight bytes before offset 0.
void check_overlap(const Uri& uri, const UdpParameters& udp) {
    struct Named {
        std::string_view key;
        const std::optional<TimestampOffset>& offset;
    };
    const std::array all{Named{key::media_receive_timestamp, udp.media_receive_timestamp},
                         Named{key::channel_receive_timestamp, udp.channel_receive_timestamp},
                         Named{key::channel_send_timestamp, udp.channel_send_timestamp}};
    for (std::size_t i = 0; i < all.size(); ++i)
        for (std::size_t j = i + 1; j < all.size(); ++j) {
            if (!all[i].offset || !all[j].offset) continue;
            const auto distance = std::int64_t{all[i].offset->value} - all[j].offset->value;
            if (std::abs(distance) < timestamp_length)
                refuse(ErrorCode::generic, uri.given(all[j].key),
                       fmt::format("the 8 bytes of two timestamps overlap, {} is {}", all[i].key,
                                   uri.find(all[i].key).value_or("")));
        }
}

/// The channel tag of `tags=,7` is absent, so a broken tag must be told apart before asking what is distinguishing.
void check_distinguishing(const Uri& uri, const Common& common) {
    const auto mode = common.udp.control_mode;
    if (common.udp.endpoint || common.udp.control || common.tags.channel || mode == ControlMode::manual ||
        mode == ControlMode::response)
        return;
    refuse_channel(uri, "a udp channel must have an endpoint, a control, a channel tag in tags, "
                        "or control-mode=manual or response");
}

UdpParameters parse_udp(const Uri& uri) {
    UdpParameters udp;
    udp.control_mode = read_if(uri, key::control_mode, read_control_mode).value_or(ControlMode::none);
    if (udp.control_mode == ControlMode::dynamic && !uri.has(key::control))
        refuse(ErrorCode::invalid_channel, uri.given(key::control_mode), "it needs a control address to listen on");
    udp.endpoint = read_if(uri, key::endpoint, parse_address);
    if (udp.endpoint && udp.endpoint->ip) require_odd(uri.given(key::endpoint), *udp.endpoint->ip);
    udp.control = read_if(uri, key::control, parse_address);
    return udp;
}

}  // namespace

Common parse_common(const Uri& uri) {
    Common common;
    if (!uri.is_udp()) {
        if (uri.is_spy()) refuse_channel(uri, "a spy must name a udp channel, aeron-spy:aeron:udp");
        common.ipc_control_mode = read_if(uri, key::control_mode, read_control_mode).value_or(ControlMode::none);
        if (common.ipc_control_mode == ControlMode::manual || common.ipc_control_mode == ControlMode::dynamic)
            refuse(ErrorCode::invalid_channel, uri.given(key::control_mode), "on ipc it can only be response");
        common.tags = read_if(uri, key::tags, read_tags).value_or(Tags{});
        return common;
    }
    common.udp = parse_udp(uri);
    common.tags = read_if(uri, key::tags, read_tags).value_or(Tags{});
    check_distinguishing(uri, common);
    static_cast<void>(read_if(uri, key::ats, read_ats));

    auto& udp = common.udp;
    udp.socket_send_buffer = read_if(uri, key::socket_send_buffer, read_bytes);
    udp.socket_receive_buffer = read_if(uri, key::socket_receive_buffer, read_bytes);
    common.receiver_window = read_if(uri, key::receiver_window, read_bytes);
    udp.interface = read_if(uri, key::interface, parse_interface);
    udp.ttl = read_if(uri, key::ttl, read_ttl);
    udp.media_receive_timestamp = read_if(uri, key::media_receive_timestamp, read_timestamp_offset);
    udp.channel_receive_timestamp = read_if(uri, key::channel_receive_timestamp, read_timestamp_offset);
    udp.channel_send_timestamp = read_if(uri, key::channel_send_timestamp, read_timestamp_offset);
    check_overlap(uri, udp);
    return common;
}

UntetheredParameters parse_untethered(const Uri& uri) {
    UntetheredParameters result;
    result.window_limit = read_if(uri, key::untethered_window_limit, read_duration);
    result.linger = read_if(uri, key::untethered_linger, read_duration);
    result.resting = read_if(uri, key::untethered_resting, read_duration);
    if (result.linger == Nanos::zero()) result.linger.reset();
    return result;
}

UntetheredSettings settle(const UntetheredParameters& given, const UntetheredSettings& defaults) noexcept {
    UntetheredSettings settings = defaults;
    if (given.window_limit) settings.window_limit = *given.window_limit;
    if (given.linger) settings.linger = given.linger;
    if (given.resting) settings.resting = *given.resting;
    if (!settings.linger) settings.linger = settings.window_limit;
    return settings;
}

void refuse_destination_keys(const Uri& uri) {
    for (const auto key : {key::mtu, key::receiver_window, key::socket_receive_buffer, key::socket_send_buffer,
                           key::response_correlation_id})
        if (uri.has(key))
            refuse(ErrorCode::invalid_channel, uri.given(key), "a destination must not have this parameter");
    if (read_if(uri, key::control_mode, read_control_mode) == ControlMode::response)
        refuse(ErrorCode::invalid_channel, uri.given(key::control_mode), "a destination cannot be a response channel");
}

}  // namespace gale::channel
