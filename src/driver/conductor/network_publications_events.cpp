// What the sender reports.
#include "driver/conductor/network_publications.hpp"

#include <algorithm>
#include <cstring>
#include <system_error>
#include <variant>

namespace gale::driver {

void NetworkPublications::on(sender::Event&& event, Tick tick) {
    std::visit([&](auto&& each) { on(std::forward<decltype(each)>(each), tick); }, std::move(event));
}

void NetworkPublications::on(const sender::PublicationReleased& event, Tick tick) {
    const auto found =
        std::ranges::find_if(publications_, [&](const auto& p) { return p->handle() == event.publication.get(); });
    if (found != publications_.end()) finish(found, tick);
}

void NetworkPublications::on(const sender::EndpointReleased& event, Tick tick) {
    std::erase_if(named_, [&](const NamedDestination& each) { return each.endpoint == event.endpoint.get(); });
    std::erase_if(asked_, [&](const Asked& each) { return each.endpoint == event.endpoint.get(); });
    channels_.on(event, tick);
}

void NetworkPublications::on(const sender::ReceiverError& event, Tick tick) {
    control::PublicationErrorEvent told{.original_id = CorrelationId{event.publication_registration_id},
                                        .destination_id = CorrelationId{event.destination_registration_id},
                                        .session_id = event.session_id,
                                        .stream_id = event.stream_id,
                                        .receiver_id = event.receiver_id,
                                        .group_tag = event.group_tag};
    told.address_type = event.source.ip.family == channel::Family::v4 ? 1 : 2;
    told.port = event.source.port;
    std::memcpy(told.address.data(), event.source.ip.bytes.data(), event.source.ip.length());
    told.code = ErrorCode{event.code};
    told.text = event.text;
    with_.voice.tell(told);
    with_.voice.record_foreign(told.code,
                               "a receiver rejected publication " + std::to_string(event.publication_registration_id),
                               net::to_string(event.source) + " says " + event.text, tick.wall);
}

void NetworkPublications::on(const sender::ResponseSetup& event, Tick /*tick*/) {
    subscriptions_.on_response_setup(CorrelationId{event.response_correlation_id}, event.response_session_id);
}

void NetworkPublications::on(const sender::ResponseConnected& event, Tick /*tick*/) {
    subscriptions_.withdraw_response(CorrelationId{event.response_correlation_id});
}

void NetworkPublications::on(const sender::TransportFailed& event, Tick tick) {
    const SendChannel* channel = channels_.find(event.endpoint);
    if (channel == nullptr) return;
    with_.voice.record(ErrorCode::generic,
                       "sending on " + channel->identity +
                           " fails: " + std::error_code{event.error, std::generic_category()}.message(),
                       tick.wall);
}

}  // namespace gale::driver
