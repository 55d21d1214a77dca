/// Shared libraries that a program asks for while it runs.
#pragma once

#include <string>

namespace gale::os {

/// Loads one for the rest of the process; what is in it can then be found. Throws Error{invalid_argument} with the
/// loader's words.
void load_library(const std::string& path);

}  // namespace gale::os
