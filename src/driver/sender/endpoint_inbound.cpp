// What comes back to an endpoint, checked and handed to the publication it is for. docs/formats/sending.md, status
// messages.
#include "driver/sender/endpoint.hpp"
#include "driver/sender/publication.hpp"

namespace gale::driver::sender {

int Endpoint::poll(int limit, Nanos now, Tools& tools) noexcept {
    return heard().receive(
        [&](std::span<const net::Received> arrived) {
            for (const net::Received& received : arrived) on_datagram(received, now, tools);
        },
        limit);
}

void Endpoint::on_datagram(const net::Received& received, Nanos now, Tools& tools) noexcept {
    if (received.source.port == 0) [[unlikely]]  // nobody can be sent anything there
        return add_shared(tools.counters.invalid_packets);
    const wire::Datagram datagram = wire::Datagram::at_sender(received.bytes);
    switch (datagram.kind()) {
    case wire::Datagram::Kind::status_message: on_status_message(datagram, received.source, now, tools); break;
    case wire::Datagram::Kind::nak: on_nak(datagram.nak(), received.source, now, tools); break;
    case wire::Datagram::Kind::error: on_error(datagram, received.source, now, tools); break;
    case wire::Datagram::Kind::rtt_measurement: {
        const wire::RttMeasurement& question = datagram.rtt_measurement();
        if (Publication* publication = find(question.stream_id, question.session_id))
            publication->on_rtt_question(question, now, tools);
        break;
    }
    case wire::Datagram::Kind::response_setup: {
        const wire::ResponseSetup& setup = datagram.response_setup();
        if (Publication* publication = find(setup.stream_id, setup.session_id))
            publication->on_response_setup(setup.response_session_id, now, tools);
        break;
    }
    case wire::Datagram::Kind::rejected: add_shared(tools.counters.invalid_packets); break;
    case wire::Datagram::Kind::foreign:
    case wire::Datagram::Kind::data:
    case wire::Datagram::Kind::heartbeat:
    case wire::Datagram::Kind::setup:
    case wire::Datagram::Kind::resolution: break;
    }
}

void Endpoint::on_status_message(const wire::Datagram& datagram, const net::SocketAddress& source, Nanos now,
                                 Tools& tools) noexcept {
    const wire::StatusMessage& message = datagram.status_message();
    Publication* const publication = find(message.stream_id, message.session_id);
    if (publication != nullptr && !publication->is_possible(message)) {
        add_shared(tools.counters.invalid_packets);
        return;
    }
    add_own(tools.counters.status_messages_received);
    const bool elicits = message.common.has(wire::StatusMessage::send_setup);
    if (publication != nullptr && !elicits && !publication->is_near(message)) {
        add_own(tools.counters.status_messages_rejected);
        publication->reject_status();
        return;
    }
    // Before all else: the first message of a receiver names no stream, and only says that it is there.
    if (destinations_) {
        if (destinations_->on_status(message.receiver_id, source, now))
            for (const Stream& stream : streams_) stream.publication->announce();
        if (publication != nullptr && !elicits) destinations_->confirm(message.receiver_id, source, now);
        count_refused(tools);
        show_destinations();
    }
    if (publication == nullptr) return;
    heard_ = now;
    if (elicits) {
        publication->on_elicitation(message.receiver_id, datagram.group_tag(), source, now);
        return;
    }
    publication->on_status({.receiver_id = message.receiver_id,
                            .position = publication->position_of(message),
                            .window = message.window,
                            .end_of_stream = message.common.has(wire::StatusMessage::end_of_stream),
                            .group_tag = datagram.group_tag()},
                           source, now);
}

void Endpoint::on_nak(const wire::Nak& nak, const net::SocketAddress& source, Nanos now, Tools& tools) noexcept {
    Publication* const publication = find(nak.stream_id, nak.session_id);
    if (publication == nullptr) return;
    if (!nak.fits(publication->log().term_length())) {
        add_shared(tools.counters.invalid_packets);
        return;
    }
    add_own(tools.counters.naks_received);
    publication->on_nak(nak, destinations_ ? destinations_->number_of(source) : Destinations::no_number, now, tools);
}

void Endpoint::on_error(const wire::Datagram& datagram, const net::SocketAddress& source, Nanos now,
                        Tools& tools) noexcept {
    const wire::ErrorFrame& error = datagram.error();
    add_own(tools.counters.error_frames_received);
    Publication* const publication = find(error.stream_id, error.session_id);
    if (publication == nullptr) return;
    const std::int64_t destination =
        destinations_ ? destinations_->registration_of(error.receiver_id, source) : Destinations::no_registration;
    publication->on_error(datagram, source, destination, now, tools);
}

}  // namespace gale::driver::sender
