#include "access.hpp"

#include "base/text.hpp"
#include "channel/keys.hpp"
#include "channel/uri_builder.hpp"
#include "driver/options.hpp"
#include "os/clock.hpp"
#include "os/directory.hpp"
#include "os/process.hpp"
#include "text.hpp"

#include <gale/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>

namespace gale::tools {
namespace {

using namespace std::chrono_literals;

constexpr Millis presence_limit = 10s;  // Aeron's own driver timeout

constexpr std::string_view way_out = "Start one with `gale driver`, or name the directory of one that runs with --dir.";

/// Shared memory when the machine has it, else the place for temporary files.
std::string private_directory(std::string_view purpose) {
    static std::atomic<int> made{0};
    const bool shared_memory = os::inspect_directory("/dev/shm") != os::DirectoryState::absent;
    return fmt::format("{}/gale-{}-{}-{}", shared_memory ? "/dev/shm" : "/tmp", purpose, os::process_id(), ++made);
}

/// Sizes for a machine that may have as little shared memory as a container gets, 64 MiB; the defaults where they fit.
void fit(DriverOptions& options, const std::string& parent, int logs) {
    constexpr std::int64_t mib = 1 << 20;
    options.low_file_store_warning_threshold = 0;
    const auto room_for = [&](std::int64_t term, std::int64_t room) {
        return logs * (3 * term + 4096) <= room / 4 * 3;
    };
    const std::int64_t usable = os::usable_space(parent);
    if (room_for(std::max(options.ipc_term_buffer_length, options.term_buffer_length), usable - 64 * mib)) return;
    options.counters_buffer_length = mib;
    constexpr std::int64_t other_files = 13 * mib;  // cnc.dat with 1 + 1 + 5 + 4, loss-report.dat 1, and some air
    for (auto* term : {&options.ipc_term_buffer_length, &options.term_buffer_length}) {
        while (*term > 65536 && !room_for(*term, usable - other_files)) *term /= 2;
    }
}

}  // namespace

std::string absence(const std::string& directory) {
    const auto [state, why, file] = control::CncFile::open(directory, os::Access::read_only);
    if (state == control::CncState::absent) {
        return "no media driver is running in " + directory + ": there is no cnc.dat";
    }
    if (state == control::CncState::forbidden) throw Error{ErrorCode::system, why};
    if (!file) return "no media driver can be reached in " + directory + ": " + why;
    const auto age = heartbeat_age(*file);
    if (!age) return "the media driver of " + directory + " was stopped";
    if (*age <= presence_limit) return {};
    return fmt::format("the media driver of {} (pid {}) has given no sign of life for {}", directory,
                       file->header().pid, duration_text(*age));
}

Millis wall_clock() noexcept { return os::system_clock().tick().wall; }

std::optional<Millis> heartbeat_age(const control::CncFile& cnc) noexcept {
    const Millis heartbeat = cnc.driver_heartbeat();
    if (heartbeat <= Millis::zero()) return std::nullopt;
    return wall_clock() - heartbeat;
}

std::string describe_heartbeat(const control::CncFile& cnc) {
    const auto age = heartbeat_age(cnc);
    if (!age) return cnc.driver_heartbeat() < Millis::zero() ? "stopped" : "starting";
    if (*age < -presence_limit) return "unknown: its heartbeat is " + duration_text(-*age) + " ahead of this clock";
    if (*age <= presence_limit) return "alive";
    return "no sign of life for " + duration_text(*age);
}

control::CncFile open_cnc(const std::string& directory) {
    auto opened = control::CncFile::open(directory, os::Access::read_only);
    if (opened.file) return std::move(*opened.file);
    if (opened.state == control::CncState::absent) {
        throw Error{ErrorCode::driver_timeout,
                    fmt::format("no media driver has run in {}: there is no cnc.dat. {}", directory, way_out)};
    }
    if (opened.state == control::CncState::forbidden) throw Error{ErrorCode::system, opened.why};
    throw Error{ErrorCode::incompatible, fmt::format("cannot read what the media driver of {} tells: {}. Is it Aeron's "
                                                     "directory, and of this version?",
                                                     directory, opened.why)};
}

Client connect(const std::string& directory, std::string_view client_name, const os::StopSignals& stop) {
    // A driver that is just starting is worth a moment.
    std::string why = absence(directory);
    for (int attempt = 0; !why.empty() && attempt < 50 && !stop.wait_for(20ms); ++attempt) why = absence(directory);
    if (!why.empty()) throw Error{ErrorCode::driver_timeout, fmt::format("{}. {}", why, way_out)};
    ClientOptions options = ClientOptions::from_environment();
    options.directory = directory;
    options.name = client_name;
    return Client::connect(std::move(options));
}

bool is_network(const std::string& channel) { return channel::Uri::parse(channel).is_udp(); }

std::string channel_to(const Subscription& subscription) {
    const auto uri = channel::Uri::parse(subscription.channel());
    const auto endpoint = uri.find(channel::key::endpoint);
    if (!uri.is_udp()) return subscription.channel();
    const auto control = uri.find(channel::key::control);
    if (control && uri.find(channel::key::control_mode) == "dynamic")
        return fmt::format("aeron:udp?control={}|control-mode=dynamic", *control);
    if (uri.is_spy()) return subscription.channel().substr(channel::spy_qualifier.size());
    if (!endpoint || !endpoint->ends_with(":0")) return subscription.channel();
    const auto addresses = subscription.local_addresses();
    if (addresses.empty())
        throw Error{ErrorCode::generic,
                    fmt::format("{} has no address yet: has the driver bound no port to it?", subscription.channel())};
    return channel::UriBuilder{uri}.set(channel::key::endpoint, addresses.front()).text();
}

std::vector<std::string> apply_options(DriverOptions& options, const std::vector<std::string>& words) {
    std::vector<std::string> notes;
    for (const std::string& word : words) {
        const auto equals = word.find('=');
        if (equals == std::string::npos) {
            throw Error{ErrorCode::invalid_argument,
                        fmt::format("--option '{}' has no value: write --option name=value, as --option "
                                    "ipc.term.buffer.length=16m. `gale driver --help` lists the names.",
                                    word)};
        }
        const std::string_view text{word};
        for (std::string& note : driver::apply_property(options, text.substr(0, equals), text.substr(equals + 1)))
            notes.push_back(std::move(note));
    }
    return notes;
}

PrivateDriver::PrivateDriver(std::string_view purpose, int logs, DriverOptions options)
    : directory_{private_directory(purpose)} {
    options.directory = directory_;
    options.delete_directory_on_start = true;
    options.delete_directory_on_shutdown = true;
    fit(options, directory_.substr(0, directory_.rfind('/')), logs);
    driver_.emplace(MediaDriver::launch(std::move(options)));
}

PrivateDriver::~PrivateDriver() {
    driver_.reset();
    try {
        if (os::inspect_directory(directory_) == os::DirectoryState::ours) os::remove_tree(directory_);
        os::remove_file(directory_ + ".lock");  // the name has our pid: nobody else waits for this lock
    } catch (const Error&) {
        // Its files are in memory that the next start of the machine frees; there is nobody left to tell.
    }
}

}  // namespace gale::tools
