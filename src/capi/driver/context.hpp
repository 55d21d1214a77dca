/// What a driver context stands for: the driver's options, and the functions that a C program gives it.
#pragma once

#include <gale/driver_options.hpp>

#include <aeron/aeronmd.h>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

/// Nobody looks inside: handles.hpp.
struct aeron_driver_context_stct {
    char place;
};

namespace gale::capi::driver {

template <class Function> struct Callback {
    Function function = nullptr;
    void* state = nullptr;
};

struct Context {
    std::mutex mutex{};  ///< of all that follows
    DriverOptions options{};
    /// Gale's own size, larger than Aeron's default, which the getter tells as long as nobody has chosen one.
    bool chose_receive_buffer = false;
    bool experimental = false;  ///< kept and told; there is nothing that it could allow, nor is there in Aeron
    Callback<aeron_agent_on_start_func_t> on_start{};
    Callback<aeron_driver_termination_validator_func_t> validator{};
    Callback<aeron_driver_termination_hook_func_t> hook{};
    std::map<std::string_view, std::uint64_t> unheeded{};  ///< numbers that were set and change nothing, by setter
    bool has_driver = false;  ///< an option that is set from then on would do nothing, and is refused
};

/// Defaults, then the environment. Throws Error: which variable, what it was given, what is allowed.
[[nodiscard]] std::shared_ptr<Context> make_context();

/// Null when the handle is null, closed or no context's.
[[nodiscard]] std::shared_ptr<Context> find_context(const aeron_driver_context_t* handle);
/// Throws Error{invalid_argument} then, with words for each.
[[nodiscard]] std::shared_ptr<Context> context_of(const aeron_driver_context_t* handle);
[[nodiscard]] std::shared_ptr<Context> context_to_set(const aeron_driver_context_t* handle);

/// The context's options as the driver is to be made with, callbacks included; these keep the context alive.
[[nodiscard]] DriverOptions options_for_driver(const std::shared_ptr<Context>& context);

/// A line about an option that this driver reads and does not need, by the print hook to stderr.
void print_note(std::string_view line) noexcept;

/// What the environment says of it; empty: nothing.
[[nodiscard]] std::string variable(const char* name);

// Decide on termination requests, as the environment names them.
bool allow_termination(void* state, uint8_t* token, int32_t length) noexcept;
bool deny_termination(void* state, uint8_t* token, int32_t length) noexcept;

}  // namespace gale::capi::driver
