#include "channel/keys.hpp"

#include "channel/address.hpp"
#include "channel/flow_control.hpp"
#include "channel/values.hpp"

#include <algorithm>
#include <array>

namespace gale::channel {
namespace {

template <auto reader> void check(const Given& given) { static_cast<void>(reader(given)); }
void check_nothing(const Given&) {}

using enum Shape;
constexpr std::array known{
    KnownKey{key::tags, text, check<read_tags>},
    KnownKey{key::endpoint, text, check<parse_address>},
    KnownKey{key::interface, text, check<parse_interface>},
    KnownKey{key::control, text, check<parse_address>},
    KnownKey{key::control_mode, text, check<read_control_mode>},
    KnownKey{key::mtu, number, check<read_mtu>},
    KnownKey{key::term_length, number, check<read_term_length>},
    KnownKey{key::initial_term_id, number, check<read_int32>},
    KnownKey{key::term_id, number, check<read_int32>},
    KnownKey{key::term_offset, number, check<read_term_offset>},
    KnownKey{key::session_id, number, check<read_session>},
    KnownKey{key::ttl, number, check<read_ttl>},
    KnownKey{key::reliable, number, check<read_flag>},
    KnownKey{key::linger, number, check<read_duration>},
    KnownKey{key::alias, text, check_nothing},
    KnownKey{key::congestion_control, number, check<read_congestion_control>},
    KnownKey{key::flow_control, number, check<parse_flow_control>},
    KnownKey{key::group_tag, number, check<read_int64>},
    KnownKey{key::sparse, number, check<read_flag>},
    KnownKey{key::end_of_stream, number, check<read_flag>},
    KnownKey{key::tether, number, check<read_flag>},
    KnownKey{key::group, number, check<read_group>},
    KnownKey{key::rejoin, number, check<read_flag>},
    KnownKey{key::spies_simulate_connection, number, check<read_flag>},
    KnownKey{key::socket_send_buffer, number, check<read_bytes>},
    KnownKey{key::socket_receive_buffer, number, check<read_bytes>},
    KnownKey{key::receiver_window, number, check<read_bytes>},
    KnownKey{key::media_receive_timestamp, number, check<read_timestamp_offset>},
    KnownKey{key::channel_receive_timestamp, number, check<read_timestamp_offset>},
    KnownKey{key::channel_send_timestamp, number, check<read_timestamp_offset>},
    KnownKey{key::response_endpoint, text, check_nothing},
    KnownKey{key::response_correlation_id, number, check<read_response_correlation_id>},
    KnownKey{key::nak_delay, number, check<read_duration>},
    KnownKey{key::untethered_window_limit, number, check<read_duration>},
    KnownKey{key::untethered_linger, number, check<read_duration>},
    KnownKey{key::untethered_resting, number, check<read_duration>},
    KnownKey{key::max_resend, number, check<read_max_resend>},
    KnownKey{key::stream_id, number, check<read_int32>},
    KnownKey{key::publication_window, number, check<read_bytes>},
    KnownKey{key::ats, number, check<read_ats>},
};

}  // namespace

std::span<const KnownKey> known_keys() noexcept { return known; }

const KnownKey* find_known(std::string_view key) noexcept {
    const auto* const found = std::ranges::find(known, key, &KnownKey::name);
    return found == known.end() ? nullptr : found;
}

bool is_number(std::string_view key) noexcept {
    const auto* const row = find_known(key);
    return row != nullptr && row->shape == Shape::number;
}

}  // namespace gale::channel
