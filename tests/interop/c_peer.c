/* A publisher or a subscriber in C, by aeronc.h alone: the roles `publish` and `subscribe` of java/README.md with one
 * session, the same content, options and events. It listens to commands when it has nothing else to do: a publisher
 * when all is sent, a subscriber when its image is gone. */
#include <aeron/aeronc.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    reserved_value_offset = 24,
    longest_mixed = 1048576,
    payload_of_one_frame = 1376, /* by default; of longer messages the assembler keeps no reserved value */
};

static void fail(const char* what) {
    printf("error %s: %d, %s\n", what, aeron_errcode(), aeron_errmsg());
    exit(1);
}

/* ---- arguments ---- */

static int argument_count;
static char** arguments;

/* What follows --name; `otherwise` when it is not there, an error when there is no otherwise. */
static const char* option(const char* name, const char* otherwise) {
    for (int i = 2; i + 1 < argument_count; ++i)
        if (strncmp(arguments[i], "--", 2) == 0 && strcmp(arguments[i] + 2, name) == 0) return arguments[i + 1];
    if (otherwise == NULL) {
        printf("error --%s is missing\n", name);
        exit(1);
    }
    return otherwise;
}

static bool is_set(const char* name) {
    for (int i = 2; i < argument_count; ++i)
        if (strncmp(arguments[i], "--", 2) == 0 && strcmp(arguments[i] + 2, name) == 0) return true;
    return false;
}

/* ---- content ---- */

static size_t fixed_length, longest;
static bool is_mixed;
static uint8_t seed;

static void read_content(void) {
    const char* length = option("length", "mixed");
    is_mixed = strncmp(length, "mixed", 5) == 0;
    if (!is_mixed) fixed_length = strtoul(length, NULL, 10);
    longest = is_mixed && length[5] == ':' ? strtoul(length + 6, NULL, 10) : longest_mixed;
    seed = (uint8_t)atoi(option("seed", "0"));
}

static size_t length_of(int64_t number) {
    static const size_t lengths[] = {0, 1, 7, 8, 9, 31, 32, 33, 64, 255, 1000, 1376, 1377, 2752, 4096, 65536, 1048576};
    if (!is_mixed) return fixed_length;
    const size_t length = lengths[(size_t)number % (sizeof lengths / sizeof lengths[0])];
    return length < longest ? length : longest;
}

static uint8_t byte_of(int64_t number, size_t length, size_t at) {
    if (length >= 8 && at < 8) return (uint8_t)((uint64_t)number >> (8 * at));
    return (uint8_t)(37 * (uint64_t)number + 7 * at + (at >> 8) + seed);
}

/* ---- a client ---- */

static aeron_context_t* context;
static aeron_t* client;

static void connect_client(void) {
    if (aeron_context_init(&context) < 0 || aeron_context_set_dir(context, option("dir", NULL)) < 0) fail("context");
    if (aeron_init(&client, context) < 0 || aeron_start(client) < 0) fail("client");
}

static void close_client(void) {
    if (aeron_close(client) < 0 || aeron_context_close(context) < 0) fail("close");
}

/* Waits for a line: whether it is this command, not `quit` and not the end. */
static bool is_told(const char* command) {
    char line[256];
    if (fgets(line, sizeof line, stdin) == NULL) return false;
    line[strcspn(line, "\n")] = '\0';
    return strcmp(line, command) == 0;
}

/* ---- publish ---- */

static aeron_publication_t* shared;
static aeron_exclusive_publication_t* exclusive;

static int64_t reserved_value(void* clientd, uint8_t* buffer, size_t frame_length) {
    (void)buffer;
    (void)frame_length;
    return *(int64_t*)clientd;
}

static int64_t send_one(const uint8_t* message, size_t length, int64_t number, bool claims) {
    if (!claims)
        return exclusive != NULL
                   ? aeron_exclusive_publication_offer(exclusive, message, length, reserved_value, &number)
                   : aeron_publication_offer(shared, message, length, reserved_value, &number);
    aeron_buffer_claim_t claim;
    const int64_t position = exclusive != NULL ? aeron_exclusive_publication_try_claim(exclusive, length, &claim)
                                               : aeron_publication_try_claim(shared, length, &claim);
    if (position > 0) {
        memcpy(claim.data, message, length);
        memcpy(claim.frame_header + reserved_value_offset, &number, sizeof number);
        if (aeron_buffer_claim_commit(&claim) < 0) fail("commit");
    }
    return position;
}

static void publish(void) {
    const char* channel = option("channel", NULL);
    const int32_t stream = atoi(option("stream", NULL));
    const int64_t count = atoll(option("count", NULL));
    const bool claims = is_set("claim");
    aeron_publication_constants_t constants;
    if (is_set("exclusive")) {
        aeron_async_add_exclusive_publication_t* adding = NULL;
        if (aeron_async_add_exclusive_publication(&adding, client, channel, stream) < 0) fail("add");
        while (exclusive == NULL)
            if (aeron_async_add_exclusive_publication_poll(&exclusive, adding) < 0) fail("add");
        if (aeron_exclusive_publication_constants(exclusive, &constants) < 0) fail("constants");
    } else {
        aeron_async_add_publication_t* adding = NULL;
        if (aeron_async_add_publication(&adding, client, channel, stream) < 0) fail("add");
        while (shared == NULL)
            if (aeron_async_add_publication_poll(&shared, adding) < 0) fail("add");
        if (aeron_publication_constants(shared, &constants) < 0) fail("constants");
    }
    printf("added session=%d registration=%lld\n", constants.session_id, (long long)constants.registration_id);

    uint8_t* message = malloc(longest_mixed);
    int64_t position = 0;
    for (int64_t number = 0; number < count; ++number) {
        const size_t length = length_of(number);
        for (size_t at = 0; at < length; ++at) message[at] = byte_of(number, length, at);
        while ((position = send_one(message, length, number, claims)) < 0)
            if (position == AERON_PUBLICATION_CLOSED || position == AERON_PUBLICATION_MAX_POSITION_EXCEEDED ||
                position == AERON_PUBLICATION_ERROR)
                fail("offer");
    }
    printf("published count=%lld position=%lld\n", (long long)count, (long long)position);
    free(message);
    if (!is_told("close")) return;
    if (exclusive != NULL ? aeron_exclusive_publication_close(exclusive, NULL, NULL)
                          : aeron_publication_close(shared, NULL, NULL))
        fail("close");
    printf("closed\n");
    is_told("quit");
}

/* ---- subscribe ---- */

static int64_t messages, bytes, errors;
static atomic_bool is_gone;

static void on_available(void* clientd, aeron_subscription_t* subscription, aeron_image_t* image) {
    (void)clientd;
    (void)subscription;
    aeron_image_constants_t constants;
    if (aeron_image_constants(image, &constants) < 0) fail("constants");
    printf("available session=%d position=%lld\n", constants.session_id, (long long)constants.join_position);
}

static void on_unavailable(void* clientd, aeron_subscription_t* subscription, aeron_image_t* image) {
    (void)clientd;
    (void)subscription;
    aeron_image_constants_t constants;
    if (aeron_image_constants(image, &constants) < 0) fail("constants");
    printf("unavailable session=%d position=%lld eos=%s\n", constants.session_id,
           (long long)aeron_image_position(image), aeron_image_is_end_of_stream(image) ? "true" : "false");
    atomic_store(&is_gone, true);
}

static void on_message(void* clientd, const uint8_t* buffer, size_t length, aeron_header_t* header) {
    int32_t* session = clientd;
    const int64_t number = messages++;
    const size_t wanted = length_of(number);
    aeron_header_values_t values;
    if (aeron_header_values(header, &values) < 0) fail("header");
    *session = values.frame.session_id;
    bool is_good = length == wanted && (length > payload_of_one_frame || values.frame.reserved_value == number);
    for (size_t at = 0; is_good && at < length; ++at) is_good = buffer[at] == byte_of(number, length, at);
    if (!is_good) {
        ++errors;
        printf("mismatch session=%d message=%lld got=%zu wanted=%zu text=not what was sent\n", *session,
               (long long)number, length, wanted);
    }
    bytes += (int64_t)length;
}

static void subscribe(void) {
    aeron_async_add_subscription_t* adding = NULL;
    aeron_subscription_t* subscription = NULL;
    aeron_fragment_assembler_t* assembler = NULL;
    int32_t session = 0;
    const int64_t expected = atoll(option("expect", NULL));
    if (aeron_fragment_assembler_create(&assembler, on_message, &session) < 0) fail("assembler");
    if (aeron_async_add_subscription(&adding, client, option("channel", NULL), atoi(option("stream", NULL)),
                                     on_available, NULL, on_unavailable, NULL) < 0)
        fail("add");
    while (subscription == NULL)
        if (aeron_async_add_subscription_poll(&subscription, adding) < 0) fail("add");
    printf("added\n");
    bool is_told_of = false;
    while (!atomic_load(&is_gone)) {
        if (aeron_subscription_poll(subscription, aeron_fragment_assembler_handler, assembler, 10) < 0) fail("poll");
        if (messages < expected || is_told_of) continue;
        is_told_of = true;
        printf("received session=%d count=%lld bytes=%lld errors=%lld\n", session, (long long)messages,
               (long long)bytes, (long long)errors);
    }
    is_told("quit");
    if (aeron_subscription_close(subscription, NULL, NULL) < 0) fail("close");
    if (aeron_fragment_assembler_delete(assembler) < 0) fail("assembler");
}

int main(int count, char** words) {
    argument_count = count;
    arguments = words;
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (count < 2) return 2;
    read_content();
    connect_client();
    if (strcmp(words[1], "publish") == 0)
        publish();
    else if (strcmp(words[1], "subscribe") == 0)
        subscribe();
    else
        return 2;
    close_client();
    return 0;
}
