/// Logs of errors, each distinct one once, in memory that is laid out so: in a driver's control file, and in those of
/// others.
#ifndef AERON_AERON_DISTINCT_ERROR_LOG_H
#define AERON_AERON_DISTINCT_ERROR_LOG_H

#include "../aeronc.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Calls `reader` for each error that was seen at `since_timestamp` (milliseconds since 1970) or later, on the calling
/// thread; returns how many those are. 0 with EINVAL for nulls. `buffer` is aligned to 8 bytes, and another process may
/// write to it.
size_t aeron_error_log_read(const uint8_t* buffer, size_t buffer_size, aeron_error_log_reader_func_t reader,
                            void* clientd, int64_t since_timestamp);

#ifdef __cplusplus
}
#endif

#endif
