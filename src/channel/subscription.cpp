#include "channel/common.hpp"
#include "channel/keys.hpp"
#include "channel/parameters.hpp"

#include <fmt/format.h>

namespace gale::channel {
namespace {

SubscriptionParameters parse_flags(const Uri& uri) {
    SubscriptionParameters result;
    result.reliable = read_if(uri, key::reliable, read_flag);
    result.sparse = read_if(uri, key::sparse, read_flag);
    result.tether = read_if(uri, key::tether, read_flag);
    result.rejoin = read_if(uri, key::rejoin, read_flag);
    return result;
}

std::optional<SessionId> parse_session(const Uri& uri) {
    const auto session = read_if(uri, key::session_id, read_session);
    if (session && session->tag)
        refuse(ErrorCode::generic, uri.given(key::session_id),
               "it must be a number on a subscription, tags are for publications");
    return session ? session->id : std::nullopt;
}

/// What is read of a network channel only; a broken value fails the add, not an image later.
void parse_receiver(SubscriptionParameters& result, const Uri& uri) {
    result.group = read_if(uri, key::group, read_group);
    result.congestion_control = read_if(uri, key::congestion_control, read_congestion_control);
    result.nak_delay = read_if(uri, key::nak_delay, read_duration);
    result.group_tag = read_if(uri, key::group_tag, read_int64);
}

SubscriptionSettings settle(const SubscriptionParameters& given, const SubscriptionDefaults& defaults) {
    SubscriptionSettings settings = defaults;
    settings.reliable = given.reliable.value_or(defaults.reliable);
    settings.sparse = given.sparse.value_or(defaults.sparse);
    settings.tether = given.tether.value_or(defaults.tether);
    settings.rejoin = given.rejoin.value_or(defaults.rejoin);
    settings.group = given.group.value_or(defaults.group);
    settings.congestion_control = given.congestion_control.value_or(defaults.congestion_control);
    if (given.group_tag) settings.group_tag = given.group_tag;
    settings.nak_delay = given.nak_delay.value_or(defaults.nak_delay);
    settings.receiver_window = given.receiver_window.value_or(defaults.receiver_window);
    settings.socket_receive_buffer = given.udp.socket_receive_buffer.value_or(defaults.socket_receive_buffer);
    settings.untethered = channel::settle(given.untethered, defaults.untethered);
    return settings;
}

void check_socket(const Uri& uri, const SubscriptionParameters& parameters) {
    const auto& udp = parameters.udp;
    if (udp.has_explicit_control() && udp.control->port == 0)
        refuse(ErrorCode::generic, uri.given(key::control), "a subscription needs a port from 1 to 65535 to send to");
    const auto& settings = parameters.settings;
    if (settings.socket_receive_buffer != 0 && settings.receiver_window > settings.socket_receive_buffer)
        refuse(ErrorCode::generic, uri.text(),
               fmt::format("the receiver window rcv-wnd, {}, must not exceed the socket receive buffer so-rcvbuf, {}",
                           settings.receiver_window, settings.socket_receive_buffer));
}

}  // namespace

SubscriptionParameters parse_subscription(const Uri& uri, const SubscriptionDefaults& defaults) {
    auto common = parse_common(uri);
    auto result = parse_flags(uri);
    result.media = uri.media();
    result.qualifier = uri.qualifier();
    result.udp = std::move(common.udp);
    result.tags = common.tags;
    result.is_response =
        common.ipc_control_mode == ControlMode::response || result.udp.control_mode == ControlMode::response;
    result.session_id = parse_session(uri);
    result.receiver_window = read_if(uri, key::receiver_window, read_bytes);
    if (result.receiver_window == 0) result.receiver_window.reset();
    result.untethered = parse_untethered(uri);
    if (uri.is_udp()) parse_receiver(result, uri);
    result.settings = settle(result, defaults);
    if (uri.is_udp() && !uri.is_spy()) check_socket(uri, result);
    return result;
}

SendDestination parse_send_destination(const Uri& uri) {
    if (uri.is_spy()) refuse(ErrorCode::invalid_channel, uri.text(), "a publication cannot send to a spy");
    refuse_destination_keys(uri);
    if (!uri.is_udp() || !uri.has(key::endpoint))
        refuse(ErrorCode::generic, uri.text(), "a destination to send to must be aeron:udp with an endpoint");
    const auto endpoint = uri.given(key::endpoint);
    SendDestination result{.endpoint = parse_address(endpoint)};
    if (result.endpoint.port == 0) refuse(ErrorCode::generic, endpoint, "a destination needs a port from 1 to 65535");
    result.interface = read_if(uri, key::interface, parse_interface);
    result.ttl = read_if(uri, key::ttl, read_ttl);
    return result;
}

SubscriptionParameters parse_receive_destination(const Uri& uri, const SubscriptionDefaults& defaults) {
    if (uri.is_udp() && !uri.is_spy()) {  // nobody looks for them on the other two
        refuse_destination_keys(uri);
        if (!uri.has(key::endpoint) && !uri.has(key::control))
            refuse(ErrorCode::invalid_channel, uri.text(),
                   "a destination to listen on must have an endpoint or a control");
    }
    auto result = parse_subscription(uri, defaults);
    result.is_response = false;  // a destination is never the stream of a response
    return result;
}

}  // namespace gale::channel
