/// Everything that goes out to the network: publications, who shares them, the spies on them, and how they end.
#pragma once

#include "control/commands.hpp"
#include "driver/conductor/linker.hpp"
#include "driver/conductor/network_publication.hpp"
#include "driver/conductor/network_subscriptions.hpp"
#include "driver/conductor/parked_commands.hpp"
#include "driver/conductor/send_channels.hpp"
#include "driver/conductor/surroundings.hpp"
#include "driver/sender/messages.hpp"
#include "net/network.hpp"

#include <gale/types.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gale::driver {

/// Each request either answers its client or throws the Error to answer with; then nothing has changed.
class NetworkPublications {
public:
    struct Parts {
        net::Network& network;
        NameLookups& lookups;
        sender::Commands& commands;
        NetworkSubscriptions& subscriptions;  ///< for response channels; used by no constructor or destructor
    };
    /// All parts outlive it.
    NetworkPublications(const Surroundings& surroundings, const Parts& parts);
    ~NetworkPublications();

    void add_publication(const control::AddPublication& command, const Names& names, Tick tick);
    /// False when no such registration of that client is here.
    [[nodiscard]] bool remove_publication(const control::RemovePublication& command, Tick tick);
    /// `aeron-spy:...`
    void add_spy(const control::AddSubscription& command, const Names& names, Tick tick);
    /// `add_receive` and `remove_receive` of a spy: it hears `stream` under the id of the subscription, which is there.
    void add_spy_destination(const control::ChangeDestination& command, StreamId stream, const Names& names, Tick tick);
    /// Throws when there is none of that very text.
    void remove_spy_destination(const control::ChangeDestination& command, Tick tick);
    /// A spy. False when no such registration is here.
    [[nodiscard]] bool remove_subscription(const control::RemoveSubscription& command, Tick tick);
    /// `add_send` and `remove_send`. Throws when there is no such publication.
    void change_destination(const control::ChangeDestination& command, const Names& names);
    void remove_destination(const control::RemoveDestinationById& command);
    /// Whether a publication of ours has that stream and session.
    [[nodiscard]] bool has_session(StreamId stream, SessionId session) const noexcept;
    /// A client that said goodbye waits for nothing any more.
    void forget_requests(ClientId client, Tick tick);
    /// Everything of a client that is gone.
    void release_client(ClientId client, Tick tick);

    int update(Tick tick);                         ///< each duty cycle
    void on_timer(Tick tick);                      ///< each timer interval
    void on(sender::Event&& event, Tick tick);     ///< what the sender reports
    void on(const NameAnswer& answer, Tick tick);  ///< of any name that was looked up
    void close(Tick tick);                         ///< the driver stops; the sender runs no more

private:
    struct Link {
        CorrelationId registration_id;
        ClientId client_id;
        NetworkPublication* publication;
    };
    struct Spy {
        Subscription subscription{};
        std::optional<std::int64_t> tag{};
        std::string identity{};
    };
    /// What may be shared.
    struct Wanted {
        StreamId stream;
        bool exclusive;
        const channel::PublicationParameters& parameters;
        const SendChannel& channel;
    };
    /// Of a channel with sparse=false, while its log is made behind everybody's back.
    struct Unanswered {
        NetworkPublication* publication;
        control::Request request;
    };
    /// A destination with a name, which may come to lead elsewhere.
    struct NamedDestination {
        sender::Endpoint* endpoint;
        std::int64_t id;
        std::string host;
        std::uint16_t port;
        std::optional<net::SocketAddress> address;
    };
    /// Whose name is being looked up again.
    struct Asked {
        sender::Endpoint* endpoint;
        std::optional<std::int64_t> destination;
        std::string host;
    };
    using Publications = std::vector<std::unique_ptr<NetworkPublication>>;

    [[nodiscard]] channel::PublicationParameters parameters_of(const control::AddPublication& command,
                                                               const channel::Uri& uri) const;
    [[nodiscard]] bool share(const Wanted& wanted, const control::Request& request, Tick tick);
    void check_session(StreamId stream, std::optional<SessionId> session, const SendChannel& channel,
                       std::string_view text) const;
    void check_request(const channel::PublicationParameters& wanted, const SendChannel& channel,
                       std::string_view text) const;
    [[nodiscard]] PublicationFacts facts_of(const control::AddPublication& command,
                                            const channel::PublicationParameters& wanted);
    void create(const control::AddPublication& command, const channel::PublicationParameters& wanted,
                SendChannel& channel, Tick tick);
    void refer(NetworkPublication& publication, const control::Request& request, Tick tick);
    void answer(NetworkPublication& publication, const control::Request& request, Tick tick);
    void announce_response(const NetworkPublication& publication);
    void withdraw_response(const NetworkPublication& gone);
    [[nodiscard]] int answer_ready(Tick tick);
    void answer_late(const Unanswered& ready, Tick tick);
    [[nodiscard]] bool remove_unanswered(const control::RemovePublication& command, Tick tick);
    void drop_unanswered(std::size_t index, Tick tick);
    [[nodiscard]] Publications::iterator position_of(const NetworkPublication& publication);
    void end_stream(NetworkPublication& publication);
    void report_trouble(NetworkPublication& publication, Tick tick);
    void check_time(NetworkPublication& publication, Tick tick);
    void finish(Publications::iterator publication, Tick tick);

    [[nodiscard]] std::unique_ptr<Spy> make_spy(const control::AddSubscription& command, const Names& names) const;
    Spy& keep(std::unique_ptr<Spy> spy, Tick tick);
    void link_to_all(Spy& spy, Tick tick);
    [[nodiscard]] bool hears(const Spy& spy, const NetworkPublication& publication) const noexcept;
    void link(NetworkPublication& publication, Spy& spy, Tick tick);
    void link_again(Tick tick);
    void unlink(NetworkPublication& publication, std::size_t index, Tick tick);
    void drop_spies(NetworkPublication& publication, Tick tick);
    void remove_spy(std::size_t index, Tick tick);

    [[nodiscard]] NetworkPublication& manual_publication(CorrelationId registration_id) const;
    void add_destination(sender::Endpoint* endpoint, CorrelationId id, const channel::Address& wanted,
                         const std::optional<net::SocketAddress>& address);
    void drop_destination(sender::Endpoint* endpoint, const channel::Address& wanted,
                          const std::optional<net::SocketAddress>& address);
    void move(const Asked& asked, const channel::IpAddress& ip);

    void on(const sender::PublicationReleased& event, Tick tick);
    void on(const sender::EndpointReleased& event, Tick tick);
    void on(const sender::ReceiverError& event, Tick tick);
    void on(const sender::ResponseSetup& event, Tick tick);
    void on(const sender::ResponseConnected& event, Tick tick);
    void on(const sender::AddressStale& event, Tick tick);
    void on(const sender::EndpointMoved& event, Tick tick);
    void on(const sender::TransportFailed& event, Tick tick);

    Surroundings with_;
    net::Network& network_;
    NameLookups& lookups_;
    sender::Commands& commands_;
    NetworkSubscriptions& subscriptions_;
    Linker linker_;
    SendChannels channels_;
    Publications publications_;
    std::vector<Link> links_;
    std::vector<Unanswered> unanswered_;
    std::vector<std::unique_ptr<Spy>> spies_;
    std::vector<NamedDestination> named_;
    std::vector<Asked> asked_;
    bool has_unlinked_ = false;  ///< some spy has no place in a stream that it should hear
};

}  // namespace gale::driver
