// The life of a driver for C programs.
#include "capi/driver/context.hpp"
#include "capi/driver/handles.hpp"
#include "capi/error.hpp"
#include "driver/running_driver.hpp"
#include "os/directory.hpp"

#include <gale/error.hpp>

#include <atomic>
#include <cerrno>

/// Nobody looks inside: handles.hpp.
struct aeron_driver_stct {
    char place;
};

namespace gale::capi::driver {
namespace {

/// Its callbacks hold the context as well.
struct Driver {
    std::shared_ptr<Context> context;
    gale::driver::RunningDriver running;
    std::mutex starting{};
    bool started = false;
    std::atomic<bool> stepped{false};  ///< by the caller
    std::atomic<bool> released{false};

    Driver(std::shared_ptr<Context> made_with, DriverOptions options)
        : context{std::move(made_with)}, running{std::move(options)} {}
    Driver(const Driver&) = delete;
    Driver& operator=(const Driver&) = delete;
    ~Driver() { release(); }

    /// The context may be closed, or make another driver: once, as it may have that when this one goes.
    void release() noexcept {
        if (released.exchange(true)) return;
        const std::lock_guard lock{context->mutex};
        context->has_driver = false;
    }
};

using DriverHandles = Handles<aeron_driver_stct, Driver>;

// Never destroyed: a driver that its program does not close ends with the process.
DriverHandles& driver_handles() {
    static auto& handles = *new DriverHandles;
    return handles;
}

std::shared_ptr<Driver> driver_of(const aeron_driver_t* handle) {
    if (handle == nullptr) throw Error{ErrorCode::invalid_argument, "the driver is null"};
    auto driver = driver_handles().find(handle);
    if (!driver) throw Error{ErrorCode::invalid_argument, "this is no driver, or it was closed"};
    return driver;
}

std::shared_ptr<Driver> stepped_driver_of(const aeron_driver_t* handle) {
    auto driver = driver_of(handle);
    if (!driver->stepped)
        throw Error{ErrorCode::invalid_argument,
                    "this driver runs its main loop itself, or was not started: start it with manual_main_loop"};
    return driver;
}

std::shared_ptr<Driver> make_driver(const aeron_driver_context_t* handle) {
    const auto context = context_to_set(handle);
    auto options = options_for_driver(context);
    {
        const std::lock_guard lock{context->mutex};
        if (std::exchange(context->has_driver, true))
            throw Error{ErrorCode::invalid_argument, "a context has one driver at a time"};
    }
    try {
        return std::make_shared<Driver>(context, std::move(options));
    } catch (...) {
        const std::lock_guard lock{context->mutex};
        context->has_driver = false;
        throw;
    }
}

void start_driver(Driver& driver, bool manual_main_loop) {
    const std::lock_guard lock{driver.starting};
    if (driver.started) throw Error{ErrorCode::invalid_argument, "this driver was started already"};
    if (driver.running.options().threading_mode == ThreadingMode::invoker && !manual_main_loop)
        throw Error{ErrorCode::invalid_argument,
                    "in threading mode INVOKER the caller runs the driver: start it with manual_main_loop"};
    driver.started = true;
    driver.running.start(manual_main_loop ? gale::driver::MainLoop::caller : gale::driver::MainLoop::own_thread);
    driver.stepped = manual_main_loop;
}

}  // namespace
}  // namespace gale::capi::driver

// NOLINTBEGIN(google-build-using-namespace): what follows is C and has no namespace
using namespace gale::capi;
using namespace gale::capi::driver;
// NOLINTEND(google-build-using-namespace)

int aeron_driver_init(aeron_driver_t** driver, aeron_driver_context_t* context) {
    if (driver == nullptr) return fail(EINVAL, "there is no place for the driver");
    return guarded([&] { *driver = driver_handles().add(make_driver(context)); });
}

int aeron_driver_start(aeron_driver_t* driver, bool manual_main_loop) {
    return guarded([&] { start_driver(*driver_of(driver), manual_main_loop); });
}

int aeron_driver_main_do_work(aeron_driver_t* driver) {
    return guarded([&] { return stepped_driver_of(driver)->running.do_work(); });
}

void aeron_driver_main_idle_strategy(aeron_driver_t* driver, int work_count) {
    guarded([&] { stepped_driver_of(driver)->running.idle(work_count); });
}

int aeron_driver_close(aeron_driver_t* driver) {
    return guarded([&] {
        const auto closed = driver_of(driver);
        if (closed->running.is_own_thread())
            return fail(EDEADLK, "a driver is not closed by one of its own threads: tell another one to do it");
        if (!driver_handles().remove(driver)) return fail(EINVAL, "this driver was closed");
        closed->running.close();
        closed->release();
        const auto& options = closed->running.options();
        if (options.delete_directory_on_shutdown &&
            gale::os::inspect_directory(options.directory) != gale::os::DirectoryState::absent)
            return fail(EIO, "the driver is closed, but its directory " + options.directory + " is still there");
        return 0;
    });
}
