/// For tests only: a poller that does as it is told.
#pragma once

#include "net/transport.hpp"

#include <vector>

namespace gale::net::testing {

/// Names the transports that the test says, and counts.
class RecordingPoller final : public Poller {
public:
    void add(Transport& transport) override { added.push_back(&transport); }
    void remove(Transport& transport) noexcept override { std::erase(added, &transport); }
    void ready(FunctionRef<void(Transport&)> handler) noexcept override {
        ++looks;
        for (auto* const transport : has_something) handler(*transport);
    }
    void wait(Nanos /*longest*/) noexcept override { ++waits; }
    bool wait_with(Poller& other, Nanos /*longest*/) noexcept override {
        if (can_wait_with) waits_with = &other;
        return can_wait_with;
    }
    void wake() noexcept override { ++wakes; }

    std::vector<Transport*> added;
    std::vector<Transport*> has_something;
    int looks = 0;
    int waits = 0;
    int wakes = 0;
    bool can_wait_with = true;
    Poller* waits_with = nullptr;
};

}  // namespace gale::net::testing
