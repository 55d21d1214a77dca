#include "sim/udp_story.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace gale::sim {

UdpStory::UdpStory(std::uint64_t seed, const NetworkFaults& faults)
    : faults_{faults}, world_{seed}, network_{world_.start<NetworkProcess>("network", std::to_string(seed))} {
    for (std::size_t i = 0; i < machine_count; ++i) add_machine(i);
    for (const Machine& from : machines_)
        for (const Machine& to : machines_)
            if (&from != &to)
                network_.network().link(from.name, to.name) = draw_link(faults_.garbled && &from == &machines_.back());
    network_.network().set_push_back(faults_.push_back * static_cast<double>(world_.between(0, 1000)) / 1000);
    for (std::int64_t left = world_.between(1, 3); left > 0; --left)
        add_route(static_cast<std::int32_t>(routes_.size()) + 1);
}

void UdpStory::add_machine(std::size_t index) {
    machines_.push_back(start_machine(world_, network_, streams_, index, [this](DriverOptions& options) {
        options.mtu_length = std::array{1408, 1408, 512, 4096}[world_.random().below(4)];
        options.initial_window_length = world_.happens(700) ? 128 * 1024 : world_.between(4096, 20000);
    }));
    if (!faults_.garbled) return;
    for (ClientProcess* client : machines_.back().clients) client->expect_damage();
}

// Each its own stream, and its own ports: what one machine hears belongs to one way.
void UdpStory::add_route(std::int32_t index) {
    const auto way = faults_.by_groups ? static_cast<Way>(world_.random().below(4)) : Way::unicast;
    routes_.push_back(route(way, index));
    routes_.back().stream = StreamId{index};
    world_.note("a way: " + routes_.back().publish);
}

UdpStory::Route UdpStory::route(Way way, std::int32_t index) {
    Route made{.stream = StreamId{index}, .from = world_.random().below(machine_count)};
    const auto port = [index](std::int32_t base) { return ":" + std::to_string(base + index); };
    const bool v6 = faults_.v6 && world_.happens(500);
    const auto host = [&](std::size_t machine) {
        return v6 ? machines_[machine].address6 : machines_[machine].address;
    };
    switch (way) {
    case Way::unicast: {
        const std::size_t to = world_.random().below(machine_count);
        made.publish = "aeron:udp?endpoint=" + host(to) + port(40100);
        made.subscribe[to] = made.publish;
        break;
    }
    case Way::multicast: {
        const std::string last = std::to_string(2 * index + 1);
        const std::string group = "aeron:udp?endpoint=" + (v6 ? "[ff02::14:" + last + "]" : "224.20.30." + last) +
                                  port(40200) + "|interface=" + (v6 ? "[fd00::]/64" : "10.0.0.0/24");
        made.publish = group + "|fc=min";
        made.subscribe.fill(group);
        break;
    }
    case Way::dynamic: {
        const std::string control = "aeron:udp?control-mode=dynamic|control=" + host(made.from) + port(40300);
        made.publish = control + "|fc=min";
        for (std::size_t i = 0; i < machine_count; ++i)
            made.subscribe[i] = control + "|endpoint=" + host(i) + (i == 2 ? ":0" : port(40400));
        break;
    }
    case Way::manual:
        made.publish = "aeron:udp?control-mode=manual|fc=min";
        if (v6) made.publish += "|control=" + host(made.from) + ":0";  // its socket is of one family
        for (std::size_t i = 0; i < machine_count; ++i) {
            made.subscribe[i] = "aeron:udp?endpoint=" + host(i) + port(40500);
            if (made.destinations.empty() || world_.happens(700)) made.destinations.push_back(made.subscribe[i]);
        }
    }
    for (bool& unreliable : made.unreliable) unreliable = faults_.unreliable && world_.happens(500);
    for (std::string& subscribe : made.subscribe)
        if (faults_.cubic && !subscribe.empty() && world_.happens(700)) subscribe += "|cc=cubic";
    if (way != Way::manual) made.spy = "aeron-spy:" + made.publish;
    return made;
}

// Each direction of each pair of machines is as bad as chance wants, and none worse than the faults allow.
testing::Link UdpStory::draw_link(bool is_garbled) {
    const testing::Link& worst = faults_.weather;
    const auto some = [this](double most) { return most * static_cast<double>(world_.between(0, 1000)) / 1000; };
    testing::Link link = worst;
    link.loss = some(worst.loss);
    link.duplicate = some(worst.duplicate);
    link.corrupt = is_garbled ? 0.3 : 0;
    link.truncate = some(worst.truncate);
    link.reorder = some(worst.reorder);
    link.delay = world_.between(Nanos{0}, worst.delay);
    link.jitter = world_.between(Nanos{0}, worst.jitter);
    link.reorder_delay = world_.between(Nanos{0}, worst.reorder_delay);
    return link;
}

void UdpStory::tell() {
    begin();
    for (std::int64_t left = world_.between(20, 60); left > 0 && !::testing::Test::HasFailure(); --left) {
        event();
        world_.run_for(world_.between(1ms, 300ms));
    }
    if (!::testing::Test::HasFailure()) wind_down();
    if (!::testing::Test::HasFailure()) expect_nothing_left();
}

std::uint64_t UdpStory::digest() noexcept {
    const testing::SimulatedTotals& totals = network_.network().totals();
    for (const std::int64_t total : {totals.sent, totals.lost, totals.duplicated, totals.delivered})
        world_.mix(static_cast<std::uint64_t>(total));
    return world_.digest();
}

void UdpStory::begin() {
    world_.run_for(1s);
    for (const Route& route : routes_) {
        subscribe(route);
        publish(route);
    }
}

ClientProcess* UdpStory::any_client(std::size_t machine) {
    const auto& clients = machines_[machine].clients;
    ClientProcess* const client = clients[world_.random().below(clients.size())];
    return client->is_awake() ? client : nullptr;
}

void UdpStory::publish(const Route& route) {
    ClientProcess* const client = any_client(route.from);
    if (client == nullptr) return;
    client->publish({.stream = route.stream,
                     .channel = route.publish,
                     .destinations = route.destinations,
                     .exclusive = world_.happens(400),
                     .pace = static_cast<std::uint64_t>(world_.between(10, 900))});
}

void UdpStory::subscribe(const Route& route) {
    std::vector<std::size_t> reached;
    for (std::size_t i = 0; i < machine_count; ++i)
        if (!route.subscribe[i].empty()) reached.push_back(i);
    const std::size_t chosen = reached[world_.random().below(reached.size())];
    const std::size_t last = machine_count - 1;
    ClientProcess* const client = any_client(chosen);
    if (client == nullptr) return;
    client->subscribe({.stream = route.stream,
                       .channel = route.subscribe[chosen],
                       .reliable = !route.unreliable[chosen],
                       .may_lose = faults_.long_tears || faults_.machine_deaths > 0,
                       .leans_on = {machines_[route.from].driver, machines_[chosen].driver},
                       .distrusts = !faults_.garbled ? ""
                                    : chosen == last ? "*"
                                                     : machines_[last].address + ":",
                       .controlled = world_.happens(400),
                       .whole = world_.happens(700),
                       .pace = static_cast<std::uint64_t>(world_.happens(300) ? 5 : world_.between(50, 950))});
}

void UdpStory::spy(const Route& route) {
    ClientProcess* const client = any_client(route.from);
    if (client == nullptr || route.spy.empty()) return;
    client->subscribe({.stream = route.stream,
                       .channel = route.spy,
                       .leans_on = {machines_[route.from].driver},
                       .distrusts = faults_.garbled && route.from == machine_count - 1 ? "*" : "",
                       .pace = static_cast<std::uint64_t>(world_.between(50, 950))});
}

bool UdpStory::fault() {
    std::uint64_t chance = world_.random().below(1000);
    const auto falls_to = [&chance](std::uint64_t part) {
        if (chance < part) return true;
        chance -= part;
        return false;
    };
    // Shorter than anybody would need to give the others up, or much longer.
    const auto some_time = [this](bool may_be_long) {
        return may_be_long && world_.happens(500) ? world_.between(13s, 20s) : world_.between(1ms, 2500ms);
    };
    const Machine& machine = machines_[world_.random().below(machine_count)];
    if (falls_to(faults_.tears)) return network_.tear({machine.name}, some_time(faults_.long_tears));
    if (falls_to(faults_.driver_stops)) {
        if (machine.driver->is_awake()) machine.driver->stop_for(some_time(false));
        return true;
    }
    if (falls_to(faults_.deaths)) {
        if (ClientProcess* client = any_client(world_.random().below(machine_count))) client->kill();
        return true;
    }
    if (falls_to(faults_.machine_deaths)) {
        lose_machine();
        return true;
    }
    if (falls_to(faults_.restarts)) {
        if (machine.driver->is_there()) restart(*machine.driver, some_time(true));
        return true;
    }
    return false;
}

void UdpStory::lose_machine() {
    const auto is_dead = [](const Machine& machine) { return machine.driver->is_dead(); };
    if (std::ranges::any_of(machines_, is_dead)) return;
    const Machine& machine = machines_[world_.random().below(machine_count)];
    machine.driver->kill();
    for (ClientProcess* client : machine.clients) client->kill();
}

// Who is killed is missed only after a while: half the time that is waited for, so that the story goes on after it.
void UdpStory::restart(DriverProcess& driver, Nanos pause) {
    driver.restart(world_.happens(500) ? DriverProcess::Ending::closed : DriverProcess::Ending::killed, pause);
    if (world_.happens(500)) return;
    world_.hurry(true);
    world_.run_for(world_.between(11s, 15s));
    world_.hurry(false);
}

void UdpStory::event() {
    if (fault()) return;
    const Route& route = routes_[world_.random().below(routes_.size())];
    switch (world_.random().below(13)) {
    case 12: return spy(route);
    case 0:
    case 1:
    case 2:
    case 3: return publish(route);
    case 4:
    case 5:
    case 6:
    case 7: return subscribe(route);
    default:
        if (ClientProcess* client = any_client(world_.random().below(machine_count))) client->finish_one();
    }
}

bool UdpStory::all_clients(bool (ClientProcess::*have)() const noexcept, bool value) const {
    return std::ranges::all_of(machines_, [&](const Machine& machine) {
        return std::ranges::all_of(machine.clients,
                                   [&](ClientProcess* c) { return c->is_dead() || (c->*have)() == value; });
    });
}

std::string UdpStory::describe() const {
    std::string text;
    for (const Machine& machine : machines_)
        for (const ClientProcess* client : machine.clients) text += client->describe();
    return text;
}

void UdpStory::wind_down() {
    world_.note("the end begins");
    const auto everybody = [this](void (ClientProcess::*act)()) {
        for (const Machine& machine : machines_)
            for (ClientProcess* client : machine.clients)
                if (!client->is_dead()) (client->*act)();
    };
    if (faults_.long_tears || faults_.deaths > 0 || faults_.machine_deaths > 0 || faults_.restarts > 0) {
        world_.hurry(true);
        world_.run_for(25s);  // whoever is torn off or ended comes back, whoever is dead is given up
        world_.hurry(false);
    }
    everybody(&ClientProcess::finish_publishers);
    EXPECT_TRUE(world_.run_until([&] { return all_clients(&ClientProcess::has_publishers, false); }, 60s))
        << describe();
    everybody(&ClientProcess::finish_subscribers);
    EXPECT_TRUE(world_.run_until([&] { return all_clients(&ClientProcess::has_subscribers, false); }, 60s))
        << "somebody waits for a message, or for its end:" << describe();
    everybody(&ClientProcess::leave);
    world_.hurry(true);
    world_.run_for(25s);  // linger, cool-downs
}

void UdpStory::expect_nothing_left() {
    for (const Machine& machine : machines_) {
        if (machine.driver->is_dead()) continue;
        sim::expect_nothing_left(machine);
        if (faults_.garbled) continue;
        EXPECT_EQ(machine.driver->errors(), std::vector<std::string>{});
    }
}

}  // namespace gale::sim
