#include "everyday/connection.hpp"
#include "everyday/subscriber_state.hpp"
#include "everyday/watch_loop.hpp"

#include <gale/watch.hpp>

#include <utility>

namespace gale {

Watch::Watch() noexcept = default;
Watch::Watch(std::shared_ptr<everyday::SubscriberState> subscriber,
             std::shared_ptr<everyday::WatchEntry> entry) noexcept
    : subscriber_{std::move(subscriber)}, entry_{std::move(entry)} {}
Watch::Watch(Watch&&) noexcept = default;
Watch& Watch::operator=(Watch&& other) noexcept {
    if (this != &other) {
        stop();
        subscriber_ = std::move(other.subscriber_);
        entry_ = std::move(other.entry_);
    }
    return *this;
}
Watch::~Watch() { stop(); }

void Watch::set_active(bool active) noexcept {
    if (entry_ != nullptr) entry_->set_active(active);
}

bool Watch::is_active() const noexcept { return is_watching() && entry_->is_active(); }

bool Watch::is_watching() const noexcept { return entry_ != nullptr && !entry_->is_retired(); }

std::int64_t Watch::seen_count() const noexcept { return entry_ == nullptr ? 0 : entry_->seen_count(); }

std::int64_t Watch::call_count() const noexcept { return entry_ == nullptr ? 0 : entry_->call_count(); }

std::exception_ptr Watch::last_error() const { return entry_ == nullptr ? nullptr : entry_->last_error(); }

void Watch::stop() noexcept {
    // Nothing is let go before the destructor: other threads may ask and stop, too.
    if (entry_ != nullptr) subscriber_->watches().remove(entry_);
}

Watch watch(const Subscriber& subscriber, Watch::Handler handler, WatchOptions options) {
    if (!handler) throw Error{ErrorCode::invalid_argument, "a watch needs a handler"};
    if (options.every < 1) throw Error{ErrorCode::invalid_argument, "WatchOptions::every must be 1 or more"};
    const auto& state = subscriber.state();
    if (state->is_closed()) throw state->why_closed();
    auto entry = std::make_shared<everyday::WatchEntry>(std::move(handler), std::move(options));
    state->connection()->remember_watched(state);
    state->watches().add(state, entry);
    return Watch{state, std::move(entry)};
}

void unwatch(Watch& watch) noexcept { watch.stop(); }

void unwatch_all(const Context& context) {
    for (const auto& subscriber : context.connection()->watched()) subscriber->watches().remove_all();
}

}  // namespace gale
