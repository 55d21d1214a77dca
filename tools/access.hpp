/// Ways to a media driver: somebody's, found in its directory; or one of our own, for the length of a run.
#pragma once

#include "control/cnc_file.hpp"
#include "os/signals.hpp"

#include <gale/client.hpp>
#include <gale/media_driver.hpp>
#include <gale/subscription.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gale::tools {

/// A client of the driver in `directory`. Throws an Error for people when none is there within a second.
[[nodiscard]] Client connect(const std::string& directory, std::string_view client_name, const os::StopSignals& stop);

/// Why there is no living driver in `directory`; empty when there is one.
[[nodiscard]] std::string absence(const std::string& directory);

/// cnc.dat of `directory`, mapped read-only, whether its driver lives or not. Throws an Error for people.
[[nodiscard]] control::CncFile open_cnc(const std::string& directory);

/// How long since the driver in a cnc.dat showed life; nothing when it stopped in good order or never ran. Negative
/// when the wall clock was set back meanwhile.
[[nodiscard]] std::optional<Millis> heartbeat_age(const control::CncFile& cnc) noexcept;
/// `alive`, or since when it is not.
[[nodiscard]] std::string describe_heartbeat(const control::CncFile& cnc);

/// Whether a channel goes over the network. Throws an Error when it is none.
[[nodiscard]] bool is_network(const std::string& channel);
/// The channel for whoever publishes to `subscription`: its own, but for a port that it left to the system
/// (`endpoint=127.0.0.1:0`), which is the one that the driver found, for a control address, which alone a publisher
/// names, and for what makes it a spy.
[[nodiscard]] std::string channel_to(const Subscription& subscription);

/// Each `NAME=VALUE`, as `gale driver --option` takes it. Returns what is worth a note; throws an Error for people.
std::vector<std::string> apply_options(DriverOptions& options, const std::vector<std::string>& words);

/// Milliseconds since 1970.
[[nodiscard]] Millis wall_clock() noexcept;

/// A driver in this process and in a directory of its own, which goes when it does.
class PrivateDriver {
public:
    /// `purpose` is part of the directory's name. Sizes are chosen to fit into `logs` logs of the memory that there is.
    PrivateDriver(std::string_view purpose, int logs, DriverOptions options);
    PrivateDriver(const PrivateDriver&) = delete;
    PrivateDriver& operator=(const PrivateDriver&) = delete;
    ~PrivateDriver();
    [[nodiscard]] const std::string& directory() const noexcept { return directory_; }
    [[nodiscard]] const DriverOptions& options() const noexcept { return driver_->options(); }

private:
    std::string directory_;
    std::optional<MediaDriver> driver_;
};

}  // namespace gale::tools
