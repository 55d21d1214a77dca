/// The parts of a channel that several readers share: sockets and tags, untethered times, sizes of a log, destinations.
#pragma once

#include "channel/parameters.hpp"

namespace gale::channel {

/// The first row of the order of evaluation: media, control mode, addresses, tags, sockets, timestamps.
struct Common {
    UdpParameters udp{};
    Tags tags{};
    ControlMode ipc_control_mode = ControlMode::none;
    std::optional<std::int32_t> receiver_window{};
};
[[nodiscard]] Common parse_common(const Uri& uri);

[[nodiscard]] UntetheredParameters parse_untethered(const Uri& uri);
[[nodiscard]] UntetheredSettings settle(const UntetheredParameters& given, const UntetheredSettings& defaults) noexcept;

/// Throws Error when the stated sizes and the start position of a log contradict each other.
void check_log(const Uri& uri);

/// Throws Error{invalid_channel} for keys and modes that no destination may have.
void refuse_destination_keys(const Uri& uri);

}  // namespace gale::channel
