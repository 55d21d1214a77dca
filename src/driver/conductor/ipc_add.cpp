// Adding a publication over shared memory: share one that is there, or make one. docs/formats/control.md,
// ADD_PUBLICATION.
#include "driver/conductor/ipc_streams.hpp"

#include <algorithm>

namespace gale::driver {
namespace {

using control::CounterType;

}  // namespace

channel::PublicationParameters IpcStreams::parameters_of(const control::AddPublication& command) const {
    const channel::Uri uri = channel::Uri::parse(command.channel);
    channel::PublicationDefaults defaults = publication_defaults(with_.options);
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
    const TermId random_term{with_.random.next_int32()};
    IpcPublication::Spec spec{
        {.registration_id = registration.id,
         .client_id = registration.client,
         .session_id = wanted.session_id ? *wanted.session_id : next_session_id(command.stream_id),
         .stream_id = command.stream_id,
         .exclusive = exclusive,
         .channel = std::string{command.channel},
         .parameters = wanted,
         .initial_term_id = wanted.start ? wanted.start->initial_term_id : random_term,
         .starting_term_id = wanted.start ? wanted.start->term_id : random_term,
         .starting_offset = wanted.start ? wanted.start->term_offset : 0},
        with_.options.publication_unblock_timeout};
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
    check_match(wanted.parameters, existing->spec());
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
               p->spec().parameters.response_correlation_id == wanted.parameters.response_correlation_id;
    });
    return found == publications_.end() ? nullptr : found->get();
}

bool IpcStreams::session_in_use(StreamId stream, SessionId session) const noexcept {
    return std::ranges::any_of(publications_, [&](const auto& p) {
        return p->phase() != PublicationPhase::lingering && p->spec().stream_id == stream &&
               p->spec().session_id == session;
    });
}

bool IpcStreams::has_session(StreamId stream, SessionId session) const noexcept {
    const auto has_it = [&](const IpcPublication::Spec& spec) {
        return spec.stream_id == stream && spec.session_id == session;
    };
    return std::ranges::any_of(publications_, [&](const auto& p) { return has_it(p->spec()); }) ||
           std::ranges::any_of(unopened_, [&](const Unopened& each) { return has_it(each.spec); });
}

SessionId IpcStreams::next_session_id(StreamId stream) {
    return with_.session_ids.take([&](SessionId candidate) { return has_session(stream, candidate); });
}

std::unique_ptr<IpcPublication> IpcStreams::make_publication(IpcPublication::Spec spec, std::shared_ptr<StoredLog> log,
                                                             Tick tick) {
    const Position start = spec.start();
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
    const std::int64_t answers = publication.spec().response_correlation_id();
    if (answers < 0) return;  // none, or a prototype
    const auto request =
        std::ranges::find_if(publications_, [&](const auto& p) { return p->spec().registration_id.value == answers; });
    if (request == publications_.end()) return;
    const std::int64_t listener = (*request)->spec().response_correlation_id();
    for (const auto& subscription : subscriptions_) {
        // Only one that asked for responses: a wrong id must not make somebody else's subscription deaf.
        if (subscription->registration_id.value != listener || !subscription->is_response) continue;
        if (subscription->stream_id != publication.spec().stream_id) continue;
        subscription->session_id = publication.spec().session_id;
        subscription->awaits_response = false;
    }
}

}  // namespace gale::driver
