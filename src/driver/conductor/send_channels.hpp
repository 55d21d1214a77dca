/// The send channel endpoints: who shares one, its socket and its counters. docs/formats/network.md, sharing.
#pragma once

#include "channel/parameters.hpp"
#include "driver/conductor/counter_set.hpp"
#include "driver/conductor/parked_commands.hpp"
#include "driver/conductor/surroundings.hpp"
#include "driver/sender/endpoint.hpp"
#include "driver/sender/messages.hpp"
#include "net/channel_addresses.hpp"
#include "net/port_manager.hpp"

#include <gale/types.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gale::driver {

/// One endpoint as the conductor knows it.
struct SendChannel {
    sender::Endpoint* endpoint;  ///< the sender's: a name, not to be looked into
    sender::EndpointKind kind;
    channel::UdpParameters udp;
    std::optional<std::int64_t> tag;
    std::optional<channel::FlowControl> flow_control;  ///< of the channel that opened it, for those that say nothing
    net::ChannelAddresses addresses;
    std::string identity;
    std::uint16_t port;                 ///< held with the port manager
    std::int64_t send_buffer_length;    ///< as obtained
    std::int64_t send_buffer_asked;     ///< by the channel that opened it or by the driver's options; 0: by nobody
    std::int64_t receive_buffer_asked;  ///< likewise
    CounterSet counters;
    CounterId status;
    int publications = 0;
    bool is_closing = false;

    [[nodiscard]] bool is_group() const noexcept {
        return kind == sender::EndpointKind::multicast || kind == sender::EndpointKind::dynamic ||
               kind == sender::EndpointKind::manual;
    }
};

class SendChannels {
public:
    SendChannels(const Surroundings& surroundings, net::Network& network, sender::Commands& commands);

    struct Wanted {
        const channel::Uri& uri;
        const channel::PublicationParameters& parameters;
        std::string_view channel;  ///< as the client wrote it
        CorrelationId registration_id;
        const Names& names;
    };
    /// The endpoint of that channel, opened when there is none. Throws Error: a conflict with one that is there, or
    /// what the system refused. One that nobody joins must be given back with `release_unused`.
    [[nodiscard]] SendChannel& get(const Wanted& wanted, Tick tick);
    /// One publication less; the last one closes the endpoint.
    void release(SendChannel& channel);
    /// Closes it if nobody joined.
    void release_unused(SendChannel& channel);
    void on(const sender::EndpointReleased& event, Tick tick);
    /// Null when it is closed already.
    [[nodiscard]] SendChannel* find(const sender::Endpoint* endpoint) noexcept;
    /// The sender has ended, and the driver with it.
    void close(Tick tick);

private:
    struct ChannelCounters {
        CounterSet all;
        CounterId status{};
        sender::Counter* destinations = nullptr;  ///< of several destinations only
    };
    [[nodiscard]] ChannelCounters make_counters(const Wanted& wanted, const std::string& bound, Tick tick);
    [[nodiscard]] SendChannel* find_same(const Wanted& wanted, const net::ChannelAddresses& addresses,
                                         const std::string& identity);
    [[nodiscard]] SendChannel* find_tagged(const Wanted& wanted, const net::ChannelAddresses& addresses);
    [[nodiscard]] SendChannel& open(const Wanted& wanted, net::ChannelAddresses addresses, std::string identity,
                                    Tick tick);
    [[nodiscard]] net::TransportSpec transport_spec(const Wanted& wanted, const net::ChannelAddresses& addresses) const;
    [[nodiscard]] std::uint16_t hold_port(const Wanted& wanted, const net::ChannelAddresses& addresses);

    Surroundings with_;
    net::Network& network_;
    sender::Commands& commands_;
    net::PortManager ports_;
    std::vector<std::unique_ptr<SendChannel>> channels_;
    std::int64_t next_unique_ = 0;
};

}  // namespace gale::driver
