/// One transport of a receive endpoint: where datagrams come in, and from which what we say leaves.
#pragma once

#include "base/time.hpp"
#include "driver/receiver/counters.hpp"
#include "net/transport.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace gale::driver::receiver {

struct DestinationSettings {
    std::int64_t registration_id = -1;
    /// Where control frames go: the group's control address, or the channel's `control`. Nothing: to where the first
    /// frame of an image came from.
    std::optional<net::SocketAddress> control{};
    bool has_explicit_control = false;  ///< `control` is the channel's: it is asked for set-ups every second
    bool resolves_again = false;        ///< the channel's `control` is a name, which may come to lead elsewhere
    bool is_multicast = false;
    int ttl = 0;  ///< ours, of multicast; 0: none given
};

/// Made and freed by the conductor, used by the receiver from AddDestination to DestinationReleased.
class Destination {
public:
    Destination(const DestinationSettings& settings, std::unique_ptr<net::Transport> transport) noexcept
        : settings_{settings}, transport_{std::move(transport)} {}

    [[nodiscard]] const DestinationSettings& settings() const noexcept { return settings_; }
    [[nodiscard]] net::Transport& transport() const noexcept { return *transport_; }
    [[nodiscard]] const std::optional<net::SocketAddress>& control() const noexcept { return settings_.control; }
    void move_control(const net::SocketAddress& address) noexcept { settings_.control = address; }

    /// Sends whole frames, one datagram each; true when all of them left.
    bool send(std::span<const net::Datagram> frames, const net::SocketAddress& to, const Counters& counters) noexcept {
        const int sent = transport_->send(frames, &to);
        if (sent == static_cast<int>(frames.size())) [[likely]]
            return true;
        add(counters.short_sends);
        return false;
    }
    bool send(std::span<const std::byte> frame, const net::SocketAddress& to, const Counters& counters) noexcept {
        const net::Datagram datagram{frame};
        return send(std::span{&datagram, 1}, to, counters);
    }

    Nanos last_frame{};     ///< when it heard anything that made sense
    Nanos next_elicit{};    ///< explicit control: when to ask for set-ups again
    Nanos next_look_up{};   ///< when to ask again where its control address is
    int batch = min_batch;  ///< datagrams to take at once

    static constexpr int min_batch = 16;
    static constexpr int max_batch = 256;

private:
    DestinationSettings settings_;
    std::unique_ptr<net::Transport> transport_;
};

}  // namespace gale::driver::receiver
