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
    : Process{world, std::move(name)}, driver_{MediaDriver::launch(options(world, directory(), change))},
      cnc_{control::CncFile::open(directory(), os::Access::read_write).file.value()} {}

bool DriverProcess::shows_life() const {
    const Millis age = world().clock().tick().wall - cnc_.driver_heartbeat();
    return is_awake() && age < 5s;
}

std::vector<std::string> DriverProcess::clients_counters() const {
    std::vector<std::string> labels;
    cnc_.counters().for_each([&](const shm::CounterView& counter) {
        if (counter.id.value >= control::driver_counter_count) labels.emplace_back(counter.label);
    });
    return labels;
}

bool DriverProcess::knows(ClientId client) const {
    const auto type = static_cast<std::int32_t>(control::CounterType::client_heartbeat);
    return cnc_.counters().find(type, client.value).has_value();
}

std::vector<std::string> DriverProcess::errors() const {
    std::vector<std::string> texts;
    shm::read_error_log(cnc_.error_log(), Millis{0},
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
    return cnc_.counters().value(CounterId{static_cast<std::int32_t>(counter)}).load_acquire();
}

}  // namespace gale::sim
