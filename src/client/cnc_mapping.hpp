/// A driver's cnc.dat as long as anything of a client can reach it.
#pragma once

#include "control/cnc_file.hpp"

#include <utility>

namespace gale::client {

/// Shared by every state of a client and by every CountersReader; the mapping goes with the last of them.
class CncMapping {
public:
    explicit CncMapping(control::CncFile file) noexcept
        : file_{std::move(file)}, ring_{file_.to_driver()}, counters_{file_.counters()} {}

    [[nodiscard]] const control::CncFile& file() const noexcept { return file_; }
    [[nodiscard]] shm::Ring& ring() noexcept { return ring_; }
    [[nodiscard]] const shm::Counters& counters() const noexcept { return counters_; }

private:
    control::CncFile file_;
    shm::Ring ring_;
    shm::Counters counters_;
};

}  // namespace gale::client
