#include "capi/driver/context.hpp"

#include "capi/driver/handles.hpp"
#include "capi/driver/plug_ins.hpp"
#include "capi/error.hpp"
#include "driver/options.hpp"
#include "driver/roles.hpp"
#include "os/directory.hpp"
#include "os/library.hpp"
#include "os/process.hpp"
#include "os/symbol.hpp"

#include <fmt/format.h>

#include <aeron/aeronc.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdio>

namespace gale::capi::driver {
namespace {

using ContextHandles = Handles<aeron_driver_context_stct, Context>;

// Never destroyed: other threads may still ask while the process ends.
ContextHandles& context_handles() {
    static auto& handles = *new ContextHandles;
    return handles;
}

[[noreturn]] void refuse_variable(const char* name, const std::string& value, std::string_view allowed) {
    throw Error{ErrorCode::invalid_argument, fmt::format("{}: '{}' given, allowed: {}", name, value, allowed)};
}

// Before all else: what they have can then be named.
void load_libraries() {
    const std::string names = variable(AERON_DRIVER_DYNAMIC_LIBRARIES_ENV_VAR);
    std::string_view rest = names;
    while (!rest.empty()) {
        const auto end = std::min(rest.find(','), rest.size());
        if (end > 0) os::load_library(std::string{rest.substr(0, end)});
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
}

template <class Function> Function function_named(const char* name, const std::string& value, std::string_view others) {
    void* const symbol = os::find_symbol(value);
    if (symbol == nullptr) refuse_variable(name, value, others);
    return std::bit_cast<Function>(symbol);
}

// What the option table reads of it, and what is more than that.
constexpr const char* validator_variable = AERON_DRIVER_TERMINATION_VALIDATOR_ENV_VAR;

aeron_driver_termination_validator_func_t read_validator() {
    const std::string name = variable(validator_variable);
    if (name.empty() || name == "deny" || name == "aeron_driver_termination_validator_default_deny")
        return deny_termination;
    if (name == "allow" || name == "aeron_driver_termination_validator_default_allow") return allow_termination;
    return function_named<aeron_driver_termination_validator_func_t>(
        validator_variable, name, "allow, deny or the name of a function of this process");
}

aeron_agent_on_start_func_t read_on_start() {
    const std::string name = variable(AERON_AGENT_ON_START_FUNCTION_ENV_VAR);
    if (name.empty()) return nullptr;
    return function_named<aeron_agent_on_start_func_t>(AERON_AGENT_ON_START_FUNCTION_ENV_VAR, name,
                                                       "the name of a function of this process");
}

bool read_experimental() {
    constexpr std::array<std::string_view, 3> yes{"true", "1", "on"};
    constexpr std::array<std::string_view, 4> no{"", "false", "0", "off"};
    const std::string text = variable(AERON_ENABLE_EXPERIMENTAL_FEATURES_ENV_VAR);
    if (std::ranges::find(yes, text) != yes.end()) return true;
    if (std::ranges::find(no, text) == no.end())
        refuse_variable(AERON_ENABLE_EXPERIMENTAL_FEATURES_ENV_VAR, text, "true or false (also 1, on; 0, off)");
    return false;
}

bool is_read_here(std::string_view name) {
    constexpr std::array<std::string_view, 4> ours{
        AERON_DRIVER_DYNAMIC_LIBRARIES_ENV_VAR, AERON_DRIVER_TERMINATION_VALIDATOR_ENV_VAR,
        AERON_AGENT_ON_START_FUNCTION_ENV_VAR, AERON_ENABLE_EXPERIMENTAL_FEATURES_ENV_VAR};
    return std::ranges::find(ours, name) != ours.end();
}

DriverOptions read_options() {
    auto names = os::environment_names("AERON_");
    for (auto& name : os::environment_names("GALE_")) names.push_back(std::move(name));
    std::erase_if(names, [](const std::string& name) { return is_read_here(name) || is_plug_in_default(name); });
    std::ranges::sort(names);
    auto [options, notes] = gale::driver::read_environment(names, [](const std::string& name) {
        return name == validator_variable ? std::nullopt : os::environment(name.c_str());
    });
    for (const std::string& note : notes) print_note(note);
    return std::move(options);
}

}  // namespace

void print_note(std::string_view line) noexcept {
    AERON_FPRINTF(stderr, "gale driver: %.*s\n", static_cast<int>(line.size()), line.data());
}

std::string variable(const char* name) { return os::environment(name).value_or(""); }

std::shared_ptr<Context> make_context() {
    load_libraries();
    check_plug_in_variables();
    auto context = std::make_shared<Context>();
    context->options = read_options();
    if (context->options.directory.empty()) context->options.directory = os::default_aeron_directory();
    context->chose_receive_buffer = !variable(AERON_SOCKET_SO_RCVBUF_ENV_VAR).empty();
    context->experimental = read_experimental();
    context->on_start.function = read_on_start();
    context->validator.function = read_validator();
    return context;
}

std::shared_ptr<Context> find_context(const aeron_driver_context_t* handle) {
    return handle != nullptr ? context_handles().find(handle) : nullptr;
}

std::shared_ptr<Context> context_of(const aeron_driver_context_t* handle) {
    if (handle == nullptr) throw Error{ErrorCode::invalid_argument, "the driver context is null"};
    auto context = find_context(handle);
    if (!context) throw Error{ErrorCode::invalid_argument, "this is no driver context, or it was closed"};
    return context;
}

std::shared_ptr<Context> context_to_set(const aeron_driver_context_t* handle) {
    auto context = context_of(handle);
    const std::lock_guard lock{context->mutex};
    if (context->has_driver)
        throw Error{ErrorCode::invalid_argument,
                    "the context's driver was made already, and looks at no option again: set it before "
                    "aeron_driver_init"};
    return context;
}

DriverOptions options_for_driver(const std::shared_ptr<Context>& context) {
    const std::lock_guard lock{context->mutex};
    DriverOptions options = context->options;
    if (!context->chose_receive_buffer) options.socket_receive_buffer = DriverOptions{}.socket_receive_buffer;
    const auto validator = context->validator;
    options.allow_termination = validator.function == allow_termination;
    if (validator.function != allow_termination && validator.function != deny_termination)
        options.termination_validator = [validator](std::span<const std::byte> token) {
            std::vector<uint8_t> copy(token.size());  // it may write, and the token lies in shared memory
            std::ranges::transform(token, copy.begin(), [](std::byte byte) { return std::to_integer<uint8_t>(byte); });
            return validator.function(validator.state, copy.data(), static_cast<int32_t>(copy.size()));
        };
    if (const auto hook = context->hook; hook.function != nullptr)
        options.on_terminate = [hook] { hook.function(hook.state); };
    if (const auto on_start = context->on_start; on_start.function != nullptr)
        options.on_agent_start = [on_start](std::string_view role) {
            on_start.function(on_start.state, std::string{role}.c_str());
        };
    return options;
}

bool allow_termination(void* /*state*/, uint8_t* /*token*/, int32_t /*length*/) noexcept { return true; }
bool deny_termination(void* /*state*/, uint8_t* /*token*/, int32_t /*length*/) noexcept { return false; }

}  // namespace gale::capi::driver

// NOLINTBEGIN(google-build-using-namespace): what follows is C and has no namespace
using namespace gale::capi;
using namespace gale::capi::driver;
// NOLINTEND(google-build-using-namespace)

int aeron_driver_context_init(aeron_driver_context_t** context) {
    if (context == nullptr) return fail(EINVAL, "there is no place for the driver context");
    return guarded([&] { *context = context_handles().add(make_context()); });
}

int aeron_driver_context_close(aeron_driver_context_t* context) {
    return guarded([&] {
        const auto found = context_of(context);
        {
            const std::lock_guard lock{found->mutex};
            if (found->has_driver)
                throw gale::Error{gale::ErrorCode::invalid_argument, "the context's driver is there: close it first"};
        }
        if (!context_handles().remove(context))
            throw gale::Error{gale::ErrorCode::invalid_argument, "this driver context was closed"};
    });
}

void aeron_set_thread_affinity_on_start(void* state, const char* role_name) {
    guarded([&] {
        const auto context = context_of(static_cast<const aeron_driver_context_t*>(state));
        if (role_name == nullptr) throw gale::Error{gale::ErrorCode::invalid_argument, "the agent has no name"};
        const int cpu = [&] {
            const std::lock_guard lock{context->mutex};
            return gale::driver::processor_of(role_name, context->options);
        }();
        if (cpu >= 0 && !gale::os::pin_thread(cpu))
            throw gale::Error{gale::ErrorCode::system, fmt::format("{}: cannot stay on processor {}", role_name, cpu)};
    });
}

extern "C" void aeron_driver_context_print_configuration(aeron_driver_context_t* context);
void aeron_driver_context_print_configuration(aeron_driver_context_t* context) {
    guarded([&] {
        const std::string text = gale::driver::configuration_text(options_for_driver(context_of(context)));
        AERON_FPRINTF(stdout, "%s", text.c_str());
    });
}
