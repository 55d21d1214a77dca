#include "channel/common.hpp"
#include "channel/keys.hpp"
#include "channel/parameters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

namespace gale::channel {
namespace {

/// From 0 to 2^32 - 1: term ids wrap, so more than 2^31 - 1 means that `to` comes before `from`.
std::int64_t terms_between(TermId from, TermId to) noexcept {
    return static_cast<std::uint32_t>(to.value) - static_cast<std::uint32_t>(from.value);
}

[[noreturn]] void refuse_value(const Uri& uri, std::string_view key, std::string_view allowed) {
    refuse(ErrorCode::generic, uri.given(key), allowed);
}

/// docs/formats/channel-uri.md, rules for publications: ports and control modes.
void check_udp(const Uri& uri, const UdpParameters& udp) {
    if (!uri.is_udp()) return;
    if (udp.endpoint && udp.endpoint->port == 0 && !udp.is_multi_destination())
        refuse_value(uri, key::endpoint, "a publication needs a port from 1 to 65535 to send to");
    if (udp.control_mode == ControlMode::dynamic && !udp.has_explicit_control())
        refuse_value(uri, key::control_mode, "a multicast endpoint has no control address of its own");
    if (udp.control && !udp.endpoint && udp.control_mode == ControlMode::none)
        refuse_value(uri, key::control, "a publication with control needs an endpoint or a control-mode");
}

std::optional<StartPosition> parse_start(const Uri& uri, std::int32_t term_length) {
    const std::array keys{key::initial_term_id, key::term_id, key::term_offset};
    const auto given = std::ranges::count_if(keys, [&](auto key) { return uri.has(key); });
    if (given == 0) return std::nullopt;
    if (given != 3)
        refuse(ErrorCode::generic, uri.text(), "init-term-id, term-id and term-offset are a set, all three or none");
    const StartPosition start{.initial_term_id = TermId{read_int32(uri.given(key::initial_term_id))},
                              .term_id = TermId{read_int32(uri.given(key::term_id))},
                              .term_offset = read_term_offset(uri.given(key::term_offset))};
    if (terms_between(start.initial_term_id, start.term_id) > std::numeric_limits<std::int32_t>::max())
        refuse_value(uri, key::term_id,
                     fmt::format("it must not be before init-term-id={}", start.initial_term_id.value));
    if (start.term_offset > term_length)
        refuse_value(uri, key::term_offset, fmt::format("it must not exceed the term length {}", term_length));
    return start;
}

void check_response(const Uri& uri, const PublicationParameters& parameters) {
    if (!uri.is_udp()) return;
    const bool answers = parameters.udp.control_mode == ControlMode::response;
    if (answers && !parameters.response_correlation_id)
        refuse(ErrorCode::generic, uri.text(),
               "control-mode=response needs response-correlation-id: an image's, or prototype");
    if (!answers && parameters.is_response_prototype())
        refuse_value(uri, key::response_correlation_id, "prototype needs control-mode=response");
}

void check_mtu(const Uri& uri, const PublicationParameters& parameters, std::int32_t default_send_buffer) {
    const auto mtu = parameters.settings.mtu;
    if (mtu > parameters.settings.term_length / 8)
        refuse_value(uri, key::mtu,
                     fmt::format("the mtu {} must not exceed an eighth of the term length {}", mtu,
                                 parameters.settings.term_length));
    const auto stated = parameters.udp.socket_send_buffer.value_or(0);
    const auto buffer = stated != 0 ? stated : default_send_buffer;
    if (uri.is_udp() && buffer != 0 && mtu > buffer)
        refuse_value(uri, key::mtu,
                     fmt::format("the mtu {} must not exceed the socket send buffer so-sndbuf, {}", mtu, buffer));
}

/// Sizes after their defaults; the window last, since it is measured against the other two.
void settle_sizes(PublicationParameters& result, const Uri& uri, const PublicationDefaults& defaults) {
    const auto& log = uri.is_udp() ? defaults.udp : defaults.ipc;
    auto& settings = result.settings;
    result.term_length = read_if(uri, key::term_length, read_term_length);
    settings.term_length = result.term_length.value_or(log.term_length);
    result.max_resend = read_if(uri, key::max_resend, read_max_resend);
    settings.max_resend = result.max_resend.value_or(defaults.max_resend);
    result.mtu = read_if(uri, key::mtu, read_mtu);
    settings.mtu = result.mtu.value_or(log.mtu);
    check_mtu(uri, result, defaults.socket_send_buffer);
    result.window = read_if(uri, key::publication_window, read_bytes);
    if (result.window) check_window(uri.given(key::publication_window), *result.window, settings);
    const auto half = settings.term_length / 2;
    settings.window = result.window.value_or(log.window == 0 ? half : std::min(log.window, half));
}

void settle_flags(PublicationParameters& result, const Uri& uri, const PublicationDefaults& defaults) {
    result.sparse = read_if(uri, key::sparse, read_flag);
    result.end_of_stream = read_if(uri, key::end_of_stream, read_flag);
    result.spies_simulate_connection = read_if(uri, key::spies_simulate_connection, read_flag);
    result.settings.sparse = result.sparse.value_or(defaults.sparse);
    result.settings.end_of_stream = result.end_of_stream.value_or(defaults.end_of_stream);
    result.settings.spies_simulate_connection =
        result.spies_simulate_connection.value_or(defaults.spies_simulate_connection);
}

void settle_response(PublicationParameters& result, const Uri& uri) {
    result.response_correlation_id = read_if(uri, key::response_correlation_id, read_response_correlation_id);
    if (result.response_correlation_id == -1) result.response_correlation_id.reset();
}

/// A template for publications to come needs no room of its own; on IPC it keeps its term length.
void shrink_prototype(PublicationParameters& result, const Uri& uri) {
    if (!uri.is_udp() || !result.is_response_prototype()) return;
    result.settings.term_length = min_term_length;
    result.settings.window = std::min(result.settings.window, min_term_length / 2);
}

}  // namespace

Position StartPosition::position(std::int32_t term_length) const noexcept {
    return Position{terms_between(initial_term_id, term_id) * term_length + term_offset};
}

bool PublicationParameters::needs_tagged_endpoint() const noexcept {
    return media == Media::udp && tags.channel && !udp.endpoint && !udp.control &&
           udp.control_mode != ControlMode::manual;
}

void check_window(const Given& given, std::int32_t window, const PublicationSettings& settings) {
    if (window < settings.mtu || window > settings.term_length / 2)
        refuse(ErrorCode::generic, given,
               fmt::format("it must be a size from the mtu {} to half a term, {}", settings.mtu,
                           settings.term_length / 2));
}

void check_log(const Uri& uri) {
    // What is not stated is the driver's choice: take what contradicts least.
    const PublicationDefaults::Log widest{.mtu = min_mtu, .term_length = max_term_length};
    PublicationParameters stated;
    stated.udp.socket_send_buffer = read_if(uri, key::socket_send_buffer, read_bytes);
    settle_sizes(stated, uri, {.udp = widest, .ipc = widest});
    static_cast<void>(parse_start(uri, stated.settings.term_length));
}

std::optional<std::int64_t> session_tag(const Uri& uri) {
    const auto session = read_if(uri, key::session_id, read_session);
    return session ? session->tag : std::nullopt;
}

PublicationParameters parse_publication(const Uri& uri, const PublicationDefaults& defaults) {
    if (uri.is_spy()) refuse(ErrorCode::invalid_channel, uri.text(), "a publication cannot be a spy");
    auto common = parse_common(uri);
    PublicationParameters result{.media = uri.media(), .udp = std::move(common.udp), .tags = common.tags};
    const auto session = read_if(uri, key::session_id, read_session).value_or(SessionChoice{});
    result.session_id = session.id;
    result.session_tag = session.tag;
    result.linger = read_if(uri, key::linger, read_duration);
    result.settings.linger = result.linger.value_or(defaults.linger);
    settle_sizes(result, uri, defaults);
    result.start = parse_start(uri, result.settings.term_length);
    settle_flags(result, uri, defaults);
    settle_response(result, uri);
    result.untethered = parse_untethered(uri);
    result.settings.untethered = settle(result.untethered, defaults.untethered);
    if (const auto stream = read_if(uri, key::stream_id, read_int32)) result.stream_id = StreamId{*stream};
    check_udp(uri, result.udp);
    check_response(uri, result);
    if (uri.is_udp()) result.flow_control = read_if(uri, key::flow_control, parse_flow_control);
    shrink_prototype(result, uri);
    return result;
}

}  // namespace gale::channel
