#include "driver/conductor/send_channels.hpp"

#include "base/text.hpp"
#include "channel/keys.hpp"
#include "driver/sender/publication.hpp"
#include "net/port_manager.hpp"

#include <gale/error.hpp>

#include <algorithm>
#include <utility>

namespace gale::driver {
namespace {

using sender::EndpointKind;

constexpr std::size_t shown_length = 200;

EndpointKind kind_of(const channel::UdpParameters& udp, const net::ChannelAddresses& addresses) noexcept {
    if (addresses.is_multicast) return EndpointKind::multicast;
    switch (udp.control_mode) {
    case channel::ControlMode::manual: return EndpointKind::manual;
    case channel::ControlMode::dynamic: return EndpointKind::dynamic;
    case channel::ControlMode::response: return EndpointKind::response;
    case channel::ControlMode::none: break;
    }
    return EndpointKind::unicast;
}

// docs/formats/channel-uri.md, publications: what depends on several parameters.
void check_shape(const SendChannels::Wanted& wanted, const net::ChannelAddresses& addresses) {
    const auto& udp = wanted.parameters.udp;
    const bool names_its_receiver = udp.control_mode == channel::ControlMode::none;
    if (names_its_receiver && udp.endpoint && udp.endpoint->port == 0)
        channel::refuse(ErrorCode::generic, wanted.uri.given(channel::key::endpoint),
                        "a port from 1 to 65535: receivers must know where to listen");
    if (names_its_receiver && udp.control && !udp.endpoint)
        channel::refuse(ErrorCode::generic, wanted.channel,
                        "control alone says not where to send: add endpoint, or control-mode=dynamic");
    if (udp.control_mode == channel::ControlMode::dynamic && !addresses.has_explicit_control)
        channel::refuse(ErrorCode::generic, wanted.channel,
                        "control-mode=dynamic on a group: receivers of a group need no control address, leave it out");
}

[[noreturn]] void conflict(const SendChannels::Wanted& wanted, std::string_view parameter, std::string_view existing) {
    throw Error{ErrorCode::generic, std::string{parameter} + " of " + channel::shortened(wanted.channel, shown_length) +
                                        " conflicts with the endpoint that is open there, which has " +
                                        std::string{existing} + ": ask for the same, or leave it out"};
}

std::string buffer_text(std::int64_t length) { return length == 0 ? "the system's default" : format_size(length); }

// What was asked for counts, not what the system made of it; and what is not given now is not compared.
void check_buffers(const SendChannels::Wanted& wanted, const SendChannel& existing) {
    const auto& udp = wanted.parameters.udp;
    const auto differs = [](const std::optional<std::int32_t>& given, std::int64_t asked) {
        return given.value_or(0) != 0 && *given != asked;
    };
    if (differs(udp.socket_send_buffer, existing.send_buffer_asked))
        conflict(wanted, "so-sndbuf", buffer_text(existing.send_buffer_asked));
    if (differs(udp.socket_receive_buffer, existing.receive_buffer_asked))
        conflict(wanted, "so-rcvbuf", buffer_text(existing.receive_buffer_asked));
    if (udp.channel_send_timestamp != existing.udp.channel_send_timestamp)
        conflict(wanted, "channel-snd-ts-offset", existing.udp.channel_send_timestamp ? "another place" : "none");
    if (wanted.parameters.settings.mtu > existing.send_buffer_length)
        conflict(wanted, "mtu", "a socket send buffer of " + format_size(existing.send_buffer_length));
}

sender::EndpointSpec endpoint_spec(const SendChannel& channel, bool is_connected, sender::Counter* destinations,
                                   const DriverOptions& options) {
    sender::EndpointSpec spec{.kind = channel.kind,
                              .remote = std::nullopt,
                              .max_destinations = static_cast<std::size_t>(options.destination_limit),
                              .setups_per_second = options.sender_reply_rate,
                              .news_per_second = options.sender_news_rate,
                              .destination_count = destinations};
    if (channel.kind != EndpointKind::unicast) return spec;
    if (!is_connected) spec.remote = channel.addresses.remote_data;
    spec.has_name = channel.udp.endpoint && !channel.udp.endpoint->ip;
    return spec;
}

void check_mtu(const SendChannels::Wanted& wanted, std::int64_t send_buffer) {
    if (wanted.parameters.settings.mtu <= send_buffer) return;
    throw Error{ErrorCode::generic, "mtu=" + std::to_string(wanted.parameters.settings.mtu) + " of " +
                                        channel::shortened(wanted.channel, shown_length) +
                                        " exceeds the socket send buffer of " + format_size(send_buffer) +
                                        ": raise so-sndbuf, or lower mtu"};
}

}  // namespace

SendChannels::SendChannels(const Surroundings& surroundings, net::Network& network, sender::Commands& commands)
    : with_{surroundings}, network_{network}, commands_{commands},
      ports_{net::parse_port_range(surroundings.options.sender_wildcard_port_range).value_or(net::PortRange{})} {}

SendChannel* SendChannels::find(const sender::Endpoint* endpoint) noexcept {
    const auto found = std::ranges::find_if(channels_, [&](const auto& each) { return each->endpoint == endpoint; });
    return found == channels_.end() ? nullptr : found->get();
}

SendChannel* SendChannels::find_tagged(const Wanted& wanted, const net::ChannelAddresses& addresses) {
    const auto& tag = wanted.parameters.tags.channel;
    if (!tag) return nullptr;
    const auto found = std::ranges::find_if(channels_, [&](const auto& each) { return each->tag == tag; });
    if (found == channels_.end()) return nullptr;
    const auto& udp = wanted.parameters.udp;
    const bool same_mode =
        udp.control_mode == channel::ControlMode::none || udp.control_mode == (*found)->udp.control_mode;
    if (!same_mode || !net::agrees(addresses, (*found)->addresses))
        conflict(wanted, "tags=" + std::to_string(*tag), (*found)->identity);
    return found->get();
}

SendChannel* SendChannels::find_same(const Wanted& wanted, const net::ChannelAddresses& addresses,
                                     const std::string& identity) {
    SendChannel* found = find_tagged(wanted, addresses);
    for (const auto& each : channels_) {
        if (found != nullptr) break;
        const auto& tag = wanted.parameters.tags.channel;
        const bool differs = tag && each->tag && each->tag != tag;
        if (each->identity == identity && !differs) found = each.get();
    }
    if (found != nullptr && found->is_closing)
        throw Error{ErrorCode::temporarily_unavailable, "the endpoint of " +
                                                            channel::shortened(wanted.channel, shown_length) +
                                                            " is being closed: try again in a moment"};
    return found;
}

SendChannel& SendChannels::get(const Wanted& wanted, Tick tick) {
    const auto& udp = wanted.parameters.udp;
    const auto look_up = [&](std::string_view host) { return address_of(wanted.names, host); };
    const auto interfaces = network_.interfaces();
    net::ChannelAddresses addresses = net::find_addresses(wanted.uri, udp, look_up, interfaces);
    check_shape(wanted, addresses);
    std::int64_t next_unique = next_unique_;
    std::string identity = net::identity(addresses, wanted.parameters.tags.channel, next_unique);
    if (SendChannel* existing = find_same(wanted, addresses, identity)) {
        check_buffers(wanted, *existing);
        return *existing;
    }
    if (wanted.parameters.needs_tagged_endpoint())
        throw Error{ErrorCode::generic,
                    channel::shortened(wanted.channel, shown_length) +
                        " names a tag only, and no open endpoint has it: add one with that tag first"};
    next_unique_ = next_unique;
    return open(wanted, std::move(addresses), std::move(identity), tick);
}

net::TransportSpec SendChannels::transport_spec(const Wanted& wanted, const net::ChannelAddresses& addresses) const {
    const auto& udp = wanted.parameters.udp;
    const DriverOptions& options = with_.options;
    net::TransportSpec spec = net::publication_transport(addresses, udp.control_mode, options.driver_connect);
    spec.ttl = udp.ttl.value_or(0) > 0 ? *udp.ttl : options.socket_multicast_ttl;
    spec.send_buffer_length = udp.socket_send_buffer.value_or(static_cast<std::int32_t>(options.socket_send_buffer));
    spec.receive_buffer_length =
        udp.socket_receive_buffer.value_or(static_cast<std::int32_t>(options.socket_receive_buffer));
    spec.segmentation_offload = options.segmentation_offload;
    spec.receive_offload = options.receive_offload;
    return spec;
}

// Port 0 of an explicit control address is ours to choose; else the system's.
std::uint16_t SendChannels::hold_port(const Wanted& wanted, const net::ChannelAddresses& addresses) {
    if (wanted.parameters.udp.control && addresses.has_explicit_control && addresses.local.port == 0)
        return ports_.take();
    ports_.hold(addresses.local.port);
    return addresses.local.port;
}

SendChannel& SendChannels::open(const Wanted& wanted, net::ChannelAddresses addresses, std::string identity,
                                Tick tick) {
    net::TransportSpec spec = transport_spec(wanted, addresses);
    const std::uint16_t port = hold_port(wanted, addresses);
    if (!addresses.is_multicast) spec.local.port = port;
    try {
        auto transport = network_.open(spec);
        check_mtu(wanted, transport->send_buffer_length());
        const auto kind = kind_of(wanted.parameters.udp, addresses);
        ChannelCounters counters = make_counters(wanted, net::to_string(transport->local_address()), tick);
        channels_.push_back(
            std::make_unique<SendChannel>(SendChannel{.endpoint = nullptr,
                                                      .kind = kind,
                                                      .udp = wanted.parameters.udp,
                                                      .tag = wanted.parameters.tags.channel,
                                                      .flow_control = wanted.parameters.flow_control,
                                                      .addresses = std::move(addresses),
                                                      .identity = std::move(identity),
                                                      .port = port,
                                                      .send_buffer_length = transport->send_buffer_length(),
                                                      .send_buffer_asked = spec.send_buffer_length,
                                                      .receive_buffer_asked = spec.receive_buffer_length,
                                                      .counters = std::move(counters.all),
                                                      .status = counters.status}));
        SendChannel& opened = *channels_.back();
        auto endpoint = std::make_unique<sender::Endpoint>(
            endpoint_spec(opened, spec.connected.has_value(), counters.destinations, with_.options),
            std::move(transport));
        opened.endpoint = endpoint.get();
        opened.counters.cell(opened.status).store_release(channel_is_active);
        commands_.push(sender::AddEndpoint{std::move(endpoint)});
        return opened;
    } catch (...) {
        ports_.release(port);
        throw;
    }
}

SendChannels::ChannelCounters SendChannels::make_counters(const Wanted& wanted, const std::string& bound, Tick tick) {
    ChannelCounters made{.all = CounterSet{with_.counters, tick}};
    made.status = add_channel_status(made.all, EndpointSide::send, wanted.channel, bound, wanted.registration_id);
    add_local_address(made.all, EndpointSide::send, made.status, bound, wanted.registration_id);
    if (!wanted.parameters.udp.is_multi_destination()) return made;
    made.destinations = &made.all.cell(add_channel_counter(made.all, control::CounterType::mdc_destinations,
                                                           "mdc-num-dest", wanted.channel, {}, wanted.registration_id));
    return made;
}

void SendChannels::release(SendChannel& channel) {
    --channel.publications;
    release_unused(channel);
}

void SendChannels::release_unused(SendChannel& channel) {
    if (channel.publications > 0 || channel.is_closing) return;
    channel.is_closing = true;
    channel.counters.cell(channel.status).store_release(channel_is_closing);
    commands_.push(sender::RemoveEndpoint{channel.endpoint});
}

void SendChannels::on(const sender::EndpointReleased& event, Tick tick) {
    const auto found =
        std::ranges::find_if(channels_, [&](const auto& each) { return each->endpoint == event.endpoint.get(); });
    if (found == channels_.end()) return;
    (*found)->counters.release(tick);
    ports_.release((*found)->port);
    channels_.erase(found);
}

void SendChannels::close(Tick tick) {
    for (const auto& channel : channels_) channel->counters.release(tick);
    channels_.clear();
}

}  // namespace gale::driver
