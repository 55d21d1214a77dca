/// Where a multi-destination endpoint sends to. docs/formats/sending.md, destinations.
#pragma once

#include "base/time.hpp"
#include "driver/sender/token_bucket.hpp"
#include "net/socket_address.hpp"
#include "net/transport.hpp"

#include <gale/function_ref.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace gale::driver::sender {

/// Whom a datagram is for. A destination that only says it is one gets nothing but SETUPs, and those only shortly
/// after it asked: whoever writes a stranger's address into a packet cannot make us flood him.
enum class Audience {
    everybody,
    confirmed,
    newcomers,  ///< those who only say that they are one: nobody else needs to hear what is said for them
};

class Destinations {
public:
    enum class Kind : std::uint8_t { manual, dynamic };
    struct Spec {
        Kind kind = Kind::manual;
        std::size_t capacity = 256;               ///< of dynamic ones; further ones are not heard
        std::int64_t setups_per_second = 2000;    ///< to all that only say that they are one
        Nanos timeout = std::chrono::seconds{5};  ///< dynamic ones go after so long a silence
    };
    static constexpr std::int64_t no_registration = -1;
    static constexpr std::int64_t no_number = -1;
    static constexpr Nanos setups_after_asking = std::chrono::milliseconds{250};
    static constexpr Nanos stale_after = std::chrono::seconds{5};

    explicit Destinations(const Spec& spec);

    // Manual ones, by the application. These may allocate.
    void add(std::int64_t registration_id, std::optional<net::SocketAddress> address, Nanos now);
    /// Each with that id, or when none is given with that address.
    void remove(std::optional<std::int64_t> registration_id, const std::optional<net::SocketAddress>& address) noexcept;
    void move(std::int64_t registration_id, const net::SocketAddress& address) noexcept;

    /// A status message came from `source`. What it is about is not known yet; a dynamic table learns of a new one.
    /// True when it should be sent a SETUP: nothing else tells it what there is to hear.
    bool on_status(std::int64_t receiver_id, const net::SocketAddress& source, Nanos now) noexcept;
    /// It was about a stream of ours, and said something that only who hears it knows.
    void confirm(std::int64_t receiver_id, const net::SocketAddress& source, Nanos now) noexcept;
    /// Of a manual destination, or `no_registration`.
    [[nodiscard]] std::int64_t registration_of(std::int64_t receiver_id,
                                               const net::SocketAddress& source) const noexcept;

    /// Each has a number, another one whenever somebody else may be there. Of a confirmed one at just that address, or
    /// `no_number`.
    [[nodiscard]] std::int64_t number_of(const net::SocketAddress& source) const noexcept;

    [[nodiscard]] bool has(std::int64_t number) const noexcept;
    [[nodiscard]] std::int64_t confirmed_count() const noexcept;

    /// Sends the batch to each in turn, beginning with another one each time. How many datagrams have reached all that
    /// could be reached; all when there are none. `on_error` is told the transport's errors.
    [[nodiscard]] int send(net::Transport& transport, std::span<const net::Datagram> batch, Audience audience,
                           Nanos now, FunctionRef<void(int)> on_error) noexcept;
    /// Sends it to the one with that number. Who went, or cannot be reached, holds up nobody: that counts as all of it.
    [[nodiscard]] int send_to(std::int64_t number, net::Transport& transport, std::span<const net::Datagram> batch,
                              FunctionRef<void(int)> on_error) noexcept;
    /// Dynamic ones that are silent go.
    void expire(Nanos now) noexcept;
    /// Calls `handler` with the registration id of each manual one from which nothing was heard for long, once in a
    /// while, or again if it answers false.
    void for_each_stale(Nanos now, FunctionRef<bool(std::int64_t)> handler) noexcept;
    [[nodiscard]] std::size_t count() const noexcept { return destinations_.size(); }
    /// How many were refused or pushed out for want of room, since this was asked last.
    [[nodiscard]] std::int64_t take_refused() noexcept { return std::exchange(refused_, 0); }
    /// How many datagrams were not sent to newcomers since there had been too many.
    [[nodiscard]] std::int64_t take_withheld() noexcept { return std::exchange(withheld_, 0); }

private:
    struct Destination {
        std::optional<net::SocketAddress> address{};
        std::int64_t number = no_number;
        std::int64_t registration_id = no_registration;
        std::optional<std::int64_t> receiver_id{};
        bool confirmed = true;
        Nanos heard{};   ///< when, last
        Nanos looked{};  ///< when its name was last asked for
        [[nodiscard]] bool matches(std::int64_t receiver, const net::SocketAddress& source) const noexcept;
    };
    using Iterator = std::vector<Destination>::iterator;
    [[nodiscard]] Iterator find(std::int64_t receiver_id, const net::SocketAddress& source) noexcept;
    [[nodiscard]] bool make_room() noexcept;
    [[nodiscard]] bool is_for(const Destination& destination, Audience audience, Nanos now) noexcept;

    Spec spec_;
    std::vector<Destination> destinations_;
    std::int64_t next_number_ = 0;
    std::size_t first_ = 0;
    TokenBucket setups_;
    std::int64_t refused_ = 0;
    std::int64_t withheld_ = 0;
};

}  // namespace gale::driver::sender
