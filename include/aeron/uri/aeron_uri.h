/// Channels taken apart: media and parameters.
///
/// What a client hands to a driver need not go through here. Parameters are found by exactly their keys. Functions that
/// return int answer 0 or more, or -1 with the error set, EINVAL for nulls. Nothing here may be shared by threads that
/// change it.
#ifndef AERON_AERON_URI_H
#define AERON_AERON_URI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Room for a channel, its zero included.
#define AERON_URI_MAX_LENGTH (4096)
#define AERON_SPY_PREFIX "aeron-spy:"
#define AERON_IPC_CHANNEL "aeron:ipc"
/// No tag.
#define AERON_URI_INVALID_TAG (-1)

/// Keys of parameters, and values that have a name.
#define AERON_UDP_CHANNEL_RELIABLE_KEY "reliable"
#define AERON_UDP_CHANNEL_TTL_KEY "ttl"
#define AERON_UDP_CHANNEL_ENDPOINT_KEY "endpoint"
#define AERON_UDP_CHANNEL_INTERFACE_KEY "interface"
#define AERON_UDP_CHANNEL_CONTROL_KEY "control"
#define AERON_UDP_CHANNEL_CONTROL_MODE_KEY "control-mode"
#define AERON_UDP_CHANNEL_CONTROL_MODE_MANUAL_VALUE "manual"
#define AERON_UDP_CHANNEL_CONTROL_MODE_DYNAMIC_VALUE "dynamic"
#define AERON_UDP_CHANNEL_CONTROL_MODE_RESPONSE_VALUE "response"
#define AERON_URI_INITIAL_TERM_ID_KEY "init-term-id"
#define AERON_URI_TERM_ID_KEY "term-id"
#define AERON_URI_TERM_OFFSET_KEY "term-offset"
#define AERON_URI_ALIAS_KEY "alias"
#define AERON_URI_TERM_LENGTH_KEY "term-length"
#define AERON_URI_LINGER_TIMEOUT_KEY "linger"
#define AERON_URI_MTU_LENGTH_KEY "mtu"
#define AERON_URI_SPARSE_TERM_KEY "sparse"
#define AERON_URI_EOS_KEY "eos"
#define AERON_URI_TETHER_KEY "tether"
#define AERON_URI_TAGS_KEY "tags"
#define AERON_URI_SESSION_ID_KEY "session-id"
#define AERON_URI_GROUP_KEY "group"
#define AERON_URI_REJOIN_KEY "rejoin"
#define AERON_URI_FC_KEY "fc"
#define AERON_URI_GTAG_KEY "gtag"
#define AERON_URI_CC_KEY "cc"
#define AERON_URI_SPIES_SIMULATE_CONNECTION_KEY "ssc"
#define AERON_URI_ATS_KEY "ats"
#define AERON_URI_SOCKET_SNDBUF_KEY "so-sndbuf"
#define AERON_URI_SOCKET_RCVBUF_KEY "so-rcvbuf"
#define AERON_URI_RECEIVER_WINDOW_KEY "rcv-wnd"
#define AERON_URI_MEDIA_RCV_TIMESTAMP_OFFSET_KEY "media-rcv-ts-offset"
#define AERON_URI_CHANNEL_RCV_TIMESTAMP_OFFSET_KEY "channel-rcv-ts-offset"
#define AERON_URI_CHANNEL_SND_TIMESTAMP_OFFSET_KEY "channel-snd-ts-offset"
#define AERON_URI_TIMESTAMP_OFFSET_RESERVED "reserved"
#define AERON_URI_RESPONSE_CORRELATION_ID_PROTOTYPE "prototype"
#define AERON_URI_RESPONSE_CORRELATION_ID_KEY "response-correlation-id"
#define AERON_URI_NAK_DELAY_KEY "nak-delay"
#define AERON_URI_UNTETHERED_WINDOW_LIMIT_TIMEOUT_KEY "untethered-window-limit-timeout"
#define AERON_URI_UNTETHERED_LINGER_TIMEOUT_KEY "untethered-linger-timeout"
#define AERON_URI_UNTETHERED_RESTING_TIMEOUT_KEY "untethered-resting-timeout"
#define AERON_URI_MAX_RESEND_KEY "max-resend"
#define AERON_URI_STREAM_ID_KEY "stream-id"
#define AERON_URI_PUBLICATION_WINDOW_KEY "pub-wnd"

typedef struct aeron_uri_param_stct {
    const char* key;
    const char* value;
} aeron_uri_param_t;

/// Parameters in the order in which they were given. Of a key that was given twice the first is found.
typedef struct aeron_uri_params_stct {
    size_t length;
    aeron_uri_param_t* array;
} aeron_uri_params_t;

/// What a UDP channel says; null where it says nothing. Of these the last one given counts.
typedef struct aeron_udp_channel_params_stct {
    const char* endpoint;
    const char* bind_interface;
    const char* control;
    const char* control_mode;
    const char* channel_tag;
    const char* entity_tag;
    const char* ttl;
    aeron_uri_params_t additional_params;
} aeron_udp_channel_params_t;

typedef struct aeron_ipc_channel_params_stct {
    const char* channel_tag;
    const char* entity_tag;
    const char* control_mode;
    aeron_uri_params_t additional_params;
} aeron_ipc_channel_params_t;

typedef enum aeron_uri_type_enum { AERON_URI_UDP = 0, AERON_URI_IPC = 1, AERON_URI_UNKNOWN = 2 } aeron_uri_type_t;

/// A channel. The texts lie in `mutable_uri`, the array of further parameters on the heap.
typedef struct aeron_uri_stct {
    char mutable_uri[AERON_URI_MAX_LENGTH];
    aeron_uri_type_t type;
    union {
        aeron_udp_channel_params_t udp;
        aeron_ipc_channel_params_t ipc;
    } params;
} aeron_uri_t;

typedef enum aeron_uri_ats_status_en {
    AERON_URI_ATS_STATUS_DEFAULT = 0,
    AERON_URI_ATS_STATUS_ENABLED = 1,
    AERON_URI_ATS_STATUS_DISABLED = 2
} aeron_uri_ats_status_t;

/// Told of one parameter; the texts lie in the channel. Below 0: enough, it is no good.
typedef int (*aeron_uri_parse_callback_t)(void* clientd, const char* key, const char* value);

/// Takes `uri` apart, of which `uri_length` bytes are read at most. Closed afterwards, also when it failed. Fails with
/// -AERON_ERROR_CODE_INVALID_CHANNEL. More lenient than a driver of Gale's: a | at the end, a last key without a value
/// and keys given twice pass, and a last value that is empty counts as not given.
int aeron_uri_parse(size_t uri_length, const char* uri, aeron_uri_t* params);
/// Gives the memory back. Fine for null, and a second time.
void aeron_uri_close(aeron_uri_t* params);
/// Calls `param_func` for each parameter of `key=value|key=value`, which it cuts into pieces. Fails with what
/// aeron_uri_parse() fails with, and with what `param_func` returned below 0.
int aeron_uri_parse_params(char* uri, aeron_uri_parse_callback_t param_func, void* clientd);
/// Writes the channel: of UDP endpoint, interface, control, control-mode, tags and ttl, of IPC tags and control-mode,
/// then all others as they were given. Cut to the room there is; returns the length that it needs, without its zero.
int aeron_uri_sprint(aeron_uri_t* uri, char* buffer, size_t buffer_len);

/// The value, or null when there is none. It lies in the channel.
const char* aeron_uri_find_param_value(const aeron_uri_params_t* uri_params, const char* key);
/// 1 and the value, or 0: there is none, and `retval` is 0, or `default_val`. Decimal, 0x hexadecimal or 0 octal.
int aeron_uri_get_int32(aeron_uri_params_t* uri_params, const char* key, int32_t* retval);
int aeron_uri_get_int64(aeron_uri_params_t* uri_params, const char* key, int64_t default_val, int64_t* retval);
/// 0, and what they are told where to put stays as it was if there is no such parameter. A truth is `true` or `false`;
/// sizes and durations are those of aeron_parse_util.h.
int aeron_uri_get_bool(aeron_uri_params_t* uri_params, const char* key, bool* retval);
int aeron_uri_get_timeout(aeron_uri_params_t* uri_params, const char* param_name, uint64_t* timeout_ns);
int aeron_uri_get_receiver_window_length(aeron_uri_params_t* uri_params, size_t* receiver_window_length);
int aeron_uri_get_socket_buf_lengths(aeron_uri_params_t* uri_params, size_t* socket_sndbuf_length,
                                     size_t* socket_rcvbuf_length);
/// 0, and whether `ats` is given, and how.
int aeron_uri_get_ats(aeron_uri_params_t* uri_params, aeron_uri_ats_status_t* uri_ats_status);
/// The ttl of a UDP channel, 255 for what is more; 0 for what is no number, when there is none, and for null.
uint8_t aeron_uri_multicast_ttl(aeron_uri_t* uri);
/// The decimal number at the front of the text, or AERON_URI_INVALID_TAG when there is none, or none of 64 bits.
int64_t aeron_uri_parse_tag(const char* tag_str);

#ifdef __cplusplus
}
#endif

#endif
