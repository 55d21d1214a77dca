// Publications with sparse=false: their logs get all their storage, and their pages, behind everybody's back. Who asked
// is answered when that is done.
#include "driver/conductor/network_publications.hpp"

#include <algorithm>

namespace gale::driver {

int NetworkPublications::answer_ready(Tick tick) {
    int work = 0;
    for (std::size_t i = 0; i < unanswered_.size();) {
        const auto& stored = unanswered_[i].publication->stored();
        if (!stored->is_whole() && !stored->is_starved()) {
            ++i;
            continue;
        }
        const Unanswered ready = unanswered_[i];
        unanswered_.erase(unanswered_.begin() + static_cast<std::ptrdiff_t>(i));
        try {
            answer_late(ready, tick);
        } catch (const std::exception& error) {
            with_.voice.refuse(ready.request.correlation_id, error, tick.wall);
        }
        ++work;
    }
    return work;
}

// What was true when it was asked for may have changed while its log was made: others came first.
void NetworkPublications::answer_late(const Unanswered& ready, Tick tick) {
    NetworkPublication& publication = *ready.publication;
    const PublicationFacts& facts = publication.facts();
    try {
        if (publication.stored()->is_starved())
            throw Error{ErrorCode::storage_space,
                        "no space was left for the log of " + facts.channel + " (sparse=false) in " +
                            with_.options.directory +
                            ": ask for a shorter one (term-length=), or free some space there"};
        const Wanted wanted{facts.stream_id, facts.exclusive, facts.parameters, publication.channel()};
        if (share(wanted, ready.request, tick)) return finish(position_of(publication), tick);
        check_session(facts.stream_id, facts.parameters.session_id, publication.channel(), facts.channel);
    } catch (...) {
        finish(position_of(publication), tick);
        throw;
    }
    answer(publication, ready.request, tick);
}

void NetworkPublications::drop_unanswered(std::size_t index, Tick tick) {
    NetworkPublication& publication = *unanswered_[index].publication;
    unanswered_.erase(unanswered_.begin() + static_cast<std::ptrdiff_t>(index));
    finish(position_of(publication), tick);
}

// By a client that no longer waits for it.
bool NetworkPublications::remove_unanswered(const control::RemovePublication& command, Tick tick) {
    const auto found = std::ranges::find_if(unanswered_, [&](const Unanswered& each) {
        return each.request.correlation_id == command.registration_id &&
               each.request.client_id == command.request.client_id;
    });
    if (found == unanswered_.end()) return false;
    drop_unanswered(static_cast<std::size_t>(found - unanswered_.begin()), tick);
    with_.voice.refuse(command.registration_id,
                       Error{ErrorCode::generic, "publication " + std::to_string(command.registration_id.value) +
                                                     " was removed before it was ready"},
                       tick.wall);
    with_.voice.tell(control::OperationSucceeded{command.request.correlation_id});
    return true;
}

}  // namespace gale::driver
