/// Everything over shared memory: which publication is shared, which subscription hears it, how both end.
#pragma once

#include "control/commands.hpp"
#include "driver/conductor/ipc_publication.hpp"
#include "driver/conductor/linker.hpp"
#include "driver/conductor/log_store.hpp"
#include "driver/conductor/surroundings.hpp"

#include <gale/function_ref.hpp>
#include <gale/types.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gale::driver {

/// Each request either answers its client or throws the Error to answer with; then nothing has changed.
class IpcStreams {
public:
    explicit IpcStreams(const Surroundings& surroundings);
    ~IpcStreams();

    void add_publication(const control::AddPublication& command, Tick tick);
    /// False when no such registration of that client is here.
    [[nodiscard]] bool remove_publication(const control::RemovePublication& command, Tick tick);
    void add_subscription(const control::AddSubscription& command, Tick tick);
    /// False when no such registration is here. The caller answers.
    [[nodiscard]] bool remove_subscription(const control::RemoveSubscription& command, Tick tick);
    /// A network subscription, to `stream`, listens to shared memory as well, under its own registration.
    void add_destination(const control::ChangeDestination& command, StreamId stream, Tick tick);
    /// The one that was added with the very same text; throws when there is none.
    void remove_destination(const control::ChangeDestination& command, Tick tick);
    /// False when the image is no publication of ours.
    [[nodiscard]] bool reject(const control::RejectImage& command, Tick tick);
    /// Whether a publication of ours has that stream and session.
    [[nodiscard]] bool has_session(StreamId stream, SessionId session) const noexcept;
    /// A client that said goodbye waits for nothing any more.
    void forget_requests(ClientId client);
    /// Everything of a client that is gone.
    void release_client(ClientId client, Tick tick);

    int update(Tick tick);     ///< each duty cycle
    void on_timer(Tick tick);  ///< each timer interval
    void close(Tick tick);     ///< the driver stops

private:
    struct PublicationLink {
        CorrelationId registration_id;
        ClientId client_id;
        IpcPublication* publication;
    };
    using Publications = std::vector<std::unique_ptr<IpcPublication>>;

    struct Registration {
        CorrelationId id;
        ClientId client;
    };
    struct Wanted {
        StreamId stream;
        bool exclusive;
        const channel::PublicationParameters& parameters;
    };
    /// Of a channel with sparse=false, while its log is made behind everybody's back.
    struct Unopened {
        IpcPublication::Spec spec;
        std::shared_ptr<StoredLog> log;
    };

    [[nodiscard]] channel::PublicationParameters parameters_of(const control::AddPublication& command) const;
    [[nodiscard]] bool share(const Wanted& wanted, const Registration& registration, Tick tick);
    [[nodiscard]] IpcPublication* find_shared(const Wanted& wanted) const;
    void check_session(StreamId stream, std::optional<SessionId> session, std::string_view channel) const;
    void open(Unopened ready, Tick tick);
    void open_late(Unopened ready, Tick tick);
    [[nodiscard]] int open_ready(Tick tick);
    [[nodiscard]] bool remove_unopened(const control::RemovePublication& command, Tick tick);
    void drop_unopened(FunctionRef<bool(const IpcPublication::Spec&)> unwanted);
    void refer(IpcPublication& publication, const Registration& registration, Tick tick);
    [[nodiscard]] std::unique_ptr<IpcPublication> make_publication(IpcPublication::Spec spec,
                                                                   std::shared_ptr<StoredLog> log, Tick tick);
    [[nodiscard]] SessionId next_session_id(StreamId stream);
    [[nodiscard]] bool session_in_use(StreamId stream, SessionId session) const noexcept;
    void pin_response(const IpcPublication& publication);
    void link_all(IpcPublication& publication, Tick tick);
    void link(IpcPublication& publication, Subscription& subscription, Tick tick);
    void check_counters(const Subscription& subscription, Tick tick) const;
    [[nodiscard]] std::unique_ptr<Subscription> make_subscription(const control::AddSubscription& command) const;
    void link_to_all(Subscription& subscription, Tick tick);
    void link_again(Tick tick);
    void unlink_all(IpcPublication& publication, Tick tick);
    void finish_draining(IpcPublication& publication);
    void drop_links(ClientId client);
    void drop_subscription(std::size_t index, Tick tick);
    void destroy(Publications::iterator publication, Tick tick);
    void report_trouble(IpcPublication& publication, Tick tick);

    Surroundings with_;
    Linker linker_;
    Publications publications_;
    std::vector<Unopened> unopened_;
    std::vector<PublicationLink> links_;
    std::vector<std::unique_ptr<Subscription>> subscriptions_;
    bool has_unlinked_ = false;  ///< some subscription has no place in a stream that it should hear
};

}  // namespace gale::driver
