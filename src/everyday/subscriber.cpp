#include "everyday/idle.hpp"
#include "everyday/subscriber_state.hpp"

#include <gale/subscriber.hpp>

#include <utility>

namespace gale {

using everyday::AtClose;

MessageIterator::MessageIterator(std::shared_ptr<everyday::SubscriberState> state, ReadOptions options)
    : state_{std::move(state)}, options_{std::move(options)} {
    ++*this;
}

MessageIterator& MessageIterator::operator++() {
    message_.reset();  // first, so that its buffer is the one that is used again
    state_->expect_unwatched();
    message_ = state_->next(options_, AtClose::finish);
    return *this;
}

MessageRange::MessageRange(std::shared_ptr<everyday::SubscriberState> state, ReadOptions options)
    : state_{std::move(state)}, options_{std::move(options)} {}

Subscriber::Subscriber(std::shared_ptr<everyday::SubscriberState> state) noexcept : state_{std::move(state)} {}
Subscriber::Subscriber(Subscriber&&) noexcept = default;
Subscriber& Subscriber::operator=(Subscriber&&) noexcept = default;
Subscriber::~Subscriber() = default;

const std::shared_ptr<everyday::SubscriberState>& Subscriber::state() const {
    if (state_ == nullptr) throw Error{ErrorCode::closed, "the subscriber was moved away"};
    return state_;
}

Message Subscriber::take() { return *take(std::stop_token{}); }

std::optional<Message> Subscriber::take(const std::stop_token& stop) { return take_for(forever, stop); }

std::optional<Message> Subscriber::take_for(Nanos timeout, const std::stop_token& stop) {
    state()->expect_unwatched();
    return state_->next({.stop = stop, .quiet = timeout}, AtClose::fail);
}

std::optional<Message> Subscriber::try_take() {
    state()->expect_unwatched();
    for (;;) {
        PollResult result = state_->read(everyday::SubscriberState::fragments_per_turn);
        if (result.message || result.fragments == 0) return std::move(result.message);
    }
}

MessageIterator Subscriber::begin() const { return MessageIterator{state(), {}}; }

MessageRange Subscriber::messages(ReadOptions options) const { return {state(), std::move(options)}; }

PollResult Subscriber::poll(const PollOptions& options) {
    state()->expect_unwatched();
    if (options.discard) return {.fragments = state_->discard(options.fragment_limit)};
    return state_->read(options.fragment_limit);
}

int Subscriber::poll(FunctionRef<void(const Message&)> handler, int fragment_limit) {
    const auto kept = state();  // the handler may drop this subscriber
    kept->expect_unwatched();
    return kept->deliver(handler, fragment_limit);
}

int Subscriber::discard() {
    state()->expect_unwatched();
    return state_->discard_all();
}

bool Subscriber::is_connected() const noexcept { return session_count() > 0; }

bool Subscriber::wait_connected(Nanos timeout, const std::stop_token& stop) const {
    const auto settled = [&] { return is_closed() || is_connected(); };
    return everyday::wait_until(settled, timeout, stop) && !is_closed();
}

int Subscriber::session_count() const noexcept { return state_ == nullptr ? 0 : state_->session_count(); }

bool Subscriber::is_closed() const noexcept { return state_ == nullptr || state_->is_closed(); }

std::optional<Error> Subscriber::close_reason() const {
    if (state_ == nullptr) return Error{ErrorCode::closed, "the subscriber was moved away"};
    return state_->is_closed() ? std::optional<Error>{state_->why_closed()} : std::nullopt;
}

const std::string& Subscriber::uri() const { return state()->uri(); }
StreamId Subscriber::stream_id() const { return state()->stream_id(); }

void Subscriber::close() noexcept {
    if (state_ != nullptr) state_->close();
}

Subscriber subscriber(const Context& context, const Config& config) {
    return Subscriber{std::make_shared<everyday::SubscriberState>(context.connection(), config)};
}

}  // namespace gale
