#include "everyday/embedded.hpp"

#include <gale/media_driver.hpp>

#include <filesystem>
#include <list>
#include <mutex>
#include <system_error>
#include <utility>

namespace gale::everyday {

struct DriverShare::Shared {
    MediaDriver driver;
    int shares = 1;
};

struct DriverShare::Registry {
    // Held while a driver starts and stops, too: who comes meanwhile finds either a whole one or a free directory.
    std::mutex mutex;
    std::list<Shared> drivers;

    Shared* find(const std::string& directory) noexcept {
        for (Shared& shared : drivers) {
            std::error_code ignored;
            const bool same = shared.driver.directory() == directory ||
                              std::filesystem::equivalent(shared.driver.directory(), directory, ignored);
            if (same) return &shared;
        }
        return nullptr;
    }
};

DriverShare::Registry& DriverShare::registry() {
    static auto& forever =
        *new Registry;  // never destroyed: a context with static life time may go after everything else
    return forever;
}

DriverShare DriverShare::find(const std::string& directory) noexcept {
    Registry& known = registry();
    const std::lock_guard lock{known.mutex};
    Shared* found = known.find(directory);
    if (found != nullptr) ++found->shares;
    return DriverShare{found};
}

DriverShare DriverShare::find_or_launch(const DriverOptions& options) {
    Registry& known = registry();
    const std::lock_guard lock{known.mutex};
    if (Shared* found = known.find(options.directory); found != nullptr) {
        ++found->shares;
        return DriverShare{found};
    }
    known.drivers.push_back({.driver = MediaDriver::launch(options)});
    return DriverShare{&known.drivers.back()};
}

DriverShare::DriverShare(DriverShare&& other) noexcept : driver_{std::exchange(other.driver_, nullptr)} {}

DriverShare& DriverShare::operator=(DriverShare&& other) noexcept {
    if (this != &other) {
        release();
        driver_ = std::exchange(other.driver_, nullptr);
    }
    return *this;
}

DriverShare::~DriverShare() { release(); }

void DriverShare::release() noexcept {
    if (driver_ == nullptr) return;
    Registry& known = registry();
    const std::lock_guard lock{known.mutex};
    Shared* mine = std::exchange(driver_, nullptr);
    if (--mine->shares > 0) return;
    known.drivers.remove_if([&](const Shared& shared) { return &shared == mine; });
}

}  // namespace gale::everyday
