/// A receive channel endpoint: its identity, its destinations, and what it does with each datagram.
#pragma once

#include "driver/receiver/counters.hpp"
#include "driver/receiver/destination.hpp"
#include "driver/receiver/dispatcher.hpp"
#include "driver/receiver/image.hpp"
#include "driver/receiver/messages.hpp"
#include "wire/datagram.hpp"

#include <gale/function_ref.hpp>

#include <memory>
#include <vector>

namespace gale::driver::receiver {

struct EndpointSettings {
    std::int64_t receiver_id = 0;
    std::optional<std::int64_t> group_tag{};
    TimestampPlaces timestamps{};
    Limits limits{};
    std::uint64_t secret = 0;  ///< random: what strangers cannot guess
};

/// What endpoints borrow from their receiver.
struct Office {
    const Counters& counters;
    Events& events;
    FunctionRef<Nanos()> real_time;  ///< since 1970, for timestamps that a channel asks for
};

/// Made and freed by the conductor, used by the receiver from AddEndpoint to EndpointReleased; until then only
/// `settings` may be looked at.
class Endpoint {
public:
    explicit Endpoint(const EndpointSettings& settings);

    [[nodiscard]] const EndpointSettings& settings() const noexcept { return settings_; }
    [[nodiscard]] std::span<const std::unique_ptr<Destination>> destinations() const noexcept { return destinations_; }
    [[nodiscard]] Dispatcher& dispatcher() noexcept { return dispatcher_; }

    /// With explicit control a set-up is asked for at once.
    void add_destination(std::unique_ptr<Destination> destination, const Office& office, Nanos now);
    /// Null when there is none of that id.
    [[nodiscard]] std::unique_ptr<Destination> take_destination(std::int64_t registration_id) noexcept;
    [[nodiscard]] Destination* destination(std::int64_t registration_id) const noexcept;

    /// One session more: with explicit control its set-up is asked for at once.
    void add_interest(StreamId stream, std::optional<SessionId> session, const Office& office);

    void on_datagrams(std::span<const net::Received> batch, Destination& destination, const Office& office,
                      Nanos now) noexcept;
    /// What time brings: set-ups asked for again, names looked up again. How much was done.
    int work(Nanos now, Nanos look_up_interval, const Office& office) noexcept;

private:
    struct Arrival {
        const net::Received& received;
        Destination& destination;
        const Office& office;
        Nanos now;
    };
    void on_datagram(const Arrival& arrival, const Stamp& stamp) noexcept;
    void on_unknown(const wire::DataHeader& header, const Arrival& arrival) noexcept;
    void on_setup(const wire::Setup& setup, const Arrival& arrival) noexcept;
    void want_image(const wire::Setup& setup, const Arrival& arrival) noexcept;
    void on_round_trip(const wire::RttMeasurement& measurement, const Arrival& arrival) noexcept;
    void elicit(Destination& destination, const net::SocketAddress& to, StreamId stream, SessionId session,
                const Counters& counters) const noexcept;

    EndpointSettings settings_;
    std::vector<std::unique_ptr<Destination>> destinations_;
    Dispatcher dispatcher_;
    Budget replies_;
    Nanos next_expiry_{};
    bool told_ttl_ = false;
};

}  // namespace gale::driver::receiver
