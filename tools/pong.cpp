/// gale pong: sends back what `gale ping` sends.
#include "access.hpp"
#include "command.hpp"
#include "console.hpp"
#include "round_trip.hpp"
#include "round_trip_options.hpp"
#include "text.hpp"

#include <fmt/format.h>

#include <memory>

namespace gale::tools {
namespace {

struct PongOptions {
    std::string directory{};
    RoundTripChannels channels{};
    Idling idling = Idling::yield;
    int cpu = -1;
};

int run(const PongOptions& options, const os::StopSignals& stop) {
    Console console{stdout};
    Client client = connect(resolve_directory(options.directory), "gale-pong", stop);
    console.line(fmt::format("answering {} stream {} on {} stream {} until Ctrl-C", options.channels.ping_channel,
                             options.channels.ping_stream.value, options.channels.pong_channel,
                             options.channels.pong_stream.value));
    const std::int64_t answered =
        pong(open_pong_end(client, options.channels), options.idling, options.cpu, [&] { return stop.requested(); });
    console.line(fmt::format("answered {} messages", grouped(answered)));
    return success;
}

}  // namespace

void add_pong(Program& program) {
    auto options = std::make_shared<PongOptions>();
    Command command = program.root.add_subcommand("pong", "answer the messages of `gale ping`");
    add_directory_option(command, options->directory);
    add_round_trip_channels(command, options->channels);
    add_idling_option(command, options->idling);
    add_cpu_option(command, "--cpu", options->cpu, "bind the answering thread to this processor");
    command.callback(
        [options, &program] { program.chosen = [options, &program] { return run(*options, program.stop); }; });
}

}  // namespace gale::tools
