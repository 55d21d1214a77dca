/// What the commands that measure round trips have in common: options and results.
#pragma once

#include "command.hpp"
#include "console.hpp"
#include "round_trip.hpp"

#include <nlohmann/json_fwd.hpp>

#include <array>
#include <optional>
#include <string>

namespace gale::tools {

/// Returns the options of the two channels.
std::array<Option, 2> add_round_trip_channels(Command command, RoundTripChannels& channels);
/// --count, --size, --rate, --warmup, --idle, --cpu
void add_ping_options(Command command, PingSettings& settings);
void add_idling_option(Command command, Idling& idling);
/// The same where nothing chosen is an answer, too.
Option add_idling_option(Command command, std::optional<Idling>& idling);
void add_cpu_option(Command command, const std::string& names, int& cpu, const std::string& help);
/// A stream id where the option has one.
Option add_stream_option(Command command, const std::string& names, StreamId& stream, const std::string& help);

[[nodiscard]] nlohmann::json round_trip_json(const std::string& benchmark, const PingSettings& settings,
                                             const PingResult& result);
[[nodiscard]] std::string progress_text(std::int64_t counted, const PingSettings& settings);
void print_round_trips(Console& console, const PingSettings& settings, const PingResult& result);

}  // namespace gale::tools
