#include "round_trip_options.hpp"

#include "machine.hpp"
#include "text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <map>

namespace gale::tools {
namespace {

const std::map<std::string, Idling> idlings{
    {"spin", Idling::spin}, {"yield", Idling::yield}, {"backoff", Idling::backoff}};

constexpr const char* about_idling = "what to do between messages: spin, yield or backoff";

std::string idling_name(Idling idling) {
    for (const auto& [name, value] : idlings) {
        if (value == idling) return name;
    }
    return {};
}

double per_second(const PingResult& result) {
    const double seconds = std::chrono::duration<double>(result.elapsed).count();
    return seconds > 0 ? static_cast<double>(result.histogram.count()) / seconds : 0;
}

}  // namespace

Option add_stream_option(Command command, const std::string& names, StreamId& stream, const std::string& help) {
    return command
        .add_number(
            names, [&stream](std::int32_t id) { stream = StreamId{id}; }, help)
        .type_name("ID");
}

std::array<Option, 2> add_round_trip_channels(Command command, RoundTripChannels& channels) {
    const Option ping =
        command.add_option("--ping-channel", channels.ping_channel, "channel of the questions").capture_default_str();
    const Option pong =
        command.add_option("--pong-channel", channels.pong_channel, "channel of the answers").capture_default_str();
    add_stream_option(command, "--ping-stream", channels.ping_stream, "stream of the questions").default_str("1002");
    add_stream_option(command, "--pong-stream", channels.pong_stream, "stream of the answers").default_str("1003");
    return {ping, pong};
}

void add_ping_options(Command command, PingSettings& settings) {
    add_count_option(command, "--count,-n", settings.count, "how many round trips are measured", 1)
        .default_str(std::to_string(settings.count));
    add_size_option(command, "--size", settings.message_length, "bytes of a message", shortest_ping, 16 << 20)
        .default_str(std::to_string(settings.message_length));
    add_count_option(command, "--rate", settings.rate,
                     "round trips a second, each counted from when it was due; 0: each when the last is back")
        .default_str(std::to_string(settings.rate));
    add_count_option(command, "--warmup", settings.warmup, "round trips before those that count")
        .default_str(std::to_string(settings.warmup));
    add_idling_option(command, settings.idling);
    add_cpu_option(command, "--cpu", settings.cpu, "bind the measuring thread to this processor");
}

void add_idling_option(Command command, Idling& idling) {
    command.add_choice("--idle", idling, idlings, about_idling).type_name("HOW").default_str(idling_name(idling));
}

Option add_idling_option(Command command, std::optional<Idling>& idling) {
    return command.add_choice("--idle", idling, idlings, about_idling).type_name("HOW");
}

void add_cpu_option(Command command, const std::string& names, int& cpu, const std::string& help) {
    command.add_option(names, cpu, help).not_negative().type_name("CPU");
}

nlohmann::json round_trip_json(const std::string& benchmark, const PingSettings& settings, const PingResult& result) {
    return {{"benchmark", benchmark},
            {"machine", to_json(this_machine())},
            {"parameters",
             {{"ping_channel", settings.channels.ping_channel},
              {"ping_stream", settings.channels.ping_stream.value},
              {"pong_channel", settings.channels.pong_channel},
              {"pong_stream", settings.channels.pong_stream.value},
              {"message_length", settings.message_length},
              {"count", settings.count},
              {"warmup", settings.warmup},
              {"rate_per_second", settings.rate},
              {"idle", idling_name(settings.idling)},
              {"counted_from", settings.rate > 0 ? "when each message was due" : "when each message was sent"}}},
            {"result",
             {{"complete", result.complete},
              {"seconds", std::chrono::duration<double>(result.elapsed).count()},
              {"round_trips_per_second", per_second(result)},
              {"round_trip", to_json(result.histogram)}}}};
}

std::string progress_text(std::int64_t counted, const PingSettings& settings) {
    if (counted == 0) return "  warming up";
    return fmt::format("  {} of {} round trips", grouped(counted), grouped(settings.count));
}

void print_round_trips(Console& console, const PingSettings& settings, const PingResult& result) {
    console.line(fmt::format("{} round trips of {} bytes, {} a second", grouped(result.histogram.count()),
                             settings.message_length, scaled(per_second(result))));
    print_percentiles(console, result.histogram);
}

}  // namespace gale::tools
