// Locks, rest, and what the calling thread is: aeron_thread.h.
#include "capi/client/addresses.hpp"
#include "capi/error.hpp"
#include "os/process.hpp"

#include <aeron/concurrent/aeron_thread.h>

#include <algorithm>
#include <memory>
#include <mutex>

namespace gale::capi {
namespace {

static_assert(sizeof(std::mutex) <= sizeof(aeron_mutex_t) && alignof(std::mutex) <= alignof(aeron_mutex_t));

std::mutex& mutex_of(aeron_mutex_t& mutex) noexcept { return reinterpret_cast<std::mutex&>(mutex); }

}  // namespace
}  // namespace gale::capi

using namespace gale::capi;  // NOLINT(google-build-using-namespace): what follows is C and has no namespace

int aeron_mutex_init(aeron_mutex_t* mutex) {
    if (mutex == nullptr) return EINVAL;
    std::construct_at(&mutex_of(*mutex));
    return 0;
}
int aeron_mutex_destroy(aeron_mutex_t* mutex) {
    if (mutex == nullptr) return EINVAL;
    std::destroy_at(&mutex_of(*mutex));
    return 0;
}
int aeron_mutex_lock(aeron_mutex_t* mutex) {
    if (mutex == nullptr) return EINVAL;
    return guarded([&] { mutex_of(*mutex).lock(); });
}
int aeron_mutex_unlock(aeron_mutex_t* mutex) {
    if (mutex == nullptr) return EINVAL;
    mutex_of(*mutex).unlock();
    return 0;
}

void aeron_micro_sleep(unsigned int microseconds) { gale::os::sleep_for(std::chrono::microseconds{microseconds}); }

void aeron_nano_sleep(uint64_t nanoseconds) {
    gale::os::sleep_for(gale::Nanos{static_cast<std::int64_t>(std::min<std::uint64_t>(nanoseconds, INT64_MAX))});
}

int aeron_thread_set_name(const char* name) {
    if (name == nullptr) return fail(EINVAL, "the name of the thread is null");
    return guarded([&] { gale::os::name_thread(name); });
}

int aeron_thread_get_name(char* name_buf, size_t name_buf_size) {
    if (name_buf == nullptr) return fail(EINVAL, "there is no place for the name of the thread: null");
    return guarded([&] {
        const std::string name = gale::os::thread_name();
        if (name.size() >= name_buf_size)
            throw std::system_error{ERANGE, std::generic_category(),
                                    "there is room for " + std::to_string(name_buf_size) +
                                        " bytes, the name of the thread has up to 16"};
        copy_text(name, name_buf, name_buf_size);
    });
}

int aeron_thread_set_affinity(const char* name, uint8_t cpu_affinity_no) {
    if (name == nullptr) return fail(EINVAL, "the name of the thread is null");
    if (gale::os::pin_thread(cpu_affinity_no)) return 0;
    return guarded([&]() -> int {
        return fail(EINVAL, "the system does not bind the thread " + std::string{name} + " to processor " +
                                std::to_string(cpu_affinity_no) + ": this process may use others only");
    });
}
