/// One request to the driver, and what became of it.
#pragma once

#include "client/counter_state.hpp"
#include "client/publication_state.hpp"
#include "client/subscription_state.hpp"

#include <gale/error.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>

namespace gale::client {

enum class RequestKind : std::uint8_t {
    publication,
    exclusive_publication,
    subscription,
    counter,
    static_counter,
    session_id,
    acknowledgement,  ///< destinations, rejections: done, or refused
};

/// What was asked for; the answer is made of it.
struct RequestDetails {
    RequestKind kind = RequestKind::acknowledgement;
    std::string subject;  ///< for texts: `publication aeron:ipc on stream 10`
    std::string channel{};
    StreamId stream_id{};
    SubscriptionHandlers handlers{};
    std::int64_t counter_registration_id = 0;  ///< of a static counter
};

using Answer = std::variant<std::monostate, std::shared_ptr<PublicationState>, std::shared_ptr<SubscriptionState>,
                            std::shared_ptr<CounterState>, SessionId, CorrelationId>;

/// Written by the core under its lock; whoever waits watches `status`.
class PendingState {
public:
    enum Status : std::uint32_t { waiting = 0, answered = 1, failed = 2, taken = 3, cancelled = 4 };

    PendingState(std::shared_ptr<ClientCore> core, CorrelationId id, Nanos deadline, RequestDetails what)
        : details{std::move(what)}, core_{std::move(core)}, id_{id}, deadline_{deadline} {}
    PendingState(const PendingState&) = delete;
    PendingState& operator=(const PendingState&) = delete;

    [[nodiscard]] CorrelationId id() const noexcept { return id_; }
    [[nodiscard]] Nanos deadline() const noexcept { return deadline_; }
    [[nodiscard]] const std::shared_ptr<ClientCore>& core() const noexcept { return core_; }
    [[nodiscard]] Status status() const noexcept { return Status{status_.load(std::memory_order_acquire)}; }
    [[nodiscard]] const void* status_word() const noexcept { return &status_; }

    /// These three: the core, under its lock. What was written before is seen by whoever sees the status.
    void set(Status status) noexcept { status_.store(status, std::memory_order_release); }
    RequestDetails details;
    Answer answer;
    std::optional<Error> error;

private:
    std::shared_ptr<ClientCore> core_;
    CorrelationId id_;
    Nanos deadline_;
    std::atomic<std::uint32_t> status_{waiting};
};

}  // namespace gale::client
