/// What the figures were measured on.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace gale::tools {

struct Machine {
    std::string processor;
    unsigned cores = 0;
    std::string kernel;
    std::string compiler;
};
[[nodiscard]] Machine this_machine();
[[nodiscard]] nlohmann::json to_json(const Machine& machine);
/// In one line, for people.
[[nodiscard]] std::string describe(const Machine& machine);

}  // namespace gale::tools
