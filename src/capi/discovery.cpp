// Whether a driver lives somewhere: both libraries have it.
#include "capi/error.hpp"
#include "control/cnc_file.hpp"
#include "os/clock.hpp"
#include "os/process.hpp"

#include <gale/clock.hpp>

#include <fmt/format.h>

#include <aeron/aeronc.h>

#include <chrono>

namespace gale::capi {
namespace {

using control::CncFile;
using control::CncState;

/// Lines for whoever wants to read them.
class Account {
public:
    explicit Account(aeron_log_func_t hear) noexcept : hear_{hear} {}
    void say(const std::string& line) const {
        if (hear_ != nullptr) hear_(line.c_str());
    }

private:
    aeron_log_func_t hear_;
};

/// A driver that is only starting gets as long as a silent one.
CncFile::Opened open_started(const std::string& directory, Millis timeout) {
    auto opened = CncFile::open(directory, os::Access::read_only);
    for (Millis waited{}; opened.state == CncState::not_ready && waited < timeout; ++waited) {
        os::sleep_for(Millis{1});
        opened = CncFile::open(directory, os::Access::read_only);
    }
    return opened;
}

bool is_active(const std::string& directory, Millis timeout, const Account& account) {
    const auto opened = open_started(directory, timeout);
    if (opened.state == CncState::absent) {
        account.say(fmt::format("INFO: there is no driver in {}", directory));
        return false;
    }
    if (opened.state != CncState::ready) {
        account.say(fmt::format("ERROR: cannot tell whether a driver lives in {}: {}", directory, opened.why));
        return false;
    }
    const Millis heartbeat = opened.file->driver_heartbeat();
    if (heartbeat <= Millis::zero()) {
        account.say(fmt::format("INFO: the driver in {} has ended", directory));
        return false;
    }
    const Millis age = os::system_clock().tick().wall - heartbeat;
    account.say(fmt::format("INFO: the heartbeat of the driver in {} is {} ms old", directory, age.count()));
    return age <= timeout;
}

}  // namespace
}  // namespace gale::capi

bool aeron_is_driver_active(const char* dirname, int64_t timeout_ms, aeron_log_func_t log_func) {
    using namespace gale;
    using namespace gale::capi;
    return guarded(
        [&] {
            if (dirname == nullptr) throw Error{ErrorCode::invalid_argument, "the directory has no name"};
            return is_active(dirname, Millis{std::clamp<std::int64_t>(timeout_ms, 0, Nanos::max().count() / 1'000'000)},
                             Account{log_func});
        },
        false);
}
