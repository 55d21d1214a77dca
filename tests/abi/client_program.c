/* A program in C as anybody writes it: client_program DIRECTORY CHANNEL. Sends a few messages to itself, in each way
 * there is, counts them in a counter that others can see, and says so. */
#include <aeron/aeronc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { messages = 1000, long_length = 5000, stream = 1001 };

static void fail(const char* what) {
    fprintf(stderr, "%s: %s\n", what, aeron_errmsg());
    exit(1);
}

struct sink {
    int64_t* counter;
    int seen;
    int wrong;
};

static void on_message(void* clientd, const uint8_t* buffer, size_t length, aeron_header_t* header) {
    struct sink* sink = clientd;
    int32_t number;
    aeron_header_values_t values;
    memcpy(&number, buffer, sizeof number);
    if (number != sink->seen) ++sink->wrong;
    if (aeron_header_values(header, &values) < 0 || values.frame.stream_id != stream ||
        values.frame.frame_length != (int32_t)length + 32)
        ++sink->wrong;
    ++sink->seen;
    __atomic_store_n(sink->counter, sink->seen, __ATOMIC_RELEASE);
}

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    aeron_context_t* context = NULL;
    aeron_t* client = NULL;
    if (aeron_context_init(&context) < 0 || aeron_context_set_dir(context, argv[1]) < 0) fail("context");
    if (aeron_init(&client, context) < 0 || aeron_start(client) < 0) fail("client");

    aeron_async_add_subscription_t* adding_subscription = NULL;
    aeron_async_add_exclusive_publication_t* adding_publication = NULL;
    aeron_async_add_counter_t* adding_counter = NULL;
    aeron_subscription_t* subscription = NULL;
    aeron_exclusive_publication_t* publication = NULL;
    aeron_counter_t* counter = NULL;
    const char* label = "messages that a program in C has seen";
    if (aeron_async_add_subscription(&adding_subscription, client, argv[2], stream, NULL, NULL, NULL, NULL) < 0 ||
        aeron_async_add_exclusive_publication(&adding_publication, client, argv[2], stream) < 0 ||
        aeron_async_add_counter(&adding_counter, client, 1000, NULL, 0, label, strlen(label)) < 0)
        fail("add");
    while (subscription == NULL)
        if (aeron_async_add_subscription_poll(&subscription, adding_subscription) < 0) fail("subscription");
    while (publication == NULL)
        if (aeron_async_add_exclusive_publication_poll(&publication, adding_publication) < 0) fail("publication");
    while (counter == NULL)
        if (aeron_async_add_counter_poll(&counter, adding_counter) < 0) fail("counter");
    while (!aeron_subscription_is_connected(subscription) || !aeron_exclusive_publication_is_connected(publication))
        continue;

    struct sink sink = {aeron_counter_addr(counter), 0, 0};
    aeron_fragment_assembler_t* assembler = NULL;
    if (aeron_fragment_assembler_create(&assembler, on_message, &sink) < 0) fail("assembler");
    static uint8_t buffer[long_length];
    int32_t number = 0;
    while (number < messages || sink.seen < messages) {
        int64_t result = 0;
        if (number < messages) {
            memcpy(buffer, &number, sizeof number);
            switch (number % 3) {
            case 0: result = aeron_exclusive_publication_offer(publication, buffer, 64, NULL, NULL); break;
            case 1: result = aeron_exclusive_publication_offer(publication, buffer, long_length, NULL, NULL); break;
            default: {
                aeron_buffer_claim_t claim;
                result = aeron_exclusive_publication_try_claim(publication, 64, &claim);
                if (result > 0) {
                    memcpy(claim.data, buffer, 64);
                    aeron_buffer_claim_commit(&claim);
                }
            }
            }
            if (result > 0)
                ++number;
            else if (result != AERON_PUBLICATION_BACK_PRESSURED && result != AERON_PUBLICATION_ADMIN_ACTION)
                fail("offer");
        }
        if (aeron_subscription_poll(subscription, aeron_fragment_assembler_handler, assembler, 10) < 0) fail("poll");
    }

    aeron_counter_constants_t constants;
    if (aeron_counter_constants(counter, &constants) < 0) fail("constants");
    const int64_t* value = aeron_counters_reader_addr(aeron_counters_reader(client), constants.counter_id);
    printf("%d messages, %d wrong, the counter says %d\n", sink.seen, sink.wrong, (int)*value);
    if (aeron_fragment_assembler_delete(assembler) < 0) fail("assembler");
    if (aeron_exclusive_publication_close(publication, NULL, NULL) < 0) fail("close");
    if (aeron_close(client) < 0 || aeron_context_close(context) < 0) fail("close");
    return sink.wrong == 0 ? 0 : 1;
}
