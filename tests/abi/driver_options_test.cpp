// Each option of the C ABI: what it is at first, what it takes, what the environment makes of it.
#include "abi/driver_fixture_test.hpp"
#include "base/text.hpp"
#include "driver/options.hpp"
#include "os/directory.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <functional>
#include <set>
#include <sstream>
#include <type_traits>

namespace gale::testing {
namespace {

using ContextHandle = aeron_driver_context_t*;

struct NumberOption {
    std::string name;
    std::function<int(ContextHandle, std::int64_t)> set;
    std::function<std::int64_t(ContextHandle)> get;
    std::int64_t most;  ///< that both of C's types have, and 64 bits with a sign
    bool is_unsigned_64;
    std::string variable;
    std::int64_t at_first;
};
struct TextOption {
    std::string name;
    int (*set)(ContextHandle, const char*);
    const char* (*get)(ContextHandle);
    std::string variable;
    const char* at_first;
};
/// Functions and objects: as addresses.
struct PointerOption {
    std::string name;
    std::function<int(ContextHandle, const void*)> set;
    std::function<const void*(ContextHandle)> get;
    std::string variable;
    bool is_null_at_first;
};

template <class Set, class Get, int values> constexpr std::int64_t most() {
    if constexpr (values > 0) return values - 1;
    if constexpr (std::is_same_v<Set, bool>) return 1;
    if constexpr (sizeof(Set) == 8 || values > 0)
        return std::numeric_limits<std::int64_t>::max();
    else
        return static_cast<std::int64_t>(std::numeric_limits<Set>::max());
}
template <class Pointer> const void* address(Pointer pointer) { return std::bit_cast<const void*>(pointer); }

#define NUMBER(NAME, SET, GET, IN, OUT, VALUES, ENV, DEFAULT)                                                          \
    {#NAME,                                                                                                            \
     [](ContextHandle context, std::int64_t value) { return static_cast<int>(SET(context, static_cast<IN>(value))); }, \
     [](ContextHandle context) { return static_cast<std::int64_t>(GET(context)); },                                    \
     most<IN, OUT, VALUES>(),                                                                                          \
     std::is_unsigned_v<IN> && sizeof(IN) == 8,                                                                        \
     ENV,                                                                                                              \
     DEFAULT},
#define TEXT(...)
#define POINTER(...)
#define SPECIAL(...)
#define GETTER(...)
const std::vector<NumberOption> number_options{
#include "driver_options.inc"
};
#undef NUMBER
#undef TEXT
#define NUMBER(...)
#define TEXT(NAME, SET, GET, IN, OUT, ENV, DEFAULT) {#NAME, SET, GET, ENV, DEFAULT},
const std::vector<TextOption> text_options{
#include "driver_options.inc"
};
#undef TEXT
#undef POINTER
#define TEXT(...)
#define POINTER(NAME, SET, GET, IN, OUT, ENV, IS_NULL)                                                                 \
    {#NAME, [](ContextHandle context, const void* value) { return SET(context, std::bit_cast<IN>(value)); },           \
     [](ContextHandle context) { return address(GET(context)); }, ENV, IS_NULL},
const std::vector<PointerOption> pointer_options{
#include "driver_options.inc"
};
#undef POINTER
#undef SPECIAL
#define POINTER(...)
#define SPECIAL(NAME) #NAME,
const std::set<std::string> special_options{
#include "driver_options.inc"
};
#undef NUMBER
#undef TEXT
#undef POINTER
#undef SPECIAL
#undef GETTER

/// Those that have one value only; what Gale does instead is in docs/compatibility.md.
const std::set<std::string> kept_options{
    "cpuset_warnings_as_errors",
    "receiver_io_vector_capacity",
    "sender_io_vector_capacity",
    "network_publication_max_messages_per_send",
    "resolver_name",
    "resolver_interface",
    "resolver_bootstrap_neighbor",
    "name_resolver_init_args",
    "resolver_neighbor_timeout_ns",
    "self_resolution_interval_ns",
    "resolver_neighbor_resolution_interval_ns",
    "resolver_bootstrap_neighbor_resolution_interval_ns",
    "unicast_flowcontrol_supplier",
    "name_resolver_supplier",
    "udp_channel_transport_bindings",
    "udp_channel_outgoing_interceptors",
    "udp_channel_incoming_interceptors",
    "conductor_duty_cycle_tracker",
    "sender_duty_cycle_tracker",
    "receiver_duty_cycle_tracker",
    "name_resolver_time_tracker",
    "sender_port_manager",
    "receiver_port_manager",
};

/// Numbers of which a driver has fewer bits than C's type: milliseconds, which are nanoseconds to it.
std::int64_t most_of(const NumberOption& option) {
    return option.name == "driver_timeout_ms" ? option.most / 1'000'000 : option.most;
}

std::string text_or_none(const char* text) { return text != nullptr ? text : "(null)"; }

class DriverOptionsOfC : public ::testing::Test {
protected:
    DriverOptionsOfC() { forget_variables(); }
};

TEST_F(DriverOptionsOfC, AreAllThatThereAre) {
    EXPECT_EQ(number_options.size() + text_options.size() + pointer_options.size() + special_options.size(), 113U);
    EXPECT_EQ(special_options, (std::set<std::string>{"agent_on_start_function", "receiver_group_tag",
                                                      "driver_termination_validator", "driver_termination_hook",
                                                      "sender_wildcard_port_range", "receiver_wildcard_port_range"}));
}

TEST_F(DriverOptionsOfC, AreAtFirstWhatAeronsAre) {
    const DriverContext fresh;
    ASSERT_EQ(fresh.result(), 0) << aeron_errmsg();
    for (const ContextHandle context : {fresh.get(), ContextHandle{nullptr}}) {
        for (const auto& option : number_options) EXPECT_EQ(option.get(context), option.at_first) << option.name;
        for (const auto& option : pointer_options)
            EXPECT_EQ(option.get(context) == nullptr, option.is_null_at_first) << option.name;
        for (const auto& option : text_options) {
            if (option.name == "dir") continue;
            EXPECT_EQ(text_or_none(option.get(context)), text_or_none(option.at_first)) << option.name;
        }
    }
    EXPECT_EQ(aeron_driver_context_get_dir(fresh), os::default_aeron_directory());
    EXPECT_EQ(aeron_driver_context_get_dir(nullptr), nullptr);
}

TEST_F(DriverOptionsOfC, NumbersAreWhatTheyWereSetTo) {
    for (const auto& option : number_options) {
        SCOPED_TRACE(option.name);
        const DriverContext context;
        const bool is_kept = kept_options.contains(option.name);
        for (const std::int64_t value : {std::int64_t{0}, std::int64_t{1}, std::int64_t{3}, std::int64_t{7},
                                         std::int64_t{131'072}, option.most / 1'000'000, option.most}) {
            if (value > most_of(option) || is_kept) continue;
            EXPECT_EQ(option.set(context, value), 0) << value << ": " << aeron_errmsg();
            EXPECT_EQ(option.get(context), value);
        }
        if (!is_kept) continue;
        // Told back, and a line says that nothing follows it.
        const std::int64_t other = option.at_first == 0 ? 1 : option.at_first + 1;
        ::testing::internal::CaptureStderr();
        EXPECT_EQ(option.set(context, other), 0) << aeron_errmsg();
        EXPECT_THAT(::testing::internal::GetCapturedStderr(), ::testing::HasSubstr(option.name + " = "));
        EXPECT_EQ(option.get(context), other);
        ::testing::internal::CaptureStderr();
        EXPECT_EQ(option.set(context, option.at_first), 0);
        EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
        EXPECT_EQ(option.get(context), option.at_first);
    }
}

TEST_F(DriverOptionsOfC, DatagramsInABatchAreOneToSixteen) {
    const DriverContext context;
    for (const auto& [given, kept] : {std::pair{0U, 1U}, std::pair{1U, 1U}, std::pair{16U, 16U}, std::pair{17U, 16U}}) {
        ASSERT_EQ(aeron_driver_context_set_sender_io_vector_capacity(context, given), 0);
        EXPECT_EQ(aeron_driver_context_get_sender_io_vector_capacity(context), kept);
    }
}

TEST_F(DriverOptionsOfC, NumbersOfMoreBitsThanADriverHasAreRefused) {
    int refused = 0;
    for (const auto& option : number_options) {
        if (!option.is_unsigned_64) continue;
        SCOPED_TRACE(option.name);
        const DriverContext context;
        if (option.at_first == -1) continue;                        // means none, below
        expect_refused(option.set(context, -1), "given, allowed");  // 2^64 - 1
        EXPECT_EQ(option.get(context), option.at_first);
        ++refused;
    }
    EXPECT_GT(refused, 40);
    const DriverContext context;
    expect_refused(aeron_driver_context_set_driver_timeout_ms(context, 9'223'372'036'855U), "9223372036854");
}

TEST_F(DriverOptionsOfC, NoneCanBeSetWhereThereIsNoneAtFirst) {
    const DriverContext context;
    ASSERT_EQ(aeron_driver_context_set_untethered_linger_timeout_ns(context, 5), 0);
    ASSERT_EQ(aeron_driver_context_get_untethered_linger_timeout_ns(context), 5);
    EXPECT_EQ(aeron_driver_context_set_untethered_linger_timeout_ns(context, static_cast<std::uint64_t>(-1)), 0);
    EXPECT_EQ(aeron_driver_context_get_untethered_linger_timeout_ns(context), -1);
    expect_refused(aeron_driver_context_set_untethered_linger_timeout_ns(context, static_cast<std::uint64_t>(-2)),
                   "given, allowed");
}

TEST_F(DriverOptionsOfC, TextsAreWhatTheyWereSetTo) {
    for (const auto& option : text_options) {
        SCOPED_TRACE(option.name);
        const DriverContext context;
        if (kept_options.contains(option.name)) {
            expect_refused(option.set(context, "a name"), "this driver");
            EXPECT_EQ(option.get(context), nullptr);
            EXPECT_EQ(option.set(context, nullptr), 0);
            continue;
        }
        const bool is_strategy = option.name.ends_with("idle_strategy");
        std::string text = is_strategy ? "yield" : option.name == "dir" ? "/dev/shm/somewhere" : "1-2-3us-4ms";
        // A sleeping strategy's arguments do not fit another one.
        if (option.name == "native_resource_agent_idle_strategy") {
            ASSERT_EQ(aeron_driver_context_set_native_resource_agent_idle_strategy_init_args(context, nullptr), 0);
        }
        EXPECT_EQ(option.set(context, text.c_str()), 0) << aeron_errmsg();
        text.assign(text.size(), '?');  // it was copied
        EXPECT_STREQ(option.get(context), is_strategy            ? "yield"
                                          : option.name == "dir" ? "/dev/shm/somewhere"
                                                                 : "1-2-3us-4ms");
        if (is_strategy) {
            expect_refused(option.set(context, "snooze"), "snooze");
            expect_refused(option.set(context, nullptr), "has a name");
            EXPECT_STREQ(option.get(context), "yield");
        } else if (option.name == "dir") {
            expect_refused(option.set(context, nullptr), "has a name");
            expect_refused(option.set(context, ""), "has a name");
        } else {
            EXPECT_EQ(option.set(context, nullptr), 0);
            EXPECT_EQ(option.get(context), nullptr);
        }
    }
}

TEST_F(DriverOptionsOfC, StrategiesTakeTheArgumentsThatWereSetBefore) {
    const DriverContext context;
    EXPECT_EQ(aeron_driver_context_set_sender_idle_strategy_init_args(context, "5ms"), 0);
    EXPECT_EQ(aeron_driver_context_set_sender_idle_strategy(context, "sleep-ns"), 0) << aeron_errmsg();
    expect_refused(aeron_driver_context_set_sender_idle_strategy(context, "backoff"), "5ms");
    EXPECT_STREQ(aeron_driver_context_get_sender_idle_strategy(context), "sleep-ns");
}

TEST_F(DriverOptionsOfC, BuiltInOnesAreTakenBackAndNothingElse) {
    int mine = 0;
    std::set<const void*> trackers;
    for (const auto& option : pointer_options) {
        SCOPED_TRACE(option.name);
        const DriverContext context;
        const void* const built_in = option.get(context);
        EXPECT_EQ(option.set(context, built_in), 0) << aeron_errmsg();
        expect_refused(option.set(context, &mine), "this driver");
        if (built_in != nullptr) {
            expect_refused(option.set(context, nullptr), "this driver");
            EXPECT_TRUE(trackers.insert(built_in).second) << "each is its own";
        }
        EXPECT_EQ(option.get(context), built_in);
    }
}

TEST_F(DriverOptionsOfC, FlowControlIsChosenByItsSupplier) {
    const DriverContext context;
    for (const char* name : {"multicast_min", "multicast_tagged", "multicast_max"}) {
        const auto supplier = aeron_flow_control_strategy_supplier_by_name(name);
        ASSERT_NE(supplier, nullptr);
        EXPECT_EQ(aeron_flow_control_strategy_supplier_by_name((std::string{name} + ",g:5").c_str()), supplier);
        EXPECT_EQ(aeron_driver_context_set_multicast_flowcontrol_supplier(context, supplier), 0);
        EXPECT_EQ(aeron_driver_context_get_multicast_flowcontrol_supplier(context), supplier);
    }
    const auto unicast = aeron_flow_control_strategy_supplier_by_name("unicast_max");
    EXPECT_EQ(aeron_driver_context_get_unicast_flowcontrol_supplier(context), unicast);
    expect_refused(aeron_driver_context_set_multicast_flowcontrol_supplier(context, unicast), "multicast_max");
    EXPECT_EQ(aeron_flow_control_strategy_supplier_by_name("max"), nullptr);
    EXPECT_EQ(aeron_flow_control_strategy_supplier_by_name(nullptr), nullptr);
    expect_refused(unicast(nullptr, nullptr, nullptr, nullptr, 0, 0, 0, 0, 0), "makes flow control itself");
    const auto congestion = aeron_driver_context_get_congestioncontrol_supplier(context);
    expect_refused(congestion(nullptr, nullptr, 0, 0, 0, 0, 0, nullptr, nullptr, nullptr, nullptr), "congestion");
    expect_refused(aeron_driver_context_get_name_resolver_supplier(context)(nullptr, nullptr, nullptr), "resolver");
}

TEST_F(DriverOptionsOfC, CongestionControlOfTheEnvironmentIsTheSuppliersWhoseItIs) {
    std::set<aeron_congestion_control_strategy_supplier_func_t> suppliers;
    for (const char* name : {"default", "static", "cubic"}) {
        const Variable variable{"AERON_CONGESTIONCONTROL_SUPPLIER", name};
        const DriverContext context;
        ASSERT_EQ(context.result(), 0) << aeron_errmsg();
        const auto supplier = aeron_driver_context_get_congestioncontrol_supplier(context);
        suppliers.insert(supplier);
        EXPECT_EQ(aeron_driver_context_set_congestioncontrol_supplier(context, supplier), 0);
    }
    EXPECT_EQ(suppliers.size(), 3U);
}

TEST_F(DriverOptionsOfC, PairsOfValuesAreWhatTheyWereSetTo) {
    const DriverContext context;
    int state = 0;
    const auto on_start = [](void*, const char*) {};
    EXPECT_EQ(aeron_driver_context_get_agent_on_start_function(context), nullptr);
    EXPECT_EQ(aeron_driver_context_set_agent_on_start_function(context, on_start, &state), 0);
    EXPECT_EQ(aeron_driver_context_get_agent_on_start_function(context), +on_start);
    EXPECT_EQ(aeron_driver_context_get_agent_on_start_state(context), &state);
    const auto hook = [](void*) {};
    EXPECT_EQ(aeron_driver_context_get_driver_termination_hook(context), nullptr);
    EXPECT_EQ(aeron_driver_context_set_driver_termination_hook(context, hook, &state), 0);
    EXPECT_EQ(aeron_driver_context_get_driver_termination_hook(context), +hook);
    EXPECT_EQ(aeron_driver_context_get_driver_termination_hook_state(context), &state);
    const auto validator = [](void*, uint8_t*, int32_t) { return true; };
    const auto deny = aeron_driver_context_get_driver_termination_validator(nullptr);
    ASSERT_NE(deny, nullptr);
    EXPECT_FALSE(deny(nullptr, nullptr, 0));
    EXPECT_EQ(aeron_driver_context_get_driver_termination_validator(context), deny);
    EXPECT_EQ(aeron_driver_context_set_driver_termination_validator(context, validator, &state), 0);
    EXPECT_EQ(aeron_driver_context_get_driver_termination_validator(context), +validator);
    EXPECT_EQ(aeron_driver_context_get_driver_termination_validator_state(context), &state);
    EXPECT_FALSE(aeron_driver_context_get_receiver_group_tag_is_present(context));
    EXPECT_EQ(aeron_driver_context_get_receiver_group_tag_value(context), -1);
    EXPECT_EQ(aeron_driver_context_set_receiver_group_tag(context, true, -7), 0);
    EXPECT_TRUE(aeron_driver_context_get_receiver_group_tag_is_present(context));
    EXPECT_EQ(aeron_driver_context_get_receiver_group_tag_value(context), -7);
    EXPECT_EQ(aeron_driver_context_set_receiver_group_tag(context, false, 8), 0);
    EXPECT_FALSE(aeron_driver_context_get_receiver_group_tag_is_present(context));
}

struct Ports {
    uint16_t low = 1;
    uint16_t high = 1;
    bool operator==(const Ports&) const = default;
};

TEST_F(DriverOptionsOfC, RangesOfPortsAreWhatTheyWereSetTo) {
    const DriverContext context;
    const auto check = [&](auto set, auto get) {
        Ports got;
        EXPECT_EQ(get(nullptr, &got.low, &got.high), 0);
        EXPECT_EQ(got, (Ports{0, 0}));
        EXPECT_EQ(set(context, 40'000, 65'535), 0);
        EXPECT_EQ(get(context, &got.low, &got.high), 0);
        EXPECT_EQ(got, (Ports{40'000, 65'535}));
        EXPECT_EQ(set(context, 9, 8), 0) << "only the driver refuses it";
        EXPECT_EQ(get(context, &got.low, &got.high), 0);
        EXPECT_EQ(got, (Ports{9, 8}));
        expect_refused(get(context, nullptr, &got.high), "place");
        expect_refused(get(context, &got.low, nullptr), "place");
    };
    check(aeron_driver_context_set_sender_wildcard_port_range, aeron_driver_context_get_sender_wildcard_port_range);
    check(aeron_driver_context_set_receiver_wildcard_port_range, aeron_driver_context_get_receiver_wildcard_port_range);
    aeron_driver_t* driver = nullptr;
    expect_refused(aeron_driver_init(&driver, context), "wildcard.port.range");
}

/// A value beside the option's limits, if C's type has one.
std::optional<std::int64_t> out_of_range(const driver::Option& row, std::int64_t most) {
    if (row.limits.kind == driver::Kind::flag || row.limits.kind == driver::Kind::threading) return std::nullopt;
    if (row.limits.high < most) return row.limits.high + 1;
    if (row.limits.low > 0) return row.limits.low - 1;
    return std::nullopt;
}

TEST_F(DriverOptionsOfC, OutOfTheirRangeKeepADriverFromBeingMade) {
    int refused = 0;
    for (const auto& option : number_options) {
        const driver::Option* row = driver::find_option(option.variable);
        if (row == nullptr) continue;
        const auto value = out_of_range(*row, most_of(option));
        if (!value) continue;
        SCOPED_TRACE(option.name);
        const DriverContext context;
        ASSERT_EQ(aeron_driver_context_set_dir(context, "/dev/shm/gale-never-made"), 0);
        ASSERT_EQ(option.set(context, *value), 0) << aeron_errmsg();
        aeron_driver_t* driver = nullptr;
        expect_refused(aeron_driver_init(&driver, context), row->property_name());
        EXPECT_EQ(driver, nullptr);
        ++refused;
    }
    EXPECT_EQ(refused, 39);
    EXPECT_EQ(os::inspect_directory("/dev/shm/gale-never-made"), os::DirectoryState::absent);
}

/// What the environment may say of an option, and is not the default.
std::string another_value(const driver::Option& row) {
    const std::string at_first = row.get(DriverOptions{});
    for (const std::string& text :
         {std::string{"true"}, std::string{"false"}, std::string{"INVOKER"}, std::string{"new"}, std::string{"yield"},
          std::string{"1-2-3us-4ms"}, std::string{"multicast_min"}, std::string{"cubic"}, std::string{"4000 4001"},
          std::string{"3"}, std::string{"4096"}, std::string{"65536"}, std::string{"2097920"}, std::string{"2097280"},
          std::string{"33554432"}, std::string{"/dev/shm/elsewhere"}}) {
        DriverOptions options;
        if (row.set(options, text) && row.get(options) != at_first) return text;
    }
    return "";
}

/// A value of the environment as C's getters tell it.
std::int64_t number_in(const driver::Option& row, const std::string& text) {
    switch (row.limits.kind) {
    case driver::Kind::size: return parse_size(text).value();
    case driver::Kind::duration: return parse_duration(text).value().count();
    case driver::Kind::flag: return text == "true" ? 1 : 0;
    case driver::Kind::threading: return AERON_THREADING_MODE_INVOKER;
    case driver::Kind::naming: return AERON_THREAD_NAMING_NEW;
    case driver::Kind::group: return text == "true" ? AERON_FORCE_TRUE : AERON_FORCE_FALSE;
    default: return parse_int64(text).value();
    }
}

TEST_F(DriverOptionsOfC, AreWhatTheEnvironmentSays) {
    int read = 0;
    for (const auto& option : number_options) {
        const driver::Option* row = driver::find_option(option.variable);
        if (row == nullptr) continue;
        SCOPED_TRACE(option.variable);
        const Variable variable{option.variable, another_value(*row)};
        const DriverContext context;
        ASSERT_EQ(context.result(), 0) << aeron_errmsg();
        EXPECT_EQ(option.get(context), number_in(*row, another_value(*row)));
        EXPECT_NE(option.get(context), option.at_first);
        ++read;
    }
    EXPECT_GT(read, 60);
    for (const auto& option : text_options) {
        const driver::Option* row = driver::find_option(option.variable);
        if (row == nullptr) continue;
        SCOPED_TRACE(option.variable);
        const Variable variable{option.variable, another_value(*row)};
        const DriverContext context;
        ASSERT_EQ(context.result(), 0) << aeron_errmsg();
        EXPECT_EQ(text_or_none(option.get(context)), another_value(*row));
        ++read;
    }
    EXPECT_GT(read, 70);
}

TEST_F(DriverOptionsOfC, ArePlainNumbersInTheEnvironment) {
    const Variable mtu{"AERON_MTU_LENGTH", "4k"};
    const Variable interval{"AERON_TIMER_INTERVAL", "20ms"};
    const Variable timeout{"AERON_DRIVER_TIMEOUT", "777"};
    const Variable buffer{"AERON_SOCKET_SO_RCVBUF", "0"};
    const Variable tag{"AERON_RECEIVER_GROUP_TAG", "5"};
    const Variable ports{"AERON_SENDER_WILDCARD_PORT_RANGE", "4000 4001"};
    const Variable receiver_ports{"AERON_RECEIVER_WILDCARD_PORT_RANGE", "4002 4003"};
    const Variable experimental{"AERON_ENABLE_EXPERIMENTAL_FEATURES", "true"};
    const Variable flow_control{"AERON_MULTICAST_FLOWCONTROL_SUPPLIER", "aeron_min_flow_control_strategy_supplier"};
    const DriverContext context;
    ASSERT_EQ(context.result(), 0) << aeron_errmsg();
    EXPECT_EQ(aeron_driver_context_get_mtu_length(context), 4096U);
    EXPECT_EQ(aeron_driver_context_get_timer_interval_ns(context), 20'000'000U);
    EXPECT_EQ(aeron_driver_context_get_driver_timeout_ms(context), 777U);
    EXPECT_EQ(aeron_driver_context_get_socket_so_rcvbuf(context), 0U);
    EXPECT_TRUE(aeron_driver_context_get_receiver_group_tag_is_present(context));
    EXPECT_EQ(aeron_driver_context_get_receiver_group_tag_value(context), 5);
    EXPECT_EQ(aeron_driver_context_get_enable_experimental_features(context), 1);
    EXPECT_EQ(aeron_driver_context_get_multicast_flowcontrol_supplier(context),
              aeron_flow_control_strategy_supplier_by_name("multicast_min"));
    Ports got;
    EXPECT_EQ(aeron_driver_context_get_sender_wildcard_port_range(context, &got.low, &got.high), 0);
    EXPECT_EQ(got, (Ports{4000, 4001}));
    EXPECT_EQ(aeron_driver_context_get_receiver_wildcard_port_range(context, &got.low, &got.high), 0);
    EXPECT_EQ(got, (Ports{4002, 4003}));
}

TEST_F(DriverOptionsOfC, ThatHaveOneValueAreNotChangedByTheEnvironment) {
    for (const auto& option : number_options) {
        if (!kept_options.contains(option.name)) continue;
        SCOPED_TRACE(option.variable);
        ::testing::internal::CaptureStderr();
        const Variable variable{option.variable, "8"};
        const DriverContext context;
        EXPECT_NE(::testing::internal::GetCapturedStderr().find(option.variable + " has no effect"), std::string::npos);
        ASSERT_EQ(context.result(), 0) << aeron_errmsg();
        EXPECT_EQ(option.get(context), option.at_first);
    }
    for (const auto& option : pointer_options) {
        if (!kept_options.contains(option.name) || option.variable.empty()) continue;
        SCOPED_TRACE(option.variable);
        {
            const Variable variable{option.variable, "driver"};
            const DriverContext context;
            expect_refused(context.result(), option.variable);
            EXPECT_EQ(context.get(), nullptr);
        }
        if (option.is_null_at_first) continue;
        const Variable variable{option.variable, option.name.starts_with("unicast") ? "unicast_max" : "default"};
        const DriverContext context;
        EXPECT_EQ(context.result(), 0) << aeron_errmsg();
    }
}

TEST_F(DriverOptionsOfC, OfTheEnvironmentThatMakeNoSenseAreRefused) {
    for (const auto& [name, value] :
         {std::pair{"AERON_MTU_LENGTH", "1409"}, std::pair{"AERON_THREADING_MODE", "MANY"},
          std::pair{"AERON_SENDER_IDLE_STRATEGY", "snooze"}, std::pair{"AERON_DRIVER_TERMINATION_VALIDATOR", "nobody"},
          std::pair{"AERON_AGENT_ON_START_FUNCTION", "no_such_function"},
          std::pair{"AERON_ENABLE_EXPERIMENTAL_FEATURES", "perhaps"},
          std::pair{"AERON_CONGESTIONCONTROL_SUPPLIER", "none"},
          std::pair{"AERON_UDP_CHANNEL_OUTGOING_INTERCEPTORS", "loss"}}) {
        SCOPED_TRACE(name);
        const Variable variable{name, value};
        const DriverContext context;
        expect_refused(context.result(), name);
        EXPECT_EQ(context.get(), nullptr);
    }
    const Variable variable{"AERON_DRIVER_DYNAMIC_LIBRARIES", "/nowhere/libnothing.so"};
    const DriverContext context;
    expect_refused(context.result(), "/nowhere/libnothing.so");
}

TEST_F(DriverOptionsOfC, NameFunctionsInTheEnvironment) {
    const Variable library{"AERON_DRIVER_DYNAMIC_LIBRARIES", std::string{"libm.so.6,"} + GALE_ABI_SYMBOLS};
    const Variable validator{"AERON_DRIVER_TERMINATION_VALIDATOR", "gale_test_validator"};
    const Variable on_start{"AERON_AGENT_ON_START_FUNCTION", "gale_test_on_start"};
    const DriverContext context;
    ASSERT_EQ(context.result(), 0) << aeron_errmsg();
    const auto found = aeron_driver_context_get_driver_termination_validator(context);
    ASSERT_NE(found, nullptr);
    std::array<uint8_t, 1> token{42};
    EXPECT_TRUE(found(nullptr, token.data(), 1));
    token[0] = 41;
    EXPECT_FALSE(found(nullptr, token.data(), 1));
    EXPECT_NE(aeron_driver_context_get_agent_on_start_function(context), nullptr);
    for (const bool allows : {true, false}) {
        const Variable named{"AERON_DRIVER_TERMINATION_VALIDATOR", allows ? "allow" : "deny"};
        const DriverContext other;
        EXPECT_EQ(aeron_driver_context_get_driver_termination_validator(other)(nullptr, nullptr, 0), allows);
    }
}

TEST_F(DriverOptionsOfC, WithOneValueAreNamedInTheDocuments) {
    std::ifstream page{GALE_SOURCE_DIR "/docs/compatibility.md"};
    std::ostringstream text;
    text << page.rdbuf();
    for (const std::string& name : kept_options)
        EXPECT_NE(text.str().find("`" + name + "`"), std::string::npos) << name;
}

}  // namespace
}  // namespace gale::testing
