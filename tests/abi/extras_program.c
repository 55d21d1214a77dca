/* A program in C that uses what Aeron's own samples use beside aeronc.h, included by the names they include: an agent
 * on a thread of its own puts what it made into a map, under a lock, until there is enough. Needs no driver. */
#include "aeron_agent.h"
#include "aeron_alloc.h"
#include "aeron_cnc_file_descriptor.h"
#include "aeron_common.h"
#include "aeronc.h"
#include "collections/aeron_int64_to_ptr_hash_map.h"
#include "concurrent/aeron_atomic.h"
#include "concurrent/aeron_distinct_error_log.h"
#include "concurrent/aeron_thread.h"
#include "uri/aeron_uri.h"
#include "uri/aeron_uri_string_builder.h"
#include "util/aeron_bitutil.h"
#include "util/aeron_error.h"
#include "util/aeron_fileutil.h"
#include "util/aeron_parse_util.h"
#include "util/aeron_strutil.h"

#include <stdio.h>
#include <stdlib.h>

enum { enough = 1000 };

struct maker {
    aeron_mutex_t mutex;
    aeron_int64_to_ptr_hash_map_t map;
    int64_t next;
    volatile int64_t made;
    uint8_t padding[AERON_CACHE_LINE_LENGTH];
};

static void fail(const char* what) {
    fprintf(stderr, "%s: %s\n", what, aeron_errmsg());
    exit(1);
}

static int make(void* state) {
    struct maker* maker = state;
    void* value = NULL;
    if (maker->next == enough) return 0;
    if (aeron_alloc(&value, sizeof(int64_t)) < 0) fail("memory");
    *(int64_t*)value = maker->next * 3;
    if (aeron_mutex_lock(&maker->mutex) != 0) fail("lock");
    if (aeron_int64_to_ptr_hash_map_put(&maker->map, maker->next, value) < 0) fail("put");
    if (aeron_mutex_unlock(&maker->mutex) != 0) fail("unlock");
    ++maker->next;
    AERON_SET_RELEASE(maker->made, maker->next);
    return 1;
}

static void count(void* clientd, int64_t key, void* value) {
    if (*(int64_t*)value == key * 3) ++*(int*)clientd;
    aeron_free(value);
}

int main(void) {
    struct maker maker = {0};
    aeron_agent_runner_t runner = {0};
    void* idle_state = NULL;
    aeron_idle_strategy_func_t idle = aeron_idle_strategy_load("backoff", &idle_state, NULL, "1-1-1us-10us");
    if (idle == NULL) fail("idle strategy");
    if (aeron_mutex_init(&maker.mutex) != 0) fail("mutex");
    if (aeron_int64_to_ptr_hash_map_init(&maker.map, 8, AERON_MAP_DEFAULT_LOAD_FACTOR) < 0) fail("map");
    if (aeron_agent_init(&runner, "maker", &maker, NULL, NULL, make, NULL, idle, idle_state) < 0 ||
        aeron_agent_start(&runner) < 0)
        fail("agent");
    int64_t made = 0;
    do {
        aeron_micro_sleep(10);
        AERON_GET_ACQUIRE(made, maker.made);
    } while (made < enough);
    if (aeron_agent_stop(&runner) < 0 || aeron_agent_close(&runner) < 0) fail("the agent's end");
    int right = 0;
    aeron_int64_to_ptr_hash_map_for_each(&maker.map, count, &right);
    aeron_int64_to_ptr_hash_map_delete(&maker.map);
    aeron_mutex_destroy(&maker.mutex);
    aeron_free(idle_state);

    aeron_uri_string_builder_t builder;
    char channel[AERON_URI_MAX_LENGTH];
    if (aeron_uri_string_builder_init_on_string(&builder, "aeron:udp?endpoint=localhost:0") < 0 ||
        aeron_uri_string_builder_put_int32(&builder, AERON_URI_SESSION_ID_KEY, right) < 0 ||
        aeron_uri_string_builder_sprint(&builder, channel, sizeof channel) < 0 ||
        aeron_uri_string_builder_close(&builder) < 0)
        fail("channel");
    char number[AERON_FORMAT_NUMBER_TO_LOCALE_STR_LEN];
    printf("%s right ones, %s\n", aeron_format_number_to_locale(right, number, sizeof number), channel);
    return right == enough ? 0 : 1;
}
