/// A media driver as a process of a simulated world.
#pragma once

#include "control/cnc_file.hpp"
#include "control/counter_types.hpp"
#include "sim/world.hpp"
#include "support/test_directory.hpp"

#include <gale/media_driver.hpp>

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gale::sim {

class DriverProcess final : public Process {
public:
    using Change = std::function<void(DriverOptions&)>;
    DriverProcess(World& world, std::string name, const Change& change = {});

    void run() override;
    std::function<void()> after_cycle{};

    enum class Ending {
        closed,  ///< in order
        killed,  ///< without a word: logs and the last sign of life stay, its lock and its sockets go
    };
    struct End {
        Ending how;
        Nanos when;
    };
    /// The driver ends now, and when `pause` is over another one begins in its directory.
    void restart(Ending how, Nanos pause);
    /// Of killed ones: what the system does for them.
    std::function<void()> on_killed{};
    /// How each driver but the one of now came to its end.
    [[nodiscard]] const std::vector<End>& ends() const noexcept { return ends_; }
    [[nodiscard]] bool is_there() const noexcept { return driver_.has_value(); }

    [[nodiscard]] const std::string& directory() const noexcept { return directory_.path(); }
    /// A client that looks now would find it alive.
    [[nodiscard]] bool shows_life() const;
    /// How many counters there are besides the driver's own.
    [[nodiscard]] std::vector<std::string> clients_counters() const;
    /// It has heard of that client, and so may give it up.
    [[nodiscard]] bool knows(ClientId client) const;
    [[nodiscard]] std::vector<std::string> errors() const;
    [[nodiscard]] std::vector<std::string> logs() const;
    [[nodiscard]] std::int64_t value(control::SystemCounter counter) const;
    /// Of each counter whose label begins so.
    [[nodiscard]] std::vector<std::int64_t> values(std::string_view label) const;

private:
    void begin();

    testing::TestDirectory directory_;
    DriverOptions options_;
    std::vector<MediaDriver> killed_;  ///< they never run again; what they mapped stays as they left it
    std::optional<MediaDriver> driver_;
    std::optional<control::CncFile> cnc_;
    std::vector<End> ends_;
    Nanos begins_{};
};

}  // namespace gale::sim
