/// A C program with a driver inside, in each way that there is: with threads, with the main loop its own, and with none
/// but its own. Messages go through it over shared memory and over the network. Argument: a directory.
#include <aeron/aeronc.h>
#include <aeron/aeronmd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int lines_heard = 0;
static int roles_heard = 0;

static void expect(bool holds, const char* what, int line) {
    if (holds) return;
    fprintf(stderr, "line %d: %s does not hold; %d: %s\n", line, what, aeron_errcode(), aeron_errmsg());
    exit(1);
}
#define EXPECT(condition) expect(condition, #condition, __LINE__)

static void hear(const char* line) {
    EXPECT(line[0] != '\0');
    ++lines_heard;
}

static void on_start(void* state, const char* role_name) {
    EXPECT(state == &roles_heard);
    if (strstr(role_name, "conductor") != NULL) ++roles_heard;
}

enum { messages = 50, longest = 5000 };

/// Message `number`: its length, and each of its bytes.
static size_t length_of(int number) { return 1 + (size_t)number * 331 % longest; }
static uint8_t byte_of(int number, size_t at) { return (uint8_t)((size_t)number * 7 + at * 31 + (at >> 8)); }

static void on_message(void* clientd, const uint8_t* buffer, size_t length, aeron_header_t* header) {
    const int number = (*(int*)clientd)++;
    EXPECT(header != NULL && length == length_of(number));
    for (size_t at = 0; at < length; ++at) EXPECT(buffer[at] == byte_of(number, at));
}

/// What has to be driven while this program waits: nothing, or the driver and the client.
struct driven {
    aeron_driver_t* driver;
    aeron_t* client;
};
static void idle(const struct driven* driven) {
    if (driven->driver == NULL) return;
    const int work = aeron_driver_main_do_work(driven->driver);
    EXPECT(work >= 0);
    aeron_driver_main_idle_strategy(driven->driver, work);
    EXPECT(aeron_main_do_work(driven->client) >= 0);
}

/// Messages through the driver, whole and in several frames, by a client in C.
static void exchange(const char* directory, const char* channel, aeron_driver_t* by_hand) {
    aeron_context_t* context = NULL;
    struct driven driven = {by_hand, NULL};
    aeron_async_add_publication_t* adding_publication = NULL;
    aeron_async_add_subscription_t* adding_subscription = NULL;
    aeron_publication_t* publication = NULL;
    aeron_subscription_t* subscription = NULL;
    aeron_fragment_assembler_t* assembler = NULL;
    int heard = 0;
    EXPECT(aeron_context_init(&context) == 0);
    EXPECT(aeron_context_set_dir(context, directory) == 0);
    EXPECT(aeron_context_set_use_conductor_agent_invoker(context, by_hand != NULL) == 0);
    EXPECT(aeron_init(&driven.client, context) == 0);
    aeron_t* const client = driven.client;
    EXPECT(aeron_start(client) == 0);
    EXPECT(aeron_fragment_assembler_create(&assembler, on_message, &heard) == 0);
    EXPECT(aeron_async_add_subscription(&adding_subscription, client, channel, 10, NULL, NULL, NULL, NULL) == 0);
    int added = 0;
    while ((added = aeron_async_add_subscription_poll(&subscription, adding_subscription)) == 0) idle(&driven);
    EXPECT(added == 1);
    char with_port[200] = "";
    while (strncmp(channel, "aeron:udp", 9) == 0 && with_port[0] == '\0') {
        EXPECT(aeron_subscription_try_resolve_channel_endpoint_port(subscription, with_port, sizeof with_port) >= 0);
        idle(&driven);
    }
    if (with_port[0] != '\0') channel = with_port;
    EXPECT(aeron_async_add_publication(&adding_publication, client, channel, 10) == 0);
    while ((added = aeron_async_add_publication_poll(&publication, adding_publication)) == 0) idle(&driven);
    EXPECT(added == 1);
    for (int sent = 0; heard < messages; idle(&driven)) {
        uint8_t message[longest];
        for (size_t at = 0; at < length_of(sent); ++at) message[at] = byte_of(sent, at);
        const int64_t position =
            sent < messages ? aeron_publication_offer(publication, message, length_of(sent), NULL, NULL) : 0;
        EXPECT(position != AERON_PUBLICATION_CLOSED && position != AERON_PUBLICATION_ERROR);
        if (position > 0) ++sent;
        EXPECT(aeron_subscription_poll(subscription, aeron_fragment_assembler_handler, assembler, 10) >= 0);
    }
    EXPECT(heard == messages);
    EXPECT(aeron_fragment_assembler_delete(assembler) == 0);
    EXPECT(aeron_publication_close(publication, NULL, NULL) == 0);
    EXPECT(aeron_subscription_close(subscription, NULL, NULL) == 0);
    EXPECT(aeron_close(client) == 0);
    EXPECT(aeron_context_close(context) == 0);
}

static void run(const char* directory, aeron_threading_mode_t mode, bool manual) {
    aeron_driver_context_t* context = NULL;
    aeron_driver_t* driver = NULL;
    EXPECT(aeron_driver_context_init(&context) == 0);
    EXPECT(aeron_driver_context_set_dir(context, directory) == 0);
    EXPECT(strcmp(aeron_driver_context_get_dir(context), directory) == 0);
    EXPECT(aeron_driver_context_set_threading_mode(context, mode) == 0);
    EXPECT(aeron_driver_context_set_counters_buffer_length(context, 1024 * 1024) == 0);
    EXPECT(aeron_driver_context_set_low_file_store_warning_threshold(context, 0) == 0);
    EXPECT(aeron_driver_context_set_dir_delete_on_start(context, true) == 0);
    EXPECT(aeron_driver_context_set_dir_delete_on_shutdown(context, true) == 0);
    EXPECT(aeron_driver_context_set_shared_idle_strategy(context, "yield") == 0);
    EXPECT(aeron_driver_context_set_conductor_idle_strategy(context, "sleeping") == 0);
    EXPECT(aeron_driver_context_set_agent_on_start_function(context, on_start, &roles_heard) == 0);
    EXPECT(!aeron_is_driver_active(directory, 1000, hear));
    const int heard = lines_heard;
    EXPECT(heard > 0);

    EXPECT(aeron_driver_init(&driver, context) == 0);
    roles_heard = 0;
    if (mode == AERON_THREADING_MODE_INVOKER) {
        EXPECT(aeron_driver_start(driver, false) == -1 && aeron_errcode() != 0);
    }
    EXPECT(aeron_driver_start(driver, manual) == 0);
    if (manual) {
        EXPECT(roles_heard == 1);
        int work = aeron_driver_main_do_work(driver);
        EXPECT(work >= 0);
        aeron_driver_main_idle_strategy(driver, work);
        EXPECT(aeron_driver_main_do_work(driver) >= 0);
    } else {
        EXPECT(aeron_driver_main_do_work(driver) == -1);
        while (!aeron_is_driver_active(directory, 10000, NULL)) {
        }
    }
    exchange(directory, "aeron:ipc?term-length=64k", manual ? driver : NULL);
    exchange(directory, "aeron:udp?term-length=64k|endpoint=127.0.0.1:0", manual ? driver : NULL);
    EXPECT(aeron_is_driver_active(directory, 10000, hear));
    EXPECT(lines_heard > heard);
    EXPECT(aeron_driver_close(driver) == 0);
    EXPECT(aeron_driver_close(driver) == -1);
    EXPECT(!aeron_is_driver_active(directory, 10000, hear));
    EXPECT(aeron_driver_context_close(context) == 0);
    EXPECT(aeron_driver_context_close(context) == -1);
}

int main(int count, char** words) {
    EXPECT(count == 2);
    run(words[1], AERON_THREADING_MODE_DEDICATED, false);
    run(words[1], AERON_THREADING_MODE_DEDICATED, true);
    run(words[1], AERON_THREADING_MODE_SHARED_NETWORK, true);
    run(words[1], AERON_THREADING_MODE_SHARED, false);
    run(words[1], AERON_THREADING_MODE_SHARED, true);
    run(words[1], AERON_THREADING_MODE_INVOKER, true);
    puts("embedded a driver 6 times");
    return 0;
}
