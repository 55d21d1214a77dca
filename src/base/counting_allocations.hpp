/// For tests only: counts what the calling thread allocates. To be included by one file of a test program, whose
/// `operator new` it replaces.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

// Sanitizers bring operators of their own, which see more than these would; nothing is counted then.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define GALE_TEST_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define GALE_TEST_SANITIZED 1
#endif
#endif

namespace gale::testing {

/// Of the calling thread: in a program with several, some may allocate.
inline thread_local std::int64_t allocations = 0;

#ifdef GALE_TEST_SANITIZED
inline constexpr bool counts_allocations = false;
#else
inline constexpr bool counts_allocations = true;

inline void* counted_allocation(std::size_t size, std::size_t alignment) {
    ++allocations;
    const std::size_t whole = (size + alignment - 1) / alignment * alignment;
    void* memory = alignment <= alignof(std::max_align_t) ? std::malloc(size == 0 ? 1 : size)
                                                          : std::aligned_alloc(alignment, whole);
    if (memory == nullptr) throw std::bad_alloc{};
    return memory;
}
#endif

/// How often `call` allocates.
template <class Call> std::int64_t allocations_of(Call call) {
    const std::int64_t before = allocations;
    call();
    return allocations - before;
}

}  // namespace gale::testing

#ifndef GALE_TEST_SANITIZED
// The forms for arrays and those that do not throw call one of these. Not inlined: GCC would otherwise see free() of
// what it believes came from its own operator new.
[[gnu::noinline]] void* operator new(std::size_t size) { return gale::testing::counted_allocation(size, 1); }
[[gnu::noinline]] void* operator new(std::size_t size, std::align_val_t alignment) {
    return gale::testing::counted_allocation(size, static_cast<std::size_t>(alignment));
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
#endif
