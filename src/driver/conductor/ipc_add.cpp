// Adding a publication over shared memory: share one that is there, or make one. docs/formats/control.md,
// ADD_PUBLICATION.
#include "base/text.hpp"
#include "driver/conductor/ipc_streams.hpp"

#include <algorithm>

namespace gale::driver {
namespace {

using control::CounterType;

channel::PublicationDefaults defaults_of(const DriverOptions& options) {
    channel::PublicationDefaults defaults;
    defaults.ipc = {.mtu = static_cast<std::int32_t>(options.ipc_mtu_length),
                    .term_length = static_cast<std::int32_t>(options.ipc_term_buffer_length),
                    .window = static_cast<std::int32_t>(options.ipc_publication_term_window_length)};
    defaults.udp = {.mtu = static_cast<std::int32_t>(options.mtu_length),
                    .term_length = static_cast<std::int32_t>(options.term_buffer_length),
                    .window = static_cast<std::int32_t>(options.publication_term_window_length)};
    defaults.linger = options.publication_linger_timeout;
    defaults.max_resend = static_cast<std::int32_t>(options.max_resend);
    defaults.sparse = options.term_buffer_sparse_file;
    defaults.spies_simulate_connection = options.spies_simulate_connection;
    defaults.untethered = {.window_limit = options.untethered_window_limit_timeout,
                           .linger = options.untethered_linger_timeout,
                           .resting = options.untethered_resting_timeout};
    return defaults;
}

[[noreturn]] void conflict(std::string_view parameter, const std::string& wanted, const std::string& existing,
                           const IpcPublication& publication) {
    throw Error{ErrorCode::generic, std::string{parameter} + "=" + wanted + " conflicts with publication " +
                                        std::to_string(publication.spec().registration_id.value) + " of stream " +
                                        std::to_string(publication.spec().stream_id.value) + ", which has " + existing +
                                        ": ask for the same, leave it out, or add an exclusive publication"};
}

// What was given must agree with what is there; what was not given is not compared.
void check_match(const channel::PublicationParameters& wanted, const IpcPublication& existing) {
    const auto& spec = existing.spec();
    const auto& settings = spec.parameters.settings;
    if (wanted.session_id && *wanted.session_id != spec.session_id)
        conflict("session-id", std::to_string(wanted.session_id->value), std::to_string(spec.session_id.value),
                 existing);
    if (wanted.mtu && *wanted.mtu != settings.mtu)
        conflict("mtu", format_size(*wanted.mtu), format_size(settings.mtu), existing);
    if (wanted.term_length && *wanted.term_length != settings.term_length)
        conflict("term-length", format_size(*wanted.term_length), format_size(settings.term_length), existing);
    if (!wanted.start) return;
    const auto& start = *wanted.start;
    if (start.initial_term_id != spec.initial_term_id)
        conflict("init-term-id", std::to_string(start.initial_term_id.value),
                 std::to_string(spec.initial_term_id.value), existing);
    if (start.term_id != spec.starting_term_id)
        conflict("term-id", std::to_string(start.term_id.value), std::to_string(spec.starting_term_id.value), existing);
    if (start.term_offset != spec.starting_offset)
        conflict("term-offset", std::to_string(start.term_offset), std::to_string(spec.starting_offset), existing);
}

constexpr std::int64_t no_response = -1;

std::int64_t response_of(const channel::PublicationParameters& parameters) noexcept {
    return parameters.response_correlation_id.value_or(no_response);
}

logbuffer::LogSettings log_settings(const IpcPublication::Spec& spec, std::int32_t page_size) {
    const auto& settings = spec.parameters.settings;
    return {.type =
                spec.exclusive ? logbuffer::LogType::exclusive_publication : logbuffer::LogType::concurrent_publication,
            .correlation_id = spec.registration_id,
            .session_id = spec.session_id,
            .stream_id = spec.stream_id,
            .initial_term_id = spec.initial_term_id,
            .starting_term_id = spec.starting_term_id,
            .starting_offset = spec.starting_offset,
            .term_length = settings.term_length,
            .page_size = page_size,
            .mtu_length = settings.mtu,
            .publication_window_length = settings.window,
            .max_resend = spec.parameters.max_resend.value_or(0),
            .entity_tag = spec.parameters.tags.entity.value_or(-1),
            .response_correlation_id = response_of(spec.parameters),
            .linger_timeout = settings.linger,
            .untethered_window_limit_timeout = settings.untethered.window_limit,
            .untethered_linger_timeout = settings.untethered.linger.value_or(settings.untethered.window_limit),
            .untethered_resting_timeout = settings.untethered.resting,
            .sparse = settings.sparse,
            .signal_eos = settings.end_of_stream,
            .spies_simulate_connection = settings.spies_simulate_connection};
}

}  // namespace

channel::PublicationParameters IpcStreams::parameters_of(const control::AddPublication& command) const {
    const channel::Uri uri = channel::Uri::parse(command.channel);
    channel::PublicationDefaults defaults = defaults_of(with_.options);
    std::optional<SessionId> tagged_session;
    if (const auto tag = channel::session_tag(uri)) {
        const auto tagged = std::ranges::find_if(publications_, [&](const auto& p) {
            return p->phase() == PublicationPhase::active && p->spec().parameters.tags.entity == *tag;
        });
        if (tagged == publications_.end())
            throw Error{ErrorCode::generic,
                        "session-id=tag:" + std::to_string(*tag) + " in " + std::string{command.channel} +
                            ": no publication over shared memory has that entity tag (tags=<channel>,<entity>)"};
        tagged_session = (*tagged)->spec().session_id;
        defaults.ipc.mtu = (*tagged)->spec().parameters.settings.mtu;
        defaults.ipc.term_length = (*tagged)->spec().parameters.settings.term_length;
    }
    channel::PublicationParameters wanted = channel::parse_publication(uri, defaults);
    if (tagged_session) wanted.session_id = tagged_session;
    return wanted;
}

void IpcStreams::add_publication(const control::AddPublication& command, Tick tick) {
    const channel::PublicationParameters wanted = parameters_of(command);
    const bool exclusive = command.sharing == control::Sharing::exclusive;
    const Registration registration{command.request.correlation_id, command.request.client_id};
    if (share({command.stream_id, exclusive, wanted}, registration, tick)) return;
    check_session(command.stream_id, wanted.session_id, command.channel);
    const TermId random_term{random_.next_int32()};
    IpcPublication::Spec spec{.registration_id = registration.id,
                              .client_id = registration.client,
                              .session_id = wanted.session_id ? *wanted.session_id : next_session_id(command.stream_id),
                              .stream_id = command.stream_id,
                              .exclusive = exclusive,
                              .channel = std::string{command.channel},
                              .parameters = wanted,
                              .initial_term_id = wanted.start ? wanted.start->initial_term_id : random_term,
                              .starting_term_id = wanted.start ? wanted.start->term_id : random_term,
                              .starting_offset = wanted.start ? wanted.start->term_offset : 0,
                              .unblock_timeout = with_.options.publication_unblock_timeout};
    LogStore::Created created =
        with_.logs.create(log_settings(spec, static_cast<std::int32_t>(with_.options.file_page_size)));
    if (created.warning) with_.voice.warn(ErrorCode::storage_space, *created.warning, tick.wall);
    if (wanted.settings.sparse || created.log->is_whole())
        open({std::move(spec), std::move(created.log)}, tick);
    else
        unopened_.push_back({std::move(spec), std::move(created.log)});
}

void IpcStreams::open(Unopened ready, Tick tick) {
    const Registration registration{ready.spec.registration_id, ready.spec.client_id};
    try {
        publications_.push_back(make_publication(std::move(ready.spec), ready.log, tick));
    } catch (...) {
        with_.logs.release(std::move(ready.log));
        throw;
    }
    IpcPublication& publication = *publications_.back();
    try {
        refer(publication, registration, tick);
    } catch (...) {
        destroy(publications_.end() - 1, tick);
        throw;
    }
    pin_response(publication);
    link_all(publication, tick);
}

// True when there is one to share: then it is answered.
bool IpcStreams::share(const Wanted& wanted, const Registration& registration, Tick tick) {
    IpcPublication* existing = find_shared(wanted);
    if (existing == nullptr) return false;
    check_match(wanted.parameters, *existing);
    refer(*existing, registration, tick);
    return true;
}

void IpcStreams::refer(IpcPublication& publication, const Registration& registration, Tick tick) {
    with_.clients.get_or_add(registration.client, tick);
    links_.push_back({registration.id, registration.client, &publication});
    publication.add_reference();
    const auto& spec = publication.spec();
    with_.voice.tell(control::PublicationReady{.exclusive = spec.exclusive,
                                               .correlation_id = registration.id,
                                               .original_id = spec.registration_id,
                                               .session_id = spec.session_id,
                                               .stream_id = spec.stream_id,
                                               .limit_counter = publication.limit_counter(),
                                               .log_file = publication.stored()->path()});
}

void IpcStreams::check_session(StreamId stream, std::optional<SessionId> session, std::string_view channel) const {
    if (!session || !session_in_use(stream, *session)) return;
    throw Error{ErrorCode::invalid_channel, "session-id=" + std::to_string(session->value) + " in " +
                                                std::string{channel} + " is in use by another publication of stream " +
                                                std::to_string(stream.value)};
}

IpcPublication* IpcStreams::find_shared(const Wanted& wanted) const {
    if (wanted.exclusive) return nullptr;
    const auto found = std::ranges::find_if(publications_, [&](const auto& p) {
        return p->phase() == PublicationPhase::active && !p->spec().exclusive && p->spec().stream_id == wanted.stream &&
               response_of(p->spec().parameters) == response_of(wanted.parameters);
    });
    return found == publications_.end() ? nullptr : found->get();
}

bool IpcStreams::session_in_use(StreamId stream, SessionId session) const noexcept {
    return std::ranges::any_of(publications_, [&](const auto& p) {
        return p->phase() != PublicationPhase::lingering && p->spec().stream_id == stream &&
               p->spec().session_id == session;
    });
}

SessionId IpcStreams::next_session_id(StreamId stream) {
    return session_ids_.take([&](SessionId candidate) {
        const auto has_it = [&](const IpcPublication::Spec& spec) {
            return spec.stream_id == stream && spec.session_id == candidate;
        };
        return std::ranges::any_of(publications_, [&](const auto& p) { return has_it(p->spec()); }) ||
               std::ranges::any_of(unopened_, [&](const Unopened& each) { return has_it(each.spec); });
    });
}

std::unique_ptr<IpcPublication> IpcStreams::make_publication(IpcPublication::Spec spec, std::shared_ptr<StoredLog> log,
                                                             Tick tick) {
    const Position start = log->log().geometry().position({spec.starting_term_id, spec.starting_offset});
    const control::StreamKey key{spec.registration_id, spec.session_id, spec.stream_id, spec.channel};
    const auto encoded = control::encode(key);
    const auto allocate = [&](CounterType type, std::string_view name) {
        return with_.counters.allocate({.type_id = static_cast<std::int32_t>(type),
                                        .key = encoded,
                                        .label = control::stream_label(name, key),
                                        .registration_id = spec.registration_id.value,
                                        .owner_id = spec.client_id.value,
                                        .initial_value = start.value},
                                       tick);
    };
    const auto position =
        allocate(CounterType::publisher_position, spec.exclusive ? "pub-pos (exclusive)" : "pub-pos (concurrent)");
    const auto limit = allocate(CounterType::publisher_limit, control::name(CounterType::publisher_limit));
    if (!position || !limit) {
        if (position) with_.counters.free(*position, tick);
        throw Error{ErrorCode::generic, "no counter is left for a publication on " + spec.channel +
                                            ": raise counters.buffer.length of the driver"};
    }
    return std::make_unique<IpcPublication>(std::move(spec), std::move(log), *limit, *position, with_.counters, tick);
}

// A publication that answers a request gives its session to the subscription that the request named: that one hears
// only it.
void IpcStreams::pin_response(const IpcPublication& publication) {
    const std::int64_t answers = response_of(publication.spec().parameters);
    if (answers < 0) return;  // none, or a prototype
    const auto request =
        std::ranges::find_if(publications_, [&](const auto& p) { return p->spec().registration_id.value == answers; });
    if (request == publications_.end()) return;
    const std::int64_t listener = response_of((*request)->spec().parameters);
    for (const auto& subscription : subscriptions_) {
        // Only one that asked for responses: a wrong id must not make somebody else's subscription deaf.
        if (subscription->registration_id.value != listener || !subscription->is_response) continue;
        if (subscription->stream_id != publication.spec().stream_id) continue;
        subscription->session_id = publication.spec().session_id;
        subscription->awaits_response = false;
    }
}

}  // namespace gale::driver
