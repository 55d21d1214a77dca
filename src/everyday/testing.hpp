/// For tests only: a driver of their own, short logs, and messages that can be told apart.
#pragma once

#include "base/random.hpp"
#include "os/process.hpp"

#include <gale/gale.hpp>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace gale::testing {

/// Nobody else uses it; the driver that does removes it.
inline std::string fresh_directory() {
    static std::atomic<int> count{0};
    return "/dev/shm/gale-everyday-" + std::to_string(os::process_id()) + "-" + std::to_string(++count);
}

/// Small and gone afterwards.
inline DriverOptions small_driver(const std::string& directory) {
    DriverOptions options;
    options.directory = directory;
    options.delete_directory_on_shutdown = true;
    options.threading_mode = ThreadingMode::shared;
    options.counters_buffer_length = 1024 * 1024;
    options.on_warning = [](std::string_view) {};
    return options;
}

inline ContextOptions embedded(const std::string& directory = fresh_directory()) {
    return {.directory = directory, .no_driver = NoDriver::embed, .driver = small_driver(directory)};
}

/// Terms as short as they can be: messages of at most 8 KiB, cut at 1376 bytes, and a log that rotates soon.
inline Config short_log(std::int32_t stream) { return {.uri = "aeron:ipc?term-length=64k", .stream = stream}; }

template <class Condition> void wait_for(Condition condition) {
    while (!condition()) std::this_thread::yield();
}

/// A message from `seed`: its length and content can be made again.
inline std::vector<std::byte> message_of(std::uint64_t seed, std::size_t max_length) {
    Random random{seed};
    std::vector<std::byte> bytes(random.below(max_length + 1));
    for (std::byte& byte : bytes) byte = static_cast<std::byte>(random.next());
    return bytes;
}

inline std::vector<std::uint64_t> seeds(std::uint64_t count) {
    if (const char* one = std::getenv("SEED"); one != nullptr) return {std::strtoull(one, nullptr, 10)};
    std::vector<std::uint64_t> all(count);
    for (std::uint64_t i = 0; i < count; ++i) all[i] = i + 1;
    return all;
}

}  // namespace gale::testing
