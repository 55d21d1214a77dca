/// A media driver as a process of a simulated world.
#pragma once

#include "control/cnc_file.hpp"
#include "control/counter_types.hpp"
#include "sim/world.hpp"
#include "support/test_directory.hpp"

#include <gale/media_driver.hpp>

#include <functional>
#include <string>
#include <vector>

namespace gale::sim {

class DriverProcess final : public Process {
public:
    using Change = std::function<void(DriverOptions&)>;
    DriverProcess(World& world, std::string name, const Change& change = {});

    void run() override {
        driver_.do_work();
        if (after_cycle) after_cycle();
    }
    std::function<void()> after_cycle{};

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

private:
    testing::TestDirectory directory_;
    MediaDriver driver_;
    control::CncFile cnc_;
};

}  // namespace gale::sim
