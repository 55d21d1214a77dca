// Adding a publication over shared memory: share one that is there, or make one. docs/formats/control.md,
// ADD_PUBLICATION.
#include "base/text.hpp"
#include "driver/conductor/ipc_streams.hpp"
#include "logbuffer/geometry.hpp"

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

void IpcStreams::add_publication(const control::AddPublication& command, Tick tick) {
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

    IpcPublication* publication = find_shared(command, wanted);
    const bool is_new = publication == nullptr;
    if (is_new) {
        if (wanted.session_id && session_in_use(command.stream_id, *wanted.session_id))
            throw Error{ErrorCode::invalid_channel, "session-id=" + std::to_string(wanted.session_id->value) + " in " +
                                                        std::string{command.channel} +
                                                        " is in use by another publication of stream " +
                                                        std::to_string(command.stream_id.value)};
        publication = &create_publication(command, wanted, tick);
    } else {
        check_match(wanted, *publication);
    }
    try {
        with_.clients.get_or_add(command.request.client_id, tick);
    } catch (...) {
        if (is_new) destroy(publications_.end() - 1, tick);
        throw;
    }
    links_.push_back({command.request.correlation_id, command.request.client_id, publication});
    publication->add_reference();
    const auto& spec = publication->spec();
    with_.voice.tell(control::PublicationReady{.exclusive = spec.exclusive,
                                               .correlation_id = command.request.correlation_id,
                                               .original_id = spec.registration_id,
                                               .session_id = spec.session_id,
                                               .stream_id = spec.stream_id,
                                               .limit_counter = publication->limit_counter(),
                                               .log_file = publication->stored()->path()});
    if (is_new) {
        pin_response(*publication);
        link_all(*publication, tick);
    }
}

IpcPublication* IpcStreams::find_shared(const control::AddPublication& command,
                                        const channel::PublicationParameters& wanted) const {
    if (command.sharing == control::Sharing::exclusive) return nullptr;
    const auto found = std::ranges::find_if(publications_, [&](const auto& p) {
        return p->phase() == PublicationPhase::active && !p->spec().exclusive &&
               p->spec().stream_id == command.stream_id && response_of(p->spec().parameters) == response_of(wanted);
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
        return std::ranges::any_of(publications_, [&](const auto& p) {
            return p->spec().stream_id == stream && p->spec().session_id == candidate;
        });
    });
}

IpcPublication& IpcStreams::create_publication(const control::AddPublication& command,
                                               const channel::PublicationParameters& wanted, Tick tick) {
    const SessionId session = wanted.session_id ? *wanted.session_id : next_session_id(command.stream_id);
    const TermId random_term{random_.next_int32()};
    IpcPublication::Spec spec{.registration_id = command.request.correlation_id,
                              .client_id = command.request.client_id,
                              .session_id = session,
                              .stream_id = command.stream_id,
                              .exclusive = command.sharing == control::Sharing::exclusive,
                              .channel = std::string{command.channel},
                              .parameters = wanted,
                              .initial_term_id = wanted.start ? wanted.start->initial_term_id : random_term,
                              .starting_term_id = wanted.start ? wanted.start->term_id : random_term,
                              .starting_offset = wanted.start ? wanted.start->term_offset : 0,
                              .unblock_timeout = with_.options.publication_unblock_timeout};
    LogStore::Created created =
        with_.logs.create(log_settings(spec, static_cast<std::int32_t>(with_.options.file_page_size)));
    if (created.warning) with_.voice.warn(ErrorCode::storage_space, *created.warning, tick.wall);

    const Position start = logbuffer::Geometry{spec.initial_term_id, wanted.settings.term_length}.position(
        {spec.starting_term_id, spec.starting_offset});
    const control::StreamKey key{spec.registration_id, spec.session_id, spec.stream_id, spec.channel};
    const auto encoded = control::encode(key);
    const auto allocate = [&](CounterType type, std::string_view name) {
        return with_.counters.allocate({.type_id = static_cast<std::int32_t>(type),
                                        .key = encoded,
                                        .label = control::stream_label(name, key),
                                        .registration_id = spec.registration_id.value,
                                        .owner_id = spec.client_id.value,
                                        .initial_value = start.value},
                                       tick.wall);
    };
    const auto position =
        allocate(CounterType::publisher_position, spec.exclusive ? "pub-pos (exclusive)" : "pub-pos (concurrent)");
    const auto limit = allocate(CounterType::publisher_limit, control::name(CounterType::publisher_limit));
    if (!position || !limit) {
        if (position) with_.counters.free(*position, tick.wall);
        with_.logs.release(std::move(created.log));
        throw Error{ErrorCode::generic, "no counter is left for a publication on " + spec.channel +
                                            ": raise counters.buffer.length of the driver"};
    }
    publications_.push_back(std::make_unique<IpcPublication>(std::move(spec), std::move(created.log), *limit, *position,
                                                             with_.counters, tick));
    return *publications_.back();
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
