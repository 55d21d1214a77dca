/// Finding a living driver in a directory.
#pragma once

#include "client/cnc_mapping.hpp"

#include <gale/clock.hpp>

#include <memory>
#include <string>

namespace gale::client {

/// Waits until the driver of `directory` is ready and alive, at most `timeout` whatever it finds meanwhile. Throws
/// driver_timeout that says what was there instead, or incompatible at once.
[[nodiscard]] std::shared_ptr<CncMapping> find_driver(const std::string& directory, Nanos timeout, Clock& clock);

}  // namespace gale::client
