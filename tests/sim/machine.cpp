#include "sim/machine.hpp"

#include <gtest/gtest.h>

namespace gale::sim {

Machine start_machine(World& world, NetworkProcess& network, Streams& streams, std::size_t index,
                      const DriverProcess::Change& change) {
    const std::string name{static_cast<char>('a' + index)};
    const std::string address = "10.0.0." + std::to_string(index + 1);
    const std::string address6 = "fd00::" + std::to_string(index + 1);
    net::Network& host = network.add_host(name, {address, address6});
    auto& driver = world.start<DriverProcess>("driver " + name, [&](DriverOptions& options) {
        options.environment.network = &host;
        if (change) change(options);
    });
    driver.on_killed = [&network, name] { network.network().close_sockets(name); };
    Machine machine{
        .name = name, .address = address, .address6 = "[" + address6 + "]", .driver = &driver, .clients = {}};
    for (int i = 0; i < 2; ++i)
        machine.clients.push_back(&world.start<ClientProcess>("client " + name + std::to_string(i), driver, streams));
    return machine;
}

void expect_nothing_left(const Machine& machine) {
    SCOPED_TRACE("on machine " + machine.name);
    EXPECT_EQ(machine.driver->clients_counters(), std::vector<std::string>{});
    EXPECT_EQ(machine.driver->logs(), std::vector<std::string>{});
    EXPECT_EQ(machine.driver->value(control::SystemCounter::free_fails), 0);
}

}  // namespace gale::sim
