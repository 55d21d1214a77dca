/// Texts of addresses into the memory that C gives for them.
#pragma once

#include <aeron/aeronc.h>

#include <string>
#include <string_view>
#include <vector>

namespace gale::capi {

/// Copies `text` and a zero, cut to what `length` has room for; nothing for no room.
void copy_text(std::string_view text, char* to, std::size_t length) noexcept;
/// Each address into its piece; returns how many addresses there are. Throws for no vector.
[[nodiscard]] int copy_addresses(const std::vector<std::string>& addresses, aeron_iovec_t* vector, std::size_t length);

}  // namespace gale::capi
