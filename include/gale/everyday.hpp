/// The everyday level: everything a program needs that has messages to send and to receive. docs/everyday.md.
#pragma once

#include <gale/config.hpp>
#include <gale/context.hpp>
#include <gale/driver_options.hpp>
#include <gale/message.hpp>
#include <gale/publisher.hpp>
#include <gale/subscriber.hpp>
#include <gale/watch.hpp>

#include <stop_token>

namespace gale {

/// Runs a media driver for everybody on this machine, and blocks until SIGINT, SIGTERM, `stop`, or a client that may
/// terminate it; then the program's own signal handlers are in place again. Throws Error when it cannot start: a living
/// driver has the directory, no space, ...
void media_driver(DriverOptions options = DriverOptions::from_environment(), const std::stop_token& stop = {});

}  // namespace gale
