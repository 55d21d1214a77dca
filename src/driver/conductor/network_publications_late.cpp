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
            check_storage(*ready.publication, tick);
            answer(*ready.publication, ready.request, tick);
        } catch (const std::exception& error) {
            with_.voice.refuse(ready.request.correlation_id, error, tick.wall);
        }
        ++work;
    }
    return work;
}

void NetworkPublications::check_storage(NetworkPublication& publication, Tick tick) {
    if (!publication.stored()->is_starved()) return;
    const std::string channel = publication.facts().channel;
    if (publication.references() == 0) finish(position_of(publication), tick);
    throw Error{ErrorCode::storage_space, "no space was left for the log of " + channel + " (sparse=false) in " +
                                              with_.options.directory +
                                              ": ask for a shorter one (term-length=), or free some space there"};
}

// Others may share it already: then it stays for them.
void NetworkPublications::drop_unanswered(std::size_t index, Tick tick) {
    NetworkPublication& publication = *unanswered_[index].publication;
    unanswered_.erase(unanswered_.begin() + static_cast<std::ptrdiff_t>(index));
    if (publication.references() == 0) finish(position_of(publication), tick);
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
