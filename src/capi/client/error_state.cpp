// The error state of each thread. The driver's library writes it through what is exported here.
#include "capi/error.hpp"

#include <aeron/aeron_client_error.h>
#include <aeron/aeronc.h>

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <string_view>

namespace gale::capi {
namespace {

struct ErrorState {
    int number = 0;
    std::size_t length = 0;
    std::array<char, 8192> text{};
};

// Filled with zeros only: a thread that never fails touches none of it.
constinit thread_local ErrorState error_state;

std::string_view file_name_only(const char* path) noexcept {
    const std::string_view all{path != nullptr ? path : ""};
    return all.substr(all.rfind('/') + 1);
}

[[gnu::format(printf, 2, 0)]] void append_formatted(ErrorState& state, const char* format, std::va_list arguments) {
    const std::size_t room = state.text.size() - state.length;
    const int written = std::vsnprintf(state.text.data() + state.length, room, format, arguments);
    if (written > 0) state.length += std::min(static_cast<std::size_t>(written), room - 1);
}

[[gnu::format(printf, 2, 3)]] void append_text(ErrorState& state, const char* format, ...) {
    std::va_list arguments;
    va_start(arguments, format);
    append_formatted(state, format, arguments);
    va_end(arguments);
}

void append_place(ErrorState& state, const char* function, const char* file, int line) {
    const std::string_view name = file_name_only(file);
    append_text(state, "\n[%s, %.*s:%d] ", function != nullptr ? function : "", static_cast<int>(name.size()),
                name.data(), line);
}

const char* words_for(int number) noexcept {
    switch (-number) {
    case AERON_ERROR_CODE_UNUSED: return "no error";
    case AERON_ERROR_CODE_INVALID_CHANNEL: return "invalid channel";
    case AERON_ERROR_CODE_UNKNOWN_SUBSCRIPTION: return "unknown subscription";
    case AERON_ERROR_CODE_UNKNOWN_PUBLICATION: return "unknown publication";
    case AERON_ERROR_CODE_CHANNEL_ENDPOINT_ERROR: return "channel endpoint error";
    case AERON_ERROR_CODE_UNKNOWN_COUNTER: return "unknown counter";
    case AERON_ERROR_CODE_UNKNOWN_COMMAND_TYPE_ID: return "unknown command";
    case AERON_ERROR_CODE_MALFORMED_COMMAND: return "malformed command";
    case AERON_ERROR_CODE_NOT_SUPPORTED: return "not supported";
    case AERON_ERROR_CODE_UNKNOWN_HOST: return "unknown host";
    case AERON_ERROR_CODE_RESOURCE_TEMPORARILY_UNAVAILABLE: return "temporarily unavailable";
    case AERON_ERROR_CODE_GENERIC_ERROR: return "generic error";
    case AERON_ERROR_CODE_STORAGE_SPACE: return "no space left";
    case AERON_ERROR_CODE_IMAGE_REJECTED: return "image rejected";
    case AERON_ERROR_CODE_PUBLICATION_REVOKED: return "publication revoked";
    case AERON_CLIENT_ERROR_DRIVER_TIMEOUT: return "driver timeout";
    case AERON_CLIENT_ERROR_CLIENT_TIMEOUT: return "client timeout";
    case AERON_CLIENT_ERROR_CONDUCTOR_SERVICE_TIMEOUT: return "conductor service timeout";
    case AERON_CLIENT_ERROR_BUFFER_FULL: return "client buffer full";
    case AERON_CLIENT_ERROR_DRIVER_BUFFER_FULL: return "driver buffer full";
    default: return number > 0 ? std::strerror(number) : "unknown error";
    }
}

}  // namespace
}  // namespace gale::capi

using namespace gale::capi;  // NOLINT(google-build-using-namespace): what follows is C and has no namespace

int aeron_errcode() { return error_state.number; }

const char* aeron_errmsg() { return error_state.length > 0 ? error_state.text.data() : "no error"; }

void aeron_err_set(int errcode, const char* function, const char* filename, int line_number, const char* format, ...) {
    ErrorState& state = error_state;
    state.number = errcode;
    state.length = 0;
    append_text(state, "(%d) %s", errcode, words_for(errcode));
    append_place(state, function, filename, line_number);
    std::va_list arguments;
    va_start(arguments, format);
    append_formatted(state, format, arguments);
    va_end(arguments);
    errno = errcode;
}

void aeron_err_append(const char* function, const char* filename, int line_number, const char* format, ...) {
    ErrorState& state = error_state;
    append_place(state, function, filename, line_number);
    std::va_list arguments;
    va_start(arguments, format);
    append_formatted(state, format, arguments);
    va_end(arguments);
}

void aeron_err_clear() {
    error_state.number = 0;
    error_state.length = 0;
    errno = 0;
}

void aeron_set_errno(int errcode) { errno = errcode; }

const char* aeron_error_code_str(int errcode) { return words_for(errcode); }
