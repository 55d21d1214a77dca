/// gale ping: how long a message takes to another process and back.
#include "access.hpp"
#include "command.hpp"
#include "console.hpp"
#include "round_trip.hpp"
#include "round_trip_options.hpp"
#include "text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <iostream>
#include <memory>

namespace gale::tools {
namespace {

struct PingOptions {
    std::string directory{};
    PingSettings settings{};
    bool json = false;
};

int run(const PingOptions& options, const os::StopSignals& stop) {
    Console told{options.json ? stderr : stdout};
    const auto& channels = options.settings.channels;
    Client client = connect(resolve_directory(options.directory), "gale-ping", stop);
    const auto how = options.settings.rate > 0
                         ? fmt::format("{} a second, counted from when each was due", grouped(options.settings.rate))
                         : std::string{"each when the last is back"};
    told.line(fmt::format("pinging {} stream {}, answers on {} stream {}: {} round trips of {} bytes, {}",
                          channels.ping_channel, channels.ping_stream.value, channels.pong_channel,
                          channels.pong_stream.value, grouped(options.settings.count), options.settings.message_length,
                          how));
    const PingResult result = ping(
        open_ping_end(client, options.settings.channels), options.settings, stop, told.progress_interval(),
        [&](std::int64_t counted) { told.progress(progress_text(counted, options.settings)); },
        [&] { told.line("waiting for a pong: start `gale pong` in another terminal"); });
    told.clear_progress();
    if (options.json) {
        std::cout << round_trip_json("ping", options.settings, result).dump(2) << std::endl;
    } else if (result.histogram.count() > 0) {
        print_round_trips(told, options.settings, result);
    }
    if (!result.complete) told.line("stopped before all round trips were done");
    return result.complete ? success : interrupted;
}

}  // namespace

void add_ping(Program& program) {
    auto options = std::make_shared<PingOptions>();
    Command command = program.root.add_subcommand("ping", "measure round trips to a `gale pong` in another process");
    add_directory_option(command, options->directory);
    add_round_trip_channels(command, options->settings.channels);
    add_ping_options(command, options->settings);
    command.add_flag("--json", options->json, "the result as one JSON object");
    command.callback(
        [options, &program] { program.chosen = [options, &program] { return run(*options, program.stop); }; });
}

}  // namespace gale::tools
