#include "client/client_core.hpp"

#include <gale/client.hpp>

#include <utility>

namespace gale {
namespace {

// Without this a default-constructed or moved-from Client would have nothing to ask.
client::ClientCore& open(const std::shared_ptr<client::ClientCore>& core) {
    if (!core) throw Error{ErrorCode::closed, "the client is closed: it was moved from"};
    return *core;
}

client::ClientCore& outside_handlers(const std::shared_ptr<client::ClientCore>& core, std::string_view call) {
    open(core).refuse_in_handler(call, "use async_" + std::string{call});
    return *core;
}

}  // namespace

Client::Client(std::shared_ptr<client::ClientCore> core) noexcept : core_{std::move(core)} {}
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&& other) noexcept {
    if (this == &other) return *this;
    close();
    core_ = std::move(other.core_);
    return *this;
}
Client::~Client() { close(); }

Client Client::connect(ClientOptions options) { return Client{client::ClientCore::connect(std::move(options))}; }

Publication Client::add_publication(std::string_view channel, StreamId stream) {
    outside_handlers(core_, "add_publication");
    return async_add_publication(channel, stream).wait();
}
ExclusivePublication Client::add_exclusive_publication(std::string_view channel, StreamId stream) {
    outside_handlers(core_, "add_exclusive_publication");
    return async_add_exclusive_publication(channel, stream).wait();
}
Subscription Client::add_subscription(std::string_view channel, StreamId stream, SubscriptionHandlers handlers) {
    outside_handlers(core_, "add_subscription");
    return async_add_subscription(channel, stream, std::move(handlers)).wait();
}
Counter Client::add_counter(const CounterOptions& options) {
    outside_handlers(core_, "add_counter");
    return async_add_counter(options).wait();
}
Counter Client::add_static_counter(const CounterOptions& options, std::int64_t registration_id) {
    outside_handlers(core_, "add_static_counter");
    return async_add_static_counter(options, registration_id).wait();
}
SessionId Client::next_session_id(StreamId stream) {
    outside_handlers(core_, "next_session_id");
    return async_next_session_id(stream).wait();
}

Pending<Publication> Client::async_add_publication(std::string_view channel, StreamId stream) {
    return Pending<Publication>{open(core_).add_publication(channel, stream, control::Sharing::concurrent)};
}
Pending<ExclusivePublication> Client::async_add_exclusive_publication(std::string_view channel, StreamId stream) {
    return Pending<ExclusivePublication>{open(core_).add_publication(channel, stream, control::Sharing::exclusive)};
}
Pending<Subscription> Client::async_add_subscription(std::string_view channel, StreamId stream,
                                                     SubscriptionHandlers handlers) {
    return Pending<Subscription>{open(core_).add_subscription(channel, stream, std::move(handlers))};
}
Pending<Counter> Client::async_add_counter(const CounterOptions& options) {
    return Pending<Counter>{open(core_).add_counter(options)};
}
Pending<Counter> Client::async_add_static_counter(const CounterOptions& options, std::int64_t registration_id) {
    return Pending<Counter>{open(core_).add_static_counter(options, registration_id)};
}
Pending<SessionId> Client::async_next_session_id(StreamId stream) {
    return Pending<SessionId>{open(core_).next_session_id(stream)};
}

int Client::add_close_handler(std::function<void()> handler) {
    return open(core_).add_close_handler(std::move(handler));
}
void Client::remove_close_handler(int id) { open(core_).remove_close_handler(id); }
int Client::add_available_counter_handler(
    std::function<void(const CountersReader&, CorrelationId, CounterId)> handler) {
    return open(core_).add_available_counter_handler(std::move(handler));
}
int Client::add_unavailable_counter_handler(
    std::function<void(const CountersReader&, CorrelationId, CounterId)> handler) {
    return open(core_).add_unavailable_counter_handler(std::move(handler));
}
void Client::remove_counter_handler(int id) { open(core_).remove_counter_handler(id); }

CountersReader Client::counters() const { return CountersReader{open(core_).cnc()}; }
ClientId Client::client_id() const noexcept { return core_ ? core_->id() : no_client; }
const std::string& Client::directory() const noexcept {
    static const std::string none;
    return core_ ? core_->options().directory : none;
}
bool Client::is_closed() const noexcept { return !core_ || core_->is_closed(); }
std::optional<Error> Client::close_reason() const { return core_ ? core_->close_reason() : std::nullopt; }

int Client::do_work() {
    auto& core = open(core_);
    if (core.options().conductor != ConductorMode::invoker)
        throw Error{ErrorCode::invalid_argument,
                    "this client has a conductor thread; do_work is for those connected with ConductorMode::invoker"};
    return core.do_work();
}

void Client::close() noexcept {
    if (core_) core_->close();
}

}  // namespace gale
