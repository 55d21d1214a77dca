/// gale stat: every counter of a driver.
#include "access.hpp"
#include "command.hpp"
#include "counters_view.hpp"
#include "text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <memory>
#include <string>

namespace gale::tools {
namespace {

struct StatOptions {
    std::string directory{};
    CounterFilter filter{};
    Refresh refresh{};
    bool json = false;
};

/// The columns of AeronStat, so that scripts made for it go on working.
std::string header(const control::CncFile& cnc) {
    const std::int32_t version = cnc.header().version.load_acquire();
    const auto age = heartbeat_age(cnc);
    const std::string heartbeat = age ? fmt::format("heartbeat age {}ms", age->count()) : describe_heartbeat(cnc);
    return fmt::format("{} - Aeron Stat (CnC v{}.{}.{}), pid {}, {}\n{:=<70}\n", long_date(wall_clock()), version >> 16,
                       (version >> 8) & 0xFF, version & 0xFF, cnc.header().pid, heartbeat, "");
}

std::string table(const control::CncFile& cnc, const CounterFilter& filter) {
    const std::size_t width = std::to_string(cnc.counters().capacity() - 1).size();
    std::string text = header(cnc);
    for (const CounterCopy& counter : control::copy_counters(cnc.counters())) {
        if (!filter.wants(counter)) continue;
        text += fmt::format("{:>{}}: {:>26} - {}\n", counter.id.value, width, grouped(counter.value),
                            printable(counter.label));
    }
    return text;
}

std::string json(const control::CncFile& cnc, const std::string& directory, const CounterFilter& filter) {
    nlohmann::json counters = nlohmann::json::array();
    for (const CounterCopy& counter : control::copy_counters(cnc.counters())) {
        if (filter.wants(counter)) counters.push_back(to_json(counter));
    }
    const nlohmann::json all{
        {"driver", to_json(cnc, directory)}, {"time_ms", wall_clock().count()}, {"counters", std::move(counters)}};
    return all.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

int run(StatOptions options, const os::StopSignals& stop) {
    const std::string directory = resolve_directory(options.directory);
    if (options.json && !options.refresh.seconds) options.refresh.once = true;
    // Opened each time: a driver that starts again makes a new file.
    return show(options.refresh, stop, [&] {
        const control::CncFile cnc = open_cnc(directory);
        return options.json ? json(cnc, directory, options.filter) : table(cnc, options.filter);
    });
}

}  // namespace

void add_stat(Program& program) {
    auto options = std::make_shared<StatOptions>();
    Command command = program.root.add_subcommand("stat", "show a driver's counters, as Aeron's AeronStat does");
    add_directory_option(command, options->directory);
    add_filter_options(command, options->filter);
    add_refresh_options(command, options->refresh);
    command.add_flag("--json", options->json, "one JSON object, once unless --interval is given");
    command.callback(
        [options, &program] { program.chosen = [options, &program] { return run(*options, program.stop); }; });
}

}  // namespace gale::tools
