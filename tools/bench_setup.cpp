/// gale bench setup: how fast publications come into being.
#include "bench.hpp"
#include "console.hpp"
#include "histogram.hpp"
#include "machine.hpp"
#include "round_trip_options.hpp"
#include "text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <iostream>
#include <memory>
#include <vector>

namespace gale::tools {
namespace {

using SteadyClock = std::chrono::steady_clock;

struct SetupOptions {
    BenchOptions common{};
    std::string channel = "aeron:ipc?term-length=64k";
    std::int64_t count = 200;
    StreamId first_stream{20'000};
};

struct Result {
    Histogram histogram{};
    Nanos elapsed{};
};

/// Each on a stream of its own, so that each is made from scratch; all are kept until the end.
Result add_many(Client& client, const SetupOptions& options, const os::StopSignals& stop, Console& told) {
    Result result;
    std::vector<Publication> made;
    made.reserve(static_cast<std::size_t>(options.count));
    const auto begin = SteadyClock::now();
    auto next_report = begin + told.progress_interval();
    for (std::int64_t i = 0; i < options.count && !stop.requested(); ++i) {
        const auto asked = SteadyClock::now();
        made.push_back(client.add_publication(options.channel,
                                              StreamId{options.first_stream.value + static_cast<std::int32_t>(i)}));
        const auto answered = SteadyClock::now();
        result.histogram.record(answered - asked);
        if (answered >= next_report) {
            told.progress(fmt::format("  {} of {} publications", grouped(i + 1), grouped(options.count)));
            next_report = answered + told.progress_interval();
        }
    }
    result.elapsed = SteadyClock::now() - begin;
    return result;
}

int run(const SetupOptions& options, const os::StopSignals& stop) {
    Console told{options.common.json ? stderr : stdout};
    BenchDrivers drivers{options.common, 1, is_network(options.channel), stop};
    told.line(describe(this_machine()));
    told.line(
        fmt::format("adding {} publications on {}, one after the other", grouped(options.count), options.channel));
    const Result result = add_many(drivers.sending(), options, stop, told);
    told.clear_progress();
    const double seconds = std::chrono::duration<double>(result.elapsed).count();
    const double rate = seconds > 0 ? static_cast<double>(result.histogram.count()) / seconds : 0;
    if (options.common.json) {
        const nlohmann::json json{
            {"benchmark", "setup"},
            {"machine", to_json(this_machine())},
            {"parameters", {{"channel", options.channel}, {"count", options.count}}},
            {"result", {{"publications_per_second", rate}, {"seconds", seconds}, {"add", to_json(result.histogram)}}}};
        std::cout << json.dump(2) << std::endl;
    } else {
        told.line(fmt::format("{} publications a second; from asking to having one:", scaled(rate)));
        print_percentiles(told, result.histogram);
    }
    return stop.requested() ? interrupted : success;
}

}  // namespace

void add_bench_setup(Command bench, Program& program) {
    auto options = std::make_shared<SetupOptions>();
    Command command = bench.add_subcommand("setup", "publications added per second, and how long each takes");
    add_bench_options(command, options->common);
    command.add_option("--channel", options->channel, "channel of each").capture_default_str();
    add_count_option(command, "--count,-n", options->count, "how many are added", 1).default_str("200");
    add_stream_option(command, "--first-stream", options->first_stream, "stream of the first; each has its own")
        .default_str("20000");
    command.callback(
        [options, &program] { program.chosen = [options, &program] { return run(*options, program.stop); }; });
}

}  // namespace gale::tools
