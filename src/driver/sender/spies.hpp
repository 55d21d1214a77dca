/// Subscribers that read a network publication where it lies. They hold its publishers back as receivers would.
#pragma once

#include "shm/cell.hpp"

#include <gale/types.hpp>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace gale::driver::sender {

class Spies {
public:
    /// Adding may allocate.
    void add(CounterId counter, shm::Cell<std::int64_t>& cell) { spies_.push_back({counter, &cell, Position{}}); }
    void remove(CounterId counter) noexcept {
        std::erase_if(spies_, [&](const Spy& spy) { return spy.counter == counter; });
    }
    [[nodiscard]] bool empty() const noexcept { return spies_.empty(); }

    /// The slowest of them, or `most` if all are there already.
    [[nodiscard]] Position slowest(Position most) noexcept {
        Position slowest = most;
        for (Spy& spy : spies_) slowest = std::min(slowest, spy.observe(most));
        return slowest;
    }
    /// The fastest of them, at most `most`.
    [[nodiscard]] Position fastest(Position most) noexcept {
        Position fastest{0};
        for (Spy& spy : spies_) fastest = std::max(fastest, spy.observe(most));
        return fastest;
    }

private:
    struct Spy {
        CounterId counter;
        shm::Cell<std::int64_t>* cell;  // the client's
        Position last;
        /// As far as it can be: a spy never goes back, nor past what there is.
        [[nodiscard]] Position observe(Position most) noexcept {
            const std::int64_t said = cell->load_acquire() & ~std::int64_t{31};
            last = Position{std::clamp(said, last.value, std::max(last.value, most.value))};
            return last;
        }
    };
    std::vector<Spy> spies_;
};

}  // namespace gale::driver::sender
