/// The sending end of a stream, for any number of threads.
#pragma once

#include <gale/buffer_claim.hpp>
#include <gale/diagnosis.hpp>
#include <gale/handlers.hpp>
#include <gale/offer_result.hpp>
#include <gale/types.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gale {

namespace client {
class PublicationState;
}
template <class Resource> class Pending;

/// 0 initialising, 1 active, -1 errored, 2 closing. A publication over shared memory is always active.
enum class ChannelStatus : std::int64_t { errored = -1, initialising = 0, active = 1, closing = 2 };

/// Everything about a publication that never changes.
struct PublicationConstants {
    std::string channel;
    CorrelationId registration_id;           ///< of this handle
    CorrelationId original_registration_id;  ///< of the first handle on the same log
    StreamId stream_id;
    SessionId session_id;
    TermId initial_term_id;
    std::int32_t term_length = 0;         ///< bytes
    std::int32_t max_payload_length = 0;  ///< bytes of a message that is not cut: the mtu less 32
    std::int32_t max_message_length = 0;  ///< bytes: an eighth of the term, at most 16 MiB
    Position max_possible_position;
    CounterId limit_counter_id = no_counter;
    CounterId channel_status_id = no_counter;  ///< none over shared memory
};

/// Owns its registration: the last handle to go ends the stream. Movable, closes itself; every call but `close` and the
/// destructor may be made by many threads at once, and every call may be made after `close`, also after the client's.
class Publication {
public:
    Publication() noexcept;
    explicit Publication(std::shared_ptr<client::PublicationState> state) noexcept;
    Publication(Publication&& other) noexcept;
    Publication& operator=(Publication&& other) noexcept;
    ~Publication();

    /// Copies a message of 0 to `max_message_length` bytes into the log. Allocates nothing, never blocks. Checks in
    /// this order: closed, admin_action, the window (back_pressured, not_connected, max_position_exceeded), length
    /// (error).
    OfferResult offer(std::span<const std::byte> message) const noexcept;
    /// The same, with a reserved value for each frame. What the supplier throws comes through; the message is then
    /// padding.
    OfferResult offer(std::span<const std::byte> message, ReservedValueSupplier supplier) const;
    /// A message in several pieces.
    OfferResult offer(std::span<const std::span<const std::byte>> pieces) const noexcept;
    OfferResult offer(std::span<const std::span<const std::byte>> pieces, ReservedValueSupplier supplier) const;
    /// Claims `length` (0 to `max_payload_length`) bytes of the log to write into. On failure `claim` is left closed.
    OfferResult try_claim(std::int32_t length, BufferClaim& claim) const noexcept;

    [[nodiscard]] bool is_connected() const noexcept;
    [[nodiscard]] bool is_closed() const noexcept;
    [[nodiscard]] ChannelStatus channel_status() const noexcept;
    /// Where the next message would go; nothing once closed.
    [[nodiscard]] std::optional<Position> position() const noexcept;
    /// Up to where the driver lets publishers go now; nothing once closed.
    [[nodiscard]] std::optional<Position> position_limit() const noexcept;
    [[nodiscard]] const PublicationConstants& constants() const noexcept;
    [[nodiscard]] const std::string& channel() const noexcept { return constants().channel; }
    [[nodiscard]] StreamId stream_id() const noexcept { return constants().stream_id; }
    [[nodiscard]] SessionId session_id() const noexcept { return constants().session_id; }

    /// `address:port` of each socket that the channel has bound so far; none over shared memory.
    [[nodiscard]] std::vector<std::string> local_addresses() const;
    /// Why it is not connected or does not move, or that all is well, as far as this driver knows now. Reads all of the
    /// driver's counters and its error log: to be asked when something is wrong, not for each message.
    [[nodiscard]] Diagnosis diagnose() const;

    /// For a channel with `control-mode=manual`: one more place to send to. Returns what the destination is called.
    /// Waits for the driver's answer and throws what it refuses; not from a handler, where the async_ twins belong.
    CorrelationId add_destination(std::string_view channel);
    void remove_destination(std::string_view channel);
    void remove_destination(CorrelationId destination);
    [[nodiscard]] Pending<CorrelationId> async_add_destination(std::string_view channel);
    [[nodiscard]] Pending<CorrelationId> async_remove_destination(std::string_view channel);
    [[nodiscard]] Pending<CorrelationId> async_remove_destination(CorrelationId destination);

    /// Idempotent. Does not wait for the driver.
    void close() noexcept;
    [[nodiscard]] const std::shared_ptr<client::PublicationState>& state() const noexcept { return state_; }

private:
    std::shared_ptr<client::PublicationState> state_;
};

/// The sending end of a stream for one thread alone: faster, and in order by itself.
class ExclusivePublication {
public:
    ExclusivePublication() noexcept;
    explicit ExclusivePublication(std::shared_ptr<client::PublicationState> state) noexcept;
    ExclusivePublication(ExclusivePublication&& other) noexcept;
    ExclusivePublication& operator=(ExclusivePublication&& other) noexcept;
    ~ExclusivePublication();

    // As for Publication; one thread at a time.
    OfferResult offer(std::span<const std::byte> message) noexcept;
    OfferResult offer(std::span<const std::byte> message, ReservedValueSupplier supplier);
    OfferResult offer(std::span<const std::span<const std::byte>> pieces) noexcept;
    OfferResult offer(std::span<const std::span<const std::byte>> pieces, ReservedValueSupplier supplier);
    OfferResult try_claim(std::int32_t length, BufferClaim& claim) noexcept;
    /// `length` (0 to `max_message_length`) bytes that readers skip, besides a header of 32.
    OfferResult append_padding(std::int32_t length) noexcept;
    /// Frames laid out already for just this place in the stream; every header is checked.
    OfferResult offer_block(std::span<const std::byte> frames) noexcept;

    [[nodiscard]] bool is_connected() const noexcept;
    [[nodiscard]] bool is_closed() const noexcept;
    [[nodiscard]] ChannelStatus channel_status() const noexcept;
    [[nodiscard]] std::optional<Position> position() const noexcept;
    [[nodiscard]] std::optional<Position> position_limit() const noexcept;
    [[nodiscard]] const PublicationConstants& constants() const noexcept;
    [[nodiscard]] const std::string& channel() const noexcept { return constants().channel; }
    [[nodiscard]] StreamId stream_id() const noexcept { return constants().stream_id; }
    [[nodiscard]] SessionId session_id() const noexcept { return constants().session_id; }

    [[nodiscard]] std::vector<std::string> local_addresses() const;
    [[nodiscard]] Diagnosis diagnose() const;

    // As for Publication.
    CorrelationId add_destination(std::string_view channel);
    void remove_destination(std::string_view channel);
    void remove_destination(CorrelationId destination);
    [[nodiscard]] Pending<CorrelationId> async_add_destination(std::string_view channel);
    [[nodiscard]] Pending<CorrelationId> async_remove_destination(std::string_view channel);
    [[nodiscard]] Pending<CorrelationId> async_remove_destination(CorrelationId destination);

    void close() noexcept;
    /// Closes, and ends the stream for its subscribers at once: what they have not read yet is lost.
    void revoke() noexcept;
    [[nodiscard]] const std::shared_ptr<client::PublicationState>& state() const noexcept { return state_; }

private:
    std::shared_ptr<client::PublicationState> state_;
};

}  // namespace gale
