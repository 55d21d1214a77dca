/// gale pub: lines, a file or made-up messages into a stream.
#include "access.hpp"
#include "command.hpp"
#include "console.hpp"
#include "os/failure.hpp"
#include "os/terminal.hpp"
#include "outlet.hpp"
#include "round_trip_options.hpp"
#include "text.hpp"

#include <gale/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

namespace gale::tools {
namespace {

using SteadyClock = std::chrono::steady_clock;

struct PubOptions {
    std::string directory{};
    OutletSettings outlet{};
    std::string file{};
    std::int64_t count = 0;  ///< 0: lines or a file
    std::int64_t size = 0;   ///< 0: what suits
    std::int64_t rate = 0;   ///< 0: as fast as it goes
    bool no_wait = false;
    bool quiet = false;
};

/// What went out so far, told now and then.
class Publisher {
public:
    Publisher(Outlet& outlet, const PubOptions& options, const os::StopSignals& stop, Console& console)
        : outlet_{outlet}, stop_{stop}, console_{console}, rate_{options.rate}, quiet_{options.quiet} {}

    /// False when a stop was asked for.
    bool publish(std::span<const std::byte> message) {
        if (rate_ > 0 && !wait_until_due()) return false;
        const Sent sent = outlet_.send(message);
        if (sent == Sent::stopped) return false;
        dropped_ += sent == Sent::dropped;
        ++messages_;  // also those dropped: the rate counts what was due
        if (sent != Sent::dropped) bytes_ += static_cast<std::int64_t>(message.size());
        if (messages_ % 256 == 0 || rate_ > 0) report();
        return true;
    }

    void summarise() {
        console_.clear_progress();
        if (quiet_) return;
        const double seconds = std::max(1e-9, std::chrono::duration<double>(SteadyClock::now() - begin_).count());
        std::string text =
            fmt::format("sent {} messages, {} in {:.2f} s", grouped(messages_ - dropped_), byte_size(bytes_), seconds);
        if (messages_ - dropped_ > 1000)
            text += fmt::format(" ({}, {})", message_rate(static_cast<double>(messages_ - dropped_) / seconds),
                                bandwidth(static_cast<double>(bytes_) / seconds));
        if (dropped_ > 0) text += fmt::format("; {} dropped, because nobody was subscribed", grouped(dropped_));
        console_.line(text);
    }

private:
    bool wait_until_due() {
        const auto due = begin_ + std::chrono::duration_cast<Nanos>(std::chrono::duration<double>(
                                      static_cast<double>(messages_) / static_cast<double>(rate_)));
        const auto now = SteadyClock::now();
        return due <= now ? !stop_.requested() : !stop_.wait_for(due - now);
    }
    void report() {
        if (quiet_ || !console_.is_terminal()) return;
        const auto now = SteadyClock::now();
        if (now < next_report_) return;
        const double seconds = std::chrono::duration<double>(now - begin_).count();
        console_.progress(fmt::format("  {} messages, {}, {}", grouped(messages_ - dropped_), byte_size(bytes_),
                                      bandwidth(static_cast<double>(bytes_) / seconds)));
        next_report_ = now + console_.progress_interval();
    }

    Outlet& outlet_;
    const os::StopSignals& stop_;
    Console& console_;
    std::int64_t rate_;
    bool quiet_;
    std::int64_t messages_ = 0;
    std::int64_t dropped_ = 0;
    std::int64_t bytes_ = 0;
    SteadyClock::time_point begin_ = SteadyClock::now();
    SteadyClock::time_point next_report_ = begin_ + console_.progress_interval();
};

/// Standard input, a message per line; the last one needs no line end.
bool publish_lines(Publisher& publisher, const Outlet& outlet, const os::StopSignals& stop) {
    const auto limit = static_cast<std::size_t>(outlet.constants().max_message_length);
    std::vector<std::byte> chunk(65536);
    std::string pending;
    for (std::int64_t number = 1;;) {
        const os::Input input = os::read_standard_input(chunk, stop);
        if (input.state == os::InputState::stopped) return false;
        if (input.state == os::InputState::end) return pending.empty() || publisher.publish(as_bytes(pending));
        pending += as_text(std::span{chunk}.first(input.length));
        std::size_t from = 0;
        for (std::size_t end; (end = pending.find('\n', from)) != std::string::npos; from = end + 1, ++number) {
            if (!publisher.publish(as_bytes(std::string_view{pending}.substr(from, end - from)))) return false;
        }
        pending.erase(0, from);
        if (pending.size() > limit) {
            throw Error{
                ErrorCode::invalid_argument,
                fmt::format("line {} of the input is longer than a message can be here, {} bytes. Use --file, which "
                            "cuts, or a channel with a larger term-length.",
                            number, limit)};
        }
    }
}

struct CloseFile {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};

bool publish_file(Publisher& publisher, const PubOptions& options, std::int64_t size) {
    const std::unique_ptr<std::FILE, CloseFile> file{std::fopen(options.file.c_str(), "rb")};
    if (!file) os::fail("open", options.file, errno);
    std::vector<std::byte> message(static_cast<std::size_t>(size));
    while (true) {
        const std::size_t length = std::fread(message.data(), 1, message.size(), file.get());
        if (length > 0 && !publisher.publish(std::span{message}.first(length))) return false;
        if (length == message.size()) continue;
        if (std::ferror(file.get()) != 0) os::fail("read", options.file, errno);
        return true;
    }
}

bool publish_numbers(Publisher& publisher, const PubOptions& options, std::int64_t size) {
    std::vector<std::byte> message(static_cast<std::size_t>(size));
    for (std::int64_t number = 0; number < options.count; ++number) {
        std::memcpy(message.data(), &number, std::min(message.size(), sizeof number));
        if (!publisher.publish(message)) return false;
    }
    return true;
}

int finish(Outlet& outlet, const PubOptions& options, Console& console) {
    switch (outlet.drain()) {
    case Drained::all_read: break;
    case Drained::stopped: return interrupted;
    case Drained::nobody_left:
        if (options.no_wait || options.file.empty()) break;
        console.line("the subscriber left before it had read the whole file");  // and part of a file is no file
        return failure;
    }
    return success;
}

int run(PubOptions options, const os::StopSignals& stop) {
    Console console{stderr};
    if (options.size > 0 && options.file.empty() && options.count == 0)
        throw Error{ErrorCode::invalid_argument, "--size goes with --file or --count: a line is as long as it is"};
    if (!options.file.empty() &&
        std::unique_ptr<std::FILE, CloseFile>{std::fopen(options.file.c_str(), "rb")} == nullptr) {
        os::fail("open", options.file, errno);  // before anybody waits for it
    }
    if (options.no_wait) options.outlet.without_subscriber = WithoutSubscriber::drop;
    Client client = connect(resolve_directory(options.directory), "gale-pub", stop);
    Outlet outlet{client, options.outlet, stop, console};
    if (options.file.empty())
        outlet.check_length(static_cast<std::size_t>(options.size));  // before anybody waits for it
    if (!options.no_wait && !outlet.wait_for_subscriber()) return interrupted;
    Publisher publisher{outlet, options, stop, console};
    // As long as goes without being cut.
    const std::int64_t suitable = options.file.empty() ? 32 : outlet.constants().max_payload_length;
    const std::int64_t size = options.size > 0 ? options.size : suitable;
    const bool complete = !options.file.empty() ? publish_file(publisher, options, size)
                          : options.count > 0   ? publish_numbers(publisher, options, size)
                                                : publish_lines(publisher, outlet, stop);
    const int status = complete ? finish(outlet, options, console) : interrupted;
    publisher.summarise();
    outlet.close();
    return status;
}

}  // namespace

void add_pub(Program& program) {
    auto options = std::make_shared<PubOptions>();
    Command command = program.root.add_subcommand("pub", "publish lines, a file or made-up messages");
    command.add_option("channel", options->outlet.channel, "where to, as aeron:ipc").required().type_name("CHANNEL");
    add_stream_option(command, "stream", options->outlet.stream, "which stream").required();
    add_directory_option(command, options->directory);
    const Option file =
        command.add_option("--file,-f", options->file, "send this file instead of lines from standard input");
    add_count_option(command, "--count,-n", options->count, "send so many made-up messages", 1).excludes(file);
    add_size_option(command, "--size", options->size,
                    "bytes of a message (default: 32; of a file: what needs no cutting)", 1, 16 << 20);
    add_count_option(command, "--rate", options->rate, "messages a second (default: as fast as it goes)", 1);
    command.add_flag("--exclusive", options->outlet.exclusive,
                     "a stream of one's own: faster, and never mixed with others'");
    command.add_flag("--no-wait", options->no_wait, "without a subscriber drop messages instead of waiting");
    command.add_flag("--quiet,-q", options->quiet, "tell nothing but errors");
    command.callback(
        [options, &program] { program.chosen = [options, &program] { return run(*options, program.stop); }; });
}

}  // namespace gale::tools
