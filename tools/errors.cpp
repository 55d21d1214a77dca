/// gale errors: what has gone wrong in a driver, each kind once.
#include "access.hpp"
#include "command.hpp"
#include "console.hpp"
#include "shm/error_log.hpp"
#include "text.hpp"

#include <gale/error.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <iomanip>
#include <memory>
#include <sstream>
#include <string>

namespace gale::tools {
namespace {

struct ErrorsOptions {
    std::string directory{};
    std::string since{};
    bool json = false;
};

/// `2031-02-03`, `2031-02-03 04:05:06` (local time), or `90s`, `15m`, `12h`, `7d` ago.
Millis parse_since(const std::string& text) {
    if (text.empty()) return Millis{0};
    std::size_t used = 0;
    try {
        const long long number = std::stoll(text, &used);
        const std::string unit = text.substr(used);
        const long long seconds = unit == "s" ? 1 : unit == "m" ? 60 : unit == "h" ? 3600 : unit == "d" ? 86400 : 0;
        if (seconds != 0 && number >= 0 && number < 1'000'000'000) {
            return std::max(Millis{0}, wall_clock() - std::chrono::seconds{number * seconds});
        }
    } catch (const std::exception&) {
        // No number in front: then it is a date, or wrong.
    }
    for (const char* form : {"%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"}) {
        std::istringstream stream{text};
        std::tm local{};
        stream >> std::get_time(&local, form);
        if (stream.fail() || stream.peek() != std::istringstream::traits_type::eof()) continue;
        local.tm_isdst = -1;
        return std::chrono::seconds{std::mktime(&local)};
    }
    throw Error{
        ErrorCode::invalid_argument,
        fmt::format("--since '{}' is no moment: write 90s, 15m, 12h or 7d (ago), 2031-02-03, or '2031-02-03 04:05:06'",
                    text)};
}

int run(const ErrorsOptions& options) {
    const Millis since = parse_since(options.since);
    const std::string directory = resolve_directory(options.directory);
    const control::CncFile cnc = open_cnc(directory);
    nlohmann::json list = nlohmann::json::array();
    Console console{stdout};
    const int count = shm::read_error_log(cnc.error_log(), since, [&](const shm::ErrorObservation& error) {
        if (options.json) {
            list.push_back({{"observations", error.count},
                            {"first_ms", error.first.count()},
                            {"last_ms", error.last.count()},
                            {"text", error.text}});
            return;
        }
        console.line(fmt::format("***\n{} observations from {} to {} for:\n {}", error.count, long_date(error.first),
                                 long_date(error.last), printable(error.text, Lines::keep)));
    });
    if (options.json) {
        const nlohmann::json all{{"directory", directory}, {"errors", std::move(list)}};
        console.line(all.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
    } else {
        console.line(fmt::format("{}{} distinct errors observed.", count > 0 ? "\n" : "", count));
    }
    return success;
}

}  // namespace

void add_errors(Program& program) {
    auto options = std::make_shared<ErrorsOptions>();
    Command command = program.root.add_subcommand("errors", "show what has gone wrong in a driver, each kind once");
    add_directory_option(command, options->directory);
    command.add_option("--since", options->since, "only those seen since: 90s, 15m, 12h, 7d, or a local date and time")
        .type_name("WHEN");
    command.add_flag("--json", options->json, "one JSON object");
    command.callback([options, &program] { program.chosen = [options] { return run(*options); }; });
}

}  // namespace gale::tools
