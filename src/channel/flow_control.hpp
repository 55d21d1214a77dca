/// The parameter `fc`: how a publication to several receivers chooses its pace.
#pragma once

#include "channel/refusal.hpp"

#include <gale/types.hpp>

#include <cstdint>
#include <optional>

namespace gale::channel {

enum class FlowStrategy : std::uint8_t { max, min, tagged };

/// docs/formats/channel-uri.md, fc. What was not given is the driver's to choose.
struct FlowControl {
    FlowStrategy strategy = FlowStrategy::max;
    std::optional<std::int64_t> group_tag{};
    std::optional<std::int32_t> group_min_size{};
    std::optional<Nanos> receiver_timeout{};
    std::optional<std::int32_t> retransmit_window_multiple{};
    bool operator==(const FlowControl&) const = default;
};

/// Throws Error{generic}.
[[nodiscard]] FlowControl parse_flow_control(const Given& given);

}  // namespace gale::channel
