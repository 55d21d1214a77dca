#include "sim/world.hpp"

#include <cstdio>
#include <cstdlib>

namespace gale::sim {
namespace {

constexpr Nanos begin_of_time{};

}  // namespace

bool Process::is_awake() const noexcept { return !dead_ && world_.now() >= wakes_; }

void Process::stop_for(Nanos time) {
    world_.note(name_ + " is stopped for " + std::to_string(time.count()) + " ns");
    wakes_ = world_.now() + time;
    last_pause_ = time;
    on_pause(time);
}

void Process::kill() {
    world_.note(name_ + " is killed");
    dead_ = true;
    on_pause(for_ever);
}

World::World(std::uint64_t seed) : random_{seed}, aloud_{std::getenv("SEED") != nullptr} {}

World::~World() {
    while (!processes_.empty()) processes_.pop_back();
}

// Mostly the turns of busy threads, now and then the end of a long sleep.
Nanos World::stride() noexcept {
    if (even_stride_ > Nanos{}) return even_stride_;
    if (hurries_) return between(10ms, 100ms);
    if (happens(700)) return between(1us, 100us);
    return happens(900) ? between(100us, 20ms) : between(20ms, 100ms);
}

void World::step() {
    clock_.advance(stride());
    std::vector<Process*> awake;
    for (const auto& process : processes_)
        if (process->is_awake()) awake.push_back(process.get());
    for (std::size_t left = awake.size(); left > 0; --left) {
        std::swap(awake[left - 1], awake[random_.below(left)]);
        awake[left - 1]->run();
        awake[left - 1]->last_run_ = now();
    }
}

void World::run_for(Nanos time) {
    for (const Nanos end = now() + time; now() < end && !::testing::Test::HasFailure();) step();
}

void World::note(const std::string& sentence) {
    for (const char letter : sentence) mix(static_cast<unsigned char>(letter));
    if (!aloud_) return;
    const double seconds = static_cast<double>((clock_.tick().now - begin_of_time).count()) / 1e9;
    std::printf("%14.6f %s\n", seconds, sentence.c_str());
}

}  // namespace gale::sim
