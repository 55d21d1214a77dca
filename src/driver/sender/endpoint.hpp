/// One place that publications send from: its transport, whom it sends to, and what comes back.
#pragma once

#include "base/time.hpp"
#include "driver/sender/counters.hpp"
#include "driver/sender/destinations.hpp"
#include "driver/sender/token_bucket.hpp"
#include "driver/sender/tools.hpp"
#include "logbuffer/frame.hpp"
#include "net/transport.hpp"
#include "wire/datagram.hpp"

#include <gale/types.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace gale::driver::sender {

class Publication;

enum class EndpointKind : std::uint8_t {
    unicast,    ///< to one address
    multicast,  ///< to a group
    dynamic,    ///< to whoever sends status messages
    manual,     ///< to what the application names
    response,   ///< each publication to who last asked for it
};

struct EndpointSpec {
    EndpointKind kind = EndpointKind::unicast;
    /// Unicast and multicast: where to, unless the data transport is connected.
    std::optional<net::SocketAddress> remote{};
    bool has_name = false;                  ///< `remote` was a name: AddressStale asks for it again after a silence
    std::size_t max_destinations = 256;     ///< dynamic ones
    std::int64_t setups_per_second = 2000;  ///< to destinations that only say that they are one
    std::int64_t news_per_second = 100;     ///< of what receivers say, passed on to the conductor
    Counter* destination_count = nullptr;   ///< multi-destination; the sender's own from the hand-over on
};

/// Made by the conductor, then the sender's until EndpointReleased.
class Endpoint {
public:
    /// `control` is where a multicast endpoint hears what comes back; others hear it on `data`.
    Endpoint(const EndpointSpec& spec, std::unique_ptr<net::Transport> data,
             std::unique_ptr<net::Transport> control = nullptr);
    ~Endpoint();
    Endpoint(const Endpoint&) = delete;
    Endpoint& operator=(const Endpoint&) = delete;

    [[nodiscard]] EndpointKind kind() const noexcept { return spec_.kind; }
    /// Several receivers: SETUPs say so, and receivers wait a random time before they ask for anything.
    [[nodiscard]] bool is_group() const noexcept {
        return spec_.kind == EndpointKind::multicast || destinations_.has_value();
    }
    [[nodiscard]] net::Transport& data() noexcept { return *data_; }
    /// What to poll.
    [[nodiscard]] net::Transport& heard() noexcept { return control_ ? *control_ : *data_; }

    void add(Publication& publication);
    void remove(Publication& publication) noexcept;
    [[nodiscard]] bool has_publications() const noexcept { return !streams_.empty(); }

    void add_destination(std::int64_t registration_id, std::optional<net::SocketAddress> address, Nanos now);
    void remove_destination(std::optional<std::int64_t> registration_id,
                            const std::optional<net::SocketAddress>& address) noexcept;
    /// Of its own address: EndpointMoved tells what came of it.
    void move(std::optional<std::int64_t> destination, const net::SocketAddress& address, Nanos now,
              Tools& tools) noexcept;

    /// How many datagrams are gone. `to`: of a response publication, who asked for it; none goes nowhere.
    [[nodiscard]] int send(std::span<const net::Datagram> batch, Audience audience, const net::SocketAddress* to,
                           Nanos now, Tools& tools) noexcept;
    /// How often a repair travels that the given destination asked for, by its number, or somebody who is none.
    [[nodiscard]] std::int64_t copies_for(std::int64_t asker) const noexcept;
    /// The same to one destination, by its number.
    [[nodiscard]] int send_to(std::int64_t destination, std::span<const net::Datagram> batch, Nanos now,
                              Tools& tools) noexcept;
    /// Reads what came back, at most about `limit` datagrams, and hands it to the publications. How many.
    int poll(int limit, Nanos now, Tools& tools) noexcept;
    /// Something that a receiver said is to be passed on to the conductor. False, and counted, when too much was.
    [[nodiscard]] bool may_pass_on(Nanos now, Tools& tools) noexcept;
    /// Once in a while.
    void expire_destinations(Nanos now) noexcept;
    /// Names from which nothing comes may lead elsewhere by now: AddressStale, no more often than every 5 s each.
    void find_stale(Nanos now, Tools& tools) noexcept;

private:
    struct Stream {
        StreamId stream_id;
        SessionId session_id;
        Publication* publication;
    };
    [[nodiscard]] Publication* find(StreamId stream, SessionId session) const noexcept;
    void on_datagram(const net::Received& received, Nanos now, Tools& tools) noexcept;
    void on_status_message(const wire::Datagram& datagram, const net::SocketAddress& source, Nanos now,
                           Tools& tools) noexcept;
    void on_nak(const wire::Nak& nak, const net::SocketAddress& source, Nanos now, Tools& tools) noexcept;
    void on_error(const wire::Datagram& datagram, const net::SocketAddress& source, Nanos now, Tools& tools) noexcept;
    static void push_back(Tools& tools) noexcept;
    void failed(int error, Nanos now, Tools& tools) noexcept;
    void show_destinations() noexcept;
    void count_refused(Tools& tools) noexcept;

    EndpointSpec spec_;
    std::unique_ptr<net::Transport> data_;
    std::unique_ptr<net::Transport> control_;
    std::optional<Destinations> destinations_;
    std::vector<Stream> streams_;
    TokenBucket news_;
    std::optional<Nanos> heard_{};       // when a status message for one of ours came, or its name was asked for
    std::optional<Nanos> next_failure_;  // an error of the transport is told no sooner
};

}  // namespace gale::driver::sender
