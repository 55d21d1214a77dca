#include "machine.hpp"

#include "text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <thread>

namespace gale::tools {
namespace {

std::string first_line(const char* path) {
    std::ifstream file{path};
    std::string line;
    std::getline(file, line);
    return line;
}

std::string processor_name() {
    std::ifstream file{"/proc/cpuinfo"};
    for (std::string line; std::getline(file, line);) {
        const auto colon = line.find(':');
        if (line.starts_with("model name") && colon != std::string::npos && colon + 2 <= line.size()) {
            return printable(line.substr(colon + 2));
        }
    }
    return "unknown processor";
}

}  // namespace

Machine this_machine() {
    return {
        .processor = processor_name(), .cores = std::thread::hardware_concurrency(),
        .kernel = first_line("/proc/sys/kernel/ostype") + " " + first_line("/proc/sys/kernel/osrelease"),
#if defined(__clang__)
        .compiler = "clang " __clang_version__
#else
        .compiler = "gcc " __VERSION__
#endif
    };
}

nlohmann::json to_json(const Machine& machine) {
    return {{"processor", machine.processor},
            {"cores", machine.cores},
            {"kernel", machine.kernel},
            {"compiler", machine.compiler}};
}

std::string describe(const Machine& machine) {
    return fmt::format("{}, {} core{}, {}", machine.processor, machine.cores, machine.cores == 1 ? "" : "s",
                       machine.kernel);
}

}  // namespace gale::tools
