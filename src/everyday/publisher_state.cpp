#include "everyday/publisher_state.hpp"

#include "everyday/adding.hpp"
#include "everyday/idle.hpp"

#include <fmt/format.h>

#include <numeric>
#include <optional>
#include <utility>

namespace gale::everyday {
namespace {

std::variant<Publication, ExclusivePublication> add_publication(Connection& connection, const Config& config) {
    const StreamId stream{config.stream};
    if (config.exclusive)
        return add<ExclusivePublication>("an exclusive publication", connection, config, [&](Client& client) {
            return client.async_add_exclusive_publication(config.uri, stream);
        });
    return add<Publication>("a publication", connection, config,
                            [&](Client& client) { return client.async_add_publication(config.uri, stream); });
}

PutStatus status_of(OfferError error) noexcept {
    switch (error) {
    case OfferError::not_connected: return PutStatus::not_connected;
    case OfferError::back_pressured: return PutStatus::back_pressured;
    case OfferError::admin_action: return PutStatus::admin_action;
    case OfferError::closed: return PutStatus::closed;
    case OfferError::max_position_exceeded: return PutStatus::max_position_exceeded;
    case OfferError::error: return PutStatus::error;
    }
    return PutStatus::error;
}

}  // namespace

PublisherState::PublisherState(std::shared_ptr<Connection> connection, const Config& config)
    : connection_{std::move(connection)}, config_{config}, publication_{add_publication(*connection_, config_)},
      max_message_length_{static_cast<std::size_t>(constants().max_message_length)} {}

bool PublisherState::is_worth_a_retry(PutStatus status, const PutOptions& options) const noexcept {
    return status == PutStatus::back_pressured || status == PutStatus::admin_action ||
           (status == PutStatus::not_connected && (options.wait_for_subscriber || connection_->is_settling()));
}

template <class Content>
PutStatus PublisherState::put_content(std::size_t length, Content message, const PutOptions& options) {
    if (length > max_message_length_) [[unlikely]]
        return is_closed() ? PutStatus::closed : PutStatus::too_large;
    const auto attempt = [&](auto& publication) -> OfferResult {
        if (options.reserved_value == 0) return publication.offer(message);
        return publication.offer(message, [&](std::span<const std::byte>) { return options.reserved_value; });
    };
    const auto offer = [&] { return std::visit(attempt, publication_); };
    OfferResult result = offer();
    if (result) [[likely]]
        return PutStatus::success;
    PutStatus status = status_of(result.error());
    std::optional<Deadline> deadline;
    for (Idle idle; is_worth_a_retry(status, options) && !options.stop.stop_requested();) {
        if (!deadline) deadline.emplace(options.timeout);
        if (deadline->passed()) break;
        if (status != PutStatus::admin_action) idle.rest();
        result = offer();
        if (result) return PutStatus::success;
        status = status_of(result.error());
    }
    return status;
}

PutStatus PublisherState::put(Publisher::Bytes message, const PutOptions& options) {
    return put_content(message.size(), message, options);
}

PutStatus PublisherState::put(Publisher::Pieces message, const PutOptions& options) {
    const auto add_length = [](std::size_t sum, Publisher::Bytes piece) { return sum + piece.size(); };
    const std::size_t length = std::accumulate(message.begin(), message.end(), std::size_t{0}, add_length);
    return put_content(length, message, options);
}

bool PublisherState::is_closed() const noexcept {
    return connection_->is_closed() ||
           std::visit([](const auto& publication) { return publication.is_closed(); }, publication_);
}

bool PublisherState::is_connected() const noexcept {
    return std::visit([](const auto& publication) { return publication.is_connected(); }, publication_);
}

Error PublisherState::why_closed() const {
    return connection_->why_closed(fmt::format("the publication on '{}', stream {},", config_.uri, config_.stream));
}

const PublicationConstants& PublisherState::constants() const noexcept {
    return std::visit([](const auto& publication) -> const PublicationConstants& { return publication.constants(); },
                      publication_);
}

void PublisherState::close() noexcept {
    std::visit([](auto& publication) { publication.close(); }, publication_);
}

}  // namespace gale::everyday
