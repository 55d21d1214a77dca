// Publications with sparse=false: their logs get all their storage, and their pages, from the resource agent, which may
// take a second. Meanwhile the conductor serves everybody else, and answers when the log is whole.
#include "driver/conductor/ipc_streams.hpp"

#include <algorithm>

namespace gale::driver {

int IpcStreams::open_ready(Tick tick) {
    int work = 0;
    for (std::size_t i = 0; i < unopened_.size();) {
        if (!unopened_[i].log->is_whole() && !unopened_[i].log->is_starved()) {
            ++i;
            continue;
        }
        Unopened ready = std::move(unopened_[i]);
        unopened_.erase(unopened_.begin() + static_cast<std::ptrdiff_t>(i));
        const CorrelationId request = ready.spec.registration_id;
        try {
            open_late(std::move(ready), tick);
        } catch (const std::exception& error) {
            with_.voice.refuse(request, error, tick.wall);
        }
        ++work;
    }
    return work;
}

// What was true when it was asked for may have changed while its log was made: others came first.
void IpcStreams::open_late(Unopened ready, Tick tick) {
    const IpcPublication::Spec& spec = ready.spec;
    try {
        if (ready.log->is_starved())
            throw Error{ErrorCode::storage_space,
                        "no space was left for the log of " + spec.channel + " (sparse=false) in " +
                            with_.options.directory +
                            ": ask for a shorter one (term-length=), or free some space there"};
        if (share({spec.stream_id, spec.exclusive, spec.parameters}, {spec.registration_id, spec.client_id}, tick)) {
            with_.logs.release(std::move(ready.log));
            return;
        }
        check_session(spec.stream_id, spec.session_id, spec.channel);
    } catch (...) {
        with_.logs.release(std::move(ready.log));
        throw;
    }
    open(std::move(ready), tick);
}

void IpcStreams::drop_unopened(FunctionRef<bool(const IpcPublication::Spec&)> unwanted) {
    for (std::size_t i = unopened_.size(); i-- > 0;) {
        if (!unwanted(unopened_[i].spec)) continue;
        std::shared_ptr<StoredLog> log = std::move(unopened_[i].log);
        unopened_.erase(unopened_.begin() + static_cast<std::ptrdiff_t>(i));
        with_.logs.release(std::move(log));
    }
}

void IpcStreams::forget_requests(ClientId client) {
    drop_unopened([&](const IpcPublication::Spec& spec) { return spec.client_id == client; });
}

// By a client that no longer waits for it.
bool IpcStreams::remove_unopened(const control::RemovePublication& command, Tick tick) {
    const auto is_meant = [&](const IpcPublication::Spec& spec) {
        return spec.registration_id == command.registration_id && spec.client_id == command.request.client_id;
    };
    if (std::ranges::none_of(unopened_, [&](const Unopened& each) { return is_meant(each.spec); })) return false;
    drop_unopened(is_meant);
    with_.voice.refuse(command.registration_id,
                       Error{ErrorCode::generic, "publication " + std::to_string(command.registration_id.value) +
                                                     " was removed before it was ready"},
                       tick.wall);
    with_.voice.tell(control::OperationSucceeded{command.request.correlation_id});
    return true;
}

}  // namespace gale::driver
