/// What stands behind a publisher: one of the two kinds of publication, and what to say when it is closed.
#pragma once

#include "everyday/connection.hpp"

#include <gale/config.hpp>
#include <gale/publication.hpp>
#include <gale/publisher.hpp>

#include <memory>
#include <string>
#include <variant>

namespace gale::everyday {

class PublisherState {
public:
    PublisherState(std::shared_ptr<Connection> connection, const Config& config);

    PutStatus put(Publisher::Bytes message, const PutOptions& options);
    PutStatus put(Publisher::Pieces message, const PutOptions& options);
    [[nodiscard]] const PutOptions& put_options() const noexcept { return config_.put; }
    [[nodiscard]] const std::string& uri() const noexcept { return config_.uri; }
    [[nodiscard]] bool is_closed() const noexcept;
    [[nodiscard]] bool is_connected() const noexcept;
    [[nodiscard]] Error why_closed() const;
    [[nodiscard]] const PublicationConstants& constants() const noexcept;
    void close() noexcept;

private:
    [[nodiscard]] bool is_worth_a_retry(PutStatus status, const PutOptions& options) const noexcept;
    template <class Content> PutStatus put_content(std::size_t length, Content message, const PutOptions& options);

    std::shared_ptr<Connection> connection_;
    Config config_;
    std::variant<Publication, ExclusivePublication> publication_;
    std::size_t max_message_length_;
};

}  // namespace gale::everyday
