/// Threads and locks.
#ifndef AERON_AERON_THREAD_H
#define AERON_AERON_THREAD_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The system's name for a thread.
typedef unsigned long aeron_thread_t;

/// A lock, with the size and the alignment of the system's. What is in it is the library's.
typedef struct aeron_mutex_stct {
    uint64_t words[5];
} aeron_mutex_t;

/// 0, or a number of the system's: EINVAL for null. A mutex is locked once by a thread, and unlocked by the same.
int aeron_mutex_init(aeron_mutex_t* mutex);
int aeron_mutex_destroy(aeron_mutex_t* mutex);
int aeron_mutex_lock(aeron_mutex_t* mutex);
int aeron_mutex_unlock(aeron_mutex_t* mutex);

/// Let the calling thread rest, no longer than about 292 years.
void aeron_micro_sleep(unsigned int microseconds);
void aeron_nano_sleep(uint64_t nanoseconds);

/// Names the calling thread, for debuggers, cut to 15 characters. 0, or -1 with EINVAL for null.
int aeron_thread_set_name(const char* name);
/// Writes the name of the calling thread. 0, or -1: EINVAL for null, ERANGE when there is no room for it.
int aeron_thread_get_name(char* name_buf, size_t name_buf_size);
/// Binds the calling thread, called `name` in texts, to one processor, numbered from 0. 0, or -1 with EINVAL when this
/// process may not use it.
int aeron_thread_set_affinity(const char* name, uint8_t cpu_affinity_no);

#ifdef __cplusplus
}
#endif

#endif
