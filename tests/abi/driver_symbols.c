/// A library whose functions a driver is told to use by their names.
#include <stdbool.h>
#include <stdint.h>

bool gale_test_validator(void* state, uint8_t* buffer, int32_t length) {
    (void)state;
    return length == 1 && buffer[0] == 42;
}

void gale_test_on_start(void* state, const char* role_name) {
    (void)state;
    (void)role_name;
}
