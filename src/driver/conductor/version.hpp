/// The release that this is, and the one of Aeron that it speaks for.
#pragma once

#include <cstdint>
#include <string_view>

namespace gale::driver {

inline constexpr std::string_view version_text = "1.53.0";  ///< of Aeron, whose protocol this is
inline constexpr std::string_view commit_text = "gale-0.1.0";
inline constexpr std::int64_t version_number = (1 << 16) | (53 << 8);

}  // namespace gale::driver
