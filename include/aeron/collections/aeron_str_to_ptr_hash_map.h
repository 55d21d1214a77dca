/// The layout of the map in aeron_uri_string_builder_t.
#ifndef AERON_AERON_STR_TO_PTR_HASH_MAP_H
#define AERON_AERON_STR_TO_PTR_HASH_MAP_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct aeron_str_to_ptr_hash_map_key_stct {
    const char* str;
    uint64_t hash_code;
    size_t str_length;
} aeron_str_to_ptr_hash_map_key_t;

typedef struct aeron_str_to_ptr_hash_map_stct {
    aeron_str_to_ptr_hash_map_key_t* keys;
    void** values;
    float load_factor;
    size_t capacity;
    size_t size;
    size_t resize_threshold;
} aeron_str_to_ptr_hash_map_t;

#ifdef __cplusplus
}
#endif

#endif
