/// Three machines for stories that go as the test says; chance has the details.
#pragma once

#include "sim/machine.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace gale::sim {

inline constexpr std::int64_t term = 64 * 1024;  // as the drivers are told

// Paces.
inline constexpr std::uint64_t never = 0;
inline constexpr std::uint64_t always = 1000;

/// Three machines on a line that loses a little. What happens there is told by the test.
struct Stage {
    explicit Stage(std::uint64_t seed)
        : world{seed}, network{world.start<NetworkProcess>("network", std::to_string(seed))} {
        for (std::size_t i = 0; i < 3; ++i) machines.push_back(start_machine(world, network, streams, i));
        network.network().set_links({.loss = 0.02, .delay = 1ms});
        world.run_for(1s);
    }
    /// From machine a. As fast as it may.
    void publish(std::int32_t stream, const std::string& channel, const std::vector<std::string>& destinations = {}) {
        machines[0].clients[0]->publish({.stream = StreamId{stream},
                                         .channel = channel,
                                         .destinations = destinations,
                                         .exclusive = world.happens(500),
                                         .hesitates = publishers_hesitate,
                                         .pace = always});
    }
    /// `may_lose`: images of publishers whose driver may end.
    void subscribe(std::size_t machine, std::int32_t stream, const std::string& channel, std::uint64_t pace,
                   bool may_lose = false) {
        machines[machine].clients[0]->subscribe({.stream = StreamId{stream},
                                                 .channel = channel,
                                                 .may_lose = may_lose,
                                                 .whole = world.happens(500),
                                                 .pace = pace});
    }
    [[nodiscard]] std::int64_t written(std::int32_t stream) const { return streams.written(StreamId{stream}).value; }
    /// Everybody comes to an end, and everything is given back.
    void end() {
        const auto nobody = [this](bool (ClientProcess::*have)() const noexcept) {
            return std::ranges::none_of(machines, [&](const Machine& machine) {
                return std::ranges::any_of(machine.clients, [&](ClientProcess* client) { return (client->*have)(); });
            });
        };
        const auto everybody = [this](void (ClientProcess::*act)()) {
            for (const Machine& machine : machines)
                for (ClientProcess* client : machine.clients) (client->*act)();
        };
        everybody(&ClientProcess::finish_publishers);
        EXPECT_TRUE(world.run_until([&] { return nobody(&ClientProcess::has_publishers); }, 60s));
        everybody(&ClientProcess::finish_subscribers);
        EXPECT_TRUE(world.run_until([&] { return nobody(&ClientProcess::has_subscribers); }, 60s));
        everybody(&ClientProcess::leave);
        world.hurry(true);
        world.run_for(25s);
        for (const Machine& machine : machines) expect_nothing_left(machine);
    }

    Streams streams{Medium::network};
    World world;
    NetworkProcess& network;
    std::vector<Machine> machines;
    bool publishers_hesitate = true;
};

}  // namespace gale::sim
