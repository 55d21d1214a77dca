#include "sim/driver_process.hpp"

#include "shm/error_log.hpp"

#include <filesystem>

namespace gale::sim {
namespace {

DriverOptions options(World& world, const std::string& directory, const DriverProcess::Change& change) {
    DriverOptions made;
    made.directory = directory;
    made.threading_mode = ThreadingMode::invoker;
    made.counters_buffer_length = 1024 * 1024;
    made.loss_report_buffer_length = 4096;
    made.ipc_term_buffer_length = 64 * 1024;
    made.term_buffer_length = 64 * 1024;
    made.low_file_store_warning_threshold = 0;
    made.environment = {.clock = &world.clock(), .seed = world.random().next()};
    made.on_warning = [&world](std::string_view line) { world.note("a driver warns: " + std::string{line}); };
    if (change) change(made);
    return made;
}

}  // namespace

DriverProcess::DriverProcess(World& world, std::string name, const Change& change)
    : Process{world, std::move(name)}, options_{options(world, directory(), change)} {
    begin();
}

void DriverProcess::begin() {
    driver_.emplace(MediaDriver::launch(options_));
    cnc_ = control::CncFile::open(directory(), os::Access::read_write).file.value();
}

void DriverProcess::run() {
    if (!driver_) {
        if (world().now() < begins_) return;
        options_.environment.seed = world().random().next();
        world().note(name() + " begins again");
        begin();
    }
    driver_->do_work();
    if (after_cycle) after_cycle();
}

void DriverProcess::restart(Ending how, Nanos pause) {
    world().note(name() + (how == Ending::killed ? " is killed" : " is closed") + ", and begins again in " +
                 std::to_string(pause.count()) + " ns");
    ends_.push_back({how, world().now()});
    begins_ = world().now() + pause;
    if (how == Ending::killed) {
        // What it holds locked is a file without a name from now on; in its place is one that says the same.
        const std::string lock = directory() + ".lock";
        std::filesystem::copy_file(lock, directory() + "-lock");
        std::filesystem::rename(directory() + "-lock", lock);
        if (on_killed) on_killed();
        killed_.push_back(std::move(*driver_));
    }
    driver_.reset();
}

bool DriverProcess::shows_life() const {
    const Millis age = world().clock().tick().wall - cnc_->driver_heartbeat();
    return is_awake() && is_there() && age < 5s;
}

std::vector<std::string> DriverProcess::clients_counters() const {
    std::vector<std::string> labels;
    cnc_->counters().for_each([&](const shm::CounterView& counter) {
        if (counter.id.value >= control::driver_counter_count) labels.emplace_back(counter.label);
    });
    return labels;
}

bool DriverProcess::knows(ClientId client) const {
    const auto type = static_cast<std::int32_t>(control::CounterType::client_heartbeat);
    return cnc_->counters().find(type, client.value).has_value();
}

std::vector<std::string> DriverProcess::errors() const {
    std::vector<std::string> texts;
    shm::read_error_log(cnc_->error_log(), Millis{0},
                        [&](const shm::ErrorObservation& error) { texts.emplace_back(error.text); });
    return texts;
}

std::vector<std::string> DriverProcess::logs() const {
    std::vector<std::string> paths;
    for (const char* folder : {"/publications", "/images"})
        for (const auto& entry : std::filesystem::directory_iterator{directory() + folder})
            paths.push_back(entry.path());
    return paths;
}

std::int64_t DriverProcess::value(control::SystemCounter counter) const {
    return cnc_->counters().value(CounterId{static_cast<std::int32_t>(counter)}).load_acquire();
}

std::vector<std::int64_t> DriverProcess::values(std::string_view label) const {
    std::vector<std::int64_t> found;
    cnc_->counters().for_each([&](const shm::CounterView& counter) {
        if (counter.label.starts_with(label)) found.push_back(cnc_->counters().value(counter.id).load_acquire());
    });
    return found;
}

}  // namespace gale::sim
