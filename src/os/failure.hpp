/// Turning errno into an Error that says what was tried, on what, and why it failed.
#pragma once

#include <gale/error.hpp>

#include <string_view>

namespace gale::os {

/// What the system refused, with its number.
class SystemError : public Error {
public:
    SystemError(ErrorCode code, int number, const std::string& text) : Error{code, text}, number_{number} {}
    [[nodiscard]] int number() const noexcept { return number_; }

private:
    int number_;
};

/// Throws SystemError: "cannot <action> <path>: <reason>" with storage_space for a full device, system otherwise.
[[noreturn]] void fail(std::string_view action, std::string_view path, int error);

/// The system's words for an errno value.
[[nodiscard]] std::string reason(int error);

}  // namespace gale::os
