/// A promise that holds in every build: when it does not, the process stops there and says which.
#pragma once

#include <source_location>

namespace gale {

[[noreturn]] void broken_promise(const char* what, std::source_location where) noexcept;

/// Stops the process when `condition` is false: for bugs only, never for bytes from outside.
constexpr void ensure(bool condition, const char* what,
                      std::source_location where = std::source_location::current()) noexcept {
    if (!condition) [[unlikely]]
        broken_promise(what, where);
}

}  // namespace gale
