/// The C interface of a client of the media driver: publications, subscriptions, images, counters, and a look at a
/// driver without being its client. Names, types and numbers are those of Aeron 1.53. The driver's side is in
/// aeronmd.h.
///
/// Return values
///   A function that returns `int` answers 0 when it worked and -1 when it did not, unless its text says otherwise. The
///   polls of pending operations answer 1 (done), 0 (ask again) or -1 (failed). Offers answer a stream position, or one
///   of the negative AERON_PUBLICATION_ numbers. Polls of data answer how many fragments (or bytes) were consumed.
///
/// Errors
///   aeron_errcode() and aeron_errmsg() tell why the last call of this thread that failed did so. A call that works
///   leaves both as they are, so they mean something right after a failure only; errno then has the same number. A
///   positive number is one of the operating system (EINVAL, ETIMEDOUT, ...). A negative one is an AERON_CLIENT_ERROR_
///   or AERON_ERROR_CODE_ number with its sign turned: -1000 is AERON_CLIENT_ERROR_DRIVER_TIMEOUT. Error handlers and
///   error frames get these numbers positive, as the macros have them. "Fails with EINVAL" and the like name that
///   number. A null where an object is needed fails with EINVAL, except where the text says that null is allowed or
///   must not be.
///
/// Ownership
///   What has an `_init`, `_create` or completed `_poll` of its own is given back by its `_close` or `_delete`. The
///   client owns everything that was added through it, and aeron_close() frees what is left. The context outlives its
///   client. A pending operation (aeron_async_...) belongs to the client: it may be used until its poll answers
///   something other than 0, or until it is cancelled, and not afterwards; a poll refused for its arguments does not
///   end it. Strings and keys that go in are copied. Strings that come out belong to the object they describe, and end
///   with it.
///
/// Threads
///   aeron_start() runs the client's conductor on a thread of its own: it talks to the driver and calls the handlers of
///   the context. With aeron_context_set_use_conductor_agent_invoker() there is no such thread: the application calls
///   aeron_main_do_work(), handlers run inside that and inside the calls that add and close, and all calls must come
///   from one thread at a time. Otherwise anything may be called by any thread, except that
///     - one pending operation is polled by one thread,
///     - an exclusive publication is written by one thread,
///     - a subscription, its images and its assemblers are polled by one thread, which also asks for its images,
///     - contexts are set up by one thread.
///   Handlers on the conductor must not block (a client that is silent for the driver's client liveness timeout is
///   given up), must not call aeron_close(), and on a conductor with a thread of its own must not add or remove
///   handlers.
///
/// Units
///   `_ns` are nanoseconds, `_ms` milliseconds, lengths are bytes. A position counts the bytes of a stream from its
///   start, headers and padding included. Durations in environment variables have one of the units ns, us, ms and s
///   behind them, or none for nanoseconds; AERON_DRIVER_TIMEOUT is a plain number of milliseconds. A setter wins over
///   the environment, and the environment, read by aeron_context_init(), over the default.
#ifndef AERON_AERONC_H
#define AERON_AERONC_H

#include "aeron_common.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What stands for "none" among ids, positions and tags.
#define AERON_NULL_VALUE (-1)

// --- Errors ---

/// No driver answers: there is none, it has gone, or it was silent for longer than the driver timeout.
#define AERON_CLIENT_ERROR_DRIVER_TIMEOUT (1000)
/// The driver has given this client up; also a control file that nobody brought to life within the driver timeout.
#define AERON_CLIENT_ERROR_CLIENT_TIMEOUT (1001)
/// The conductor was not run for longer than the driver waits for a client.
#define AERON_CLIENT_ERROR_CONDUCTOR_SERVICE_TIMEOUT (1002)
/// The queue to this client's conductor is full; the call did nothing and may be made again.
#define AERON_CLIENT_ERROR_BUFFER_FULL (1003)
/// The ring of commands to the driver is full.
#define AERON_CLIENT_ERROR_DRIVER_BUFFER_FULL (1004)

/// The number of the calling thread's last failure; 0 as long as it has had none. Never fails.
int aeron_errcode(void);
/// The words for it, at most 8191 bytes: number and name, then a line for each place that it went through. Before the
/// first failure "no error". Never null; valid until the thread's next failure or its end.
const char* aeron_errmsg(void);

// --- Printing ---

/// Where lines of text go that the library would otherwise print: source file and line of the caller, the C `FILE*`,
/// then what vfprintf() takes. Returns what vfprintf() does. Called by whichever thread prints.
typedef int (*aeron_fprintf_handler_t)(const char*, uint64_t, void*, const char*, va_list);

/// Prints through the handler, or with vfprintf() when there is none. `stream` is a `FILE*`. Returns how many
/// characters were printed, negative when that failed. Any thread.
int aeron_fprintf(const char* src_, uint64_t line_, void* stream, const char* format, ...);
/// aeron_fprintf() with the place that calls it: AERON_FPRINTF(stderr, "%d\n", 1).
#define AERON_FPRINTF(...) aeron_fprintf(__FILE__, __LINE__, __VA_ARGS__)
/// Takes a handler for the whole process, null for none; returns the one before. Set it before other threads print: the
/// two are not synchronised.
aeron_fprintf_handler_t aeron_set_fprintf_handler(aeron_fprintf_handler_t fn);
aeron_fprintf_handler_t aeron_get_fprintf_handler(void);

// --- Objects ---

/// Options and handlers of one client.
typedef struct aeron_context_stct aeron_context_t;
/// A client: its conductor and all that was added through it.
typedef struct aeron_stct aeron_t;
/// A stream that any number of threads of any number of clients write into.
typedef struct aeron_publication_stct aeron_publication_t;
/// A stream of its own session that one thread writes into.
typedef struct aeron_exclusive_publication_stct aeron_exclusive_publication_t;
/// What is told about the frame that a fragment came in; valid in the handler only.
typedef struct aeron_header_stct aeron_header_t;
/// Interest in a stream: an image for each publication of it.
typedef struct aeron_subscription_stct aeron_subscription_t;
/// One publication as its subscriber sees it. Counted by references.
typedef struct aeron_image_stct aeron_image_t;
/// A counter of this client's.
typedef struct aeron_counter_stct aeron_counter_t;
/// The memory of one stream. No function takes it; it is named because Aeron's header does.
typedef struct aeron_log_buffer_stct aeron_log_buffer_t;
/// A view of all counters of a driver.
typedef struct aeron_counters_reader_stct aeron_counters_reader_t;
/// A driver's control file, seen without being its client.
typedef struct aeron_cnc_stct aeron_cnc_t;

/// A pending operation. Its names are one type; which kind it is, it knows itself: a poll of another kind fails with
/// EINVAL.
typedef struct aeron_client_registering_resource_stct aeron_async_add_publication_t;
typedef struct aeron_client_registering_resource_stct aeron_async_add_exclusive_publication_t;
typedef struct aeron_client_registering_resource_stct aeron_async_add_subscription_t;
typedef struct aeron_client_registering_resource_stct aeron_async_add_counter_t;
typedef struct aeron_client_registering_resource_stct aeron_async_destination_t;
typedef struct aeron_client_registering_resource_stct aeron_async_destination_by_id_t;
typedef struct aeron_client_registering_resource_stct aeron_async_get_next_available_session_id_t;

/// Put fragments together to messages, for one image each.
typedef struct aeron_image_fragment_assembler_stct aeron_image_fragment_assembler_t;
typedef struct aeron_image_controlled_fragment_assembler_stct aeron_image_controlled_fragment_assembler_t;
/// The same for all images of a subscription, told apart by session.
typedef struct aeron_fragment_assembler_stct aeron_fragment_assembler_t;
typedef struct aeron_controlled_fragment_assembler_stct aeron_controlled_fragment_assembler_t;

#pragma pack(push, 4)
/// The header of a data frame.
typedef struct aeron_header_values_frame_stct {
    int32_t frame_length;  ///< header and payload, without padding to a multiple of 32
    int8_t version;        ///< 0
    uint8_t flags;         ///< 0x80 first of a message, 0x40 last, 0x20 end of stream, 0x10 revoked
    int16_t type;          ///< 1 data, 0 padding
    int32_t term_offset;   ///< where the frame begins in its term
    int32_t session_id;
    int32_t stream_id;
    int32_t term_id;
    int64_t reserved_value;  ///< whatever the publisher's supplier said, else 0
} aeron_header_values_frame_t;

/// All that a header says. Packed: the last field is at offset 36, the whole has 44 bytes.
typedef struct aeron_header_values_stct {
    aeron_header_values_frame_t frame;
    int32_t initial_term_id;
    size_t position_bits_to_shift;  ///< the binary logarithm of the term length
} aeron_header_values_t;

/// Sent by a receiver that rejects an image, told to each publication that it concerns.
typedef struct aeron_publication_error_values_stct {
    int64_t registration_id;              ///< of the publication
    int64_t destination_registration_id;  ///< of the destination the receiver was reached by; AERON_NULL_VALUE if none
    int32_t session_id;
    int32_t stream_id;
    int64_t receiver_id;
    int64_t group_tag;           ///< of the receiver; AERON_NULL_VALUE if it has none
    int16_t address_type;        ///< AERON_RESPONSE_ADDRESS_TYPE_IPV4 or _IPV6
    uint16_t source_port;        ///< of the receiver
    uint8_t source_address[16];  ///< of the receiver; of IPv4 the first four bytes
    int32_t error_code;          ///< AERON_ERROR_CODE_IMAGE_REJECTED
    int32_t error_message_length;
    uint8_t error_message[1];  ///< so many bytes as the length says, not ended by a zero
} aeron_publication_error_values_t;
#pragma pack(pop)

/// How long a text of an address can be, its zero included.
#define AERON_CLIENT_MAX_LOCAL_ADDRESS_STR_LEN (64)

#define AERON_RESPONSE_ADDRESS_TYPE_IPV4 (0x1)
#define AERON_RESPONSE_ADDRESS_TYPE_IPV6 (0x2)

// --- Context: life ---

/// Makes a context with the defaults and what the environment says. A size, duration or number there that cannot be
/// read, or a name that is too long, fails with EINVAL; then nothing was made. The caller closes it.
int aeron_context_init(aeron_context_t** context);
/// Frees the context, after its client was closed. Null is allowed.
int aeron_context_close(aeron_context_t* context);

// --- Context: options ---
//
// A setter returns 0, or -1 with EINVAL for a null context. A getter returns what is set; for a null context the
// default, and null for the directory, the idle strategy's arguments and the error frame handler. All of it is read by
// aeron_init(): set it before. One thread at a time.

#define AERON_DIR_ENV_VAR "AERON_DIR"
/// The driver's directory, at most 4095 bytes; what is longer is cut. Default /dev/shm/aeron-<user>. AERON_DIR. The
/// string that comes out is the context's own and changes with the next setting.
int aeron_context_set_dir(aeron_context_t* context, const char* value);
const char* aeron_context_get_dir(aeron_context_t* context);

#define AERON_DRIVER_TIMEOUT_ENV_VAR "AERON_DRIVER_TIMEOUT"
/// How long, in milliseconds, aeron_init() waits for a driver, an operation for its answer, and how old a driver's
/// heartbeat may be. Default 10000. AERON_DRIVER_TIMEOUT, digits only.
int aeron_context_set_driver_timeout_ms(aeron_context_t* context, uint64_t value);
uint64_t aeron_context_get_driver_timeout_ms(aeron_context_t* context);

/// Nanoseconds between two signs of life to the driver. Default 500 ms; must be well below the driver's client liveness
/// timeout. No variable.
int aeron_context_set_keepalive_interval_ns(aeron_context_t* context, uint64_t value);
uint64_t aeron_context_get_keepalive_interval_ns(aeron_context_t* context);

#define AERON_CLIENT_RESOURCE_LINGER_DURATION_ENV_VAR "AERON_CLIENT_RESOURCE_LINGER_DURATION"
/// Nanoseconds that a stream, and its memory, stays for calls under way after its handle was closed; at least 0.1 s,
/// and at most 1 s when the whole client is closed. Default 3 s. AERON_CLIENT_RESOURCE_LINGER_DURATION.
int aeron_context_set_resource_linger_duration_ns(aeron_context_t* context, uint64_t value);
uint64_t aeron_context_get_resource_linger_duration_ns(aeron_context_t* context);

#define AERON_CLIENT_IDLE_SLEEP_DURATION_ENV_VAR "AERON_CLIENT_IDLE_SLEEP_DURATION"
/// Nanoseconds the conductor sleeps when there is nothing to do. Default 16 ms. AERON_CLIENT_IDLE_SLEEP_DURATION. Only
/// the variable reaches the idle strategy; the setter changes how often timeouts are looked at. To change the sleep
/// itself set the strategy's arguments and then the strategy.
int aeron_context_set_idle_sleep_duration_ns(aeron_context_t* context, uint64_t value);
uint64_t aeron_context_get_idle_sleep_duration_ns(aeron_context_t* context);

/// What the next aeron_context_set_idle_strategy() is given, so it goes first: for the sleeping ones a duration, for
/// "backoff" `spins-yields-shortest-longest` with two durations, as "10-20-1us-1ms"; null for the strategy's own
/// defaults. Default "16000000". The string is copied; what comes out is the context's own.
int aeron_context_set_idle_strategy_init_args(aeron_context_t* context, const char* value);
const char* aeron_context_get_idle_strategy_init_args(aeron_context_t* context);
/// How the conductor's thread rests: "sleeping" or "sleep-ns" (the default), "yield", "spin", "noop", "backoff", or the
/// name of a symbol of the process that is an idle strategy. Fails with EINVAL for another name, or arguments that do
/// not fit; the context may then have no strategy, for which the getter returns null, until one is set. The string is
/// copied.
int aeron_context_set_idle_strategy(aeron_context_t* context, const char* value);
const char* aeron_context_get_idle_strategy(aeron_context_t* context);

#define AERON_CLIENT_PRE_TOUCH_MAPPED_MEMORY_ENV_VAR "AERON_CLIENT_PRE_TOUCH_MAPPED_MEMORY"
/// Whether the pages of a stream are brought in when it is mapped, instead of one by one when they are used. Default
/// false. AERON_CLIENT_PRE_TOUCH_MAPPED_MEMORY.
int aeron_context_set_pre_touch_mapped_memory(aeron_context_t* context, bool value);
bool aeron_context_get_pre_touch_mapped_memory(aeron_context_t* context);

#define AERON_CLIENT_NAME_ENV_VAR "AERON_CLIENT_NAME"
/// A name that the client's heartbeat counter shows. At most AERON_COUNTER_MAX_CLIENT_NAME_LENGTH bytes, else EINVAL,
/// as for null. Default "". AERON_CLIENT_NAME. The string is copied.
int aeron_context_set_client_name(aeron_context_t* context, const char* value);
const char* aeron_context_get_client_name(aeron_context_t* context);

/// Whether the application runs the conductor by aeron_main_do_work() instead of a thread doing so. Default false.
int aeron_context_set_use_conductor_agent_invoker(aeron_context_t* context, bool value);
bool aeron_context_get_use_conductor_agent_invoker(aeron_context_t* context);

// --- Context: handlers ---
//
// `clientd` is handed to the handler as it is and stays the application's. Without other words the default handler is
// null, for "nobody is told", and it is called on the conductor. For each handler there is a getter of its `clientd`.

/// What went wrong where nobody waits for an answer. `errcode` is positive: an AERON_CLIENT_ERROR_ or AERON_ERROR_CODE_
/// number, 11 for an error of the operating system. `message` is valid during the call. Called on the conductor; by the
/// thread that rejects an image when the driver's ring is full.
typedef void (*aeron_error_handler_t)(void* clientd, int errcode, const char* message);
/// The default handler prints the message and ends the process: a program that is to outlive its driver sets its own.
int aeron_context_set_error_handler(aeron_context_t* context, aeron_error_handler_t handler, void* clientd);
aeron_error_handler_t aeron_context_get_error_handler(aeron_context_t* context);
void* aeron_context_get_error_handler_clientd(aeron_context_t* context);

/// A receiver has rejected a publication of this client. `error_frame` is valid during the call.
typedef void (*aeron_publication_error_frame_handler_t)(void* clientd, aeron_publication_error_values_t* error_frame);
/// The default handler does nothing.
int aeron_context_set_publication_error_frame_handler(aeron_context_t* context,
                                                      aeron_publication_error_frame_handler_t handler, void* clientd);
aeron_publication_error_frame_handler_t aeron_context_get_publication_error_frame_handler(aeron_context_t* context);
void* aeron_context_get_publication_error_frame_handler_clientd(aeron_context_t* context);
/// A copy for keeping, on the heap, its text included. The caller deletes it. Fails with ENOMEM, and with EINVAL for
/// null.
int aeron_publication_error_values_copy(aeron_publication_error_values_t** dst, aeron_publication_error_values_t* src);
/// Frees such a copy. Null is allowed.
void aeron_publication_error_values_delete(aeron_publication_error_values_t* to_delete);

/// A publication of this client is there. `channel` is valid during the call; `correlation_id` is the registration id.
typedef void (*aeron_on_new_publication_t)(void* clientd, const char* channel, int32_t stream_id, int32_t session_id,
                                           int64_t correlation_id);
/// Who is told of new publications.
int aeron_context_set_on_new_publication(aeron_context_t* context, aeron_on_new_publication_t handler, void* clientd);
aeron_on_new_publication_t aeron_context_get_on_new_publication(aeron_context_t* context);
void* aeron_context_get_on_new_publication_clientd(aeron_context_t* context);
/// Who is told of new exclusive publications.
int aeron_context_set_on_new_exclusive_publication(aeron_context_t* context, aeron_on_new_publication_t handler,
                                                   void* clientd);
aeron_on_new_publication_t aeron_context_get_on_new_exclusive_publication(aeron_context_t* context);
void* aeron_context_get_on_new_exclusive_publication_clientd(aeron_context_t* context);

/// A subscription of this client is there. `channel` is valid during the call.
typedef void (*aeron_on_new_subscription_t)(void* clientd, const char* channel, int32_t stream_id,
                                            int64_t correlation_id);
/// Who is told of new subscriptions.
int aeron_context_set_on_new_subscription(aeron_context_t* context, aeron_on_new_subscription_t handler, void* clientd);
aeron_on_new_subscription_t aeron_context_get_on_new_subscription(aeron_context_t* context);
void* aeron_context_get_on_new_subscription_clientd(aeron_context_t* context);

/// A subscription has an image more. The image is valid until aeron_on_unavailable_image_t has returned for it; who
/// wants it for longer takes a reference. Called on the conductor; the polling thread may already have read from the
/// image.
typedef void (*aeron_on_available_image_t)(void* clientd, aeron_subscription_t* subscription, aeron_image_t* image);
/// An image has gone: its publication ended, was lost or was rejected, or the subscription was closed while nobody held
/// a reference.
typedef void (*aeron_on_unavailable_image_t)(void* clientd, aeron_subscription_t* subscription, aeron_image_t* image);

/// A counter of any client or of the driver was allocated. `counters_reader` is the client's.
typedef void (*aeron_on_available_counter_t)(void* clientd, aeron_counters_reader_t* counters_reader,
                                             int64_t registration_id, int32_t counter_id);
/// Who is told of new counters.
int aeron_context_set_on_available_counter(aeron_context_t* context, aeron_on_available_counter_t handler,
                                           void* clientd);
aeron_on_available_counter_t aeron_context_get_on_available_counter(aeron_context_t* context);
void* aeron_context_get_on_available_counter_clientd(aeron_context_t* context);

/// A counter was freed. Its id is given away again after the driver's reuse timeout.
typedef void (*aeron_on_unavailable_counter_t)(void* clientd, aeron_counters_reader_t* counters_reader,
                                               int64_t registration_id, int32_t counter_id);
/// Who is told of freed counters.
int aeron_context_set_on_unavailable_counter(aeron_context_t* context, aeron_on_unavailable_counter_t handler,
                                             void* clientd);
aeron_on_unavailable_counter_t aeron_context_get_on_unavailable_counter(aeron_context_t* context);
void* aeron_context_get_on_unavailable_counter_clientd(aeron_context_t* context);

/// The client is being closed. Called by the thread that runs aeron_close().
typedef void (*aeron_on_close_client_t)(void* clientd);
/// Who is told of the end.
int aeron_context_set_on_close_client(aeron_context_t* context, aeron_on_close_client_t handler, void* clientd);
aeron_on_close_client_t aeron_context_get_on_close_client(aeron_context_t* context);
void* aeron_context_get_on_close_client_clientd(aeron_context_t* context);

/// Called on an agent's thread before its first work. `role_name` is valid during the call.
typedef void (*aeron_agent_on_start_func_t)(void* state, const char* role_name);
#define AERON_AGENT_ON_START_FUNCTION_ENV_VAR "AERON_AGENT_ON_START_FUNCTION"
/// What the conductor's thread calls first, with `state`. Default null. Aeron's client library declares these three and
/// does not have them: a program that is to link with either does without. The client does not read the variable.
int aeron_context_set_agent_on_start_function(aeron_context_t* context, aeron_agent_on_start_func_t value, void* state);
aeron_agent_on_start_func_t aeron_context_get_agent_on_start_function(aeron_context_t* context);
void* aeron_context_get_agent_on_start_state(aeron_context_t* context);

// --- Client ---

/// Connects to the driver in the context's directory, waiting for it up to the driver timeout. Starts no thread. Fails
/// with -1000 when no living driver appeared, -1001 when its file was never made ready, EINVAL when the file is of
/// another version. A context has one client; both stay the caller's, and a client that could not be made leaves
/// nothing behind.
int aeron_init(aeron_t** client, aeron_context_t* context);
/// Starts the conductor's thread, or with the invoker option makes aeron_main_do_work() ready. Fails with what the
/// system says about threads.
int aeron_start(aeron_t* client);
/// Runs the conductor once, with the invoker option. Returns how much was done; 0 for nothing. Fails with EINVAL
/// without that option.
int aeron_main_do_work(aeron_t* client);
/// Rests as the context's idle strategy says after `work_count` pieces of work; 0 or less rests, more does not.
void aeron_main_idle_strategy(aeron_t* client, int work_count);
/// Stops the conductor, calls the close handlers, frees all that was added, tells the driver, and frees the client.
/// Completes what aeron_async_remove_...() had queued. Objects of this client must not be used from then on. Null is
/// allowed. Not to be called by a handler.
int aeron_close(aeron_t* client);
/// Whether the client was closed or gave up (driver or client timeout). `client` must not be null.
bool aeron_is_closed(aeron_t* client);
/// Hands a line of text for each counter, ended by a newline, to `stream_out`: id, value, label. On the calling thread.
void aeron_print_counters(aeron_t* client, void (*stream_out)(const char*));
/// The context that the client was made with; null for a null client.
aeron_context_t* aeron_context(aeron_t* client);
/// The number that the driver knows the client by; -1 with EINVAL for a null client.
int64_t aeron_client_id(aeron_t* client);
/// A number that no other client of this driver gets; -1 with EINVAL for a null client.
int64_t aeron_next_correlation_id(aeron_t* client);

// --- Session ids ---

/// Asks the driver for a session id that no publication of `stream_id` uses, to put into a channel. A driver without
/// that command (protocol version below 1.0.0) is not asked: a random one is taken. Fails as the other add functions.
int aeron_async_next_session_id(aeron_async_get_next_available_session_id_t** async, aeron_t* client,
                                int32_t stream_id);
/// 1 with the id in `next_session_id`, 0 while the driver has not answered, or -1: -1000 when it did not within the
/// driver timeout.
int aeron_async_next_session_id_poll(int32_t* next_session_id, aeron_async_get_next_available_session_id_t* async);

// --- Adding and removing ---
//
// Adding takes three steps. The add function hands a request to the conductor and gives a pending operation. Its poll
// answers 0 until the driver has spoken, then 1 with the object, or -1: the driver's code with its sign turned (-1 for
// a channel that makes no sense) and its text, or -1000 for no answer within the driver timeout. The registration id of
// the operation is known at once and becomes that of the object.
//
// An add function fails with EINVAL for a null, with EPERM for a closed client, and with -1003 when the conductor's
// queue is full; then nothing was started. `uri` is a channel as "aeron:udp?endpoint=localhost:40123"; what is wrong
// with it the driver says.
//
// An add nobody waits for any more is cancelled: what the driver has made, or makes later, is removed. The operation is
// gone when that returned 0; it fails with EINVAL for nulls, with -1003 for a full queue.
//
// Removing by registration id covers what is still being added and what is there. It returns at once; when it returned
// 0, `on_complete` is called (null: nobody is), on the conductor or in aeron_close(), also when nothing had that id.
// Fails as adding does.

/// Something that was asked for is done. Called on the conductor, or by the thread in aeron_close().
typedef void (*aeron_notification_t)(void* clientd);

/// Adds a publication. Publications of one channel, stream and session share one stream.
int aeron_async_add_publication(aeron_async_add_publication_t** async, aeron_t* client, const char* uri,
                                int32_t stream_id);
int aeron_async_add_publication_poll(aeron_publication_t** publication, aeron_async_add_publication_t* async);
int64_t aeron_async_add_publication_get_registration_id(aeron_async_add_publication_t* add_publication);
int aeron_async_add_publication_cancel(aeron_t* client, aeron_async_add_publication_t* async);
int aeron_async_remove_publication(int64_t registration_id, aeron_t* client, aeron_notification_t on_complete,
                                   void* on_complete_clientd);

/// Adds a publication with a session of its own.
int aeron_async_add_exclusive_publication(aeron_async_add_exclusive_publication_t** async, aeron_t* client,
                                          const char* uri, int32_t stream_id);
int aeron_async_add_exclusive_publication_poll(aeron_exclusive_publication_t** publication,
                                               aeron_async_add_exclusive_publication_t* async);
int64_t aeron_async_add_exclusive_publication_get_registration_id(
    aeron_async_add_exclusive_publication_t* add_exclusive_publication);
int aeron_async_add_exclusive_publication_cancel(aeron_t* client, aeron_async_add_exclusive_publication_t* async);
int aeron_async_remove_exclusive_publication(int64_t registration_id, aeron_t* client, aeron_notification_t on_complete,
                                             void* on_complete_clientd);

/// Adds a subscription, with handlers that hear of its images; both may be null.
int aeron_async_add_subscription(aeron_async_add_subscription_t** async, aeron_t* client, const char* uri,
                                 int32_t stream_id, aeron_on_available_image_t on_available_image_handler,
                                 void* on_available_image_clientd,
                                 aeron_on_unavailable_image_t on_unavailable_image_handler,
                                 void* on_unavailable_image_clientd);
int aeron_async_add_subscription_poll(aeron_subscription_t** subscription, aeron_async_add_subscription_t* async);
int64_t aeron_async_add_subscription_get_registration_id(aeron_async_add_subscription_t* add_subscription);
int aeron_async_add_subscription_cancel(aeron_t* client, aeron_async_add_subscription_t* async);
int aeron_async_remove_subscription(int64_t registration_id, aeron_t* client, aeron_notification_t on_complete,
                                    void* on_complete_clientd);

/// Adds a counter that ends with this client. Key and label may be null with length 0; beyond
/// AERON_COUNTER_MAX_KEY_LENGTH and AERON_COUNTER_MAX_LABEL_LENGTH bytes they are cut. Type ids from 1000 are free for
/// applications.
int aeron_async_add_counter(aeron_async_add_counter_t** async, aeron_t* client, int32_t type_id,
                            const uint8_t* key_buffer, size_t key_buffer_length, const char* label_buffer,
                            size_t label_buffer_length);
int aeron_async_add_counter_poll(aeron_counter_t** counter, aeron_async_add_counter_t* async);
int64_t aeron_async_add_counter_get_registration_id(aeron_async_add_counter_t* add_counter);
int aeron_async_add_counter_cancel(aeron_t* client, aeron_async_add_counter_t* async);
int aeron_async_remove_counter(int64_t registration_id, aeron_t* client, aeron_notification_t on_complete,
                               void* on_complete_clientd);
/// Adds a counter that outlives this client, or finds the one that `type_id` and `registration_id` name. It is polled
/// as a counter. Closing or removing it drops this client's object and leaves the counter. Refused with -11 where a
/// counter of the other kind has that type and id.
int aeron_async_add_static_counter(aeron_async_add_counter_t** async, aeron_t* client, int32_t type_id,
                                   const uint8_t* key_buffer, size_t key_buffer_length, const char* label_buffer,
                                   size_t label_buffer_length, int64_t registration_id);

// --- Handlers beside the context's ---
//
// The pair is copied. It is known by both of its fields: added twice it is called twice; removing one that is not there
// is no error. One that was removed is not running when the call returns, but in the handler itself. They may be made
// in a handler. They fail with EPERM for a closed client.

typedef struct aeron_on_available_counter_pair_stct {
    aeron_on_available_counter_t handler;
    void* clientd;
} aeron_on_available_counter_pair_t;

typedef struct aeron_on_unavailable_counter_pair_stct {
    aeron_on_unavailable_counter_t handler;
    void* clientd;
} aeron_on_unavailable_counter_pair_t;

typedef struct aeron_on_close_client_pair_stct {
    aeron_on_close_client_t handler;
    void* clientd;
} aeron_on_close_client_pair_t;

/// One more who hears of new counters, and one less.
int aeron_add_available_counter_handler(aeron_t* client, aeron_on_available_counter_pair_t* pair);
int aeron_remove_available_counter_handler(aeron_t* client, aeron_on_available_counter_pair_t* pair);
/// One more who hears of freed counters, and one less.
int aeron_add_unavailable_counter_handler(aeron_t* client, aeron_on_unavailable_counter_pair_t* pair);
int aeron_remove_unavailable_counter_handler(aeron_t* client, aeron_on_unavailable_counter_pair_t* pair);
/// One more who hears of the client's end, and one less.
int aeron_add_close_handler(aeron_t* client, aeron_on_close_client_pair_t* pair);
int aeron_remove_close_handler(aeron_t* client, aeron_on_close_client_pair_t* pair);

// --- Counters of all ---

#pragma pack(push, 4)
/// One counter among the values.
typedef struct aeron_counter_value_descriptor_stct {
    volatile int64_t counter_value;
    volatile int64_t registration_id;  ///< what it was registered with; driver's counters mostly 0
    int64_t owner_id;                  ///< the client's id; 0 for the driver
    int64_t reference_id;              ///< what it belongs to, such as a publication's registration id; 0 for nothing
    uint8_t pad1[96];
} aeron_counter_value_descriptor_t;

/// The same counter among the descriptions.
typedef struct aeron_counter_metadata_descriptor_stct {
    volatile int32_t state;  ///< AERON_COUNTER_RECORD_; written last
    int32_t type_id;
    volatile int64_t free_for_reuse_deadline_ms;  ///< of the epoch; AERON_COUNTER_NOT_FREE_TO_REUSE while in use
    uint8_t key[112];                             ///< what it means depends on the type
    volatile int32_t label_length;
    uint8_t label[380];  ///< not ended by a zero
} aeron_counter_metadata_descriptor_t;
#pragma pack(pop)

#define AERON_COUNTER_CACHE_LINE_LENGTH (64u)
#define AERON_COUNTER_VALUE_LENGTH (sizeof(aeron_counter_value_descriptor_t))
#define AERON_COUNTER_REGISTRATION_ID_OFFSET (offsetof(aeron_counter_value_descriptor_t, registration_id))
#define AERON_COUNTER_METADATA_LENGTH (sizeof(aeron_counter_metadata_descriptor_t))
#define AERON_COUNTER_TYPE_ID_OFFSET (offsetof(aeron_counter_metadata_descriptor_t, type_id))
#define AERON_COUNTER_FREE_FOR_REUSE_DEADLINE_OFFSET                                                                   \
    (offsetof(aeron_counter_metadata_descriptor_t, free_for_reuse_deadline_ms))
#define AERON_COUNTER_KEY_OFFSET (offsetof(aeron_counter_metadata_descriptor_t, key))
/// Not where the length is, as the name has it (that is at 128), but where the label itself begins.
#define AERON_COUNTER_LABEL_LENGTH_OFFSET (offsetof(aeron_counter_metadata_descriptor_t, label))
#define AERON_COUNTER_MAX_LABEL_LENGTH                                                                                 \
    (sizeof(aeron_counter_metadata_descriptor_t) - offsetof(aeron_counter_metadata_descriptor_t, label))
#define AERON_COUNTER_MAX_KEY_LENGTH                                                                                   \
    (offsetof(aeron_counter_metadata_descriptor_t, label_length) - offsetof(aeron_counter_metadata_descriptor_t, key))
#define AERON_COUNTER_MAX_CLIENT_NAME_LENGTH (100)

/// Where a counter is among the values, and among the descriptions.
#define AERON_COUNTER_OFFSET(id) (AERON_COUNTER_VALUE_LENGTH * (id))
#define AERON_COUNTER_METADATA_OFFSET(id) (AERON_COUNTER_METADATA_LENGTH * (id))

#define AERON_COUNTER_RECORD_UNUSED (0)      ///< never used; no used one follows
#define AERON_COUNTER_RECORD_ALLOCATED (1)   ///< in use
#define AERON_COUNTER_RECORD_RECLAIMED (-1)  ///< freed

#define AERON_COUNTER_REGISTRATION_ID_DEFAULT INT64_C(0)
#define AERON_COUNTER_NOT_FREE_TO_REUSE (INT64_MAX)
#define AERON_COUNTER_OWNER_ID_DEFAULT INT64_C(0)
#define AERON_COUNTER_REFERENCE_ID_DEFAULT INT64_C(0)
#define AERON_NULL_COUNTER_ID (-1)

/// Both arrays as they lie in the driver's control file.
typedef struct aeron_counters_reader_buffers_stct {
    uint8_t* values;
    uint8_t* metadata;
    size_t values_length;
    size_t metadata_length;
} aeron_counters_reader_buffers_t;

/// A counter that is in use. Key (all 112 bytes) and label (not ended by a zero) are valid during the call.
typedef void (*aeron_counters_reader_foreach_counter_func_t)(int64_t value, int32_t id, int32_t type_id,
                                                             const uint8_t* key, size_t key_length, const char* label,
                                                             size_t label_length, void* clientd);

// Any thread may read, without a lock. A reader must not be null; it ends with the client or aeron_cnc_t that it came
// from, and so do all pointers it gives out. Below, -1 for an id that is negative or beyond the buffer sets no error.
// Whether a counter is in use is for the caller to ask: ids are given away again.

/// The client's own view; null for a null client.
aeron_counters_reader_t* aeron_counters_reader(aeron_t* client);
/// Where the two arrays are. Fails with EINVAL for a null.
int aeron_counters_reader_get_buffers(aeron_counters_reader_t* reader, aeron_counters_reader_buffers_t* buffers);
/// Tells of each counter in use, ids upwards, on the calling thread.
void aeron_counters_reader_foreach_counter(aeron_counters_reader_t* counters_reader,
                                           aeron_counters_reader_foreach_counter_func_t func, void* clientd);
/// The id of the counter in use with that type and registration id, else AERON_NULL_COUNTER_ID.
int32_t aeron_counters_reader_find_by_type_id_and_registration_id(aeron_counters_reader_t* counters_reader,
                                                                  int32_t type_id, int64_t registration_id);
/// The highest id that the buffer has room for, in use or not.
int32_t aeron_counters_reader_max_counter_id(aeron_counters_reader_t* reader);
/// The counter's value in memory, to be read as an atomic of 64 bits; null for a negative id. An id above the highest
/// is the caller's fault.
int64_t* aeron_counters_reader_addr(aeron_counters_reader_t* counters_reader, int32_t counter_id);
/// What is written beside a counter: see aeron_counter_value_descriptor_t and aeron_counter_metadata_descriptor_t.
int aeron_counters_reader_counter_registration_id(aeron_counters_reader_t* counters_reader, int32_t counter_id,
                                                  int64_t* registration_id);
int aeron_counters_reader_counter_owner_id(aeron_counters_reader_t* counters_reader, int32_t counter_id,
                                           int64_t* owner_id);
int aeron_counters_reader_counter_reference_id(aeron_counters_reader_t* counters_reader, int32_t counter_id,
                                               int64_t* reference_id);
int aeron_counters_reader_counter_state(aeron_counters_reader_t* counters_reader, int32_t counter_id, int32_t* state);
int aeron_counters_reader_counter_type_id(aeron_counters_reader_t* counters_reader, int32_t counter_id,
                                          int32_t* type_id);
int aeron_counters_reader_free_for_reuse_deadline_ms(aeron_counters_reader_t* counters_reader, int32_t counter_id,
                                                     int64_t* deadline_ms);
/// Where its key is, AERON_COUNTER_MAX_KEY_LENGTH bytes in shared memory.
int aeron_counters_reader_metadata_key(aeron_counters_reader_t* counters_reader, int32_t counter_id, uint8_t** key_p);
/// Copies as much of the label as the buffer takes, without a zero behind it, and returns how many bytes that were.
int aeron_counters_reader_counter_label(aeron_counters_reader_t* counters_reader, int32_t counter_id, char* buffer,
                                        size_t buffer_length);

// --- A counter of one's own ---

typedef struct aeron_counter_constants_stct {
    int64_t correlation_id;   ///< of the request that this client added it with
    int64_t registration_id;  ///< the same, except for static counters
    int32_t counter_id;
} aeron_counter_constants_t;

/// Its value in shared memory, to be read and written as an atomic of 64 bits. Dies with the client. Not for null.
int64_t* aeron_counter_addr(aeron_counter_t* counter);
/// Fills in what never changes. Fails with EINVAL for a null.
int aeron_counter_constants(aeron_counter_t* counter, aeron_counter_constants_t* constants);
/// Gives the counter back; afterwards the handle must not be used. Returns at once; `on_close_complete` (or null) is
/// called later on the conductor. Null is allowed. Closed already: returns 0 and calls nobody.
int aeron_counter_close(aeron_counter_t* counter, aeron_notification_t on_close_complete,
                        void* on_close_complete_clientd);
/// Whether it was closed, by anybody; false for null.
bool aeron_counter_is_closed(aeron_counter_t* counter);

// --- Offering ---

/// No subscriber is connected. Try again when one is.
#define AERON_PUBLICATION_NOT_CONNECTED (-1L)
/// A subscriber is as far behind as it may be. Try again.
#define AERON_PUBLICATION_BACK_PRESSURED (-2L)
/// The stream goes on in its next term. Try again at once.
#define AERON_PUBLICATION_ADMIN_ACTION (-3L)
/// The publication or its client was closed.
#define AERON_PUBLICATION_CLOSED (-4L)
/// The stream has reached its last position; a new publication is needed.
#define AERON_PUBLICATION_MAX_POSITION_EXCEEDED (-5L)
/// The arguments cannot be: a null, or too long. The only one that sets the error.
#define AERON_PUBLICATION_ERROR (-6L)

/// A piece of memory.
#ifdef AERON_IOVEC
typedef struct iov aeron_iovec_t;
#else
typedef struct aeron_iovec_stct {
    uint8_t* iov_base;
    size_t iov_len;
} aeron_iovec_t;
#endif

/// Room in a stream that its owner fills and then commits or aborts.
typedef struct aeron_buffer_claim_stct {
    uint8_t* frame_header;
    uint8_t* data;  ///< the room itself
    size_t length;  ///< of the room
} aeron_buffer_claim_t;

/// Computes the reserved value of a frame from its bytes, header first, when the payload is in place; `frame_length`
/// counts both. Called by whoever offers, once for each frame.
typedef int64_t (*aeron_reserved_value_supplier_t)(void* clientd, uint8_t* buffer, size_t frame_length);

/// Makes what was claimed visible to subscribers. By the thread that claimed. Null is allowed, and so is a claim that
/// was never filled in: nothing happens. Not after a try_claim that failed, which leaves the claim as it was before.
int aeron_buffer_claim_commit(aeron_buffer_claim_t* buffer_claim);
/// Turns what was claimed into padding. Until a claim is committed or aborted nothing behind it is seen; the driver
/// gives it up after its unblock timeout. Null is allowed.
int aeron_buffer_claim_abort(aeron_buffer_claim_t* buffer_claim);

/// What never changes of a publication. Lengths are in bytes.
typedef struct aeron_publication_constants_stct {
    const char* channel;               ///< the publication's own, until it is closed
    int64_t original_registration_id;  ///< of the first publication that shares the stream
    int64_t registration_id;
    int64_t max_possible_position;
    size_t position_bits_to_shift;  ///< the binary logarithm of the term length
    size_t term_buffer_length;
    size_t max_message_length;  ///< of an offer
    size_t max_payload_length;  ///< of a claim, and of one fragment
    int32_t stream_id;
    int32_t session_id;
    int32_t initial_term_id;
    int32_t publication_limit_counter_id;
    int32_t channel_status_indicator_id;  ///< -1 for IPC
} aeron_publication_constants_t;

// --- Publication ---

/// Copies a message into the stream, in fragments where it is longer than max_payload_length. `length` may be 0; at
/// most max_message_length. `reserved_value_supplier` may be null. Returns the position behind the message, or one of
/// AERON_PUBLICATION_. Any thread.
int64_t aeron_publication_offer(aeron_publication_t* publication, const uint8_t* buffer, size_t length,
                                aeron_reserved_value_supplier_t reserved_value_supplier, void* clientd);
/// The same for a message that lies in `iovcnt` pieces.
int64_t aeron_publication_offerv(aeron_publication_t* publication, aeron_iovec_t* iov, size_t iovcnt,
                                 aeron_reserved_value_supplier_t reserved_value_supplier, void* clientd);
/// Claims room for a message of at most max_payload_length bytes, to be written in place. Returns as an offer does;
/// only after a positive answer is `buffer_claim` filled in, and then it must be committed or aborted. Any thread.
int64_t aeron_publication_try_claim(aeron_publication_t* publication, size_t length,
                                    aeron_buffer_claim_t* buffer_claim);
/// What the driver's counter says of the channel: 1 active, 0 being set up, 2 closing, -1 errored; -1 also for IPC,
/// which has no such counter, and for what is closed or null.
int64_t aeron_publication_channel_status(aeron_publication_t* publication);
/// Whether it was closed, by anybody; true for null.
bool aeron_publication_is_closed(aeron_publication_t* publication);
/// Whether somebody subscribes; false for what is closed or null.
bool aeron_publication_is_connected(aeron_publication_t* publication);
/// Fills in what never changes. Fails with EINVAL for a null.
int aeron_publication_constants(aeron_publication_t* publication, aeron_publication_constants_t* constants);
/// How far the stream has been written, and how far it may be written for now. AERON_PUBLICATION_CLOSED when closed,
/// AERON_PUBLICATION_ERROR for null.
int64_t aeron_publication_position(aeron_publication_t* publication);
int64_t aeron_publication_position_limit(aeron_publication_t* publication);
/// Closes the publication; the conductor then calls `on_close_complete` (or null). Its memory goes when calls under way
/// have had their time (resource_linger_duration). The handle is stale after this: calls answer that it is closed. Null
/// is allowed. Closed already: returns 0 and calls nobody.
int aeron_publication_close(aeron_publication_t* publication, aeron_notification_t on_close_complete,
                            void* on_close_complete_clientd);
/// Single constants. Not for null. The channel lives as long as the publication.
const char* aeron_publication_channel(aeron_publication_t* publication);
int32_t aeron_publication_stream_id(aeron_publication_t* publication);
int32_t aeron_publication_session_id(aeron_publication_t* publication);
/// The addresses that the publication's socket is bound to, as texts ended by a zero and cut where a piece of
/// `address_vec` is too short (AERON_CLIENT_MAX_LOCAL_ADDRESS_STR_LEN suffices). Returns how many there are, which may
/// be more than fit; 0 while the channel is not active; -1 with EINVAL for null or an empty vector.
int aeron_publication_local_sockaddrs(aeron_publication_t* publication, aeron_iovec_t* address_vec,
                                      size_t address_vec_len);

// --- Exclusive publication ---
//
// As a publication, except that all that writes, and what closes, comes from one thread at a time.

/// See aeron_publication_offer(), aeron_publication_offerv() and aeron_publication_try_claim().
int64_t aeron_exclusive_publication_offer(aeron_exclusive_publication_t* publication, const uint8_t* buffer,
                                          size_t length, aeron_reserved_value_supplier_t reserved_value_supplier,
                                          void* clientd);
int64_t aeron_exclusive_publication_offerv(aeron_exclusive_publication_t* publication, aeron_iovec_t* iov,
                                           size_t iovcnt, aeron_reserved_value_supplier_t reserved_value_supplier,
                                           void* clientd);
int64_t aeron_exclusive_publication_try_claim(aeron_exclusive_publication_t* publication, size_t length,
                                              aeron_buffer_claim_t* buffer_claim);
/// Writes a frame that subscribers pass over, `length` bytes behind its header, at most max_message_length. Returns as
/// an offer does.
int64_t aeron_exclusive_publication_append_padding(aeron_exclusive_publication_t* publication, size_t length);
/// Copies whole frames, as a block poll gives them, each with its header. The first must be of this very place in this
/// stream (offset, term, session, stream, type data), and the block must fit into the rest of the term; else
/// AERON_PUBLICATION_ERROR. Returns as an offer does.
int64_t aeron_exclusive_publication_offer_block(aeron_exclusive_publication_t* publication, const uint8_t* buffer,
                                                size_t length);
/// See the functions of the same names above.
int64_t aeron_exclusive_publication_channel_status(aeron_exclusive_publication_t* publication);
int aeron_exclusive_publication_constants(aeron_exclusive_publication_t* publication,
                                          aeron_publication_constants_t* constants);
int64_t aeron_exclusive_publication_position(aeron_exclusive_publication_t* publication);
int64_t aeron_exclusive_publication_position_limit(aeron_exclusive_publication_t* publication);
bool aeron_exclusive_publication_is_closed(aeron_exclusive_publication_t* publication);
bool aeron_exclusive_publication_is_connected(aeron_exclusive_publication_t* publication);
int aeron_exclusive_publication_local_sockaddrs(aeron_exclusive_publication_t* publication, aeron_iovec_t* address_vec,
                                                size_t address_vec_len);
int aeron_exclusive_publication_close(aeron_exclusive_publication_t* publication,
                                      aeron_notification_t on_close_complete, void* on_close_complete_clientd);
/// From now on closing also revokes the stream: subscribers' images end at once, without what they had not read.
void aeron_exclusive_publication_revoke_on_close(aeron_exclusive_publication_t* publication);
/// Closes the publication and revokes its stream.
int aeron_exclusive_publication_revoke(aeron_exclusive_publication_t* publication,
                                       aeron_notification_t on_close_complete, void* on_close_complete_clientd);

// --- Destinations ---
//
// A publication with control-mode=manual sends to the destinations added here; a subscription with control-mode=manual
// listens to them. The poll answers as other polls do, without an object. The registration id of the operation that
// added a destination names it when it is to be removed by id. The three poll functions are one: an operation may be
// polled by any of them. The publication or subscription must not be closed before the operation has ended.

/// Adds or removes a destination of a publication. `uri` as "aeron:udp?endpoint=host:port".
int aeron_publication_async_add_destination(aeron_async_destination_t** async, aeron_t* client,
                                            aeron_publication_t* publication, const char* uri);
int aeron_publication_async_remove_destination(aeron_async_destination_t** async, aeron_t* client,
                                               aeron_publication_t* publication, const char* uri);
int aeron_publication_async_remove_destination_by_id(aeron_async_destination_t** async, aeron_t* client,
                                                     aeron_publication_t* publication,
                                                     int64_t destination_registration_id);
int aeron_publication_async_destination_poll(aeron_async_destination_t* async);
/// The same for an exclusive publication.
int aeron_exclusive_publication_async_add_destination(aeron_async_destination_t** async, aeron_t* client,
                                                      aeron_exclusive_publication_t* publication, const char* uri);
int aeron_exclusive_publication_async_remove_destination(aeron_async_destination_t** async, aeron_t* client,
                                                         aeron_exclusive_publication_t* publication, const char* uri);
int aeron_exclusive_publication_async_remove_destination_by_id(aeron_async_destination_t** async, aeron_t* client,
                                                               aeron_exclusive_publication_t* publication,
                                                               int64_t destination_registration_id);
int aeron_exclusive_publication_async_destination_poll(aeron_async_destination_t* async);
/// The same for a subscription.
int aeron_subscription_async_add_destination(aeron_async_destination_t** async, aeron_t* client,
                                             aeron_subscription_t* subscription, const char* uri);
int aeron_subscription_async_remove_destination(aeron_async_destination_t** async, aeron_t* client,
                                                aeron_subscription_t* subscription, const char* uri);
int aeron_subscription_async_destination_poll(aeron_async_destination_t* async);
/// The operation's own registration id, -1 with EINVAL for null.
int64_t aeron_async_destination_get_registration_id(aeron_async_destination_t* async_destination);

// --- What came in ---

/// A fragment: a whole message, or a part of one (the header's flags tell). `buffer` is the payload in the stream's own
/// memory, valid during the call. Called by the polling thread.
typedef void (*aeron_fragment_handler_t)(void* clientd, const uint8_t* buffer, size_t length, aeron_header_t* header);

/// What a controlled poll does after a fragment.
typedef enum aeron_controlled_fragment_handler_action_en {
    AERON_ACTION_ABORT = 1,    ///< end the poll of this image; the fragment was not consumed and comes again
    AERON_ACTION_BREAK = 2,    ///< end the poll of this image; the fragment was consumed
    AERON_ACTION_COMMIT = 3,   ///< publish the position now, go on
    AERON_ACTION_CONTINUE = 4  ///< go on; the position is published at the end
} aeron_controlled_fragment_handler_action_t;
/// A fragment, with a say in what happens next.
typedef aeron_controlled_fragment_handler_action_t (*aeron_controlled_fragment_handler_t)(void* clientd,
                                                                                          const uint8_t* buffer,
                                                                                          size_t length,
                                                                                          aeron_header_t* header);

/// Whole frames one behind the other, headers included, all of one term.
typedef void (*aeron_block_handler_t)(void* clientd, const uint8_t* buffer, size_t length, int32_t session_id,
                                      int32_t term_id);

/// Copies all that the header says. Fails with EINVAL for a null.
int aeron_header_values(aeron_header_t* header, aeron_header_values_t* values);
/// The position behind the frame; behind the last one for a message that an assembler put together.
int64_t aeron_header_position(aeron_header_t* header);
/// The binary logarithm of the stream's term length.
size_t aeron_header_position_bits_to_shift(aeron_header_t* header);
/// Where the next frame begins in the term; the term's length at its end.
int32_t aeron_header_next_term_offset(aeron_header_t* header);
/// The image that the fragment came from, an `aeron_image_t*`.
void* aeron_header_context(aeron_header_t* header);

// --- Subscription ---

/// What never changes of a subscription.
typedef struct aeron_subscription_constants_stct {
    const char* channel;  ///< the subscription's own, until it is closed
    aeron_on_available_image_t on_available_image;
    aeron_on_unavailable_image_t on_unavailable_image;
    int64_t registration_id;
    int32_t stream_id;
    int32_t channel_status_indicator_id;  ///< -1 for IPC
} aeron_subscription_constants_t;

// The polls go round the images, beginning with another one each time, until `fragment_limit` fragments were delivered
// or nothing is left; 0 is allowed and delivers nothing. One poll does not cross the end of a term of an image. They
// return the number of fragments, -1 with EINVAL for a null handler. The subscription must not be null. How far was
// read is published for flow control when an image's turn ends.

/// Delivers fragments.
int aeron_subscription_poll(aeron_subscription_t* subscription, aeron_fragment_handler_t handler, void* clientd,
                            size_t fragment_limit);
/// Delivers fragments to a handler that decides after each; see aeron_controlled_fragment_handler_action_t. An action
/// that ends the poll does so for the image it came from, and the next image has its turn.
int aeron_subscription_controlled_poll(aeron_subscription_t* subscription, aeron_controlled_fragment_handler_t handler,
                                       void* clientd, size_t fragment_limit);
/// Delivers blocks of frames, each image up to `block_length_limit` bytes. Returns the bytes consumed. A frame longer
/// than the limit is not delivered at all, except padding, which comes alone.
long aeron_subscription_block_poll(aeron_subscription_t* subscription, aeron_block_handler_t handler, void* clientd,
                                   size_t block_length_limit);
/// Whether there is an image that is not closed. Not for null.
bool aeron_subscription_is_connected(aeron_subscription_t* subscription);
/// Fills in what never changes. Fails with EINVAL for a null.
int aeron_subscription_constants(aeron_subscription_t* subscription, aeron_subscription_constants_t* constants);
/// How many images there are. Not for null.
int aeron_subscription_image_count(aeron_subscription_t* subscription);
/// An image by its session, or by its place from 0; null when there is none. It comes with a reference that the caller
/// gives back by aeron_image_release(). By the polling thread.
aeron_image_t* aeron_subscription_image_by_session_id(aeron_subscription_t* subscription, int32_t session_id);
aeron_image_t* aeron_subscription_image_at_index(aeron_subscription_t* subscription, size_t index);
/// Tells of each image, which is valid during the call. On the calling thread, which is the polling one.
void aeron_subscription_for_each_image(aeron_subscription_t* subscription, void (*handler)(aeron_image_t*, void*),
                                       void* clientd);
/// One reference more or less, where the image is still one of this subscription's; else nothing happens, so rather
/// give references back by aeron_image_release(). Fails with EINVAL for a null.
int aeron_subscription_image_retain(aeron_subscription_t* subscription, aeron_image_t* image);
int aeron_subscription_image_release(aeron_subscription_t* subscription, aeron_image_t* image);
/// Whether it was closed, by anybody; false for null.
bool aeron_subscription_is_closed(aeron_subscription_t* subscription);
/// As aeron_publication_channel_status().
int64_t aeron_subscription_channel_status(aeron_subscription_t* subscription);
/// As aeron_publication_close(). References to its images are given back before: an image that is still held is not
/// told as unavailable.
int aeron_subscription_close(aeron_subscription_t* subscription, aeron_notification_t on_close_complete,
                             void* on_close_complete_clientd);
/// As aeron_publication_local_sockaddrs(), for the sockets that the subscription listens on.
int aeron_subscription_local_sockaddrs(aeron_subscription_t* subscription, aeron_iovec_t* address_vec,
                                       size_t address_vec_len);
/// Writes the first of these addresses into `address` (which is written to, whatever its type says), cut and ended by a
/// zero. Returns how many there are: 0 while the channel is not active, mostly 1, more with several destinations. -1
/// with EINVAL for a null or no room.
int aeron_subscription_resolved_endpoint(aeron_subscription_t* subscription, const char* address, size_t address_len);
/// Writes the subscription's channel with the port that its endpoint's port 0 came to, ended by a zero. Returns its
/// length; 0 with an empty text while the port is not known; -1 with EINVAL for a null or no room.
int aeron_subscription_try_resolve_channel_endpoint_port(aeron_subscription_t* subscription, char* uri, size_t uri_len);

// --- Image ---

/// What never changes of an image.
typedef struct aeron_image_constants_stct {
    aeron_subscription_t* subscription;
    const char* source_identity;  ///< "host:port" of the sender, "aeron:ipc" for IPC; until the image is released
    int64_t correlation_id;
    int64_t join_position;          ///< where reading began
    size_t position_bits_to_shift;  ///< the binary logarithm of the term length
    size_t term_buffer_length;
    size_t mtu_length;
    int32_t session_id;
    int32_t initial_term_id;
    int32_t subscriber_position_id;  ///< the counter of how far was read
} aeron_image_constants_t;

/// Gives a reference back, whether or not the image still belongs to its subscription. Any thread. Fails with EINVAL
/// for null.
int aeron_image_release(aeron_image_t* image);
/// Fills in what never changes. Fails with EINVAL for a null.
int aeron_image_constants(aeron_image_t* image, aeron_image_constants_t* constants);
/// How far was read; of a closed image, where reading ended; -1 with EINVAL for null.
int64_t aeron_image_position(aeron_image_t* image);
/// Whether everything was read up to the stream's end; as it was at the end for a closed image. True, with EINVAL, for
/// null.
bool aeron_image_is_end_of_stream(aeron_image_t* image);
/// Where the stream ends; the highest int64_t as long as nobody knows. Not for null.
int64_t aeron_image_end_of_stream_position(aeron_image_t* image);
/// How many transports the stream arrives by, as the driver last counted; 0 for IPC and for a closed image; -1 with
/// EINVAL for null.
int aeron_image_active_transport_count(aeron_image_t* image);
/// Whether the publisher revoked the stream. True, with EINVAL, for null.
bool aeron_image_is_publication_revoked(aeron_image_t* image);
/// As the polls of a subscription, for this image. 0 for a closed image; -1 with EINVAL for a null.
int aeron_image_poll(aeron_image_t* image, aeron_fragment_handler_t handler, void* clientd, size_t fragment_limit);
int aeron_image_controlled_poll(aeron_image_t* image, aeron_controlled_fragment_handler_t handler, void* clientd,
                                size_t fragment_limit);
/// The same for frames that begin before `limit_position`.
int aeron_image_bounded_poll(aeron_image_t* image, aeron_fragment_handler_t handler, void* clientd,
                             int64_t limit_position, size_t fragment_limit);
int aeron_image_bounded_controlled_poll(aeron_image_t* image, aeron_controlled_fragment_handler_t handler,
                                        void* clientd, int64_t limit_position, size_t fragment_limit);
/// As aeron_subscription_block_poll(); padding comes in a block of its own.
int aeron_image_block_poll(aeron_image_t* image, aeron_block_handler_t handler, void* clientd,
                           size_t block_length_limit);
/// Whether the image has gone; true for null.
bool aeron_image_is_closed(aeron_image_t* image);
/// Asks the driver to stop this image and to tell its publisher `reason`: a text of at most 1023 bytes. The image
/// becomes unavailable; a new one may follow after the driver's image liveness timeout. Returns when the request was
/// written: 0, or -1 with -1004 for a full ring. What the driver thinks of it is not told.
int aeron_image_reject(aeron_image_t* image, const char* reason);

// --- Assemblers ---
//
// An assembler turns fragments into messages: `..._handler` is given to a poll with the assembler as `clientd`, and
// calls the delegate with each whole message. A message of one fragment is passed on where it lies; others are put
// together in the assembler's own memory, which is valid during the call. The header is then that of the first
// fragment, with the length of the whole. Parts of a message whose beginning was not seen are dropped. Create it before
// the polls and delete it after them; one thread. Creating fails with EINVAL for a null, with ENOMEM; null may be
// deleted.
//
// The controlled ones answer what the delegate says; after a part that completes nothing AERON_ACTION_CONTINUE.

/// For a single image.
int aeron_image_fragment_assembler_create(aeron_image_fragment_assembler_t** assembler,
                                          aeron_fragment_handler_t delegate, void* delegate_clientd);
int aeron_image_fragment_assembler_delete(aeron_image_fragment_assembler_t* assembler);
void aeron_image_fragment_assembler_handler(void* clientd, const uint8_t* buffer, size_t length,
                                            aeron_header_t* header);
int aeron_image_controlled_fragment_assembler_create(aeron_image_controlled_fragment_assembler_t** assembler,
                                                     aeron_controlled_fragment_handler_t delegate,
                                                     void* delegate_clientd);
int aeron_image_controlled_fragment_assembler_delete(aeron_image_controlled_fragment_assembler_t* assembler);
aeron_controlled_fragment_handler_action_t aeron_image_controlled_fragment_assembler_handler(void* clientd,
                                                                                             const uint8_t* buffer,
                                                                                             size_t length,
                                                                                             aeron_header_t* header);
/// For a subscription: fragments of different sessions do not meet.
int aeron_fragment_assembler_create(aeron_fragment_assembler_t** assembler, aeron_fragment_handler_t delegate,
                                    void* delegate_clientd);
int aeron_fragment_assembler_delete(aeron_fragment_assembler_t* assembler);
void aeron_fragment_assembler_handler(void* clientd, const uint8_t* buffer, size_t length, aeron_header_t* header);
int aeron_controlled_fragment_assembler_create(aeron_controlled_fragment_assembler_t** assembler,
                                               aeron_controlled_fragment_handler_t delegate, void* delegate_clientd);
int aeron_controlled_fragment_assembler_delete(aeron_controlled_fragment_assembler_t* assembler);
aeron_controlled_fragment_handler_action_t aeron_controlled_fragment_assembler_handler(void* clientd,
                                                                                       const uint8_t* buffer,
                                                                                       size_t length,
                                                                                       aeron_header_t* header);

// --- Version and clocks ---

/// The version in words: of everything, and number only, as "1.53.0". They live for ever.
const char* aeron_version_full(void);
const char* aeron_version_text(void);
int aeron_version_major(void);
int aeron_version_minor(void);
int aeron_version_patch(void);
/// Which revision this was built from.
const char* aeron_version_gitsha(void);

/// A clock.
typedef int64_t (*aeron_clock_func_t)(void);
/// Nanoseconds of a clock that only goes forward; where it began means nothing.
int64_t aeron_nano_clock(void);
/// Milliseconds since 1970, UTC.
int64_t aeron_epoch_clock(void);

// --- Properties ---
//
// A line `a.b.c=value` sets the environment variable A_B_C of this process, and without a value removes it. Contexts
// made later read it. `#` and `!` begin a comment, `\` at the end of a line continues it; each line ends in a newline.
// Fails with EINVAL for what cannot be read. setenv() is behind it: not while other threads look at the environment.

/// Lines from memory, ended by a zero.
int aeron_properties_buffer_load(const char* buffer);
/// Lines from a file; fails with what opening it says.
int aeron_properties_file_load(const char* filename);
/// Lines from an http:// address.
int aeron_properties_http_load(const char* url);
/// Lines from whatever it is: an http:// address, a file:// address or a file.
int aeron_properties_load(const char* url_or_filename);

// --- The driver from outside ---

/// Hears a line of text, without a newline at its end; valid during the call.
typedef void (*aeron_log_func_t)(const char*);
/// Whether a driver lives in `dirname`: its heartbeat is not older than `timeout_ms`. `log_func` hears what was found.
/// What goes wrong on the way is a no. Any thread. In Aeron it is in the driver's library only.
bool aeron_is_driver_active(const char* dirname, int64_t timeout_ms, aeron_log_func_t log_func);
/// Writes the directory that is used where none is named, ended by a zero. Returns its length without that, also when
/// it was cut, as snprintf() does; -1 when it cannot be told.
int aeron_default_path(char* path, size_t path_length);
/// Asks the driver in `directory` to end. It asks its termination validator, which sees the token, at most 4096 bytes,
/// and says no unless told otherwise. Returns 1 when the request was written, 0 when the control file is too short to
/// be one, -1 with EINVAL for a token that is too long, a missing file, another version, or -1004 for a full ring.
int aeron_context_request_driver_termination(const char* directory, const uint8_t* token_buffer, size_t token_length);

#pragma pack(push, 4)
/// The head of a driver's control file. Lengths are in bytes.
typedef struct aeron_cnc_constants_stct {
    int32_t cnc_version;  ///< see aeron_semantic_version_major()
    int32_t to_driver_buffer_length;
    int32_t to_clients_buffer_length;
    int32_t counter_metadata_buffer_length;
    int32_t counter_values_buffer_length;
    int32_t error_log_buffer_length;
    int64_t client_liveness_timeout;  ///< nanoseconds
    int64_t start_timestamp;          ///< milliseconds of the epoch
    int64_t pid;                      ///< the driver's process
    int32_t file_page_size;
} aeron_cnc_constants_t;
#pragma pack(pop)

/// Maps the control file in `base_path` for reading, and tries until `timeout_ms` milliseconds have passed; 0 tries
/// once. Fails with -1000 when it was not there or not ready, with EINVAL when it is of another version. It does not
/// ask whether the driver lives. The caller closes it. What it gives out is valid until then; any thread may read.
int aeron_cnc_init(aeron_cnc_t** aeron_cnc, const char* base_path, int64_t timeout_ms);
/// Copies the head of the file. Fails with EINVAL for a null.
int aeron_cnc_constants(aeron_cnc_t* aeron_cnc, aeron_cnc_constants_t* constants);
/// The file's name.
const char* aeron_cnc_filename(aeron_cnc_t* aeron_cnc);
/// When the driver last said that it lives, in milliseconds of the epoch; -1 after it ended in order.
int64_t aeron_cnc_to_driver_heartbeat(aeron_cnc_t* aeron_cnc);
/// The driver's counters.
aeron_counters_reader_t* aeron_cnc_counters_reader(aeron_cnc_t* aeron_cnc);

/// An error that the driver met, so many times between the two timestamps (milliseconds of the epoch). The text is not
/// ended by a zero and valid during the call.
typedef void (*aeron_error_log_reader_func_t)(int32_t observation_count, int64_t first_observation_timestamp,
                                              int64_t last_observation_timestamp, const char* error,
                                              size_t error_length, void* clientd);
/// Tells of each distinct error last seen at `since_timestamp` (milliseconds of the epoch) or later, on the calling
/// thread. Returns how many there were.
size_t aeron_cnc_error_log_read(aeron_cnc_t* aeron_cnc, aeron_error_log_reader_func_t callback, void* clientd,
                                int64_t since_timestamp);

/// What a receiving driver lost of a stream. Timestamps are milliseconds of the epoch; texts are not ended by a zero
/// and valid during the call.
typedef void (*aeron_loss_reporter_read_entry_func_t)(void* clientd, int64_t observation_count,
                                                      int64_t total_bytes_lost, int64_t first_observation_timestamp,
                                                      int64_t last_observation_timestamp, int32_t session_id,
                                                      int32_t stream_id, const char* channel, int32_t channel_length,
                                                      const char* source, int32_t source_length);
/// Tells of each entry of the loss report beside the control file, on the calling thread. Returns how many there were;
/// -1 with what opening the file says.
int aeron_cnc_loss_reporter_read(aeron_cnc_t* aeron_cnc, aeron_loss_reporter_read_entry_func_t entry_func,
                                 void* clientd);
/// Unmaps the file. Null is allowed.
void aeron_cnc_close(aeron_cnc_t* aeron_cnc);

#ifdef __cplusplus
}
#endif

#endif
