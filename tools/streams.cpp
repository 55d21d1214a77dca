/// gale streams: who publishes and who reads, how far each is, and who holds the others up.
#include "access.hpp"
#include "command.hpp"
#include "control/counter_types.hpp"
#include "counters_view.hpp"
#include "text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace gale::tools {
namespace {

using control::CounterType;

struct StreamsOptions {
    std::string directory{};
    CounterFilter filter{};
    Refresh refresh{};
    bool json = false;
};

struct Reader {
    std::int64_t registration_id;
    std::int64_t position;
    std::string client;
};

struct Stream {
    std::string channel{};
    std::int32_t stream_id = 0;
    std::int32_t session_id = 0;
    std::int64_t registration_id = 0;
    bool exclusive = false;
    std::string client{};
    std::optional<std::int64_t> position{};  ///< of the publisher
    std::optional<std::int64_t> limit{};     ///< up to where it may go
    std::vector<Reader> readers{};

    [[nodiscard]] std::int64_t backlog(const Reader& reader) const {
        return std::max<std::int64_t>(0, position.value_or(reader.position) - reader.position);
    }
    [[nodiscard]] const Reader* slowest() const {
        const auto found = std::min_element(readers.begin(), readers.end(),
                                            [](const Reader& a, const Reader& b) { return a.position < b.position; });
        return found == readers.end() ? nullptr : &*found;
    }
    [[nodiscard]] bool back_pressured() const { return position && limit && !readers.empty() && *position >= *limit; }
};

/// ` name=...` in the label of the heartbeat that a client keeps.
std::map<std::int64_t, std::string> client_names(const std::vector<CounterCopy>& counters) {
    std::map<std::int64_t, std::string> names;
    for (const CounterCopy& counter : counters) {
        if (counter.type_id != static_cast<std::int32_t>(CounterType::client_heartbeat)) continue;
        const std::string& label = counter.label;
        const auto at = label.find(" name=");
        const auto end = at == std::string::npos ? at : label.find(" version=", at + 6);
        if (at != std::string::npos) names[counter.registration_id] = label.substr(at + 6, end - (at + 6));
    }
    return names;
}

std::vector<Stream> find_streams(const std::vector<CounterCopy>& counters, const CounterFilter& filter) {
    const auto names = client_names(counters);
    const auto client = [&](std::int64_t id) {
        const auto found = names.find(id);
        return found == names.end() || found->second.empty() ? fmt::format("client {}", id)
                                                             : fmt::format("client {} {}", id, found->second);
    };
    std::map<std::int64_t, Stream> by_publication;
    for (const CounterCopy& counter : counters) {
        if (!counter.stream || !filter.wants(counter)) continue;
        const auto type = static_cast<CounterType>(counter.type_id);
        // The reference of a subscriber's position is the publication, or the image, that it reads.
        const bool reads = type == CounterType::subscriber_position;
        if (!reads && type != CounterType::publisher_position && type != CounterType::publisher_limit) continue;
        Stream& stream = by_publication[reads ? counter.reference_id : counter.registration_id];
        stream.stream_id = counter.stream->stream_id.value;
        stream.session_id = counter.stream->session_id.value;
        if (stream.channel.size() < counter.stream->channel.size() && (!reads || stream.channel.empty())) {
            stream.channel = counter.stream->channel;
        }
        if (reads) {
            stream.readers.push_back({counter.registration_id, counter.value, client(counter.owner_id)});
            continue;
        }
        stream.registration_id = counter.registration_id;
        stream.client = client(counter.owner_id);
        if (type == CounterType::publisher_limit) stream.limit = counter.value;
        if (type == CounterType::publisher_position) stream.position = counter.value;
        if (counter.label.starts_with("pub-pos (exclusive)")) stream.exclusive = true;
    }
    std::vector<Stream> streams;
    for (auto& [id, stream] : by_publication) streams.push_back(std::move(stream));
    std::sort(streams.begin(), streams.end(), [](const Stream& a, const Stream& b) {
        return std::tie(a.channel, a.stream_id, a.session_id) < std::tie(b.channel, b.stream_id, b.session_id);
    });
    return streams;
}

std::string verdict(const Stream& stream) {
    const Reader* slowest = stream.slowest();
    if (slowest == nullptr) return "nobody reads it";
    if (stream.back_pressured()) {
        return fmt::format("the publisher waits for subscription {}", slowest->registration_id);
    }
    if (stream.backlog(*slowest) == 0) return "all is read";
    return {};
}

std::string describe(const Stream& stream) {
    std::string text =
        fmt::format("{} stream {} session {}\n", printable(stream.channel), stream.stream_id, stream.session_id);
    if (stream.position) {
        const std::string room =
            stream.limit
                ? fmt::format(", room for {}", byte_size(std::max<std::int64_t>(0, *stream.limit - *stream.position)))
                : "";
        text += fmt::format("  publication  {:>6}  at {:>20}{}  ({}, {})\n", stream.registration_id,
                            grouped(*stream.position), room, stream.exclusive ? "exclusive" : "shared",
                            printable(stream.client));
    }
    const Reader* slowest = stream.slowest();
    for (const Reader& reader : stream.readers) {
        const bool slow = stream.readers.size() > 1 && &reader == slowest && stream.backlog(reader) > 0;
        text += fmt::format("  subscription {:>6}  at {:>20}, behind by {}{}  ({})\n", reader.registration_id,
                            grouped(reader.position), byte_size(stream.backlog(reader)), slow ? ", the slowest" : "",
                            printable(reader.client));
    }
    if (const std::string said = verdict(stream); !said.empty()) text += "  " + said + "\n";
    return text;
}

nlohmann::json json_of(const Stream& stream) {
    nlohmann::json readers = nlohmann::json::array();
    for (const Reader& reader : stream.readers) {
        readers.push_back({{"registration_id", reader.registration_id},
                           {"position", reader.position},
                           {"backlog", stream.backlog(reader)},
                           {"client", reader.client}});
    }
    const Reader* slowest = stream.slowest();
    const auto optional = [](const std::optional<std::int64_t>& value) {
        return value ? nlohmann::json(*value) : nlohmann::json();
    };
    return {{"channel", stream.channel},
            {"stream", stream.stream_id},
            {"session", stream.session_id},
            {"publication",
             {{"registration_id", stream.registration_id},
              {"exclusive", stream.exclusive},
              {"position", optional(stream.position)},
              {"limit", optional(stream.limit)},
              {"back_pressured", stream.back_pressured()},
              {"client", stream.client}}},
            {"subscriptions", std::move(readers)},
            {"slowest", slowest == nullptr ? nlohmann::json() : nlohmann::json(slowest->registration_id)}};
}

std::string render(const StreamsOptions& options, const std::string& directory) {
    const control::CncFile cnc = open_cnc(directory);
    const auto streams = find_streams(copy_counters(cnc), options.filter);
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
    Command command = program.root.add_subcommand("streams", "show publishers and subscribers, and who is behind");
    add_directory_option(command, options->directory);
    add_filter_options(command, options->filter);
    add_refresh_options(command, options->refresh);
    command.add_flag("--json", options->json, "one JSON object");
    command.callback(
        [options, &program] { program.chosen = [options, &program] { return run(*options, program.stop); }; });
}

}  // namespace gale::tools
