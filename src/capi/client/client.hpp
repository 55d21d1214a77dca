/// A client of the C ABI: the C++ one, and every handle that was given out for it.
#pragma once

#include "capi/client/context.hpp"
#include "client/client_core.hpp"

#include <gale/client.hpp>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <unordered_map>
#include <variant>
#include <vector>

namespace gale::capi {

/// Handlers added beside the context's, and the number that takes them away again.
template <class Function> struct AddedHandler {
    Callback<Function> callback;
    int id = 0;
};

using Notification = Callback<aeron_notification_t>;

/// What outlives no handle of it. When aeron_close() has made them stale it lingers, as single objects do, and then
/// destroys what is left of them.
class ClientData {
public:
    ClientData(aeron_context_t* context, const Options& options);
    ClientData(const ClientData&) = delete;
    ClientData& operator=(const ClientData&) = delete;
    ~ClientData();

    /// A new handle's slot, under the registration id that removal asks for.
    void add_resource(std::int64_t registration_id, Slot& slot);
    /// The slot of that kind; null when there is none.
    [[nodiscard]] Slot* resource(std::int64_t registration_id, Kind kind);
    void forget_resource(std::int64_t registration_id);
    void add_image(Slot& slot);
    void forget_image(Slot& slot);
    void add_pending(Slot& slot);
    void forget_pending(Slot& slot);
    /// The pending operation whose registration id that is.
    [[nodiscard]] Slot* pending(std::int64_t registration_id, Kind asked_for);

    /// Its handle is stale; the object is destroyed when calls under way have had their time.
    void retire(Slot& slot) noexcept;
    /// From now on every handle of this client is stale. The objects stay.
    void end_handles() noexcept;

    /// Runs `work` where handlers run: on the conductor, or now for a client that the program steps.
    void on_conductor(std::function<void()> work);
    void notify(Notification notification);
    /// Throws for a client that was closed, by whomever.
    void require_open() const;

    aeron_context_t* context = nullptr;
    std::shared_ptr<client::ClientCore> core;
    std::unique_ptr<Idle> idle;  // of aeron_main_idle_strategy
    aeron_counters_reader_t* reader = nullptr;
    Nanos linger{};
    bool invoker = false;

    std::mutex handlers_mutex;
    std::vector<AddedHandler<aeron_on_close_client_t>> close_handlers;
    std::vector<AddedHandler<aeron_on_available_counter_t>> available_counter_handlers;
    std::vector<AddedHandler<aeron_on_unavailable_counter_t>> unavailable_counter_handlers;

private:
    std::mutex mutex_;
    std::unordered_map<std::int64_t, Slot*> resources_;
    std::set<Slot*> images_;
    std::set<Slot*> pending_;
};

struct ClientObject {
    static constexpr Kind kind = Kind::client;
    using Handle = aeron_t;
    explicit ClientObject(std::unique_ptr<ClientData> made) noexcept : data{std::move(made)} {}
    std::unique_ptr<ClientData> data;
    std::atomic<bool> is_started{false};
    std::atomic<bool> is_closing{false};  // aeron_close() was called; its handle is good until close handlers have run
};

struct PublicationObject {
    static constexpr Kind kind = Kind::publication;
    using Handle = aeron_publication_t;
    Publication publication;
    ClientData* client;
};

struct ExclusivePublicationObject {
    static constexpr Kind kind = Kind::exclusive_publication;
    using Handle = aeron_exclusive_publication_t;
    ExclusivePublication publication;
    ClientData* client;
    bool revoke_on_close = false;
};

struct CounterObject {
    static constexpr Kind kind = Kind::counter;
    using Handle = aeron_counter_t;
    Counter counter;
    ClientData* client;
};

struct CountersReaderObject {
    static constexpr Kind kind = Kind::counters_reader;
    using Handle = aeron_counters_reader_t;
    shm::Counters counters;
    std::span<std::byte> metadata;
    std::span<std::byte> values;
};

class SubscriptionShared;

struct SubscriptionObject {
    static constexpr Kind kind = Kind::subscription;
    using Handle = aeron_subscription_t;
    SubscriptionObject(Subscription made, std::shared_ptr<SubscriptionShared> with)
        : subscription{std::move(made)}, shared{std::move(with)} {}
    Subscription subscription;
    std::shared_ptr<SubscriptionShared> shared;
    std::atomic<bool> is_ending{false};  // the program closed it; handlers of its images may still come
};

struct ImageObject {
    static constexpr Kind kind = Kind::image;
    using Handle = aeron_image_t;
    Image image;
    std::shared_ptr<SubscriptionShared> shared;
    // Under the lock of `shared`.
    std::int64_t references = 0;  // of the program's
    bool is_listed = true;
};

/// What a subscription's handlers, its handle and those of its images have in common.
class SubscriptionShared : public std::enable_shared_from_this<SubscriptionShared> {
public:
    SubscriptionShared(ClientData& client, Callback<aeron_on_available_image_t> on_available,
                       Callback<aeron_on_unavailable_image_t> on_unavailable)
        : client_{client}, on_available_{on_available}, on_unavailable_{on_unavailable} {}

    [[nodiscard]] SubscriptionHandlers handlers();
    void expect(Pending<Subscription> pending);
    /// Nothing is awaited any more. What was made is closed.
    void give_up() noexcept;
    /// The handle, once the driver has answered; made by whoever asks first. Throws what the driver refused.
    [[nodiscard]] aeron_subscription_t* handle();

    void became_available(const Image& image);
    void became_unavailable(const Image& image);
    /// The program closed it: no handler is called from now on but for images that nobody holds.
    void close(SubscriptionObject& object, aeron_subscription_t* handle, Notification on_complete);
    [[nodiscard]] ClientData& client() noexcept { return client_; }
    [[nodiscard]] const Callback<aeron_on_available_image_t>& on_available() const noexcept { return on_available_; }
    [[nodiscard]] const Callback<aeron_on_unavailable_image_t>& on_unavailable() const noexcept {
        return on_unavailable_;
    }

    /// One more reference for the program; null when the image has gone.
    [[nodiscard]] aeron_image_t* retain(aeron_image_t* handle) noexcept;
    /// One less; false when the program has none.
    bool release(aeron_image_t* handle) noexcept;
    [[nodiscard]] bool lists(aeron_image_t* handle) noexcept;
    /// The program's references, and the subscription's as long as it lists the image; 0 when it has gone.
    [[nodiscard]] std::int64_t count(aeron_image_t* handle) noexcept;
    /// The handle that there is, for texts and handlers; null before anybody asked.
    [[nodiscard]] aeron_subscription_t* known_handle() noexcept;

private:
    aeron_image_t* attach(const Image& image) noexcept;
    void unlist(aeron_image_t* handle) noexcept;
    void unlist_all() noexcept;
    void retire(aeron_image_t* handle) noexcept;

    ClientData& client_;
    const Callback<aeron_on_available_image_t> on_available_;
    const Callback<aeron_on_unavailable_image_t> on_unavailable_;
    std::mutex mutex_;  // guards what follows; never held while the client is called
    std::condition_variable expected_;
    CorrelationId registration_id_;
    std::optional<Pending<Subscription>> pending_;
    aeron_subscription_t* handle_ = nullptr;
    std::set<aeron_image_t*> listed_;
    bool is_given_up_ = false;
    bool is_ending_ = false;  // aeron_subscription_close() was called
    bool is_silent_ = false;  // and whoever it tells is told no more
};

/// What an asynchronous call waits for.
struct PendingObject {
    static constexpr Kind kind = Kind::pending;
    using Handle = aeron_async_add_publication_t;
    using What = std::variant<Pending<Publication>, Pending<ExclusivePublication>, std::shared_ptr<SubscriptionShared>,
                              Pending<Counter>, Pending<SessionId>, Pending<CorrelationId>>;
    PendingObject(ClientData& owner, CorrelationId id, What asked_for)
        : client{&owner}, registration_id{id}, what{std::move(asked_for)} {}
    PendingObject(const PendingObject&) = delete;
    PendingObject& operator=(const PendingObject&) = delete;
    ~PendingObject();

    ClientData* client;
    CorrelationId registration_id;
    What what;
    bool is_consumed = false;  // a subscription that was handed out
};

/// Closes whatever a slot holds, as its own close function does.
void close_resource(Slot& slot, Notification on_complete) noexcept;
/// Ends an object of any kind.
void destroy_any(Slot& slot) noexcept;

[[nodiscard]] aeron_counters_reader_t* make_reader(const client::CncMapping& mapping);
[[nodiscard]] aeron_counters_reader_t* make_reader(const control::CncFile& file);

}  // namespace gale::capi
