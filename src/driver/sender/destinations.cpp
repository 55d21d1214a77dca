#include "driver/sender/destinations.hpp"

#include <algorithm>

namespace gale::driver::sender {

Destinations::Destinations(const Spec& spec) : spec_{spec}, setups_{TokenBucket::smooth(spec.setups_per_second)} {
    if (spec.kind == Kind::dynamic) destinations_.reserve(spec.capacity);
}

// A confirmed receiver may come from another address than it is sent to, but not from another port. Of one that is not,
// everything may be made up: it counts for that address and no other.
bool Destinations::Destination::matches(std::int64_t receiver, const net::SocketAddress& source) const noexcept {
    if (!address) return false;
    return *address == source || (confirmed && receiver_id == receiver && address->port == source.port);
}

// However many say that they are one, and however many streams there are to tell them of: only so much leaves.
bool Destinations::is_for(const Destination& destination, Audience audience, Nanos now) noexcept {
    if (!destination.address) return false;
    if (destination.confirmed) return audience != Audience::newcomers;
    if (audience == Audience::confirmed || now - destination.heard > setups_after_asking) return false;
    if (setups_.available(now) <= 0) {
        ++withheld_;
        return false;
    }
    setups_.take(1);
    return true;
}

Destinations::Iterator Destinations::find(std::int64_t receiver_id, const net::SocketAddress& source) noexcept {
    return std::ranges::find_if(destinations_, [&](const Destination& d) { return d.matches(receiver_id, source); });
}

void Destinations::add(std::int64_t registration_id, std::optional<net::SocketAddress> address, Nanos now) {
    destinations_.push_back({.address = address,
                             .number = next_number_++,
                             .registration_id = registration_id,
                             .heard = now,
                             .looked = now});
}

void Destinations::remove(std::optional<std::int64_t> registration_id,
                          const std::optional<net::SocketAddress>& address) noexcept {
    std::erase_if(destinations_, [&](const Destination& destination) {
        return registration_id ? destination.registration_id == *registration_id
                               : address.has_value() && destination.address == address;
    });
}

void Destinations::move(std::int64_t registration_id, const net::SocketAddress& address) noexcept {
    for (Destination& destination : destinations_) {
        if (destination.registration_id != registration_id || destination.address == address) continue;
        destination.address = address;
        destination.receiver_id.reset();  // somebody else may be there
        destination.number = next_number_++;
    }
}

/// The table is full: whoever has waited longest to be confirmed makes room.
bool Destinations::make_room() noexcept {
    if (destinations_.size() < spec_.capacity) return true;
    ++refused_;
    Iterator oldest = destinations_.end();
    for (auto at = destinations_.begin(); at != destinations_.end(); ++at)
        if (!at->confirmed && (oldest == destinations_.end() || at->heard < oldest->heard)) oldest = at;
    if (oldest == destinations_.end()) return false;
    destinations_.erase(oldest);
    return true;
}

bool Destinations::on_status(std::int64_t receiver_id, const net::SocketAddress& source, Nanos now) noexcept {
    const auto found = find(receiver_id, source);
    if (found != destinations_.end()) {
        found->receiver_id = receiver_id;
        found->heard = now;
        return !found->confirmed;
    }
    if (spec_.kind == Kind::manual || !make_room()) return false;
    destinations_.push_back(
        {.address = source, .number = next_number_++, .receiver_id = receiver_id, .confirmed = false, .heard = now});
    return true;
}

void Destinations::confirm(std::int64_t receiver_id, const net::SocketAddress& source, Nanos /*now*/) noexcept {
    const auto found = find(receiver_id, source);
    // It came from there: only then is there anybody who wants the stream.
    if (found != destinations_.end() && found->address == source) found->confirmed = true;
}

std::int64_t Destinations::registration_of(std::int64_t receiver_id, const net::SocketAddress& source) const noexcept {
    const auto found =
        std::ranges::find_if(destinations_, [&](const Destination& d) { return d.matches(receiver_id, source); });
    return found == destinations_.end() ? no_registration : found->registration_id;
}

std::int64_t Destinations::number_of(const net::SocketAddress& source) const noexcept {
    const auto found =
        std::ranges::find_if(destinations_, [&](const Destination& d) { return d.confirmed && d.address == source; });
    return found == destinations_.end() ? no_number : found->number;
}

bool Destinations::has(std::int64_t number) const noexcept {
    const auto found = std::ranges::find(destinations_, number, &Destination::number);
    return found != destinations_.end() && found->address;
}

std::int64_t Destinations::confirmed_count() const noexcept {
    return std::ranges::count_if(destinations_, [](const Destination& d) { return d.confirmed && d.address; });
}

int Destinations::send_to(std::int64_t number, net::Transport& transport, std::span<const net::Datagram> batch,
                          FunctionRef<void(int)> on_error) noexcept {
    const auto all = static_cast<int>(batch.size());
    const auto found = std::ranges::find(destinations_, number, &Destination::number);
    if (found == destinations_.end() || !found->address) return all;
    const int taken = transport.send(batch, &*found->address);
    const int error = taken < all ? transport.take_error() : 0;
    if (error == 0) return taken;
    on_error(error);
    return all;
}

int Destinations::send(net::Transport& transport, std::span<const net::Datagram> batch, Audience audience, Nanos now,
                       FunctionRef<void(int)> on_error) noexcept {
    const std::size_t count = destinations_.size();
    auto accepted = batch.size();
    bool reached = false;
    bool refused = false;
    if (count > 0) first_ = (first_ + 1) % count;
    for (std::size_t i = 0; i < count && accepted > 0; ++i) {
        const Destination& destination = destinations_[(first_ + i) % count];
        if (!is_for(destination, audience, now)) continue;
        const auto taken = static_cast<std::size_t>(transport.send(batch.first(accepted), &*destination.address));
        const int error = taken < accepted ? transport.take_error() : 0;
        if (error != 0) {  // whom the network cannot reach does not hold up the others
            on_error(error);
            refused = true;
            continue;
        }
        // All share one socket: when it is full for one it is for those that follow, and all go on where it was.
        accepted = taken;
        reached = true;
    }
    return refused && !reached ? 0 : static_cast<int>(accepted);
}

void Destinations::expire(Nanos now) noexcept {
    if (spec_.kind == Kind::manual) return;
    std::erase_if(destinations_, [&](const Destination& d) { return now > d.heard + spec_.timeout; });
}

void Destinations::for_each_stale(Nanos now, FunctionRef<bool(std::int64_t)> handler) noexcept {
    if (spec_.kind == Kind::dynamic) return;
    for (Destination& destination : destinations_) {
        if (now <= std::max(destination.heard, destination.looked) + stale_after) continue;
        if (handler(destination.registration_id)) destination.looked = now;
    }
}

}  // namespace gale::driver::sender
