#include "client/connect.hpp"

#include "base/text.hpp"
#include "os/process.hpp"

#include <gale/error.hpp>

#include <optional>
#include <utility>

namespace gale::client {
namespace {

using namespace std::chrono_literals;

constexpr std::int32_t oldest_version = 0x000200;  // what 0.1 wrote has other sections

/// What one look found: a driver, or why not and when to look again.
struct Look {
    std::shared_ptr<CncMapping> driver{};
    std::string why{};
    Nanos pause{};
};

Look look_at_heartbeat(control::CncFile file, const std::string& where, Nanos timeout, Millis wall) {
    if (file.header().version.load_acquire() < oldest_version)
        throw Error{ErrorCode::incompatible, where + " was written by a driver older than 0.2.0; run a newer one"};
    const Millis heartbeat = file.driver_heartbeat();
    if (heartbeat == Millis{0})
        return {.why = where + " is there, but its driver has not shown a sign of life yet", .pause = 1ms};
    if (heartbeat < Millis{0}) return {.why = "the driver of " + where + " was stopped", .pause = 100ms};
    if (wall - heartbeat > timeout)
        return {.why = "the driver of " + where + " died: its last sign of life is " +
                       format_duration(std::chrono::duration_cast<std::chrono::seconds>(wall - heartbeat)) + " old",
                .pause = 100ms};
    return {.driver = std::make_shared<CncMapping>(std::move(file))};
}

Look look(const std::string& directory, Nanos timeout, Millis wall) {
    auto opened = control::CncFile::open(directory, os::Access::read_write);
    switch (opened.state) {
    case control::CncState::ready:
        return look_at_heartbeat(*std::move(opened.file), control::CncFile::path(directory), timeout, wall);
    case control::CncState::incompatible: throw Error{ErrorCode::incompatible, opened.why};
    case control::CncState::forbidden: throw Error{ErrorCode::system, opened.why};
    case control::CncState::absent:
    case control::CncState::unreadable: return {.why = std::move(opened.why), .pause = 16ms};
    case control::CncState::not_ready:
    case control::CncState::broken: return {.why = std::move(opened.why), .pause = 1ms};
    }
    return {.why = std::move(opened.why), .pause = 16ms};
}

}  // namespace

std::shared_ptr<CncMapping> find_driver(const std::string& directory, Nanos timeout, Clock& clock) {
    const Nanos deadline = clock.tick().now + timeout;
    Nanos slept{};  // a virtual clock may stand still while we sleep
    for (;;) {
        const Tick tick = clock.tick();
        Look found = look(directory, timeout, tick.wall);
        if (found.driver) return std::move(found.driver);
        const Nanos left = std::min(deadline - tick.now, timeout - slept);
        if (left <= Nanos::zero())
            throw Error{ErrorCode::driver_timeout,
                        "no driver within " + format_duration(timeout) + ": " + found.why +
                            ". Start one with `gale driver`, embed one with gale::MediaDriver, "
                            "or name another directory in AERON_DIR"};
        const Nanos pause = std::min(found.pause, left);
        os::sleep_for(pause);
        slept += pause;
    }
}

}  // namespace gale::client
