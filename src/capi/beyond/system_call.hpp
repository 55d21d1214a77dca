/// Work that asks the system for something. What it refused becomes the system's own number, not just EIO: programs
/// that call these functions look at files and directories, and compare.
#pragma once

#include "capi/error.hpp"
#include "os/failure.hpp"

namespace gale::capi {

/// As guarded().
template <class Work>
int system_call(Work&& work, std::source_location where = std::source_location::current()) noexcept {
    return guarded(
        [&]() -> int {
            try {
                std::forward<Work>(work)();
                return 0;
            } catch (const os::SystemError& error) {
                return fail(error.number(), error.what(), where);
            }
        },
        -1, where);
}

}  // namespace gale::capi
