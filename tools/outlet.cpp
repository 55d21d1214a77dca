#include "outlet.hpp"

#include "control/counter_types.hpp"
#include "text.hpp"

#include <gale/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace gale::tools {

using namespace std::chrono_literals;

Outlet::Outlet(Client& client, OutletSettings settings, const os::StopSignals& stop, Console& notices)
    : client_{client}, settings_{std::move(settings)}, stop_{stop}, notices_{notices} {
    if (settings_.exclusive) {
        exclusive_ = client.add_exclusive_publication(settings_.channel, settings_.stream);
    } else {
        shared_ = client.add_publication(settings_.channel, settings_.stream);
    }
}

bool Outlet::wait_for_subscriber() {
    const auto begin = std::chrono::steady_clock::now();
    bool told = false;
    bool explained = false;
    while (!is_connected()) {
        if (client_.is_closed()) throw_closed(client_);
        if (!explained && std::chrono::steady_clock::now() - begin > patience_before_why) {
            const Diagnosis why = exclusive_ ? exclusive_->diagnose() : shared_->diagnose();
            notices_.line(explain(why));
            explained = true;
        }
        if (!told && std::chrono::steady_clock::now() - begin > 500ms) {
            notices_.line(
                fmt::format("waiting for a subscriber: start `gale sub '{}' {}` in another terminal (Ctrl-C ends)",
                            settings_.channel, settings_.stream.value));
            told = true;
        }
        if (stop_.wait_for(1ms)) return false;
    }
    if (told) notices_.line("a subscriber is there");
    return true;
}

void Outlet::check_length(std::size_t length) const {
    const std::int32_t most = constants().max_message_length;
    if (length <= static_cast<std::size_t>(most)) return;
    throw Error{ErrorCode::invalid_argument,
                fmt::format("a message of {} bytes is too long here: at most {} fit, an eighth of the term. Use a "
                            "channel with a larger term-length.",
                            length, most)};
}

Sent Outlet::send(std::span<const std::byte> message) {
    check_length(message.size());  // an offer looks at that last, and nobody may be subscribed
    while (!stop_.requested()) {
        const OfferResult result = offer(message);
        if (result) {
            idle_.reset();
            return Sent::yes;
        }
        switch (result.error()) {
        case OfferError::admin_action: break;
        case OfferError::back_pressured: idle_.wait(); break;
        case OfferError::not_connected:
            if (settings_.without_subscriber == WithoutSubscriber::drop) return Sent::dropped;
            if (!wait_for_subscriber()) return Sent::stopped;
            break;
        case OfferError::closed: throw_closed(client_);
        case OfferError::max_position_exceeded:
            throw Error{ErrorCode::generic, "the stream has reached its last position: start again for a new one"};
        case OfferError::error:
            throw Error{ErrorCode::generic, fmt::format("the publication says {}", name(OfferError::error))};
        }
    }
    return Sent::stopped;
}

std::optional<std::int64_t> Outlet::backlog() const {
    const auto end = position();
    if (!end) throw_closed(client_);
    const std::int64_t publication = constants().original_registration_id.value;
    std::optional<std::int64_t> most;
    client_.counters().for_each([&](const CounterInfo& counter) {
        const bool reads_this =
            counter.type_id == static_cast<std::int32_t>(control::CounterType::subscriber_position) &&
            counter.reference_id == publication;
        if (reads_this) most = std::max(most.value_or(0), end->value - counter.value);
    });
    return most;
}

std::optional<std::int64_t> Outlet::unsent() const {
    const auto end = position();
    if (!end) throw_closed(client_);
    const auto counters = client_.counters();
    const auto sender = counters.find(static_cast<std::int32_t>(control::CounterType::sender_position),
                                      constants().original_registration_id.value);
    const auto sent = sender ? counters.value(*sender) : std::nullopt;
    return sent ? std::optional{end->value - *sent} : std::nullopt;
}

bool Outlet::read_to_the_end() const {
    // When the last subscriber has gone the driver takes the limit back to where the foremost of them had come.
    const auto begin = std::chrono::steady_clock::now();
    while (true) {
        const auto end = position();
        const auto limit = exclusive_ ? exclusive_->position_limit() : shared_->position_limit();
        if (!end || !limit) throw_closed(client_);
        if (*limit <= *end) return *limit == *end;
        if (stop_.wait_for(1ms) || std::chrono::steady_clock::now() - begin > 1s) return false;
    }
}

Drained Outlet::drain() {
    const auto end = position();
    if (!end) throw_closed(client_);
    while (!stop_.requested()) {
        const auto behind = backlog();  // over the network, of spies
        if (const auto left = unsent()) {
            if (*left <= 0 && behind.value_or(0) <= 0) return Drained::all_read;
            if (!is_connected()) return Drained::nobody_left;
            stop_.wait_for(1ms);
            continue;
        }
        if (behind && *behind <= 0) return Drained::all_read;
        if (!behind && !is_connected())
            return end->value == 0 || read_to_the_end() ? Drained::all_read : Drained::nobody_left;
        stop_.wait_for(1ms);
    }
    return Drained::stopped;
}

void Outlet::close() noexcept {
    if (shared_) shared_->close();
    if (exclusive_) exclusive_->close();
}

OfferResult Outlet::offer(std::span<const std::byte> message) {
    return exclusive_ ? exclusive_->offer(message) : shared_->offer(message);
}

std::optional<Position> Outlet::position() const noexcept {
    return exclusive_ ? exclusive_->position() : shared_->position();
}

const PublicationConstants& Outlet::constants() const noexcept {
    return exclusive_ ? exclusive_->constants() : shared_->constants();
}

bool Outlet::is_connected() const noexcept { return exclusive_ ? exclusive_->is_connected() : shared_->is_connected(); }

std::string explain(const Diagnosis& diagnosis) {
    const char* next = diagnosis.advice.empty() ? "" : ". What to do: ";
    return fmt::format("still waiting: {}{}{}", printable(diagnosis.what), next, printable(diagnosis.advice));
}

void throw_closed(const Client& client) {
    if (const auto reason = client.close_reason()) throw *reason;
    throw Error{ErrorCode::closed, "the stream was closed: has the media driver stopped?"};
}

}  // namespace gale::tools
