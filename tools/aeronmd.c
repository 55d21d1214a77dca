/// aeronmd: the media driver as Aeron's users start it, written with its C interface.
///
///     aeronmd [-v] [-Dname=value]... [properties-file-or-url]...
///
/// Options come first and then files, whatever their order: a file is stronger than -D, a later file than an earlier
/// one, and all of them than the environment.
#include <aeron/aeronc.h>
#include <aeron/aeronmd.h>
#include <errno.h>
#include <signal.h>  // layers: only a program may say what becomes of signals, and this one is a program in C
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static volatile sig_atomic_t stopping_signal = 0;
static volatile sig_atomic_t running = 1;

static void on_signal(int number) {
    stopping_signal = number;
    running = 0;
}

/// On the conductor, which is the main thread.
static void on_termination(void* state) {
    (void)state;
    running = 0;
}

static int failed(const char* what) {
    fprintf(stderr, "ERROR: %s (%d) %s\n", what, aeron_errcode(), aeron_errmsg());
    return EXIT_FAILURE;
}

/// One property, as a line of a file would have it.
static int define(const char* property) {
    const size_t length = strlen(property);
    char* const line = malloc(length + 2);
    if (line == NULL || strchr(property, '\n') != NULL) {
        free(line);
        fprintf(stderr, "ERROR: -D takes one name=value\n");
        return -1;
    }
    for (size_t i = 0; i < length; ++i) line[i] = property[i];
    line[length] = '\n';
    line[length + 1] = '\0';
    const int result = aeron_properties_buffer_load(line);
    free(line);
    if (result < 0) failed("-D");
    return result;
}

static int usage(const char* program, const char* word) {
    fprintf(stderr, "%s: what is %s?\nUsage: %s [-v] [-Dname=value]... [properties-file-or-url]...\n", program, word,
            program);
    return EXIT_FAILURE;
}

static void print_version(const char* program) {
    printf("%s <%s> major %d minor %d patch %d git %s\n", program, aeron_version_full(), aeron_version_major(),
           aeron_version_minor(), aeron_version_patch(), aeron_version_gitsha());
}

/// -1: go on, with the names of files first in `words`, up to the first null. Else what to end with.
static int read_options(char** words) {
    const char* const program = words[0];
    char** file = words;
    for (char** word = words + 1; *word != NULL; ++word) {
        if (strcmp(*word, "--") == 0) {
            while (*++word != NULL) *file++ = *word;
            break;
        }
        if ((*word)[0] != '-' || (*word)[1] == '\0') {
            *file++ = *word;
        } else if ((*word)[1] == 'D') {
            const char* const option = *word;
            const char* const property = option[2] != '\0' ? option + 2 : *++word;
            if (property == NULL) return usage(program, "-D without a property");
            if (define(property) < 0) return EXIT_FAILURE;
        } else if (strcmp(*word, "-v") == 0) {
            print_version(program);
            return EXIT_SUCCESS;
        } else {
            return usage(program, *word);
        }
    }
    *file = NULL;
    return -1;
}

static int load_files(char** files) {
    for (char** file = files; *file != NULL; ++file)
        if (aeron_properties_load(*file) < 0) return failed(*file);
    return -1;
}

static int watch_signals(void) {
    struct sigaction action = {.sa_handler = on_signal};
    sigemptyset(&action.sa_mask);
    if (sigaction(SIGINT, &action, NULL) == 0 && sigaction(SIGTERM, &action, NULL) == 0) return -1;
    fprintf(stderr, "ERROR: cannot watch signals: %s\n", strerror(errno));
    return EXIT_FAILURE;
}

/// The conductor, until somebody asks for the end.
static int serve(aeron_driver_context_t* context) {
    aeron_driver_t* driver = NULL;
    if (aeron_driver_context_set_driver_termination_hook(context, on_termination, NULL) < 0)
        return failed("context termination hook");
    if (aeron_driver_init(&driver, context) < 0) return failed("driver init");
    int status = EXIT_SUCCESS;
    if (aeron_driver_start(driver, true) < 0) {
        status = failed("driver start");
        running = 0;
    }
    while (running) aeron_driver_main_idle_strategy(driver, aeron_driver_main_do_work(driver));
    if (status == EXIT_SUCCESS) printf("Shutting down driver...\n");
    if (aeron_driver_close(driver) < 0) status = failed("driver close");
    return status;
}

static int run(void) {
    aeron_driver_context_t* context = NULL;
    if (aeron_driver_context_init(&context) < 0) return failed("context init");
    const int status = serve(context);
    if (aeron_driver_context_close(context) < 0) return failed("context close");
    return status == EXIT_SUCCESS ? stopping_signal : status;
}

int main(int count, char** words) {
    (void)count;
    int status = read_options(words);
    if (status < 0) status = load_files(words);
    if (status < 0) status = watch_signals();
    return status < 0 ? run() : status;
}
