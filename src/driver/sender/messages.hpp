/// What the conductor tells the sender, and what the sender reports. Threads share messages, not objects: an object
/// handed over belongs to the sender until it comes back in an event.
#pragma once

#include "agent/mailbox.hpp"
#include "net/socket_address.hpp"
#include "shm/cell.hpp"

#include <gale/types.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>

namespace gale::driver::sender {

class Endpoint;     // a send channel endpoint: its transport, its destinations, its publications
class Publication;  // the sending half of a network publication

// --- commands
// ---------------------------------------------------------------------------------------------------------

struct AddEndpoint {
    std::unique_ptr<Endpoint> endpoint;
};
/// After its last publication was removed. Answered by EndpointReleased.
struct RemoveEndpoint {
    Endpoint* endpoint;
};
struct AddPublication {
    Endpoint* endpoint;
    std::unique_ptr<Publication> publication;
};
/// The end of its linger. Answered by PublicationReleased.
struct RemovePublication {
    Publication* publication;
};
/// No client holds it any more, or it was revoked: publishers are stopped at `end`, where their tail is.
struct StopPublication {
    Publication* publication;
    Position end;
};
/// A destination of a multi-destination endpoint with `control-mode=manual`.
struct AddDestination {
    Endpoint* endpoint;
    std::int64_t registration_id;
    std::optional<net::SocketAddress> address;  ///< nothing while its name does not resolve
};
/// Each that matches goes: by id when given, else by address.
struct RemoveDestination {
    Endpoint* endpoint;
    std::optional<std::int64_t> registration_id;
    std::optional<net::SocketAddress> address;
};
/// A spy's position counter, which holds the publishers back while it works. Its word is the client's.
struct AddSpy {
    Publication* publication;
    CounterId counter;
    shm::Cell<std::int64_t>* position;
};
struct RemoveSpy {
    Publication* publication;
    CounterId counter;
};
/// The answer to AddressStale: where the name leads now. A connected transport is connected anew. For the endpoint's
/// own address answered by EndpointMoved.
struct MoveEndpoint {
    Endpoint* endpoint;
    std::optional<std::int64_t> destination;  ///< registration id; nothing: the endpoint's own remote address
    net::SocketAddress address;
};

using Command = std::variant<AddEndpoint, RemoveEndpoint, AddPublication, RemovePublication, StopPublication,
                             AddDestination, RemoveDestination, AddSpy, RemoveSpy, MoveEndpoint>;

// --- events
// -----------------------------------------------------------------------------------------------------------

struct PublicationReleased {
    std::unique_ptr<Publication> publication;
};
struct EndpointReleased {
    std::unique_ptr<Endpoint> endpoint;
};
/// A receiver rejected the stream (ERR frame); told once per live receiver.
struct ReceiverError {
    std::int64_t publication_registration_id;
    std::int64_t destination_registration_id;  ///< -1: none
    SessionId session_id;
    StreamId stream_id;
    std::int64_t receiver_id;
    std::int64_t group_tag;  ///< -1: none
    net::SocketAddress source;
    std::int32_t code;
    std::string text;
};
/// RSP_SETUP: the other side's response publication has this session. docs/formats/wire.md, RSP_SETUP.
struct ResponseSetup {
    std::int64_t response_correlation_id;
    SessionId response_session_id;
};
/// A response publication with a correlation id has its first receiver, or has one again.
struct ResponseConnected {
    std::int64_t response_correlation_id;
};
/// Nobody has answered from there for long: the name may lead elsewhere by now.
struct AddressStale {
    Endpoint* endpoint;
    std::optional<std::int64_t> destination;
};
/// Whether an endpoint sends to another address now; if not, all is as it was, and AddressStale comes again.
struct EndpointMoved {
    Endpoint* endpoint;
    net::SocketAddress address;
    bool done = true;
    int error = 0;  ///< errno of the system, when it said one
};
/// The transport said no, in a way that is neither push-back nor an absent peer.
struct TransportFailed {
    Endpoint* endpoint;
    int error;  ///< errno of the system
};

using Event = std::variant<PublicationReleased, EndpointReleased, ReceiverError, ResponseSetup, ResponseConnected,
                           AddressStale, EndpointMoved, TransportFailed>;

using Commands = agent::Mailbox<Command>;
using Events = agent::Mailbox<Event>;

}  // namespace gale::driver::sender
