/// What a client can ask of a driver. docs/formats/control.md, commands.
#pragma once

#include "control/message.hpp"

#include <gale/types.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace gale::control {

enum class CommandType : std::int32_t {
    add_publication = 0x01,
    remove_publication = 0x02,
    add_exclusive_publication = 0x03,
    add_subscription = 0x04,
    remove_subscription = 0x05,
    client_keepalive = 0x06,
    add_destination = 0x07,
    remove_destination = 0x08,
    add_counter = 0x09,
    remove_counter = 0x0A,
    client_close = 0x0B,
    add_receive_destination = 0x0C,
    remove_receive_destination = 0x0D,
    terminate_driver = 0x0E,
    add_static_counter = 0x0F,
    reject_image = 0x10,
    remove_destination_by_id = 0x11,
    next_session_id = 0x12,
};

/// Who asks, and by which number the answer will be known.
struct Request {
    ClientId client_id;
    CorrelationId correlation_id;
    bool operator==(const Request&) const = default;
};

enum class Sharing { concurrent, exclusive };

// Texts and keys borrow the message they were read from.
struct AddPublication {
    Request request;
    Sharing sharing = Sharing::concurrent;
    StreamId stream_id{};
    std::string_view channel{};
    bool operator==(const AddPublication&) const = default;
};
struct RemovePublication {
    Request request;
    CorrelationId registration_id{};
    bool revoke = false;
    bool operator==(const RemovePublication&) const = default;
};
struct AddSubscription {
    Request request;
    StreamId stream_id{};
    std::string_view channel{};
    bool operator==(const AddSubscription&) const = default;
};
struct RemoveSubscription {
    Request request;
    CorrelationId registration_id{};
    bool operator==(const RemoveSubscription&) const = default;
};
struct ClientKeepalive {
    Request request;
    bool operator==(const ClientKeepalive&) const = default;
};
enum class DestinationChange { add_send, remove_send, add_receive, remove_receive };
struct ChangeDestination {
    Request request;
    DestinationChange change = DestinationChange::add_send;
    CorrelationId registration_id{};  ///< original one of the publication, or of the subscription
    std::string_view channel{};
    bool operator==(const ChangeDestination&) const = default;
};
struct RemoveDestinationById {
    Request request;
    CorrelationId registration_id{};
    CorrelationId destination_id{};
    bool operator==(const RemoveDestinationById&) const = default;
};
struct AddCounter {
    Request request;
    std::int32_t type_id = 0;
    std::span<const std::byte> key{};
    std::string_view label{};
};
struct AddStaticCounter {
    Request request;
    std::int64_t registration_id = 0;
    std::int32_t type_id = 0;
    std::span<const std::byte> key{};
    std::string_view label{};
};
struct RemoveCounter {
    Request request;
    CorrelationId registration_id{};
    bool operator==(const RemoveCounter&) const = default;
};
struct ClientClose {
    Request request;
    bool operator==(const ClientClose&) const = default;
};
struct TerminateDriver {
    Request request;
    std::span<const std::byte> token{};
};
struct RejectImage {
    Request request;
    CorrelationId image_correlation_id{};
    Position position{};
    std::string_view reason{};
    bool operator==(const RejectImage&) const = default;
};
struct NextSessionId {
    Request request;
    StreamId stream_id{};
    bool operator==(const NextSessionId&) const = default;
};
/// A record that is no command: too short, a length inside that lies, or a type nobody knows.
struct Refused {
    std::int32_t type = 0;
    bool known_type = false;
    Request request;  ///< as far as it could be read, else the ids that mean none
    std::string why;
};

using Command = std::variant<AddPublication, RemovePublication, AddSubscription, RemoveSubscription, ClientKeepalive,
                             ChangeDestination, RemoveDestinationById, AddCounter, AddStaticCounter, RemoveCounter,
                             ClientClose, TerminateDriver, RejectImage, NextSessionId, Refused>;

/// Checks everything about lengths; never reads outside `payload`.
[[nodiscard]] Command decode_command(std::int32_t type, std::span<const std::byte> payload);

[[nodiscard]] CommandType type_of(const Command& command) noexcept;  ///< of anything but Refused
/// The record's payload, as Aeron's own clients lay it out.
[[nodiscard]] MessageWriter encode(const Command& command);

/// The name of a command type for texts: ADD_PUBLICATION.
[[nodiscard]] std::string_view name(CommandType type) noexcept;

}  // namespace gale::control
