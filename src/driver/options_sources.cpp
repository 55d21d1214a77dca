#include "driver/options.hpp"
#include "os/process.hpp"

#include <gale/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>

namespace gale::driver {
namespace {

[[noreturn]] void refuse_option(const std::string& text) { throw Error{ErrorCode::invalid_argument, text}; }

/// Sets it or throws, naming the option as it was `given`.
void set(const Option& option, DriverOptions& options, std::string_view given, std::string_view value) {
    if (!option.set(options, value == "@null" ? std::string_view{} : value))
        refuse_option(fmt::format("{}: '{}' given, allowed: {}", given, value, option.allowed()));
}

std::string no_effect(std::string_view given, const OptionWithoutEffect& known) {
    return fmt::format("{} has no effect: {}", given, known.why);
}

std::string suggestion(std::string_view nearest, bool as_variable) {
    if (nearest.empty()) return "";
    const Option* option = find_option(nearest);
    const auto variable = option != nullptr ? option->environment_name() : environment_spelling(nearest);
    const auto property = option != nullptr ? option->property_name() : fmt::format("aeron.{}", nearest);
    return fmt::format("; did you mean {}?", as_variable ? variable : property);
}

constexpr std::string_view own_prefix = "GALE_";

/// Variables of Aeron's other programs are none of the driver's business.
bool belongs_to_others(std::string_view name) {
    constexpr std::array<std::string_view, 4> others{"AERON_CLIENT_", "AERON_ARCHIVE_", "AERON_CLUSTER_",
                                                     "AERON_SAMPLE_"};
    return std::ranges::any_of(others, [&](std::string_view prefix) { return name.starts_with(prefix); });
}

/// What there is to say about a variable that is not in the table; empty: nothing.
std::string note_on(const std::string& name) {
    if (const auto* known = find_option_without_effect(name))
        return known->why == read_by_clients ? "" : no_effect(name, *known);
    if (belongs_to_others(name)) return "";
    const auto nearest = nearest_name(name);
    if (name.starts_with(own_prefix) && nearest.empty()) return "";  // of other programs of ours
    return fmt::format("{} is no option and has no effect{}", name, suggestion(nearest, true));
}

}  // namespace

FromEnvironment read_environment(const std::vector<std::string>& names, Variable variable) {
    FromEnvironment result;
    for (const Option& option : option_table()) {
        const auto name = option.environment_name();
        if (const auto value = variable(name)) set(option, result.options, name, *value);
    }
    for (const auto& name : names) {
        const Option* option = find_option(name);
        if (option != nullptr && option->environment_name() == name) continue;
        if (variable(name).value_or("").empty()) continue;
        // Java's property has no variable of its own: the table says under which name the environment knows it.
        auto note = option == nullptr
                        ? note_on(name)
                        : fmt::format("{} has no effect: the variable is {}", name, option->environment_name());
        if (!note.empty()) result.notes.push_back(std::move(note));
    }
    return result;
}

FromEnvironment read_environment() {
    auto names = os::environment_names("AERON_");
    for (auto& name : os::environment_names(std::string{own_prefix})) names.push_back(std::move(name));
    std::ranges::sort(names);
    return read_environment(names, [](const std::string& name) { return os::environment(name.c_str()); });
}

Notes apply_property(DriverOptions& options, std::string_view name, std::string_view value) {
    if (const Option* option = find_option(name)) {
        set(*option, options, name, value);
        return {};
    }
    if (const auto* known = find_option_without_effect(name)) return {no_effect(name, *known)};
    refuse_option(
        fmt::format("{}: there is no such option{}", name,
                    suggestion(nearest_name(name), name.starts_with("AERON_") || name.starts_with(own_prefix))));
}

}  // namespace gale::driver

namespace gale {

DriverOptions DriverOptions::from_environment() {
    auto [options, notes] = driver::read_environment();
    for (const auto& note : notes) std::fprintf(stderr, "gale driver: %s\n", note.c_str());  // as without on_warning
    return std::move(options);
}

}  // namespace gale
