/// What the client's and the driver's headers have in common: idle strategies and versions as one number.
#ifndef AERON_AERON_COMMON_H
#define AERON_AERON_COMMON_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Room for any path, its zero included.
#define AERON_MAX_PATH (4096)

/// Any function, to be converted back to what it is before it is called.
typedef void (*aeron_fptr_t)(void);

/// Rests, or does not: `work_count` is how much the agent just did. On the agent's thread; `state` is what the
/// strategy's init function made.
typedef void (*aeron_idle_strategy_func_t)(void* state, int work_count);
/// Makes `state` from `init_args`, which may be null for the strategy's defaults; `env_var` is the variable they came
/// from, or null. Returns 0, or -1 with the error set. On the thread that chooses the strategy.
typedef int (*aeron_idle_strategy_init_func_t)(void** state, const char* env_var, const char* init_args);

/// A version as one number, major * 65536 + minor * 256 + patch, as files and messages carry it. These never fail.
int32_t aeron_semantic_version_compose(uint8_t major, uint8_t minor, uint8_t patch);
/// Its parts.
uint8_t aeron_semantic_version_major(int32_t version);
uint8_t aeron_semantic_version_minor(int32_t version);
uint8_t aeron_semantic_version_patch(int32_t version);

#ifdef __cplusplus
}
#endif

#endif
