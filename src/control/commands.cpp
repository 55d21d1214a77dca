#include "control/commands.hpp"

#include "base/ensure.hpp"

#include <algorithm>

namespace gale::control {
namespace {

constexpr std::uint64_t revoke_flag = 1;

Request take_request(MessageReader& in) noexcept {
    const ClientId client{in.take<std::int64_t>()};
    return {client, take_id(in)};
}

// The key is padded to 4 before the label's length; a label that ends the record may do without its own padding.
template <class AddedCounter> void take_key_and_label(MessageReader& in, AddedCounter& counter) noexcept {
    counter.type_id = in.take<std::int32_t>();
    const auto key_length = in.take<std::int32_t>();
    counter.key = in.take_bytes(key_length);
    in.align(4);
    counter.label = in.take_text();
}

Command take_remove_publication(MessageReader& in, Request request) noexcept {
    RemovePublication command{.request = request, .registration_id = take_id(in)};
    if (in.ok() && in.rest() > 0)
        command.revoke = (in.take<std::uint64_t>() & revoke_flag) != 0;  // 24 bytes: the older form
    return command;
}

ChangeDestination take_destination(MessageReader& in, Request request, DestinationChange change) noexcept {
    ChangeDestination command{.request = request, .change = change, .registration_id = take_id(in)};
    command.channel = in.take_text();
    return command;
}

Command take_body(CommandType type, MessageReader& in, Request request) noexcept {
    switch (type) {
    case CommandType::add_publication:
    case CommandType::add_exclusive_publication: {
        AddPublication command{.request = request, .stream_id = take_stream(in)};
        command.sharing = type == CommandType::add_publication ? Sharing::concurrent : Sharing::exclusive;
        command.channel = in.take_text();
        return command;
    }
    case CommandType::remove_publication: return take_remove_publication(in, request);
    case CommandType::add_subscription: {
        static_cast<void>(in.take<std::int64_t>());  // a registration id that no driver looks at
        AddSubscription command{.request = request, .stream_id = take_stream(in)};
        command.channel = in.take_text();
        return command;
    }
    case CommandType::remove_subscription: return RemoveSubscription{request, take_id(in)};
    case CommandType::client_keepalive: return ClientKeepalive{request};
    case CommandType::add_destination: return take_destination(in, request, DestinationChange::add_send);
    case CommandType::remove_destination: return take_destination(in, request, DestinationChange::remove_send);
    case CommandType::add_receive_destination: return take_destination(in, request, DestinationChange::add_receive);
    case CommandType::remove_receive_destination:
        return take_destination(in, request, DestinationChange::remove_receive);
    case CommandType::add_counter: {
        AddCounter command{.request = request};
        take_key_and_label(in, command);
        return command;
    }
    case CommandType::remove_counter: return RemoveCounter{request, take_id(in)};
    case CommandType::client_close: return ClientClose{request};
    case CommandType::terminate_driver: {
        const auto length = in.take<std::int32_t>();
        return TerminateDriver{request, in.take_bytes(length)};
    }
    case CommandType::add_static_counter: {
        AddStaticCounter command{.request = request, .registration_id = in.take<std::int64_t>()};
        take_key_and_label(in, command);
        return command;
    }
    case CommandType::reject_image: {
        RejectImage command{.request = request, .image_correlation_id = take_id(in)};
        command.position = Position{in.take<std::int64_t>()};
        command.reason = in.take_text();
        return command;
    }
    case CommandType::remove_destination_by_id: {
        RemoveDestinationById command{.request = request, .registration_id = take_id(in)};
        command.destination_id = take_id(in);
        return command;
    }
    case CommandType::next_session_id: return NextSessionId{request, take_stream(in)};
    }
    return Refused{};
}

bool is_command(std::int32_t type) noexcept {
    return type >= static_cast<std::int32_t>(CommandType::add_publication) &&
           type <= static_cast<std::int32_t>(CommandType::next_session_id);
}

void put_request(MessageWriter& out, const Request& request) {
    out.put(request.client_id.value).put(request.correlation_id.value);
}

struct CommandEncoder {
    MessageWriter& out;
    void operator()(const AddPublication& c) const {
        put_request(out, c.request);
        out.put(c.stream_id.value).put_text(c.channel);
    }
    void operator()(const RemovePublication& c) const {
        put_request(out, c.request);
        out.put(c.registration_id.value).put(c.revoke ? revoke_flag : std::uint64_t{0});
    }
    void operator()(const AddSubscription& c) const {
        put_request(out, c.request);
        out.put(std::int64_t{-1}).put(c.stream_id.value).put_text(c.channel);
    }
    void operator()(const RemoveSubscription& c) const { with_id(c.request, c.registration_id); }
    void operator()(const RemoveCounter& c) const { with_id(c.request, c.registration_id); }
    void operator()(const ClientKeepalive& c) const { put_request(out, c.request); }
    void operator()(const ClientClose& c) const { put_request(out, c.request); }
    void operator()(const ChangeDestination& c) const {
        with_id(c.request, c.registration_id);
        out.put_text(c.channel);
    }
    void operator()(const RemoveDestinationById& c) const {
        with_id(c.request, c.registration_id);
        out.put(c.destination_id.value);
    }
    void operator()(const AddCounter& c) const {
        put_request(out, c.request);
        put_key_and_label(c.type_id, c.key, c.label);
    }
    void operator()(const AddStaticCounter& c) const {
        put_request(out, c.request);
        out.put(c.registration_id);
        put_key_and_label(c.type_id, c.key, c.label);
    }
    void operator()(const TerminateDriver& c) const {
        put_request(out, c.request);
        out.put_text(as_text(c.token));
    }
    void operator()(const RejectImage& c) const {
        put_request(out, c.request);
        out.put(c.image_correlation_id.value).put(c.position.value).put_text(c.reason);
        if (out.bytes().size() < 40) out.align(40);  // Aeron's C driver takes a shorter one for malformed
    }
    void operator()(const NextSessionId& c) const {
        put_request(out, c.request);
        out.put(c.stream_id.value);
    }
    void operator()(const Refused&) const { ensure(false, "a refused record is never sent"); }

private:
    void with_id(const Request& request, CorrelationId id) const {
        put_request(out, request);
        out.put(id.value);
    }
    void put_key_and_label(std::int32_t type_id, std::span<const std::byte> key, std::string_view label) const {
        out.put(type_id).put(static_cast<std::int32_t>(key.size())).put_bytes(key).align(4).put_text(label);
    }
};

CommandType destination_type(DestinationChange change) noexcept {
    switch (change) {
    case DestinationChange::add_send: return CommandType::add_destination;
    case DestinationChange::remove_send: return CommandType::remove_destination;
    case DestinationChange::add_receive: return CommandType::add_receive_destination;
    case DestinationChange::remove_receive: return CommandType::remove_receive_destination;
    }
    return CommandType::add_destination;
}

struct TypeOfCommand {
    CommandType operator()(const AddPublication& c) const {
        return c.sharing == Sharing::exclusive ? CommandType::add_exclusive_publication : CommandType::add_publication;
    }
    CommandType operator()(const RemovePublication&) const { return CommandType::remove_publication; }
    CommandType operator()(const AddSubscription&) const { return CommandType::add_subscription; }
    CommandType operator()(const RemoveSubscription&) const { return CommandType::remove_subscription; }
    CommandType operator()(const ClientKeepalive&) const { return CommandType::client_keepalive; }
    CommandType operator()(const ChangeDestination& c) const { return destination_type(c.change); }
    CommandType operator()(const RemoveDestinationById&) const { return CommandType::remove_destination_by_id; }
    CommandType operator()(const AddCounter&) const { return CommandType::add_counter; }
    CommandType operator()(const AddStaticCounter&) const { return CommandType::add_static_counter; }
    CommandType operator()(const RemoveCounter&) const { return CommandType::remove_counter; }
    CommandType operator()(const ClientClose&) const { return CommandType::client_close; }
    CommandType operator()(const TerminateDriver&) const { return CommandType::terminate_driver; }
    CommandType operator()(const RejectImage&) const { return CommandType::reject_image; }
    CommandType operator()(const NextSessionId&) const { return CommandType::next_session_id; }
    CommandType operator()(const Refused& c) const { return CommandType{c.type}; }
};

}  // namespace

Command decode_command(std::int32_t type, std::span<const std::byte> payload) {
    MessageReader in{payload};
    Request request = take_request(in);
    if (!in.ok()) request = {no_client, CorrelationId{}};
    if (!is_command(type)) return Refused{type, false, request, "unknown command type " + std::to_string(type)};
    Command command = take_body(CommandType{type}, in, request);
    if (in.ok()) return command;
    std::string why{name(CommandType{type})};
    why += " of " + std::to_string(payload.size()) + " bytes is too short, or a length inside it reaches past its end";
    return Refused{type, true, request, why};
}

CommandType type_of(const Command& command) noexcept { return std::visit(TypeOfCommand{}, command); }

MessageWriter encode(const Command& command) {
    MessageWriter out;
    std::visit(CommandEncoder{out}, command);
    return out;
}

std::string_view name(CommandType type) noexcept {
    switch (type) {
    case CommandType::add_publication: return "ADD_PUBLICATION";
    case CommandType::remove_publication: return "REMOVE_PUBLICATION";
    case CommandType::add_exclusive_publication: return "ADD_EXCLUSIVE_PUBLICATION";
    case CommandType::add_subscription: return "ADD_SUBSCRIPTION";
    case CommandType::remove_subscription: return "REMOVE_SUBSCRIPTION";
    case CommandType::client_keepalive: return "CLIENT_KEEPALIVE";
    case CommandType::add_destination: return "ADD_DESTINATION";
    case CommandType::remove_destination: return "REMOVE_DESTINATION";
    case CommandType::add_counter: return "ADD_COUNTER";
    case CommandType::remove_counter: return "REMOVE_COUNTER";
    case CommandType::client_close: return "CLIENT_CLOSE";
    case CommandType::add_receive_destination: return "ADD_RCV_DESTINATION";
    case CommandType::remove_receive_destination: return "REMOVE_RCV_DESTINATION";
    case CommandType::terminate_driver: return "TERMINATE_DRIVER";
    case CommandType::add_static_counter: return "ADD_STATIC_COUNTER";
    case CommandType::reject_image: return "REJECT_IMAGE";
    case CommandType::remove_destination_by_id: return "REMOVE_DESTINATION_BY_ID";
    case CommandType::next_session_id: return "GET_NEXT_AVAILABLE_SESSION_ID";
    }
    return "UNKNOWN";
}

}  // namespace gale::control
