/// The process-wide mover of data, embedded: clients of this and other processes find it through its directory.
#pragma once

#include <gale/driver_options.hpp>
#include <gale/error.hpp>

#include <memory>
#include <string>

namespace gale {

namespace driver {
class RunningDriver;
}

/// Movable; stops when destroyed. One that was moved from is a closed one: no directory, default options, no work.
/// Every call from any thread, but `do_work` from one.
class MediaDriver {
public:
    /// Takes the directory, sets everything up and starts the threads that `options.threading_mode` asks for; when it
    /// returns, clients can connect. Throws Error: a living driver has the directory, an option is out of range, no
    /// space, no permission.
    [[nodiscard]] static MediaDriver launch(DriverOptions options = DriverOptions::from_environment());
    MediaDriver(MediaDriver&&) noexcept;
    MediaDriver& operator=(MediaDriver&&) noexcept;
    ~MediaDriver();

    [[nodiscard]] const std::string& directory() const noexcept;
    [[nodiscard]] const DriverOptions& options() const noexcept;
    [[nodiscard]] bool is_running() const noexcept;
    /// Invoker mode: one duty cycle; returns how much was done. `close` by another thread waits for its end; afterwards
    /// it does nothing.
    int do_work();
    /// Stops the threads, says goodbye in the heartbeat, removes the logs. Idempotent: whoever calls it second comes
    /// back when all of that is done, too, except the driver's own threads. In a child of `fork` the driver is the
    /// parent's, and nothing happens; such a child keeps the lock on the directory taken until it ends or execs.
    void close() noexcept;

private:
    explicit MediaDriver(std::unique_ptr<driver::RunningDriver> running) noexcept;
    std::unique_ptr<driver::RunningDriver> running_;
};

}  // namespace gale
