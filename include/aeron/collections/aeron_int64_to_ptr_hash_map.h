/// Pointers found by numbers. For one thread at a time.
#ifndef AERON_AERON_INT64_TO_PTR_HASH_MAP_H
#define AERON_AERON_INT64_TO_PTR_HASH_MAP_H

#include "aeron_map.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A place of the two arrays is taken when its value is not null. Changed by these functions only.
typedef struct aeron_int64_to_ptr_hash_map_stct {
    int64_t* keys;
    void** values;
    float load_factor;
    size_t capacity;  ///< a power of two
    size_t size;
    size_t resize_threshold;
} aeron_int64_to_ptr_hash_map_t;

typedef void (*aeron_int64_to_ptr_hash_map_for_each_func_t)(void* clientd, int64_t key, void* value);

/// An empty map with room for at least `initial_capacity` places, which grows before more than `load_factor` of them
/// are taken (above 0 and below 1; otherwise the default). 0, or -1: EINVAL for null and for more places than memory
/// can have, ENOMEM.
int aeron_int64_to_ptr_hash_map_init(aeron_int64_to_ptr_hash_map_t* map, size_t initial_capacity, float load_factor);
/// Gives the map's own memory back; the values are their owners'. The map is then empty, and without room: put() gives
/// it some.
void aeron_int64_to_ptr_hash_map_delete(aeron_int64_to_ptr_hash_map_t* map);
/// Puts the value in the place of the one that the key had. 0, or -1: EINVAL for a null map or value, ENOMEM.
int aeron_int64_to_ptr_hash_map_put(aeron_int64_to_ptr_hash_map_t* map, const int64_t key, void* value);
/// The value, or null when there is none.
void* aeron_int64_to_ptr_hash_map_get(aeron_int64_to_ptr_hash_map_t* map, const int64_t key);
/// The value that the key had, and has no longer; null when there was none.
void* aeron_int64_to_ptr_hash_map_remove(aeron_int64_to_ptr_hash_map_t* map, int64_t key);
/// Calls `func` for each key, in no order. It must not change the map.
void aeron_int64_to_ptr_hash_map_for_each(aeron_int64_to_ptr_hash_map_t* map,
                                          aeron_int64_to_ptr_hash_map_for_each_func_t func, void* clientd);

#ifdef __cplusplus
}
#endif

#endif
