/// The file through which clients and driver meet, as it lies in memory. aeron_cnc_t of aeronc.h is the safer way to
/// read it.
#ifndef AERON_AERON_CNC_FILE_DESCRIPTOR_H
#define AERON_AERON_CNC_FILE_DESCRIPTOR_H

#include "util/aeron_fileutil.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma pack(push, 4)

/// How it begins. All but the version holds once that is not 0.
typedef struct aeron_cnc_metadata_stct {
    volatile int32_t cnc_version;
    int32_t to_driver_buffer_length;
    int32_t to_clients_buffer_length;
    int32_t counter_metadata_buffer_length;
    int32_t counter_values_buffer_length;
    int32_t error_log_buffer_length;
    int64_t client_liveness_timeout;
    int64_t start_timestamp;
    int64_t pid;
    int32_t file_page_size;
} aeron_cnc_metadata_t;

#pragma pack(pop)

/// What came of looking for it: something to wait for, or not.
typedef enum aeron_cnc_load_result_stct {
    AERON_CNC_LOAD_FAILED = -1,
    AERON_CNC_LOAD_SUCCESS = 0,
    AERON_CNC_LOAD_AWAIT_FILE = 1,
    AERON_CNC_LOAD_AWAIT_MMAP = 2,
    AERON_CNC_LOAD_AWAIT_VERSION = 3,
    AERON_CNC_LOAD_AWAIT_CNC_DATA = 4
} aeron_cnc_load_result_t;

/// The version, as its driver wrote it last; 0: not yet, and for null.
int32_t aeron_cnc_version_volatile(aeron_cnc_metadata_t* metadata);
/// Writes where the file of a driver's directory is, cut to the room there is; the length that it needs, without its
/// zero, or -1 with EINVAL for a null directory.
int aeron_cnc_resolve_filename(const char* directory, char* filename_buffer, size_t filename_buffer_length);

#ifdef __cplusplus
}
#endif

#endif
