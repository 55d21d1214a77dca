/// Everything over shared memory: which publication is shared, which subscription hears it, how both end.
#pragma once

#include "base/random.hpp"
#include "control/commands.hpp"
#include "driver/conductor/clients.hpp"
#include "driver/conductor/ipc_publication.hpp"
#include "driver/conductor/linker.hpp"
#include "driver/conductor/log_store.hpp"
#include "driver/conductor/session_ids.hpp"
#include "driver/conductor/voice.hpp"

#include <gale/driver_options.hpp>
#include <gale/function_ref.hpp>
#include <gale/types.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gale::driver {

/// What the rooms of the conductor share. All of it outlives them.
struct Surroundings {
    const DriverOptions& options;
    shm::CountersManager& counters;
    SystemCounters& system;
    Voice& voice;
    Clients& clients;
    LogStore& logs;
};

/// Each request either answers its client or throws the Error to answer with; then nothing has changed.
class IpcStreams {
public:
    IpcStreams(const Surroundings& surroundings, std::uint64_t seed);
    ~IpcStreams();

    void add_publication(const control::AddPublication& command, Tick tick);
    /// False when no such registration of that client is here.
    [[nodiscard]] bool remove_publication(const control::RemovePublication& command, Tick tick);
    void add_subscription(const control::AddSubscription& command, Tick tick);
    [[nodiscard]] bool remove_subscription(const control::RemoveSubscription& command, Tick tick);
    /// False when the image is no publication of ours.
    [[nodiscard]] bool reject(const control::RejectImage& command, Tick tick);
    [[nodiscard]] SessionId next_session_id(StreamId stream);
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
    [[nodiscard]] bool session_in_use(StreamId stream, SessionId session) const noexcept;
    void pin_response(const IpcPublication& publication);
    void link_all(IpcPublication& publication, Tick tick);
    void link(IpcPublication& publication, Subscription& subscription, Tick tick);
    void check_counters(const Subscription& subscription, Tick tick) const;
    void link_again(Tick tick);
    void unlink_all(IpcPublication& publication, Tick tick);
    void finish_draining(IpcPublication& publication);
    void drop_links(ClientId client);
    void drop_subscription(std::size_t index, Tick tick);
    void destroy(Publications::iterator publication, Tick tick);
    void report_trouble(IpcPublication& publication, Tick tick);

    Surroundings with_;
    Linker linker_;
    Random random_;
    SessionIds session_ids_;
    Publications publications_;
    std::vector<Unopened> unopened_;
    std::vector<PublicationLink> links_;
    std::vector<std::unique_ptr<Subscription>> subscriptions_;
    bool has_unlinked_ = false;  ///< some subscription has no place in a stream that it should hear
};

}  // namespace gale::driver
