/// A publication of either kind for a program with time: waits where `offer` would only say why not.
#pragma once

#include "console.hpp"
#include "idle.hpp"
#include "os/signals.hpp"

#include <gale/client.hpp>
#include <gale/diagnosis.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace gale::tools {

enum class WithoutSubscriber { wait, drop };

struct OutletSettings {
    std::string channel{};
    StreamId stream{};
    bool exclusive = false;
    WithoutSubscriber without_subscriber = WithoutSubscriber::wait;
};

enum class Sent { yes, dropped, stopped };
enum class Drained { all_read, nobody_left, stopped };

/// One thread at a time.
class Outlet {
public:
    Outlet(Client& client, OutletSettings settings, const os::StopSignals& stop, Console& notices);

    /// Waits for a subscriber, with a notice after a moment. False when a stop was asked for.
    bool wait_for_subscriber();
    /// Throws when a message of so many bytes can never be sent.
    void check_length(std::size_t length) const;
    /// Waits as long as subscribers are behind. Throws when the stream can take no more, and for
    /// a message that is too long, with or without a subscriber.
    Sent send(std::span<const std::byte> message);
    /// Waits until every subscriber has read everything; over the network, until everything has been sent, which is
    /// never further than receivers can take it. What they miss of that the driver sends again, also after `close`.
    Drained drain();
    /// After this the subscribers' stream ends.
    void close() noexcept;

    [[nodiscard]] const PublicationConstants& constants() const noexcept;
    [[nodiscard]] bool is_connected() const noexcept;
    /// Bytes that the slowest subscriber has still to read; nothing when there is none.
    [[nodiscard]] std::optional<std::int64_t> backlog() const;

private:
    OfferResult offer(std::span<const std::byte> message);
    [[nodiscard]] std::optional<Position> position() const noexcept;
    [[nodiscard]] bool read_to_the_end() const;
    /// Bytes that the driver has still to send; nothing over shared memory.
    [[nodiscard]] std::optional<std::int64_t> unsent() const;

    Client& client_;
    OutletSettings settings_;
    const os::StopSignals& stop_;
    Console& notices_;
    std::optional<Publication> shared_;
    std::optional<ExclusivePublication> exclusive_;
    Idle idle_{Idling::backoff};
};

/// How long to wait for the other end before telling what may be wrong.
inline constexpr std::chrono::seconds patience_before_why{2};
/// A diagnosis as a notice.
[[nodiscard]] std::string explain(const Diagnosis& diagnosis);

/// Why a handle is closed that nobody of us closed.
[[noreturn]] void throw_closed(const Client& client);

}  // namespace gale::tools
