/// Writing counters: their owner alone does it, and everybody reads.
#ifndef AERON_AERON_COUNTERS_MANAGER_H
#define AERON_AERON_COUNTERS_MANAGER_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What the counter of a channel's status holds.
#define AERON_COUNTER_CHANNEL_ENDPOINT_STATUS_INITIALIZING (0)
#define AERON_COUNTER_CHANNEL_ENDPOINT_STATUS_ERRORED (-1)
#define AERON_COUNTER_CHANNEL_ENDPOINT_STATUS_ACTIVE (1L)
#define AERON_COUNTER_CHANNEL_ENDPOINT_STATUS_CLOSING (2L)
/// In the place of such a counter's id.
#define AERON_COUNTER_CHANNEL_ENDPOINT_STATUS_NO_ID_ALLOCATED (-1)

/// Stores `value`, and all that was written before with it. Nothing for null.
void aeron_counter_set_release(volatile int64_t* addr, int64_t value);
/// One more, stored likewise, for a counter that one thread writes; returns what it was. 0 for null.
int64_t aeron_counter_increment_release(volatile int64_t* addr);

#ifdef __cplusplus
}
#endif

#endif
