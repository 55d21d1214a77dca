/// What Aeron lets a program replace by code of its own, and Gale does not: each has its own built-in one, which
/// getters answer and setters take back, and nothing else.
#pragma once

#include <string>
#include <string_view>

namespace gale::capi::driver {

/// Whether the variable chooses such a one, and chooses what is built in.
[[nodiscard]] bool is_plug_in_default(const std::string& variable);
/// Throws Error where one chooses something else: a driver with another resolver than it was told to use would not be
/// the driver that was asked for.
void check_plug_in_variables();

}  // namespace gale::capi::driver
