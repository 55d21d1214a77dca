// Memory for C: aeron_alloc.h.
#include "base/bits.hpp"
#include "capi/error.hpp"

#include <aeron/aeron_alloc.h>

#include <cstdint>
#include <cstdlib>

using namespace gale::capi;  // NOLINT(google-build-using-namespace): what follows is C and has no namespace

// NOLINTBEGIN(cppcoreguidelines-no-malloc): memory for C
int aeron_alloc(void** ptr, size_t size) {
    if (ptr == nullptr) return fail(EINVAL, "there is no place for the memory: null");
    *ptr = std::calloc(1, size == 0 ? 1 : size);
    return *ptr == nullptr ? fail(ENOMEM, "out of memory: " + std::to_string(size) + " bytes were asked for") : 0;
}

int aeron_alloc_aligned(void** ptr, size_t* offset, size_t size, size_t alignment) {
    if (ptr == nullptr || offset == nullptr) return fail(EINVAL, "there is no place for the memory: null");
    if (!gale::is_power_of_two(alignment))
        return fail(EINVAL, "an alignment is a power of two, not " + std::to_string(alignment));
    *ptr = nullptr;
    if (size > SIZE_MAX - alignment) return fail(ENOMEM, "so much memory there cannot be: " + std::to_string(size));
    if (aeron_alloc(ptr, size + alignment) < 0) return -1;
    const auto begin = reinterpret_cast<std::uintptr_t>(*ptr);
    *offset = gale::align_up(begin, alignment) - begin;
    return 0;
}

int aeron_reallocf(void** ptr, size_t size) {
    if (ptr == nullptr) return fail(EINVAL, "there is no memory: null");
    void* more = std::realloc(*ptr, size == 0 ? 1 : size);
    if (more == nullptr) std::free(*ptr);
    *ptr = more;
    return more == nullptr ? fail(ENOMEM, "out of memory: " + std::to_string(size) + " bytes were asked for") : 0;
}

void aeron_free(void* ptr) { std::free(ptr); }
// NOLINTEND(cppcoreguidelines-no-malloc)
