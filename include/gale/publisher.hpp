/// Sending, the everyday way: put a message, learn what became of it.
#pragma once

#include <gale/config.hpp>
#include <gale/context.hpp>
#include <gale/error.hpp>
#include <gale/types.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace gale {

namespace everyday {
class PublisherState;
}

/// What became of a message. Only `success` wrote it.
enum class [[nodiscard]] PutStatus {
    success,
    not_connected,          ///< nobody subscribes
    back_pressured,         ///< a subscriber was behind all the time that was given
    admin_action,           ///< the log rotated, and no time was given to try again
    closed,                 ///< this publisher, its context or its driver is gone; `close_reason` says why
    too_large,              ///< longer than `max_message_length`
    max_position_exceeded,  ///< the stream is full; a new publisher goes on
    error,                  ///< anything else that no retry would change
};
/// The status in words, as `back_pressured`.
[[nodiscard]] std::string_view name(PutStatus status) noexcept;

/// Movable, closes itself. Any number of threads may put at once, unless it is exclusive; `close` excludes other calls.
class Publisher {
public:
    using Bytes = std::span<const std::byte>;
    using Pieces = std::span<const std::span<const std::byte>>;

    explicit Publisher(std::unique_ptr<everyday::PublisherState> state) noexcept;
    Publisher(Publisher&&) noexcept;
    Publisher& operator=(Publisher&&) noexcept;
    ~Publisher();

    /// Copies a message into the stream. Tries again under back pressure and when the log rotates, resting in between,
    /// as long as the options say (without any: those of the Config). Tries at least once. Allocates nothing.
    PutStatus put(Bytes message);
    PutStatus put(Bytes message, const PutOptions& options);
    PutStatus put(std::string_view text) { return put(as_bytes(text)); }
    PutStatus put(std::string_view text, const PutOptions& options) { return put(as_bytes(text), options); }
    /// One message in several pieces.
    PutStatus put(Pieces message);
    PutStatus put(Pieces message, const PutOptions& options);

    /// Somebody subscribes.
    [[nodiscard]] bool is_connected() const noexcept;
    /// Waits until somebody does; false when `timeout` or `stop` comes first, or it is closed.
    bool wait_connected(Nanos timeout = forever, const std::stop_token& stop = {}) const;
    [[nodiscard]] bool is_closed() const noexcept;
    /// Why it is closed; nothing while it is open.
    [[nodiscard]] std::optional<Error> close_reason() const;

    [[nodiscard]] const std::string& uri() const noexcept;
    [[nodiscard]] StreamId stream_id() const noexcept;
    [[nodiscard]] SessionId session_id() const noexcept;
    /// Bytes: an eighth of the term, at most 16 MiB.
    [[nodiscard]] std::size_t max_message_length() const noexcept;

    /// Idempotent. What was put is still delivered.
    void close() noexcept;

private:
    std::unique_ptr<everyday::PublisherState> state_;
};

/// Waits for the driver's answer. Throws Error when it is no, or does not come.
[[nodiscard]] Publisher publisher(const Context& context, const Config& config);

}  // namespace gale
