/// A program's connection to a media driver: everything, zero copy, nothing hidden.
#pragma once

#include <gale/clock.hpp>
#include <gale/counter.hpp>
#include <gale/error.hpp>
#include <gale/publication.hpp>
#include <gale/subscription.hpp>
#include <gale/types.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gale {

namespace client {
class ClientCore;
class PendingState;
}  // namespace client

/// The driver says that a subscriber refused a stream, or the network an error.
struct PublicationError {
    CorrelationId original_registration_id;
    CorrelationId destination_registration_id;
    SessionId session_id;
    StreamId stream_id;
    std::int64_t receiver_id = -1;
    std::int64_t group_tag = -1;
    ErrorCode code = ErrorCode::generic;
    std::string text;
    std::string source_address;  ///< `host:port`, empty when unknown
    /// The same as the driver said it: 4 bytes of an IPv4 or 16 of an IPv6 address, none when unknown.
    std::vector<std::uint8_t> source_ip;
    std::uint16_t source_port = 0;
};

/// Who runs the conductor, which talks to the driver and keeps this client alive.
enum class ConductorMode {
    thread,   ///< a thread of the client's own
    invoker,  ///< the program, by calling Client::do_work often; calls that wait do it themselves meanwhile
};

struct ClientOptions {
    std::string directory{};  ///< empty: $AERON_DIR, else /dev/shm/aeron-<user>
    Nanos driver_timeout =
        std::chrono::seconds{10};  ///< how long to wait for a driver, for its answers, and without its sign of life
    Nanos keepalive_interval = std::chrono::milliseconds{500};
    Nanos idle_sleep =
        std::chrono::milliseconds{16};  ///< longest sleep of an idle conductor; news of a Gale driver wakes it at once
    Nanos resource_linger =
        std::chrono::seconds{3};  ///< accepted for compatibility; mappings live as long as anything can reach them
    std::string name{};           ///< at most 100 characters; shown in the label of the heartbeat counter
    bool pre_touch_mapped_memory = false;
    ConductorMode conductor = ConductorMode::thread;
    Clock* clock = nullptr;  ///< null: the system's; must outlive the client

    // Handlers run on the conductor thread (in invoker mode: on the stepping one); they must not wait for the driver.
    std::function<void(const Error&)>
        on_error{};  ///< what has no caller to go to; without one it is printed once to stderr
    std::function<void(const PublicationError&)> on_publication_error{};
    std::function<void(std::string_view channel, StreamId, SessionId, CorrelationId)> on_new_publication{};
    std::function<void(std::string_view channel, StreamId, SessionId, CorrelationId)> on_new_exclusive_publication{};
    std::function<void(std::string_view channel, StreamId, CorrelationId)> on_new_subscription{};
    std::function<void(const CountersReader&, CorrelationId registration_id, CounterId)> on_available_counter{};
    std::function<void(const CountersReader&, CorrelationId registration_id, CounterId)> on_unavailable_counter{};
    std::function<void()> on_close{};
    std::function<void()> on_conductor_start{};  ///< first thing on the conductor thread: pin it, name it
    /// How the conductor thread rests instead, called after each duty cycle with how much was done. Then news wakes
    /// nobody. Must not throw.
    std::function<void(int work)> rest{};

    /// Defaults, then AERON_DIR, AERON_DRIVER_TIMEOUT (ms), AERON_CLIENT_NAME, AERON_CLIENT_IDLE_SLEEP_DURATION,
    /// AERON_CLIENT_RESOURCE_LINGER_DURATION, AERON_CLIENT_PRE_TOUCH_MAPPED_MEMORY. Throws on a value that does not
    /// parse.
    [[nodiscard]] static ClientOptions from_environment();
};

/// Something asked of the driver whose answer may still be out. One thread at a time. Dropping it gives the resource
/// back.
template <class Resource> class Pending {
public:
    explicit Pending(std::shared_ptr<client::PendingState> state) noexcept;
    Pending(Pending&&) noexcept;
    Pending& operator=(Pending&&) noexcept;
    ~Pending();
    /// The resource once the driver has answered, once. Throws Error when it refused, timed out, or the client is
    /// closed.
    [[nodiscard]] std::optional<Resource> poll();
    /// Waits for it, at most for the client's driver timeout.
    [[nodiscard]] Resource wait();
    [[nodiscard]] CorrelationId registration_id() const noexcept;
    /// No longer wanted: whatever the driver makes is given back.
    void cancel() noexcept;

private:
    std::shared_ptr<client::PendingState> state_;
};
extern template class Pending<Publication>;
extern template class Pending<ExclusivePublication>;
extern template class Pending<Subscription>;
extern template class Pending<Counter>;
extern template class Pending<SessionId>;
extern template class Pending<CorrelationId>;

/// Movable; every call from any thread. Closing it (or losing the driver) closes everything that came from it: handles
/// stay usable objects whose calls say `closed`.
class Client {
public:
    /// Waits for a living driver, at most `options.driver_timeout`. Throws driver_timeout with what was found instead.
    [[nodiscard]] static Client connect(ClientOptions options = ClientOptions::from_environment());
    Client(Client&&) noexcept;
    Client& operator=(Client&&) noexcept;
    ~Client();

    // Each waits for the driver's answer (about a millisecond) and throws Error when it is no. Not to be called from a
    // handler.
    [[nodiscard]] Publication add_publication(std::string_view channel, StreamId stream);
    [[nodiscard]] ExclusivePublication add_exclusive_publication(std::string_view channel, StreamId stream);
    [[nodiscard]] Subscription add_subscription(std::string_view channel, StreamId stream,
                                                SubscriptionHandlers handlers = {});
    [[nodiscard]] Counter add_counter(const CounterOptions& options);
    /// Lives in the driver until it stops; the same (type, registration id) gives the same counter to everybody.
    [[nodiscard]] Counter add_static_counter(const CounterOptions& options, std::int64_t registration_id);
    /// A session id that no publication of the stream uses.
    [[nodiscard]] SessionId next_session_id(StreamId stream);

    // The same without waiting. Also from handlers.
    [[nodiscard]] Pending<Publication> async_add_publication(std::string_view channel, StreamId stream);
    [[nodiscard]] Pending<ExclusivePublication> async_add_exclusive_publication(std::string_view channel,
                                                                                StreamId stream);
    [[nodiscard]] Pending<Subscription> async_add_subscription(std::string_view channel, StreamId stream,
                                                               SubscriptionHandlers handlers = {});
    [[nodiscard]] Pending<Counter> async_add_counter(const CounterOptions& options);
    [[nodiscard]] Pending<Counter> async_add_static_counter(const CounterOptions& options,
                                                            std::int64_t registration_id);
    [[nodiscard]] Pending<SessionId> async_next_session_id(StreamId stream);

    /// More handlers, besides those of the options; the number takes them away again.
    int add_close_handler(std::function<void()> handler);
    void remove_close_handler(int id);
    int add_available_counter_handler(std::function<void(const CountersReader&, CorrelationId, CounterId)> handler);
    int add_unavailable_counter_handler(std::function<void(const CountersReader&, CorrelationId, CounterId)> handler);
    void remove_counter_handler(int id);

    [[nodiscard]] CountersReader counters() const;
    [[nodiscard]] ClientId client_id() const noexcept;
    [[nodiscard]] const std::string& directory() const noexcept;
    [[nodiscard]] bool is_closed() const noexcept;
    /// Why it closed itself, when it did: driver_timeout, client_timeout or conductor_service_timeout.
    [[nodiscard]] std::optional<Error> close_reason() const;
    /// Invoker mode: one duty cycle; returns how much was done.
    int do_work();
    /// Idempotent. Closes every handle, tells the driver, calls the close handlers. From anywhere, handlers included;
    /// in a child of `fork`, which has no part in its parent's client, it only lets go.
    void close() noexcept;
    [[nodiscard]] const std::shared_ptr<client::ClientCore>& core() const noexcept { return core_; }

private:
    explicit Client(std::shared_ptr<client::ClientCore> core) noexcept;
    std::shared_ptr<client::ClientCore> core_;
};

}  // namespace gale
