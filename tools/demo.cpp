/// gale demo: what Gale does, in a few seconds and with nothing set up.
#include "access.hpp"
#include "command.hpp"
#include "console.hpp"
#include "machine.hpp"
#include "round_trip.hpp"
#include "text.hpp"
#include "throughput.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>

namespace gale::tools {
namespace {

struct DemoOptions {
    double seconds = 5;
};

constexpr std::int64_t small_message = 32;
constexpr std::int64_t large_message = 1344;  // the most that fits into a frame at Aeron's default mtu, less a little
constexpr std::int64_t round_trips_per_second = 10'000;
constexpr Nanos longest_warmup = std::chrono::seconds{1};  // nothing is shown meanwhile

Nanos part(double seconds, double share) {
    return std::chrono::duration_cast<Nanos>(std::chrono::duration<double>(seconds * share));
}

std::string bar(const Console& console, double done) {
    done = std::clamp(done, 0.0, 1.0);
    if (!console.is_terminal()) return fmt::format("{:>3.0f} %", done * 100);
    constexpr std::size_t width = 24;
    const auto full = static_cast<std::size_t>(std::lround(done * static_cast<double>(width)));
    return console.paint(Ink::cyan, std::string(full, '#')) + console.paint(Ink::dim, std::string(width - full, '.'));
}

/// The demonstration, act by act.
class Demo {
public:
    Demo(const DemoOptions& options, const os::StopSignals& stop)
        : stop_{stop}, seconds_{options.seconds}, driver_{"demo", 3, DriverOptions{}},
          client_{connect(driver_.directory(), "gale-demo", stop)} {}

    int run() {
        introduce();
        const auto small = throughput(small_message, 0.36);
        const auto large = throughput(large_message, 0.28);
        const auto latency = round_trips(0.36);
        if (stop_.requested()) {
            console_.line("stopped; the driver and its directory are gone");
            return interrupted;
        }
        conclude(small, large, latency);
        return success;
    }

private:
    void introduce() {
        const auto fact = [&](std::string_view name, const std::string& text) {
            console_.line(fmt::format("  {} {}", console_.paint(Ink::dim, fmt::format("{:<9}", name)), text));
        };
        console_.line(fmt::format("{}  messages between processes and machines, without waiting",
                                  console_.paint(Ink::bold, "Gale " GALE_VERSION)));
        console_.line("");
        fact("machine", describe(this_machine()));
        fact("driver", "in this process, in " + driver_.directory());
        fact("channel", "aeron:ipc, shared memory");
        console_.line("");
    }

    ThroughputResult throughput(std::int64_t length, double share) {
        if (stop_.requested()) return {};
        title(fmt::format("One publisher, one subscriber, messages of {} bytes", grouped(length)));
        ThroughputSettings settings;
        settings.message_length = length;
        settings.warmup = std::min(part(seconds_, share * 0.15), longest_warmup);
        settings.duration = part(seconds_, share * 0.85);
        const auto result =
            run_throughput(client_, client_, settings, stop_, interval(), [&](const ThroughputProgress& at) {
                console_.progress(fmt::format("  {} {:>12}  {:>10}",
                                              bar(console_, ratio(at.elapsed, settings.duration)),
                                              message_rate(at.messages_per_second), bandwidth(at.bytes_per_second)));
            });
        if (!stop_.requested()) {
            console_.line(fmt::format("  {}, {}; {} messages, every one checked and in order",
                                      console_.paint(Ink::bold, message_rate(result.messages_per_second)),
                                      console_.paint(Ink::bold, bandwidth(result.bytes_per_second)),
                                      grouped(result.total_messages)));
        }
        console_.line("");
        return result;
    }

    PingResult round_trips(double share) {
        if (stop_.requested()) return {};
        title(fmt::format("Round trips of {} bytes between two threads, {} a second, counted from when each was due",
                          small_message, grouped(round_trips_per_second)));
        PingSettings settings;
        settings.channels.ping_channel = settings.channels.pong_channel = "aeron:ipc?term-length=1m";
        settings.rate = round_trips_per_second;
        const auto warmup = std::min(part(seconds_, share * 0.15), longest_warmup);
        settings.warmup = settings.rate * warmup.count() / Nanos{std::chrono::seconds{1}}.count();
        settings.count = std::max<std::int64_t>(
            1, static_cast<std::int64_t>(static_cast<double>(settings.rate) * seconds_ * share * 0.85));
        settings.idling = Idling::yield;  // a busy machine is to look slow, not broken
        auto [pinging, ponging] = open_both_ends(client_, client_, settings.channels);
        const PongThread pong{std::move(ponging), settings.idling, -1};
        const auto result = ping(
            std::move(pinging), settings, stop_, interval(),
            [&](std::int64_t counted) {
                const double done = static_cast<double>(counted) / static_cast<double>(settings.count);
                console_.progress(fmt::format("  {} {:>9} round trips", bar(console_, done), grouped(counted)));
            },
            [] {});
        console_.clear_progress();
        if (result.complete) print_percentiles(console_, result.histogram);
        console_.line("");
        return result;
    }

    void conclude(const ThroughputResult& small, const ThroughputResult& large, const PingResult& latency) {
        console_.line(fmt::format("{} {}, {}, {} there and back (p50).", console_.paint(Ink::green, "Done:"),
                                  message_rate(small.messages_per_second), bandwidth(large.bytes_per_second),
                                  duration_text(latency.histogram.percentile(50))));
        if (this_machine().cores < 3) {
            console_.line(console_.paint(
                Ink::dim, "The driver's threads share the processors with both ends here; the slowest round "
                          "trips show it."));
        }
        console_.line("");
        console_.line("What to try next, in three terminals:");
        const auto hint = [&](std::string_view command, std::string_view about) {
            console_.line(fmt::format("  {}  {}", console_.paint(Ink::bold, fmt::format("{:<28}", command)),
                                      console_.paint(Ink::dim, about)));
        };
        hint("gale driver", "the media driver, one for all programs of this user");
        hint("gale sub aeron:ipc 1001", "shows what is published");
        hint("gale pub aeron:ipc 1001", "publishes what you type, line by line");
        console_.line("and then:");
        hint("gale streams", "who publishes, who reads, who is behind");
        hint("gale bench throughput", "these measurements with more choices; `gale bench --help`");
        hint("gale --help", "everything else");
    }

    void title(const std::string& text) { console_.line(console_.paint(Ink::bold, text)); }
    [[nodiscard]] Nanos interval() const { return std::min(console_.progress_interval(), part(seconds_, 0.1)); }
    [[nodiscard]] static double ratio(Nanos done, Nanos all) {
        return static_cast<double>(done.count()) / std::max(1.0, static_cast<double>(all.count()));
    }

    Console console_{stdout};
    const os::StopSignals& stop_;
    double seconds_;
    PrivateDriver driver_;
    Client client_;
};

}  // namespace

void add_demo(Program& program) {
    auto options = std::make_shared<DemoOptions>();
    Command command =
        program.root.add_subcommand("demo", "see what it does: a driver, a publisher and a subscriber in one process");
    command.add_option("--seconds", options->seconds, "about how long it takes")
        .capture_default_str()
        .within(0.5, 3600.0);
    command.callback([options, &program] {
        program.chosen = [options, &program] { return Demo{*options, program.stop}.run(); };
    });
}

}  // namespace gale::tools
