#include "driver/conductor/publication_rules.hpp"

#include "base/text.hpp"
#include "logbuffer/geometry.hpp"

#include <gale/error.hpp>

#include <string_view>

namespace gale::driver {
namespace {

[[noreturn]] void conflict(std::string_view parameter, const std::string& wanted, const std::string& existing,
                           const PublicationFacts& publication) {
    throw Error{ErrorCode::generic, std::string{parameter} + "=" + wanted + " conflicts with publication " +
                                        std::to_string(publication.registration_id.value) + " of stream " +
                                        std::to_string(publication.stream_id.value) + ", which has " + existing +
                                        ": ask for the same, leave it out, or add an exclusive publication"};
}

}  // namespace

Position PublicationFacts::start() const noexcept {
    return logbuffer::Geometry{initial_term_id, parameters.settings.term_length}.position(
        {starting_term_id, starting_offset});
}

channel::PublicationDefaults publication_defaults(const DriverOptions& options) {
    channel::PublicationDefaults defaults;
    defaults.ipc = {.mtu = static_cast<std::int32_t>(options.ipc_mtu_length),
                    .term_length = static_cast<std::int32_t>(options.ipc_term_buffer_length),
                    .window = static_cast<std::int32_t>(options.ipc_publication_term_window_length)};
    defaults.udp = {.mtu = static_cast<std::int32_t>(options.mtu_length),
                    .term_length = static_cast<std::int32_t>(options.term_buffer_length),
                    .window = static_cast<std::int32_t>(options.publication_term_window_length)};
    defaults.linger = options.publication_linger_timeout;
    defaults.max_resend = static_cast<std::int32_t>(options.max_resend);
    defaults.sparse = options.term_buffer_sparse_file;
    defaults.spies_simulate_connection = options.spies_simulate_connection;
    defaults.untethered = {.window_limit = options.untethered_window_limit_timeout,
                           .linger = options.untethered_linger_timeout,
                           .resting = options.untethered_resting_timeout};
    return defaults;
}

void check_match(const channel::PublicationParameters& wanted, const PublicationFacts& existing) {
    const auto& settings = existing.parameters.settings;
    if (wanted.session_id && *wanted.session_id != existing.session_id)
        conflict("session-id", std::to_string(wanted.session_id->value), std::to_string(existing.session_id.value),
                 existing);
    if (wanted.mtu && *wanted.mtu != settings.mtu)
        conflict("mtu", format_size(*wanted.mtu), format_size(settings.mtu), existing);
    if (wanted.term_length && *wanted.term_length != settings.term_length)
        conflict("term-length", format_size(*wanted.term_length), format_size(settings.term_length), existing);
    if (!wanted.start) return;
    const auto& start = *wanted.start;
    if (start.initial_term_id != existing.initial_term_id)
        conflict("init-term-id", std::to_string(start.initial_term_id.value),
                 std::to_string(existing.initial_term_id.value), existing);
    if (start.term_id != existing.starting_term_id)
        conflict("term-id", std::to_string(start.term_id.value), std::to_string(existing.starting_term_id.value),
                 existing);
    if (start.term_offset != existing.starting_offset)
        conflict("term-offset", std::to_string(start.term_offset), std::to_string(existing.starting_offset), existing);
}

logbuffer::LogSettings log_settings(const PublicationFacts& facts, std::int32_t page_size) {
    const auto& settings = facts.parameters.settings;
    return {.type = facts.exclusive ? logbuffer::LogType::exclusive_publication
                                    : logbuffer::LogType::concurrent_publication,
            .correlation_id = facts.registration_id,
            .session_id = facts.session_id,
            .stream_id = facts.stream_id,
            .initial_term_id = facts.initial_term_id,
            .starting_term_id = facts.starting_term_id,
            .starting_offset = facts.starting_offset,
            .term_length = settings.term_length,
            .page_size = page_size,
            .mtu_length = settings.mtu,
            .publication_window_length = settings.window,
            .max_resend = facts.parameters.max_resend.value_or(0),
            .entity_tag = facts.parameters.tags.entity.value_or(-1),
            .response_correlation_id = facts.response_correlation_id(),
            .linger_timeout = settings.linger,
            .untethered_window_limit_timeout = settings.untethered.window_limit,
            .untethered_linger_timeout = settings.untethered.linger.value_or(settings.untethered.window_limit),
            .untethered_resting_timeout = settings.untethered.resting,
            .sparse = settings.sparse,
            .signal_eos = settings.end_of_stream,
            .spies_simulate_connection = settings.spies_simulate_connection};
}

}  // namespace gale::driver
