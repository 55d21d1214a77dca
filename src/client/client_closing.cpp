// How handles, requests and the client itself come to their end.
#include "client/client_core.hpp"
#include "os/process.hpp"

#include <utility>

namespace gale::client {
namespace {

Error closed_by_program() { return Error{ErrorCode::closed, "the client was closed"}; }

}  // namespace

/// Everything of a client that may own something of the program's.
struct ClientCore::Belongings {
    std::unordered_map<CorrelationId, Request> requests;
    std::unordered_map<CorrelationId, std::shared_ptr<PublicationState>> publications;
    std::unordered_map<CorrelationId, std::shared_ptr<SubscriptionState>> subscriptions;
    std::unordered_map<CorrelationId, std::shared_ptr<CounterState>> counters;
    std::map<int, std::function<void()>> close_handlers;
};

void ClientCore::give_back(RequestKind kind, CorrelationId id, Ending ending) noexcept {
    switch (kind) {
    case RequestKind::publication:
    case RequestKind::exclusive_publication:
        return send_later_if_full(control::RemovePublication{fresh_request(), id, ending == Ending::revoke});
    case RequestKind::subscription: return send_later_if_full(control::RemoveSubscription{fresh_request(), id});
    case RequestKind::counter: return send_later_if_full(control::RemoveCounter{fresh_request(), id});
    case RequestKind::static_counter:
    case RequestKind::session_id:
    case RequestKind::acknowledgement: return;
    }
}

void ClientCore::release(PublicationState& publication, Ending ending) noexcept {
    if (is_elsewhere()) return publication.mark_closed();
    decltype(publications_)::node_type kept;
    const std::lock_guard lock{mutex_};
    if (publication.is_closed()) return;
    publication.mark_closed();
    const CorrelationId id = publication.constants().registration_id;
    kept = publications_.extract(id);
    give_back(RequestKind::publication, id, ending);
}

void ClientCore::release(SubscriptionState& subscription) noexcept {
    if (is_elsewhere()) return static_cast<void>(subscription.mark_closed());
    decltype(subscriptions_)::node_type kept;
    std::shared_ptr<const ImageList> images;
    {
        const std::lock_guard lock{mutex_};
        if (subscription.is_closed()) return;
        images = subscription.mark_closed();
        kept = subscriptions_.extract(subscription.registration_id());
        give_back(RequestKind::subscription, subscription.registration_id(), Ending::drain);
    }
    // Here and now, in turn with the other handlers: when close returns, no handler of it will run any more.
    const auto failed = [this] { report(Error{ErrorCode::generic, "a handler of an unavailable image threw"}); };
    for (const auto& image : *images)
        notices_.call(
            [&] {
                const auto& handler = subscription.handlers().on_unavailable_image;
                if (handler) handler(Image{image});
            },
            failed);
    notices_.settle();
}

void ClientCore::release(CounterState& counter) noexcept {
    if (is_elsewhere()) return counter.mark_closed();
    decltype(counters_)::node_type kept;
    const std::lock_guard lock{mutex_};
    if (counter.is_closed()) return;
    counter.mark_closed();
    kept = counters_.extract(counter.request());
    give_back(counter.is_static() ? RequestKind::static_counter : RequestKind::counter, counter.request(),
              Ending::drain);
}

void ClientCore::cancel(PendingState& request) noexcept {
    if (is_elsewhere()) return;
    Request kept;
    {
        const std::lock_guard lock{mutex_};
        if (request.status() == PendingState::waiting) {
            kept = take_request(request.id());
            abandoned_.emplace(request.id(), request.details.kind);
            request.set(PendingState::cancelled);
            return;
        }
    }
    if (request.status() != PendingState::answered) return;
    request.set(PendingState::cancelled);
    const Answer answer = std::exchange(request.answer, std::monostate{});
    if (const auto* publication = std::get_if<std::shared_ptr<PublicationState>>(&answer))
        release(**publication, Ending::drain);
    if (const auto* subscription = std::get_if<std::shared_ptr<SubscriptionState>>(&answer)) release(**subscription);
    if (const auto* counter = std::get_if<std::shared_ptr<CounterState>>(&answer)) release(**counter);
}

// Under the lock; what must not be destroyed there goes into `belongings`.
void ClientCore::shut(const Error& why, Belongings& belongings) {
    closed_.store(true, std::memory_order_release);
    belongings.requests.swap(requests_);
    belongings.publications.swap(publications_);
    belongings.subscriptions.swap(subscriptions_);
    belongings.counters.swap(counters_);
    belongings.close_handlers.swap(close_handlers_);
    for (const auto& entry : belongings.publications) entry.second->mark_closed();
    for (const auto& entry : belongings.counters) entry.second->mark_closed();
    for (const auto& [id, subscription] : belongings.subscriptions) {
        const auto images = subscription->mark_closed();
        for (const auto& image : *images)
            notices_.post([subscription, image] {
                const auto& handler = subscription->handlers().on_unavailable_image;
                if (handler) handler(Image{image});
            });
    }
    for (const auto& [id, request] : belongings.requests)
        fail(*request, Error{why.code(), "cannot " + request->details.subject + ": " + why.what()});
    for (auto& [id, handler] : belongings.close_handlers) notices_.post(std::move(handler));
    abandoned_.clear();
    unsent_.clear();
    expecting_.store(0);
}

void ClientCore::terminate(const Error& reason) {
    const Error told{reason.code(),
                     std::string{reason.what()} + ". Everything of this client is closed; connect a new one"};
    reason_ = told;
    report(told);
    auto belongings = std::make_shared<Belongings>();
    shut(told, *belongings);
    notices_.post([belongings] {});  // destroyed with the notice, when no lock is held
}

void ClientCore::close() noexcept {
    if (is_elsewhere()) return closed_.store(true, std::memory_order_release);
    {
        Belongings belongings;
        const std::lock_guard lock{mutex_};
        if (!is_closed()) {
            shut(closed_by_program(), belongings);
            static_cast<void>(try_send(control::ClientClose{{id_, CorrelationId{-1}}}));
        }
    }
    stop_.store(true);
    if (!in_handler()) {
        const std::lock_guard lock{thread_mutex_};
        while (!finished_.load()) {
            os::WakeWord{receiver_.tail_address()}.wake();
            os::sleep_for(std::chrono::microseconds{50});
        }
        if (thread_.joinable()) thread_.join();
    }
    run_notices();
}

}  // namespace gale::client
