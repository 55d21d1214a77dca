/// Puts a channel together, or changes one.
///
/// A builder is made by one of the two init functions, and closed by its owner; in between it may be moved in memory,
/// not copied. One thread at a time. Functions return 0, or -1 with EINVAL: for nulls, for a builder that is closed or
/// was never made, and where it is said.
#ifndef AERON_AERON_URI_STRING_BUILDER_H
#define AERON_AERON_URI_STRING_BUILDER_H

#include "../collections/aeron_str_to_ptr_hash_map.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Keys for what is no parameter: `aeron-spy` and `udp`, say.
#define AERON_URI_STRING_BUILDER_PREFIX_KEY "__prefix"
#define AERON_URI_STRING_BUILDER_MEDIA_KEY "__media"

/// What is in `params` is the library's.
typedef struct aeron_uri_string_builder_stct {
    aeron_str_to_ptr_hash_map_t params;
    bool closed;
} aeron_uri_string_builder_t;

/// One that has nothing, neither media nor parameters.
int aeron_uri_string_builder_init_new(aeron_uri_string_builder_t* builder);
/// One that has what the channel says. Also what may stand in front of `aeron:`, of a key given twice the last value; a
/// last key without a value is dropped. Fails with -AERON_ERROR_CODE_INVALID_CHANNEL for what is no channel; then there
/// is nothing to close.
int aeron_uri_string_builder_init_on_string(aeron_uri_string_builder_t* builder, const char* uri);
/// Gives the memory back. Fine a second time.
int aeron_uri_string_builder_close(aeron_uri_string_builder_t* builder);

/// Sets a parameter, or removes it: a null `value`. The texts are copied. Fails for an empty key or value, and for one
/// that a channel cannot hold: with ?, | or =.
int aeron_uri_string_builder_put(aeron_uri_string_builder_t* builder, const char* key, const char* value);
int aeron_uri_string_builder_put_int32(aeron_uri_string_builder_t* builder, const char* key, int32_t value);
int aeron_uri_string_builder_put_int64(aeron_uri_string_builder_t* builder, const char* key, int64_t value);
/// The value until it is put again, or null when there is none.
const char* aeron_uri_string_builder_get(aeron_uri_string_builder_t* builder, const char* key);
/// Where a stream begins: sets term-length, init-term-id, term-id and term-offset. Fails for a position that is
/// negative or no multiple of 32, and for a length that terms cannot have.
int aeron_uri_string_builder_set_initial_position(aeron_uri_string_builder_t* builder, int64_t position,
                                                  int32_t initial_term_id, int32_t term_length);
/// Writes the channel, its parameters in the order in which they came; returns its length. Fails, and writes an empty
/// text, without media, and when there is no room for all of it.
int aeron_uri_string_builder_sprint(aeron_uri_string_builder_t* builder, char* buffer, size_t buffer_len);

#ifdef __cplusplus
}
#endif

#endif
