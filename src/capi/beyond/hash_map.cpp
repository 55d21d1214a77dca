// Pointers by numbers: aeron_int64_to_ptr_hash_map.h. Open addresses, one behind the other; the number of places is a
// power of two.
#include "base/random.hpp"
#include "capi/error.hpp"

#include <aeron/aeron_alloc.h>
#include <aeron/collections/aeron_int64_to_ptr_hash_map.h>

#include <algorithm>
#include <bit>
#include <utility>

namespace gale::capi {
namespace {

using Map = aeron_int64_to_ptr_hash_map_t;

constexpr std::size_t least_capacity = 8;
constexpr std::size_t most_capacity = std::size_t{1} << 56U;

/// Where the search for a key begins.
std::size_t first_place(const Map& map, std::int64_t key) noexcept {
    return static_cast<std::size_t>(mixed(static_cast<std::uint64_t>(key))) & (map.capacity - 1);
}
std::size_t place_after(const Map& map, std::size_t place) noexcept { return (place + 1) & (map.capacity - 1); }

/// Where the key is, or would be put. There is always a free place: the map grows before it is full.
std::size_t place_of(const Map& map, std::int64_t key) noexcept {
    std::size_t place = first_place(map, key);
    while (map.values[place] != nullptr && map.keys[place] != key) place = place_after(map, place);
    return place;
}

float sound(float load_factor) noexcept {
    return load_factor > 0.0F && load_factor < 1.0F ? load_factor : AERON_MAP_DEFAULT_LOAD_FACTOR;
}

int allocate(Map& map, std::size_t capacity) noexcept {
    void* keys = nullptr;
    void* values = nullptr;
    if (aeron_alloc(&keys, capacity * sizeof(std::int64_t)) < 0) return -1;
    if (aeron_alloc(&values, capacity * sizeof(void*)) < 0) {
        aeron_free(keys);
        return -1;
    }
    map.keys = static_cast<std::int64_t*>(keys);
    map.values = static_cast<void**>(values);
    map.capacity = capacity;
    map.size = 0;
    const auto threshold =
        static_cast<std::size_t>(static_cast<double>(capacity) * static_cast<double>(map.load_factor));
    map.resize_threshold = std::min(threshold, capacity - 1);
    return 0;
}

int grow(Map& map) noexcept {
    if (map.capacity >= most_capacity) return fail(ENOMEM, "the map cannot become larger");
    Map larger{.load_factor = sound(map.load_factor)};
    if (allocate(larger, std::max(map.capacity * 2, least_capacity)) < 0) return -1;
    for (std::size_t i = 0; i < map.capacity; ++i) {
        if (map.values[i] == nullptr) continue;
        const std::size_t place = place_of(larger, map.keys[i]);
        larger.keys[place] = map.keys[i];
        larger.values[place] = map.values[i];
    }
    larger.size = map.size;
    aeron_free(map.keys);
    aeron_free(map.values);
    map = larger;
    return 0;
}

/// Whoever was pushed beyond `hole` moves up, so that every search still ends where its key is.
void close_gap(Map& map, std::size_t hole) noexcept {
    for (std::size_t place = place_after(map, hole); map.values[place] != nullptr; place = place_after(map, place)) {
        const std::size_t wish = first_place(map, map.keys[place]);
        const bool wants_to_stay =
            hole < place ? hole < wish && wish <= place : hole < wish || wish <= place;  // the search wraps around
        if (wants_to_stay) continue;
        map.keys[hole] = map.keys[place];
        map.values[hole] = std::exchange(map.values[place], nullptr);
        hole = place;
    }
}

bool is_usable(const Map* map) noexcept { return map != nullptr && map->values != nullptr; }

}  // namespace
}  // namespace gale::capi

using namespace gale::capi;  // NOLINT(google-build-using-namespace): what follows is C and has no namespace

int aeron_int64_to_ptr_hash_map_init(aeron_int64_to_ptr_hash_map_t* map, size_t initial_capacity, float load_factor) {
    if (map == nullptr) return fail(EINVAL, "the map is null");
    *map = {.load_factor = sound(load_factor)};
    if (initial_capacity > most_capacity)
        return fail(EINVAL, "a map has at most 2^56 places, not " + std::to_string(initial_capacity));
    return allocate(*map, std::bit_ceil(std::max(initial_capacity, least_capacity)));
}

void aeron_int64_to_ptr_hash_map_delete(aeron_int64_to_ptr_hash_map_t* map) {
    if (map == nullptr) return;
    aeron_free(map->keys);
    aeron_free(map->values);
    *map = {.load_factor = map->load_factor};
}

int aeron_int64_to_ptr_hash_map_put(aeron_int64_to_ptr_hash_map_t* map, const int64_t key, void* value) {
    if (map == nullptr || value == nullptr) return fail(EINVAL, "the map, or the value, is null");
    if (map->size >= map->resize_threshold && grow(*map) < 0) return -1;
    const std::size_t place = place_of(*map, key);
    if (map->values[place] == nullptr) ++map->size;
    map->keys[place] = key;
    map->values[place] = value;
    return 0;
}

void* aeron_int64_to_ptr_hash_map_get(aeron_int64_to_ptr_hash_map_t* map, const int64_t key) {
    return is_usable(map) ? map->values[place_of(*map, key)] : nullptr;
}

void* aeron_int64_to_ptr_hash_map_remove(aeron_int64_to_ptr_hash_map_t* map, int64_t key) {
    if (!is_usable(map)) return nullptr;
    const std::size_t place = place_of(*map, key);
    void* value = std::exchange(map->values[place], nullptr);
    if (value == nullptr) return nullptr;
    --map->size;
    close_gap(*map, place);
    return value;
}

void aeron_int64_to_ptr_hash_map_for_each(aeron_int64_to_ptr_hash_map_t* map,
                                          aeron_int64_to_ptr_hash_map_for_each_func_t func, void* clientd) {
    if (!is_usable(map) || func == nullptr) return;
    for (std::size_t i = 0; i < map->capacity; ++i)
        if (map->values[i] != nullptr) func(clientd, map->keys[i], map->values[i]);
}
