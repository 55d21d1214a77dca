#include "os/wake.hpp"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <climits>
#include <ctime>

namespace gale::os {

std::uint32_t WakeWord::value() const noexcept {
    return std::atomic_ref<std::uint32_t>(*static_cast<std::uint32_t*>(const_cast<void*>(word_)))
        .load(std::memory_order_acquire);
}

void WakeWord::wait(std::uint32_t seen, Nanos timeout) const noexcept {
    if (timeout <= Nanos::zero()) return;
    timespec span{};
    span.tv_sec = static_cast<time_t>(timeout.count() / 1'000'000'000);
    span.tv_nsec = static_cast<long>(timeout.count() % 1'000'000'000);
    ::syscall(SYS_futex, word_, FUTEX_WAIT, seen, &span, nullptr,
              0);  // shared, not FUTEX_PRIVATE: other processes wake us
}

void WakeWord::wake() const noexcept { ::syscall(SYS_futex, word_, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0); }

}  // namespace gale::os
