#include "driver/conductor/receive_channels.hpp"

#include "base/text.hpp"
#include "channel/keys.hpp"
#include "driver/receiver/endpoint.hpp"

#include <algorithm>
#include <utility>

namespace gale::driver {
namespace {

constexpr std::size_t shown_channel_length = 200;

std::string shown(const channel::Uri& uri) { return channel::shortened(uri.text(), shown_channel_length); }

[[noreturn]] void conflict(const ReceiveChannels::Wanted& wanted, std::string_view parameter,
                           std::string_view existing) {
    throw Error{ErrorCode::generic, std::string{parameter} + " of " + shown(wanted.uri) +
                                        " conflicts with the endpoint that is open there, which has " +
                                        std::string{existing} + ": ask for the same"};
}

void check_open(const ReceiveChannels::Wanted& wanted, const ReceiveChannel& channel) {
    if (channel.is_closing)
        throw Error{ErrorCode::temporarily_unavailable,
                    "the endpoint of " + shown(wanted.uri) + " is being closed: try again in a moment"};
}

bool tags_differ(const channel::Tags& a, const channel::Tags& b) noexcept {
    return a.channel && b.channel && a.channel != b.channel;
}

std::string described(std::int64_t buffer) { return buffer == 0 ? "the system's default" : format_size(buffer); }

}  // namespace

std::int64_t ReceiveChannel::receive_buffer_length() const noexcept {
    if (destinations.empty()) return parameters.settings.socket_receive_buffer;
    return std::ranges::min_element(destinations, {}, &ReceiveDestination::receive_buffer_length)
        ->receive_buffer_length;
}

ReceiveChannels::ReceiveChannels(const Surroundings& surroundings, net::Network& network, receiver::Commands& commands)
    : with_{surroundings}, network_{network}, commands_{commands},
      ports_{net::parse_port_range(with_.options.receiver_wildcard_port_range).value_or(net::PortRange{})},
      next_receiver_id_{static_cast<std::int64_t>(with_.random.next())} {}

ReceiveChannels::~ReceiveChannels() = default;

net::ChannelAddresses ReceiveChannels::addresses_of(const Wanted& wanted) const {
    const std::vector<net::InterfaceAddress> interfaces = network_.interfaces();
    const auto look_up = [&](std::string_view host) { return address_of(wanted.names, host); };
    return net::find_addresses(wanted.uri, wanted.parameters.udp, look_up, interfaces);
}

ReceiveChannel* ReceiveChannels::find_tagged(const Wanted& wanted, const net::ChannelAddresses& addresses) {
    const auto& tag = wanted.parameters.tags.channel;
    if (!tag) return nullptr;
    const auto found =
        std::ranges::find_if(channels_, [&](const auto& each) { return each->parameters.tags.channel == tag; });
    if (found == channels_.end()) return nullptr;
    ReceiveChannel& channel = **found;
    const auto mode = wanted.parameters.udp.control_mode;
    const bool same_mode = mode == channel::ControlMode::none || mode == channel.parameters.udp.control_mode;
    if (!same_mode || !net::agrees(addresses, channel.addresses))
        conflict(wanted, "tags=" + std::to_string(*tag), channel.identity + " and that tag");
    return &channel;
}

ReceiveChannel* ReceiveChannels::find_same(const Wanted& wanted, const std::string& identity) {
    const auto found = std::ranges::find_if(channels_, [&](const auto& each) {
        return each->identity == identity && !tags_differ(each->parameters.tags, wanted.parameters.tags);
    });
    return found == channels_.end() ? nullptr : found->get();
}

ReceiveChannel& ReceiveChannels::get(const Wanted& wanted, Tick tick) {
    Found found{.addresses = addresses_of(wanted), .identity = {}};
    ReceiveChannel* existing = find_tagged(wanted, found.addresses);
    if (existing == nullptr) {
        found.identity = net::identity(found.addresses, wanted.parameters.tags.channel, next_unique_);
        existing = find_same(wanted, found.identity);
    }
    if (existing == nullptr) return open(wanted, std::move(found), tick);
    check_open(wanted, *existing);
    check_compatible(wanted, *existing);
    return *existing;
}

void ReceiveChannels::check_compatible(const Wanted& wanted, const ReceiveChannel& existing) const {
    const auto& udp = wanted.parameters.udp;
    const auto& other = existing.parameters.udp;
    if (udp.media_receive_timestamp != other.media_receive_timestamp)
        conflict(wanted, channel::key::media_receive_timestamp, "another place for it");
    if (udp.channel_receive_timestamp != other.channel_receive_timestamp)
        conflict(wanted, channel::key::channel_receive_timestamp, "another place for it");
    if (existing.is_manual() || existing.destinations.size() != 1) return;
    const std::int64_t buffer = wanted.parameters.settings.socket_receive_buffer;
    const std::int64_t other_buffer = existing.parameters.settings.socket_receive_buffer;
    if (buffer != 0 && buffer != other_buffer)
        conflict(wanted, "so-rcvbuf=" + format_size(buffer), described(other_buffer));
    const std::int64_t send = udp.socket_send_buffer.value_or(with_.options.socket_send_buffer);
    const std::int64_t other_send = other.socket_send_buffer.value_or(with_.options.socket_send_buffer);
    if (send != 0 && send != other_send) conflict(wanted, "so-sndbuf=" + format_size(send), described(other_send));
}

void ReceiveChannels::close_unused(ReceiveChannel& channel) {
    if (channel.is_used() || channel.is_closing) return;
    channel.is_closing = true;
    channel.counters.cell(channel.status).store_release(channel_is_closing);
    commands_.push(receiver::RemoveEndpoint{channel.endpoint});
}

void ReceiveChannels::add_interest(ReceiveChannel& channel, StreamId stream, std::optional<SessionId> session) {
    auto& interests = channel.interests;
    const auto found = std::ranges::find_if(
        interests, [&](const auto& each) { return each.stream_id == stream && each.session_id == session; });
    if (found != interests.end()) {
        ++found->subscriptions;
        return;
    }
    interests.push_back({.stream_id = stream, .session_id = session, .subscriptions = 1});
    commands_.push(receiver::AddInterest{channel.endpoint, stream, session});
}

void ReceiveChannels::remove_interest(ReceiveChannel& channel, StreamId stream, std::optional<SessionId> session) {
    auto& interests = channel.interests;
    const auto found = std::ranges::find_if(
        interests, [&](const auto& each) { return each.stream_id == stream && each.session_id == session; });
    if (found == interests.end() || --found->subscriptions > 0) return;
    interests.erase(found);
    commands_.push(receiver::RemoveInterest{channel.endpoint, stream, session});
}

void ReceiveChannels::on(receiver::EndpointReleased&& event, Tick tick) {
    const auto found =
        std::ranges::find(channels_, event.endpoint.get(), [](const auto& each) { return each->endpoint; });
    if (found == channels_.end()) return;
    for (ReceiveDestination& destination : (*found)->destinations) release(destination, tick);
    (*found)->counters.release(tick);
    channels_.erase(found);
}

void ReceiveChannels::on(receiver::DestinationReleased&& event, Tick tick) {
    const auto found = std::ranges::find(leaving_, event.destination->settings().registration_id,
                                         &ReceiveDestination::registration_id);
    if (found == leaving_.end()) return;
    release(*found, tick);
    leaving_.erase(found);
}

void ReceiveChannels::release(ReceiveDestination& destination, Tick tick) noexcept {
    ports_.release(destination.held_port);
    destination.counters.release(tick);
}

void ReceiveChannels::on(const receiver::AddressStale& event, NameLookups& lookups) {
    const ReceiveChannel* const channel = find(event.endpoint);
    if (channel == nullptr) return;
    for (const ReceiveDestination& each : channel->destinations)
        if (each.registration_id == event.destination && !each.control_name.empty()) lookups.ask(each.control_name);
}

void ReceiveChannels::on(const NameAnswer& answer) {
    if (!answer.ip) return;  // where it led last is as good a guess as any
    for (const auto& channel : channels_)
        for (ReceiveDestination& each : channel->destinations) {
            if (each.control_name != answer.host || each.control.ip == *answer.ip) continue;
            each.control.ip = *answer.ip;
            with_.system.add(control::SystemCounter::resolution_changes);
            commands_.push(receiver::MoveControl{channel->endpoint, each.registration_id, each.control});
        }
}

ReceiveChannel* ReceiveChannels::find(const receiver::Endpoint* endpoint) noexcept {
    const auto found = std::ranges::find(channels_, endpoint, [](const auto& each) { return each->endpoint; });
    return found == channels_.end() ? nullptr : found->get();
}

void ReceiveChannels::close(Tick tick) {
    for (ReceiveDestination& destination : leaving_) release(destination, tick);
    leaving_.clear();
    for (const auto& channel : channels_) {
        for (ReceiveDestination& destination : channel->destinations) release(destination, tick);
        channel->counters.release(tick);
    }
    channels_.clear();
}

}  // namespace gale::driver
