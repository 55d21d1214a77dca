/// Writing this process's environment. Not while other threads look at it.
#pragma once

#include <string>

namespace gale::os {

/// False when the name cannot be one.
[[nodiscard]] bool set_environment(const std::string& name, const std::string& value) noexcept;
[[nodiscard]] bool remove_environment(const std::string& name) noexcept;

}  // namespace gale::os
