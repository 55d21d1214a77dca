// Where publications with control-mode=manual send to, and names that come to lead elsewhere. docs/formats/control.md,
// destinations.
#include "driver/conductor/network_publications.hpp"

#include <algorithm>
#include <system_error>

namespace gale::driver {

NetworkPublication& NetworkPublications::manual_publication(CorrelationId registration_id) const {
    const auto found = std::ranges::find_if(
        publications_, [&](const auto& p) { return p->facts().registration_id == registration_id; });
    if (found == publications_.end())
        throw Error{ErrorCode::unknown_publication, "no publication to the network has registration id " +
                                                        std::to_string(registration_id.value) +
                                                        ": destinations are added to the original one"};
    const SendChannel& channel = (*found)->channel();
    if (channel.kind != sender::EndpointKind::manual)
        throw Error{ErrorCode::generic,
                    (*found)->facts().channel + " takes no destinations: only a channel with control-mode=manual does"};
    return **found;
}

void NetworkPublications::change_destination(const control::ChangeDestination& command, const Names& names) {
    sender::Endpoint* endpoint = manual_publication(command.registration_id).channel().endpoint;
    const channel::SendDestination wanted = channel::parse_send_destination(channel::Uri::parse(command.channel));
    // A name that leads nowhere may do so later: the destination is kept, and nothing is sent to it until then.
    std::optional<net::SocketAddress> address;
    if (wanted.endpoint.ip) address = net::SocketAddress{.ip = *wanted.endpoint.ip, .port = wanted.endpoint.port};
    if (const auto named = names.find(wanted.endpoint.host); !address && named != names.end() && named->second.ip)
        address = net::SocketAddress{.ip = *named->second.ip, .port = wanted.endpoint.port};
    if (command.change == control::DestinationChange::add_send)
        add_destination(endpoint, command.request.correlation_id, wanted.endpoint, address);
    else
        drop_destination(endpoint, wanted.endpoint, address);
    with_.voice.tell(control::OperationSucceeded{command.request.correlation_id});
}

void NetworkPublications::add_destination(sender::Endpoint* endpoint, CorrelationId id, const channel::Address& wanted,
                                          const std::optional<net::SocketAddress>& address) {
    commands_.push(sender::AddDestination{endpoint, id.value, address});
    if (!wanted.ip) named_.push_back({endpoint, id.value, wanted.host, wanted.port, address});
}

// By its address, whatever it was called; and by its name, wherever that led.
void NetworkPublications::drop_destination(sender::Endpoint* endpoint, const channel::Address& wanted,
                                           const std::optional<net::SocketAddress>& address) {
    if (address) commands_.push(sender::RemoveDestination{endpoint, std::nullopt, address});
    std::erase_if(named_, [&](const NamedDestination& each) {
        const bool same_name = !wanted.ip && each.host == wanted.host && each.port == wanted.port;
        if (each.endpoint != endpoint || !(same_name || (address && each.address == address))) return false;
        commands_.push(sender::RemoveDestination{endpoint, each.id, std::nullopt});
        return true;
    });
}

void NetworkPublications::remove_destination(const control::RemoveDestinationById& command) {
    sender::Endpoint* endpoint = manual_publication(command.registration_id).channel().endpoint;
    const std::int64_t id = command.destination_id.value;
    commands_.push(sender::RemoveDestination{endpoint, id, std::nullopt});
    std::erase_if(named_, [&](const NamedDestination& each) { return each.endpoint == endpoint && each.id == id; });
    with_.voice.tell(control::OperationSucceeded{command.request.correlation_id});
}

// --- names that may lead elsewhere by now

void NetworkPublications::on(const sender::AddressStale& event, Tick /*tick*/) {
    const SendChannel* channel = channels_.find(event.endpoint);
    if (channel == nullptr || channel->is_closing) return;
    std::string host;
    if (event.destination) {
        const auto named = std::ranges::find_if(named_, [&](const NamedDestination& each) {
            return each.endpoint == event.endpoint && each.id == *event.destination;
        });
        if (named == named_.end()) return;  // a number, which leads where it does
        host = named->host;
    } else if (channel->udp.endpoint) {
        host = channel->udp.endpoint->host;
    }
    const bool asked = std::ranges::any_of(asked_, [&](const Asked& each) {
        return each.endpoint == event.endpoint && each.destination == event.destination;
    });
    if (!asked) asked_.push_back({event.endpoint, event.destination, host});
    lookups_.ask(host);
}

void NetworkPublications::on(const NameAnswer& answer, Tick tick) {
    bool mattered = false;
    for (const Asked& each : asked_) {
        if (each.host != answer.host) continue;
        mattered = true;
        if (answer.ip) move(each, *answer.ip);
    }
    if (mattered && !answer.ip) with_.voice.record(ErrorCode::unknown_host, answer.trouble, tick.wall);
    std::erase_if(asked_, [&](const Asked& each) { return each.host == answer.host; });
}

void NetworkPublications::move(const Asked& asked, const channel::IpAddress& ip) {
    SendChannel* channel = channels_.find(asked.endpoint);
    if (channel == nullptr || channel->is_closing) return;
    std::optional<net::SocketAddress> before = channel->addresses.remote_data;
    const auto named = std::ranges::find_if(named_, [&](const NamedDestination& each) {
        return each.endpoint == asked.endpoint && asked.destination == each.id;
    });
    if (asked.destination) {
        if (named == named_.end()) return;
        before = named->address;
    }
    const std::uint16_t port = asked.destination ? named->port : before->port;
    const net::SocketAddress now{.ip = ip, .port = port};
    if (before == now) return;
    commands_.push(sender::MoveEndpoint{asked.endpoint, asked.destination, now});
    if (!asked.destination) return;  // whether that can be done, the sender tells
    named->address = now;
    with_.system.add(control::SystemCounter::resolution_changes);
}

void NetworkPublications::on(const sender::EndpointMoved& event, Tick tick) {
    SendChannel* channel = channels_.find(event.endpoint);
    if (channel == nullptr) return;
    if (!event.done) {
        with_.voice.record(ErrorCode::generic,
                           "cannot send to " + net::to_string(event.address) + ", where the name of " +
                               channel->identity + " leads now: " +
                               std::error_code{event.error, std::generic_category()}.message() + "; tried again later",
                           tick.wall);
        return;
    }
    channel->addresses.remote_data = channel->addresses.remote_control = event.address;
    with_.system.add(control::SystemCounter::resolution_changes);
}

}  // namespace gale::driver
