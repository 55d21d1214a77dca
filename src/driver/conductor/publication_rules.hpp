/// What publications of every medium have in common: defaults, conflicts with one that is shared, the log's settings.
#pragma once

#include "channel/parameters.hpp"
#include "logbuffer/log.hpp"

#include <gale/driver_options.hpp>
#include <gale/types.hpp>

#include <cstdint>
#include <string>

namespace gale::driver {

/// What identifies a publication, and where its stream begins.
struct PublicationFacts {
    CorrelationId registration_id;
    ClientId client_id;
    SessionId session_id;
    StreamId stream_id;
    bool exclusive = false;
    std::string channel;
    channel::PublicationParameters parameters;
    TermId initial_term_id;
    TermId starting_term_id;
    std::int32_t starting_offset = 0;

    [[nodiscard]] Position start() const noexcept;
    /// -1: none.
    [[nodiscard]] std::int64_t response_correlation_id() const noexcept {
        return parameters.response_correlation_id.value_or(-1);
    }
};

[[nodiscard]] channel::PublicationDefaults publication_defaults(const DriverOptions& options);
/// What was given must agree with what is there; what was not given is not compared. Throws Error{generic}.
void check_match(const channel::PublicationParameters& wanted, const PublicationFacts& existing);
[[nodiscard]] logbuffer::LogSettings log_settings(const PublicationFacts& facts, std::int32_t page_size);

}  // namespace gale::driver
