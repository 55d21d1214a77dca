/// Every counter that a driver keeps: one row each. docs/formats/counters.md, types.
#pragma once

#include <gale/types.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gale::control {

enum class CounterType : std::int32_t {
    system = 0,
    publisher_limit = 1,
    sender_position = 2,
    receiver_high_water_mark = 3,
    subscriber_position = 4,
    receiver_position = 5,
    send_channel_status = 6,
    receive_channel_status = 7,
    sender_limit = 9,
    per_image = 10,
    client_heartbeat = 11,
    publisher_position = 12,
    sender_back_pressure = 13,
    local_socket_address = 14,
    resolver_neighbors = 15,
    resolver_cache_entries = 16,
    flow_control_receivers = 17,
    mdc_destinations = 18,
    sender_naks_received = 19,
    receiver_naks_sent = 20,
    bootstrap_neighbor = 21,
    // Ours; Aeron's drivers, archives and clusters stay far below.
    refused = 900,
};

/// What the driver refused others, since a limit of its own says so. Counters of type `refused`; the registration id
/// and the key are this number.
enum class Refusal : std::int32_t {
    sessions = 0,     ///< SETUPs beyond the sessions of a stream or an endpoint, or their rate
    long_terms,       ///< SETUPs whose terms are too long
    images,           ///< for want of memory
    replies,          ///< elicitations, echoes and SETUPs beyond their rate
    news,             ///< rejections and response sessions beyond their rate
    retransmissions,  ///< ranges that had to wait, since too much was sent again
    destinations,     ///< dynamic ones that found no room, or lost it
};
inline constexpr std::int32_t refusal_count = 7;

/// The counter id of a system counter is its number here.
enum class SystemCounter : std::int32_t {
    bytes_sent = 0,
    bytes_received,
    receiver_proxy_fails,
    sender_proxy_fails,
    conductor_proxy_fails,
    naks_sent,
    naks_received,
    status_messages_sent,
    status_messages_received,
    heartbeats_sent,
    heartbeats_received,
    retransmits_sent,
    flow_control_under_runs,
    flow_control_over_runs,
    invalid_packets,
    errors,
    short_sends,
    free_fails,
    sender_flow_control_limits,
    unblocked_publications,
    unblocked_commands,
    possible_ttl_asymmetry,
    controllable_idle_strategy,
    loss_gap_fills,
    client_timeouts,
    resolution_changes,
    conductor_max_cycle_time,
    conductor_cycle_time_threshold_exceeded,
    sender_max_cycle_time,
    sender_cycle_time_threshold_exceeded,
    receiver_max_cycle_time,
    receiver_cycle_time_threshold_exceeded,
    name_resolver_max_time,
    name_resolver_time_threshold_exceeded,
    aeron_version,
    bytes_currently_mapped,
    retransmitted_bytes,
    retransmit_overflow,
    error_frames_received,
    error_frames_sent,
    publications_revoked,
    publication_images_revoked,
    images_rejected,
    control_protocol_version,
    status_messages_rejected,
    resource_agent_proxy_fails,
};
inline constexpr std::int32_t system_counter_count = 46;
/// Those that a driver has before anybody asks it for one: of the system, and refusals behind them.
inline constexpr std::int32_t driver_counter_count = system_counter_count + refusal_count;

/// The label before any suffix, in the order of the ids.
[[nodiscard]] std::string_view label(SystemCounter counter) noexcept;

[[nodiscard]] std::string_view label(Refusal refusal) noexcept;

/// The name at the front of a label: `pub-lmt`, `client-heartbeat`, ... Empty for system counters; `refused` for
/// refusals, whose labels are their own.
[[nodiscard]] std::string_view name(CounterType type) noexcept;

/// Key and label of a counter that belongs to a stream.
struct StreamKey {
    CorrelationId registration_id;
    SessionId session_id;
    StreamId stream_id;
    std::string_view channel;
};
[[nodiscard]] std::vector<std::byte> encode(const StreamKey& key);
/// `<name>: <registration> <session> <stream> <channel>`
[[nodiscard]] std::string stream_label(std::string_view name, const StreamKey& key);
/// The eight bytes of a client id.
[[nodiscard]] std::array<std::byte, 8> heartbeat_key(ClientId client) noexcept;
[[nodiscard]] std::array<std::byte, 4> system_key(SystemCounter counter) noexcept;
[[nodiscard]] std::array<std::byte, 4> refusal_key(Refusal refusal) noexcept;

}  // namespace gale::control
