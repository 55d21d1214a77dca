#include "os/process.hpp"

#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <random>

namespace gale::os {
namespace {

Nanos read_clock(clockid_t clock) noexcept {
    timespec used{};
    ::clock_gettime(clock, &used);
    return std::chrono::seconds{used.tv_sec} + Nanos{used.tv_nsec};
}

}  // namespace

std::int64_t process_id() noexcept { return ::getpid(); }

bool process_exists(std::int64_t pid) noexcept {
    return pid > 0 && (::kill(static_cast<pid_t>(pid), 0) == 0 || errno == EPERM);
}

std::optional<std::string> environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::nullopt : std::optional<std::string>{value};
}

std::vector<std::string> environment_names(std::string_view prefix) {
    std::vector<std::string> names;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text{*entry};
        if (text.starts_with(prefix)) names.emplace_back(text.substr(0, text.find('=')));
    }
    return names;
}

std::uint64_t random_seed() noexcept {
    std::random_device device;
    return (static_cast<std::uint64_t>(device()) << 32U) | device();
}

void name_thread(const std::string& name) noexcept {
    ::pthread_setname_np(::pthread_self(), name.substr(0, 15).c_str());
}

std::string thread_name() {
    std::array<char, 16> name{};
    ::pthread_getname_np(::pthread_self(), name.data(), name.size());
    return name.data();
}

bool pin_thread(int cpu) noexcept {
    if (cpu < 0 || cpu >= CPU_SETSIZE) return false;
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(static_cast<std::size_t>(cpu), &set);
    return ::sched_setaffinity(0, sizeof set, &set) == 0;
}

const std::vector<int>& allowed_processors() {
    static const std::vector<int> numbers = [] {
        std::vector<int> allowed;
        cpu_set_t set;
        CPU_ZERO(&set);
        if (::sched_getaffinity(static_cast<pid_t>(process_id()), sizeof set, &set) != 0) return allowed;
        for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
            if (CPU_ISSET(static_cast<std::size_t>(cpu), &set)) allowed.push_back(cpu);
        return allowed;
    }();
    return numbers;
}

void sleep_for(Nanos duration) noexcept {
    timespec span{};
    span.tv_sec = static_cast<time_t>(duration.count() / 1'000'000'000);
    span.tv_nsec = static_cast<long>(duration.count() % 1'000'000'000);
    ::nanosleep(&span, nullptr);
}

void yield_thread() noexcept { ::sched_yield(); }

Nanos processor_time() noexcept { return read_clock(CLOCK_PROCESS_CPUTIME_ID); }

Nanos thread_processor_time() noexcept { return read_clock(CLOCK_THREAD_CPUTIME_ID); }

}  // namespace gale::os
