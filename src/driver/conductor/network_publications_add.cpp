// Adding a publication to the network: share one that is there, or make one. docs/formats/control.md, ADD_PUBLICATION.
#include "driver/conductor/network_publications.hpp"

#include <algorithm>

namespace gale::driver {
namespace {

using control::CounterType;

sender::FlowStrategy strategy_of(channel::FlowStrategy given) noexcept {
    switch (given) {
    case channel::FlowStrategy::max: return sender::FlowStrategy::max;
    case channel::FlowStrategy::min: return sender::FlowStrategy::min;
    case channel::FlowStrategy::tagged: return sender::FlowStrategy::tagged;
    }
    return sender::FlowStrategy::max;
}

// The driver's choice for several receivers, a name that its options have checked.
sender::FlowStrategy strategy_of(const DriverOptions& options) noexcept {
    if (options.multicast_flow_control == "multicast_min") return sender::FlowStrategy::min;
    if (options.multicast_flow_control == "multicast_tagged") return sender::FlowStrategy::tagged;
    return sender::FlowStrategy::max;
}

sender::FlowControlSpec flow_control_of(const channel::PublicationParameters& parameters, const SendChannel& channel,
                                        const DriverOptions& options) {
    sender::FlowControlSpec spec{.group_tag = options.flow_control_group_tag,
                                 .group_min_size = static_cast<std::int32_t>(options.flow_control_group_min_size),
                                 .receiver_timeout = options.flow_control_receiver_timeout,
                                 .max_receivers = static_cast<std::size_t>(options.flow_control_receiver_limit)};
    if (!channel.is_group()) {
        spec.retransmit_window_multiple = static_cast<std::int32_t>(options.unicast_retransmit_window_multiple);
        return spec;
    }
    spec.strategy = strategy_of(options);
    spec.retransmit_window_multiple = static_cast<std::int32_t>(options.multicast_retransmit_window_multiple);
    const auto& given = parameters.flow_control ? parameters.flow_control : channel.flow_control;
    if (!given) return spec;
    spec.strategy = strategy_of(given->strategy);
    spec.group_tag = given->group_tag.value_or(spec.group_tag);
    spec.group_min_size = given->group_min_size.value_or(spec.group_min_size);
    spec.receiver_timeout = given->receiver_timeout.value_or(spec.receiver_timeout);
    spec.retransmit_window_multiple = given->retransmit_window_multiple.value_or(spec.retransmit_window_multiple);
    return spec;
}

sender::PublicationSpec sender_spec(const PublicationFacts& facts, const SendChannel& channel,
                                    const DriverOptions& options) {
    const auto& settings = facts.parameters.settings;
    sender::PublicationSpec spec{.registration_id = facts.registration_id.value,
                                 .session_id = facts.session_id,
                                 .stream_id = facts.stream_id,
                                 .start = facts.start(),
                                 .window = settings.window,
                                 .ttl = channel.udp.ttl.value_or(0),
                                 .signal_end_of_stream = settings.end_of_stream,
                                 .spies_simulate_connection = settings.spies_simulate_connection,
                                 .is_response = channel.kind == sender::EndpointKind::response,
                                 .response_correlation_id = facts.parameters.response_correlation_id,
                                 .connection_timeout = options.publication_connection_timeout,
                                 .flow_control = flow_control_of(facts.parameters, channel, options)};
    if (channel.udp.channel_send_timestamp) spec.send_timestamp = channel.udp.channel_send_timestamp->value;
    spec.retransmit.delay = options.retransmit_unicast_delay;
    spec.retransmit.linger = options.retransmit_unicast_linger;
    spec.retransmit.per_second = options.retransmit_rate;
    spec.retransmit.at_once = options.retransmit_burst;
    spec.replies_per_second = options.sender_reply_rate;
    if (!channel.is_group()) return spec;
    spec.retransmit.max_ranges_each = settings.max_resend;
    if (channel.kind == sender::EndpointKind::multicast)
        spec.retransmit.max_ranges = settings.max_resend;  // nobody asks for himself only
    else
        spec.retransmit.max_ranges = std::max(spec.retransmit.max_ranges, settings.max_resend);
    spec.retransmit.lost_again.reset();  // others may have asked for what is under way
    return spec;
}

bool counts_receivers(const sender::FlowControlSpec& spec) noexcept {
    return spec.strategy == sender::FlowStrategy::min || spec.strategy == sender::FlowStrategy::tagged;
}

// Also when it was not given: who relies on being connected by spies must not find out later that he is not.
void check_spies(const channel::PublicationParameters& wanted, const PublicationFacts& existing) {
    const bool simulates = existing.parameters.settings.spies_simulate_connection;
    if (wanted.settings.spies_simulate_connection == simulates) return;
    throw Error{ErrorCode::generic, "ssc=" + std::string{simulates ? "false" : "true"} +
                                        " conflicts with publication " +
                                        std::to_string(existing.registration_id.value) + " of stream " +
                                        std::to_string(existing.stream_id.value) + ", which has " +
                                        (simulates ? "true" : "false") + ": ask for the same"};
}

}  // namespace

channel::PublicationParameters NetworkPublications::parameters_of(const control::AddPublication& command,
                                                                  const channel::Uri& uri) const {
    channel::PublicationDefaults defaults = publication_defaults(with_.options);
    std::optional<SessionId> tagged_session;
    if (const auto tag = channel::session_tag(uri)) {
        const auto tagged = std::ranges::find_if(publications_, [&](const auto& p) {
            return p->phase() == NetworkPhase::active && p->facts().parameters.tags.entity == *tag;
        });
        if (tagged == publications_.end())
            throw Error{ErrorCode::generic,
                        "session-id=tag:" + std::to_string(*tag) + " in " + std::string{command.channel} +
                            ": no publication to the network has that entity tag (tags=<channel>,<entity>)"};
        tagged_session = (*tagged)->facts().session_id;
        defaults.udp.mtu = (*tagged)->facts().parameters.settings.mtu;
        defaults.udp.term_length = (*tagged)->facts().parameters.settings.term_length;
    }
    channel::PublicationParameters wanted = channel::parse_publication(uri, defaults);
    if (tagged_session) wanted.session_id = tagged_session;
    return wanted;
}

void NetworkPublications::add_publication(const control::AddPublication& command, const Names& names, Tick tick) {
    const channel::Uri uri = channel::Uri::parse(command.channel);
    const channel::PublicationParameters wanted = parameters_of(command, uri);
    SendChannel& channel = channels_.get({.uri = uri,
                                          .parameters = wanted,
                                          .channel = command.channel,
                                          .registration_id = command.request.correlation_id,
                                          .names = names},
                                         tick);
    try {
        const bool exclusive = command.sharing == control::Sharing::exclusive;
        if (share({command.stream_id, exclusive, wanted, channel}, command.request, tick)) return;
        check_session(command.stream_id, wanted.session_id, channel, command.channel);
        check_request(wanted, channel, command.channel);
        create(command, wanted, channel, tick);
    } catch (...) {
        channels_.release_unused(channel);
        throw;
    }
    NetworkPublication& added = *publications_.back();
    ++channel.publications;
    if (wanted.settings.sparse || added.stored()->is_whole())
        answer(added, command.request, tick);
    else
        unanswered_.push_back({&added, command.request});
}

// Whoever asked for it has it from now on, and the sender, and those who spy; or it is gone.
void NetworkPublications::answer(NetworkPublication& publication, const control::Request& request, Tick tick) {
    try {
        if (!publication.is_handed_over()) announce_response(publication);
        refer(publication, request, tick);
    } catch (...) {
        if (!publication.is_handed_over()) finish(position_of(publication), tick);
        throw;
    }
    if (auto half = publication.hand_over())
        commands_.push(sender::AddPublication{publication.channel().endpoint, std::move(half)});
    for (const auto& spy : spies_)
        if (hears(*spy, publication) && !publication.has_spy(spy->subscription)) link(publication, *spy, tick);
}

// The publication that asked for a response is told who answers.
void NetworkPublications::announce_response(const NetworkPublication& publication) {
    const PublicationFacts& facts = publication.facts();
    if (publication.channel().kind != sender::EndpointKind::response || facts.response_correlation_id() < 0) return;
    if (subscriptions_.announce_response(CorrelationId{facts.response_correlation_id()}, facts.session_id)) return;
    throw Error{ErrorCode::generic, "response-correlation-id=" + std::to_string(facts.response_correlation_id()) +
                                        " in " + facts.channel +
                                        " is no image of this driver that asks for a response"};
}

NetworkPublications::Publications::iterator NetworkPublications::position_of(const NetworkPublication& publication) {
    return std::ranges::find(publications_, &publication, &std::unique_ptr<NetworkPublication>::get);
}

void NetworkPublications::refer(NetworkPublication& publication, const control::Request& request, Tick tick) {
    with_.clients.get_or_add(request.client_id, tick);
    links_.push_back({request.correlation_id, request.client_id, &publication});
    publication.add_reference();
    const PublicationFacts& facts = publication.facts();
    with_.voice.tell(control::PublicationReady{.exclusive = facts.exclusive,
                                               .correlation_id = request.correlation_id,
                                               .original_id = facts.registration_id,
                                               .session_id = facts.session_id,
                                               .stream_id = facts.stream_id,
                                               .limit_counter = publication.limit_counter(),
                                               .channel_status_counter = publication.channel().status,
                                               .log_file = publication.stored()->path()});
}

// True when there is one to share: then it is answered. One whose first asker still waits is not shared: it may go yet.
bool NetworkPublications::share(const Wanted& wanted, const control::Request& request, Tick tick) {
    if (wanted.exclusive) return false;
    const auto found = std::ranges::find_if(publications_, [&](const auto& p) {
        return &p->channel() == &wanted.channel && p->facts().stream_id == wanted.stream &&
               p->phase() == NetworkPhase::active && p->is_handed_over() && !p->facts().exclusive &&
               p->facts().parameters.response_correlation_id == wanted.parameters.response_correlation_id;
    });
    if (found == publications_.end()) return false;
    check_match(wanted.parameters, (*found)->facts());
    check_spies(wanted.parameters, (*found)->facts());
    answer(**found, request, tick);
    return true;
}

// Receivers tell streams apart by stream and session: as long as one lingers, nobody else may bear its number.
void NetworkPublications::check_session(StreamId stream, std::optional<SessionId> session, const SendChannel& channel,
                                        std::string_view text) const {
    const auto has_it = [&](const auto& p) {
        return &p->channel() == &channel && p->is_handed_over() && p->facts().stream_id == stream &&
               p->facts().session_id == *session;
    };
    if (!session || std::ranges::none_of(publications_, has_it)) return;
    throw Error{ErrorCode::invalid_channel, "session-id=" + std::to_string(session->value) + " in " +
                                                std::string{text} + " is in use by another publication of stream " +
                                                std::to_string(stream.value) + ", which may be lingering still"};
}

// Who asks for a response says who listens for it.
void NetworkPublications::check_request(const channel::PublicationParameters& wanted, const SendChannel& channel,
                                        std::string_view text) const {
    if (channel.kind == sender::EndpointKind::response || !wanted.response_correlation_id) return;
    if (subscriptions_.has_subscription(CorrelationId{*wanted.response_correlation_id})) return;
    throw Error{ErrorCode::generic, "response-correlation-id=" + std::to_string(*wanted.response_correlation_id) +
                                        " in " + std::string{text} +
                                        " is no subscription to the network of this driver: add the one that hears "
                                        "the responses first, and give its registration id"};
}

PublicationFacts NetworkPublications::facts_of(const control::AddPublication& command,
                                               const channel::PublicationParameters& wanted) {
    const TermId random_term{with_.random.next_int32()};
    return {.registration_id = command.request.correlation_id,
            .client_id = command.request.client_id,
            .session_id = wanted.session_id ? *wanted.session_id : with_.session_ids.take([&](SessionId candidate) {
                return has_session(command.stream_id, candidate);
            }),
            .stream_id = command.stream_id,
            .exclusive = command.sharing == control::Sharing::exclusive,
            .channel = std::string{command.channel},
            .parameters = wanted,
            .initial_term_id = wanted.start ? wanted.start->initial_term_id : random_term,
            .starting_term_id = wanted.start ? wanted.start->term_id : random_term,
            .starting_offset = wanted.start ? wanted.start->term_offset : 0};
}

void NetworkPublications::create(const control::AddPublication& command, const channel::PublicationParameters& wanted,
                                 SendChannel& channel, Tick tick) {
    PublicationFacts facts = facts_of(command, wanted);
    const sender::PublicationSpec spec = sender_spec(facts, channel, with_.options);
    CounterSet counters{with_.counters, tick};
    const control::StreamKey key{facts.registration_id, facts.session_id, facts.stream_id, facts.channel};
    const std::int64_t start = facts.start().value;
    const auto add = [&](CounterType type, std::int64_t initial) {
        return counters.add_stream(type, control::name(type), key, facts.client_id, initial);
    };
    const CounterId position = counters.add_stream(CounterType::publisher_position,
                                                   facts.exclusive ? "pub-pos (exclusive)" : "pub-pos (concurrent)",
                                                   key, facts.client_id, start);
    const CounterId limit = add(CounterType::publisher_limit, start);
    const CounterId sent = add(CounterType::sender_position, start);
    const CounterId sender_limit = add(CounterType::sender_limit, start);
    const CounterId back_pressure = add(CounterType::sender_back_pressure, 0);
    const CounterId naks = add(CounterType::sender_naks_received, 0);
    shm::Cell<std::int64_t>* receivers = nullptr;
    if (counts_receivers(spec.flow_control))
        receivers =
            &counters.cell(counters.add_stream(CounterType::flow_control_receivers,
                                               control::name(CounterType::flow_control_receivers), key, no_client, 0));
    const sender::PublicationCounters cells{.publisher_limit = counters.cell(limit),
                                            .sender_position = counters.cell(sent),
                                            .sender_limit = counters.cell(sender_limit),
                                            .back_pressure = counters.cell(back_pressure),
                                            .naks_received = counters.cell(naks),
                                            .flow_control_receivers = receivers};
    shm::Cell<std::int64_t>& position_cell = counters.cell(position);
    LogStore::Created created =
        with_.logs.create(log_settings(facts, static_cast<std::int32_t>(with_.options.file_page_size)));
    if (created.warning) with_.voice.warn(ErrorCode::storage_space, *created.warning, tick.wall);
    publications_.push_back(std::make_unique<NetworkPublication>(
        NetworkPublication::Parts{.facts = std::move(facts),
                                  .channel = channel,
                                  .log = std::move(created.log),
                                  .counters = std::move(counters),
                                  .limit_counter = limit,
                                  .position_cell = position_cell,
                                  .unblock_timeout = with_.options.publication_unblock_timeout},
        tick));
    NetworkPublication& publication = *publications_.back();
    publication.prepare(
        std::make_unique<sender::Publication>(spec, publication.stored()->log(), cells, publication.shared()));
}

}  // namespace gale::driver
