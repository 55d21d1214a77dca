/// What a driver tells its clients, all of them at once. docs/formats/control.md, events.
#pragma once

#include "control/message.hpp"

#include <gale/error.hpp>
#include <gale/types.hpp>

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <variant>

namespace gale::control {

enum class EventType : std::int32_t {
    error = 0x0F01,
    available_image = 0x0F02,
    publication_ready = 0x0F03,
    operation_succeeded = 0x0F04,
    unavailable_image = 0x0F05,
    exclusive_publication_ready = 0x0F06,
    subscription_ready = 0x0F07,
    counter_ready = 0x0F08,
    unavailable_counter = 0x0F09,
    client_timeout = 0x0F0A,
    static_counter = 0x0F0B,
    publication_error = 0x0F0C,
    next_session_id = 0x0F0D,
};

// Texts borrow the message they were read from.
struct ErrorEvent {
    CorrelationId correlation_id;  ///< with code channel_endpoint_error: a channel status counter's id instead
    ErrorCode code = ErrorCode::generic;
    std::string_view text;
};
struct AvailableImage {
    CorrelationId image_correlation_id;  ///< of an IPC image: the publication's original registration id
    SessionId session_id;
    StreamId stream_id;
    CorrelationId subscription_id;
    CounterId position_counter;
    std::string_view log_file;
    std::string_view source_identity;
};
struct PublicationReady {
    bool exclusive = false;
    CorrelationId correlation_id;
    CorrelationId original_id;
    SessionId session_id;
    StreamId stream_id;
    CounterId limit_counter;
    CounterId channel_status_counter = no_counter;
    std::string_view log_file;
};
struct OperationSucceeded {
    CorrelationId correlation_id;
};
struct UnavailableImage {
    CorrelationId image_correlation_id;
    CorrelationId subscription_id;
    StreamId stream_id;
    std::string_view channel;
};
struct SubscriptionReady {
    CorrelationId correlation_id;
    CounterId channel_status_counter = no_counter;
};
struct CounterReady {
    CorrelationId correlation_id;  ///< of a heartbeat counter: the client's id
    CounterId counter_id;
};
struct UnavailableCounter {
    CorrelationId registration_id;
    CounterId counter_id;
};
struct ClientTimeout {
    ClientId client_id;
};
struct StaticCounter {
    CorrelationId correlation_id;
    CounterId counter_id;
};
struct PublicationErrorEvent {
    CorrelationId original_id;
    CorrelationId destination_id;
    SessionId session_id;
    StreamId stream_id;
    std::int64_t receiver_id = -1;
    std::int64_t group_tag = -1;
    std::int16_t address_type = 0;  ///< 1 IPv4, 2 IPv6, 0 unknown
    std::uint16_t port = 0;
    std::array<std::byte, 16> address{};
    ErrorCode code = ErrorCode::generic;
    std::string_view text;
};
struct NextSessionIdEvent {
    CorrelationId correlation_id;
    SessionId session_id;
};
struct UnreadableEvent {
    std::int32_t type = 0;
    bool known_type = false;
};

using Event = std::variant<ErrorEvent, AvailableImage, PublicationReady, OperationSucceeded, UnavailableImage,
                           SubscriptionReady, CounterReady, UnavailableCounter, ClientTimeout, StaticCounter,
                           PublicationErrorEvent, NextSessionIdEvent, UnreadableEvent>;

/// Checks everything about lengths; never reads outside `payload`.
[[nodiscard]] Event decode_event(std::int32_t type, std::span<const std::byte> payload) noexcept;
[[nodiscard]] EventType type_of(const Event& event) noexcept;  ///< of anything but UnreadableEvent
[[nodiscard]] MessageWriter encode(const Event& event);

}  // namespace gale::control
