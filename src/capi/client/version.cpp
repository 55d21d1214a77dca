// What this is, what time it is, and where it prints.
#include "os/clock.hpp"

#include <aeron/aeronc.h>

#include <atomic>
#include <cstdarg>
#include <cstdio>

namespace {

std::atomic<aeron_fprintf_handler_t> print_handler{nullptr};

}  // namespace

const char* aeron_version_full() { return "aeron version=1.53.0 commit=gale-0.1.0"; }
const char* aeron_version_text() { return "1.53.0"; }
int aeron_version_major() { return 1; }
int aeron_version_minor() { return 53; }
int aeron_version_patch() { return 0; }
const char* aeron_version_gitsha() { return "gale-0.1.0"; }

int32_t aeron_semantic_version_compose(uint8_t major, uint8_t minor, uint8_t patch) {
    return (major << 16) | (minor << 8) | patch;
}
uint8_t aeron_semantic_version_major(int32_t version) { return static_cast<uint8_t>((version >> 16) & 0xff); }
uint8_t aeron_semantic_version_minor(int32_t version) { return static_cast<uint8_t>((version >> 8) & 0xff); }
uint8_t aeron_semantic_version_patch(int32_t version) { return static_cast<uint8_t>(version & 0xff); }

int64_t aeron_nano_clock() { return gale::os::system_clock().tick().now.count(); }
int64_t aeron_epoch_clock() { return gale::os::system_clock().tick().wall.count(); }

int aeron_fprintf(const char* src, uint64_t line, void* stream, const char* format, ...) {
    if (format == nullptr || stream == nullptr) return -1;
    std::va_list arguments;
    va_start(arguments, format);
    const aeron_fprintf_handler_t handler = print_handler.load();
    const int printed = handler != nullptr ? handler(src, line, stream, format, arguments)
                                           : std::vfprintf(static_cast<std::FILE*>(stream), format, arguments);
    va_end(arguments);
    return printed;
}

aeron_fprintf_handler_t aeron_set_fprintf_handler(aeron_fprintf_handler_t fn) { return print_handler.exchange(fn); }
aeron_fprintf_handler_t aeron_get_fprintf_handler() { return print_handler.load(); }
