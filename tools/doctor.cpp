/// gale doctor: why a stream does not flow, and what to do.
#include "client/doctor.hpp"

#include "access.hpp"
#include "channel/parameters.hpp"
#include "channel/uri.hpp"
#include "client/symptoms.hpp"
#include "command.hpp"
#include "console.hpp"
#include "counters_view.hpp"
#include "text.hpp"

#include <gale/diagnosis.hpp>
#include <gale/error.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace gale::tools {
namespace {

using client::Evidence;
using control::CounterType;

struct DoctorOptions {
    std::string directory{};
    std::string channel{};  ///< empty: all
    std::optional<std::int32_t> stream{};
    double seconds = 0.3;
    bool json = false;
};

/// One thing that was looked at.
struct Patient {
    std::string side;  ///< `publication`, `image`, `subscription`; `channel` or `driver` when there is none of them
    std::string channel{};
    std::optional<std::int32_t> stream{};
    std::optional<std::int32_t> session{};
    std::optional<std::int64_t> registration_id{};
    std::string client{};
    Diagnosis diagnosis{};
};

/// What is wrong with the channel itself; all well when it serves a publisher or a subscriber.
Diagnosis of_channel(const std::string& channel) {
    try {
        const auto uri = channel::Uri::parse(channel);
        try {
            static_cast<void>(channel::parse_subscription(uri, {}));
        } catch (const Error&) {
            static_cast<void>(channel::parse_publication(uri, {.ipc = {.term_length = 1 << 26}}));
        }
    } catch (const Error& error) {
        return {.finding = Finding::bad_channel,
                .what = error.what(),
                .advice = "channels look like aeron:ipc, aeron:udp?endpoint=host:port"};
    }
    return {};
}

class Examination {
public:
    Examination(const DoctorOptions& options, const Evidence& before, const Evidence& now)
        : options_{options}, looks_{now, &before}, now_{now} {}

    std::vector<Patient> run() {
        for (const CounterCopy& counter : now_.counters) {
            if (counter.type_id == static_cast<std::int32_t>(CounterType::publisher_limit) && is_wanted(counter))
                add("publication", counter, client::diagnose_publication(looks_, counter.registration_id));
        }
        for (const CounterCopy& counter : now_.counters) {
            if (counter.type_id != static_cast<std::int32_t>(CounterType::receiver_position)) continue;
            if (counter.stream) listened_.insert({control::full_channel(counter), counter.stream->stream_id.value});
            if (is_wanted(counter)) add("image", counter, client::diagnose_image(looks_, counter.registration_id));
        }
        for (const CounterCopy& counter : now_.counters)
            if (counter.type_id == static_cast<std::int32_t>(CounterType::receive_channel_status)) listen(counter);
        if (found_.empty()) absent();
        return std::move(found_);
    }

private:
    [[nodiscard]] bool is_wanted(const CounterCopy& counter) const {
        if (options_.stream && (!counter.stream || counter.stream->stream_id.value != *options_.stream)) return false;
        return options_.channel.empty() || client::is_meant(options_.channel, control::full_channel(counter));
    }

    void add(const char* side, const CounterCopy& counter, Diagnosis diagnosis) {
        found_.push_back({.side = side,
                          .channel = control::full_channel(counter),
                          .stream = counter.stream->stream_id.value,
                          .session = counter.stream->session_id.value,
                          .registration_id = counter.registration_id,
                          .client = client::client_of(now_, counter.owner_id),
                          .diagnosis = std::move(diagnosis)});
    }

    /// A socket that listens, when no image tells of it.
    void listen(const CounterCopy& status) {
        const std::string channel = control::full_channel(status);
        if (!options_.channel.empty() && !client::is_meant(options_.channel, channel)) return;
        const bool heard = std::ranges::any_of(listened_, [&](const auto& image) {
            return (!options_.stream || image.second == *options_.stream) &&
                   client::share_address(client::uri_of(image.first), client::uri_of(channel));
        });
        if (heard) return;
        const auto stream = options_.stream ? std::optional{StreamId{*options_.stream}} : std::nullopt;
        found_.push_back({.side = "subscription",
                          .channel = channel,
                          .stream = options_.stream,
                          .diagnosis = client::diagnose_listening(now_, channel, stream, client::Interest::assumed)});
    }

    /// Nothing is there of what was asked for.
    void absent() {
        Patient none{.side = "channel", .channel = options_.channel, .stream = options_.stream};
        std::set<std::string> others;
        for (const CounterCopy& counter : now_.counters)
            if (counter.stream)
                others.insert(
                    fmt::format("{} stream {}", control::full_channel(counter), counter.stream->stream_id.value));
        std::string what = "nobody publishes or subscribes here";
        if (!options_.channel.empty() || options_.stream) {
            what = "nobody publishes or subscribes to this in this driver";
            if (!others.empty()) what += "; there is " + fmt::format("{}", fmt::join(others, ", "));
        }
        const std::string error = client::error_about(now_, {options_.channel});
        if (!error.empty()) what += ". The driver's error log says of it: " + error;
        none.diagnosis = {.finding = Finding::not_there,
                          .what = std::move(what),
                          .advice = "start `gale pub` or `gale sub`, or the program that should be here, with this "
                                    "driver's directory"};
        found_.push_back(std::move(none));
    }

    const DoctorOptions& options_;
    client::Looks looks_;
    const Evidence& now_;
    std::set<std::pair<std::string, std::int32_t>> listened_{};
    std::vector<Patient> found_{};
};

std::vector<Patient> examine(const DoctorOptions& options, const std::string& directory, const os::StopSignals& stop) {
    if (!options.channel.empty()) {
        if (Diagnosis wrong = of_channel(options.channel); !wrong.is_well())
            return {{.side = "channel", .channel = options.channel, .diagnosis = std::move(wrong)}};
    }
    if (const std::string why = absence(directory); !why.empty())
        return {{.side = "driver",
                 .diagnosis = {.finding = Finding::no_driver,
                               .what = why,
                               .advice = "start one with `gale driver`, or name the directory of one that runs with "
                                         "--dir"}}};
    const control::CncFile cnc = open_cnc(directory);
    const Evidence before = client::gather(cnc);
    stop.wait_for(std::chrono::duration_cast<Nanos>(std::chrono::duration<double>(options.seconds)));
    Evidence now = client::gather(cnc);
    std::vector<std::int64_t> logs;
    for (const CounterCopy& counter : now.counters)
        if ((counter.type_id == static_cast<std::int32_t>(CounterType::publisher_limit) ||
             counter.type_id == static_cast<std::int32_t>(CounterType::receiver_position)) &&
            (options.channel.empty() || client::is_meant(options.channel, control::full_channel(counter))))
            logs.push_back(counter.registration_id);
    for (const std::int64_t id : logs) client::add_log(now, directory, id);
    return Examination{options, before, now}.run();
}

std::string describe(const Patient& found, const Console& console) {
    std::string text;
    if (!found.channel.empty()) text += printable(found.channel);
    if (found.stream) text += fmt::format(" stream {}", *found.stream);
    if (found.session) text += fmt::format(" session {}", *found.session);
    if (!text.empty()) text += "\n";
    const bool well = found.diagnosis.is_well();
    std::string who = found.side;
    if (found.registration_id) who += fmt::format(" {}", *found.registration_id);
    if (!found.client.empty()) who += fmt::format(" ({})", printable(found.client));
    text += fmt::format("  {}: {}\n", who,
                        console.paint(well ? Ink::green : Ink::bold, std::string{name(found.diagnosis.finding)}));
    text += fmt::format("    {}\n", printable(found.diagnosis.what));
    if (!found.diagnosis.advice.empty()) text += fmt::format("    what to do: {}\n", printable(found.diagnosis.advice));
    return text;
}

nlohmann::json json_of(const Patient& found) {
    const auto optional = [](const auto& value) { return value ? nlohmann::json(*value) : nlohmann::json(); };
    return {{"side", found.side},
            {"channel", found.channel},
            {"stream", optional(found.stream)},
            {"session", optional(found.session)},
            {"registration_id", optional(found.registration_id)},
            {"client", found.client},
            {"finding", name(found.diagnosis.finding)},
            {"well", found.diagnosis.is_well()},
            {"what", found.diagnosis.what},
            {"advice", found.diagnosis.advice}};
}

int run(const DoctorOptions& options, const os::StopSignals& stop) {
    const std::string directory = resolve_directory(options.directory);
    const auto found = examine(options, directory, stop);
    const bool well = std::ranges::all_of(found, [](const Patient& each) { return each.diagnosis.is_well(); });
    Console console{stdout};
    if (options.json) {
        nlohmann::json list = nlohmann::json::array();
        for (const Patient& each : found) list.push_back(json_of(each));
        const nlohmann::json all{{"directory", directory}, {"well", well}, {"findings", std::move(list)}};
        console.line(all.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
    } else {
        std::string text;
        for (const Patient& each : found) text += (text.empty() ? "" : "\n") + describe(each, console);
        write_all(stdout, text);
        flush(stdout);
    }
    return well ? success : failure;
}

}  // namespace

void add_doctor(Program& program) {
    auto options = std::make_shared<DoctorOptions>();
    Command command = program.root.add_subcommand("doctor", "tell why a stream does not flow, and what to do");
    command.add_option("channel", options->channel, "only what has all that this channel says (default: everything)")
        .type_name("CHANNEL");
    command.add_option("--stream", options->stream, "only this stream").type_name("ID");
    add_directory_option(command, options->directory);
    command.add_option("--seconds", options->seconds, "time between two looks, which tell what moves")
        .capture_default_str()
        .within(0.0, 60.0);
    command.add_flag("--json", options->json, "one JSON object");
    command.callback(
        [options, &program] { program.chosen = [options, &program] { return run(*options, program.stop); }; });
}

}  // namespace gale::tools
