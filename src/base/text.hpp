/// Numbers, sizes, durations and truths as people write them. Strict: the whole text must be consumed.
#pragma once

#include <gale/types.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gale {

/// Decimal, optional minus sign, nothing around it.
[[nodiscard]] std::optional<std::int64_t> parse_int64(std::string_view text) noexcept;
[[nodiscard]] std::optional<std::int32_t> parse_int32(std::string_view text) noexcept;
/// Bytes: decimal digits, then nothing or one of k, m, g in either case (1024, 1024^2, 1024^3). At most 2^63 - 1.
[[nodiscard]] std::optional<std::int64_t> parse_size(std::string_view text) noexcept;
/// Decimal digits, then nothing (nanoseconds), ns, us, ms or s in either case. Saturates at 2^63 - 1 ns.
[[nodiscard]] std::optional<Nanos> parse_duration(std::string_view text) noexcept;
/// Exactly `true` or `false`.
[[nodiscard]] std::optional<bool> parse_bool(std::string_view text) noexcept;

/// With the largest of g, m, k that divides it: 64k.
[[nodiscard]] std::string format_size(std::int64_t bytes);
/// With the largest of s, ms, us, ns that divides it: 100ms.
[[nodiscard]] std::string format_duration(Nanos duration);

}  // namespace gale
