/// Where the driver's options come from, whether they fit together, and how they are told.
/// docs/formats/configuration.md.
#pragma once

#include "driver/options_table.hpp"

#include <gale/driver_options.hpp>
#include <gale/function_ref.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gale::driver {

/// What was given and does nothing, a line each: options of Aeron's that this version does not have, names nobody
/// knows.
using Notes = std::vector<std::string>;

struct FromEnvironment {
    DriverOptions options{};
    Notes notes{};
};
using Variable = FunctionRef<std::optional<std::string>(const std::string& name)>;
/// The defaults, and what variables named AERON_* say otherwise. An empty one counts as not there. `names` are those
/// that exist. Throws Error{invalid_argument}: which variable, what it was given, what is allowed.
[[nodiscard]] FromEnvironment read_environment(const std::vector<std::string>& names, Variable variable);
/// The same for this process.
[[nodiscard]] FromEnvironment read_environment();

/// One option by any of its names: `aeron.mtu.length`, `mtu.length`, `AERON_MTU_LENGTH`. An empty value, or `@null`,
/// brings the default back. Throws Error{invalid_argument} as above, and for a name that nobody knows, with the nearest
/// one.
[[nodiscard]] Notes apply_property(DriverOptions& options, std::string_view name, std::string_view value);

/// All properties in a text; `source` names it in errors, with the line.
[[nodiscard]] Notes load_properties(std::string_view text, std::string_view source, DriverOptions& options);
/// The same from a file, by its path or as `file://path`. Throws also when it cannot be read.
[[nodiscard]] Notes load_properties_file(const std::string& path, DriverOptions& options);

/// Every value within its limits, and all of them together. Throws one Error{invalid_argument} with a line per fault.
void validate(const DriverOptions& options);

/// All options in effect, as a properties file that would set them.
[[nodiscard]] std::string configuration_text(const DriverOptions& options);
/// For people at a terminal.
[[nodiscard]] std::string help_text();
/// The page docs/options.md.
[[nodiscard]] std::string options_markdown();

}  // namespace gale::driver
