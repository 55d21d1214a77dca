/// Taking a directory: never from a living driver, at once from a dead one. docs/formats/directory.md.
#pragma once

#include "os/file_lock.hpp"

#include <gale/driver_options.hpp>
#include <gale/types.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace gale::driver {

/// The directory of one running driver. While it exists, no other driver of Gale's can have it.
class DriverDirectory {
public:
    using Warn = std::function<void(std::string_view)>;
    using Pause = std::function<void(Millis)>;
    /// Locks, looks whether somebody lives there, saves a dead driver's errors beside it, and leaves it fresh: empty
    /// but for `publications` and `images`. Throws Error: a living driver (which, since when), not a directory,
    /// somebody else's. Where only time tells, it pauses, for some seconds at most in all.
    [[nodiscard]] static DriverDirectory take(const DriverOptions& options, const std::string& path, Clock& clock,
                                              const Warn& warn, const Pause& pause);

    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    /// For a successor: whoever finds the lock free and this note beside that cnc.dat knows that its driver is dead.
    /// Before cnc.dat is made, so that this holds of one that was never finished, too.
    void sign(Millis start_timestamp) const;
    /// The directory and the lock beside it: nothing is left.
    void remove() const;

private:
    DriverDirectory(std::string path, os::FileLock lock) : path_{std::move(path)}, lock_{std::move(lock)} {}
    std::string path_;
    os::FileLock lock_;
};

}  // namespace gale::driver
