#include "driver/options.hpp"

#include <fmt/format.h>

namespace gale::driver {
namespace {

std::string default_of(const Option& option) { return option.get(DriverOptions{}); }

constexpr std::string_view page_head = R"(# The driver's options

<!-- Made from src/driver/options_table.cpp. To make it again: GALE_WRITE_DOCS=1 bin/driver_test --gtest_filter='OptionsPage.*' -->

An option has one name in three spellings: `aeron.mtu.length` in a properties file, `mtu.length` for short, and
`AERON_MTU_LENGTH` in the environment. What is set later wins: defaults, environment, properties files, `--option`, in that
order. An empty value brings the default back. An option that Aeron does not have begins with `gale.` and is always called so:
`gale.destination.limit`, `GALE_DESTINATION_LIMIT`. Grammars, and what differs from Aeron, are in
[configuration](formats/configuration.md).

What is not allowed is refused, and the driver does not start: nothing is clamped, nothing falls back to a default. A size has
no suffix or one of `k`, `m`, `g`; a duration one of `ns`, `us`, `ms`, `s`, or none for nanoseconds.
)";

constexpr std::string_view page_tail = R"(
## Idle strategies

| Name | What a thread does when there is nothing to do | Arguments |
|---|---|---|
| `backoff` | spins, yields, then rests, each time twice as long | `<spins>-<yields>-<minPark>-<maxPark>` |
| `spin` | tells the processor that it spins | none |
| `yield` | lets another thread go first | none |
| `noop` | nothing | none |
| `sleeping`, `sleep-ns` | rests | one duration, else 1us |
| `sleep-ms` | rests | one duration of at least 1ms, else 1ms |

A rest ends early when somebody who knows how wakes the driver, as Gale's clients do. With arguments, `backoff` does exactly
what they say; without, it begins like `3-20-1us-1ms`, and after a long silence rests longer than 1 ms where waking up is
expensive, at most 16 ms: see [the decision](adr/0002-idle-driver.md). Aeron's long names (`aeron_idle_strategy_backoff`) and
Java's class names (`BackoffIdleStrategy`, with or without package) are understood. `controllable` is not there.

## Known and without effect

These names of Aeron's are recognised, so that its files and environments can be used as they are. The driver says at the start
that they have no effect, and why.

| Property | Why |
|---|---|
)";

std::string page_row(const Option& option) {
    const auto value = default_of(option);
    return fmt::format("| `{}` | `{}` | {} | {} | {} |\n", option.property_name(), option.environment_name(),
                       option.allowed(), value.empty() ? "none" : fmt::format("`{}`", value), option.help);
}

}  // namespace

std::string configuration_text(const DriverOptions& options) {
    std::string text;
    for (const Option& option : option_table()) {
        if (const auto title = section_that_begins_with(option)) text += fmt::format("# {}\n", *title);
        text += fmt::format("{}={}\n", option.property_name(), option.get(options));
    }
    return text;
}

std::string help_text() {
    std::string text;
    for (const Option& option : option_table()) {
        if (const auto title = section_that_begins_with(option))
            text += fmt::format("{}{}\n", text.empty() ? "" : "\n", *title);
        const auto value = default_of(option);
        text += fmt::format("  {}={}\n      {}\n      {}; {}\n", option.name, value, option.help,
                            option.environment_name(), option.allowed());
    }
    return text;
}

std::string options_markdown() {
    std::string page{page_head};
    for (const Option& option : option_table()) {
        if (const auto title = section_that_begins_with(option))
            page += fmt::format(
                "\n## {}\n\n| Property | Environment | Allowed | Default | Meaning |\n|---|---|---|---|---|\n", *title);
        page += page_row(option);
    }
    page += page_tail;
    for (const auto& known : options_without_effect())
        page += fmt::format("| `aeron.{}` | {} |\n", known.name, known.why);
    return page;
}

}  // namespace gale::driver
