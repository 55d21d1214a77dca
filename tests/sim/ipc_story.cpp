#include "sim/ipc_story.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace gale::sim {
namespace {

constexpr std::size_t most_clients = 6;

}  // namespace

IpcStory::IpcStory(std::uint64_t seed, const Faults& faults)
    : faults_{faults}, world_{seed}, driver_{world_.start<DriverProcess>("driver")} {
    driver_.after_cycle = [this] { streams_.on_driver_cycle(); };
}

void IpcStory::tell() {
    begin();
    for (std::int64_t left = world_.between(20, 60); left > 0 && !::testing::Test::HasFailure(); --left) {
        event();
        world_.run_for(world_.between(1ms, 300ms));
    }
    if (!::testing::Test::HasFailure()) wind_down();
    if (!::testing::Test::HasFailure()) expect_nothing_left();
}

void IpcStory::begin() {
    for (int i = 0; i < 3; ++i)
        clients_.push_back(&world_.start<ClientProcess>("client " + std::to_string(i), driver_, streams_));
    world_.run_for(1s);
    subscribe(*clients_[0]);
    publish(*clients_[1]);
}

ClientProcess* IpcStory::any_client() {
    ClientProcess* client = clients_[world_.random().below(clients_.size())];
    return client->is_awake() ? client : nullptr;
}

// Between the two nobody can say who is given up.
Nanos IpcStory::stop_time() {
    return faults_.long_stops && world_.happens(300) ? world_.between(13s, 20s) : world_.between(1ms, 8s);
}

void IpcStory::publish(ClientProcess& client) {
    client.publish({.stream = StreamId{static_cast<std::int32_t>(world_.between(1, 2))},
                    .exclusive = world_.happens(400),
                    .pace = static_cast<std::uint64_t>(world_.between(10, 900))});
}

void IpcStory::subscribe(ClientProcess& client) {
    client.subscribe({.stream = StreamId{static_cast<std::int32_t>(world_.between(1, 2))},
                      .tether = !faults_.untethered || world_.happens(500),
                      .rejoin = world_.happens(700),
                      .controlled = world_.happens(400),
                      .pace = static_cast<std::uint64_t>(world_.happens(300) ? 5 : world_.between(50, 950))});
}

void IpcStory::event() {
    ClientProcess* client = any_client();
    if (client == nullptr) return;
    std::uint64_t chance = world_.random().below(1000);
    const auto falls_to = [&chance](std::uint64_t part) {
        if (chance < part) return true;
        chance -= part;
        return false;
    };
    if (falls_to(faults_.deaths)) return client->kill();
    if (falls_to(faults_.stops)) return client->stop_for(stop_time());
    if (falls_to(faults_.driver_stops)) {
        if (driver_.is_awake()) driver_.stop_for(stop_time());
        return;
    }
    if (falls_to(faults_.clock_steps)) {
        const Millis by{world_.between(-3'600'000, 3'600'000)};
        world_.note("the wall clock steps by " + std::to_string(by.count()) + " ms");
        return world_.clock().step_wall(by);
    }
    switch (world_.random().below(7)) {
    case 0:
    case 1: return publish(*client);
    case 2:
    case 3: return subscribe(*client);
    case 4:
    case 5: return client->finish_one();
    default:
        if (clients_.size() < most_clients)
            clients_.push_back(
                &world_.start<ClientProcess>("client " + std::to_string(clients_.size()), driver_, streams_));
    }
}

bool IpcStory::all_clients(bool (ClientProcess::*have)() const noexcept, bool value) const {
    return std::ranges::all_of(clients_, [&](ClientProcess* c) { return c->is_dead() || (c->*have)() == value; });
}

void IpcStory::wind_down() {
    world_.note("the end begins");
    world_.hurry(true);
    world_.run_for(25s);  // whoever is stopped goes on, whoever is dead is given up
    world_.hurry(false);
    for (ClientProcess* client : clients_) client->finish_publishers();
    EXPECT_TRUE(world_.run_until([&] { return all_clients(&ClientProcess::has_publishers, false); }, 60s));
    for (ClientProcess* client : clients_) client->finish_subscribers();
    EXPECT_TRUE(world_.run_until([&] { return all_clients(&ClientProcess::has_subscribers, false); }, 60s))
        << "somebody waits for a message, or for its end";
    for (ClientProcess* client : clients_) client->leave();
    world_.hurry(true);
    world_.run_for(5s);
}

void IpcStory::expect_nothing_left() {
    EXPECT_EQ(driver_.clients_counters(), std::vector<std::string>{});
    EXPECT_EQ(driver_.logs(), std::vector<std::string>{});
    for (const std::string& error : driver_.errors()) {
        // A client that was given up while the driver, too, stood still: it had asked before to end what it had.
        EXPECT_TRUE(faults_.long_stops && error.starts_with("unknown ")) << error;
    }
    EXPECT_EQ(driver_.value(control::SystemCounter::free_fails), 0);
}

}  // namespace gale::sim
