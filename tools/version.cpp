/// gale version: which Gale this is.
#include "driver/conductor/version.hpp"

#include "command.hpp"
#include "console.hpp"
#include "control/cnc_file.hpp"
#include "machine.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <iostream>
#include <memory>

namespace gale::tools {
namespace {

std::string semantic(std::int32_t version) {
    return fmt::format("{}.{}.{}", version >> 16, (version >> 8) & 0xFF, version & 0xFF);
}

}  // namespace

void add_version(Program& program) {
    auto json = std::make_shared<bool>(false);
    Command command = program.root.add_subcommand("version", "which Gale this is, and what it was built with");
    command.add_flag("--json", *json, "as one JSON object");
    command.callback([json, &program] {
        program.chosen = [json] {
            const std::string cnc = semantic(control::cnc_version);
            const std::string compiler = this_machine().compiler;
            if (*json) {
                const nlohmann::json told{{"version", GALE_VERSION},
                                          {"aeron_version", driver::version_text},
                                          {"cnc_version", cnc},
                                          {"compiler", compiler}};
                std::cout << told.dump(2) << std::endl;
            } else {
                Console{stdout}.line(fmt::format("gale {} (speaks Aeron {}, cnc.dat {}; built with {})", GALE_VERSION,
                                                 driver::version_text, cnc, compiler));
            }
            return success;
        };
    });
}

}  // namespace gale::tools
