/// One reader per kind of value. Each takes what was given and throws Error, which says what would have been allowed.
#pragma once

#include "channel/uri.hpp"

#include <gale/types.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace gale::channel {

inline constexpr std::int32_t frame_alignment = 32;
inline constexpr std::int32_t min_mtu = 64;
inline constexpr std::int32_t max_mtu = 65504;
inline constexpr std::int32_t min_term_length = 64 * 1024;
inline constexpr std::int32_t max_term_length = 1024 * 1024 * 1024;
inline constexpr std::int32_t min_resend = 1;
inline constexpr std::int32_t max_resend = 256;

enum class ControlMode : std::uint8_t { none, manual, dynamic, response };
enum class CongestionControl : std::uint8_t { fixed, cubic };  ///< `static` and `cubic`
/// Whether a receiver counts itself as part of a group; `infer` looks at the address and the setup frame.
enum class GroupMode : std::uint8_t { no, yes, infer };

/// `<channel-tag>[,<entity-tag>]`; -1 is never a tag.
struct Tags {
    std::optional<std::int64_t> channel{};
    std::optional<std::int64_t> entity{};
    bool operator==(const Tags&) const = default;
};

/// Where in a frame a timestamp goes: an offset from 0, or the reserved value of the data header.
struct TimestampOffset {
    std::int32_t value = 0;
    [[nodiscard]] bool is_reserved() const noexcept { return value == reserved; }
    bool operator==(const TimestampOffset&) const = default;
    static constexpr std::int32_t reserved = -8;
};

/// `session-id` of a publication: a number, or the entity tag of the publication whose number to take.
struct SessionChoice {
    std::optional<SessionId> id{};
    std::optional<std::int64_t> tag{};
    bool operator==(const SessionChoice&) const = default;
};

/// Numbers are decimal without a leading zero, which C reads as octal and Java does not.
[[nodiscard]] std::int32_t read_int32(const Given& given);
[[nodiscard]] std::int64_t read_int64(const Given& given);
[[nodiscard]] bool read_flag(const Given& given);
[[nodiscard]] Nanos read_duration(const Given& given);
/// A size from 0 to 2^31 - 1.
[[nodiscard]] std::int32_t read_bytes(const Given& given);

[[nodiscard]] std::int32_t read_mtu(const Given& given);
[[nodiscard]] std::int32_t read_term_length(const Given& given);
/// From 0 to the largest term, a multiple of 32.
[[nodiscard]] std::int32_t read_term_offset(const Given& given);
[[nodiscard]] std::int32_t read_max_resend(const Given& given);
[[nodiscard]] std::uint8_t read_ttl(const Given& given);
[[nodiscard]] TimestampOffset read_timestamp_offset(const Given& given);
[[nodiscard]] SessionChoice read_session(const Given& given);
/// -1 for none, `response_prototype`, or the id.
[[nodiscard]] std::int64_t read_response_correlation_id(const Given& given);
[[nodiscard]] Tags read_tags(const Given& given);
[[nodiscard]] ControlMode read_control_mode(const Given& given);
[[nodiscard]] CongestionControl read_congestion_control(const Given& given);
[[nodiscard]] GroupMode read_group(const Given& given);
/// Only `false`: authenticated transport is not built.
[[nodiscard]] bool read_ats(const Given& given);

/// What `prototype` is stored as, in the place of a correlation id.
inline constexpr std::int64_t response_prototype = -2;

/// `reader` on the value of `key`, or nothing when the channel has no such parameter.
template <class Value>
[[nodiscard]] std::optional<Value> read_if(const Uri& uri, std::string_view key, Value (*reader)(const Given&)) {
    if (!uri.has(key)) return std::nullopt;
    return reader(uri.given(key));
}

}  // namespace gale::channel
