#include "capi/driver/plug_ins.hpp"

#include "capi/driver/settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

namespace gale::capi::driver {
namespace {

constexpr std::string_view own_flow_control =
    "this driver makes flow control itself: unicast_max for one receiver, and for several multicast_max, "
    "multicast_min or multicast_tagged";
constexpr std::string_view own_congestion_control =
    "this driver makes congestion control itself: default, static or cubic";
constexpr std::string_view own_resolver = "this driver looks names up with the system's resolver only";
constexpr std::string_view own_sockets =
    "this driver loads no bindings or interceptors for its sockets; options named debug.*.loss lose datagrams";
constexpr std::string_view own_trackers =
    "this driver measures its duty cycles itself, and counts those over the threshold";
constexpr std::string_view own_ports = "this driver gives out ports itself, from the wildcard port ranges";

/// Where one choice of several was made by a variable.
struct Choice {
    const char* variable;
    std::array<std::string_view, 2> built_in;  ///< by its short name, and by that of Aeron's symbol
    std::string_view why;
};
constexpr std::array choices{
    Choice{AERON_UNICAST_FLOWCONTROL_SUPPLIER_ENV_VAR,
           {AERON_UNICAST_MAX_FLOW_CONTROL_STRATEGY_NAME, "aeron_unicast_flow_control_strategy_supplier"},
           own_flow_control},
    Choice{AERON_NAME_RESOLVER_SUPPLIER_ENV_VAR,
           {AERON_NAME_RESOLVER_SUPPLIER_DEFAULT, "aeron_default_name_resolver_supplier"},
           own_resolver},
    Choice{AERON_UDP_CHANNEL_TRANSPORT_BINDINGS_MEDIA_ENV_VAR,
           {"default", "aeron_udp_channel_transport_bindings_default"},
           own_sockets},
    Choice{AERON_CONDUCTOR_UDP_CHANNEL_TRANSPORT_BINDINGS_MEDIA_ENV_VAR,
           {"default", "aeron_udp_channel_transport_bindings_default"},
           own_sockets},
    Choice{AERON_UDP_CHANNEL_OUTGOING_INTERCEPTORS_ENV_VAR, {}, own_sockets},
    Choice{AERON_UDP_CHANNEL_INCOMING_INTERCEPTORS_ENV_VAR, {}, own_sockets},
};

bool chooses_built_in(const Choice& choice, const std::string& value) {
    return value.empty() || std::ranges::find(choice.built_in, value) != choice.built_in.end();
}

// Built-in suppliers: a program passes them around, and nobody is meant to call them. One function for each name.

template <int name>
int make_flow_control(aeron_flow_control_strategy_t**, aeron_driver_context_t*, aeron_counters_manager_t*,
                      const aeron_udp_channel_t*, int32_t, int32_t, int64_t, int32_t, size_t) {
    return fail(EINVAL, own_flow_control);
}
template <int name>
int make_congestion_control(aeron_congestion_control_strategy_t**, aeron_udp_channel_t*, int32_t, int32_t, int64_t,
                            int32_t, int32_t, sockaddr_storage*, sockaddr_storage*, aeron_driver_context_t*,
                            aeron_counters_manager_t*) {
    return fail(EINVAL, own_congestion_control);
}
int make_resolver(aeron_name_resolver_t*, const char*, aeron_driver_context_t*) { return fail(EINVAL, own_resolver); }

template <class Supplier> struct Named {
    std::string_view name;
    Supplier supplier;
};
using FlowControl = aeron_flow_control_strategy_supplier_func_t;
constexpr std::array several_receivers{
    Named<FlowControl>{AERON_MULTICAST_MAX_FLOW_CONTROL_STRATEGY_NAME, make_flow_control<0>},
    Named<FlowControl>{AERON_MULTICAST_MIN_FLOW_CONTROL_STRATEGY_NAME, make_flow_control<1>},
    Named<FlowControl>{AERON_MULTICAST_TAGGED_FLOW_CONTROL_STRATEGY_NAME, make_flow_control<2>},
};
constexpr FlowControl one_receiver = make_flow_control<3>;
using CongestionControl = aeron_congestion_control_strategy_supplier_func_t;
constexpr std::array congestion_controls{
    Named<CongestionControl>{"default", make_congestion_control<0>},
    Named<CongestionControl>{"static", make_congestion_control<1>},
    Named<CongestionControl>{"cubic", make_congestion_control<2>},
};

template <class Supplier>
void choose(std::string& option, std::span<const Named<Supplier>> known, Supplier chosen, std::string_view why) {
    for (const auto& each : known)
        if (each.supplier == chosen) {
            option = each.name;
            return;
        }
    refuse(why);
}
template <class Supplier>
Supplier chosen_of(const std::string& option, std::span<const Named<Supplier>> known) noexcept {
    for (const auto& each : known)
        if (each.name == option) return each.supplier;
    return known.front().supplier;
}

/// What a getter of an opaque type answers: an address that says which it is, and holds nothing.
template <class Opaque, int which> Opaque* built_in() noexcept {
    alignas(std::max_align_t) static std::array<std::byte, sizeof(std::max_align_t)> place{};
    return reinterpret_cast<Opaque*>(place.data());  // NOLINT(*-reinterpret-cast): never read as what it says it is
}

}  // namespace

bool is_plug_in_default(const std::string& variable) {
    return std::ranges::any_of(choices, [&](const Choice& choice) { return variable == choice.variable; });
}

void check_plug_in_variables() {
    for (const Choice& choice : choices) {
        const std::string value = variable(choice.variable);
        if (!chooses_built_in(choice, value))
            throw Error{ErrorCode::invalid_argument,
                        fmt::format("{}: '{}' given: {}", choice.variable, value, choice.why)};
    }
}

}  // namespace gale::capi::driver

// NOLINTBEGIN(google-build-using-namespace): what follows is C and has no namespace
using namespace gale::capi;
using namespace gale::capi::driver;
// NOLINTEND(google-build-using-namespace)

aeron_flow_control_strategy_supplier_func_t aeron_flow_control_strategy_supplier_by_name(const char* name) {
    if (name == nullptr) {
        set_error(EINVAL, "flow control has no name");
        return nullptr;
    }
    const std::string_view given{name};
    if (given.starts_with(AERON_UNICAST_MAX_FLOW_CONTROL_STRATEGY_NAME)) return one_receiver;
    for (const auto& each : several_receivers)
        if (given.starts_with(each.name)) return each.supplier;
    return nullptr;
}

int aeron_driver_context_set_multicast_flowcontrol_supplier(aeron_driver_context_t* context, FlowControl value) {
    return edit(context, [&](Context& edited) {
        choose<FlowControl>(edited.options.multicast_flow_control, several_receivers, value, own_flow_control);
    });
}
FlowControl aeron_driver_context_get_multicast_flowcontrol_supplier(aeron_driver_context_t* context) {
    return look(context, [](const Context& seen) {
        return chosen_of<FlowControl>(seen.options.multicast_flow_control, several_receivers);
    });
}
int aeron_driver_context_set_congestioncontrol_supplier(aeron_driver_context_t* context, CongestionControl value) {
    return edit(context, [&](Context& edited) {
        choose<CongestionControl>(edited.options.congestion_control, congestion_controls, value,
                                  own_congestion_control);
    });
}
CongestionControl aeron_driver_context_get_congestioncontrol_supplier(aeron_driver_context_t* context) {
    return look(context, [](const Context& seen) {
        return chosen_of<CongestionControl>(seen.options.congestion_control, congestion_controls);
    });
}

// One row for each that has one choice only: what the getter answers, the setter takes.
#define GALE_BUILT_IN(NAME, TYPE, VALUE, WHY)                                                                          \
    int aeron_driver_context_set_##NAME(aeron_driver_context_t* context, TYPE value) {                                 \
        return edit(context, [&](const Context&) {                                                                     \
            if (value != (VALUE)) refuse(WHY);                                                                         \
        });                                                                                                            \
    }                                                                                                                  \
    TYPE aeron_driver_context_get_##NAME(aeron_driver_context_t* context) {                                            \
        return look(context, [](const Context&) -> TYPE { return VALUE; });                                            \
    }

using Tracker = aeron_duty_cycle_tracker_t*;
using Ports = aeron_port_manager_t*;
using Bindings = aeron_udp_channel_transport_bindings_t*;
using Interceptors = aeron_udp_channel_interceptor_bindings_t*;

GALE_BUILT_IN(unicast_flowcontrol_supplier, FlowControl, one_receiver, own_flow_control)
GALE_BUILT_IN(name_resolver_supplier, aeron_name_resolver_supplier_func_t, make_resolver, own_resolver)
GALE_BUILT_IN(udp_channel_transport_bindings, Bindings, (built_in<aeron_udp_channel_transport_bindings_t, 0>()),
              own_sockets)
GALE_BUILT_IN(udp_channel_outgoing_interceptors, Interceptors, nullptr, own_sockets)
GALE_BUILT_IN(udp_channel_incoming_interceptors, Interceptors, nullptr, own_sockets)
GALE_BUILT_IN(conductor_duty_cycle_tracker, Tracker, (built_in<aeron_duty_cycle_tracker_t, 0>()), own_trackers)
GALE_BUILT_IN(sender_duty_cycle_tracker, Tracker, (built_in<aeron_duty_cycle_tracker_t, 1>()), own_trackers)
GALE_BUILT_IN(receiver_duty_cycle_tracker, Tracker, (built_in<aeron_duty_cycle_tracker_t, 2>()), own_trackers)
GALE_BUILT_IN(name_resolver_time_tracker, Tracker, (built_in<aeron_duty_cycle_tracker_t, 3>()), own_trackers)
GALE_BUILT_IN(sender_port_manager, Ports, (built_in<aeron_port_manager_t, 0>()), own_ports)
GALE_BUILT_IN(receiver_port_manager, Ports, (built_in<aeron_port_manager_t, 1>()), own_ports)

#undef GALE_BUILT_IN
