/// What streams lost, one entry each: a driver's loss report, and the same in memory of one's own.
#ifndef AERON_AERON_LOSS_REPORTER_H
#define AERON_AERON_LOSS_REPORTER_H

#include "../aeronc.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma pack(push, 4)

/// How an entry begins; channel and source follow, each behind its length.
typedef struct aeron_loss_reporter_entry_stct {
    volatile int64_t observation_count;
    volatile int64_t total_bytes_lost;
    int64_t first_observation_timestamp;
    volatile int64_t last_observation_timestamp;
    int32_t session_id;
    int32_t stream_id;
} aeron_loss_reporter_entry_t;

#pragma pack(pop)

/// Who writes a report: one at a time, one thread.
typedef struct aeron_loss_reporter_stct {
    uint8_t* buffer;
    size_t next_record_offset;
    size_t capacity;
} aeron_loss_reporter_t;

/// Where an entry begins, or -1.
typedef int64_t aeron_loss_reporter_entry_offset_t;

/// A writer of a report that is empty: `buffer` is all zero, aligned to 8 bytes, and lives as long as the reporter. 0,
/// or -1 with EINVAL for nulls and other alignments.
int aeron_loss_reporter_init(aeron_loss_reporter_t* reporter, uint8_t* buffer, size_t length);
/// An entry for what a stream lost first; times are milliseconds since 1970. -1 with ENOMEM when there is no room for
/// it, and with EINVAL for nulls.
aeron_loss_reporter_entry_offset_t aeron_loss_reporter_create_entry(aeron_loss_reporter_t* reporter,
                                                                    int64_t initial_bytes_lost, int64_t timestamp_ms,
                                                                    int32_t session_id, int32_t stream_id,
                                                                    const char* channel, size_t channel_length,
                                                                    const char* source, size_t source_length);
/// The stream of that entry lost more. Sets EINVAL, and does nothing else, for null and for what is no entry of this
/// reporter.
void aeron_loss_reporter_record_observation(aeron_loss_reporter_t* reporter, aeron_loss_reporter_entry_offset_t offset,
                                            int64_t bytes_lost, int64_t timestamp_ms);
/// Calls `entry_func` for each entry, on the calling thread; returns how many there are, 0 with EINVAL for nulls and
/// for a `buffer` that is not aligned to 8 bytes. Another process may write to it.
size_t aeron_loss_reporter_read(const uint8_t* buffer, size_t capacity,
                                aeron_loss_reporter_read_entry_func_t entry_func, void* clientd);
/// Writes where the loss report of a driver's directory is, cut to the room there is; the length that it needs, without
/// its zero, or -1 with EINVAL for a null directory.
int aeron_loss_reporter_resolve_filename(const char* directory, char* filename_buffer, size_t filename_buffer_length);

#ifdef __cplusplus
}
#endif

#endif
