/// What a refused channel is told: the channel, the parameter, what was given, what is allowed; of bounded length.
#pragma once

#include <gale/error.hpp>

#include <string>
#include <string_view>

namespace gale::channel {

/// One parameter as it was given, with the channel it was given in. Borrows all three texts.
struct Given {
    std::string_view channel;
    std::string_view key;
    std::string_view value;
};

/// At most `limit` bytes of `text`; what was cut off shows as `...`.
[[nodiscard]] std::string shortened(std::string_view text, std::size_t limit);

/// Throws Error: the value of this parameter is not one of those `allowed`.
[[noreturn]] void refuse(ErrorCode code, const Given& given, std::string_view allowed);
/// Throws Error: `problem` lies in the channel as a whole.
[[noreturn]] void refuse(ErrorCode code, std::string_view channel, std::string_view problem);

}  // namespace gale::channel
