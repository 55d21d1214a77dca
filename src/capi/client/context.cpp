#include "capi/client/context.hpp"

#include "base/text.hpp"
#include "capi/error.hpp"
#include "os/directory.hpp"
#include "os/process.hpp"
#include "os/symbol.hpp"

#include <gale/client.hpp>

#include <cstdio>
#include <cstdlib>
#include <limits>

namespace gale::capi {
namespace {

constexpr std::size_t longest_directory = AERON_MAX_PATH - 1;
constexpr std::uint64_t longest_ns = std::numeric_limits<std::int64_t>::max();

// The default handlers: what a program that says nothing gets. Their addresses are what the getters answer.
void end_the_process(void*, int errcode, const char* message) {
    AERON_FPRINTF(stderr, "ERROR: (%d) %s\n", errcode, message);
    std::exit(EXIT_FAILURE);  // NOLINT(concurrency-mt-unsafe): that is what Aeron's does
}
void ignore_error_frame(void*, aeron_publication_error_values_t*) {}

/// An idle strategy of the program's, as a symbol of that name holds it.
struct IdleSymbol {
    aeron_idle_strategy_func_t idle;
    aeron_idle_strategy_init_func_t init;
};

bool is_our_name(std::string_view name) noexcept {
    return name == "sleeping" || name == "sleep-ns" || name == "yield" || name == "spin" || name == "noop" ||
           name == "backoff" || name.starts_with("aeron_idle_strategy_");
}

Idle load_idle(const std::string& name, const std::optional<std::string>& arguments) {
    Idle idle{.name = name};
    if (is_our_name(name)) {
        idle.ours = agent::IdleStrategy::parse(name, arguments.value_or(""), "the idle strategy of the client");
        return idle;
    }
    const auto* symbol = static_cast<const IdleSymbol*>(os::find_symbol(name));
    if (symbol == nullptr || symbol->idle == nullptr)
        throw Error{ErrorCode::invalid_argument, "there is no idle strategy " + name};
    if (symbol->init != nullptr && symbol->init(&idle.state, nullptr, arguments ? arguments->c_str() : nullptr) < 0)
        throw Error{ErrorCode::invalid_argument, "the idle strategy " + name + " refused its arguments"};
    idle.theirs = symbol->idle;
    return idle;
}

Options from_environment() {
    Options options = default_options();
    const ClientOptions environment = ClientOptions::from_environment();
    options.directory = environment.directory.empty() ? os::default_aeron_directory() : environment.directory;
    options.directory.resize(std::min(options.directory.size(), longest_directory));
    options.driver_timeout_ms =
        static_cast<std::uint64_t>(std::chrono::duration_cast<Millis>(environment.driver_timeout).count());
    options.resource_linger_ns = static_cast<std::uint64_t>(environment.resource_linger.count());
    options.idle_sleep_ns = static_cast<std::uint64_t>(environment.idle_sleep.count());
    options.idle_arguments = std::to_string(options.idle_sleep_ns);
    options.idle = load_idle("sleep-ns", options.idle_arguments);
    options.client_name = environment.name;
    options.pre_touch = environment.pre_touch_mapped_memory;
    return options;
}

template <class Value, class Given> int set(aeron_context_t* context, Value Options::*option, Given value) noexcept {
    auto* object = find<ContextObject>(context);
    if (object == nullptr) return refused<ContextObject>(context);
    (*object->options).*option = value;
    return 0;
}

template <class Function>
int set(aeron_context_t* context, Callback<Function> Options::*option, Function function, void* clientd) noexcept {
    return set(context, option, Callback<Function>{function, clientd});
}

/// What is set; the default for a null, and for what is no context any more.
template <class Value> const Value& get(aeron_context_t* context, Value Options::*option) noexcept {
    auto* object = find<ContextObject>(context);
    if (object == nullptr) return default_options().*option;
    return (*object->options).*option;
}

}  // namespace

const Options& default_options() {
    static const Options defaults = [] {
        Options options;
        options.on_error.function = end_the_process;
        options.on_error_frame.function = ignore_error_frame;
        return options;
    }();
    return defaults;
}

}  // namespace gale::capi

using namespace gale::capi;  // NOLINT(google-build-using-namespace): what follows is C and has no namespace
using gale::Error;
using gale::ErrorCode;

int aeron_context_init(aeron_context_t** context) {
    if (context == nullptr) return fail(EINVAL, "there is no place for the context: null");
    return guarded([&] { *context = create<ContextObject>(std::make_unique<Options>(from_environment())); });
}

int aeron_context_close(aeron_context_t* context) {
    if (context == nullptr) return 0;
    if (find<ContextObject>(context) == nullptr || !invalidate<ContextObject>(context))
        return refused<ContextObject>(context);
    destroy<ContextObject>(slot_of(context));
    return 0;
}

int aeron_context_set_dir(aeron_context_t* context, const char* value) {
    if (value == nullptr) return fail(EINVAL, "the directory is null");
    return guarded([&] { return set(context, &Options::directory, std::string{value}.substr(0, longest_directory)); });
}

const char* aeron_context_get_dir(aeron_context_t* context) {
    auto* object = find<ContextObject>(context);
    return object == nullptr ? nullptr : object->options->directory.c_str();
}

int aeron_context_set_driver_timeout_ms(aeron_context_t* context, uint64_t value) {
    return set(context, &Options::driver_timeout_ms, std::min<std::uint64_t>(value, longest_ns / 1'000'000));
}
uint64_t aeron_context_get_driver_timeout_ms(aeron_context_t* context) {
    return get(context, &Options::driver_timeout_ms);
}

int aeron_context_set_keepalive_interval_ns(aeron_context_t* context, uint64_t value) {
    return set(context, &Options::keepalive_interval_ns, std::min(value, longest_ns));
}
uint64_t aeron_context_get_keepalive_interval_ns(aeron_context_t* context) {
    return get(context, &Options::keepalive_interval_ns);
}

int aeron_context_set_resource_linger_duration_ns(aeron_context_t* context, uint64_t value) {
    return set(context, &Options::resource_linger_ns, std::min(value, longest_ns));
}
uint64_t aeron_context_get_resource_linger_duration_ns(aeron_context_t* context) {
    return get(context, &Options::resource_linger_ns);
}

int aeron_context_set_idle_sleep_duration_ns(aeron_context_t* context, uint64_t value) {
    return set(context, &Options::idle_sleep_ns, std::min(value, longest_ns));
}
uint64_t aeron_context_get_idle_sleep_duration_ns(aeron_context_t* context) {
    return get(context, &Options::idle_sleep_ns);
}

int aeron_context_set_idle_strategy_init_args(aeron_context_t* context, const char* value) {
    return guarded([&] {
        return set(context, &Options::idle_arguments,
                   value == nullptr ? std::nullopt : std::optional<std::string>{value});
    });
}

const char* aeron_context_get_idle_strategy_init_args(aeron_context_t* context) {
    auto* object = find<ContextObject>(context);
    return object == nullptr || !object->options->idle_arguments ? nullptr : object->options->idle_arguments->c_str();
}

int aeron_context_set_idle_strategy(aeron_context_t* context, const char* value) {
    auto* object = find<ContextObject>(context);
    if (object == nullptr) return refused<ContextObject>(context);
    if (value == nullptr) return fail(EINVAL, "the name of the idle strategy is null");
    return guarded([&] {
        object->options->idle.reset();
        object->options->idle = load_idle(value, object->options->idle_arguments);
    });
}

const char* aeron_context_get_idle_strategy(aeron_context_t* context) {
    auto* object = find<ContextObject>(context);
    if (object == nullptr) return "sleep-ns";
    return object->options->idle ? object->options->idle->name.c_str() : nullptr;
}

int aeron_context_set_pre_touch_mapped_memory(aeron_context_t* context, bool value) {
    return set(context, &Options::pre_touch, value);
}
bool aeron_context_get_pre_touch_mapped_memory(aeron_context_t* context) { return get(context, &Options::pre_touch); }

int aeron_context_set_client_name(aeron_context_t* context, const char* value) {
    if (value == nullptr) return fail(EINVAL, "the client's name is null");
    if (std::string_view{value}.size() > AERON_COUNTER_MAX_CLIENT_NAME_LENGTH)
        return fail(EINVAL, "the client's name is longer than 100 characters");
    return guarded([&] { return set(context, &Options::client_name, std::string{value}); });
}
const char* aeron_context_get_client_name(aeron_context_t* context) {
    return get(context, &Options::client_name).c_str();
}

int aeron_context_set_use_conductor_agent_invoker(aeron_context_t* context, bool value) {
    return set(context, &Options::invoker, value);
}
bool aeron_context_get_use_conductor_agent_invoker(aeron_context_t* context) { return get(context, &Options::invoker); }

int aeron_context_set_error_handler(aeron_context_t* context, aeron_error_handler_t handler, void* clientd) {
    return set(context, &Options::on_error, handler, clientd);
}
aeron_error_handler_t aeron_context_get_error_handler(aeron_context_t* context) {
    return get(context, &Options::on_error).function;
}
void* aeron_context_get_error_handler_clientd(aeron_context_t* context) {
    return get(context, &Options::on_error).clientd;
}

int aeron_context_set_publication_error_frame_handler(aeron_context_t* context,
                                                      aeron_publication_error_frame_handler_t handler, void* clientd) {
    return set(context, &Options::on_error_frame, handler, clientd);
}
aeron_publication_error_frame_handler_t aeron_context_get_publication_error_frame_handler(aeron_context_t* context) {
    return context == nullptr ? nullptr : get(context, &Options::on_error_frame).function;
}
void* aeron_context_get_publication_error_frame_handler_clientd(aeron_context_t* context) {
    return get(context, &Options::on_error_frame).clientd;
}

int aeron_context_set_on_new_publication(aeron_context_t* context, aeron_on_new_publication_t handler, void* clientd) {
    return set(context, &Options::on_new_publication, handler, clientd);
}
aeron_on_new_publication_t aeron_context_get_on_new_publication(aeron_context_t* context) {
    return get(context, &Options::on_new_publication).function;
}
void* aeron_context_get_on_new_publication_clientd(aeron_context_t* context) {
    return get(context, &Options::on_new_publication).clientd;
}

int aeron_context_set_on_new_exclusive_publication(aeron_context_t* context, aeron_on_new_publication_t handler,
                                                   void* clientd) {
    return set(context, &Options::on_new_exclusive_publication, handler, clientd);
}
aeron_on_new_publication_t aeron_context_get_on_new_exclusive_publication(aeron_context_t* context) {
    return get(context, &Options::on_new_exclusive_publication).function;
}
void* aeron_context_get_on_new_exclusive_publication_clientd(aeron_context_t* context) {
    return get(context, &Options::on_new_exclusive_publication).clientd;
}

int aeron_context_set_on_new_subscription(aeron_context_t* context, aeron_on_new_subscription_t handler,
                                          void* clientd) {
    return set(context, &Options::on_new_subscription, handler, clientd);
}
aeron_on_new_subscription_t aeron_context_get_on_new_subscription(aeron_context_t* context) {
    return get(context, &Options::on_new_subscription).function;
}
void* aeron_context_get_on_new_subscription_clientd(aeron_context_t* context) {
    return get(context, &Options::on_new_subscription).clientd;
}

int aeron_context_set_on_available_counter(aeron_context_t* context, aeron_on_available_counter_t handler,
                                           void* clientd) {
    return set(context, &Options::on_available_counter, handler, clientd);
}
aeron_on_available_counter_t aeron_context_get_on_available_counter(aeron_context_t* context) {
    return get(context, &Options::on_available_counter).function;
}
void* aeron_context_get_on_available_counter_clientd(aeron_context_t* context) {
    return get(context, &Options::on_available_counter).clientd;
}

int aeron_context_set_on_unavailable_counter(aeron_context_t* context, aeron_on_unavailable_counter_t handler,
                                             void* clientd) {
    return set(context, &Options::on_unavailable_counter, handler, clientd);
}
aeron_on_unavailable_counter_t aeron_context_get_on_unavailable_counter(aeron_context_t* context) {
    return get(context, &Options::on_unavailable_counter).function;
}
void* aeron_context_get_on_unavailable_counter_clientd(aeron_context_t* context) {
    return get(context, &Options::on_unavailable_counter).clientd;
}

int aeron_context_set_on_close_client(aeron_context_t* context, aeron_on_close_client_t handler, void* clientd) {
    return set(context, &Options::on_close, handler, clientd);
}
aeron_on_close_client_t aeron_context_get_on_close_client(aeron_context_t* context) {
    return get(context, &Options::on_close).function;
}
void* aeron_context_get_on_close_client_clientd(aeron_context_t* context) {
    return get(context, &Options::on_close).clientd;
}

int aeron_context_set_agent_on_start_function(aeron_context_t* context, aeron_agent_on_start_func_t value,
                                              void* state) {
    return set(context, &Options::on_start, value, state);
}
aeron_agent_on_start_func_t aeron_context_get_agent_on_start_function(aeron_context_t* context) {
    return get(context, &Options::on_start).function;
}
void* aeron_context_get_agent_on_start_state(aeron_context_t* context) {
    return get(context, &Options::on_start).clientd;
}
