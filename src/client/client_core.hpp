/// The room where everything of a client meets: what was asked, what the driver says, what lives.
#pragma once

#include "client/liveness.hpp"
#include "client/log_mapping.hpp"
#include "client/notices.hpp"
#include "client/pending_state.hpp"
#include "control/commands.hpp"
#include "control/events.hpp"
#include "os/process.hpp"
#include "os/wake.hpp"
#include "shm/broadcast.hpp"

#include <gale/client.hpp>

#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <vector>

namespace gale::client {

using CounterHandler = std::function<void(const CountersReader&, CorrelationId, CounterId)>;

/// Every call from any thread. One lock guards the control plane; no handler of the program runs under it, and nothing
/// that a program gave us is destroyed under it.
class ClientCore : public std::enable_shared_from_this<ClientCore> {
public:
    using Request = std::shared_ptr<PendingState>;

    /// Finds the driver and, unless the program steps this client itself, starts the conductor. Throws.
    [[nodiscard]] static std::shared_ptr<ClientCore> connect(ClientOptions options);
    /// The same without starting the conductor: until `start` nothing is answered.
    [[nodiscard]] static std::shared_ptr<ClientCore> prepare(ClientOptions options);
    /// Once. Throws what the system says of threads.
    void start();
    ClientCore(ClientOptions options, std::shared_ptr<CncMapping> driver, Clock& clock);
    ~ClientCore();
    ClientCore(const ClientCore&) = delete;
    ClientCore& operator=(const ClientCore&) = delete;

    // What can be asked of the driver. Each throws closed or driver_buffer_full, and then nothing is left behind.
    Request add_publication(std::string_view channel, StreamId stream, control::Sharing sharing);
    Request add_subscription(std::string_view channel, StreamId stream, SubscriptionHandlers handlers);
    Request add_counter(const CounterOptions& counter);
    Request add_static_counter(const CounterOptions& counter, std::int64_t registration_id);
    Request next_session_id(StreamId stream);
    /// `registration_id`: a publication's original one, or a subscription's.
    Request change_destination(CorrelationId registration_id, control::DestinationChange change,
                               std::string_view channel);
    Request remove_destination(CorrelationId registration_id, CorrelationId destination);
    Request reject_image(const ImageState& image, std::string_view reason);

    /// Throws invalid_argument inside a handler, where waiting would be for ever. `advice` says what to do instead.
    void refuse_in_handler(std::string_view call, std::string_view advice) const;
    /// Runs `handler` in turn with the handlers, where they run.
    void post(std::function<void()> handler);
    /// When it returns, no handler that was running at the call is still running (but this thread's own).
    void settle() { notices_.settle(); }
    /// Until the request is answered, has failed, or its time is over.
    void await(PendingState& request);
    /// Nobody wants the answer any more: what the driver made, or will make, is given back.
    void cancel(PendingState& request) noexcept;

    // A handle was closed.
    enum class Ending { drain, revoke };
    void release(PublicationState& publication, Ending ending) noexcept;
    void release(SubscriptionState& subscription) noexcept;
    void release(CounterState& counter) noexcept;

    int add_close_handler(std::function<void()> handler);
    void remove_close_handler(int id);
    int add_available_counter_handler(CounterHandler handler);
    int add_unavailable_counter_handler(CounterHandler handler);
    void remove_counter_handler(int id);

    /// One duty cycle, by the conductor thread or whoever steps this client.
    int do_work();
    void close() noexcept;
    /// What has no caller to go to, on the way to the error handler.
    void report(const Error& error);

    [[nodiscard]] const ClientOptions& options() const noexcept { return options_; }
    [[nodiscard]] ClientId id() const noexcept { return id_; }
    /// On this thread a handler runs, or the conductor: who waits for either here waits for ever.
    [[nodiscard]] bool in_handler() const noexcept {
        return notices_.in_handler() || conductor_.load() == std::this_thread::get_id();
    }
    [[nodiscard]] const std::shared_ptr<CncMapping>& cnc() const noexcept { return cnc_; }
    [[nodiscard]] bool is_closed() const noexcept { return closed_.load(std::memory_order_acquire); }
    /// In a child of `fork`: the client is the parent's. Here it only lets go, without a lock that nobody may ever
    /// open.
    [[nodiscard]] bool is_elsewhere() const noexcept { return home_.is_elsewhere(); }
    [[nodiscard]] std::optional<Error> close_reason() const;

private:
    struct Belongings;  // what is let go once the lock is
    template <class MakeCommand> Request request(RequestDetails details, MakeCommand make_command);
    [[nodiscard]] control::Request fresh_request() noexcept;
    void require_open() const;
    [[nodiscard]] shm::RingWrite try_send(const control::Command& command) noexcept;
    void send(const control::Command& command);
    void send_later_if_full(const control::Command& command) noexcept;
    void give_back(RequestKind kind, CorrelationId id, Ending ending) noexcept;

    // conductor.cpp
    void run_thread();
    void wake_conductor() noexcept;
    int drain();
    void check_timers(Tick tick);
    void keep_alive(Tick tick);
    void expire(PendingState& request) noexcept;
    int run_notices();

    // client_events.cpp
    struct Dispatch;
    void on_event(const control::Event& event);
    [[nodiscard]] Request take_request(CorrelationId id) noexcept;
    void answer(PendingState& request, Answer answer) noexcept;
    void fail(PendingState& request, Error error) noexcept;
    void on_publication_ready(const control::PublicationReady& event);
    void on_subscription_ready(const control::SubscriptionReady& event);
    void on_counter(CorrelationId id, CounterId counter, RequestKind kind);
    void on_available_image(const control::AvailableImage& event);
    void on_unavailable_image(const control::UnavailableImage& event);
    void on_refused(const control::ErrorEvent& event);
    void on_publication_error(const control::PublicationErrorEvent& event);
    void on_counter_came(CorrelationId registration_id, CounterId counter);
    void on_counter_went(CorrelationId registration_id, CounterId counter);
    void notify_counter_handlers(bool available, CorrelationId registration_id, CounterId counter);

    // client_closing.cpp
    void terminate(const Error& reason);
    void shut(const Error& why, Belongings& belongings);

    const os::Home home_;
    const ClientOptions options_;
    Clock& clock_;
    const std::shared_ptr<CncMapping> cnc_;
    const ClientId id_;
    const Nanos liveness_timeout_;
    const Nanos keepalive_interval_;
    Notices notices_;

    mutable std::recursive_mutex mutex_;  // guards everything down to the next blank line
    shm::BroadcastReceiver receiver_;
    LogTable logs_;
    DriverWatch driver_watch_;
    OwnHeartbeat heartbeat_;
    bool is_known_to_driver_ = false;  // something was asked for, so a heartbeat counter will come
    Tick tick_{};                      // of the cycle under way
    Nanos last_cycle_{};
    Nanos last_service_{};
    Nanos last_keepalive_{};
    std::unordered_map<CorrelationId, Request> requests_;
    std::unordered_map<CorrelationId, RequestKind> abandoned_;  // no one waits, but the driver may still make something
    std::deque<control::Command> unsent_;                       // removals that found the ring full
    std::unordered_map<CorrelationId, std::shared_ptr<PublicationState>> publications_;
    std::unordered_map<CorrelationId, std::shared_ptr<SubscriptionState>> subscriptions_;
    std::unordered_map<CorrelationId, std::shared_ptr<CounterState>> counters_;
    std::map<int, std::function<void()>> close_handlers_;
    std::map<int, CounterHandler> available_counter_handlers_;
    std::map<int, CounterHandler> unavailable_counter_handlers_;
    int next_handler_id_ = 1;
    std::optional<Error> reason_;

    std::atomic<bool> closed_{false};
    std::atomic<bool> stop_{false};
    std::atomic<bool> finished_{true};      // no conductor thread is running
    std::atomic<bool> sleeps_long_{false};  // the conductor thread expects no answer
    std::atomic<int> expecting_{0};         // answers, or room in the ring
    std::mutex thread_mutex_;
    std::thread thread_;
    std::atomic<std::thread::id> conductor_{};  // while that thread runs
};

}  // namespace gale::client
