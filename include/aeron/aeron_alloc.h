/// Memory on the heap, which starts as zeros. Whoever gets it gives it to aeron_free().
#ifndef AERON_AERON_ALLOC_H
#define AERON_AERON_ALLOC_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// 0, or -1: ENOMEM with `*ptr` null, EINVAL for a null `ptr`.
int aeron_alloc(void** ptr, size_t size);
/// The same with `*offset` bytes in front, so that `*ptr + *offset` is a multiple of `alignment`, a power of two.
int aeron_alloc_aligned(void** ptr, size_t* offset, size_t size, size_t alignment);
/// More room, or less, for what `*ptr` has; what is new is not zero. On failure the old memory is given back, too.
int aeron_reallocf(void** ptr, size_t size);
void aeron_free(void* ptr);

#ifdef __cplusplus
}
#endif

#endif
