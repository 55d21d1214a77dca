/// The names of all parameters that mean something, in the order in which they are printed.
#pragma once

#include "channel/refusal.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace gale::channel {

namespace key {
inline constexpr std::string_view tags = "tags";
inline constexpr std::string_view endpoint = "endpoint";
inline constexpr std::string_view interface = "interface";
inline constexpr std::string_view control = "control";
inline constexpr std::string_view control_mode = "control-mode";
inline constexpr std::string_view mtu = "mtu";
inline constexpr std::string_view term_length = "term-length";
inline constexpr std::string_view initial_term_id = "init-term-id";
inline constexpr std::string_view term_id = "term-id";
inline constexpr std::string_view term_offset = "term-offset";
inline constexpr std::string_view session_id = "session-id";
inline constexpr std::string_view ttl = "ttl";
inline constexpr std::string_view reliable = "reliable";
inline constexpr std::string_view linger = "linger";
inline constexpr std::string_view alias = "alias";
inline constexpr std::string_view congestion_control = "cc";
inline constexpr std::string_view flow_control = "fc";
inline constexpr std::string_view group_tag = "gtag";
inline constexpr std::string_view sparse = "sparse";
inline constexpr std::string_view end_of_stream = "eos";
inline constexpr std::string_view tether = "tether";
inline constexpr std::string_view group = "group";
inline constexpr std::string_view rejoin = "rejoin";
inline constexpr std::string_view spies_simulate_connection = "ssc";
inline constexpr std::string_view socket_send_buffer = "so-sndbuf";
inline constexpr std::string_view socket_receive_buffer = "so-rcvbuf";
inline constexpr std::string_view receiver_window = "rcv-wnd";
inline constexpr std::string_view media_receive_timestamp = "media-rcv-ts-offset";
inline constexpr std::string_view channel_receive_timestamp = "channel-rcv-ts-offset";
inline constexpr std::string_view channel_send_timestamp = "channel-snd-ts-offset";
inline constexpr std::string_view response_endpoint = "response-endpoint";
inline constexpr std::string_view response_correlation_id = "response-correlation-id";
inline constexpr std::string_view nak_delay = "nak-delay";
inline constexpr std::string_view untethered_window_limit = "untethered-window-limit-timeout";
inline constexpr std::string_view untethered_linger = "untethered-linger-timeout";
inline constexpr std::string_view untethered_resting = "untethered-resting-timeout";
inline constexpr std::string_view max_resend = "max-resend";
inline constexpr std::string_view stream_id = "stream-id";
inline constexpr std::string_view publication_window = "pub-wnd";
inline constexpr std::string_view ats = "ats";
}  // namespace key

/// Whether a value is text or, more or less, a number. A missing number is `generic`, a missing text `invalid_channel`.
enum class Shape : std::uint8_t { text, number };

/// One row per parameter: `check` throws what a reader of the value alone would throw.
struct KnownKey {
    std::string_view name;
    Shape shape;
    void (*check)(const Given&);
};

/// In canonical order.
[[nodiscard]] std::span<const KnownKey> known_keys() noexcept;
[[nodiscard]] const KnownKey* find_known(std::string_view key) noexcept;
[[nodiscard]] bool is_number(std::string_view key) noexcept;

}  // namespace gale::channel
