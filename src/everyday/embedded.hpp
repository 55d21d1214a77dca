/// Media drivers that run inside this process, shared by its contexts.
#pragma once

#include <gale/driver_options.hpp>

#include <string>

namespace gale::everyday {

/// A share in an embedded driver: the last one to go stops it. A directory belongs to the whole machine, so what runs
/// in it is known to the whole process. Thread-safe in all but assignment.
class DriverShare {
public:
    DriverShare() noexcept = default;
    /// In the one that runs in `directory`; an empty share when none does.
    [[nodiscard]] static DriverShare find(const std::string& directory) noexcept;
    /// In the one that runs in `options.directory`, or in a new one. Throws Error as MediaDriver::launch.
    [[nodiscard]] static DriverShare find_or_launch(const DriverOptions& options);

    DriverShare(DriverShare&& other) noexcept;
    DriverShare& operator=(DriverShare&& other) noexcept;
    ~DriverShare();
    [[nodiscard]] explicit operator bool() const noexcept { return driver_ != nullptr; }

private:
    struct Shared;
    struct Registry;
    explicit DriverShare(Shared* driver) noexcept : driver_{driver} {}
    static Registry& registry();
    void release() noexcept;
    Shared* driver_ = nullptr;
};

}  // namespace gale::everyday
