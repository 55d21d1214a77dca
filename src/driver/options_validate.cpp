#include "agent/idle_strategy.hpp"
#include "base/bits.hpp"
#include "base/text.hpp"
#include "driver/options.hpp"

#include <gale/error.hpp>

#include <fmt/format.h>

#include <filesystem>

namespace gale::driver {
namespace {

using Faults = std::vector<std::string>;

void check_limits(const DriverOptions& options, Faults& faults) {
    for (const Option& option : option_table())
        if (!option.holds(options))
            faults.push_back(fmt::format("{}: '{}' given, allowed: {}", option.property_name(), option.get(options),
                                         option.allowed()));
}

void check_directory(const DriverOptions& options, Faults& faults) {
    if (options.directory.empty()) return;
    // The driver removes what is in its directory: a slip must not cost anybody the root or the place they stand in.
    const auto path = std::filesystem::path{options.directory}.lexically_normal();
    const bool names_a_directory = path.has_relative_path() && path != "." && *std::prev(path.end()) != "..";
    if (!names_a_directory)
        faults.push_back(fmt::format("aeron.dir: '{}' given, allowed: a directory of its own", options.directory));
}

struct Pair {
    std::string_view option;
    const std::string& name;
    const std::string& arguments;
};

void check_idling(const DriverOptions& options, Faults& faults) {
    const Pair pairs[] = {
        {"conductor", options.conductor_idle_strategy, options.conductor_idle_strategy_args},
        {"sender", options.sender_idle_strategy, options.sender_idle_strategy_args},
        {"receiver", options.receiver_idle_strategy, options.receiver_idle_strategy_args},
        {"sharednetwork", options.shared_network_idle_strategy, options.shared_network_idle_strategy_args},
        {"shared", options.shared_idle_strategy, options.shared_idle_strategy_args},
        {"driver.native.resource.agent", options.resource_idle_strategy, options.resource_idle_strategy_args},
    };
    for (const Pair& pair : pairs) {
        if (pair.arguments.empty()) continue;  // the name alone was checked with its row
        try {
            static_cast<void>(agent::IdleStrategy::parse(pair.name, pair.arguments,
                                                         fmt::format("aeron.{}.idle.strategy", pair.option)));
        } catch (const Error& error) {
            faults.emplace_back(error.what());
        }
    }
}

struct Timer {
    std::string_view name;
    Nanos value;
};

void expect_longer(const Timer& longer, const Timer& shorter, Faults& faults) {
    if (longer.value > shorter.value) return;
    faults.push_back(fmt::format("aeron.{} ({}) must be longer than aeron.{} ({})", longer.name,
                                 format_duration(longer.value), shorter.name, format_duration(shorter.value)));
}

void check_timers(const DriverOptions& options, Faults& faults) {
    const Timer tick{"timer.interval", options.timer_interval};
    const Timer liveness{"client.liveness.timeout", options.client_liveness_timeout};
    expect_longer(liveness, tick, faults);
    expect_longer({"publication.unblock.timeout", options.publication_unblock_timeout}, liveness, faults);
    expect_longer({"untethered.window.limit.timeout", options.untethered_window_limit_timeout}, tick, faults);
    expect_longer({"untethered.resting.timeout", options.untethered_resting_timeout}, tick, faults);
    if (options.untethered_linger_timeout)
        expect_longer({"untethered.linger.timeout", *options.untethered_linger_timeout}, tick, faults);
}

/// Only for lengths that are each within their limits: their sum cannot overflow then.
void check_files(const DriverOptions& options, Faults& faults) {
    constexpr std::int64_t longest = std::numeric_limits<std::int32_t>::max();
    constexpr std::int64_t header = 128;  // docs/formats/configuration.md, limits on files
    const auto cnc = align_up(header + options.to_driver_buffer_length + options.to_clients_buffer_length +
                                  5 * options.counters_buffer_length + options.error_buffer_length,
                              options.file_page_size);
    if (cnc > longest)
        faults.push_back(
            fmt::format("cnc.dat would have {} bytes, {} are allowed: shorten aeron.counters.buffer.length (it "
                        "counts five times) or another buffer",
                        cnc, longest));
    const auto loss = align_up(options.loss_report_buffer_length, options.file_page_size);
    if (loss > longest)
        faults.push_back(fmt::format("loss-report.dat would have {} bytes, {} are allowed", loss, longest));
}

void check_receiving(const DriverOptions& options, Faults& faults) {
    const std::int64_t buffer = options.socket_receive_buffer;
    if (buffer != 0 && options.initial_window_length > buffer)
        faults.push_back(fmt::format("aeron.rcv.initial.window.length ({}) must not exceed aeron.socket.so_rcvbuf ({})",
                                     format_size(options.initial_window_length), format_size(buffer)));
    if (options.nak_unicast_delay > Nanos::max() / options.nak_unicast_retry_delay_ratio)
        faults.push_back(fmt::format("aeron.nak.unicast.delay ({}) times aeron.nak.unicast.retry.delay.ratio ({}) is "
                                     "too long",
                                     format_duration(options.nak_unicast_delay),
                                     options.nak_unicast_retry_delay_ratio));
}

void check_session_ids(const DriverOptions& options, Faults& faults) {
    const std::int64_t low = options.publication_reserved_session_id_low;
    const std::int64_t high = options.publication_reserved_session_id_high;
    if (low > high || high - low > std::numeric_limits<std::int32_t>::max())
        faults.push_back(
            fmt::format("aeron.publication.reserved.session.id: {} to {} given, allowed: low <= high, and no "
                        "more than 2147483647 apart",
                        low, high));
}

}  // namespace

void validate(const DriverOptions& options) {
    Faults faults;
    check_limits(options, faults);
    if (faults.empty()) {
        check_files(options, faults);
        check_receiving(options, faults);
    }
    check_directory(options, faults);
    check_idling(options, faults);
    check_timers(options, faults);
    check_session_ids(options, faults);
    if (!faults.empty()) throw Error{ErrorCode::invalid_argument, fmt::format("{}", fmt::join(faults, "\n"))};
}

}  // namespace gale::driver
