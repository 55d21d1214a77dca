// Counters, errors and images, looked at beside aeronc.h.
#include "base/random.hpp"
#include "capi/client/addresses.hpp"
#include "capi/client/client.hpp"
#include "capi/error.hpp"
#include "client/publication_state.hpp"
#include "os/process.hpp"
#include "shm/error_log.hpp"

#include <aeron/aeron_cnc_file_descriptor.h>
#include <aeron/aeron_image.h>
#include <aeron/concurrent/aeron_counters_manager.h>
#include <aeron/concurrent/aeron_distinct_error_log.h>
#include <aeron/status/aeron_local_sockaddr.h>
#include <aeron/util/aeron_bitutil.h>

using namespace gale::capi;  // NOLINT(google-build-using-namespace): what follows is C and has no namespace

int32_t aeron_randomised_int32() { return gale::Random{gale::os::random_seed()}.next_int32(); }

void aeron_counter_set_release(volatile int64_t* addr, int64_t value) {
    if (addr != nullptr) __atomic_store_n(addr, value, __ATOMIC_RELEASE);
}

int64_t aeron_counter_increment_release(volatile int64_t* addr) {
    if (addr == nullptr) return 0;
    const std::int64_t before = *addr;  // nobody else writes
    __atomic_store_n(addr, before + 1, __ATOMIC_RELEASE);
    return before;
}

int32_t aeron_cnc_version_volatile(aeron_cnc_metadata_t* metadata) {
    return metadata == nullptr ? 0 : __atomic_load_n(&metadata->cnc_version, __ATOMIC_ACQUIRE);
}

size_t aeron_error_log_read(const uint8_t* buffer, size_t buffer_size, aeron_error_log_reader_func_t reader,
                            void* clientd, int64_t since_timestamp) {
    if (buffer == nullptr || reader == nullptr || reinterpret_cast<std::uintptr_t>(buffer) % 8 != 0) {
        set_error(EINVAL, "the error log, or the handler, is null, or the log is not aligned to 8 bytes");
        return 0;
    }
    // It is only read; what writes takes the same view.
    const std::span<std::byte> section{reinterpret_cast<std::byte*>(const_cast<std::uint8_t*>(buffer)), buffer_size};
    return static_cast<std::size_t>(gale::shm::read_error_log(
        section, gale::Millis{since_timestamp}, [&](const gale::shm::ErrorObservation& error) {
            reader(error.count, error.first.count(), error.last.count(), error.text.data(), error.text.size(), clientd);
        }));
}

int aeron_local_sockaddr_find_addrs(aeron_counters_reader_t* reader, int32_t channel_status_indicator_id,
                                    aeron_iovec_t* address_vec, size_t address_vec_len) {
    auto* object = find<CountersReaderObject>(reader);
    if (object == nullptr) return refused<CountersReaderObject>(reader);
    return guarded([&] {
        const auto found =
            gale::client::local_addresses(object->counters, gale::CounterId{channel_status_indicator_id});
        return copy_addresses(found, address_vec, address_vec_len);
    });
}

int64_t aeron_image_refcnt_acquire(aeron_image_t* image) {
    auto* object = find<ImageObject>(image);
    if (object == nullptr) return refused<ImageObject>(image);
    const auto shared = object->shared;
    return shared->count(image);
}
