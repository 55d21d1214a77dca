/// Numbers, times and foreign text as people like to read them.
#pragma once

#include <gale/types.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace gale::tools {

/// 1,234,567
[[nodiscard]] std::string grouped(std::int64_t number);
/// Three digits that count and a decimal prefix: 44.1 M
[[nodiscard]] std::string scaled(double number);
/// 44.1 M msg/s
[[nodiscard]] std::string message_rate(double per_second);
/// 1.41 GB/s, decimal
[[nodiscard]] std::string bandwidth(double bytes_per_second);
/// 32 B, 1.5 GiB, binary: for sizes of memory and files
[[nodiscard]] std::string byte_size(std::int64_t bytes);
/// 870 ns, 1.12 us, 3.4 ms, 2.1 s
[[nodiscard]] std::string duration_text(Nanos duration);
/// 2031-02-03 04:05:06.007+0000, local time
[[nodiscard]] std::string long_date(Millis since_1970);
/// The text with everything that a terminal might obey replaced by `?`; line ends stay when `keep_lines`.
enum class Lines { replace, keep };
[[nodiscard]] std::string printable(std::string_view foreign, Lines lines = Lines::replace);
[[nodiscard]] bool is_utf8(std::string_view text) noexcept;
[[nodiscard]] std::string base64(std::span<const std::byte> bytes);

}  // namespace gale::tools
