// Somebody's program for Aeron against the installed libraries: a client's context, and a driver where there is one.
#include <aeron/aeronc.h>
#ifdef WITH_DRIVER
#include <aeronmd/aeronmd.h>
#endif

#include <stdbool.h>
#include <stdio.h>

static int failed(void) {
    fprintf(stderr, "%s\n", aeron_errmsg());
    return 1;
}

#ifdef WITH_DRIVER
static int drive(const char* directory) {
    aeron_driver_context_t* context = NULL;
    aeron_driver_t* driver = NULL;
    if (aeron_driver_context_init(&context) < 0 || aeron_driver_context_set_dir(context, directory) < 0 ||
        aeron_driver_context_set_dir_delete_on_shutdown(context, true) < 0 || aeron_driver_init(&driver, context) < 0 ||
        aeron_driver_start(driver, false) < 0)
        return failed();
    if (!aeron_is_driver_active(directory, 1000, NULL)) return failed();
    return aeron_driver_close(driver) < 0 || aeron_driver_context_close(context) < 0 ? failed() : 0;
}
#endif

int main(int count, char** arguments) {
    aeron_context_t* context = NULL;
    if (count != 2 || aeron_context_init(&context) < 0 || aeron_context_set_dir(context, arguments[1]) < 0)
        return failed();
    printf("%s in %s\n", aeron_version_full(), aeron_context_get_dir(context));
#ifdef WITH_DRIVER
    if (drive(arguments[1]) != 0) return 1;
#endif
    return aeron_context_close(context) < 0 ? failed() : 0;
}
