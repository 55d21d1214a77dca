/// What the registries of the conductor share.
#pragma once

#include "base/random.hpp"
#include "driver/conductor/clients.hpp"
#include "driver/conductor/log_store.hpp"
#include "driver/conductor/refusals.hpp"
#include "driver/conductor/session_ids.hpp"
#include "driver/conductor/voice.hpp"

#include <gale/driver_options.hpp>

namespace gale::driver {

/// All of it outlives them.
struct Surroundings {
    const DriverOptions& options;
    shm::CountersManager& counters;
    SystemCounters& system;
    Refusals& refusals;
    Voice& voice;
    Clients& clients;
    LogStore& logs;
    Random& random;
    SessionIds& session_ids;
};

}  // namespace gale::driver
