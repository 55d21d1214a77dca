/// gale bench: what this machine makes of Gale, in figures that can be compared.
#include "bench.hpp"

#include "access.hpp"
#include "command.hpp"
#include "machine.hpp"
#include "round_trip_options.hpp"
#include "text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <iostream>
#include <map>
#include <memory>

namespace gale::tools {
namespace {

struct ThroughputOptions {
    BenchOptions common{};
    ThroughputSettings settings{};
    double seconds = 5;
};

nlohmann::json json_of(const ThroughputSettings& settings, const ThroughputResult& result) {
    return {{"benchmark", "throughput"},
            {"machine", to_json(this_machine())},
            {"parameters",
             {{"channel", settings.channel},
              {"stream", settings.stream.value},
              {"message_length", settings.message_length},
              {"publication", settings.publishing == Publishing::exclusive ? "exclusive" : "shared"},
              {"method", settings.method == Method::offer ? "offer" : "claim"},
              {"fragment_limit", settings.fragment_limit}}},
            {"result",
             {{"seconds", std::chrono::duration<double>(result.elapsed).count()},
              {"messages", result.messages},
              {"messages_per_second", result.messages_per_second},
              {"bytes_per_second", result.bytes_per_second},
              {"checked_messages", result.total_messages},
              {"times_refused", result.times_refused}}}};
}

int run_throughput_command(ThroughputOptions options, const os::StopSignals& stop) {
    auto& settings = options.settings;
    settings.duration = std::chrono::duration_cast<Nanos>(std::chrono::duration<double>(options.seconds));
    Console told{options.common.json ? stderr : stdout};
    const DriverUnderTest driver{options.common.directory, "bench", 1};
    Client client = connect(driver.directory(), "gale-bench", stop);
    told.line(describe(this_machine()));
    told.line(fmt::format("{} {} of {} bytes on {}, one publisher and one subscriber thread, {} driver",
                          settings.publishing == Publishing::exclusive ? "exclusive" : "shared",
                          settings.method == Method::offer ? "offer" : "claim", settings.message_length,
                          settings.channel, driver.is_private() ? "embedded" : "running"));
    const auto result =
        run_throughput(client, settings, stop, told.progress_interval(), [&](const ThroughputProgress& at) {
            told.progress(fmt::format("  {:>5.1f} s  {:>14}  {:>11}", std::chrono::duration<double>(at.elapsed).count(),
                                      message_rate(at.messages_per_second), bandwidth(at.bytes_per_second)));
        });
    told.clear_progress();
    if (options.common.json) {
        std::cout << json_of(settings, result).dump(2) << std::endl;
    } else {
        told.line(fmt::format("{} msg/s, {}; {} messages, each in its place",
                              grouped(static_cast<std::int64_t>(result.messages_per_second)),
                              bandwidth(result.bytes_per_second), grouped(result.total_messages)));
    }
    return stop.requested() ? interrupted : success;
}

void add_throughput(Command bench, Program& program) {
    auto options = std::make_shared<ThroughputOptions>();
    auto& settings = options->settings;
    Command command = bench.add_subcommand("throughput", "messages per second from one thread to another");
    add_bench_options(command, options->common);
    command.add_option("--channel", settings.channel, "channel").capture_default_str();
    add_stream_option(command, "--stream", settings.stream, "stream").default_str("1001");
    add_size_option(command, "--size", settings.message_length, "bytes of a message", 8, 16 << 20).default_str("32");
    command.add_option("--seconds", options->seconds, "how long is measured")
        .capture_default_str()
        .within(0.1, 86400.0);
    const std::map<std::string, Publishing> publishing{{"exclusive", Publishing::exclusive},
                                                       {"shared", Publishing::shared}};
    command.add_choice("--publication", settings.publishing, publishing, "exclusive or shared")
        .type_name("KIND")
        .default_str("exclusive");
    const std::map<std::string, Method> methods{{"offer", Method::offer}, {"claim", Method::claim}};
    command.add_choice("--method", settings.method, methods, "offer (copy) or claim (write in place)")
        .type_name("HOW")
        .default_str("offer");
    command.add_option("--fragment-limit", settings.fragment_limit, "fragments that a poll delivers at most")
        .capture_default_str()
        .within(1, 1'000'000);
    add_cpu_option(command, "--publisher-cpu", settings.publisher_cpu, "bind the publisher to this processor");
    add_cpu_option(command, "--subscriber-cpu", settings.subscriber_cpu, "bind the subscriber to this processor");
    command.callback([options, &program] {
        program.chosen = [options, &program] { return run_throughput_command(*options, program.stop); };
    });
}

struct RoundTripOptions {
    BenchOptions common{};
    PingSettings settings{};
    double seconds = 5;
    int pong_cpu = -1;
    const char* name = "";
};

int run_round_trips(RoundTripOptions options, const os::StopSignals& stop) {
    auto& settings = options.settings;
    if (settings.rate > 0)
        settings.count =
            std::max<std::int64_t>(1, static_cast<std::int64_t>(static_cast<double>(settings.rate) * options.seconds));
    if (settings.rate > 0) settings.warmup = std::min(settings.warmup, settings.rate);
    Console told{options.common.json ? stderr : stdout};
    const DriverUnderTest driver{options.common.directory, "bench", 2};
    Client client = connect(driver.directory(), "gale-bench", stop);
    told.line(describe(this_machine()));
    told.line(
        settings.rate > 0
            ? fmt::format("round trips of {} bytes between two threads, {} a second, counted from when each was due",
                          settings.message_length, grouped(settings.rate))
            : fmt::format("round trips of {} bytes between two threads, each when the last is back",
                          settings.message_length));
    PingResult result;
    {
        const PongThread pong{client, settings.channels, settings.idling, options.pong_cpu};
        result = ping(
            client, settings, stop, told.progress_interval(),
            [&](std::int64_t counted) { told.progress(progress_text(counted, settings)); }, [] {});
    }
    told.clear_progress();
    if (options.common.json) {
        std::cout << round_trip_json(options.name, settings, result).dump(2) << std::endl;
    } else if (result.histogram.count() > 0) {
        print_round_trips(told, settings, result);
    }
    return result.complete ? success : interrupted;
}

void add_round_trip_bench(Command bench, Program& program, const char* name, const std::string& about,
                          std::int64_t rate) {
    auto options = std::make_shared<RoundTripOptions>();
    auto& settings = options->settings;
    options->name = name;
    settings.rate = rate;
    settings.idling = fastest_idling(2);
    settings.channels.ping_channel = settings.channels.pong_channel = "aeron:ipc?term-length=1m";
    Command command = bench.add_subcommand(name, about);
    add_bench_options(command, options->common);
    add_round_trip_channels(command, settings.channels);
    add_size_option(command, "--size", settings.message_length, "bytes of a message", shortest_ping, 1 << 20)
        .default_str("32");
    if (rate > 0) {
        add_count_option(command, "--rate", settings.rate, "round trips a second", 1).default_str(std::to_string(rate));
        command.add_option("--seconds", options->seconds, "how long is measured")
            .capture_default_str()
            .within(0.1, 86400.0);
    } else {
        settings.count = 1'000'000;
        add_count_option(command, "--count,-n", settings.count, "how many are measured", 1).default_str("1000000");
    }
    add_count_option(command, "--warmup", settings.warmup, "round trips before those that count").default_str("10000");
    add_idling_option(command, settings.idling);
    add_cpu_option(command, "--ping-cpu", settings.cpu, "bind the measuring thread to this processor");
    add_cpu_option(command, "--pong-cpu", options->pong_cpu, "bind the answering thread to this processor");
    command.callback([options, &program] {
        program.chosen = [options, &program] { return run_round_trips(*options, program.stop); };
    });
}

}  // namespace

void add_bench_options(Command command, BenchOptions& options) {
    command
        .add_option("--dir", options.directory,
                    "measure the driver that runs there (default: one embedded in this process)")
        .type_name("DIRECTORY");
    command.add_flag("--json", options.json, "the result, and what it was measured on, as one JSON object");
}

void add_bench(Program& program) {
    Command bench = program.root.add_subcommand("bench", "measure throughput, latency, set-up and idle cost");
    bench.require_subcommand();
    add_throughput(bench, program);
    add_round_trip_bench(bench, program, "latency", "round trips at a fixed rate, counted from when each was due",
                         10'000);
    add_round_trip_bench(bench, program, "rtt", "round trips as fast as they go, one at a time", 0);
    add_bench_setup(bench, program);
    add_bench_idle(bench, program);
}

}  // namespace gale::tools
