#include "agent/idle_strategy.hpp"
#include "base/bits.hpp"
#include "base/text.hpp"
#include "driver/options_table.hpp"
#include "net/port_manager.hpp"

#include <gale/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <system_error>
#include <type_traits>
#include <utility>

namespace gale::driver {
namespace {

struct Mode {
    std::string_view name;
    std::string_view lower_name;
    ThreadingMode mode;
};
constexpr std::array modes{
    Mode{"DEDICATED", "dedicated", ThreadingMode::dedicated},
    Mode{"SHARED_NETWORK", "shared_network", ThreadingMode::shared_network},
    Mode{"SHARED", "shared", ThreadingMode::shared},
    Mode{"INVOKER", "invoker", ThreadingMode::invoker},
};

struct Naming {
    std::string_view name;
    ThreadNaming naming;
};
constexpr std::array namings{Naming{"classic", ThreadNaming::classic}, Naming{"new", ThreadNaming::modern}};

/// What Aeron's drivers call them. Java's names may be of a class or of its supplier, with or without package.
struct StrategyName {
    std::string_view name;
    std::string_view java;
    std::string_view symbol;  ///< of C's, as its configurations may name it
};
constexpr std::array flow_controls{
    StrategyName{"multicast_max", "MaxMulticastFlowControl", "aeron_max_multicast_flow_control_strategy_supplier"},
    StrategyName{"multicast_min", "MinMulticastFlowControl", "aeron_min_flow_control_strategy_supplier"},
    StrategyName{"multicast_tagged", "TaggedMulticastFlowControl", "aeron_tagged_flow_control_strategy_supplier"},
};
constexpr std::array congestion_controls{
    StrategyName{"default", "DefaultCongestionControl", "aeron_congestion_control_default_strategy_supplier"},
    StrategyName{"static", "StaticWindowCongestionControl", "aeron_static_window_congestion_control_strategy_supplier"},
    StrategyName{"cubic", "CubicCongestionControl", "aeron_cubic_congestion_control_strategy_supplier"},
};
std::optional<std::string> parse_strategy(std::span<const StrategyName> names, std::string_view text) {
    constexpr std::string_view package = "io.aeron.driver.";
    constexpr std::string_view supplier = "Supplier";
    std::string_view java = text.substr(text.starts_with(package) ? package.size() : 0);
    if (java.ends_with(supplier)) java.remove_suffix(supplier.size());
    for (const auto& each : names)
        if (text == each.name || java == each.java || text == each.symbol) return std::string{each.name};
    return std::nullopt;
}

struct Group {
    std::string_view name;
    GroupConsideration consideration;
};
constexpr std::array groups{Group{"true", GroupConsideration::yes}, Group{"false", GroupConsideration::no},
                            Group{"infer", GroupConsideration::infer}};

/// Nothing, too, for 010: to Aeron that is eight, to people it is ten.
std::optional<std::int64_t> parse_count(std::string_view text) noexcept {
    const auto digits = text.substr(text.starts_with('-') ? 1 : 0);
    return digits.size() > 1 && digits.front() == '0' ? std::nullopt : parse_int64(text);
}

// What the text says, whether or not it is allowed.

std::optional<bool> parse(std::type_identity<bool>, const Limits& limits, std::string_view text) {
    constexpr std::array<std::string_view, 3> yes{"true", "1", "on"};
    constexpr std::array<std::string_view, 3> no{"false", "0", "off"};
    if (limits.kind == Kind::termination)
        return text == "allow" ? std::optional{true} : text == "deny" ? std::optional{false} : std::nullopt;
    if (std::ranges::find(yes, text) != yes.end()) return true;
    if (std::ranges::find(no, text) != no.end()) return false;
    return std::nullopt;
}
std::optional<std::string> parse(std::type_identity<std::string>, const Limits& limits, std::string_view text) {
    if (limits.kind == Kind::flow_control) return parse_strategy(flow_controls, text);
    if (limits.kind == Kind::congestion) return parse_strategy(congestion_controls, text);
    return std::string{text};
}
std::optional<std::int64_t> parse(std::type_identity<std::int64_t>, const Limits& limits, std::string_view text) {
    return limits.kind == Kind::size ? parse_size(text) : parse_count(text);
}
std::optional<int> parse(std::type_identity<int>, const Limits& limits, std::string_view text) {
    const auto count = parse_count(text);
    if (!count || *count < limits.low || *count > limits.high)
        return std::nullopt;  // the limits of all are within int's
    return static_cast<int>(*count);
}
std::optional<double> parse(std::type_identity<double>, const Limits&, std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size() ? std::optional{value} : std::nullopt;
}
std::optional<Nanos> parse(std::type_identity<Nanos>, const Limits& limits, std::string_view text) {
    if (limits.kind == Kind::duration) return parse_duration(text);
    const auto count = parse_count(text);
    if (!count || *count < limits.low || *count > limits.high) return std::nullopt;
    return Millis{*count};
}
std::optional<std::optional<Nanos>> parse(std::type_identity<std::optional<Nanos>>, const Limits&,
                                          std::string_view text) {
    const auto duration = parse_duration(text);
    return duration ? std::optional<std::optional<Nanos>>{duration} : std::nullopt;
}
std::optional<std::optional<std::int64_t>> parse(std::type_identity<std::optional<std::int64_t>>, const Limits&,
                                                 std::string_view text) {
    const auto count = parse_count(text);
    return count ? std::optional<std::optional<std::int64_t>>{count} : std::nullopt;
}
std::optional<GroupConsideration> parse(std::type_identity<GroupConsideration>, const Limits&, std::string_view text) {
    for (const Group& group : groups)
        if (text == group.name) return group.consideration;
    return std::nullopt;
}
std::optional<ThreadingMode> parse(std::type_identity<ThreadingMode>, const Limits&, std::string_view text) {
    for (const Mode& mode : modes)
        if (text == mode.name || text == mode.lower_name) return mode.mode;
    return std::nullopt;
}
std::optional<ThreadNaming> parse(std::type_identity<ThreadNaming>, const Limits&, std::string_view text) {
    for (const Naming& naming : namings)
        if (text == naming.name) return naming.naming;
    return std::nullopt;
}

// Whether a value is allowed.

bool is_within(const Limits& limits, std::int64_t value) noexcept {
    if (value < limits.low || value > limits.high) return false;
    switch (limits.form) {
    case Form::any: return true;
    case Form::power_of_two: return is_power_of_two(value);
    case Form::power_of_two_and_trailer: return is_power_of_two(value - limits.unit);
    case Form::multiple: return value % limits.unit == 0;
    }
    return false;
}
bool is_idle_strategy(std::string_view name) {
    try {
        static_cast<void>(agent::IdleStrategy::parse(name, ""));
        return true;
    } catch (const Error&) {
        return false;
    }
}

bool is_allowed(const Limits&, bool) noexcept { return true; }
bool is_allowed(const Limits& limits, const std::string& value) {
    if (limits.kind == Kind::idle_name) return is_idle_strategy(value);
    if (limits.kind == Kind::port_range) return net::parse_port_range(value).has_value();
    if (limits.kind == Kind::flow_control)
        return std::ranges::find(flow_controls, value, &StrategyName::name) != flow_controls.end();
    if (limits.kind == Kind::congestion)
        return std::ranges::find(congestion_controls, value, &StrategyName::name) != congestion_controls.end();
    const bool printable = std::ranges::none_of(value, [](char c) { return static_cast<unsigned char>(c) < ' '; });
    return printable && is_within(limits, static_cast<std::int64_t>(value.size()));
}
bool is_allowed(const Limits& limits, std::int64_t value) noexcept { return is_within(limits, value); }
bool is_allowed(const Limits& limits, int value) noexcept { return is_within(limits, value); }
bool is_allowed(const Limits&, double value) noexcept { return value >= 0 && value <= 1; }
bool is_allowed(const Limits& limits, Nanos value) noexcept {
    return is_within(limits,
                     limits.kind == Kind::milliseconds ? std::chrono::floor<Millis>(value).count() : value.count());
}
bool is_allowed(const Limits& limits, const std::optional<Nanos>& value) noexcept {
    return !value || is_within(limits, value->count());
}
bool is_allowed(const Limits& limits, const std::optional<std::int64_t>& value) noexcept {
    return !value || is_within(limits, *value);
}
bool is_allowed(const Limits&, GroupConsideration value) noexcept {
    return std::ranges::find(groups, value, &Group::consideration) != groups.end();
}
bool is_allowed(const Limits&, ThreadingMode value) noexcept {
    return std::ranges::find(modes, value, &Mode::mode) != modes.end();
}
bool is_allowed(const Limits&, ThreadNaming value) noexcept {
    return std::ranges::find(namings, value, &Naming::naming) != namings.end();
}

// The text that says it.

std::string format(const Limits& limits, bool value) {
    if (limits.kind == Kind::termination) return value ? "allow" : "deny";
    return value ? "true" : "false";
}
std::string format(const Limits&, const std::string& value) { return value; }
std::string format(const Limits& limits, std::int64_t value) {
    return limits.kind == Kind::size ? format_size(value) : std::to_string(value);
}
std::string format(const Limits&, int value) { return std::to_string(value); }
std::string format(const Limits&, double value) { return fmt::format("{}", value); }
std::string format(const Limits& limits, Nanos value) {
    if (limits.kind == Kind::milliseconds) return std::to_string(std::chrono::floor<Millis>(value).count());
    return format_duration(value);
}
std::string format(const Limits& limits, const std::optional<Nanos>& value) {
    return value ? format(limits, *value) : std::string{};
}
std::string format(const Limits& limits, const std::optional<std::int64_t>& value) {
    return value ? format(limits, *value) : std::string{};
}
std::string format(const Limits&, GroupConsideration value) {
    const auto* found = std::ranges::find(groups, value, &Group::consideration);
    return std::string{found == groups.end() ? "?" : found->name};
}
std::string format(const Limits&, ThreadingMode value) {
    const auto* found = std::ranges::find(modes, value, &Mode::mode);
    return std::string{found == modes.end() ? "?" : found->name};
}
std::string format(const Limits&, ThreadNaming value) {
    const auto* found = std::ranges::find(namings, value, &Naming::naming);
    return std::string{found == namings.end() ? "?" : found->name};
}

/// "from 1 to 256", "at least 1us"; `text` says a bound.
template <class Text> std::string range(const Limits& limits, Text text) {
    constexpr auto unlimited = std::numeric_limits<std::int64_t>::max();
    if (limits.high == unlimited && limits.low == std::numeric_limits<std::int64_t>::min()) return "of 64 bits";
    if (limits.high == unlimited) return fmt::format("at least {}", text(limits.low));
    return fmt::format("from {} to {}", text(limits.low), text(limits.high));
}

std::string form_in_words(const Limits& limits) {
    switch (limits.form) {
    case Form::any: return "";
    case Form::power_of_two: return ", a power of two";
    case Form::power_of_two_and_trailer:
        return fmt::format(", a power of two plus {} (such as {})", limits.unit, 2 * 1024 * 1024 + limits.unit);
    case Form::multiple: return fmt::format(", a multiple of {}", limits.unit);
    }
    return "";
}

}  // namespace

bool Option::set(DriverOptions& options, std::string_view value) const {
    return std::visit(
        [&]<class T>(T DriverOptions::*field) {
            if (value.empty()) {
                options.*field = DriverOptions{}.*field;
                return true;
            }
            auto parsed = parse(std::type_identity<T>{}, limits, value);
            if (!parsed || !is_allowed(limits, *parsed)) return false;
            options.*field = *std::move(parsed);
            return true;
        },
        member);
}

std::string Option::get(const DriverOptions& options) const {
    return std::visit([&](auto field) { return format(limits, options.*field); }, member);
}

bool Option::holds(const DriverOptions& options) const {
    return std::visit([&](auto field) { return is_allowed(limits, options.*field); }, member);
}

std::string Option::allowed() const {
    const auto number = [](std::int64_t value) { return std::to_string(value); };
    switch (limits.kind) {
    case Kind::text: return fmt::format("a text of at most {} bytes", limits.high);
    case Kind::size: return fmt::format("a size (k, m, g) {}{}", range(limits, format_size), form_in_words(limits));
    case Kind::count: return fmt::format("a whole number {}", range(limits, number));
    case Kind::duration:
        return fmt::format("a duration (ns, us, ms, s) {}",
                           range(limits, [](std::int64_t ns) { return format_duration(Nanos{ns}); }));
    case Kind::milliseconds:
        return fmt::format("a whole number of milliseconds, without a unit, {}", range(limits, number));
    case Kind::flag: return "true or false (also 1, on; 0, off)";
    case Kind::threading: return "DEDICATED, SHARED_NETWORK, SHARED or INVOKER";
    case Kind::naming: return "classic or new";
    case Kind::termination: return "allow or deny";
    case Kind::idle_name:
        return "backoff, spin, yield, noop, sleeping, sleep-ns, sleep-ms, or Aeron's long name of one";
    case Kind::idle_arguments: return "what the strategy takes";
    case Kind::port_range: return "two ports from 0 to 65535 with a blank between them, the lower one first";
    case Kind::flow_control: return "multicast_max, multicast_min or multicast_tagged, or Java's name of one";
    case Kind::congestion: return "default, static or cubic, or Aeron's long name of one";
    case Kind::group: return "true, false or infer";
    case Kind::rate: return "a number from 0 to 1";
    }
    return "";
}

}  // namespace gale::driver
