#include "client/client_core.hpp"

#include <gale/client.hpp>

#include <utility>

namespace gale {
namespace {

// How the answer to a request becomes what the program asked for.
template <class Resource> struct Made;
template <> struct Made<Publication> {
    using From = std::shared_ptr<client::PublicationState>;
};
template <> struct Made<ExclusivePublication> {
    using From = std::shared_ptr<client::PublicationState>;
};
template <> struct Made<Subscription> {
    using From = std::shared_ptr<client::SubscriptionState>;
};
template <> struct Made<Counter> {
    using From = std::shared_ptr<client::CounterState>;
};
template <> struct Made<SessionId> {
    using From = SessionId;
};
template <> struct Made<CorrelationId> {
    using From = CorrelationId;
};

}  // namespace

template <class Resource>
Pending<Resource>::Pending(std::shared_ptr<client::PendingState> state) noexcept : state_{std::move(state)} {}
template <class Resource> Pending<Resource>::Pending(Pending&&) noexcept = default;
template <class Resource> Pending<Resource>& Pending<Resource>::operator=(Pending&& other) noexcept {
    if (this == &other) return *this;
    cancel();
    state_ = std::move(other.state_);
    return *this;
}
template <class Resource> Pending<Resource>::~Pending() { cancel(); }

template <class Resource> std::optional<Resource> Pending<Resource>::poll() {
    if (!state_) throw Error{ErrorCode::invalid_argument, "nothing is pending here: it was moved from"};
    switch (state_->status()) {
    case client::PendingState::waiting: return std::nullopt;
    case client::PendingState::failed: throw Error{*state_->error};
    case client::PendingState::taken:
        throw Error{ErrorCode::invalid_argument, "the answer was given out already: " + state_->details.subject};
    case client::PendingState::cancelled:
        throw Error{ErrorCode::invalid_argument, "the request was cancelled: " + state_->details.subject};
    case client::PendingState::answered: break;
    }
    state_->set(client::PendingState::taken);
    return Resource{std::get<typename Made<Resource>::From>(std::exchange(state_->answer, std::monostate{}))};
}

template <class Resource> Resource Pending<Resource>::wait() {
    if (state_ && state_->status() == client::PendingState::waiting) {
        state_->core()->refuse_in_handler("Pending::wait", "use poll");
        state_->core()->await(*state_);
    }
    return *poll();
}

template <class Resource> CorrelationId Pending<Resource>::registration_id() const noexcept {
    return state_ ? state_->id() : CorrelationId{};
}

template <class Resource> void Pending<Resource>::cancel() noexcept {
    if (state_) state_->core()->cancel(*state_);
}

template class Pending<Publication>;
template class Pending<ExclusivePublication>;
template class Pending<Subscription>;
template class Pending<Counter>;
template class Pending<SessionId>;
template class Pending<CorrelationId>;

}  // namespace gale
