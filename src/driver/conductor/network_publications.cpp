#include "driver/conductor/network_publications.hpp"

#include <algorithm>

namespace gale::driver {

NetworkPublications::NetworkPublications(const Surroundings& surroundings, const Parts& parts)
    : with_{surroundings}, network_{parts.network}, lookups_{parts.lookups}, commands_{parts.commands},
      subscriptions_{parts.subscriptions}, linker_{with_.counters, with_.voice},
      channels_{surroundings, parts.network, parts.commands} {}

NetworkPublications::~NetworkPublications() = default;

bool NetworkPublications::remove_publication(const control::RemovePublication& command, Tick tick) {
    const auto found = std::ranges::find_if(links_, [&](const Link& link) {
        return link.registration_id == command.registration_id && link.client_id == command.request.client_id;
    });
    if (found == links_.end()) return remove_unanswered(command, tick);
    NetworkPublication& publication = *found->publication;
    links_.erase(found);
    const bool revokes = command.revoke && publication.phase() == NetworkPhase::active;
    if (revokes) publication.revoke(tick.now);
    if (publication.drop_reference(tick.now) || revokes) end_stream(publication);
    with_.voice.tell(control::OperationSucceeded{command.request.correlation_id});
    if (revokes) {
        with_.system.add(control::SystemCounter::publications_revoked);
        drop_spies(publication, tick);
    }
    return true;
}

void NetworkPublications::end_stream(NetworkPublication& publication) {
    commands_.push(sender::StopPublication{publication.handle(), publication.end()});
}

bool NetworkPublications::has_session(StreamId stream, SessionId session) const noexcept {
    return std::ranges::any_of(publications_, [&](const auto& p) {
        return p->facts().stream_id == stream && p->facts().session_id == session;
    });
}

void NetworkPublications::forget_requests(ClientId client, Tick tick) {
    for (std::size_t i = unanswered_.size(); i-- > 0;)
        if (unanswered_[i].request.client_id == client) drop_unanswered(i, tick);
}

void NetworkPublications::release_client(ClientId client, Tick tick) {
    forget_requests(client, tick);
    for (std::size_t i = links_.size(); i-- > 0;) {
        if (links_[i].client_id != client) continue;
        NetworkPublication& publication = *links_[i].publication;
        links_.erase(links_.begin() + static_cast<std::ptrdiff_t>(i));
        if (publication.drop_reference(tick.now)) end_stream(publication);
    }
    for (std::size_t i = spies_.size(); i-- > 0;)
        if (spies_[i]->subscription.client_id == client) remove_spy(i, tick);
}

int NetworkPublications::update(Tick tick) {
    int work = unanswered_.empty() ? 0 : answer_ready(tick);
    for (const auto& publication : publications_) {
        work += publication->update();
        if (publication->phase() == NetworkPhase::draining && publication->is_drained()) {
            drop_spies(*publication, tick);
            publication->linger(tick.now);
            ++work;
        }
        report_trouble(*publication, tick);
    }
    return work;
}

void NetworkPublications::on_timer(Tick tick) {
    link_again(tick);
    for (const auto& publication : publications_) check_time(*publication, tick);
}

void NetworkPublications::check_time(NetworkPublication& publication, Tick tick) {
    const bool active = publication.phase() == NetworkPhase::active;
    const auto on_change = [&](const SubscriberPosition& spy) {
        if (spy.is_working())
            commands_.push(sender::AddSpy{publication.handle(), spy.counter(), &with_.counters.value(spy.counter())});
        else
            commands_.push(sender::RemoveSpy{publication.handle(), spy.counter()});
    };
    linker_.check_untethered(publication.stream(), publication.spies(),
                             {.limit = publication.untethered_limit(),
                              .timeouts = publication.facts().parameters.settings.untethered,
                              .join = active ? std::optional{publication.sent()} : std::nullopt},
                             tick, on_change);
    if (publication.check_blocked(tick.now)) with_.system.add(control::SystemCounter::unblocked_publications);
    if (publication.phase() != NetworkPhase::lingering || !publication.has_lingered(tick.now)) return;
    publication.leave();
    commands_.push(sender::RemovePublication{publication.handle()});
}

// Called every cycle for each publication: texts are made only when there is something to say.
void NetworkPublications::report_trouble(NetworkPublication& publication, Tick tick) {
    const auto which = [&] { return "publication " + std::to_string(publication.facts().registration_id.value); };
    if (publication.take_damage())
        with_.voice.record(ErrorCode::generic,
                           which() + ": the tails in its log make no sense, a client has overwritten them", tick.wall);
    if (!publication.take_starvation()) return;
    const std::string text = which() + ": no space was left for the rest of its log " + publication.stored()->path() +
                             "; it stops where storage ends: free some space there and add it again";
    with_.voice.record(ErrorCode::storage_space, text, tick.wall);
    control::PublicationErrorEvent event{.original_id = publication.facts().registration_id,
                                         .session_id = publication.facts().session_id,
                                         .stream_id = publication.facts().stream_id};
    event.code = ErrorCode::storage_space;
    event.text = text;
    with_.voice.tell(event);
}

// Unless somebody else answers the same request.
void NetworkPublications::withdraw_response(const NetworkPublication& gone) {
    const std::int64_t request = gone.facts().response_correlation_id();
    const auto answers = [&](const NetworkPublication& p) {
        return p.channel().kind == sender::EndpointKind::response && p.facts().response_correlation_id() == request;
    };
    if (request < 0 || !answers(gone)) return;
    const auto answers_too = [&](const auto& p) { return p.get() != &gone && p->is_handed_over() && answers(*p); };
    if (std::ranges::none_of(publications_, answers_too)) subscriptions_.withdraw_response(CorrelationId{request});
}

void NetworkPublications::finish(Publications::iterator publication, Tick tick) {
    NetworkPublication& gone = **publication;
    drop_spies(gone, tick);
    withdraw_response(gone);
    gone.counters().release(tick);
    auto log = gone.stored();
    SendChannel& channel = gone.channel();
    publications_.erase(publication);
    with_.logs.release(std::move(log));
    channels_.release(channel);
}

void NetworkPublications::close(Tick tick) {
    links_.clear();
    unanswered_.clear();
    while (!publications_.empty()) finish(publications_.end() - 1, tick);
    spies_.clear();
    channels_.close(tick);
}

}  // namespace gale::driver
