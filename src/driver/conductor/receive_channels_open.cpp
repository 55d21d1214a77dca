// Opening the sockets of receive endpoints. docs/formats/network.md, sockets.
#include "base/text.hpp"
#include "driver/conductor/receive_channels.hpp"
#include "driver/receiver/endpoint.hpp"

#include <algorithm>
#include <utility>

namespace gale::driver {
namespace {

/// What is sent to the control of a channel, and how; everything else of it is the endpoint's.
receiver::DestinationSettings settings_of(const ReceiveChannels::Wanted& wanted, const net::ChannelAddresses& addresses,
                                          int ttl) {
    const auto& udp = wanted.parameters.udp;
    receiver::DestinationSettings settings{.registration_id = wanted.registration_id.value,
                                           .control = std::nullopt,
                                           .has_explicit_control = addresses.has_explicit_control,
                                           .resolves_again =
                                               addresses.has_explicit_control && !udp.control->ip.has_value(),
                                           .is_multicast = addresses.is_multicast,
                                           .ttl = ttl};
    if (addresses.is_multicast)
        settings.control = addresses.remote_control;
    else if (addresses.has_explicit_control)
        settings.control = addresses.local;
    return settings;
}

receiver::Limits limits_of(const DriverOptions& options) {
    const auto number = [](std::int64_t value) { return static_cast<std::int32_t>(value); };
    return {.sessions_per_stream = number(options.stream_session_limit),
            .sessions_per_endpoint = number(options.endpoint_session_limit),
            .setups_per_second = number(options.endpoint_setup_rate),
            .replies_per_second = number(options.receiver_reply_rate),
            .max_term_length = number(options.image_term_limit)};
}

}  // namespace

ReceiveChannel& ReceiveChannels::open(const Wanted& wanted, Found found, Tick tick) {
    auto endpoint = std::make_unique<receiver::Endpoint>(
        receiver::EndpointSettings{.receiver_id = next_receiver_id_++,
                                   .group_tag = wanted.parameters.settings.group_tag,
                                   .timestamps = {.channel = wanted.parameters.udp.channel_receive_timestamp,
                                                  .media = wanted.parameters.udp.media_receive_timestamp},
                                   .limits = limits_of(with_.options),
                                   .secret = with_.random.next()});
    auto channel = std::make_unique<ReceiveChannel>(ReceiveChannel{.endpoint = endpoint.get(),
                                                                   .channel = wanted.uri.text(),
                                                                   .parameters = wanted.parameters,
                                                                   .addresses = found.addresses,
                                                                   .identity = std::move(found.identity),
                                                                   .counters = CounterSet{with_.counters, tick},
                                                                   .status = no_counter});
    std::unique_ptr<receiver::Destination> destination;
    std::string bound;
    if (!channel->is_manual()) {
        destination = open_destination(*channel, wanted, found.addresses, tick);
        bound = net::to_string(destination->transport().local_address());
    }
    try {
        channel->status = add_channel_status(channel->counters, EndpointSide::receive, channel->channel, bound,
                                             wanted.registration_id);
        if (destination) name_destination(*channel, bound);
    } catch (...) {
        for (ReceiveDestination& each : channel->destinations) release(each, tick);
        throw;
    }
    channel->counters.cell(channel->status).store_release(channel_is_active);
    commands_.push(receiver::AddEndpoint{std::move(endpoint)});
    if (destination) commands_.push(receiver::AddDestination{channel->endpoint, std::move(destination)});
    return *channels_.emplace_back(std::move(channel));
}

std::unique_ptr<receiver::Destination> ReceiveChannels::open_destination(ReceiveChannel& channel, const Wanted& wanted,
                                                                         const net::ChannelAddresses& addresses,
                                                                         Tick tick) {
    const auto& udp = wanted.parameters.udp;
    const auto& shared = channel.parameters;  // buffers and times are the endpoint's
    net::TransportSpec spec = net::subscription_transport(addresses);
    spec.ttl = udp.ttl.value_or(0) > 0 ? *udp.ttl : with_.options.socket_multicast_ttl;
    spec.send_buffer_length = shared.udp.socket_send_buffer.value_or(with_.options.socket_send_buffer);
    spec.receive_buffer_length = shared.settings.socket_receive_buffer;
    spec.segmentation_offload = with_.options.segmentation_offload;
    spec.receive_offload = with_.options.receive_offload;
    spec.timestamps = shared.udp.media_receive_timestamp.has_value();
    std::uint16_t& port = addresses.is_multicast ? spec.group->port : spec.local.port;
    if (port == 0)
        port = ports_.take();
    else
        ports_.hold(port);
    const std::uint16_t held = port;
    try {
        auto transport = network_.open(spec);
        const std::int64_t buffer = transport->receive_buffer_length();
        if (shared.settings.receiver_window > buffer)
            throw Error{ErrorCode::generic,
                        "rcv-wnd, " + format_size(shared.settings.receiver_window) + ", of " + wanted.uri.text() +
                            " exceeds the socket receive buffer that the system gave, " + format_size(buffer) +
                            ": lower it, or raise so-rcvbuf and net.core.rmem_max"};
        const auto settings = settings_of(wanted, addresses, spec.ttl);
        channel.destinations.push_back({.registration_id = settings.registration_id,
                                        .canonical = addresses.canonical,
                                        .control_name = settings.resolves_again ? udp.control->host : std::string{},
                                        .control = settings.control.value_or(net::SocketAddress{}),
                                        .held_port = held,
                                        .receive_buffer_length = buffer,
                                        .counters = CounterSet{with_.counters, tick}});
        return std::make_unique<receiver::Destination>(settings, std::move(transport));
    } catch (...) {
        ports_.release(held);
        if (is_going(addresses.canonical))
            throw Error{ErrorCode::temporarily_unavailable,
                        "the socket of " + wanted.uri.text() + " is being closed: try again in a moment"};
        throw;
    }
}

/// The receiver has not let go yet of what listened there.
bool ReceiveChannels::is_going(const std::string& canonical) const noexcept {
    const auto is_there = [&](const ReceiveDestination& destination) { return destination.canonical == canonical; };
    return std::ranges::any_of(leaving_, is_there) || std::ranges::any_of(channels_, [&](const auto& channel) {
               return channel->is_closing && std::ranges::any_of(channel->destinations, is_there);
           });
}

/// Shows where the newest destination is bound.
void ReceiveChannels::name_destination(ReceiveChannel& channel, std::string_view bound) {
    ReceiveDestination& destination = channel.destinations.back();
    add_local_address(destination.counters, EndpointSide::receive, channel.status, bound,
                      CorrelationId{destination.registration_id});
}

void ReceiveChannels::add_destination(ReceiveChannel& channel, const Wanted& wanted, Tick tick) {
    auto destination = open_destination(channel, wanted, addresses_of(wanted), tick);
    try {
        name_destination(channel, net::to_string(destination->transport().local_address()));
    } catch (...) {
        release(channel.destinations.back(), tick);
        channel.destinations.pop_back();
        throw;
    }
    commands_.push(receiver::AddDestination{channel.endpoint, std::move(destination)});
}

void ReceiveChannels::remove_destination(ReceiveChannel& channel, const Wanted& wanted) {
    const auto found =
        std::ranges::find(channel.destinations, addresses_of(wanted).canonical, &ReceiveDestination::canonical);
    if (found == channel.destinations.end()) return;
    commands_.push(receiver::RemoveDestination{channel.endpoint, found->registration_id});
    leaving_.push_back(std::move(*found));
    channel.destinations.erase(found);
}

}  // namespace gale::driver
