#include "control/events.hpp"

#include "base/ensure.hpp"

namespace gale::control {
namespace {

SessionId take_session(MessageReader& in) noexcept { return SessionId{in.take<std::int32_t>()}; }
CounterId take_counter(MessageReader& in) noexcept { return CounterId{in.take<std::int32_t>()}; }

// Braced initialisers evaluate left to right: each of these reads its fields in the order of the layout.
AvailableImage take_available_image(MessageReader& in) noexcept {
    AvailableImage event{take_id(in), take_session(in), take_stream(in), take_id(in), take_counter(in), in.take_text(),
                         {}};
    in.align(4);
    event.source_identity = in.take_text();
    return event;
}

PublicationErrorEvent take_publication_error(MessageReader& in) noexcept {
    return {take_id(in),
            take_id(in),
            take_session(in),
            take_stream(in),
            in.take<std::int64_t>(),
            in.take<std::int64_t>(),
            in.take<std::int16_t>(),
            in.take<std::uint16_t>(),
            in.take<std::array<std::byte, 16>>(),
            ErrorCode{in.take<std::int32_t>()},
            in.take_text()};
}

PublicationReady take_publication_ready(MessageReader& in, bool exclusive) noexcept {
    return {exclusive,       take_id(in),      take_id(in),      take_session(in),
            take_stream(in), take_counter(in), take_counter(in), in.take_text()};
}

Event take_body(EventType type, MessageReader& in) noexcept {
    switch (type) {
    case EventType::error: return ErrorEvent{take_id(in), ErrorCode{in.take<std::int32_t>()}, in.take_text()};
    case EventType::available_image: return take_available_image(in);
    case EventType::publication_ready: return take_publication_ready(in, false);
    case EventType::exclusive_publication_ready: return take_publication_ready(in, true);
    case EventType::operation_succeeded: return OperationSucceeded{take_id(in)};
    case EventType::unavailable_image:
        return UnavailableImage{take_id(in), take_id(in), take_stream(in), in.take_text()};
    case EventType::subscription_ready: return SubscriptionReady{take_id(in), take_counter(in)};
    case EventType::counter_ready: return CounterReady{take_id(in), take_counter(in)};
    case EventType::unavailable_counter: return UnavailableCounter{take_id(in), take_counter(in)};
    case EventType::client_timeout: return ClientTimeout{ClientId{in.take<std::int64_t>()}};
    case EventType::static_counter: return StaticCounter{take_id(in), take_counter(in)};
    case EventType::publication_error: return take_publication_error(in);
    case EventType::next_session_id: return NextSessionIdEvent{take_id(in), take_session(in)};
    }
    return UnreadableEvent{static_cast<std::int32_t>(type), false};
}

bool is_event(std::int32_t type) noexcept {
    return type >= static_cast<std::int32_t>(EventType::error) &&
           type <= static_cast<std::int32_t>(EventType::next_session_id);
}

struct EventEncoder {
    MessageWriter& out;
    void operator()(const ErrorEvent& e) const {
        out.put(e.correlation_id.value).put(static_cast<std::int32_t>(e.code)).put_text(e.text);
    }
    void operator()(const AvailableImage& e) const {
        out.put(e.image_correlation_id.value)
            .put(e.session_id.value)
            .put(e.stream_id.value)
            .put(e.subscription_id.value);
        out.put(e.position_counter.value).put_text(e.log_file).align(4).put_text(e.source_identity);
    }
    void operator()(const PublicationReady& e) const {
        out.put(e.correlation_id.value).put(e.original_id.value).put(e.session_id.value).put(e.stream_id.value);
        out.put(e.limit_counter.value).put(e.channel_status_counter.value).put_text(e.log_file);
    }
    void operator()(const OperationSucceeded& e) const { out.put(e.correlation_id.value); }
    void operator()(const UnavailableImage& e) const {
        out.put(e.image_correlation_id.value).put(e.subscription_id.value).put(e.stream_id.value).put_text(e.channel);
    }
    void operator()(const SubscriptionReady& e) const {
        out.put(e.correlation_id.value).put(e.channel_status_counter.value);
    }
    void operator()(const CounterReady& e) const { out.put(e.correlation_id.value).put(e.counter_id.value); }
    void operator()(const UnavailableCounter& e) const { out.put(e.registration_id.value).put(e.counter_id.value); }
    void operator()(const ClientTimeout& e) const { out.put(e.client_id.value); }
    void operator()(const StaticCounter& e) const { out.put(e.correlation_id.value).put(e.counter_id.value); }
    void operator()(const PublicationErrorEvent& e) const {
        out.put(e.original_id.value).put(e.destination_id.value).put(e.session_id.value).put(e.stream_id.value);
        out.put(e.receiver_id).put(e.group_tag).put(e.address_type).put(e.port).put(e.address);
        out.put(static_cast<std::int32_t>(e.code)).put_text(e.text);
        if (out.bytes().size() < 72) out.align(72);  // Aeron's C client takes a shorter one for malformed
    }
    void operator()(const NextSessionIdEvent& e) const { out.put(e.correlation_id.value).put(e.session_id.value); }
    void operator()(const UnreadableEvent&) const { ensure(false, "an unreadable event is never sent"); }
};

struct TypeOfEvent {
    EventType operator()(const ErrorEvent&) const { return EventType::error; }
    EventType operator()(const AvailableImage&) const { return EventType::available_image; }
    EventType operator()(const PublicationReady& e) const {
        return e.exclusive ? EventType::exclusive_publication_ready : EventType::publication_ready;
    }
    EventType operator()(const OperationSucceeded&) const { return EventType::operation_succeeded; }
    EventType operator()(const UnavailableImage&) const { return EventType::unavailable_image; }
    EventType operator()(const SubscriptionReady&) const { return EventType::subscription_ready; }
    EventType operator()(const CounterReady&) const { return EventType::counter_ready; }
    EventType operator()(const UnavailableCounter&) const { return EventType::unavailable_counter; }
    EventType operator()(const ClientTimeout&) const { return EventType::client_timeout; }
    EventType operator()(const StaticCounter&) const { return EventType::static_counter; }
    EventType operator()(const PublicationErrorEvent&) const { return EventType::publication_error; }
    EventType operator()(const NextSessionIdEvent&) const { return EventType::next_session_id; }
    EventType operator()(const UnreadableEvent& e) const { return EventType{e.type}; }
};

}  // namespace

Event decode_event(std::int32_t type, std::span<const std::byte> payload) noexcept {
    if (!is_event(type)) return UnreadableEvent{type, false};
    MessageReader in{payload};
    const Event event = take_body(EventType{type}, in);
    if (!in.ok()) return UnreadableEvent{type, true};
    return event;
}

EventType type_of(const Event& event) noexcept { return std::visit(TypeOfEvent{}, event); }

MessageWriter encode(const Event& event) {
    MessageWriter out;
    std::visit(EventEncoder{out}, event);
    return out;
}

}  // namespace gale::control
