/// A machine of a simulated world: its driver, and the programs that use it.
#pragma once

#include "sim/client_process.hpp"
#include "sim/driver_process.hpp"
#include "sim/network_process.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace gale::sim {

/// What it refers to lives as long as the world.
struct Machine {
    std::string name;
    std::string address;
    std::string address6;  ///< in brackets
    DriverProcess* driver;
    std::vector<ClientProcess*> clients;
};

/// Named a, b, ... by its index, at 10.0.0.1, 10.0.0.2, ..., and at fd00::1, fd00::2, ...; with two programs.
[[nodiscard]] Machine start_machine(World& world, NetworkProcess& network, Streams& streams, std::size_t index,
                                    const DriverProcess::Change& change = {});

/// No counter and no log of any client's, all given back.
void expect_nothing_left(const Machine& machine);

}  // namespace gale::sim
