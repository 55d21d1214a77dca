/// The receive channel endpoints: who shares one, its sockets, its counters, and what is listened to on it.
/// docs/formats/network.md, sharing; docs/formats/receiving.md.
#pragma once

#include "channel/parameters.hpp"
#include "driver/conductor/counter_set.hpp"
#include "driver/conductor/parked_commands.hpp"
#include "driver/conductor/surroundings.hpp"
#include "driver/receiver/messages.hpp"
#include "net/channel_addresses.hpp"
#include "net/network.hpp"
#include "net/port_manager.hpp"

#include <gale/types.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gale::driver {

/// One transport of an endpoint, as the conductor knows it.
struct ReceiveDestination {
    std::int64_t registration_id;
    std::string canonical;               ///< by which it is found when it is to be removed
    std::string control_name;            ///< host to look up again; empty: the control is a number, or there is none
    net::SocketAddress control{};        ///< where that name led last
    std::uint16_t held_port = 0;         ///< of the driver's ports
    std::int64_t receive_buffer_length;  ///< bytes of the socket, as obtained
    CounterSet counters;
};

/// One endpoint as the conductor knows it.
struct ReceiveChannel {
    receiver::Endpoint* endpoint;                ///< the receiver's: a name, not to be looked into
    std::string channel;                         ///< of the request that made it
    channel::SubscriptionParameters parameters;  ///< likewise: images take window, NAK delay and tag from here
    net::ChannelAddresses addresses;
    std::string identity;
    CounterSet counters;
    CounterId status;
    std::vector<ReceiveDestination> destinations{};

    struct Interest {
        StreamId stream_id;
        std::optional<SessionId> session_id;
        int subscriptions = 0;
    };
    std::vector<Interest> interests{};
    int awaiting_response = 0;  ///< subscriptions that do not know their session yet
    int images = 0;             ///< those that the receiver still feeds
    bool is_closing = false;
    int told_error = 0;  ///< the last that clients heard of

    [[nodiscard]] bool is_manual() const noexcept {
        return parameters.udp.control_mode == channel::ControlMode::manual;
    }
    [[nodiscard]] bool is_used() const noexcept { return !interests.empty() || awaiting_response > 0 || images > 0; }
    /// The shortest of its sockets' buffers; the stated one while it has no socket.
    [[nodiscard]] std::int64_t receive_buffer_length() const noexcept;
};

class ReceiveChannels {
public:
    ReceiveChannels(const Surroundings& surroundings, net::Network& network, receiver::Commands& commands);
    ~ReceiveChannels();

    /// A channel as it was asked for.
    struct Wanted {
        const channel::Uri& uri;
        const channel::SubscriptionParameters& parameters;
        CorrelationId registration_id;
        const Names& names;
    };
    /// The endpoint of that channel, opened when there is none. Throws Error: a conflict with one that is there, or
    /// what the system refused. One that nobody joins must be given back by `close_unused`.
    [[nodiscard]] ReceiveChannel& get(const Wanted& wanted, Tick tick);
    /// Closes it if nobody needs it any more.
    void close_unused(ReceiveChannel& channel);

    /// One subscription more, or less, to that stream, or to one session of it.
    void add_interest(ReceiveChannel& channel, StreamId stream, std::optional<SessionId> session);
    void remove_interest(ReceiveChannel& channel, StreamId stream, std::optional<SessionId> session);

    /// One transport more of an endpoint that has none of its own. Throws Error as `get`.
    void add_destination(ReceiveChannel& channel, const Wanted& wanted, Tick tick);
    /// Nothing happens when it has none like that.
    void remove_destination(ReceiveChannel& channel, const Wanted& wanted);

    void on(receiver::EndpointReleased&& event, Tick tick);
    void on(receiver::DestinationReleased&& event, Tick tick);
    void on(const receiver::AddressStale& event, NameLookups& lookups);
    /// Where a control's name leads now.
    void on(const NameAnswer& answer);

    /// Null when it is closed already.
    [[nodiscard]] ReceiveChannel* find(const receiver::Endpoint* endpoint) noexcept;
    /// The driver stops; the receiver runs no more.
    void close(Tick tick);

private:
    struct Found {
        net::ChannelAddresses addresses;
        std::string identity;
    };
    [[nodiscard]] net::ChannelAddresses addresses_of(const Wanted& wanted) const;
    [[nodiscard]] ReceiveChannel* find_tagged(const Wanted& wanted, const net::ChannelAddresses& addresses);
    [[nodiscard]] ReceiveChannel* find_same(const Wanted& wanted, const std::string& identity);
    void check_compatible(const Wanted& wanted, const ReceiveChannel& existing) const;
    [[nodiscard]] ReceiveChannel& open(const Wanted& wanted, Found found, Tick tick);
    [[nodiscard]] std::unique_ptr<receiver::Destination>
    open_destination(ReceiveChannel& channel, const Wanted& wanted, const net::ChannelAddresses& addresses, Tick tick);
    [[nodiscard]] bool is_going(const std::string& canonical) const noexcept;
    void name_destination(ReceiveChannel& channel, std::string_view bound);
    void release(ReceiveDestination& destination, Tick tick) noexcept;

    Surroundings with_;
    net::Network& network_;
    receiver::Commands& commands_;
    net::PortManager ports_;
    std::vector<std::unique_ptr<ReceiveChannel>> channels_;
    std::vector<ReceiveDestination> leaving_;  // until the receiver has let go of them
    std::int64_t next_receiver_id_;
    std::int64_t next_unique_ = 0;
};

}  // namespace gale::driver
