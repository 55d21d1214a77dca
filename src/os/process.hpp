/// This process and others: ids, names, environment, chance, rest.
#pragma once

#include <gale/types.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace gale::os {

[[nodiscard]] std::int64_t process_id() noexcept;
/// False only when no process of that id can be seen from here; another pid namespace hides its own.
[[nodiscard]] bool process_exists(std::int64_t pid) noexcept;
[[nodiscard]] std::optional<std::string> environment(const char* name);
/// Names of all variables that begin so.
[[nodiscard]] std::vector<std::string> environment_names(std::string_view prefix);
/// Seed from the system's source of chance.
[[nodiscard]] std::uint64_t random_seed() noexcept;
/// Name of the calling thread as debuggers and `top -H` show it; cut to 15 characters.
void name_thread(const std::string& name) noexcept;
/// The calling thread's.
[[nodiscard]] std::string thread_name();
/// Binds the calling thread to one processor; false when the system refuses.
[[nodiscard]] bool pin_thread(int cpu) noexcept;
/// The numbers of the processors that this process might use when this was first asked, in order: a thread that is
/// bound to one of them later has no part in that.
[[nodiscard]] const std::vector<int>& allowed_processors();
void sleep_for(Nanos duration) noexcept;
void yield_thread() noexcept;
/// Processor time used by the whole process so far.
[[nodiscard]] Nanos processor_time() noexcept;
/// Processor time used by the calling thread so far. A system call.
[[nodiscard]] Nanos thread_processor_time() noexcept;

/// The process in which it was made. A child of `fork` has a copy of the memory and none of the threads: whoever owns
/// threads, or speaks to others in its process's name, asks here before it ends anything.
class Home {
public:
    Home() noexcept : process_{process_id()} {}
    [[nodiscard]] bool is_elsewhere() const noexcept { return process_id() != process_; }

private:
    std::int64_t process_;
};
/// Forgets a thread that runs in the parent process only; it can be neither joined nor detached from here.
inline void forget(std::thread& thread) noexcept { std::construct_at(&thread); }

/// Tells the processor that this is a spin loop.
inline void spin_hint() noexcept {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

}  // namespace gale::os
