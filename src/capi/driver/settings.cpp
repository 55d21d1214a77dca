// The options of the C ABI: a row for each pair of a setter and a getter.
#include "capi/driver/settings.hpp"

#include "agent/idle_strategy.hpp"
#include "net/port_manager.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <concepts>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>

namespace gale::capi::driver {
namespace {

using D = DriverOptions;

static_assert(static_cast<int>(ThreadingMode::dedicated) == AERON_THREADING_MODE_DEDICATED &&
              static_cast<int>(ThreadingMode::shared_network) == AERON_THREADING_MODE_SHARED_NETWORK &&
              static_cast<int>(ThreadingMode::shared) == AERON_THREADING_MODE_SHARED &&
              static_cast<int>(ThreadingMode::invoker) == AERON_THREADING_MODE_INVOKER);
static_assert(static_cast<int>(ThreadNaming::classic) == AERON_THREAD_NAMING_CLASSIC &&
              static_cast<int>(ThreadNaming::modern) == AERON_THREAD_NAMING_NEW);
static_assert(static_cast<int>(GroupConsideration::no) == AERON_FORCE_FALSE &&
              static_cast<int>(GroupConsideration::yes) == AERON_FORCE_TRUE &&
              static_cast<int>(GroupConsideration::infer) == AERON_INFER);

constexpr std::string_view own_batches = "this driver's batches grow and shrink with what there is to do";
constexpr std::string_view own_names = "this driver looks names up with the system's resolver only";
constexpr std::string_view own_lookups = "this driver looks names up on one thread of its own";
constexpr std::string_view own_placing = "this driver says nothing about how processors are chosen";

// From C's types to the options' and back. A number that the option cannot hold is refused here, one that is out of its
// range by aeron_driver_init, as in Aeron.

template <class Wide> std::int64_t whole(Wide value) {
    if (!std::in_range<std::int64_t>(value))
        throw Error{ErrorCode::invalid_argument,
                    fmt::format("{} given, allowed: at most {}", value, std::numeric_limits<std::int64_t>::max())};
    return static_cast<std::int64_t>(value);
}

template <class C, class Option> struct As {
    static Option option(C value) { return static_cast<Option>(value); }  // truths, enumerations
    static C value(const Option& option) noexcept { return static_cast<C>(option); }
};
template <class C, std::integral Number>
    requires(!std::same_as<Number, bool> && !std::same_as<C, bool>)
struct As<C, Number> {
    static Number option(C value) { return static_cast<Number>(whole(value)); }
    static C value(Number option) noexcept { return static_cast<C>(option); }
};
template <class C> struct As<C, Nanos> {
    static Nanos option(C value) { return Nanos{whole(value)}; }
    static C value(Nanos option) noexcept { return static_cast<C>(option.count()); }
};
template <class C> struct As<C, std::optional<Nanos>> {
    static std::optional<Nanos> option(C value) {
        if (value == static_cast<C>(-1)) return {};  // what the getter says when there is none
        return Nanos{whole(value)};
    }
    static C value(const std::optional<Nanos>& option) noexcept { return option ? option->count() : -1; }
};

template <class C, class Option>
int set(aeron_driver_context_t* handle, Option D::*member, C value,
        std::source_location where = std::source_location::current()) noexcept {
    return edit(
        handle, [&](Context& context) { context.options.*member = As<C, Option>::option(value); }, where);
}
template <class C, class Option>
C get(const aeron_driver_context_t* handle, Option D::*member,
      std::source_location where = std::source_location::current()) noexcept {
    return look(
        handle, [&](const Context& context) { return As<C, Option>::value(context.options.*member); }, where);
}

/// A context keeps the strings that it gave out as long as they are its option.
const char* text_of(const std::string& option) noexcept { return option.empty() ? nullptr : option.c_str(); }

int set_strategy(aeron_driver_context_t* handle, std::string D::*strategy, std::string D::*arguments, const char* value,
                 std::source_location where = std::source_location::current()) noexcept {
    return edit(
        handle,
        [&](Context& context) {
            if (value == nullptr) refuse("an idle strategy has a name");
            static_cast<void>(agent::IdleStrategy::parse(value, context.options.*arguments));
            context.options.*strategy = value;
        },
        where);
}
int set_text(aeron_driver_context_t* handle, std::string D::*member, const char* value,
             std::source_location where = std::source_location::current()) noexcept {
    return edit(
        handle, [&](Context& context) { context.options.*member = value != nullptr ? value : ""; }, where);
}
const char* get_text(const aeron_driver_context_t* handle, std::string D::*member,
                     std::source_location where = std::source_location::current()) noexcept {
    return look(
        handle, [&](const Context& context) { return text_of(context.options.*member); }, where);
}

int set_ports(aeron_driver_context_t* handle, std::string D::*member, uint16_t low, uint16_t high,
              std::source_location where = std::source_location::current()) noexcept {
    return edit(
        handle, [&](Context& context) { context.options.*member = fmt::format("{} {}", low, high); }, where);
}
/// Two numbers; also of a range that is none, and which only aeron_driver_init refuses.
net::PortRange ports_in(std::string_view text) noexcept {
    net::PortRange range;
    const char* const end = text.data() + text.size();
    const auto low = std::from_chars(text.data(), end, range.low);
    const char* const next = std::find_if(low.ptr, end, [](char c) { return c != ' ' && c != '\t'; });
    std::from_chars(next, end, range.high);
    return range;
}
int get_ports(const aeron_driver_context_t* handle, std::string D::*member, uint16_t* low, uint16_t* high,
              std::source_location where = std::source_location::current()) noexcept {
    if (low == nullptr || high == nullptr) return fail(EINVAL, "there is no place for the ports", where);
    const auto range = look(
        handle, [&](const Context& context) { return ports_in(context.options.*member); }, where);
    *low = range.low;
    *high = range.high;
    return handle == nullptr || find_context(handle) ? 0 : -1;
}

/// A number that this driver can do without: it is kept and told, and a note says that nothing follows it.
template <class C>
int keep(aeron_driver_context_t* handle, std::string_view name, C usual, C value, std::string_view why,
         std::source_location where = std::source_location::current()) noexcept {
    return edit(
        handle,
        [&](Context& context) {
            context.unheeded[name] = static_cast<std::uint64_t>(As<C, std::int64_t>::option(value));
            if (value != usual) print_note(fmt::format("{} = {} has no effect: {}", name, value, why));
        },
        where);
}
template <class C> C kept(const aeron_driver_context_t* handle, std::string_view name, C usual) noexcept {
    return look(handle, [&](const Context& context) {
        const auto found = context.unheeded.find(name);
        return found == context.unheeded.end() ? usual : static_cast<C>(found->second);
    });
}

/// As Aeron moves any other number of datagrams into this range.
constexpr uint32_t datagrams(uint32_t value) noexcept { return std::clamp<uint32_t>(value, 1, 16); }

}  // namespace

void refuse(std::string_view why) { throw Error{ErrorCode::invalid_argument, std::string{why}}; }

const Context& defaults() noexcept {
    static const Context context{.validator = {.function = deny_termination}};
    return context;
}

}  // namespace gale::capi::driver

// NOLINTBEGIN(google-build-using-namespace): what follows is C and has no namespace
using namespace gale::capi;
using namespace gale::capi::driver;
// NOLINTEND(google-build-using-namespace)

// NOLINTBEGIN(bugprone-macro-parentheses): types and names
#define GALE_PAIR(RESULT, SETTER, SET, GETTER, GET, MEMBER)                                                            \
    RESULT aeron_driver_context_set_##SETTER(aeron_driver_context_t* context, SET value) {                             \
        return set<SET>(context, &D::MEMBER, value);                                                                   \
    }                                                                                                                  \
    GET aeron_driver_context_get_##GETTER(aeron_driver_context_t* context) { return get<GET>(context, &D::MEMBER); }
#define GALE_OPTION(NAME, TYPE, MEMBER) GALE_PAIR(int, NAME, TYPE, NAME, TYPE, MEMBER)
#define GALE_THRESHOLD(NAME, MEMBER) GALE_PAIR(int64_t, NAME, uint64_t, NAME, int64_t, MEMBER)
#define GALE_STRATEGY(NAME, STRATEGY, ARGUMENTS)                                                                       \
    int aeron_driver_context_set_##NAME(aeron_driver_context_t* context, const char* value) {                          \
        return set_strategy(context, &D::STRATEGY, &D::ARGUMENTS, value);                                              \
    }                                                                                                                  \
    const char* aeron_driver_context_get_##NAME(aeron_driver_context_t* context) {                                     \
        return get_text(context, &D::STRATEGY);                                                                        \
    }                                                                                                                  \
    int aeron_driver_context_set_##NAME##_init_args(aeron_driver_context_t* context, const char* value) {              \
        return set_text(context, &D::ARGUMENTS, value);                                                                \
    }                                                                                                                  \
    const char* aeron_driver_context_get_##NAME##_init_args(aeron_driver_context_t* context) {                         \
        return get_text(context, &D::ARGUMENTS);                                                                       \
    }
#define GALE_PORTS(NAME, MEMBER)                                                                                       \
    int aeron_driver_context_set_##NAME(aeron_driver_context_t* context, uint16_t low_port, uint16_t high_port) {      \
        return set_ports(context, &D::MEMBER, low_port, high_port);                                                    \
    }                                                                                                                  \
    int aeron_driver_context_get_##NAME(aeron_driver_context_t* context, uint16_t* low_port, uint16_t* high_port) {    \
        return get_ports(context, &D::MEMBER, low_port, high_port);                                                    \
    }
#define GALE_UNHEEDED_PAIR(SETTER, GETTER, TYPE, VALUE, WHY)                                                           \
    int aeron_driver_context_set_##SETTER(aeron_driver_context_t* context, TYPE value) {                               \
        return keep<TYPE>(context, #SETTER, VALUE, value, WHY);                                                        \
    }                                                                                                                  \
    TYPE aeron_driver_context_get_##GETTER(aeron_driver_context_t* context) {                                          \
        return kept<TYPE>(context, #SETTER, VALUE);                                                                    \
    }
#define GALE_UNHEEDED(NAME, TYPE, VALUE, WHY) GALE_UNHEEDED_PAIR(NAME, NAME, TYPE, VALUE, WHY)
#define GALE_UNHEEDED_DATAGRAMS(NAME)                                                                                  \
    int aeron_driver_context_set_##NAME(aeron_driver_context_t* context, uint32_t value) {                             \
        return keep<uint32_t>(context, #NAME, 4, datagrams(value), own_batches);                                       \
    }                                                                                                                  \
    uint32_t aeron_driver_context_get_##NAME(aeron_driver_context_t* context) {                                        \
        return kept<uint32_t>(context, #NAME, 4);                                                                      \
    }
#define GALE_ONLY_NULL(NAME, WHY)                                                                                      \
    int aeron_driver_context_set_##NAME(aeron_driver_context_t* context, const char* value) {                          \
        return edit(context, [&](const Context&) {                                                                     \
            if (value != nullptr && *value != '\0') refuse(WHY);                                                       \
        });                                                                                                            \
    }                                                                                                                  \
    const char* aeron_driver_context_get_##NAME(aeron_driver_context_t* context) {                                     \
        return look(context, [](const Context&) -> const char* { return nullptr; });                                   \
    }
#define GALE_CALLBACK(NAME, STATE, TYPE, MEMBER)                                                                       \
    int aeron_driver_context_set_##NAME(aeron_driver_context_t* context, TYPE value, void* state) {                    \
        return edit(context, [&](Context& edited) { edited.MEMBER = {value, state}; });                                \
    }                                                                                                                  \
    TYPE aeron_driver_context_get_##NAME(aeron_driver_context_t* context) {                                            \
        return look(context, [](const Context& seen) { return seen.MEMBER.function; });                                \
    }                                                                                                                  \
    void* aeron_driver_context_get_##STATE(aeron_driver_context_t* context) {                                          \
        return look(context, [](const Context& seen) { return seen.MEMBER.state; });                                   \
    }
// NOLINTEND(bugprone-macro-parentheses)

// Directory
int aeron_driver_context_set_dir(aeron_driver_context_t* context, const char* value) {
    return edit(context, [&](Context& edited) {
        if (value == nullptr || *value == '\0') refuse("the directory has a name");
        edited.options.directory = value;
    });
}
const char* aeron_driver_context_get_dir(aeron_driver_context_t* context) { return get_text(context, &D::directory); }
GALE_OPTION(dir_warn_if_exists, bool, warn_if_directory_exists)
GALE_OPTION(dir_delete_on_start, bool, delete_directory_on_start)
GALE_OPTION(dir_delete_on_shutdown, bool, delete_directory_on_shutdown)

// Threads and processors
GALE_OPTION(threading_mode, aeron_threading_mode_t, threading_mode)
GALE_OPTION(thread_naming, aeron_thread_naming_t, thread_naming)
GALE_CALLBACK(agent_on_start_function, agent_on_start_state, aeron_agent_on_start_func_t, on_start)
GALE_OPTION(conductor_cpu_affinity, int32_t, conductor_cpu)
GALE_OPTION(receiver_cpu_affinity, int32_t, receiver_cpu)
GALE_OPTION(sender_cpu_affinity, int32_t, sender_cpu)
GALE_OPTION(native_resource_agent_cpu_affinity, int32_t, resource_cpu)
GALE_OPTION(cpuset_affinity, bool, cpuset_affinity)
GALE_UNHEEDED(cpuset_warnings_as_errors, bool, false, own_placing)

// Idling
GALE_STRATEGY(sender_idle_strategy, sender_idle_strategy, sender_idle_strategy_args)
GALE_STRATEGY(conductor_idle_strategy, conductor_idle_strategy, conductor_idle_strategy_args)
GALE_STRATEGY(receiver_idle_strategy, receiver_idle_strategy, receiver_idle_strategy_args)
GALE_STRATEGY(sharednetwork_idle_strategy, shared_network_idle_strategy, shared_network_idle_strategy_args)
GALE_STRATEGY(shared_idle_strategy, shared_idle_strategy, shared_idle_strategy_args)
GALE_STRATEGY(native_resource_agent_idle_strategy, resource_idle_strategy, resource_idle_strategy_args)

// Duty cycles
GALE_THRESHOLD(conductor_cycle_threshold_ns, conductor_cycle_threshold)
GALE_THRESHOLD(sender_cycle_threshold_ns, sender_cycle_threshold)
GALE_THRESHOLD(receiver_cycle_threshold_ns, receiver_cycle_threshold)
GALE_THRESHOLD(name_resolver_threshold_ns, name_resolver_threshold)

// Buffers and files
GALE_OPTION(to_conductor_buffer_length, size_t, to_driver_buffer_length)
GALE_OPTION(to_clients_buffer_length, size_t, to_clients_buffer_length)
GALE_OPTION(counters_buffer_length, size_t, counters_buffer_length)
GALE_OPTION(error_buffer_length, size_t, error_buffer_length)
GALE_OPTION(term_buffer_length, size_t, term_buffer_length)
GALE_OPTION(ipc_term_buffer_length, size_t, ipc_term_buffer_length)
GALE_OPTION(term_buffer_sparse_file, bool, term_buffer_sparse_file)
GALE_OPTION(perform_storage_checks, bool, perform_storage_checks)
GALE_OPTION(low_file_store_warning_threshold, uint64_t, low_file_store_warning_threshold)
GALE_OPTION(file_page_size, size_t, file_page_size)
GALE_OPTION(loss_report_buffer_length, size_t, loss_report_buffer_length)

// Network
GALE_OPTION(mtu_length, size_t, mtu_length)
GALE_OPTION(ipc_mtu_length, size_t, ipc_mtu_length)
GALE_OPTION(ipc_publication_term_window_length, size_t, ipc_publication_term_window_length)
GALE_OPTION(publication_term_window_length, size_t, publication_term_window_length)
int aeron_driver_context_set_socket_so_rcvbuf(aeron_driver_context_t* context, size_t value) {
    return edit(context, [&](Context& edited) {
        edited.options.socket_receive_buffer = whole(value);
        edited.chose_receive_buffer = true;
    });
}
size_t aeron_driver_context_get_socket_so_rcvbuf(aeron_driver_context_t* context) {
    constexpr size_t default_of_aeron = 128 * 1024;
    return look(context, [](const Context& seen) {
        return seen.chose_receive_buffer ? static_cast<size_t>(seen.options.socket_receive_buffer) : default_of_aeron;
    });
}
GALE_OPTION(socket_so_sndbuf, size_t, socket_send_buffer)
GALE_OPTION(socket_multicast_ttl, uint8_t, socket_multicast_ttl)
GALE_OPTION(send_to_status_poll_ratio, size_t, send_to_status_poll_ratio)
GALE_OPTION(rcv_status_message_timeout_ns, uint64_t, status_message_timeout)
GALE_OPTION(rcv_initial_window_length, size_t, initial_window_length)
GALE_PAIR(int, connect_enabled, bool, connect_enabled, int, driver_connect)
GALE_PORTS(sender_wildcard_port_range, sender_wildcard_port_range)
GALE_PORTS(receiver_wildcard_port_range, receiver_wildcard_port_range)
GALE_UNHEEDED_DATAGRAMS(receiver_io_vector_capacity)
GALE_UNHEEDED_DATAGRAMS(sender_io_vector_capacity)
GALE_UNHEEDED_DATAGRAMS(network_publication_max_messages_per_send)

// Flow control and groups
GALE_OPTION(flow_control_receiver_timeout_ns, uint64_t, flow_control_receiver_timeout)
GALE_OPTION(flow_control_group_tag, int64_t, flow_control_group_tag)
GALE_OPTION(flow_control_group_min_size, int32_t, flow_control_group_min_size)
GALE_OPTION(receiver_group_consideration, aeron_inferable_boolean_t, receiver_group_consideration)
int aeron_driver_context_set_receiver_group_tag(aeron_driver_context_t* context, bool is_present, int64_t value) {
    return edit(context, [&](Context& edited) {
        edited.options.receiver_group_tag = is_present ? std::optional{value} : std::nullopt;
    });
}
bool aeron_driver_context_get_receiver_group_tag_is_present(aeron_driver_context_t* context) {
    return look(context, [](const Context& seen) { return seen.options.receiver_group_tag.has_value(); });
}
int64_t aeron_driver_context_get_receiver_group_tag_value(aeron_driver_context_t* context) {
    return look(context, [](const Context& seen) { return seen.options.receiver_group_tag.value_or(-1); });
}

// Loss
GALE_OPTION(nak_multicast_group_size, size_t, nak_multicast_group_size)
GALE_OPTION(nak_multicast_max_backoff_ns, uint64_t, nak_multicast_max_backoff)
GALE_OPTION(nak_unicast_delay_ns, uint64_t, nak_unicast_delay)
GALE_OPTION(nak_unicast_retry_delay_ratio, uint64_t, nak_unicast_retry_delay_ratio)
GALE_OPTION(max_resend, uint32_t, max_resend)
GALE_OPTION(retransmit_unicast_delay_ns, uint64_t, retransmit_unicast_delay)
GALE_OPTION(retransmit_unicast_linger_ns, uint64_t, retransmit_unicast_linger)

// Timeouts
GALE_OPTION(client_liveness_timeout_ns, uint64_t, client_liveness_timeout)
GALE_OPTION(publication_linger_timeout_ns, uint64_t, publication_linger_timeout)
GALE_OPTION(image_liveness_timeout_ns, uint64_t, image_liveness_timeout)
GALE_OPTION(publication_unblock_timeout_ns, uint64_t, publication_unblock_timeout)
GALE_OPTION(publication_connection_timeout_ns, uint64_t, publication_connection_timeout)
GALE_OPTION(timer_interval_ns, uint64_t, timer_interval)
GALE_OPTION(counters_free_to_reuse_timeout_ns, uint64_t, counters_free_to_reuse_timeout)
GALE_OPTION(untethered_window_limit_timeout_ns, uint64_t, untethered_window_limit_timeout)
GALE_PAIR(int, untethered_linger_timeout_ns, uint64_t, untethered_linger_timeout_ns, int64_t, untethered_linger_timeout)
GALE_OPTION(untethered_resting_timeout_ns, uint64_t, untethered_resting_timeout)
int aeron_driver_context_set_driver_timeout_ms(aeron_driver_context_t* context, uint64_t value) {
    return edit(context, [&](Context& edited) {
        const auto longest = std::chrono::floor<gale::Millis>(gale::Nanos::max()).count();
        if (!std::in_range<std::int64_t>(value) || static_cast<std::int64_t>(value) > longest)
            throw gale::Error{gale::ErrorCode::invalid_argument,
                              fmt::format("{} given, allowed: at most {}", value, longest)};
        edited.options.driver_timeout = gale::Millis{value};
    });
}
uint64_t aeron_driver_context_get_driver_timeout_ms(aeron_driver_context_t* context) {
    return look(context, [](const Context& seen) {
        return static_cast<uint64_t>(std::chrono::floor<gale::Millis>(seen.options.driver_timeout).count());
    });
}

// Ways to behave, limits
GALE_OPTION(spies_simulate_connection, bool, spies_simulate_connection)
GALE_OPTION(print_configuration, bool, print_configuration)
GALE_OPTION(reliable_stream, bool, reliable_stream)
GALE_OPTION(tether_subscriptions, bool, tether_subscriptions)
GALE_OPTION(rejoin_stream, bool, rejoin_stream)
int aeron_driver_context_set_enable_experimental_features(aeron_driver_context_t* context, bool value) {
    return edit(context, [&](Context& edited) { edited.experimental = value; });
}
int aeron_driver_context_get_enable_experimental_features(aeron_driver_context_t* context) {
    return look(context, [](const Context& seen) { return seen.experimental ? 1 : 0; });
}
GALE_OPTION(resource_free_limit, uint32_t, resource_free_limit)
GALE_OPTION(stream_session_limit, int32_t, stream_session_limit)
GALE_OPTION(publication_reserved_session_id_low, int32_t, publication_reserved_session_id_low)
GALE_OPTION(publication_reserved_session_id_high, int32_t, publication_reserved_session_id_high)

// Names
GALE_ONLY_NULL(resolver_name, own_names)
GALE_ONLY_NULL(resolver_interface, own_names)
GALE_ONLY_NULL(resolver_bootstrap_neighbor, own_names)
GALE_ONLY_NULL(name_resolver_init_args, own_names)
GALE_UNHEEDED(resolver_neighbor_timeout_ns, uint64_t, 10'000'000'000, own_names)
GALE_UNHEEDED(self_resolution_interval_ns, uint64_t, 1'000'000'000, own_names)
GALE_UNHEEDED(resolver_neighbor_resolution_interval_ns, uint64_t, 2'000'000'000, own_names)
GALE_UNHEEDED_PAIR(resolver_bootstrap_neighbor_resolution_interval_ns, resolver_bootstrap_resolution_interval_ns,
                   uint64_t, 10'000'000'000, own_names)
GALE_OPTION(re_resolution_check_interval_ns, uint64_t, reresolution_check_interval)

// Termination
int aeron_driver_context_set_driver_termination_validator(aeron_driver_context_t* context,
                                                          aeron_driver_termination_validator_func_t value,
                                                          void* state) {
    return edit(context, [&](Context& edited) {
        edited.validator = {value != nullptr ? value : deny_termination, state};
    });
}
aeron_driver_termination_validator_func_t
aeron_driver_context_get_driver_termination_validator(aeron_driver_context_t* context) {
    return look(context, [](const Context& seen) { return seen.validator.function; });
}
void* aeron_driver_context_get_driver_termination_validator_state(aeron_driver_context_t* context) {
    return look(context, [](const Context& seen) { return seen.validator.state; });
}
GALE_CALLBACK(driver_termination_hook, driver_termination_hook_state, aeron_driver_termination_hook_func_t, hook)

// Dropped by Aeron 1.51, and still called by a binding.
extern "C" {
int aeron_driver_context_set_async_executor_threads(aeron_driver_context_t* context, uint32_t value);
uint32_t aeron_driver_context_get_async_executor_threads(aeron_driver_context_t* context);
}
GALE_UNHEEDED(async_executor_threads, uint32_t, 1, own_lookups)
