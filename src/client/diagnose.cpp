// The front door's question: why does this stream not flow?
#include "client/client_core.hpp"
#include "client/doctor.hpp"
#include "client/publication_state.hpp"
#include "client/subscription_state.hpp"

#include <gale/diagnosis.hpp>
#include <gale/error.hpp>

#include <memory>

namespace gale {
namespace {

/// What is wrong with the handle itself; all well when nothing is.
template <class State> Diagnosis of_handle(const std::shared_ptr<State>& state) {
    if (!state) return {.finding = Finding::closed, .what = "the handle was moved from, or never had a stream"};
    if (const auto reason = state->core()->close_reason())
        return {.finding = reason->code() == ErrorCode::driver_timeout ? Finding::no_driver : Finding::closed,
                .what = reason->what(),
                .advice = "see that a driver runs, and connect a new client"};
    if (state->is_closed())
        return {.finding = Finding::closed, .what = "it was closed by this program", .advice = "add it again"};
    return {};
}

Diagnosis of_publication(const std::shared_ptr<client::PublicationState>& state) {
    if (Diagnosis found = of_handle(state); !found.is_well()) return found;
    client::Evidence now = client::gather(state->cnc()->file());
    const std::int64_t id = state->constants().original_registration_id.value;
    now.logs.insert_or_assign(id, client::facts_of(state->log()->log()));
    return client::diagnose_publication({now}, id);
}

}  // namespace

Diagnosis Publication::diagnose() const { return of_publication(state_); }
Diagnosis ExclusivePublication::diagnose() const { return of_publication(state_); }

Diagnosis Subscription::diagnose() const {
    if (Diagnosis found = of_handle(state_); !found.is_well()) return found;
    client::Evidence now = client::gather(state_->cnc()->file());
    Diagnosis worst;
    for (const auto& image : *state_->images()) {
        const std::int64_t id = image->constants().correlation_id.value;
        now.logs.insert_or_assign(id, client::facts_of(image->log()));
        Diagnosis found = client::diagnose_image({now}, id);
        if (worst.is_well()) worst = std::move(found);
    }
    if (!worst.what.empty()) return worst;
    return client::diagnose_listening(now, state_->channel(), state_->stream_id(), client::Interest::known);
}

}  // namespace gale
