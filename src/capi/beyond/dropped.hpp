/// Functions that are in none of the ABI's headers, but that Aeron's library exports and programs reach for: its C++
/// wrapper, its C samples, and bindings that were made of older headers. Declared as there.
#pragma once

#include <aeron/aeronc.h>

#include <cstddef>
#include <cstdint>

extern "C" {

typedef struct aeron_mapped_file_stct {
    void* addr;
    size_t length;
} aeron_mapped_file_t;
static_assert(sizeof(aeron_mapped_file_t) == 16 && offsetof(aeron_mapped_file_t, length) == 8);

// Files. -1 with what the system says.
int64_t aeron_file_length(const char* path);
int aeron_map_existing_file(aeron_mapped_file_t* mapped_file, const char* path);
int aeron_map_readonly_file(aeron_mapped_file_t* mapped_file, const char* path);
/// `mapped_file->length` says how long it is to be.
int aeron_map_new_file(aeron_mapped_file_t* mapped_file, const char* path, bool fill_with_zeroes);
int aeron_unmap(aeron_mapped_file_t* mapped_file);

// Memory, all zero; null with ENOMEM.
int aeron_alloc(void** ptr, size_t size);
int aeron_reallocf(void** ptr, size_t size);
void aeron_free(void* ptr);

// Texts.
int aeron_digit_count(uint32_t value);
/// `2026-01-31 12:00:00.123+0000` of milliseconds since 1970, in local time.
void aeron_format_date(char* str, size_t count, int64_t timestamp);
/// With a comma between each three digits.
char* aeron_format_number_to_locale(long long value, char* buffer, size_t buffer_len);
int aeron_parse_size64(const char* str, uint64_t* result);
int aeron_parse_duration_ns(const char* str, uint64_t* result);
bool aeron_parse_bool(const char* str, bool def);

// Rest.
void aeron_micro_sleep(unsigned int microseconds);
void aeron_nano_sleep(uint64_t nanoseconds);
/// `state` is where a number of nanoseconds is; null for 1.
void aeron_idle_strategy_sleeping_idle(void* state, int work_count);
void aeron_idle_strategy_yielding_idle(void* state, int work_count);
void aeron_idle_strategy_busy_spinning_idle(void* state, int work_count);
void aeron_idle_strategy_noop_idle(void* state, int work_count);

/// As aeron_cnc_error_log_read(), of any memory that is laid out so.
size_t aeron_error_log_read(const uint8_t* buffer, size_t buffer_size, aeron_error_log_reader_func_t reader,
                            void* clientd, int64_t since_timestamp);

// Where a log is: the length that it needs, as snprintf() answers.
int aeron_ipc_publication_location(char* dst, size_t length, const char* aeron_dir, int64_t correlation_id);
int aeron_network_publication_location(char* dst, size_t length, const char* aeron_dir, int64_t correlation_id);
int aeron_publication_image_location(char* dst, size_t length, const char* aeron_dir, int64_t correlation_id);
int32_t aeron_randomised_int32(void);

// Mutexes of the system, for those who have none. 0, or the system's number.
typedef struct {
    uint64_t words[5];
} aeron_mutex_t;
int aeron_mutex_init(aeron_mutex_t* mutex);
int aeron_mutex_destroy(aeron_mutex_t* mutex);
int aeron_mutex_lock(aeron_mutex_t* mutex);
int aeron_mutex_unlock(aeron_mutex_t* mutex);

// A duty cycle on a thread of its own. Headers of Aeron's look into the struct.
typedef int (*aeron_agent_do_work_func_t)(void*);
typedef void (*aeron_agent_on_close_func_t)(void*);
typedef struct aeron_agent_runner_stct {
    const char* role_name;  ///< the runner's own copy
    void* agent_state;
    void* idle_strategy_state;
    void* on_start_state;
    aeron_agent_on_start_func_t on_start;
    aeron_agent_do_work_func_t do_work;
    aeron_agent_on_close_func_t on_close;
    aeron_idle_strategy_func_t idle_strategy;
    uint64_t thread;
    volatile bool running;
    uint8_t state;  ///< 1 made, 2 started, 5 stopped; 0 nothing
} aeron_agent_runner_t;
static_assert(sizeof(aeron_agent_runner_t) == 80 && offsetof(aeron_agent_runner_t, thread) == 64 &&
              offsetof(aeron_agent_runner_t, state) == 73);
int aeron_agent_init(aeron_agent_runner_t* runner, const char* role_name, void* state,
                     aeron_agent_on_start_func_t on_start, void* on_start_state, aeron_agent_do_work_func_t do_work,
                     aeron_agent_on_close_func_t on_close, aeron_idle_strategy_func_t idle_strategy_func,
                     void* idle_strategy_state);
int aeron_agent_start(aeron_agent_runner_t* runner);
/// Waits for the thread's end.
int aeron_agent_stop(aeron_agent_runner_t* runner);
/// After stopping; calls `on_close`.
int aeron_agent_close(aeron_agent_runner_t* runner);

// What Aeron had until 1.52.
int64_t aeron_async_add_exclusive_exclusive_publication_get_registration_id(
    aeron_async_add_exclusive_publication_t* add_exclusive_publication);
aeron_controlled_fragment_handler_action_t aeron_controlled_image_fragment_assembler_handler(void* clientd,
                                                                                             const uint8_t* buffer,
                                                                                             size_t length,
                                                                                             aeron_header_t* header);
/// Looks from `initial_position` without consuming; returns where it came to, -1 with EINVAL for nulls.
int64_t aeron_image_controlled_peek(aeron_image_t* image, int64_t initial_position,
                                    aeron_controlled_fragment_handler_t handler, void* clientd, int64_t limit_position);
/// Skips ahead within the term; -1 with EINVAL where that is no frame's boundary.
int aeron_image_set_position(aeron_image_t* image, int64_t position);
}
