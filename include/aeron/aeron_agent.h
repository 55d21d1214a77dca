/// Duty cycles on threads of their own, and what they do when there is nothing to do.
#ifndef AERON_AERON_AGENT_H
#define AERON_AERON_AGENT_H

#include "aeron_common.h"
#include "aeronc.h"
#include "concurrent/aeron_thread.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define AERON_AGENT_STATE_UNUSED (0)
#define AERON_AGENT_STATE_INITED (1)
#define AERON_AGENT_STATE_STARTED (2)
#define AERON_AGENT_STATE_MANUAL (3)
#define AERON_AGENT_STATE_STOPPING (4)
#define AERON_AGENT_STATE_STOPPED (5)

#define AERON_IDLE_STRATEGY_BACKOFF_MAX_SPINS (10)
#define AERON_IDLE_STRATEGY_BACKOFF_MAX_YIELDS (20)
#define AERON_IDLE_STRATEGY_BACKOFF_MIN_PARK_PERIOD_NS (1000LL)
#define AERON_IDLE_STRATEGY_BACKOFF_MAX_PARK_PERIOD_NS (1000000LL)

/// Does what there is to do, and returns how much that was.
typedef int (*aeron_agent_do_work_func_t)(void* state);
typedef void (*aeron_agent_on_close_func_t)(void* state);

/// A way to be idle: the function, and what makes its state.
typedef struct aeron_idle_strategy_stct {
    aeron_idle_strategy_func_t idle;
    aeron_idle_strategy_init_func_t init;
} aeron_idle_strategy_t;

/// Those that there are. Their states are on the heap: aeron_free().
extern aeron_idle_strategy_t aeron_idle_strategy_sleeping;
extern aeron_idle_strategy_t aeron_idle_strategy_yielding;
extern aeron_idle_strategy_t aeron_idle_strategy_busy_spinning;
extern aeron_idle_strategy_t aeron_idle_strategy_noop;
extern aeron_idle_strategy_t aeron_idle_strategy_backoff;

/// Their functions. They return at once when `work_count` is above 0. `state` of the sleeping one is where a number of
/// nanoseconds is, null for 1; the backoff one's is what its init made, null for no rest but a yield; the others need
/// none.
void aeron_idle_strategy_sleeping_idle(void* state, int work_count);
void aeron_idle_strategy_yielding_idle(void* state, int work_count);
void aeron_idle_strategy_busy_spinning_idle(void* state, int work_count);
void aeron_idle_strategy_noop_idle(void* state, int work_count);
void aeron_idle_strategy_backoff_idle(void* state, int work_count);

/// The state of a back-off: so many spins, then so many yields, then rests that double from the shortest to the
/// longest. 0, or -1: EINVAL for a null `state` and a shortest rest that is 0 or above the longest, ENOMEM.
int aeron_idle_strategy_backoff_state_init(void** state, uint64_t max_spins, uint64_t max_yields,
                                           uint64_t min_park_period_ns, uint64_t max_park_period_ns);
/// The init of those that need no state: null.
int aeron_idle_strategy_init_null(void** state, const char* env_var, const char* load_args);
/// The function of the strategy of that name (`sleeping`, `sleep-ns`, `yield`, `spin`, `noop`, `backoff`, or a symbol
/// of this process that is an aeron_idle_strategy_t), its state made of `load_args`: see
/// aeron_idle_strategy_init_func_t. Null with EINVAL for another name, and for arguments that it cannot use.
aeron_idle_strategy_func_t aeron_idle_strategy_load(const char* idle_strategy_name, void** idle_strategy_state,
                                                    const char* env_var, const char* load_args);
/// The symbol of that name in this process, a function to be called when an agent starts; null with EINVAL when there
/// is none.
aeron_agent_on_start_func_t aeron_agent_on_start_load(const char* name);

/// An agent. All but `running` and `state` is its owner's to read; all of it is changed by these functions only.
typedef struct aeron_agent_runner_stct {
    const char* role_name;  ///< the runner's own copy
    void* agent_state;
    void* idle_strategy_state;
    void* on_start_state;
    aeron_agent_on_start_func_t on_start;
    aeron_agent_do_work_func_t do_work;
    aeron_agent_on_close_func_t on_close;
    aeron_idle_strategy_func_t idle_strategy;
    aeron_thread_t thread;
    volatile bool running;
    uint8_t state;  ///< AERON_AGENT_STATE_...
} aeron_agent_runner_t;

/// 0, or -1 with EINVAL for nulls, and for a runner that is in another state. `on_start` and `on_close` may be null.
/// The name is copied; the states have to live as long as the runner.
int aeron_agent_init(aeron_agent_runner_t* runner, const char* role_name, void* state,
                     aeron_agent_on_start_func_t on_start, void* on_start_state, aeron_agent_do_work_func_t do_work,
                     aeron_agent_on_close_func_t on_close, aeron_idle_strategy_func_t idle_strategy_func,
                     void* idle_strategy_state);
/// Its thread, named after the role, calls `on_start` and then `do_work` and the idle strategy, again and again.
int aeron_agent_start(aeron_agent_runner_t* runner);
/// Waits for the thread's end.
int aeron_agent_stop(aeron_agent_runner_t* runner);
/// After stopping; calls `on_close`.
int aeron_agent_close(aeron_agent_runner_t* runner);

#ifdef __cplusplus
}
#endif

#endif
