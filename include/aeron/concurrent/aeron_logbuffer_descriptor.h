/// The lengths of a log, and the page that describes it.
#ifndef AERON_AERON_LOGBUFFER_DESCRIPTOR_H
#define AERON_AERON_LOGBUFFER_DESCRIPTOR_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Each frame begins at a multiple of it.
#define AERON_LOGBUFFER_FRAME_ALIGNMENT (32)

#pragma pack(push, 4)

/// How the last 4096 bytes of a log begin. What is volatile is raced over; the rest is the driver's, and constant once
/// the log is announced.
typedef struct aeron_logbuffer_metadata_stct {
    volatile int64_t term_tail_counters[3];
    volatile int32_t active_term_count;
    uint8_t pad1[100];
    volatile int64_t end_of_stream_position;
    volatile int32_t is_connected;
    volatile int32_t active_transport_count;
    uint8_t pad2[112];
    int64_t correlation_id;
    int32_t initial_term_id;
    int32_t default_frame_header_length;
    int32_t mtu_length;
    int32_t term_length;
    int32_t page_size;
    int32_t publication_window_length;
    int32_t receiver_window_length;
    int32_t socket_sndbuf_length;
    int32_t os_default_socket_sndbuf_length;
    int32_t os_max_socket_sndbuf_length;
    int32_t socket_rcvbuf_length;
    int32_t os_default_socket_rcvbuf_length;
    int32_t os_max_socket_rcvbuf_length;
    int32_t max_resend;
    uint8_t default_header[128];
    int64_t entity_tag;
    int64_t response_correlation_id;
    int64_t linger_timeout_ns;
    int64_t untethered_window_limit_timeout_ns;
    int64_t untethered_resting_timeout_ns;
    uint8_t group;
    uint8_t is_response;
    uint8_t rejoin;
    uint8_t reliable;
    uint8_t sparse;
    uint8_t signal_eos;
    uint8_t spies_simulate_connection;
    uint8_t tether;
    volatile uint8_t is_publication_revoked;
    uint8_t type;
    uint8_t pad3[2];
    int64_t untethered_linger_timeout_ns;
} aeron_logbuffer_metadata_t;

#pragma pack(pop)

/// 0 for a power of two from 64 KiB to 1 GiB, otherwise -1 with EINVAL.
int aeron_logbuffer_check_term_length(uint64_t term_length);
/// 0 for a power of two from 4 KiB to 1 GiB, otherwise -1 with EINVAL.
int aeron_logbuffer_check_page_size(uint64_t page_size);

#ifdef __cplusplus
}
#endif

#endif
