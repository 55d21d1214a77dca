/// The C interface of an embedded media driver: its options, its life, its extension points. Names, types and numbers
/// are those of Aeron 1.53. The client's side is in aeronc.h; a program may include both, in either order.
///
/// Life
///   aeron_driver_context_init(), settings, aeron_driver_init(), aeron_driver_start(), ..., aeron_driver_close(),
///   aeron_driver_context_close(), in this order. A context has one driver; it owns the driver's files and is closed
///   last. What a setter is given as a pointer (handlers' state, trackers, port managers, bindings) stays the
///   application's and must live as long as the context.
///
/// Return values and errors
///   A function that returns `int` answers 0 when it worked and -1 when it did not, unless its text says otherwise.
///   Then aeron_errcode() and aeron_errmsg() tell why, to the same thread: a positive number is one of the operating
///   system (EINVAL, ...), a negative one an AERON_ERROR_CODE_ number with its sign turned. A null context or driver
///   fails with EINVAL, also where something is closed.
///
/// Options
///   A setter stores what it is given and returns 0; a getter returns it. Values are checked together by
///   aeron_driver_init(), which fails with EINVAL and words for what is not in its range; what this driver has no part
///   for is refused by the setter, or kept with a line that it has no effect (docs/compatibility.md). Set an option
///   before that call: once the driver is made, setters return -1. A getter of a null context returns the default, and
///   null for the directory. A setter wins over the environment, and the environment, read by
///   aeron_driver_context_init(), over the default; each option names its variable and its default. Strings are copied.
///   Strings that come out belong to the context.
///
/// Threads
///   A context is set up by one thread. A driver's agents are conductor, sender and receiver; how many threads they
///   have is the threading mode's affair. Validators and hooks are called by the driver's conductor, and must not
///   block.
///
/// Units
///   `_ns` are nanoseconds, `_ms` milliseconds, lengths are bytes. In the environment a length may have one of k, m and
///   g behind it (powers of 1024), a duration one of ns, us, ms and s, or none for nanoseconds; AERON_DRIVER_TIMEOUT is
///   a plain number of milliseconds; a truth is true or false.
#ifndef AERON_AERONMD_H
#define AERON_AERONMD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Options of one driver, and the files it keeps.
typedef struct aeron_driver_context_stct aeron_driver_context_t;
/// A driver.
typedef struct aeron_driver_stct aeron_driver_t;

// What extensions work with. A program that chooses by name never looks inside.
typedef struct aeron_flow_control_strategy_stct aeron_flow_control_strategy_t;
typedef struct aeron_counters_manager_stct aeron_counters_manager_t;
typedef struct aeron_udp_channel_stct aeron_udp_channel_t;
typedef struct aeron_congestion_control_strategy_stct aeron_congestion_control_strategy_t;
typedef struct aeron_udp_channel_transport_bindings_stct aeron_udp_channel_transport_bindings_t;
typedef struct aeron_udp_channel_interceptor_bindings_stct aeron_udp_channel_interceptor_bindings_t;
typedef struct aeron_name_resolver_stct aeron_name_resolver_t;
typedef struct aeron_duty_cycle_tracker_stct aeron_duty_cycle_tracker_t;
typedef struct aeron_port_manager_stct aeron_port_manager_t;
struct sockaddr_storage;

// --- Life ---

/// Makes a context with the defaults and what the environment says. Fails with EINVAL where that names a strategy,
/// supplier, validator or hook that does not exist, and then made nothing. The caller closes it.
int aeron_driver_context_init(aeron_driver_context_t** context);
/// Frees the context, after its driver was closed: before that, and for null, it fails with EINVAL.
int aeron_driver_context_close(aeron_driver_context_t* context);
/// Checks the options, takes the directory and makes the control file and the loss report. Starts no thread. Fails with
/// EINVAL for an option, with what the system says about files, and where another driver lives in the directory.
int aeron_driver_init(aeron_driver_t** driver, aeron_driver_context_t* context);
/// Starts the agents' threads. With `manual_main_loop` the first agent (the conductor; in shared and invoker mode all
/// agents together) gets no thread: the caller runs it by aeron_driver_main_do_work(). Invoker mode fails with EINVAL
/// without that.
int aeron_driver_start(aeron_driver_t* driver, bool manual_main_loop);
/// Runs the first agent once, by one thread at a time. Returns how much was done; -1 with EINVAL for a driver that was
/// started without `manual_main_loop`.
int aeron_driver_main_do_work(aeron_driver_t* driver);
/// Rests as that agent's idle strategy says after `work_count` pieces of work; 0 or less rests, more does not.
void aeron_driver_main_idle_strategy(aeron_driver_t* driver, int work_count);
/// Stops the agents, joins their threads and frees the driver. Its clients learn of it by its silence, or at once where
/// they look at the heartbeat. With dir_delete_on_shutdown it removes the directory; -1 when that failed, though the
/// driver is closed. By one of its own threads: fails with EDEADLK. Null fails with EINVAL.
int aeron_driver_close(aeron_driver_t* driver);

// --- Directory ---

#define AERON_DIR_ENV_VAR "AERON_DIR"
/// The directory that driver and clients share, at most 4095 bytes. Default /dev/shm/aeron-<user>. AERON_DIR.
int aeron_driver_context_set_dir(aeron_driver_context_t* context, const char* value);
const char* aeron_driver_context_get_dir(aeron_driver_context_t* context);

#define AERON_DIR_WARN_IF_EXISTS_ENV_VAR "AERON_DIR_WARN_IF_EXISTS"
/// Whether to say so when the directory is there at the start. Default false. AERON_DIR_WARN_IF_EXISTS.
int aeron_driver_context_set_dir_warn_if_exists(aeron_driver_context_t* context, bool value);
bool aeron_driver_context_get_dir_warn_if_exists(aeron_driver_context_t* context);

#define AERON_DIR_DELETE_ON_START_ENV_VAR "AERON_DIR_DELETE_ON_START"
/// Whether the directory is removed at the start without asking whether a driver lives in it. Default false.
/// AERON_DIR_DELETE_ON_START.
int aeron_driver_context_set_dir_delete_on_start(aeron_driver_context_t* context, bool value);
bool aeron_driver_context_get_dir_delete_on_start(aeron_driver_context_t* context);

#define AERON_DIR_DELETE_ON_SHUTDOWN_ENV_VAR "AERON_DIR_DELETE_ON_SHUTDOWN"
/// Whether closing the driver removes the directory. Default false. AERON_DIR_DELETE_ON_SHUTDOWN.
int aeron_driver_context_set_dir_delete_on_shutdown(aeron_driver_context_t* context, bool value);
bool aeron_driver_context_get_dir_delete_on_shutdown(aeron_driver_context_t* context);

// --- Threads ---

#define AERON_THREADING_MODE_ENV_VAR "AERON_THREADING_MODE"
typedef enum aeron_threading_mode_enum {
    AERON_THREADING_MODE_DEDICATED = 0,       ///< a thread for each agent
    AERON_THREADING_MODE_SHARED_NETWORK = 1,  ///< one for the conductor, one for sender and receiver
    AERON_THREADING_MODE_SHARED = 2,          ///< one for all
    AERON_THREADING_MODE_INVOKER = 3          ///< none: the application runs all by aeron_driver_main_do_work()
} aeron_threading_mode_t;
/// Which agents share a thread. Default AERON_THREADING_MODE_DEDICATED. AERON_THREADING_MODE, as DEDICATED,
/// SHARED_NETWORK, SHARED or INVOKER.
int aeron_driver_context_set_threading_mode(aeron_driver_context_t* context, aeron_threading_mode_t mode);
aeron_threading_mode_t aeron_driver_context_get_threading_mode(aeron_driver_context_t* context);

#define AERON_THREAD_NAMING_ENV_VAR "AERON_THREAD_NAMING"
typedef enum aeron_thread_naming_enum {
    AERON_THREAD_NAMING_CLASSIC = 0,
    AERON_THREAD_NAMING_NEW = 1
} aeron_thread_naming_t;
/// What the threads are called. Default AERON_THREAD_NAMING_CLASSIC. AERON_THREAD_NAMING, as classic or new.
int aeron_driver_context_set_thread_naming(aeron_driver_context_t* context, aeron_thread_naming_t naming);
aeron_thread_naming_t aeron_driver_context_get_thread_naming(aeron_driver_context_t* context);

/// Called on an agent's thread before its first work; for the agent that the caller runs, in aeron_driver_start().
/// `role_name` is valid during the call.
typedef void (*aeron_agent_on_start_func_t)(void* state, const char* role_name);
#define AERON_AGENT_ON_START_FUNCTION_ENV_VAR "AERON_AGENT_ON_START_FUNCTION"
/// Such a function and its state. Default null for both. AERON_AGENT_ON_START_FUNCTION names a symbol of the process.
int aeron_driver_context_set_agent_on_start_function(aeron_driver_context_t* context, aeron_agent_on_start_func_t value,
                                                     void* state);
aeron_agent_on_start_func_t aeron_driver_context_get_agent_on_start_function(aeron_driver_context_t* context);
void* aeron_driver_context_get_agent_on_start_state(aeron_driver_context_t* context);

// --- Processors ---
//
// Each affinity is the number of a processor from 0 to 255, or -1 (the default) for any.

#define AERON_CONDUCTOR_CPU_AFFINITY_ENV_VAR "AERON_CONDUCTOR_CPU_AFFINITY"
#define AERON_RECEIVER_CPU_AFFINITY_ENV_VAR "AERON_RECEIVER_CPU_AFFINITY"
#define AERON_SENDER_CPU_AFFINITY_ENV_VAR "AERON_SENDER_CPU_AFFINITY"
/// Of the conductor, or of the one thread in shared mode. AERON_CONDUCTOR_CPU_AFFINITY.
int aeron_driver_context_set_conductor_cpu_affinity(aeron_driver_context_t* context, int32_t value);
int32_t aeron_driver_context_get_conductor_cpu_affinity(aeron_driver_context_t* context);
/// Of the receiver. AERON_RECEIVER_CPU_AFFINITY.
int aeron_driver_context_set_receiver_cpu_affinity(aeron_driver_context_t* context, int32_t value);
int32_t aeron_driver_context_get_receiver_cpu_affinity(aeron_driver_context_t* context);
/// Of the sender, or of sender and receiver where they share a thread. AERON_SENDER_CPU_AFFINITY.
int aeron_driver_context_set_sender_cpu_affinity(aeron_driver_context_t* context, int32_t value);
int32_t aeron_driver_context_get_sender_cpu_affinity(aeron_driver_context_t* context);

#define AERON_DRIVER_NATIVE_RESOURCE_AGENT_CPU_AFFINITY_ENV_VAR "AERON_DRIVER_NATIVE_RESOURCE_AGENT_CPU_AFFINITY"
/// Of the agent that makes and removes files. AERON_DRIVER_NATIVE_RESOURCE_AGENT_CPU_AFFINITY.
int aeron_driver_context_set_native_resource_agent_cpu_affinity(aeron_driver_context_t* context, int32_t value);
int32_t aeron_driver_context_get_native_resource_agent_cpu_affinity(aeron_driver_context_t* context);

#define AERON_DRIVER_CPUSET_AFFINITY_ENV_VAR "AERON_DRIVER_CPUSET_AFFINITY"
#define AERON_DRIVER_CPUSET_WARNINGS_AS_ERRORS_ENV_VAR "AERON_DRIVER_CPUSET_WARNINGS_AS_ERRORS"
/// Whether these numbers count the processors that the process may use (its cpuset) instead of all. Default false.
/// AERON_DRIVER_CPUSET_AFFINITY.
int aeron_driver_context_set_cpuset_affinity(aeron_driver_context_t* context, bool value);
bool aeron_driver_context_get_cpuset_affinity(aeron_driver_context_t* context);
/// Whether the start fails where the cpuset gives reason for a warning. Default false.
/// AERON_DRIVER_CPUSET_WARNINGS_AS_ERRORS.
int aeron_driver_context_set_cpuset_warnings_as_errors(aeron_driver_context_t* context, bool value);
bool aeron_driver_context_get_cpuset_warnings_as_errors(aeron_driver_context_t* context);

/// A function for aeron_driver_context_set_agent_on_start_function(), with the driver context as `state`: binds the
/// calling thread to the processor that the context has for `role_name`.
void aeron_set_thread_affinity_on_start(void* state, const char* role_name);

// --- Idling ---
//
// How a thread rests when there is nothing to do: "sleeping" or "sleep-ns", "yield", "spin", "noop", "backoff" (the
// default), or the name of a symbol of the process that is an idle strategy. Its arguments are a duration for the
// sleeping ones, `spins-yields-shortest-longest` for "backoff" (as "10-20-1us-1ms"), nothing for the others; null
// stands for the strategy's own defaults. A strategy takes the arguments that were set before it. Setting one fails
// with EINVAL for a name that nothing has, or arguments that do not fit. Both strings are copied. The arguments'
// default is null.

#define AERON_SENDER_IDLE_STRATEGY_ENV_VAR "AERON_SENDER_IDLE_STRATEGY"
#define AERON_CONDUCTOR_IDLE_STRATEGY_ENV_VAR "AERON_CONDUCTOR_IDLE_STRATEGY"
#define AERON_RECEIVER_IDLE_STRATEGY_ENV_VAR "AERON_RECEIVER_IDLE_STRATEGY"
#define AERON_SHAREDNETWORK_IDLE_STRATEGY_ENV_VAR "AERON_SHAREDNETWORK_IDLE_STRATEGY"
#define AERON_SHARED_IDLE_STRATEGY_ENV_VAR "AERON_SHARED_IDLE_STRATEGY"
/// The sender in dedicated mode. AERON_SENDER_IDLE_STRATEGY.
int aeron_driver_context_set_sender_idle_strategy(aeron_driver_context_t* context, const char* value);
const char* aeron_driver_context_get_sender_idle_strategy(aeron_driver_context_t* context);
/// The conductor in dedicated and shared network mode. AERON_CONDUCTOR_IDLE_STRATEGY.
int aeron_driver_context_set_conductor_idle_strategy(aeron_driver_context_t* context, const char* value);
const char* aeron_driver_context_get_conductor_idle_strategy(aeron_driver_context_t* context);
/// The receiver in dedicated mode. AERON_RECEIVER_IDLE_STRATEGY.
int aeron_driver_context_set_receiver_idle_strategy(aeron_driver_context_t* context, const char* value);
const char* aeron_driver_context_get_receiver_idle_strategy(aeron_driver_context_t* context);
/// Sender and receiver in shared network mode. AERON_SHAREDNETWORK_IDLE_STRATEGY.
int aeron_driver_context_set_sharednetwork_idle_strategy(aeron_driver_context_t* context, const char* value);
const char* aeron_driver_context_get_sharednetwork_idle_strategy(aeron_driver_context_t* context);
/// The one thread of shared mode, and the caller's in invoker mode. AERON_SHARED_IDLE_STRATEGY.
int aeron_driver_context_set_shared_idle_strategy(aeron_driver_context_t* context, const char* value);
const char* aeron_driver_context_get_shared_idle_strategy(aeron_driver_context_t* context);

#define AERON_SENDER_IDLE_STRATEGY_INIT_ARGS_ENV_VAR "AERON_SENDER_IDLE_STRATEGY_INIT_ARGS"
#define AERON_CONDUCTOR_IDLE_STRATEGY_INIT_ARGS_ENV_VAR "AERON_CONDUCTOR_IDLE_STRATEGY_INIT_ARGS"
#define AERON_RECEIVER_IDLE_STRATEGY_INIT_ARGS_ENV_VAR "AERON_RECEIVER_IDLE_STRATEGY_INIT_ARGS"
#define AERON_SHAREDNETWORK_IDLE_STRATEGY_INIT_ARGS_ENV_VAR "AERON_SHAREDNETWORK_IDLE_STRATEGY_INIT_ARGS"
/// The one name of a variable that is put together differently.
#define AERON_SHARED_IDLE_STRATEGY_ENV_INIT_ARGS_VAR "AERON_SHARED_IDLE_STRATEGY_INIT_ARGS"
/// The sender's. AERON_SENDER_IDLE_STRATEGY_INIT_ARGS.
int aeron_driver_context_set_sender_idle_strategy_init_args(aeron_driver_context_t* context, const char* value);
const char* aeron_driver_context_get_sender_idle_strategy_init_args(aeron_driver_context_t* context);
/// The conductor's. AERON_CONDUCTOR_IDLE_STRATEGY_INIT_ARGS.
int aeron_driver_context_set_conductor_idle_strategy_init_args(aeron_driver_context_t* context, const char* value);
const char* aeron_driver_context_get_conductor_idle_strategy_init_args(aeron_driver_context_t* context);
/// The receiver's. AERON_RECEIVER_IDLE_STRATEGY_INIT_ARGS.
int aeron_driver_context_set_receiver_idle_strategy_init_args(aeron_driver_context_t* context, const char* value);
const char* aeron_driver_context_get_receiver_idle_strategy_init_args(aeron_driver_context_t* context);
/// Of sender and receiver together. AERON_SHAREDNETWORK_IDLE_STRATEGY_INIT_ARGS.
int aeron_driver_context_set_sharednetwork_idle_strategy_init_args(aeron_driver_context_t* context, const char* value);
const char* aeron_driver_context_get_sharednetwork_idle_strategy_init_args(aeron_driver_context_t* context);
/// Of the one thread. AERON_SHARED_IDLE_STRATEGY_INIT_ARGS.
int aeron_driver_context_set_shared_idle_strategy_init_args(aeron_driver_context_t* context, const char* value);
const char* aeron_driver_context_get_shared_idle_strategy_init_args(aeron_driver_context_t* context);

#define AERON_DRIVER_NATIVE_RESOURCE_AGENT_IDLE_STRATEGY_ENV_VAR "AERON_DRIVER_NATIVE_RESOURCE_AGENT_IDLE_STRATEGY"
#define AERON_DRIVER_NATIVE_RESOURCE_AGENT_IDLE_STRATEGY_INIT_ARGS_ENV_VAR                                             \
    "AERON_DRIVER_NATIVE_RESOURCE_AGENT_IDLE_STRATEGY_INIT_ARGS"
/// The agent that makes and removes files, in dedicated and shared network mode. Defaults "sleep-ns" and "1ms".
/// AERON_DRIVER_NATIVE_RESOURCE_AGENT_IDLE_STRATEGY, and read only beside it
/// AERON_DRIVER_NATIVE_RESOURCE_AGENT_IDLE_STRATEGY_INIT_ARGS.
int aeron_driver_context_set_native_resource_agent_idle_strategy(aeron_driver_context_t* context, const char* value);
const char* aeron_driver_context_get_native_resource_agent_idle_strategy(aeron_driver_context_t* context);
int aeron_driver_context_set_native_resource_agent_idle_strategy_init_args(aeron_driver_context_t* context,
                                                                           const char* value);
const char* aeron_driver_context_get_native_resource_agent_idle_strategy_init_args(aeron_driver_context_t* context);

// --- Duty cycles ---
//
// A cycle that takes longer than its threshold is counted (system counters 26 to 33, with the longest). The setters
// return an int64_t, but 0 or -1 all the same.

#define AERON_DRIVER_CONDUCTOR_CYCLE_THRESHOLD_ENV_VAR "AERON_DRIVER_CONDUCTOR_CYCLE_THRESHOLD"
#define AERON_DRIVER_SENDER_CYCLE_THRESHOLD_ENV_VAR "AERON_DRIVER_SENDER_CYCLE_THRESHOLD"
#define AERON_DRIVER_RECEIVER_CYCLE_THRESHOLD_ENV_VAR "AERON_DRIVER_RECEIVER_CYCLE_THRESHOLD"
#define AERON_DRIVER_NAME_RESOLVER_THRESHOLD_ENV_VAR "AERON_DRIVER_NAME_RESOLVER_THRESHOLD"
/// Of the conductor, in nanoseconds. Default 100 ms. AERON_DRIVER_CONDUCTOR_CYCLE_THRESHOLD.
int64_t aeron_driver_context_set_conductor_cycle_threshold_ns(aeron_driver_context_t* context, uint64_t value);
int64_t aeron_driver_context_get_conductor_cycle_threshold_ns(aeron_driver_context_t* context);
/// Of the sender. Default 100 ms. AERON_DRIVER_SENDER_CYCLE_THRESHOLD.
int64_t aeron_driver_context_set_sender_cycle_threshold_ns(aeron_driver_context_t* context, uint64_t value);
int64_t aeron_driver_context_get_sender_cycle_threshold_ns(aeron_driver_context_t* context);
/// Of the receiver. Default 100 ms. AERON_DRIVER_RECEIVER_CYCLE_THRESHOLD.
int64_t aeron_driver_context_set_receiver_cycle_threshold_ns(aeron_driver_context_t* context, uint64_t value);
int64_t aeron_driver_context_get_receiver_cycle_threshold_ns(aeron_driver_context_t* context);
/// Of looking up a name. Default 5 s. AERON_DRIVER_NAME_RESOLVER_THRESHOLD.
int64_t aeron_driver_context_set_name_resolver_threshold_ns(aeron_driver_context_t* context, uint64_t value);
int64_t aeron_driver_context_get_name_resolver_threshold_ns(aeron_driver_context_t* context);

/// Who measures the cycles; the default is the driver's own. The tracker stays the caller's.
int aeron_driver_context_set_conductor_duty_cycle_tracker(aeron_driver_context_t* context,
                                                          aeron_duty_cycle_tracker_t* value);
aeron_duty_cycle_tracker_t* aeron_driver_context_get_conductor_duty_cycle_tracker(aeron_driver_context_t* context);
int aeron_driver_context_set_sender_duty_cycle_tracker(aeron_driver_context_t* context,
                                                       aeron_duty_cycle_tracker_t* value);
aeron_duty_cycle_tracker_t* aeron_driver_context_get_sender_duty_cycle_tracker(aeron_driver_context_t* context);
int aeron_driver_context_set_receiver_duty_cycle_tracker(aeron_driver_context_t* context,
                                                         aeron_duty_cycle_tracker_t* value);
aeron_duty_cycle_tracker_t* aeron_driver_context_get_receiver_duty_cycle_tracker(aeron_driver_context_t* context);
int aeron_driver_context_set_name_resolver_time_tracker(aeron_driver_context_t* context,
                                                        aeron_duty_cycle_tracker_t* value);
aeron_duty_cycle_tracker_t* aeron_driver_context_get_name_resolver_time_tracker(aeron_driver_context_t* context);

// --- Buffers and files ---

#define AERON_TO_CONDUCTOR_BUFFER_LENGTH_ENV_VAR "AERON_CONDUCTOR_BUFFER_LENGTH"
/// The ring of commands from clients: a power of two plus 768, from 1049344 (the default) to 2^31 - 1.
/// AERON_CONDUCTOR_BUFFER_LENGTH.
int aeron_driver_context_set_to_conductor_buffer_length(aeron_driver_context_t* context, size_t length);
size_t aeron_driver_context_get_to_conductor_buffer_length(aeron_driver_context_t* context);

#define AERON_TO_CLIENTS_BUFFER_LENGTH_ENV_VAR "AERON_CLIENTS_BUFFER_LENGTH"
/// The broadcast to clients: a power of two plus 128, from 1048704 (the default) to 2^31 - 1.
/// AERON_CLIENTS_BUFFER_LENGTH.
int aeron_driver_context_set_to_clients_buffer_length(aeron_driver_context_t* context, size_t length);
size_t aeron_driver_context_get_to_clients_buffer_length(aeron_driver_context_t* context);

#define AERON_COUNTERS_VALUES_BUFFER_LENGTH_ENV_VAR "AERON_COUNTERS_BUFFER_LENGTH"
/// The values of counters, 128 bytes each; descriptions take four times as much. 1 MiB to 500 MiB, default 8 MiB.
/// AERON_COUNTERS_BUFFER_LENGTH.
int aeron_driver_context_set_counters_buffer_length(aeron_driver_context_t* context, size_t length);
size_t aeron_driver_context_get_counters_buffer_length(aeron_driver_context_t* context);

#define AERON_ERROR_BUFFER_LENGTH_ENV_VAR "AERON_ERROR_BUFFER_LENGTH"
/// The log of distinct errors, from 4 MiB (the default) to 2^31 - 1. AERON_ERROR_BUFFER_LENGTH.
int aeron_driver_context_set_error_buffer_length(aeron_driver_context_t* context, size_t length);
size_t aeron_driver_context_get_error_buffer_length(aeron_driver_context_t* context);

#define AERON_TERM_BUFFER_LENGTH_ENV_VAR "AERON_TERM_BUFFER_LENGTH"
/// A term of a network publication whose channel has no term-length: a power of two from 64 KiB to 1 GiB, default 16
/// MiB. AERON_TERM_BUFFER_LENGTH.
int aeron_driver_context_set_term_buffer_length(aeron_driver_context_t* context, size_t value);
size_t aeron_driver_context_get_term_buffer_length(aeron_driver_context_t* context);

#define AERON_IPC_TERM_BUFFER_LENGTH_ENV_VAR "AERON_IPC_TERM_BUFFER_LENGTH"
/// The same for IPC; default 64 MiB. AERON_IPC_TERM_BUFFER_LENGTH.
int aeron_driver_context_set_ipc_term_buffer_length(aeron_driver_context_t* context, size_t value);
size_t aeron_driver_context_get_ipc_term_buffer_length(aeron_driver_context_t* context);

#define AERON_TERM_BUFFER_SPARSE_FILE_ENV_VAR "AERON_TERM_BUFFER_SPARSE_FILE"
/// Whether a stream's file gets its pages when they are written (true, the default) or all at once.
/// AERON_TERM_BUFFER_SPARSE_FILE.
int aeron_driver_context_set_term_buffer_sparse_file(aeron_driver_context_t* context, bool value);
bool aeron_driver_context_get_term_buffer_sparse_file(aeron_driver_context_t* context);

#define AERON_PERFORM_STORAGE_CHECKS_ENV_VAR "AERON_PERFORM_STORAGE_CHECKS"
/// Whether a stream is refused for which the file system has no room. Default true. AERON_PERFORM_STORAGE_CHECKS.
int aeron_driver_context_set_perform_storage_checks(aeron_driver_context_t* context, bool value);
bool aeron_driver_context_get_perform_storage_checks(aeron_driver_context_t* context);

#define AERON_LOW_FILE_STORE_WARNING_THRESHOLD_ENV_VAR "AERON_LOW_FILE_STORE_WARNING_THRESHOLD"
/// With so many bytes free, or fewer, each stream that is made brings a warning. 0 to 2^63 - 1, default 160 MiB.
/// AERON_LOW_FILE_STORE_WARNING_THRESHOLD.
int aeron_driver_context_set_low_file_store_warning_threshold(aeron_driver_context_t* context, uint64_t value);
uint64_t aeron_driver_context_get_low_file_store_warning_threshold(aeron_driver_context_t* context);

#define AERON_FILE_PAGE_SIZE_ENV_VAR "AERON_FILE_PAGE_SIZE"
/// What the lengths of all files are multiples of: a power of two from 4 KiB to 1 GiB, default the system's page.
/// AERON_FILE_PAGE_SIZE.
int aeron_driver_context_set_file_page_size(aeron_driver_context_t* context, size_t value);
size_t aeron_driver_context_get_file_page_size(aeron_driver_context_t* context);

// --- Network ---

#define AERON_MTU_LENGTH_ENV_VAR "AERON_MTU_LENGTH"
/// The largest datagram of a publication whose channel has no mtu: a multiple of 32 from 64 to 65504, default 1408. Not
/// more than the send buffer of a socket. AERON_MTU_LENGTH.
int aeron_driver_context_set_mtu_length(aeron_driver_context_t* context, size_t value);
size_t aeron_driver_context_get_mtu_length(aeron_driver_context_t* context);

#define AERON_IPC_MTU_LENGTH_ENV_VAR "AERON_IPC_MTU_LENGTH"
/// The largest frame of an IPC publication, header included; the same range and default. AERON_IPC_MTU_LENGTH.
int aeron_driver_context_set_ipc_mtu_length(aeron_driver_context_t* context, size_t value);
size_t aeron_driver_context_get_ipc_mtu_length(aeron_driver_context_t* context);

#define AERON_IPC_PUBLICATION_TERM_WINDOW_LENGTH_ENV_VAR "AERON_IPC_PUBLICATION_TERM_WINDOW_LENGTH"
#define AERON_PUBLICATION_TERM_WINDOW_LENGTH_ENV_VAR "AERON_PUBLICATION_TERM_WINDOW_LENGTH"
/// How far a publication may be ahead of its slowest subscriber, up to half a term; 0, the default, for half a term.
/// AERON_IPC_PUBLICATION_TERM_WINDOW_LENGTH for IPC.
int aeron_driver_context_set_ipc_publication_term_window_length(aeron_driver_context_t* context, size_t value);
size_t aeron_driver_context_get_ipc_publication_term_window_length(aeron_driver_context_t* context);
/// The same for the network. AERON_PUBLICATION_TERM_WINDOW_LENGTH.
int aeron_driver_context_set_publication_term_window_length(aeron_driver_context_t* context, size_t value);
size_t aeron_driver_context_get_publication_term_window_length(aeron_driver_context_t* context);

#define AERON_SOCKET_SO_RCVBUF_ENV_VAR "AERON_SOCKET_SO_RCVBUF"
#define AERON_SOCKET_SO_SNDBUF_ENV_VAR "AERON_SOCKET_SO_SNDBUF"
/// The receive buffer of sockets, 0 to 2^31 - 1; 0 leaves it to the driver. Default 128 KiB. AERON_SOCKET_SO_RCVBUF.
int aeron_driver_context_set_socket_so_rcvbuf(aeron_driver_context_t* context, size_t value);
size_t aeron_driver_context_get_socket_so_rcvbuf(aeron_driver_context_t* context);
/// The send buffer of sockets, 0 to 2^31 - 1; 0, the default, leaves it to the system. AERON_SOCKET_SO_SNDBUF.
int aeron_driver_context_set_socket_so_sndbuf(aeron_driver_context_t* context, size_t value);
size_t aeron_driver_context_get_socket_so_sndbuf(aeron_driver_context_t* context);

#define AERON_SOCKET_MULTICAST_TTL_ENV_VAR "AERON_SOCKET_MULTICAST_TTL"
/// How many hops multicast goes, 0 to 255; 0, the default, leaves it to the system. AERON_SOCKET_MULTICAST_TTL.
int aeron_driver_context_set_socket_multicast_ttl(aeron_driver_context_t* context, uint8_t value);
uint8_t aeron_driver_context_get_socket_multicast_ttl(aeron_driver_context_t* context);

#define AERON_SEND_TO_STATUS_POLL_RATIO_ENV_VAR "AERON_SEND_TO_STATUS_POLL_RATIO"
/// How many times the sender sends before it listens to receivers; at least 1, default 6.
/// AERON_SEND_TO_STATUS_POLL_RATIO.
int aeron_driver_context_set_send_to_status_poll_ratio(aeron_driver_context_t* context, size_t value);
size_t aeron_driver_context_get_send_to_status_poll_ratio(aeron_driver_context_t* context);

#define AERON_RCV_STATUS_MESSAGE_TIMEOUT_ENV_VAR "AERON_RCV_STATUS_MESSAGE_TIMEOUT"
/// The longest time between two status messages of a receiver, at least 1 us, default 200 ms.
/// AERON_RCV_STATUS_MESSAGE_TIMEOUT.
int aeron_driver_context_set_rcv_status_message_timeout_ns(aeron_driver_context_t* context, uint64_t value);
uint64_t aeron_driver_context_get_rcv_status_message_timeout_ns(aeron_driver_context_t* context);

#define AERON_RCV_INITIAL_WINDOW_LENGTH_ENV_VAR "AERON_RCV_INITIAL_WINDOW_LENGTH"
/// How far a publication may at first be ahead of a receiver whose channel has no rcv-wnd: 256 to 2^31 - 1, not more
/// than the receive buffer of a socket; default 128 KiB. AERON_RCV_INITIAL_WINDOW_LENGTH.
int aeron_driver_context_set_rcv_initial_window_length(aeron_driver_context_t* context, size_t value);
size_t aeron_driver_context_get_rcv_initial_window_length(aeron_driver_context_t* context);

// --- Flow control ---

/// Makes the flow control of one publication, in `strategy`. Returns 0, or -1 with the error set, and then the
/// publication is refused. On the driver's conductor.
typedef int (*aeron_flow_control_strategy_supplier_func_t)(aeron_flow_control_strategy_t** strategy,
                                                           aeron_driver_context_t* context,
                                                           aeron_counters_manager_t* counters_manager,
                                                           const aeron_udp_channel_t* channel, int32_t stream_id,
                                                           int32_t session_id, int64_t registration_id,
                                                           int32_t initial_term_id, size_t term_length);

#define AERON_MULTICAST_MIN_FLOW_CONTROL_STRATEGY_NAME "multicast_min"
#define AERON_MULTICAST_MAX_FLOW_CONTROL_STRATEGY_NAME "multicast_max"
#define AERON_MULTICAST_TAGGED_FLOW_CONTROL_STRATEGY_NAME "multicast_tagged"
#define AERON_UNICAST_MAX_FLOW_CONTROL_STRATEGY_NAME "unicast_max"
/// The supplier with one of these names, null for any other. A name that begins with one of them is taken for it. Any
/// thread.
aeron_flow_control_strategy_supplier_func_t aeron_flow_control_strategy_supplier_by_name(const char* name);

#define AERON_MULTICAST_FLOWCONTROL_SUPPLIER_ENV_VAR "AERON_MULTICAST_FLOWCONTROL_SUPPLIER"
/// For publications with several receivers whose channel has no fc. Default multicast_max.
/// AERON_MULTICAST_FLOWCONTROL_SUPPLIER, one of the names or a symbol of the process.
int aeron_driver_context_set_multicast_flowcontrol_supplier(aeron_driver_context_t* context,
                                                            aeron_flow_control_strategy_supplier_func_t value);
aeron_flow_control_strategy_supplier_func_t
aeron_driver_context_get_multicast_flowcontrol_supplier(aeron_driver_context_t* context);

#define AERON_UNICAST_FLOWCONTROL_SUPPLIER_ENV_VAR "AERON_UNICAST_FLOWCONTROL_SUPPLIER"
/// For publications with one receiver. Default unicast_max. AERON_UNICAST_FLOWCONTROL_SUPPLIER.
int aeron_driver_context_set_unicast_flowcontrol_supplier(aeron_driver_context_t* context,
                                                          aeron_flow_control_strategy_supplier_func_t value);
aeron_flow_control_strategy_supplier_func_t
aeron_driver_context_get_unicast_flowcontrol_supplier(aeron_driver_context_t* context);

#define AERON_FLOW_CONTROL_RECEIVER_TIMEOUT_ENV_VAR "AERON_FLOW_CONTROL_RECEIVER_TIMEOUT"
/// How long a silent receiver still counts, with min and tagged flow control. Default 5 s.
/// AERON_FLOW_CONTROL_RECEIVER_TIMEOUT.
int aeron_driver_context_set_flow_control_receiver_timeout_ns(aeron_driver_context_t* context, uint64_t value);
uint64_t aeron_driver_context_get_flow_control_receiver_timeout_ns(aeron_driver_context_t* context);

#define AERON_FLOW_CONTROL_GROUP_TAG_ENV_VAR "AERON_FLOW_CONTROL_GROUP_TAG"
/// The tag of the receivers that set the pace, with tagged flow control. Default -1. AERON_FLOW_CONTROL_GROUP_TAG.
int aeron_driver_context_set_flow_control_group_tag(aeron_driver_context_t* context, int64_t value);
int64_t aeron_driver_context_get_flow_control_group_tag(aeron_driver_context_t* context);

#define AERON_FLOW_CONTROL_GROUP_MIN_SIZE_ENV_VAR "AERON_FLOW_CONTROL_GROUP_MIN_SIZE"
/// How many of them there must be for the publication to be connected. 0 (the default) to 2^31 - 1.
/// AERON_FLOW_CONTROL_GROUP_MIN_SIZE.
int aeron_driver_context_set_flow_control_group_min_size(aeron_driver_context_t* context, int32_t value);
int32_t aeron_driver_context_get_flow_control_group_min_size(aeron_driver_context_t* context);

#define AERON_RECEIVER_GROUP_TAG_ENV_VAR "AERON_RECEIVER_GROUP_TAG"
/// The tag that this driver's receivers send, if `is_present`. Default none; the value's getter then says -1.
/// AERON_RECEIVER_GROUP_TAG, which makes it present.
int aeron_driver_context_set_receiver_group_tag(aeron_driver_context_t* context, bool is_present, int64_t value);
bool aeron_driver_context_get_receiver_group_tag_is_present(aeron_driver_context_t* context);
int64_t aeron_driver_context_get_receiver_group_tag_value(aeron_driver_context_t* context);

#define AERON_RECEIVER_GROUP_CONSIDERATION_ENV_VAR "AERON_RECEIVER_GROUP_CONSIDERATION"
typedef enum aeron_inferable_boolean_enum {
    AERON_FORCE_FALSE = 0,
    AERON_FORCE_TRUE = 1,
    AERON_INFER = 2  ///< by what channel and publication say
} aeron_inferable_boolean_t;
/// Whether a subscription takes itself for one of several receivers. Default AERON_INFER.
/// AERON_RECEIVER_GROUP_CONSIDERATION, as true, false or infer.
int aeron_driver_context_set_receiver_group_consideration(aeron_driver_context_t* context,
                                                          aeron_inferable_boolean_t value);
aeron_inferable_boolean_t aeron_driver_context_get_receiver_group_consideration(aeron_driver_context_t* context);

// --- Congestion control ---

/// Makes the congestion control of one image, in `strategy`. Returns 0, or -1 with the error set, and then there is no
/// image. On the driver's conductor.
typedef int (*aeron_congestion_control_strategy_supplier_func_t)(
    aeron_congestion_control_strategy_t** strategy, aeron_udp_channel_t* channel, int32_t stream_id, int32_t session_id,
    int64_t registration_id, int32_t term_length, int32_t sender_mtu_length, struct sockaddr_storage* control_address,
    struct sockaddr_storage* src_address, aeron_driver_context_t* context, aeron_counters_manager_t* counters_manager);

#define AERON_CONGESTIONCONTROL_SUPPLIER_ENV_VAR "AERON_CONGESTIONCONTROL_SUPPLIER"
/// Who makes it. The default does as the channel's cc says, else static. AERON_CONGESTIONCONTROL_SUPPLIER, as default,
/// static, cubic or a symbol of the process.
int aeron_driver_context_set_congestioncontrol_supplier(aeron_driver_context_t* context,
                                                        aeron_congestion_control_strategy_supplier_func_t value);
aeron_congestion_control_strategy_supplier_func_t
aeron_driver_context_get_congestioncontrol_supplier(aeron_driver_context_t* context);

/// Variables of cubic congestion control: whether it measures round trips (false), the one that it begins with (100
/// us), whether it grows at least as TCP would (false).
#define AERON_CUBICCONGESTIONCONTROL_MEASURERTT_ENV_VAR "AERON_CUBICCONGESTIONCONTROL_MEASURERTT"
#define AERON_CUBICCONGESTIONCONTROL_INITIALRTT_ENV_VAR "AERON_CUBICCONGESTIONCONTROL_INITIALRTT"
#define AERON_CUBICCONGESTIONCONTROL_TCPMODE_ENV_VAR "AERON_CUBICCONGESTIONCONTROL_TCPMODE"

// --- Loss ---

#define AERON_LOSS_REPORT_BUFFER_LENGTH_ENV_VAR "AERON_LOSS_REPORT_BUFFER_LENGTH"
/// The file of what was lost; from 1 KiB, default 1 MiB. AERON_LOSS_REPORT_BUFFER_LENGTH.
int aeron_driver_context_set_loss_report_buffer_length(aeron_driver_context_t* context, size_t value);
size_t aeron_driver_context_get_loss_report_buffer_length(aeron_driver_context_t* context);

#define AERON_NAK_MULTICAST_GROUP_SIZE_ENV_VAR "AERON_NAK_MULTICAST_GROUP_SIZE"
/// About how many receivers a group has, for the time before a NAK; at least 1, default 10.
/// AERON_NAK_MULTICAST_GROUP_SIZE.
int aeron_driver_context_set_nak_multicast_group_size(aeron_driver_context_t* context, size_t value);
size_t aeron_driver_context_get_nak_multicast_group_size(aeron_driver_context_t* context);

#define AERON_NAK_MULTICAST_MAX_BACKOFF_ENV_VAR "AERON_NAK_MULTICAST_MAX_BACKOFF"
/// The longest time before a NAK in a group, at least 1 us, default 10 ms. AERON_NAK_MULTICAST_MAX_BACKOFF.
int aeron_driver_context_set_nak_multicast_max_backoff_ns(aeron_driver_context_t* context, uint64_t value);
uint64_t aeron_driver_context_get_nak_multicast_max_backoff_ns(aeron_driver_context_t* context);

#define AERON_NAK_UNICAST_DELAY_ENV_VAR "AERON_NAK_UNICAST_DELAY"
/// The time before the first NAK of a single receiver, at least 1 us, which is the default. AERON_NAK_UNICAST_DELAY.
int aeron_driver_context_set_nak_unicast_delay_ns(aeron_driver_context_t* context, uint64_t value);
uint64_t aeron_driver_context_get_nak_unicast_delay_ns(aeron_driver_context_t* context);

#define AERON_NAK_UNICAST_RETRY_DELAY_RATIO_ENV_VAR "AERON_NAK_UNICAST_RETRY_DELAY_RATIO"
/// The next ones come after so many times that; at least 1, default 100, and the product has 63 bits.
/// AERON_NAK_UNICAST_RETRY_DELAY_RATIO.
int aeron_driver_context_set_nak_unicast_retry_delay_ratio(aeron_driver_context_t* context, uint64_t value);
uint64_t aeron_driver_context_get_nak_unicast_retry_delay_ratio(aeron_driver_context_t* context);

#define AERON_MAX_RESEND_ENV_VAR "AERON_MAX_RESEND"
/// How many retransmissions of one publication are under way at a time; 1 to 256, default 16. AERON_MAX_RESEND.
int aeron_driver_context_set_max_resend(aeron_driver_context_t* context, uint32_t value);
uint32_t aeron_driver_context_get_max_resend(aeron_driver_context_t* context);

#define AERON_RETRANSMIT_UNICAST_DELAY_ENV_VAR "AERON_RETRANSMIT_UNICAST_DELAY"
/// The time between a NAK and its answer. Default 0. AERON_RETRANSMIT_UNICAST_DELAY.
int aeron_driver_context_set_retransmit_unicast_delay_ns(aeron_driver_context_t* context, uint64_t value);
uint64_t aeron_driver_context_get_retransmit_unicast_delay_ns(aeron_driver_context_t* context);

#define AERON_RETRANSMIT_UNICAST_LINGER_ENV_VAR "AERON_RETRANSMIT_UNICAST_LINGER"
/// For how long the same bytes are not sent again, at least 1 us, default 10 ms. AERON_RETRANSMIT_UNICAST_LINGER.
int aeron_driver_context_set_retransmit_unicast_linger_ns(aeron_driver_context_t* context, uint64_t value);
uint64_t aeron_driver_context_get_retransmit_unicast_linger_ns(aeron_driver_context_t* context);

// --- Timeouts ---
//
// publication_unblock > client_liveness > timer_interval, and the three untethered ones > timer_interval; else
// aeron_driver_init() fails with EINVAL. At least 1 us each.

#define AERON_CLIENT_LIVENESS_TIMEOUT_ENV_VAR "AERON_CLIENT_LIVENESS_TIMEOUT"
/// After so long without a sign of life a client is given up. Default 10 s. AERON_CLIENT_LIVENESS_TIMEOUT.
int aeron_driver_context_set_client_liveness_timeout_ns(aeron_driver_context_t* context, uint64_t value);
uint64_t aeron_driver_context_get_client_liveness_timeout_ns(aeron_driver_context_t* context);

#define AERON_PUBLICATION_LINGER_TIMEOUT_ENV_VAR "AERON_PUBLICATION_LINGER_TIMEOUT"
/// How long a closed network publication stays for those who still ask for what they lost. Default 5 s.
/// AERON_PUBLICATION_LINGER_TIMEOUT.
int aeron_driver_context_set_publication_linger_timeout_ns(aeron_driver_context_t* context, uint64_t value);
uint64_t aeron_driver_context_get_publication_linger_timeout_ns(aeron_driver_context_t* context);

#define AERON_IMAGE_LIVENESS_TIMEOUT_ENV_VAR "AERON_IMAGE_LIVENESS_TIMEOUT"
/// After so long without its sender an image has ended. Default 10 s. AERON_IMAGE_LIVENESS_TIMEOUT.
int aeron_driver_context_set_image_liveness_timeout_ns(aeron_driver_context_t* context, uint64_t value);
uint64_t aeron_driver_context_get_image_liveness_timeout_ns(aeron_driver_context_t* context);

#define AERON_PUBLICATION_UNBLOCK_TIMEOUT_ENV_VAR "AERON_PUBLICATION_UNBLOCK_TIMEOUT"
/// After so long a claim that nobody commits is made padding. Default 15 s. AERON_PUBLICATION_UNBLOCK_TIMEOUT.
int aeron_driver_context_set_publication_unblock_timeout_ns(aeron_driver_context_t* context, uint64_t value);
uint64_t aeron_driver_context_get_publication_unblock_timeout_ns(aeron_driver_context_t* context);

#define AERON_PUBLICATION_CONNECTION_TIMEOUT_ENV_VAR "AERON_PUBLICATION_CONNECTION_TIMEOUT"
/// After so long without a status message a receiver has gone. Default 5 s. AERON_PUBLICATION_CONNECTION_TIMEOUT.
int aeron_driver_context_set_publication_connection_timeout_ns(aeron_driver_context_t* context, uint64_t value);
uint64_t aeron_driver_context_get_publication_connection_timeout_ns(aeron_driver_context_t* context);

#define AERON_TIMER_INTERVAL_ENV_VAR "AERON_TIMER_INTERVAL"
/// The time between two looks at all deadlines. Default 1 s. AERON_TIMER_INTERVAL.
int aeron_driver_context_set_timer_interval_ns(aeron_driver_context_t* context, uint64_t value);
uint64_t aeron_driver_context_get_timer_interval_ns(aeron_driver_context_t* context);

#define AERON_COUNTERS_FREE_TO_REUSE_TIMEOUT_ENV_VAR "AERON_COUNTERS_FREE_TO_REUSE_TIMEOUT"
/// How long the id of a freed counter is not given away; 0 is allowed. Default 1 s.
/// AERON_COUNTERS_FREE_TO_REUSE_TIMEOUT.
int aeron_driver_context_set_counters_free_to_reuse_timeout_ns(aeron_driver_context_t* context, uint64_t value);
uint64_t aeron_driver_context_get_counters_free_to_reuse_timeout_ns(aeron_driver_context_t* context);

#define AERON_UNTETHERED_WINDOW_LIMIT_TIMEOUT_ENV_VAR "AERON_UNTETHERED_WINDOW_LIMIT_TIMEOUT"
/// How long an untethered subscription may hold its stream back. Default 5 s. AERON_UNTETHERED_WINDOW_LIMIT_TIMEOUT.
int aeron_driver_context_set_untethered_window_limit_timeout_ns(aeron_driver_context_t* context, uint64_t value);
uint64_t aeron_driver_context_get_untethered_window_limit_timeout_ns(aeron_driver_context_t* context);

#define AERON_UNTETHERED_LINGER_TIMEOUT_ENV_VAR "AERON_UNTETHERED_LINGER_TIMEOUT"
/// How long it may then read what is left. Not set: as the window limit's, and the getter, which is signed, says -1.
/// AERON_UNTETHERED_LINGER_TIMEOUT.
int aeron_driver_context_set_untethered_linger_timeout_ns(aeron_driver_context_t* context, uint64_t value);
int64_t aeron_driver_context_get_untethered_linger_timeout_ns(aeron_driver_context_t* context);

#define AERON_UNTETHERED_RESTING_TIMEOUT_ENV_VAR "AERON_UNTETHERED_RESTING_TIMEOUT"
/// How long it then stays away before it may join again. Default 10 s. AERON_UNTETHERED_RESTING_TIMEOUT.
int aeron_driver_context_set_untethered_resting_timeout_ns(aeron_driver_context_t* context, uint64_t value);
uint64_t aeron_driver_context_get_untethered_resting_timeout_ns(aeron_driver_context_t* context);

#define AERON_DRIVER_TIMEOUT_ENV_VAR "AERON_DRIVER_TIMEOUT"
/// At the start: how old another driver's heartbeat, in milliseconds, may be for it to count as alive. Default 10000.
/// AERON_DRIVER_TIMEOUT, digits only.
int aeron_driver_context_set_driver_timeout_ms(aeron_driver_context_t* context, uint64_t value);
uint64_t aeron_driver_context_get_driver_timeout_ms(aeron_driver_context_t* context);

// --- Ways to behave ---

#define AERON_SPIES_SIMULATE_CONNECTION_ENV_VAR "AERON_SPIES_SIMULATE_CONNECTION"
/// Whether a publication that only spies subscribe to is connected. Default false. AERON_SPIES_SIMULATE_CONNECTION.
int aeron_driver_context_set_spies_simulate_connection(aeron_driver_context_t* context, bool value);
bool aeron_driver_context_get_spies_simulate_connection(aeron_driver_context_t* context);

#define AERON_PRINT_CONFIGURATION_ON_START_ENV_VAR "AERON_PRINT_CONFIGURATION"
/// Whether aeron_driver_init() prints all options. Default false. AERON_PRINT_CONFIGURATION.
int aeron_driver_context_set_print_configuration(aeron_driver_context_t* context, bool value);
bool aeron_driver_context_get_print_configuration(aeron_driver_context_t* context);

#define AERON_RELIABLE_STREAM_ENV_VAR "AERON_RELIABLE_STREAM"
/// Whether receivers ask again for what was lost (true, the default) or fill the gap. AERON_RELIABLE_STREAM.
int aeron_driver_context_set_reliable_stream(aeron_driver_context_t* context, bool value);
bool aeron_driver_context_get_reliable_stream(aeron_driver_context_t* context);

#define AERON_TETHER_SUBSCRIPTIONS_ENV_VAR "AERON_TETHER_SUBSCRIPTIONS"
/// Whether a slow subscription holds its stream back. Default true. AERON_TETHER_SUBSCRIPTIONS.
int aeron_driver_context_set_tether_subscriptions(aeron_driver_context_t* context, bool value);
bool aeron_driver_context_get_tether_subscriptions(aeron_driver_context_t* context);

#define AERON_REJOIN_STREAM_ENV_VAR "AERON_REJOIN_STREAM"
/// Whether a subscription may get a stream again whose image has ended. Default true. AERON_REJOIN_STREAM.
int aeron_driver_context_set_rejoin_stream(aeron_driver_context_t* context, bool value);
bool aeron_driver_context_get_rejoin_stream(aeron_driver_context_t* context);

#define AERON_DRIVER_CONNECT_ENV_VAR "AERON_DRIVER_CONNECT"
/// Whether the socket of a unicast publication is connected to its receiver. Default true, which the getter returns as
/// 1. AERON_DRIVER_CONNECT.
int aeron_driver_context_set_connect_enabled(aeron_driver_context_t* context, bool value);
int aeron_driver_context_get_connect_enabled(aeron_driver_context_t* context);

#define AERON_ENABLE_EXPERIMENTAL_FEATURES_ENV_VAR "AERON_ENABLE_EXPERIMENTAL_FEATURES"
/// Whether channels may ask for what is still being tried out; there is nothing of that kind at present. Default false,
/// which the getter returns as 0. AERON_ENABLE_EXPERIMENTAL_FEATURES.
int aeron_driver_context_set_enable_experimental_features(aeron_driver_context_t* context, bool value);
int aeron_driver_context_get_enable_experimental_features(aeron_driver_context_t* context);

// --- Limits ---

#define AERON_RECEIVER_IO_VECTOR_CAPACITY_ENV_VAR "AERON_RECEIVER_IO_VECTOR_CAPACITY"
#define AERON_SENDER_IO_VECTOR_CAPACITY_ENV_VAR "AERON_SENDER_IO_VECTOR_CAPACITY"
#define AERON_NETWORK_PUBLICATION_MAX_MESSAGES_PER_SEND_ENV_VAR "AERON_NETWORK_PUBLICATION_MAX_MESSAGES_PER_SEND"
/// How many datagrams the receiver takes in one call of the system. 1 to 16, to which the setter moves any other
/// number; default 4. This and the next two have no effect: batches grow and shrink with what there is to do.
/// AERON_RECEIVER_IO_VECTOR_CAPACITY.
int aeron_driver_context_set_receiver_io_vector_capacity(aeron_driver_context_t* context, uint32_t value);
uint32_t aeron_driver_context_get_receiver_io_vector_capacity(aeron_driver_context_t* context);
/// The same for what the sender hears from receivers. AERON_SENDER_IO_VECTOR_CAPACITY.
int aeron_driver_context_set_sender_io_vector_capacity(aeron_driver_context_t* context, uint32_t value);
uint32_t aeron_driver_context_get_sender_io_vector_capacity(aeron_driver_context_t* context);
/// The same for what a publication sends. AERON_NETWORK_PUBLICATION_MAX_MESSAGES_PER_SEND.
int aeron_driver_context_set_network_publication_max_messages_per_send(aeron_driver_context_t* context, uint32_t value);
uint32_t aeron_driver_context_get_network_publication_max_messages_per_send(aeron_driver_context_t* context);

#define AERON_DRIVER_RESOURCE_FREE_LIMIT_ENV_VAR "AERON_DRIVER_RESOURCE_FREE_LIMIT"
/// How many files that could not be removed are tried again at once; at least 1, the default.
/// AERON_DRIVER_RESOURCE_FREE_LIMIT.
int aeron_driver_context_set_resource_free_limit(aeron_driver_context_t* context, uint32_t value);
uint32_t aeron_driver_context_get_resource_free_limit(aeron_driver_context_t* context);

#define AERON_DRIVER_STREAM_SESSION_LIMIT_ENV_VAR "AERON_DRIVER_STREAM_SESSION_LIMIT"
/// How many images one stream may have on one endpoint; 1 to 2^31 - 1, the default. AERON_DRIVER_STREAM_SESSION_LIMIT.
int aeron_driver_context_set_stream_session_limit(aeron_driver_context_t* context, int32_t value);
int32_t aeron_driver_context_get_stream_session_limit(aeron_driver_context_t* context);

#define AERON_PUBLICATION_RESERVED_SESSION_ID_LOW_ENV_VAR "AERON_PUBLICATION_RESERVED_SESSION_ID_LOW"
#define AERON_PUBLICATION_RESERVED_SESSION_ID_HIGH_ENV_VAR "AERON_PUBLICATION_RESERVED_SESSION_ID_HIGH"
/// The first and the last of the session ids that the driver never chooses itself. Defaults -1 and 1000; low must not
/// be above high. AERON_PUBLICATION_RESERVED_SESSION_ID_LOW and AERON_PUBLICATION_RESERVED_SESSION_ID_HIGH.
int aeron_driver_context_set_publication_reserved_session_id_low(aeron_driver_context_t* context, int32_t value);
int32_t aeron_driver_context_get_publication_reserved_session_id_low(aeron_driver_context_t* context);
int aeron_driver_context_set_publication_reserved_session_id_high(aeron_driver_context_t* context, int32_t value);
int32_t aeron_driver_context_get_publication_reserved_session_id_high(aeron_driver_context_t* context);

// --- Ports ---

#define AERON_DRIVER_SENDER_WILDCARD_PORT_RANGE_ENV_VAR "AERON_SENDER_WILDCARD_PORT_RANGE"
#define AERON_DRIVER_RECEIVER_WILDCARD_PORT_RANGE_ENV_VAR "AERON_RECEIVER_WILDCARD_PORT_RANGE"
/// Which ports port 0 of a publication's control address may come to: low to high, both included. 0 and 0, the default,
/// leaves it to the system. The getter writes through both pointers; it fails with EINVAL for a null.
/// AERON_SENDER_WILDCARD_PORT_RANGE, two numbers with a blank between them.
int aeron_driver_context_set_sender_wildcard_port_range(aeron_driver_context_t* context, uint16_t low_port,
                                                        uint16_t high_port);
int aeron_driver_context_get_sender_wildcard_port_range(aeron_driver_context_t* context, uint16_t* low_port,
                                                        uint16_t* high_port);
/// The same for a subscription's endpoint. AERON_RECEIVER_WILDCARD_PORT_RANGE.
int aeron_driver_context_set_receiver_wildcard_port_range(aeron_driver_context_t* context, uint16_t low_port,
                                                          uint16_t high_port);
int aeron_driver_context_get_receiver_wildcard_port_range(aeron_driver_context_t* context, uint16_t* low_port,
                                                          uint16_t* high_port);

/// Who gives out ports; the default is the driver's own, which obeys these ranges. The manager stays the caller's.
int aeron_driver_context_set_sender_port_manager(aeron_driver_context_t* context, aeron_port_manager_t* value);
aeron_port_manager_t* aeron_driver_context_get_sender_port_manager(aeron_driver_context_t* context);
int aeron_driver_context_set_receiver_port_manager(aeron_driver_context_t* context, aeron_port_manager_t* value);
aeron_port_manager_t* aeron_driver_context_get_receiver_port_manager(aeron_driver_context_t* context);

// --- Transport ---

#define AERON_UDP_CHANNEL_TRANSPORT_BINDINGS_MEDIA_ENV_VAR "AERON_UDP_CHANNEL_TRANSPORT_BINDINGS_MEDIA"
#define AERON_CONDUCTOR_UDP_CHANNEL_TRANSPORT_BINDINGS_MEDIA_ENV_VAR                                                   \
    "AERON_CONDUCTOR_UDP_CHANNEL_TRANSPORT_BINDINGS_MEDIA"
#define AERON_UDP_CHANNEL_OUTGOING_INTERCEPTORS_ENV_VAR "AERON_UDP_CHANNEL_OUTGOING_INTERCEPTORS"
#define AERON_UDP_CHANNEL_INCOMING_INTERCEPTORS_ENV_VAR "AERON_UDP_CHANNEL_INCOMING_INTERCEPTORS"
/// What sockets are made of; the default is the system's. AERON_UDP_CHANNEL_TRANSPORT_BINDINGS_MEDIA, as default or a
/// symbol; with CONDUCTOR_ before UDP for the name resolver.
int aeron_driver_context_set_udp_channel_transport_bindings(aeron_driver_context_t* context,
                                                            aeron_udp_channel_transport_bindings_t* value);
aeron_udp_channel_transport_bindings_t*
aeron_driver_context_get_udp_channel_transport_bindings(aeron_driver_context_t* context);
/// What goes out passes through these. Default null, for none. AERON_UDP_CHANNEL_OUTGOING_INTERCEPTORS, a list with
/// commas of loss, fixed-loss, multi-gap-loss and symbols.
int aeron_driver_context_set_udp_channel_outgoing_interceptors(aeron_driver_context_t* context,
                                                               aeron_udp_channel_interceptor_bindings_t* value);
aeron_udp_channel_interceptor_bindings_t*
aeron_driver_context_get_udp_channel_outgoing_interceptors(aeron_driver_context_t* context);
/// What comes in passes through these, likewise. AERON_UDP_CHANNEL_INCOMING_INTERCEPTORS.
int aeron_driver_context_set_udp_channel_incoming_interceptors(aeron_driver_context_t* context,
                                                               aeron_udp_channel_interceptor_bindings_t* value);
aeron_udp_channel_interceptor_bindings_t*
aeron_driver_context_get_udp_channel_incoming_interceptors(aeron_driver_context_t* context);

/// A variable with names of shared libraries, with commas between them, that are loaded before symbols are looked for.
#define AERON_DRIVER_DYNAMIC_LIBRARIES_ENV_VAR "AERON_DRIVER_DYNAMIC_LIBRARIES"

// --- Names ---
//
// Drivers may tell each other their names. The strings of the first three options and the resolver's arguments are not
// copied: they stay the caller's and must live as long as the context. Intervals and the timeout are at least 1 ms.

#define AERON_DRIVER_RESOLVER_NAME_ENV_VAR "AERON_DRIVER_RESOLVER_NAME"
/// What this driver calls itself. Default null; needed with an interface. AERON_DRIVER_RESOLVER_NAME.
int aeron_driver_context_set_resolver_name(aeron_driver_context_t* context, const char* value);
const char* aeron_driver_context_get_resolver_name(aeron_driver_context_t* context);

#define AERON_DRIVER_RESOLVER_INTERFACE_ENV_VAR "AERON_DRIVER_RESOLVER_INTERFACE"
/// Where it listens to other drivers, as host:port. Default null. AERON_DRIVER_RESOLVER_INTERFACE.
int aeron_driver_context_set_resolver_interface(aeron_driver_context_t* context, const char* value);
const char* aeron_driver_context_get_resolver_interface(aeron_driver_context_t* context);

#define AERON_DRIVER_RESOLVER_BOOTSTRAP_NEIGHBOR_ENV_VAR "AERON_DRIVER_RESOLVER_BOOTSTRAP_NEIGHBOR"
/// Whom it speaks to first: a list with commas of host:port. Default null. AERON_DRIVER_RESOLVER_BOOTSTRAP_NEIGHBOR.
int aeron_driver_context_set_resolver_bootstrap_neighbor(aeron_driver_context_t* context, const char* value);
const char* aeron_driver_context_get_resolver_bootstrap_neighbor(aeron_driver_context_t* context);

/// Fills in `resolver` when the driver starts. `args` are the arguments below. Returns 0, or -1 with the error set, and
/// then the driver does not start.
typedef int (*aeron_name_resolver_supplier_func_t)(aeron_name_resolver_t* resolver, const char* args,
                                                   aeron_driver_context_t* context);
#define AERON_NAME_RESOLVER_SUPPLIER_ENV_VAR "AERON_NAME_RESOLVER_SUPPLIER"
#define AERON_NAME_RESOLVER_SUPPLIER_DEFAULT "default"
/// Who turns names into addresses. The default asks the system. AERON_NAME_RESOLVER_SUPPLIER, as default, driver,
/// csv_table or a symbol of the process.
int aeron_driver_context_set_name_resolver_supplier(aeron_driver_context_t* context,
                                                    aeron_name_resolver_supplier_func_t value);
aeron_name_resolver_supplier_func_t aeron_driver_context_get_name_resolver_supplier(aeron_driver_context_t* context);

#define AERON_NAME_RESOLVER_INIT_ARGS_ENV_VAR "AERON_NAME_RESOLVER_INIT_ARGS"
/// The resolver's arguments. Default null. AERON_NAME_RESOLVER_INIT_ARGS.
int aeron_driver_context_set_name_resolver_init_args(aeron_driver_context_t* context, const char* value);
const char* aeron_driver_context_get_name_resolver_init_args(aeron_driver_context_t* context);

#define AERON_DRIVER_RESOLVER_NEIGHBOR_TIMEOUT_ENV_VAR "AERON_DRIVER_RESOLVER_NEIGHBOR_TIMEOUT"
/// After so long without a word a neighbour is forgotten. Default 10 s. AERON_DRIVER_RESOLVER_NEIGHBOR_TIMEOUT.
int aeron_driver_context_set_resolver_neighbor_timeout_ns(aeron_driver_context_t* context, uint64_t value);
uint64_t aeron_driver_context_get_resolver_neighbor_timeout_ns(aeron_driver_context_t* context);

#define AERON_DRIVER_RESOLVER_SELF_RESOLUTION_INTERVAL_ENV_VAR "AERON_DRIVER_RESOLVER_SELF_RESOLUTION_INTERVAL"
/// The time between two times of saying its own name. Default 1 s. AERON_DRIVER_RESOLVER_SELF_RESOLUTION_INTERVAL.
int aeron_driver_context_set_self_resolution_interval_ns(aeron_driver_context_t* context, uint64_t value);
uint64_t aeron_driver_context_get_self_resolution_interval_ns(aeron_driver_context_t* context);

#define AERON_DRIVER_RESOLVER_NEIGHBOR_RESOLUTION_INTERVAL_ENV_VAR "AERON_DRIVER_RESOLVER_NEIGHBOR_RESOLUTION_INTERVAL"
/// The time between two times of telling what neighbours there are. Default 2 s.
/// AERON_DRIVER_RESOLVER_NEIGHBOR_RESOLUTION_INTERVAL.
int aeron_driver_context_set_resolver_neighbor_resolution_interval_ns(aeron_driver_context_t* context, uint64_t value);
uint64_t aeron_driver_context_get_resolver_neighbor_resolution_interval_ns(aeron_driver_context_t* context);

#define AERON_DRIVER_RESOLVER_BOOTSTRAP_NEIGHBOR_RESOLUTION_INTERVAL_ENV_VAR                                           \
    "AERON_DRIVER_RESOLVER_BOOTSTRAP_NEIGHBOR_RESOLUTION_INTERVAL"
/// The time between two looks for the bootstrap neighbours' addresses. Default 10 s. The getter's name lacks a word
/// that the setter's has. AERON_DRIVER_RESOLVER_BOOTSTRAP_NEIGHBOR_RESOLUTION_INTERVAL.
int aeron_driver_context_set_resolver_bootstrap_neighbor_resolution_interval_ns(aeron_driver_context_t* context,
                                                                                uint64_t value);
uint64_t aeron_driver_context_get_resolver_bootstrap_resolution_interval_ns(aeron_driver_context_t* context);

#define AERON_DRIVER_RERESOLUTION_CHECK_INTERVAL_ENV_VAR "AERON_DRIVER_RERESOLUTION_CHECK_INTERVAL"
/// The time between two looks for names from which nothing comes any more; 0 for never. Default 1 s.
/// AERON_DRIVER_RERESOLUTION_CHECK_INTERVAL.
int aeron_driver_context_set_re_resolution_check_interval_ns(aeron_driver_context_t* context, uint64_t value);
uint64_t aeron_driver_context_get_re_resolution_check_interval_ns(aeron_driver_context_t* context);

// --- Termination ---

/// Whether the driver may be ended by somebody who sends this token, valid during the call. On the driver's conductor.
typedef bool (*aeron_driver_termination_validator_func_t)(void* state, uint8_t* buffer, int32_t length);
#define AERON_DRIVER_TERMINATION_VALIDATOR_ENV_VAR "AERON_DRIVER_TERMINATION_VALIDATOR"
/// Who is asked, with `state`. The default says no; a null state. AERON_DRIVER_TERMINATION_VALIDATOR, as allow, deny or
/// a symbol of the process.
int aeron_driver_context_set_driver_termination_validator(aeron_driver_context_t* context,
                                                          aeron_driver_termination_validator_func_t value, void* state);
aeron_driver_termination_validator_func_t
aeron_driver_context_get_driver_termination_validator(aeron_driver_context_t* context);
void* aeron_driver_context_get_driver_termination_validator_state(aeron_driver_context_t* context);

/// The validator said yes: the application is to close the driver, from a thread of its own.
typedef void (*aeron_driver_termination_hook_func_t)(void* clientd);
/// Who is told then, on the driver's conductor. Default null, and then nothing comes of it.
int aeron_driver_context_set_driver_termination_hook(aeron_driver_context_t* context,
                                                     aeron_driver_termination_hook_func_t value, void* state);
aeron_driver_termination_hook_func_t aeron_driver_context_get_driver_termination_hook(aeron_driver_context_t* context);
void* aeron_driver_context_get_driver_termination_hook_state(aeron_driver_context_t* context);

// --- Beside the driver ---

/// Removes a directory and all that is in it. Fails with what the system says. In Aeron it is in the client's library.
int aeron_delete_directory(const char* dirname);

// What follows is in aeronc.h, too, and described there at greater length.

/// Hears a line of text, valid during the call.
typedef void (*aeron_log_func_t)(const char*);
/// A clock.
typedef int64_t (*aeron_clock_func_t)(void);

/// The version in words, which live for ever, and in numbers.
const char* aeron_version_full(void);
int aeron_version_major(void);
int aeron_version_minor(void);
int aeron_version_patch(void);
/// Nanoseconds of a clock that only goes forward; milliseconds since 1970, UTC.
int64_t aeron_nano_clock(void);
int64_t aeron_epoch_clock(void);
/// Whether a driver lives in `dirname`: its heartbeat is at most `timeout_ms` milliseconds old.
bool aeron_is_driver_active(const char* dirname, int64_t timeout_ms, aeron_log_func_t log_func);
/// Sets environment variables from lines `a.b.c=value`: from memory, a file, an http:// address, or whichever it is.
int aeron_properties_buffer_load(const char* buffer);
int aeron_properties_file_load(const char* filename);
int aeron_properties_http_load(const char* url);
int aeron_properties_load(const char* url_or_filename);
/// The number of the calling thread's last failure, and the words for it.
int aeron_errcode(void);
const char* aeron_errmsg(void);
/// Writes the directory that is used where none is named; returns its length, also when it was cut.
int aeron_default_path(char* path, size_t path_length);

#ifdef __cplusplus
}
#endif

#endif
