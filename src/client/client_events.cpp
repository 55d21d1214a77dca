// What the driver's news do to a client.
#include "client/client_core.hpp"

#include <cstdio>
#include <utility>

namespace gale::client {
namespace {

std::string_view without_line_end(std::string_view text) noexcept {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == '\0')) text.remove_suffix(1);
    return text;
}

std::string counter_trouble(CounterId id) {
    return "the driver named counter " + std::to_string(id.value) + ", which its counters have no room for";
}

std::string source_address(const control::PublicationErrorEvent& event) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned>(event.address[i]); };
    std::string host;
    if (event.address_type == 1) {
        for (std::size_t i = 0; i < 4; ++i) host += (i == 0 ? "" : ".") + std::to_string(byte(i));
    } else if (event.address_type == 2) {
        host = "[";
        for (std::size_t i = 0; i < 16; i += 2) {
            char group[8];
            std::snprintf(group, sizeof group, i == 0 ? "%x" : ":%x", (byte(i) << 8U) | byte(i + 1));
            host += group;
        }
        host += "]";
    } else {
        return {};
    }
    return host + ":" + std::to_string(event.port);
}

std::vector<std::uint8_t> source_ip(const control::PublicationErrorEvent& event) {
    const std::size_t length = event.address_type == 1 ? 4 : event.address_type == 2 ? 16 : 0;
    std::vector<std::uint8_t> bytes;
    for (std::size_t i = 0; i < length; ++i) bytes.push_back(static_cast<std::uint8_t>(event.address[i]));
    return bytes;
}

}  // namespace

struct ClientCore::Dispatch {
    ClientCore& core;
    void operator()(const control::ErrorEvent& event) const { core.on_refused(event); }
    void operator()(const control::AvailableImage& event) const { core.on_available_image(event); }
    void operator()(const control::UnavailableImage& event) const { core.on_unavailable_image(event); }
    void operator()(const control::PublicationReady& event) const { core.on_publication_ready(event); }
    void operator()(const control::SubscriptionReady& event) const { core.on_subscription_ready(event); }
    void operator()(const control::StaticCounter& event) const {
        core.on_counter(event.correlation_id, event.counter_id, RequestKind::static_counter);
    }
    void operator()(const control::CounterReady& event) const {
        core.on_counter_came(event.correlation_id, event.counter_id);
    }
    void operator()(const control::UnavailableCounter& event) const {
        core.on_counter_went(event.registration_id, event.counter_id);
    }
    void operator()(const control::OperationSucceeded& event) const {
        if (const auto request = core.take_request(event.correlation_id)) core.answer(*request, event.correlation_id);
        core.abandoned_.erase(event.correlation_id);
    }
    void operator()(const control::NextSessionIdEvent& event) const {
        if (const auto request = core.take_request(event.correlation_id)) core.answer(*request, event.session_id);
        core.abandoned_.erase(event.correlation_id);
    }
    void operator()(const control::ClientTimeout& event) const {
        if (event.client_id != core.id_) return;
        core.terminate(
            Error{ErrorCode::client_timeout, "the driver has not heard of this client for too long, and gave it up"});
    }
    void operator()(const control::PublicationErrorEvent& event) const { core.on_publication_error(event); }
    void operator()(const control::UnreadableEvent& event) const {
        const std::string type = std::to_string(event.type);
        core.report(event.known_type ? Error{ErrorCode::malformed_command,
                                             "the driver sent an event of type " + type + " that is too short"}
                                     : Error{ErrorCode::unknown_command,
                                             "the driver sent an event of type " + type + ", which nobody knows"});
    }
};

void ClientCore::on_event(const control::Event& event) { std::visit(Dispatch{*this}, event); }

ClientCore::Request ClientCore::take_request(CorrelationId id) noexcept {
    const auto found = requests_.find(id);
    if (found == requests_.end()) return nullptr;
    auto request = std::move(found->second);
    requests_.erase(found);
    expecting_.fetch_sub(1);
    return request;
}

void ClientCore::answer(PendingState& request, Answer answer) noexcept {
    request.answer = std::move(answer);
    request.set(PendingState::answered);
    os::WakeWord{request.status_word()}.wake();
}

void ClientCore::fail(PendingState& request, Error error) noexcept {
    request.error = std::move(error);
    request.set(PendingState::failed);
    os::WakeWord{request.status_word()}.wake();
}

void ClientCore::on_publication_ready(const control::PublicationReady& event) {
    const CorrelationId id = event.correlation_id;
    const auto request = take_request(id);
    if (!request) {
        if (abandoned_.erase(id) != 0) give_back(RequestKind::publication, id, Ending::drain);
        return;
    }
    try {
        if (!cnc_->counters().contains(event.limit_counter))
            throw Error{ErrorCode::generic, counter_trouble(event.limit_counter)};
        auto publication = std::make_shared<PublicationState>(
            Mappings{shared_from_this(), cnc_,
                     logs_.open({event.original_id, event.session_id, event.stream_id}, event.log_file)},
            PublicationConstants{.channel = request->details.channel,
                                 .registration_id = id,
                                 .original_registration_id = event.original_id,
                                 .stream_id = event.stream_id,
                                 .session_id = event.session_id,
                                 .initial_term_id = {},
                                 .max_possible_position = {},
                                 .limit_counter_id = event.limit_counter,
                                 .channel_status_id = event.channel_status_counter},
            event.exclusive);
        publications_.emplace(id, publication);
        answer(*request, publication);
    } catch (const Error& error) {
        // Nobody can have written to one of our own: there is nothing to drain. A shared one has others.
        give_back(RequestKind::publication, id, event.exclusive ? Ending::revoke : Ending::drain);
        return fail(*request, Error{error.code(), "cannot " + request->details.subject + ": " + error.what()});
    }
    const auto& handler = event.exclusive ? options_.on_new_exclusive_publication : options_.on_new_publication;
    if (handler)
        notices_.post([&handler, channel = request->details.channel, stream = event.stream_id,
                       session = event.session_id, id] { handler(channel, stream, session, id); });
}

void ClientCore::on_subscription_ready(const control::SubscriptionReady& event) {
    const CorrelationId id = event.correlation_id;
    const auto request = take_request(id);
    if (!request) {
        if (abandoned_.erase(id) != 0) give_back(RequestKind::subscription, id, Ending::drain);
        return;
    }
    auto& details = request->details;
    auto subscription =
        std::make_shared<SubscriptionState>(shared_from_this(), cnc_, id, details.channel, details.stream_id,
                                            event.channel_status_counter, std::move(details.handlers));
    subscriptions_.emplace(id, subscription);
    answer(*request, subscription);
    if (options_.on_new_subscription)
        notices_.post([this, channel = details.channel, stream = details.stream_id, id] {
            options_.on_new_subscription(channel, stream, id);
        });
}

void ClientCore::on_counter(CorrelationId id, CounterId counter, RequestKind kind) {
    const auto request = take_request(id);
    if (!request) {
        if (abandoned_.erase(id) != 0) give_back(kind, id, Ending::drain);
        return;
    }
    if (!cnc_->counters().contains(counter))
        return fail(*request,
                    Error{ErrorCode::generic, "cannot " + request->details.subject + ": " + counter_trouble(counter)});
    const bool is_static = kind == RequestKind::static_counter;
    const std::int64_t registration = is_static ? request->details.counter_registration_id : id.value;
    auto state = std::make_shared<CounterState>(shared_from_this(), cnc_, id, counter, registration, is_static);
    counters_.emplace(id, state);
    answer(*request, state);
}

void ClientCore::on_counter_came(CorrelationId registration_id, CounterId counter) {
    if (registration_id.value == id_.value && !heartbeat_.is_found())
        heartbeat_.find(cnc_->counters(), counter, tick_.wall);
    on_counter(registration_id, counter, RequestKind::counter);
    notify_counter_handlers(true, registration_id, counter);
}

void ClientCore::on_counter_went(CorrelationId registration_id, CounterId counter) {
    const auto own = counters_.find(registration_id);
    if (own != counters_.end() && own->second->id() == counter && !own->second->is_static()) {
        own->second->mark_closed();
        counters_.erase(own);
    }
    notify_counter_handlers(false, registration_id, counter);
}

void ClientCore::notify_counter_handlers(bool available, CorrelationId registration_id, CounterId counter) {
    auto& handlers = available ? available_counter_handlers_ : unavailable_counter_handlers_;
    for (const auto& entry : handlers)
        notices_.post([this, &handlers, handler_id = entry.first, registration_id, counter] {
            CounterHandler handler;
            {
                const std::lock_guard lock{mutex_};
                const auto found = handlers.find(handler_id);  // may have been removed since
                if (found != handlers.end()) handler = found->second;
            }
            if (handler) handler(CountersReader{cnc_}, registration_id, counter);
        });
}

void ClientCore::on_available_image(const control::AvailableImage& event) {
    const auto found = subscriptions_.find(event.subscription_id);
    if (found == subscriptions_.end()) return;
    const auto subscription = found->second;
    std::shared_ptr<ImageState> image;
    try {
        if (!cnc_->counters().contains(event.position_counter))
            throw Error{ErrorCode::generic, counter_trouble(event.position_counter)};
        image = std::make_shared<ImageState>(
            Mappings{shared_from_this(), cnc_,
                     logs_.open({event.image_correlation_id, event.session_id, event.stream_id}, event.log_file)},
            ImageConstants{.correlation_id = event.image_correlation_id,
                           .subscription_id = event.subscription_id,
                           .session_id = event.session_id,
                           .stream_id = event.stream_id,
                           .position_counter_id = event.position_counter,
                           .source_identity = std::string{event.source_identity}});
    } catch (const Error& error) {
        return report(Error{error.code(), "an image of session " + std::to_string(event.session_id.value) +
                                              " for subscription " + subscription->channel() +
                                              " is missing: " + error.what()});
    }
    if (const auto& attach = subscription->handlers().attach) image->attach(attach(Image{image}));
    if (!subscription->add(image)) return;
    notices_.post([subscription, image] {
        const auto& handler = subscription->handlers().on_available_image;
        if (handler && !subscription->is_closed()) handler(Image{image});
    });
}

void ClientCore::on_unavailable_image(const control::UnavailableImage& event) {
    const auto found = subscriptions_.find(event.subscription_id);
    if (found == subscriptions_.end()) return;
    const auto subscription = found->second;
    const auto image = subscription->remove(event.image_correlation_id);
    if (!image) return;
    notices_.post([subscription, image] {
        const auto& handler = subscription->handlers().on_unavailable_image;
        if (handler && !subscription->is_closed()) handler(Image{image});
    });
}

void ClientCore::on_refused(const control::ErrorEvent& event) {
    const std::string_view text = without_line_end(event.text);
    // First of all: with this code the number is a counter's, and may by chance be that of a request.
    if (event.code == ErrorCode::channel_endpoint_error) {
        const auto tell = [&](std::string_view what, const std::string& channel) {
            report(Error{event.code,
                         "the channel of " + std::string{what} + " " + channel + " has trouble: " + std::string{text}});
        };
        for (const auto& entry : publications_)
            if (entry.second->constants().channel_status_id.value == event.correlation_id.value)
                tell("publication", entry.second->constants().channel);
        for (const auto& entry : subscriptions_)
            if (entry.second->status_counter().value == event.correlation_id.value)
                tell("subscription", entry.second->channel());
        return;
    }
    abandoned_.erase(event.correlation_id);
    const auto request = take_request(event.correlation_id);
    if (!request) return;
    fail(*request, Error{event.code, "the driver refused to " + request->details.subject + ": " + std::string{text}});
}

void ClientCore::on_publication_error(const control::PublicationErrorEvent& event) {
    if (!options_.on_publication_error) return;
    const PublicationError error{.original_registration_id = event.original_id,
                                 .destination_registration_id = event.destination_id,
                                 .session_id = event.session_id,
                                 .stream_id = event.stream_id,
                                 .receiver_id = event.receiver_id,
                                 .group_tag = event.group_tag,
                                 .code = event.code,
                                 .text = std::string{without_line_end(event.text)},
                                 .source_address = source_address(event),
                                 .source_ip = source_ip(event),
                                 .source_port = static_cast<std::uint16_t>(event.port)};
    for (const auto& entry : publications_)
        if (entry.second->constants().original_registration_id == event.original_id)
            notices_.post([this, error] { options_.on_publication_error(error); });
}

}  // namespace gale::client
