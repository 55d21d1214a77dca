/// Names of functions and objects of the running program and its libraries.
#pragma once

#include <string>

namespace gale::os {

/// Where the symbol of that name is, in any library that is loaded; null when there is none.
[[nodiscard]] void* find_symbol(const std::string& name) noexcept;

}  // namespace gale::os
