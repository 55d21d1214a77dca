/// Ways to a media driver: somebody's, found in its directory; or one of our own, for the length of a run.
#pragma once

#include "control/cnc_file.hpp"
#include "os/signals.hpp"

#include <gale/client.hpp>
#include <gale/media_driver.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gale::tools {

/// A client of the driver in `directory`. Throws an Error for people when none is there within a second.
[[nodiscard]] Client connect(const std::string& directory, std::string_view client_name, const os::StopSignals& stop);

/// cnc.dat of `directory`, mapped read-only, whether its driver lives or not. Throws an Error for people.
[[nodiscard]] control::CncFile open_cnc(const std::string& directory);

/// How long since the driver in a cnc.dat showed life; nothing when it stopped in good order or never ran. Negative
/// when the wall clock was set back meanwhile.
[[nodiscard]] std::optional<Millis> heartbeat_age(const control::CncFile& cnc) noexcept;
/// `alive`, or since when it is not.
[[nodiscard]] std::string describe_heartbeat(const control::CncFile& cnc);

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

/// A private driver, or the one in a directory that was named: what `bench` measures.
class DriverUnderTest {
public:
    DriverUnderTest(const std::string& directory_option, std::string_view purpose, int logs);
    [[nodiscard]] const std::string& directory() const noexcept { return directory_; }
    [[nodiscard]] bool is_private() const noexcept { return private_.has_value(); }

private:
    std::optional<PrivateDriver> private_;
    std::string directory_;
};

}  // namespace gale::tools
