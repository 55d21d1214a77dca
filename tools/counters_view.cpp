#include "counters_view.hpp"

#include "access.hpp"
#include "console.hpp"
#include "control/counter_types.hpp"
#include "text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>

namespace gale::tools {
namespace {

using control::CounterType;

constexpr std::int32_t first_user_type = 1000;

}  // namespace

std::string type_name(std::int32_t type_id) {
    if (type_id == 0) return "system";
    if (type_id >= first_user_type) return "user";
    const std::string_view known = control::name(static_cast<CounterType>(type_id));
    return known.empty() ? std::to_string(type_id) : std::string{known};
}

nlohmann::json to_json(const CounterCopy& counter) {
    nlohmann::json json{{"id", counter.id.value},
                        {"type", counter.type_id},
                        {"type_name", type_name(counter.type_id)},
                        {"value", counter.value},
                        {"registration_id", counter.registration_id},
                        {"owner_id", counter.owner_id},
                        {"reference_id", counter.reference_id},
                        {"label", counter.label}};
    if (counter.stream) {
        json["stream"] = counter.stream->stream_id.value;
        json["session"] = counter.stream->session_id.value;
    }
    if (counter.channel) json["channel"] = *counter.channel;
    return json;
}

nlohmann::json to_json(const control::CncFile& cnc, const std::string& directory) {
    const auto& header = cnc.header();
    const auto age = heartbeat_age(cnc);
    return {{"directory", directory},
            {"cnc_version", header.version.load_acquire()},
            {"pid", header.pid},
            {"start_ms", header.start_timestamp_ms},
            {"state", describe_heartbeat(cnc)},
            {"heartbeat_age_ms", age ? nlohmann::json(age->count()) : nlohmann::json()}};
}

bool CounterFilter::wants(const CounterCopy& counter) const {
    const auto is_type = [&](const std::string& type) {
        return type == type_name(counter.type_id) || type == std::to_string(counter.type_id);
    };
    if (!types.empty() && std::none_of(types.begin(), types.end(), is_type)) return false;
    if (stream && (!counter.stream || counter.stream->stream_id != StreamId{*stream})) return false;
    if (session && (!counter.stream || counter.stream->session_id != SessionId{*session})) return false;
    if (!channel.empty() && (!counter.channel || counter.channel->find(channel) == std::string::npos)) return false;
    return text.empty() || counter.label.find(text) != std::string::npos;
}

void add_filter_options(Command command, CounterFilter& filter) {
    command
        .add_option("--type", filter.types, "only counters of this type: pub-lmt, sub-pos, system, user, or a number")
        .one_at_a_time();
    command.add_option("--stream", filter.stream, "only counters of this stream");
    command.add_option("--session", filter.session, "only counters of this session");
    command.add_option("--channel", filter.channel, "only counters whose channel contains this");
    command.add_option("--text", filter.text, "only counters whose label contains this");
}

void add_refresh_options(Command command, Refresh& refresh) {
    const Option once =
        command.add_flag("--once", refresh.once, "show it once (the default when the output is no terminal)");
    command.add_option("--interval", refresh.seconds, "show it again every so many seconds (on a terminal: 1)")
        .within(0.05, 86400.0)
        .type_name("SECONDS")
        .excludes(once);
}

int show(const Refresh& refresh, const os::StopSignals& stop, const std::function<std::string()>& render) {
    const bool terminal = Console{stdout}.is_terminal();
    const bool again = !refresh.once && (terminal || refresh.seconds.has_value());
    const auto interval = std::chrono::duration_cast<Nanos>(std::chrono::duration<double>(refresh.seconds.value_or(1)));
    // A driver that is gone for a moment, to start again, does not end a view that looks again anyway. The first look
    // is for whoever named the directory: there a driver that is not there is an error.
    bool first = true;
    const auto look = [&] {
        if (std::exchange(first, false)) return render();
        try {
            return render();
        } catch (const Error& error) {
            return std::string{error.what()} + "\n";
        }
    };
    do {
        const std::string text = look();
        if (again && terminal) write_all(stdout, "\x1b[H\x1b[2J");
        write_all(stdout, text);
        flush(stdout);
    } while (again && !stop.wait_for(interval));
    return success;
}

}  // namespace gale::tools
