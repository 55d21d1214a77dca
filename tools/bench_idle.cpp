/// gale bench idle: what a driver costs that has nothing to do.
#include "bench.hpp"
#include "console.hpp"
#include "machine.hpp"
#include "text.hpp"

#include <gale/error.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <sstream>

namespace gale::tools {
namespace {

using Steady = std::chrono::steady_clock;

struct IdleOptions {
    BenchOptions common{};
    std::int64_t pid = 0;
    double seconds = 5;
    std::string threading{};
};

/// Processor time that all living threads of a process have used, and how often they gave the processor away.
struct Usage {
    Nanos busy{};
    std::int64_t wakes = 0;
};

std::int64_t switches_of(const std::filesystem::path& thread) {
    std::ifstream status{thread / "status"};
    for (std::string word; status >> word;) {
        std::int64_t count = 0;
        if (word == "voluntary_ctxt_switches:" && status >> count) return count;
    }
    return 0;
}

/// Nothing when there is no such process, or it is not ours to look at.
std::optional<Usage> usage_of(const std::string& process) {
    std::error_code error;
    Usage usage;
    bool any = false;
    for (const auto& thread : std::filesystem::directory_iterator{"/proc/" + process + "/task", error}) {
        std::ifstream schedule{thread.path() / "schedstat"};  // nanoseconds on a processor come first
        std::int64_t busy = 0;
        if (!(schedule >> busy)) continue;
        usage.busy += Nanos{busy};
        usage.wakes += switches_of(thread.path());
        any = true;
    }
    return any ? std::optional{usage} : std::nullopt;
}

Usage needed_usage(const std::string& process) {
    if (const auto usage = usage_of(process)) return *usage;
    throw Error{ErrorCode::system,
                fmt::format("cannot read the processor time of process {}: does it run, and is it yours? "
                            "It is found in /proc/{}/task/*/schedstat.",
                            process, process)};
}

int run(const IdleOptions& options, const os::StopSignals& stop) {
    Console told{options.common.json ? stderr : stdout};
    std::string process = "self";
    std::optional<PrivateDriver> own;
    if (options.pid > 0) {
        process = std::to_string(options.pid);
    } else if (!options.common.directory.empty()) {
        process = std::to_string(open_cnc(options.common.directory).header().pid);
    } else {
        DriverOptions driver;
        for (const std::string& note : apply_options(driver, options.common.options))
            fmt::print(stderr, "gale: {}\n", printable(note));
        if (options.threading == "shared") driver.threading_mode = ThreadingMode::shared;
        if (options.threading == "shared_network") driver.threading_mode = ThreadingMode::shared_network;
        own.emplace("bench", 1, std::move(driver));
    }
    told.line(describe(this_machine()));
    told.line(fmt::format("processor time of {} over {} s",
                          own ? "an embedded driver without clients" : "process " + process, options.seconds));
    stop.wait_for(std::chrono::milliseconds{own ? 500 : 0});  // what starting costs is not idling
    const Usage before = needed_usage(process);
    const auto begin = Steady::now();
    stop.wait_for(std::chrono::duration_cast<Nanos>(std::chrono::duration<double>(options.seconds)));
    const Usage after = needed_usage(process);
    const double seconds = std::chrono::duration<double>(Steady::now() - begin).count();
    const double share = std::chrono::duration<double>(after.busy - before.busy).count() / seconds;
    const double wakes = static_cast<double>(after.wakes - before.wakes) / seconds;
    if (options.common.json) {
        const nlohmann::json json{
            {"benchmark", "idle"},
            {"machine", to_json(this_machine())},
            {"parameters", {{"process", own ? "embedded" : process}, {"threading", options.threading}}},
            {"result", {{"seconds", seconds}, {"percent_of_a_core", share * 100}, {"wakes_per_second", wakes}}}};
        std::cout << json.dump(2) << std::endl;
    } else {
        told.line(fmt::format("{:.2f} % of a core, {} wake-ups a second", share * 100, scaled(wakes)));
    }
    return stop.requested() ? interrupted : success;
}

}  // namespace

void add_bench_idle(Command bench, Program& program) {
    auto options = std::make_shared<IdleOptions>();
    Command command = bench.add_subcommand("idle", "processor time of a driver that has nothing to do");
    add_bench_options(command, options->common);
    command.add_option("--pid", options->pid, "measure this process instead").positive();
    command.add_option("--seconds", options->seconds, "how long is measured")
        .capture_default_str()
        .within(0.1, 86400.0);
    command.add_option("--threading", options->threading, "of the embedded driver: dedicated, shared_network or shared")
        .one_of({"dedicated", "shared_network", "shared"})
        .default_str("dedicated");
    command.callback(
        [options, &program] { program.chosen = [options, &program] { return run(*options, program.stop); }; });
}

}  // namespace gale::tools
