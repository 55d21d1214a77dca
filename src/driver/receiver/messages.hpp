/// What the conductor tells the receiver, and what the receiver reports. Threads share messages, not objects: an object
/// handed over belongs to the receiver until it comes back in an event.
#pragma once

#include "agent/mailbox.hpp"
#include "net/socket_address.hpp"
#include "net/transport.hpp"
#include "shm/cell.hpp"

#include <gale/types.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>

namespace gale::driver::receiver {

class Endpoint;     // a receive channel endpoint: receiver id, destinations, dispatcher
class Destination;  // one transport of an endpoint
class Image;        // the receiving half of one session's stream

// --- commands
// ---------------------------------------------------------------------------------------------------------

struct AddEndpoint {
    std::unique_ptr<Endpoint> endpoint;
};
/// Nothing is wanted from it any more. Answered by EndpointReleased.
struct RemoveEndpoint {
    Endpoint* endpoint;
};
/// Each transport of an endpoint, also the only one of a plain subscription. With explicit control set-ups are asked
/// for at once.
struct AddDestination {
    Endpoint* endpoint;
    std::unique_ptr<Destination> destination;
};
/// Answered by DestinationReleased.
struct RemoveDestination {
    Endpoint* endpoint;
    std::int64_t registration_id;
};
/// The first subscription to a stream, or to one session of it; the last one gone.
struct AddInterest {
    Endpoint* endpoint;
    StreamId stream_id;
    std::optional<SessionId> session_id;
};
struct RemoveInterest {
    Endpoint* endpoint;
    StreamId stream_id;
    std::optional<SessionId> session_id;
};
/// The answer to ImageWanted.
struct AddImage {
    Endpoint* endpoint;
    std::unique_ptr<Image> image;
};
/// The other answer to ImageWanted: not now. Another setup frame may ask again.
struct ForgetSetup {
    Endpoint* endpoint;
    StreamId stream_id;
    SessionId session_id;
};
/// The image is not fed any more; `rejoin`: its session may come back at once, else never while there is interest.
/// Answered by ImageReleased.
struct RemoveImage {
    Image* image;
    bool rejoin;
};
/// The image drains: status messages say from now on that this receiver goes away.
struct BeginEndOfStream {
    Image* image;
};
/// A subscriber's position counter: status messages follow the slowest of them. Its word is the client's.
struct AddSubscriber {
    Image* image;
    CounterId counter;
    shm::Cell<std::int64_t>* position;
};
struct RemoveSubscriber {
    Image* image;
    CounterId counter;
};
/// ERR frames instead of status messages from now on.
struct RejectImage {
    Image* image;
    std::string reason;  ///< at most 1023 bytes
};
/// The session of the response publication to announce with each status message; nothing: stop.
struct SetResponseSession {
    Image* image;
    std::optional<SessionId> session_id;
};
/// The answer to AddressStale.
struct MoveControl {
    Endpoint* endpoint;
    std::int64_t destination;  ///< registration id
    net::SocketAddress address;
};

using Command = std::variant<AddEndpoint, RemoveEndpoint, AddDestination, RemoveDestination, AddInterest,
                             RemoveInterest, AddImage, ForgetSetup, RemoveImage, BeginEndOfStream, AddSubscriber,
                             RemoveSubscriber, RejectImage, SetResponseSession, MoveControl>;

// --- events
// -----------------------------------------------------------------------------------------------------------

struct EndpointReleased {
    std::unique_ptr<Endpoint> endpoint;
};
struct DestinationReleased {
    std::unique_ptr<Destination> destination;
};
struct ImageReleased {
    std::unique_ptr<Image> image;
};
/// A setup frame of a session that somebody wants. Its numbers are checked.
struct ImageWanted {
    Endpoint* endpoint;
    Destination* destination;  ///< for ImageSettings; it may be gone when the image comes
    SessionId session_id;
    StreamId stream_id;
    TermId initial_term_id;
    TermId active_term_id;
    std::int32_t term_offset;
    std::int32_t term_length;
    std::int32_t mtu;
    bool group;              ///< the publication says that it has several receivers
    bool response_wanted;    ///< it waits for a response set-up
    bool after_elicitation;  ///< we had asked for it
    net::SocketAddress source;
    net::SocketAddress control;  ///< where status messages go
};
/// All of it has been rebuilt and the publication has ended; or nothing was heard for the liveness time-out.
enum class ImageEnd { end_of_stream, revoked, silent };
struct ImageEnded {
    Image* image;
    ImageEnd how;
};
/// Bytes of an image that were lost and asked for again, or filled: for the loss report.
struct LossSeen {
    Image* image;
    std::int64_t bytes;
};
struct AddressStale {
    Endpoint* endpoint;
    std::int64_t destination;  ///< registration id
};
/// Our time to live is below the publication's.
struct TtlAsymmetry {
    Endpoint* endpoint;
};
struct TransportFailed {
    Endpoint* endpoint;
    int error;  ///< errno of the system
};

using Event = std::variant<EndpointReleased, DestinationReleased, ImageReleased, ImageWanted, ImageEnded, LossSeen,
                           AddressStale, TtlAsymmetry, TransportFailed>;

using Commands = agent::Mailbox<Command>;
using Events = agent::Mailbox<Event>;

}  // namespace gale::driver::receiver
