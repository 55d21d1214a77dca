/// gale sub: what is published on a stream, as lines, JSON, bytes or figures.
#include "access.hpp"
#include "command.hpp"
#include "console.hpp"
#include "idle.hpp"
#include "os/failure.hpp"
#include "outlet.hpp"
#include "round_trip_options.hpp"
#include "text.hpp"

#include <gale/error.hpp>
#include <gale/fragment_assembler.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace gale::tools {
namespace {

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

struct SubOptions {
    std::string directory{};
    std::string channel{};
    StreamId stream{};
    bool raw = false;
    bool json = false;
    bool quiet = false;
    std::string output{};
    std::int64_t count = 0;  ///< 0: no end
    bool until_eos = false;
};

/// Where messages go, in the form that was asked for.
class Sink {
public:
    explicit Sink(const SubOptions& options)
        : options_{options}, terminal_{options.output.empty() && Console{stdout}.is_terminal()} {
        if (options.output.empty()) return;
        file_.reset(std::fopen(options.output.c_str(), "wb"));
        if (!file_) os::fail("write", options.output, errno);
        // 1 MiB: few system calls for a file, and nothing of it is kept longer than the stream is quiet.
        std::setvbuf(file_.get(), nullptr, _IOFBF, 1 << 20);
    }

    void take(std::span<const std::byte> message, const Header& header) {
        ++messages_;
        bytes_ += static_cast<std::int64_t>(message.size());
        if (options_.quiet) return;
        dirty_ = true;
        if (options_.raw) {
            write(as_text(message));
        } else if (options_.json) {
            write_json(message, header);
        } else {
            write(terminal_ ? printable(as_text(message)) : std::string{as_text(message)});
            write("\n");
        }
    }

    /// So that what came is seen, also behind a pipe.
    void settle() {
        if (!dirty_) return;
        if (!file_)
            flush(stdout);
        else if (std::fflush(file_.get()) != 0)
            os::fail("write", options_.output, errno);
        dirty_ = false;
    }

    void close() {
        settle();
        if (file_ && std::fclose(file_.release()) != 0) os::fail("write", options_.output, errno);
    }

    [[nodiscard]] std::int64_t messages() const noexcept { return messages_; }
    [[nodiscard]] std::int64_t bytes() const noexcept { return bytes_; }

private:
    struct CloseFile {
        void operator()(std::FILE* file) const noexcept { std::fclose(file); }
    };
    void write(std::string_view bytes) {
        if (!file_)
            write_all(stdout, bytes);
        else if (std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) != bytes.size())
            os::fail("write", options_.output, errno);
    }

    void write_json(std::span<const std::byte> message, const Header& header) {
        nlohmann::json json{{"session", header.session_id().value},
                            {"stream", header.stream_id().value},
                            {"position", header.position().value},
                            {"length", message.size()}};
        if (is_utf8(as_text(message))) {
            json["text"] = as_text(message);
        } else {
            json["base64"] = base64(message);
        }
        write(json.dump() + "\n");
    }

    const SubOptions& options_;
    bool terminal_;
    std::unique_ptr<std::FILE, CloseFile> file_;
    bool dirty_ = false;
    std::int64_t messages_ = 0;
    std::int64_t bytes_ = 0;
};

/// Rates, once a second or so.
class Meter {
public:
    Meter(Console& console, bool shown) : console_{console}, shown_{shown} {}
    void look(const Sink& sink) {
        const auto now = SteadyClock::now();
        const Nanos interval = std::chrono::duration_cast<Nanos>(now - last_);
        if (!shown_ || interval < console_.progress_interval()) return;
        const double seconds = std::chrono::duration<double>(interval).count();
        const double messages = static_cast<double>(sink.messages() - messages_) / seconds;
        const double bytes = static_cast<double>(sink.bytes() - bytes_) / seconds;
        console_.progress(fmt::format("  {:>14}  {:>11}  {} messages, {}", message_rate(messages), bandwidth(bytes),
                                      grouped(sink.messages()), byte_size(sink.bytes())));
        last_ = now;
        messages_ = sink.messages();
        bytes_ = sink.bytes();
    }

private:
    Console& console_;
    bool shown_;
    SteadyClock::time_point last_ = SteadyClock::now();
    std::int64_t messages_ = 0;
    std::int64_t bytes_ = 0;
};

/// Knows when the last stream has ended; looks only when there was nothing to read.
class Ending {
public:
    /// What the conductor counts.
    struct Departures {
        std::atomic<int> all{0};
        std::atomic<int> early{0};  ///< before the end of the stream
    };
    explicit Ending(const Departures& gone) noexcept : gone_{gone} {}
    [[nodiscard]] bool seen_any() const noexcept { return seen_; }
    [[nodiscard]] bool revoked() const noexcept { return revoked_; }
    [[nodiscard]] bool cut_short() const noexcept { return gone_.early.load(std::memory_order_acquire) > 0; }
    bool reached(const Subscription& subscription) {
        const bool gone = gone_.all.load(std::memory_order_acquire) > 0;  // before the list, which changes first
        const auto images = subscription.images();
        seen_ = seen_ || gone || !images.empty();
        for (const Image& image : images) revoked_ = revoked_ || image.is_publication_revoked();
        return seen_ &&
               std::all_of(images.begin(), images.end(), [](const Image& image) { return image.is_end_of_stream(); });
    }

private:
    const Departures& gone_;
    bool seen_ = false;
    bool revoked_ = false;
};

int receive(Client& client, const SubOptions& options, const os::StopSignals& stop, Console& notices) {
    const auto ended = std::make_shared<Ending::Departures>();  // the conductor's handler may outlive this call
    Ending ending{*ended};
    Sink sink{options};
    Console rates{options.quiet ? stdout : stderr};
    Meter meter{rates, options.quiet || (!options.output.empty() && rates.is_terminal())};
    SubscriptionHandlers handlers;
    handlers.on_unavailable_image = [ended](const Image& image) {
        if (!image.end_of_stream_position()) ended->early.fetch_add(1, std::memory_order_release);
        ended->all.fetch_add(1, std::memory_order_release);
    };
    Subscription subscription = client.add_subscription(options.channel, options.stream, std::move(handlers));
    FragmentAssembler assembler{
        [&](std::span<const std::byte> message, const Header& header) { sink.take(message, header); }};

    const auto begin = SteadyClock::now();
    bool told = false;
    bool explained = false;
    Idle idle{Idling::backoff};
    while (!stop.requested()) {
        const std::int64_t left = options.count > 0 ? options.count - sink.messages() : 256;
        if (left <= 0) break;
        if (subscription.poll(assembler, static_cast<int>(std::min<std::int64_t>(left, 256))) > 0) {
            idle.reset();
            meter.look(sink);
            continue;
        }
        sink.settle();
        meter.look(sink);
        if (subscription.is_closed()) throw_closed(client);
        if (ending.reached(subscription) && options.until_eos) break;
        if (!told && !ending.seen_any() && SteadyClock::now() - begin > 500ms) {
            notices.line(
                fmt::format("waiting for a publisher: start `gale pub '{}' {}` in another terminal (Ctrl-C ends)",
                            channel_to(subscription), options.stream.value));
            told = true;
        }
        if (!explained && !ending.seen_any() && SteadyClock::now() - begin > patience_before_why) {
            notices.line(explain(subscription.diagnose()));
            explained = true;
        }
        idle.wait();
    }
    rates.clear_progress();
    sink.close();
    if (options.quiet || !options.output.empty()) {
        rates.line(fmt::format("received {} messages, {}", grouped(sink.messages()), byte_size(sink.bytes())));
    }
    if (ending.revoked()) {
        notices.line("a publisher revoked its stream: what was not read by then is lost");
        return failure;
    }
    if (options.until_eos && !stop.requested() && ending.cut_short()) {
        notices.line("a publisher fell silent before it had ended its stream: what it had still to say is missing");
        return failure;
    }
    const bool wanted_more = options.count > 0 ? sink.messages() < options.count : options.until_eos;
    return stop.requested() && wanted_more ? interrupted : success;
}

int run(SubOptions options, const os::StopSignals& stop) {
    if (options.raw || !options.output.empty()) options.until_eos = options.until_eos || options.count == 0;
    if (!options.output.empty() && !options.json) options.raw = true;
    Console notices{stderr};
    Client client = connect(resolve_directory(options.directory), "gale-sub", stop);
    return receive(client, options, stop, notices);
}

}  // namespace

void add_sub(Program& program) {
    auto options = std::make_shared<SubOptions>();
    Command command = program.root.add_subcommand("sub", "show or store what is published on a stream");
    command.add_option("channel", options->channel, "where from, as aeron:ipc").required().type_name("CHANNEL");
    add_stream_option(command, "stream", options->stream, "which stream").required();
    add_directory_option(command, options->directory);
    const Option raw =
        command.add_flag("--raw", options->raw, "the messages' bytes and nothing else; ends at the end of the stream");
    const Option json = command.add_flag("--json", options->json, "one JSON object per message and line").excludes(raw);
    const Option quiet =
        command.add_flag("--quiet,-q", options->quiet, "rates instead of messages").excludes(raw).excludes(json);
    command.add_option("--output,-o", options->output, "write to this file: bytes, or JSON with --json")
        .type_name("FILE")
        .excludes(quiet);
    add_count_option(command, "--count,-n", options->count, "end after so many messages", 1);
    command.add_flag("--until-eos", options->until_eos, "end when every publisher has ended its stream");
    command.callback(
        [options, &program] { program.chosen = [options, &program] { return run(*options, program.stop); }; });
}

}  // namespace gale::tools
