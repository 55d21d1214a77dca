/// gale streams: who publishes and who reads, how far each is, what is lost, and who holds the others up.
#include "access.hpp"
#include "command.hpp"
#include "counters_view.hpp"
#include "stream_list.hpp"
#include "text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace gale::tools {
namespace {

struct StreamsOptions {
    std::string directory{};
    CounterFilter filter{};
    Refresh refresh{};
    bool json = false;
};

std::string verdict(const Stream& stream) {
    const StreamReader* slowest = stream.slowest();
    if (stream.publisher && stream.publisher->is_networked()) {
        const StreamPublisher& from = *stream.publisher;
        if (!from.is_connected()) return "not connected: `gale doctor` tells why";
        if (slowest != nullptr && stream.back_pressured() && slowest->position < *from.sent)
            return fmt::format("the publisher waits for subscription {}", slowest->registration_id);
        if (stream.back_pressured()) return "the publisher waits for its receivers: `gale doctor` tells more";
        return from.position == from.sent ? "all is sent" : "";
    }
    if (slowest == nullptr) return "nobody reads it";
    if (stream.back_pressured())
        return fmt::format("the publisher waits for subscription {}", slowest->registration_id);
    if (stream.received && stream.received->missing() > 0) return "lost bytes have been asked for";
    return stream.backlog(*slowest) == 0 ? "all is read" : "";
}

std::string line(std::string_view what, std::int64_t id, std::int64_t position, const std::string& more) {
    return fmt::format("  {:<12} {:>6}  at {:>20}{}\n", what, id, grouped(position), more);
}

std::string describe(const StreamPublisher& from) {
    if (!from.position) return {};
    const std::string room =
        from.limit ? fmt::format(", room for {}", byte_size(std::max<std::int64_t>(0, *from.limit - *from.position)))
                   : "";
    std::string text =
        line("publication", from.registration_id, *from.position,
             fmt::format("{}  ({}, {})", room, from.exclusive ? "exclusive" : "shared", printable(from.client)));
    if (!from.sent) return text;
    std::string more;
    if (const Number window = from.window()) more += fmt::format(", window {}", byte_size(*window));
    if (from.times_held_back) more += fmt::format(", held back {} times", grouped(*from.times_held_back));
    if (from.naks_received) more += fmt::format(", {} NAKs received", grouped(*from.naks_received));
    if (from.receivers) more += fmt::format(", {} receivers", *from.receivers);
    if (from.destinations) more += fmt::format(", {} destinations", *from.destinations);
    return text + line("  sent", from.registration_id, *from.sent, more);
}

std::string describe(const StreamImage& received) {
    if (!received.position) return {};
    std::string more = received.missing() > 0 ? fmt::format(", gaps in the {} beyond", byte_size(received.missing()))
                                              : std::string{", no gaps"};
    if (received.naks_sent) more += fmt::format(", {} NAKs sent", grouped(*received.naks_sent));
    if (received.bytes_lost) more += fmt::format(", {} lost on the way", byte_size(*received.bytes_lost));
    return line("image", received.registration_id, *received.position, more);
}

std::string describe(const Stream& stream) {
    std::string text =
        fmt::format("{} stream {} session {}\n", printable(stream.channel), stream.stream_id, stream.session_id);
    if (stream.publisher) text += describe(*stream.publisher);
    if (stream.received) text += describe(*stream.received);
    const StreamReader* slowest = stream.slowest();
    const bool spies = stream.publisher && stream.publisher->is_networked();
    for (const StreamReader& reader : stream.readers) {
        const bool slow = stream.readers.size() > 1 && &reader == slowest && stream.backlog(reader) > 0;
        text += line(spies ? "spy" : "subscription", reader.registration_id, reader.position,
                     fmt::format(", behind by {}{}  ({})", byte_size(stream.backlog(reader)),
                                 slow ? ", the slowest" : "", printable(reader.client)));
    }
    if (const std::string said = verdict(stream); !said.empty()) text += "  " + said + "\n";
    return text;
}

nlohmann::json optional(const Number& value) { return value ? nlohmann::json(*value) : nlohmann::json(); }

nlohmann::json json_of(const StreamPublisher& from, bool back_pressured) {
    return {{"registration_id", from.registration_id},
            {"exclusive", from.exclusive},
            {"position", optional(from.position)},
            {"limit", optional(from.limit)},
            {"back_pressured", back_pressured},
            {"client", from.client},
            {"connected", from.is_networked() ? nlohmann::json(from.is_connected()) : nlohmann::json()},
            {"sent", optional(from.sent)},
            {"sender_limit", optional(from.sender_limit)},
            {"window", optional(from.window())},
            {"times_held_back", optional(from.times_held_back)},
            {"naks_received", optional(from.naks_received)},
            {"receivers", optional(from.receivers)},
            {"destinations", optional(from.destinations)}};
}

nlohmann::json json_of(const StreamImage& received) {
    return {{"registration_id", received.registration_id}, {"position", optional(received.position)},
            {"highest", optional(received.highest)},       {"naks_sent", optional(received.naks_sent)},
            {"bytes_lost", optional(received.bytes_lost)}, {"losses", optional(received.losses)}};
}

nlohmann::json json_of(const Stream& stream) {
    nlohmann::json readers = nlohmann::json::array();
    for (const StreamReader& reader : stream.readers) {
        readers.push_back({{"registration_id", reader.registration_id},
                           {"position", reader.position},
                           {"backlog", stream.backlog(reader)},
                           {"client", reader.client}});
    }
    const StreamReader* slowest = stream.slowest();
    nlohmann::json json{{"channel", stream.channel},
                        {"stream", stream.stream_id},
                        {"session", stream.session_id},
                        {"publication", nullptr},
                        {"image", nullptr},
                        {"subscriptions", std::move(readers)},
                        {"slowest", slowest == nullptr ? nlohmann::json() : nlohmann::json(slowest->registration_id)},
                        {"verdict", verdict(stream)}};
    if (stream.publisher) json["publication"] = json_of(*stream.publisher, stream.back_pressured());
    if (stream.received) json["image"] = json_of(*stream.received);
    return json;
}

std::string render(const StreamsOptions& options, const std::string& directory) {
    const control::CncFile cnc = open_cnc(directory);
    auto streams = find_streams(client::gather(cnc), options.filter);
    add_losses(streams, directory);
    if (options.json) {
        nlohmann::json list = nlohmann::json::array();
        for (const Stream& stream : streams) list.push_back(json_of(stream));
        const nlohmann::json all{{"driver", to_json(cnc, directory)}, {"streams", std::move(list)}};
        return all.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
    }
    std::string text = fmt::format("{}  driver {} (pid {}), {}\n", long_date(wall_clock()), directory, cnc.header().pid,
                                   describe_heartbeat(cnc));
    if (streams.empty()) text += "no streams\n";
    for (const Stream& stream : streams) text += "\n" + describe(stream);
    return text;
}

int run(StreamsOptions options, const os::StopSignals& stop) {
    const std::string directory = resolve_directory(options.directory);
    if (!options.refresh.seconds) options.refresh.once = true;
    return show(options.refresh, stop, [&] { return render(options, directory); });
}

}  // namespace

void add_streams(Program& program) {
    auto options = std::make_shared<StreamsOptions>();
    Command command = program.root.add_subcommand(
        "streams", "show publishers and subscribers, what the network does to them, and who is behind");
    add_directory_option(command, options->directory);
    add_filter_options(command, options->filter);
    add_refresh_options(command, options->refresh);
    command.add_flag("--json", options->json, "one JSON object");
    command.callback(
        [options, &program] { program.chosen = [options, &program] { return run(*options, program.stop); }; });
}

}  // namespace gale::tools
