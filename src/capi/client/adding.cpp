// Adding and removing without waiting, and what was asked for meanwhile.
#include "capi/client/client.hpp"
#include "capi/error.hpp"

#include <algorithm>
#include <mutex>

namespace gale::capi {
namespace {

using Async = aeron_async_add_publication_t;  // all the names of pending operations are one type

constexpr std::string_view no_place = "there is no place for the pending operation: null";

/// Starts something for an open client, and hands out the handle of what is pending. `ask` answers what it waits for.
template <class Ask>
int begin(Async** async, aeron_t* client, Ask ask,
          std::source_location where = std::source_location::current()) noexcept {
    if (async == nullptr) return fail(EINVAL, no_place, where);
    auto* object = find<ClientObject>(client);
    if (object == nullptr) return refused<ClientObject>(client, where);
    return guarded(
        [&] {
            ClientData& data = *object->data;
            data.require_open();
            auto [id, what] = ask(data);
            Async* handle = create<PendingObject>(data, id, std::move(what));
            data.add_pending(slot_of(handle));
            *async = handle;
        },
        where);
}

struct Asked {
    CorrelationId id;
    PendingObject::What what;
};

template <class Resource> Asked asked(std::shared_ptr<client::PendingState> request) {
    Pending<Resource> pending{std::move(request)};
    const CorrelationId id = pending.registration_id();
    return {id, std::move(pending)};
}

/// Whoever looks at a pending operation: a thread may poll one while another removes what it asks for by its id.
std::mutex& pending_gate() noexcept {
    static std::mutex gate;
    return gate;
}

/// Its handle is stale from now on. Within the gate.
bool take(Async* async, PendingObject& object) noexcept {
    if (!invalidate<PendingObject>(async)) return false;
    object.client->forget_pending(slot_of(async));
    return true;
}

/// What was taken ends. Outside of the gate: it may wait for a handler, which may poll.
void end(Async* async) noexcept { destroy<PendingObject>(slot_of(async)); }

int wrong_kind(std::source_location where) noexcept {
    return fail(EINVAL, "the pending operation is of another kind", where);
}

/// Polls for what a `Resource` is made of; `answered` takes it when it is there.
template <class What, class Answered>
int poll(Async* async, const void* place, Answered answered,
         std::source_location where = std::source_location::current()) noexcept {
    std::unique_lock gate{pending_gate()};
    auto* object = find<PendingObject>(async);
    if (object == nullptr) return refused<PendingObject>(async, where);
    if (place == nullptr) return fail(EINVAL, "there is no place for what was added: null", where);
    auto* what = std::get_if<What>(&object->what);
    if (what == nullptr) return wrong_kind(where);
    const int result = guarded([&] { return answered(*what, *object) ? 1 : 0; }, -1, where);
    const bool is_over = result != 0 && take(async, *object);
    gate.unlock();
    if (is_over) end(async);
    return result;
}

template <class Object, class Resource>
int poll_for(typename Object::Handle** place, Async* async,
             std::source_location where = std::source_location::current()) noexcept {
    return poll<Pending<Resource>>(
        async, place,
        [&](Pending<Resource>& pending, PendingObject& object) {
            auto made = pending.poll();
            if (!made) return false;
            *place = create<Object>(*std::move(made), object.client);
            object.client->add_resource(object.registration_id.value, slot_of(*place));
            return true;
        },
        where);
}

int64_t registration_id_of(Async* async, std::source_location where = std::source_location::current()) noexcept {
    const std::lock_guard gate{pending_gate()};
    auto* object = find<PendingObject>(async);
    return object == nullptr ? refused<PendingObject>(async, where) : object->registration_id.value;
}

template <class What>
int cancel(aeron_t* client, Async* async, std::source_location where = std::source_location::current()) noexcept {
    auto* owner = find<ClientObject>(client);
    if (owner == nullptr) return refused<ClientObject>(client, where);
    std::unique_lock gate{pending_gate()};
    auto* object = find<PendingObject>(async);
    if (object == nullptr) return refused<PendingObject>(async, where);
    if (object->client != owner->data.get())
        return fail(EINVAL, "the pending operation belongs to another client", where);
    if (!std::holds_alternative<What>(object->what)) return wrong_kind(where);
    const bool is_over = take(async, *object);
    gate.unlock();
    if (is_over) end(async);
    return 0;
}

/// Takes the operation that asks for that; null when there is none.
Async* take_pending(ClientData& data, std::int64_t registration_id, Kind kind) noexcept {
    const std::lock_guard gate{pending_gate()};
    Slot* slot = data.pending(registration_id, kind);
    if (slot == nullptr) return nullptr;
    const std::uintptr_t token = slot->token.load(std::memory_order_acquire);
    auto* async = static_cast<Async*>(handle_of(*slot, token));
    return token != 0 && take(async, object_in<PendingObject>(*slot)) ? async : nullptr;
}

int remove(std::int64_t registration_id, aeron_t* client, Kind kind, Notification on_complete,
           std::source_location where = std::source_location::current()) noexcept {
    auto* object = find<ClientObject>(client);
    if (object == nullptr) return refused<ClientObject>(client, where);
    return guarded(
        [&] {
            ClientData& data = *object->data;
            data.require_open();
            // Both: the conductor may have made a subscription that nobody has polled for yet.
            Async* const over = take_pending(data, registration_id, kind);
            Slot* const made = data.resource(registration_id, kind);
            if (made != nullptr) close_resource(*made, on_complete);
            if (over != nullptr) end(over);
            if (made == nullptr) data.notify(on_complete);
        },
        where);
}

CounterOptions counter_options(std::int32_t type_id, const std::uint8_t* key, std::size_t key_length, const char* label,
                               std::size_t label_length) {
    if ((key == nullptr && key_length > 0) || (label == nullptr && label_length > 0))
        throw Error{ErrorCode::invalid_argument, "the key or the label of the counter is null, but has a length"};
    CounterOptions options;
    options.type_id = type_id;
    if (label_length > 0)
        options.label.assign(label, std::min<std::size_t>(label_length, AERON_COUNTER_MAX_LABEL_LENGTH));
    if (key_length > 0)
        options.key = std::as_bytes(std::span{key, std::min<std::size_t>(key_length, AERON_COUNTER_MAX_KEY_LENGTH)});
    return options;
}

/// A channel as C gives it.
std::string_view checked_channel(const char* uri) {
    if (uri == nullptr) throw Error{ErrorCode::invalid_argument, "the channel is null"};
    return uri;
}

/// The publication or subscription whose destinations are to change.
template <class Object, class Change>
int change_destinations(Async** async, aeron_t* client, typename Object::Handle* handle, Change change,
                        std::source_location where = std::source_location::current()) noexcept {
    auto* const object = find<Object>(handle);  // once: another thread may close it now, and then it stays for a while
    if (async != nullptr && find<ClientObject>(client) != nullptr && object == nullptr)
        return refused<Object>(handle, where);
    return begin(
        async, client,
        [&](ClientData&) {
            Pending<CorrelationId> pending = change(*object);
            const CorrelationId id = pending.registration_id();
            return Asked{id, std::move(pending)};
        },
        where);
}

int poll_destination(Async* async, std::source_location where = std::source_location::current()) noexcept {
    return poll<Pending<CorrelationId>>(
        async, async, [](Pending<CorrelationId>& pending, PendingObject&) { return pending.poll().has_value(); },
        where);
}

}  // namespace
}  // namespace gale::capi

using namespace gale::capi;  // NOLINT(google-build-using-namespace): what follows is C and has no namespace
using gale::CorrelationId;
using gale::Counter;
using gale::ExclusivePublication;
using gale::Pending;
using gale::Publication;
using gale::SessionId;
using gale::StreamId;
using gale::Subscription;
using gale::control::Sharing;

// --- session ids ---

int aeron_async_next_session_id(aeron_async_get_next_available_session_id_t** async, aeron_t* client,
                                int32_t stream_id) {
    return begin(async, client,
                 [&](ClientData& data) { return asked<SessionId>(data.core->next_session_id(StreamId{stream_id})); });
}

int aeron_async_next_session_id_poll(int32_t* next_session_id, aeron_async_get_next_available_session_id_t* async) {
    return poll<Pending<SessionId>>(async, next_session_id, [&](Pending<SessionId>& pending, PendingObject&) {
        const auto session = pending.poll();
        if (session) *next_session_id = session->value;
        return session.has_value();
    });
}

// --- publications ---

int aeron_async_add_publication(aeron_async_add_publication_t** async, aeron_t* client, const char* uri,
                                int32_t stream_id) {
    return begin(async, client, [&](ClientData& data) {
        return asked<Publication>(
            data.core->add_publication(checked_channel(uri), StreamId{stream_id}, Sharing::concurrent));
    });
}

int aeron_async_add_publication_poll(aeron_publication_t** publication, aeron_async_add_publication_t* async) {
    return poll_for<PublicationObject, Publication>(publication, async);
}

int64_t aeron_async_add_publication_get_registration_id(aeron_async_add_publication_t* add_publication) {
    return registration_id_of(add_publication);
}

int aeron_async_add_publication_cancel(aeron_t* client, aeron_async_add_publication_t* async) {
    return cancel<Pending<Publication>>(client, async);
}

int aeron_async_remove_publication(int64_t registration_id, aeron_t* client, aeron_notification_t on_complete,
                                   void* on_complete_clientd) {
    return remove(registration_id, client, Kind::publication, {on_complete, on_complete_clientd});
}

int aeron_async_add_exclusive_publication(aeron_async_add_exclusive_publication_t** async, aeron_t* client,
                                          const char* uri, int32_t stream_id) {
    return begin(async, client, [&](ClientData& data) {
        return asked<ExclusivePublication>(
            data.core->add_publication(checked_channel(uri), StreamId{stream_id}, Sharing::exclusive));
    });
}

int aeron_async_add_exclusive_publication_poll(aeron_exclusive_publication_t** publication,
                                               aeron_async_add_exclusive_publication_t* async) {
    return poll_for<ExclusivePublicationObject, ExclusivePublication>(publication, async);
}

int64_t aeron_async_add_exclusive_publication_get_registration_id(
    aeron_async_add_exclusive_publication_t* add_exclusive_publication) {
    return registration_id_of(add_exclusive_publication);
}

int aeron_async_add_exclusive_publication_cancel(aeron_t* client, aeron_async_add_exclusive_publication_t* async) {
    return cancel<Pending<ExclusivePublication>>(client, async);
}

int aeron_async_remove_exclusive_publication(int64_t registration_id, aeron_t* client, aeron_notification_t on_complete,
                                             void* on_complete_clientd) {
    return remove(registration_id, client, Kind::exclusive_publication, {on_complete, on_complete_clientd});
}

// --- subscriptions ---

int aeron_async_add_subscription(aeron_async_add_subscription_t** async, aeron_t* client, const char* uri,
                                 int32_t stream_id, aeron_on_available_image_t on_available_image_handler,
                                 void* on_available_image_clientd,
                                 aeron_on_unavailable_image_t on_unavailable_image_handler,
                                 void* on_unavailable_image_clientd) {
    return begin(async, client, [&](ClientData& data) {
        auto shared = std::make_shared<SubscriptionShared>(
            data, Callback<aeron_on_available_image_t>{on_available_image_handler, on_available_image_clientd},
            Callback<aeron_on_unavailable_image_t>{on_unavailable_image_handler, on_unavailable_image_clientd});
        Pending<Subscription> pending{
            data.core->add_subscription(checked_channel(uri), StreamId{stream_id}, shared->handlers())};
        const CorrelationId id = pending.registration_id();
        shared->expect(std::move(pending));
        return Asked{id, std::move(shared)};
    });
}

int aeron_async_add_subscription_poll(aeron_subscription_t** subscription, aeron_async_add_subscription_t* async) {
    return poll<std::shared_ptr<SubscriptionShared>>(
        async, subscription, [&](std::shared_ptr<SubscriptionShared>& shared, PendingObject& object) {
            aeron_subscription_t* const made = shared->handle();
            if (made == nullptr) return false;
            *subscription = made;
            object.is_consumed = true;
            return true;
        });
}

int64_t aeron_async_add_subscription_get_registration_id(aeron_async_add_subscription_t* add_subscription) {
    return registration_id_of(add_subscription);
}

int aeron_async_add_subscription_cancel(aeron_t* client, aeron_async_add_subscription_t* async) {
    return cancel<std::shared_ptr<SubscriptionShared>>(client, async);
}

int aeron_async_remove_subscription(int64_t registration_id, aeron_t* client, aeron_notification_t on_complete,
                                    void* on_complete_clientd) {
    return remove(registration_id, client, Kind::subscription, {on_complete, on_complete_clientd});
}

// --- counters ---

int aeron_async_add_counter(aeron_async_add_counter_t** async, aeron_t* client, int32_t type_id,
                            const uint8_t* key_buffer, size_t key_buffer_length, const char* label_buffer,
                            size_t label_buffer_length) {
    return begin(async, client, [&](ClientData& data) {
        return asked<Counter>(data.core->add_counter(
            counter_options(type_id, key_buffer, key_buffer_length, label_buffer, label_buffer_length)));
    });
}

int aeron_async_add_static_counter(aeron_async_add_counter_t** async, aeron_t* client, int32_t type_id,
                                   const uint8_t* key_buffer, size_t key_buffer_length, const char* label_buffer,
                                   size_t label_buffer_length, int64_t registration_id) {
    return begin(async, client, [&](ClientData& data) {
        return asked<Counter>(data.core->add_static_counter(
            counter_options(type_id, key_buffer, key_buffer_length, label_buffer, label_buffer_length),
            registration_id));
    });
}

int aeron_async_add_counter_poll(aeron_counter_t** counter, aeron_async_add_counter_t* async) {
    return poll_for<CounterObject, Counter>(counter, async);
}

int64_t aeron_async_add_counter_get_registration_id(aeron_async_add_counter_t* add_counter) {
    return registration_id_of(add_counter);
}

int aeron_async_add_counter_cancel(aeron_t* client, aeron_async_add_counter_t* async) {
    return cancel<Pending<Counter>>(client, async);
}

int aeron_async_remove_counter(int64_t registration_id, aeron_t* client, aeron_notification_t on_complete,
                               void* on_complete_clientd) {
    return remove(registration_id, client, Kind::counter, {on_complete, on_complete_clientd});
}

// --- destinations ---

int aeron_publication_async_add_destination(aeron_async_destination_t** async, aeron_t* client,
                                            aeron_publication_t* publication, const char* uri) {
    return change_destinations<PublicationObject>(async, client, publication, [&](PublicationObject& object) {
        return object.publication.async_add_destination(checked_channel(uri));
    });
}

int aeron_publication_async_remove_destination(aeron_async_destination_t** async, aeron_t* client,
                                               aeron_publication_t* publication, const char* uri) {
    return change_destinations<PublicationObject>(async, client, publication, [&](PublicationObject& object) {
        return object.publication.async_remove_destination(checked_channel(uri));
    });
}

int aeron_publication_async_remove_destination_by_id(aeron_async_destination_t** async, aeron_t* client,
                                                     aeron_publication_t* publication,
                                                     int64_t destination_registration_id) {
    return change_destinations<PublicationObject>(async, client, publication, [&](PublicationObject& object) {
        return object.publication.async_remove_destination(CorrelationId{destination_registration_id});
    });
}

int aeron_publication_async_destination_poll(aeron_async_destination_t* async) { return poll_destination(async); }

int aeron_exclusive_publication_async_add_destination(aeron_async_destination_t** async, aeron_t* client,
                                                      aeron_exclusive_publication_t* publication, const char* uri) {
    return change_destinations<ExclusivePublicationObject>(
        async, client, publication, [&](ExclusivePublicationObject& object) {
            return object.publication.async_add_destination(checked_channel(uri));
        });
}

int aeron_exclusive_publication_async_remove_destination(aeron_async_destination_t** async, aeron_t* client,
                                                         aeron_exclusive_publication_t* publication, const char* uri) {
    return change_destinations<ExclusivePublicationObject>(
        async, client, publication, [&](ExclusivePublicationObject& object) {
            return object.publication.async_remove_destination(checked_channel(uri));
        });
}

int aeron_exclusive_publication_async_remove_destination_by_id(aeron_async_destination_t** async, aeron_t* client,
                                                               aeron_exclusive_publication_t* publication,
                                                               int64_t destination_registration_id) {
    return change_destinations<ExclusivePublicationObject>(
        async, client, publication, [&](ExclusivePublicationObject& object) {
            return object.publication.async_remove_destination(CorrelationId{destination_registration_id});
        });
}

int aeron_exclusive_publication_async_destination_poll(aeron_async_destination_t* async) {
    return poll_destination(async);
}

int aeron_subscription_async_add_destination(aeron_async_destination_t** async, aeron_t* client,
                                             aeron_subscription_t* subscription, const char* uri) {
    return change_destinations<SubscriptionObject>(async, client, subscription, [&](SubscriptionObject& object) {
        return object.subscription.async_add_destination(checked_channel(uri));
    });
}

int aeron_subscription_async_remove_destination(aeron_async_destination_t** async, aeron_t* client,
                                                aeron_subscription_t* subscription, const char* uri) {
    return change_destinations<SubscriptionObject>(async, client, subscription, [&](SubscriptionObject& object) {
        return object.subscription.async_remove_destination(checked_channel(uri));
    });
}

int aeron_subscription_async_destination_poll(aeron_async_destination_t* async) { return poll_destination(async); }

int64_t aeron_async_destination_get_registration_id(aeron_async_destination_t* async_destination) {
    return registration_id_of(async_destination);
}
