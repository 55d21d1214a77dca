/// Frames as they travel, byte for byte, numbers in the byte order of x86.
#ifndef AERON_AERON_UDP_PROTOCOL_H
#define AERON_AERON_UDP_PROTOCOL_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define AERON_DATA_HEADER_LENGTH (sizeof(aeron_data_header_t))
#define AERON_DATA_HEADER_BEGIN_FLAG (0x80)
#define AERON_DATA_HEADER_END_FLAG (0x40)
#define AERON_DATA_HEADER_UNFRAGMENTED (AERON_DATA_HEADER_BEGIN_FLAG | AERON_DATA_HEADER_END_FLAG)
#define AERON_DATA_HEADER_EOS_FLAG (0x20)

#pragma pack(push, 4)

/// What every frame begins with. A frame of a log has arrived when its length is positive.
typedef struct aeron_frame_header_stct {
    volatile int32_t frame_length;
    int8_t version;
    uint8_t flags;
    int16_t type;
} aeron_frame_header_t;

/// In front of each fragment of a message, and of padding.
typedef struct aeron_data_header_stct {
    aeron_frame_header_t frame_header;
    int32_t term_offset;
    int32_t session_id;
    int32_t stream_id;
    int32_t term_id;
    int64_t reserved_value;
} aeron_data_header_t;

/// The same as four words.
typedef struct aeron_data_header_as_longs_stct {
    volatile uint64_t hdr[4];
} aeron_data_header_as_longs_t;

/// A sender describes its stream.
typedef struct aeron_setup_header_stct {
    aeron_frame_header_t frame_header;
    int32_t term_offset;
    int32_t session_id;
    int32_t stream_id;
    int32_t initial_term_id;
    int32_t active_term_id;
    int32_t term_length;
    int32_t mtu;
    int32_t ttl;
} aeron_setup_header_t;

/// A receiver asks for what it did not get.
typedef struct aeron_nak_header_stct {
    aeron_frame_header_t frame_header;
    int32_t session_id;
    int32_t stream_id;
    int32_t term_id;
    int32_t term_offset;
    int32_t length;
} aeron_nak_header_t;

/// A receiver says how far it consumed, and how much more it takes.
typedef struct aeron_status_message_header_stct {
    aeron_frame_header_t frame_header;
    int32_t session_id;
    int32_t stream_id;
    int32_t consumption_term_id;
    int32_t consumption_term_offset;
    int32_t receiver_window;
    int64_t receiver_id;
} aeron_status_message_header_t;

/// What may follow that: the tag of the receiver's group.
typedef struct aeron_status_message_optional_header_stct {
    int64_t group_tag;
} aeron_status_message_optional_header_t;

/// A question for the round trip time, and its answer.
typedef struct aeron_rttm_header_stct {
    aeron_frame_header_t frame_header;
    int32_t session_id;
    int32_t stream_id;
    int64_t echo_timestamp;
    int64_t reception_delta;
    int64_t receiver_id;
} aeron_rttm_header_t;

#pragma pack(pop)
#pragma pack(push, 1)

/// How an entry of a resolution frame begins; the address of its type follows.
typedef struct aeron_resolution_header_stct {
    int8_t res_type;
    uint8_t res_flags;
    uint16_t udp_port;
    int32_t age_in_ms;
} aeron_resolution_header_t;

/// An entry with an IPv4 address; the name follows.
typedef struct aeron_resolution_header_ipv4_stct {
    aeron_resolution_header_t resolution_header;
    uint8_t addr[4];
    int16_t name_length;
} aeron_resolution_header_ipv4_t;

/// An entry with an IPv6 address; the name follows.
typedef struct aeron_resolution_header_ipv6_stct {
    aeron_resolution_header_t resolution_header;
    uint8_t addr[16];
    int16_t name_length;
} aeron_resolution_header_ipv6_t;

/// A subscriber tells the publisher which session answers it.
typedef struct aeron_response_setup_header_stct {
    aeron_frame_header_t frame_header;
    int32_t session_id;
    int32_t stream_id;
    int32_t response_session_id;
} aeron_response_setup_header_t;

/// How an option behind a frame begins.
typedef struct aeron_option_header_stct {
    uint16_t option_length;
    uint16_t type;
} aeron_option_header_t;

#pragma pack(pop)

/// Bytes that the entry takes up, from its type to what fills it up behind the name, if all of it lies within
/// `remaining`. -1 with EINVAL otherwise, for another type, and for null.
int aeron_res_header_entry_length(void* res, size_t remaining);
/// The same of an entry that is known to be whole: 0 for null, and a negative length of the name counts as 0.
size_t aeron_res_header_entry_length_ipv4(aeron_resolution_header_ipv4_t* header);
size_t aeron_res_header_entry_length_ipv6(aeron_resolution_header_ipv6_t* header);

/// Where a group's tag follows the message, as its frame length says: 8, its length, and the tag in `group_tag`.
/// Otherwise 0, and `group_tag` as it was. -1 with EINVAL for nulls.
int aeron_udp_protocol_group_tag(aeron_status_message_header_t* sm, int64_t* group_tag);

#ifdef __cplusplus
}
#endif

#endif
