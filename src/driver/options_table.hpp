/// The driver's options as a table: one row per member of DriverOptions, from which everything else about them is made.
#pragma once

#include <gale/driver_options.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace gale::driver {

/// How a value is written, and what it may be. docs/formats/configuration.md has the grammars.
enum class Kind : std::uint8_t {
    text,
    size,          ///< bytes, with k, m or g
    count,         ///< a whole number
    duration,      ///< with ns, us, ms or s
    milliseconds,  ///< a whole number of them, no unit: as Aeron has it
    flag,          ///< true, false and their synonyms
    threading,     ///< a threading mode's name
    naming,        ///< classic or new
    termination,   ///< allow or deny
    idle_name,     ///< an idle strategy's name
    idle_arguments,
    port_range,    ///< two ports and a blank between them
    flow_control,  ///< the name of one for several receivers
    congestion,    ///< default, static or cubic
    group,         ///< true, false or infer
    rate,          ///< from 0 to 1
};

/// What a size must look like besides being in its range.
enum class Form : std::uint8_t { any, power_of_two, power_of_two_and_trailer, multiple };

struct Limits {
    Kind kind = Kind::text;
    std::int64_t low = 0;  ///< numbers: the value's, a duration's in ns; texts: their length's
    std::int64_t high = std::numeric_limits<std::int64_t>::max();
    Form form = Form::any;
    std::int64_t unit = 1;  ///< the trailer's length, or what the size is a multiple of
};

using Member =
    std::variant<bool DriverOptions::*, std::string DriverOptions::*, std::int64_t DriverOptions::*,
                 int DriverOptions::*, double DriverOptions::*, Nanos DriverOptions::*,
                 std::optional<Nanos> DriverOptions::*, std::optional<std::int64_t> DriverOptions::*,
                 ThreadingMode DriverOptions::*, ThreadNaming DriverOptions::*, GroupConsideration DriverOptions::*>;

/// One row.
struct Option {
    std::string_view name;  ///< after `aeron.`; one that begins with `gale.` is no option of Aeron's, and whole
    Member member;
    Limits limits;
    std::string_view help;
    std::string_view variable{};  ///< where the environment's name does not follow from `name`

    /// aeron.mtu.length, gale.destination.limit
    [[nodiscard]] std::string property_name() const;
    /// AERON_MTU_LENGTH, GALE_DESTINATION_LIMIT
    [[nodiscard]] std::string environment_name() const;
    /// Aeron has no such option.
    [[nodiscard]] bool is_own() const noexcept { return name.starts_with("gale."); }
    /// False, and nothing changed, when `value` is not allowed. An empty value brings the default back.
    [[nodiscard]] bool set(DriverOptions& options, std::string_view value) const;
    /// In words that `set` takes; empty when an optional value is absent.
    [[nodiscard]] std::string get(const DriverOptions& options) const;
    /// Whether the value is within the row's limits, whoever set it.
    [[nodiscard]] bool holds(const DriverOptions& options) const;
    /// What `set` takes, in words.
    [[nodiscard]] std::string allowed() const;
};

/// Rows from `first` on belong to the section, up to the next one's first.
struct Section {
    std::string_view title;
    std::string_view first;
};

[[nodiscard]] std::span<const Option> option_table() noexcept;
/// The title of the section that begins with this row, or nothing.
[[nodiscard]] std::optional<std::string_view> section_that_begins_with(const Option& option) noexcept;

/// An option of Aeron's that this driver knows and does not have: why not.
struct OptionWithoutEffect {
    std::string_view name;
    std::string_view why;
};
inline constexpr std::string_view read_by_clients = "it is read by clients, not by the driver";
[[nodiscard]] std::span<const OptionWithoutEffect> options_without_effect() noexcept;

/// `aeron.mtu.length`, `mtu.length` and `AERON_MTU_LENGTH` become AERON_MTU_LENGTH; `gale.destination.limit`
/// GALE_DESTINATION_LIMIT.
[[nodiscard]] std::string environment_spelling(std::string_view name);
/// By any of its spellings; null when there is none.
[[nodiscard]] const Option* find_option(std::string_view name);
[[nodiscard]] const OptionWithoutEffect* find_option_without_effect(std::string_view name);
/// The name that was probably meant; empty when nothing is near.
[[nodiscard]] std::string_view nearest_name(std::string_view name);

}  // namespace gale::driver
