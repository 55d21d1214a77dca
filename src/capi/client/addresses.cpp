#include "capi/client/addresses.hpp"

#include <gale/error.hpp>

#include <algorithm>
#include <cstring>

namespace gale::capi {

void copy_text(std::string_view text, char* to, std::size_t length) noexcept {
    if (to == nullptr || length == 0) return;
    const std::size_t copied = std::min(text.size(), length - 1);
    if (copied > 0) std::memcpy(to, text.data(), copied);
    to[copied] = '\0';
}

int copy_addresses(const std::vector<std::string>& addresses, aeron_iovec_t* vector, std::size_t length) {
    if (vector == nullptr || length == 0)
        throw Error{ErrorCode::invalid_argument, "there is no place for the addresses: null, or of length 0"};
    for (std::size_t i = 0; i < std::min(addresses.size(), length); ++i)
        copy_text(addresses[i], reinterpret_cast<char*>(vector[i].iov_base), vector[i].iov_len);
    return static_cast<int>(addresses.size());
}

}  // namespace gale::capi
