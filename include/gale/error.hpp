/// What can go wrong on the control plane: a code that programs branch on and a text that people read.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace gale {

/// Codes 1 to 14 travel from driver to client; those from 1000 arise in the client. docs/formats/control.md, error
/// codes.
enum class ErrorCode : std::int32_t {
    unknown = -1,
    none = 0,
    invalid_channel = 1,
    unknown_subscription = 2,
    unknown_publication = 3,
    channel_endpoint_error = 4,
    unknown_counter = 5,
    unknown_command = 6,
    malformed_command = 7,
    not_supported = 8,
    unknown_host = 9,
    temporarily_unavailable = 10,
    generic = 11,
    storage_space = 12,
    image_rejected = 13,
    publication_revoked = 14,
    driver_timeout = 1000,  ///< no living driver in the directory, or it dropped this client's heartbeat counter
    client_timeout = 1001,  ///< the driver said that it gave this client up
    conductor_service_timeout = 1002,  ///< the client's conductor did not run for longer than the driver waits
    client_buffer_full = 1003,
    driver_buffer_full = 1004,  ///< the ring to the driver stayed full
    timed_out = 1005,           ///< no answer within the time given
    closed = 1006,              ///< the handle, or the client it belongs to, was closed
    invalid_argument = 1007,
    system = 1008,        ///< the operating system refused; the text has its reason
    incompatible = 1009,  ///< a file of another version, or none of ours
};

/// The code in words, as `invalid_channel`.
[[nodiscard]] std::string_view name(ErrorCode code) noexcept;

/// Thrown by calls of the control plane (connect, add, launch). Never by the data path.
class Error : public std::runtime_error {
public:
    /// `system_error`: the errno behind it, where there is one.
    Error(ErrorCode code, const std::string& text, int system_error = 0)
        : std::runtime_error(text), code_{code}, system_error_{system_error} {}
    [[nodiscard]] ErrorCode code() const noexcept { return code_; }
    /// The errno of a call of the system that failed; 0: none is known.
    [[nodiscard]] int system_error() const noexcept { return system_error_; }

private:
    ErrorCode code_;
    int system_error_;
};

}  // namespace gale
