#include "driver/receiver/endpoint.hpp"

namespace gale::driver::receiver {

namespace {

constexpr Nanos elicit_interval = std::chrono::seconds{1};
constexpr Nanos expiry_interval = std::chrono::milliseconds{100};
constexpr Nanos silence_before_look_up = std::chrono::seconds{5};
constexpr Nanos longest_round_trip = std::chrono::seconds{10};  // an echo that claims more is no answer to us

/// The numbers are anybody's: they may wrap, which then shows in the result.
Nanos time_since(Nanos now, const wire::RttMeasurement& echo) noexcept {
    const auto raw = [](std::int64_t value) { return static_cast<std::uint64_t>(value); };
    return Nanos{
        static_cast<std::int64_t>(raw(now.count()) - raw(echo.echo_timestamp_ns) - raw(echo.reception_delta_ns))};
}

}  // namespace

Endpoint::Endpoint(const EndpointSettings& settings)
    : settings_{settings}, dispatcher_{settings.limits, settings.secret}, replies_{settings.limits.replies_per_second} {
}

void Endpoint::add_destination(std::unique_ptr<Destination> destination, const Office& office, Nanos now) {
    Destination& added = *destinations_.emplace_back(std::move(destination));
    added.last_frame = now;
    added.next_look_up = now + silence_before_look_up;
    if (!added.settings().has_explicit_control) return;
    elicit(added, *added.control(), StreamId{0}, SessionId{0}, office.counters);
    added.next_elicit = now + elicit_interval;
}

std::unique_ptr<Destination> Endpoint::take_destination(std::int64_t registration_id) noexcept {
    for (auto each = destinations_.begin(); each != destinations_.end(); ++each) {
        if ((*each)->settings().registration_id != registration_id) continue;
        std::unique_ptr<Destination> taken = std::move(*each);
        destinations_.erase(each);
        return taken;
    }
    return nullptr;
}

Destination* Endpoint::destination(std::int64_t registration_id) const noexcept {
    for (const auto& each : destinations_)
        if (each->settings().registration_id == registration_id) return each.get();
    return nullptr;
}

void Endpoint::add_interest(StreamId stream, std::optional<SessionId> session, const Office& office) {
    dispatcher_.add_interest(stream, session);
    if (!session) return;
    for (const auto& each : destinations_)
        if (each->settings().has_explicit_control) elicit(*each, *each->control(), stream, *session, office.counters);
}

void Endpoint::on_datagrams(std::span<const net::Received> batch, Destination& destination, const Office& office,
                            Nanos now) noexcept {
    Stamp stamp{.places = settings_.timestamps};
    std::int64_t bytes = 0;
    for (std::size_t i = 0; i < batch.size(); ++i) {
        if (i + 1 < batch.size()) __builtin_prefetch(batch[i + 1].bytes.data());
        if (stamp.places.any()) [[unlikely]] {
            stamp.taken = office.real_time();
            stamp.kernel = batch[i].kernel_time;
        }
        bytes += static_cast<std::int64_t>(batch[i].bytes.size());
        if (batch[i].source.port == 0) [[unlikely]] {  // nobody can answer that
            add(office.counters.invalid_packets);
            continue;
        }
        on_datagram({batch[i], destination, office, now}, stamp);
    }
    add(office.counters.bytes_received, bytes);
}

void Endpoint::on_datagram(const Arrival& arrival, const Stamp& stamp) noexcept {
    const auto datagram = wire::Datagram::at_receiver(arrival.received.bytes);
    switch (datagram.kind()) {
    case wire::Datagram::Kind::data: {
        const wire::DataFrames frames = datagram.data();
        arrival.destination.last_frame = arrival.now;
        Image* const image = dispatcher_.image(frames.first().stream_id, frames.first().session_id);
        if (image == nullptr) [[unlikely]]
            return on_unknown(frames.first(), arrival);
        return image->on_data(frames, arrival.destination, arrival.received.source, arrival.now, stamp);
    }
    case wire::Datagram::Kind::heartbeat: {
        const wire::DataHeader& heartbeat = datagram.heartbeat();
        arrival.destination.last_frame = arrival.now;
        Image* const image = dispatcher_.image(heartbeat.stream_id, heartbeat.session_id);
        if (image == nullptr) return on_unknown(heartbeat, arrival);
        return image->on_heartbeat(heartbeat, arrival.destination, arrival.received.source, arrival.now);
    }
    case wire::Datagram::Kind::setup: return on_setup(datagram.setup(), arrival);
    case wire::Datagram::Kind::rtt_measurement: return on_round_trip(datagram.rtt_measurement(), arrival);
    case wire::Datagram::Kind::rejected: return add(arrival.office.counters.invalid_packets);
    case wire::Datagram::Kind::foreign:
    case wire::Datagram::Kind::status_message:
    case wire::Datagram::Kind::nak:
    case wire::Datagram::Kind::error:
    case wire::Datagram::Kind::response_setup:
    case wire::Datagram::Kind::resolution: return;
    }
}

void Endpoint::on_unknown(const wire::DataHeader& header, const Arrival& arrival) noexcept {
    const bool ends = header.common.has(wire::flags::end_of_stream);
    if (dispatcher_.on_data(header.stream_id, header.session_id, ends, arrival.now) != Dispatcher::Answer::elicit)
        return;
    if (!replies_.take(arrival.now)) return add(arrival.office.counters.replies_withheld);
    const DestinationSettings& settings = arrival.destination.settings();
    const bool to_group = settings.is_multicast && settings.control.has_value();
    elicit(arrival.destination, to_group ? *settings.control : arrival.received.source, header.stream_id,
           header.session_id, arrival.office.counters);
}

void Endpoint::on_setup(const wire::Setup& setup, const Arrival& arrival) noexcept {
    arrival.destination.last_frame = arrival.now;
    switch (dispatcher_.on_setup(setup.stream_id, setup.session_id, arrival.now)) {
    case Dispatcher::Answer::ignore:
    case Dispatcher::Answer::elicit: return;
    case Dispatcher::Answer::refresh:
        if (Image* const image = dispatcher_.image(setup.stream_id, setup.session_id); image != nullptr)
            image->on_setup(arrival.destination, arrival.received.source, arrival.now);
        return;
    case Dispatcher::Answer::create:
        if (setup.term_length <= settings_.limits.max_term_length) return want_image(setup, arrival);
        return add(arrival.office.counters.long_terms_refused);
    case Dispatcher::Answer::refuse: return add(arrival.office.counters.sessions_refused);
    }
}

void Endpoint::want_image(const wire::Setup& setup, const Arrival& arrival) noexcept {
    const DestinationSettings& settings = arrival.destination.settings();
    const net::SocketAddress& source = arrival.received.source;
    ImageWanted wanted{
        .endpoint = this,
        .destination = &arrival.destination,
        .session_id = setup.session_id,
        .stream_id = setup.stream_id,
        .initial_term_id = setup.initial_term_id,
        .active_term_id = setup.active_term_id,
        .term_offset = setup.term_offset,
        .term_length = setup.term_length,
        .mtu = setup.mtu,
        .group = setup.common.has(wire::Setup::group),
        .response_wanted = setup.common.has(wire::Setup::response_wanted),
        .after_elicitation = dispatcher_.has_elicited(setup.stream_id, setup.session_id),
        .source = source,
        .control = settings.control.value_or(source),
    };
    if (settings.is_multicast && settings.ttl < setup.ttl) {
        add(arrival.office.counters.ttl_asymmetries);
        if (!told_ttl_) told_ttl_ = arrival.office.events.try_push(TtlAsymmetry{this});
    }
    // Neither full table nor full mailbox is the end: the publication sends another set-up in 100 ms.
    if (!dispatcher_.starting(setup.stream_id, setup.session_id, arrival.now)) return;
    if (!arrival.office.events.try_push(wanted)) dispatcher_.forget_setup(setup.stream_id, setup.session_id);
}

void Endpoint::on_round_trip(const wire::RttMeasurement& measurement, const Arrival& arrival) noexcept {
    const std::int64_t receiver = measurement.receiver_id;
    if (receiver != settings_.receiver_id && receiver != 0) return;
    arrival.destination.last_frame = arrival.now;
    Image* const image = dispatcher_.image(measurement.stream_id, measurement.session_id);
    if (image == nullptr) return;
    if (!measurement.common.has(wire::RttMeasurement::reply_wanted)) {
        const Nanos round_trip = time_since(arrival.now, measurement);
        if (round_trip >= Nanos{0} && round_trip <= longest_round_trip)
            image->on_round_trip(arrival.now, round_trip, measurement.common.has(wire::RttMeasurement::long_windows));
        return;
    }
    if (!replies_.take(arrival.now)) return add(arrival.office.counters.replies_withheld);
    wire::RttMeasurement answer = measurement;
    answer.common = wire::common_header<wire::RttMeasurement>();
    answer.reception_delta_ns = 0;
    answer.receiver_id = settings_.receiver_id;
    const DestinationSettings& settings = arrival.destination.settings();
    arrival.destination.send(std::as_bytes(std::span{&answer, 1}), settings.control.value_or(arrival.received.source),
                             arrival.office.counters);
}

void Endpoint::elicit(Destination& destination, const net::SocketAddress& to, StreamId stream, SessionId session,
                      const Counters& counters) const noexcept {
    wire::StatusMessage question{.session_id = session, .stream_id = stream};
    question.common.flags = wire::StatusMessage::send_setup;
    question.term_id = TermId{0};
    question.term_offset = 0;
    question.window = 0;
    question.receiver_id = settings_.receiver_id;
    std::array<std::byte, wire::max_status_message_length> bytes;
    destination.send(wire::put(bytes, question, settings_.group_tag), to, counters);
}

int Endpoint::work(Nanos now, Nanos look_up_interval, const Office& office) noexcept {
    if (now >= next_expiry_) {
        dispatcher_.expire(now);
        next_expiry_ = now + expiry_interval;
    }
    int done = 0;
    for (const auto& each : destinations_) {
        if (!each->settings().has_explicit_control) continue;
        if (now > each->next_elicit && dispatcher_.has_interest()) {
            elicit(*each, *each->control(), StreamId{0}, SessionId{0}, office.counters);
            each->next_elicit = now + elicit_interval;
            ++done;
        }
        const bool looks_up = each->settings().resolves_again && look_up_interval > Nanos{0};
        if (looks_up && now > each->last_frame + silence_before_look_up && now >= each->next_look_up &&
            office.events.try_push(AddressStale{this, each->settings().registration_id})) {
            each->next_look_up = now + look_up_interval;
            ++done;
        }
    }
    return done;
}

}  // namespace gale::driver::receiver
