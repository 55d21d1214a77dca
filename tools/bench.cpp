/// gale bench: what this machine makes of Gale, in figures that can be compared.
#include "bench.hpp"

#include "console.hpp"
#include "machine.hpp"
#include "round_trip_options.hpp"
#include "text.hpp"
#include "throughput.hpp"

#include <gale/error.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <utility>

namespace gale::tools {
namespace {

struct ThroughputOptions {
    BenchOptions common{};
    ThroughputSettings settings{};
    bool udp = false;
    double seconds = 5;
};

nlohmann::json json_of(const ThroughputSettings& settings, const ThroughputResult& result, const char* driver) {
    return {{"benchmark", "throughput"},
            {"machine", to_json(this_machine())},
            {"parameters",
             {{"channel", settings.channel},
              {"stream", settings.stream.value},
              {"message_length", settings.message_length},
              {"publication", settings.publishing == Publishing::exclusive ? "exclusive" : "shared"},
              {"method", settings.method == Method::offer ? "offer" : "claim"},
              {"fragment_limit", settings.fragment_limit},
              {"driver", driver}}},
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
    if (options.udp) settings.channel = loopback_channel;
    Console told{options.common.json ? stderr : stdout};
    BenchDrivers drivers{options.common, 1, is_network(settings.channel), stop};
    told.line(describe(this_machine()));
    told.line(fmt::format("{} {} of {} bytes on {}, one publisher and one subscriber thread, {}",
                          settings.publishing == Publishing::exclusive ? "exclusive" : "shared",
                          settings.method == Method::offer ? "offer" : "claim", settings.message_length,
                          settings.channel, drivers.description()));
    const auto result = run_throughput(
        drivers.sending(), drivers.receiving(), settings, stop, told.progress_interval(),
        [&](const ThroughputProgress& at) {
            told.progress(fmt::format("  {:>5.1f} s  {:>14}  {:>11}", std::chrono::duration<double>(at.elapsed).count(),
                                      message_rate(at.messages_per_second), bandwidth(at.bytes_per_second)));
        });
    told.clear_progress();
    if (options.common.json) {
        std::cout << json_of(settings, result, drivers.description()).dump(2) << std::endl;
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
    add_drivers_option(command, options->common);
    const Option channel = command.add_option("--channel", settings.channel, "channel").capture_default_str();
    command.add_flag("--udp", options->udp, fmt::format("short for --channel {}", loopback_channel)).excludes(channel);
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
    std::optional<Idling> idling{};  ///< as chosen
    bool udp = false;
    double seconds = 5;
    int pong_cpu = -1;
    const char* name = "";
};

int run_round_trips(RoundTripOptions options, const os::StopSignals& stop) {
    auto& settings = options.settings;
    if (options.udp) settings.channels.ping_channel = settings.channels.pong_channel = loopback_channel;
    const bool over_network = is_network(settings.channels.ping_channel) || is_network(settings.channels.pong_channel);
    // Over the network a driver's sender and receiver have to run, too, for each message.
    const unsigned network_threads = over_network ? 2 * static_cast<unsigned>(options.common.drivers) : 0;
    settings.idling = options.idling.value_or(fastest_idling(2 + network_threads));
    if (settings.rate > 0)
        settings.count =
            std::max<std::int64_t>(1, static_cast<std::int64_t>(static_cast<double>(settings.rate) * options.seconds));
    if (settings.rate > 0) settings.warmup = std::min(settings.warmup, settings.rate);
    Console told{options.common.json ? stderr : stdout};
    BenchDrivers drivers{options.common, 2, over_network, stop};
    told.line(describe(this_machine()));
    const std::string how = settings.rate > 0
                                ? fmt::format("{} a second, counted from when each was due", grouped(settings.rate))
                                : std::string{"each when the last is back"};
    told.line(fmt::format("round trips of {} bytes between two threads on {}, {}, {}", settings.message_length,
                          settings.channels.ping_channel, how, drivers.description()));
    PingResult result;
    {
        auto [pinging, ponging] = open_both_ends(drivers.sending(), drivers.receiving(), settings.channels);
        const PongThread pong{std::move(ponging), settings.idling, options.pong_cpu};
        result = ping(
            std::move(pinging), settings, stop, told.progress_interval(),
            [&](std::int64_t counted) { told.progress(progress_text(counted, settings)); }, [] {});
    }
    told.clear_progress();
    if (options.common.json) {
        nlohmann::json json = round_trip_json(options.name, settings, result);
        json["parameters"]["driver"] = drivers.description();
        std::cout << json.dump(2) << std::endl;
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
    settings.channels.ping_channel = settings.channels.pong_channel = "aeron:ipc?term-length=1m";
    Command command = bench.add_subcommand(name, about);
    add_bench_options(command, options->common);
    add_drivers_option(command, options->common);
    const auto [ping_channel, pong_channel] = add_round_trip_channels(command, settings.channels);
    command.add_flag("--udp", options->udp, fmt::format("both channels are {}", loopback_channel))
        .excludes(ping_channel)
        .excludes(pong_channel);
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
    add_idling_option(command, options->idling)
        .default_str("spin where each thread that has to run has a processor, else yield");
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
    command.add_option("--option,-D", options.options, "one option of the embedded driver, as for `gale driver`")
        .type_name("NAME=VALUE")
        .one_at_a_time();
    command.add_flag("--json", options.json, "the result, and what it was measured on, as one JSON object");
}

void add_drivers_option(Command command, BenchOptions& options) {
    command
        .add_option("--drivers", options.drivers,
                    "embedded drivers: one that both ends use, or over the network two, one for each end")
        .within(1, 2)
        .default_str("1");
}

BenchDrivers::BenchDrivers(const BenchOptions& options, int streams, bool over_network, const os::StopSignals& stop)
    : description_{"running driver"} {
    const bool two = options.drivers == 2;
    if (two && !over_network)
        throw Error{ErrorCode::invalid_argument,
                    "two drivers share no memory: with --drivers 2 goes --udp, or channels that begin with aeron:udp"};
    if (!options.directory.empty()) {
        if (two || !options.options.empty())
            throw Error{ErrorCode::invalid_argument, "--drivers and --option are for embedded drivers: the driver of "
                                                     "--dir runs already, as it was started"};
        sending_.emplace(connect(options.directory, "gale-bench", stop));
        return;
    }
    DriverOptions driver;
    for (const std::string& note : apply_options(driver, options.options))
        fmt::print(stderr, "gale: {}\n", printable(note));
    const int logs = over_network ? 2 * streams : streams;  // the publication's and the image's
    description_ = two ? "two embedded drivers" : "embedded driver";
    first_.emplace("bench", logs, driver);
    if (two) second_.emplace("bench", logs, driver);
    sending_.emplace(connect(first_->directory(), "gale-bench", stop));
    if (two) receiving_.emplace(connect(second_->directory(), "gale-bench", stop));
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
