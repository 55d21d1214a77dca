/// Sizes and chance.
#ifndef AERON_AERON_BITUTIL_H
#define AERON_AERON_BITUTIL_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What processors move between them at once, in bytes.
#define AERON_CACHE_LINE_LENGTH (64u)

/// Any of the 2^32 numbers, from the system's source of chance. From any thread; never fails.
int32_t aeron_randomised_int32(void);

#ifdef __cplusplus
}
#endif

#endif
