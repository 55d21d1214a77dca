/// Drivers and clients on one thread, under one clock, by one seed: the same seed tells the same story.
#pragma once

#include "base/random.hpp"
#include "support/virtual_clock.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace gale::sim {

using namespace std::chrono_literals;

class World;

inline constexpr Nanos for_ever = Nanos::max();

/// What an operating system would run: it has its turns, may be stopped for a while, and may be killed.
class Process {
public:
    Process(World& world, std::string name) : world_{world}, name_{std::move(name)} {}
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;
    virtual ~Process() = default;

    /// One turn of all it does.
    virtual void run() = 0;

    [[nodiscard]] World& world() const noexcept { return world_; }
    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    [[nodiscard]] bool is_dead() const noexcept { return dead_; }
    [[nodiscard]] bool is_awake() const noexcept;
    /// As SIGSTOP, and SIGCONT when the time is over.
    void stop_for(Nanos time);
    /// As SIGKILL: it never runs again, and what it mapped stays as it left it.
    void kill();
    [[nodiscard]] Nanos last_run() const noexcept { return last_run_; }
    /// How long it was stopped the last time.
    [[nodiscard]] Nanos last_pause() const noexcept { return last_pause_; }

protected:
    /// It will not run for so long, or never again: for what has to be known before others see the consequences.
    virtual void on_pause(Nanos) {}

private:
    friend class World;
    World& world_;
    std::string name_;
    Nanos wakes_{};
    Nanos last_run_{};
    Nanos last_pause_{};
    bool dead_ = false;
};

class World {
public:
    explicit World(std::uint64_t seed);

    /// Makes a process; it lives as long as the world, also after its death. Those made first go last.
    template <class Kind, class... Arguments> Kind& start(Arguments&&... arguments) {
        auto made = std::make_unique<Kind>(*this, std::forward<Arguments>(arguments)...);
        Kind& process = *made;
        process.last_run_ = now();
        processes_.push_back(std::move(made));
        return process;
    }
    ~World();

    [[nodiscard]] Random& random() noexcept { return random_; }
    [[nodiscard]] bool happens(std::uint64_t in_a_thousand) noexcept { return random_.below(1000) < in_a_thousand; }
    /// From `least` to `most`, both included.
    [[nodiscard]] std::int64_t between(std::int64_t least, std::int64_t most) noexcept {
        return least + static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(most - least + 1)));
    }
    [[nodiscard]] Nanos between(Nanos least, Nanos most) noexcept {
        return Nanos{between(least.count(), most.count())};
    }
    [[nodiscard]] testing::VirtualClock& clock() noexcept { return clock_; }
    [[nodiscard]] Nanos now() noexcept { return clock_.tick().now; }

    /// Time goes in long steps from now on, or in all kinds of steps again.
    void hurry(bool so) noexcept { hurries_ = so; }
    /// In steps of that length from now on, whatever else was said: for measuring, and not for finding what goes wrong.
    void go_evenly(Nanos stride) noexcept { even_stride_ = stride; }
    /// A little time passes, then everybody who is awake has a turn, in any order.
    void step();
    void run_for(Nanos time);
    /// False when it did not come to be within `most`, or something failed meanwhile.
    template <class Condition> [[nodiscard]] bool run_until(Condition condition, Nanos most) {
        for (const Nanos end = now() + most; !condition(); step())
            if (now() >= end || ::testing::Test::HasFailure()) return false;
        return true;
    }

    /// A sentence of the story; told aloud when one story only was asked for (SEED=...).
    void note(const std::string& sentence);
    /// A number for all that happened so far: stories with the same number are the same.
    [[nodiscard]] std::uint64_t digest() const noexcept { return digest_; }
    void mix(std::uint64_t fact) noexcept { digest_ = Random{digest_ ^ fact}.next(); }

private:
    [[nodiscard]] Nanos stride() noexcept;

    Random random_;
    testing::VirtualClock clock_;
    std::vector<std::unique_ptr<Process>> processes_;
    std::uint64_t digest_ = 0;
    bool hurries_ = false;
    Nanos even_stride_{};
    bool aloud_;
};

}  // namespace gale::sim
