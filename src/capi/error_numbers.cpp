// From exceptions to the numbers of the C ABI. In both libraries: it keeps no state.
#include "capi/error.hpp"

#include <aeron/aeron_client_error.h>
#include <aeron/aeronc.h>

#include <array>

namespace gale::capi {

static_assert(static_cast<int>(ErrorCode::publication_revoked) == AERON_ERROR_CODE_PUBLICATION_REVOKED);
static_assert(static_cast<int>(ErrorCode::driver_timeout) == AERON_CLIENT_ERROR_DRIVER_TIMEOUT);
static_assert(static_cast<int>(ErrorCode::driver_buffer_full) == AERON_CLIENT_ERROR_DRIVER_BUFFER_FULL);

namespace {

/// `poll` of `int gale::capi::(anonymous namespace)::poll(Async *) [Object = ...]`, as compilers write it.
std::string_view bare_name(std::string_view function) noexcept {
    constexpr std::string_view nameless = "(anonymous namespace)";
    std::size_t end = function.find('(');
    while (end != function.npos && function.substr(end).starts_with(nameless))
        end = function.find('(', end + nameless.size());
    function = function.substr(0, end);
    return function.substr(function.find_last_of(" :*&") + 1);
}

}  // namespace

int number_of(ErrorCode code) noexcept {
    switch (code) {
    case ErrorCode::none: return 0;
    case ErrorCode::unknown: return -AERON_ERROR_CODE_GENERIC_ERROR;
    case ErrorCode::timed_out: return -AERON_CLIENT_ERROR_DRIVER_TIMEOUT;
    case ErrorCode::closed: return EPERM;
    case ErrorCode::invalid_argument:
    case ErrorCode::incompatible: return EINVAL;
    case ErrorCode::system: return EIO;
    default: return -static_cast<int>(code);
    }
}

int number_for_handlers(ErrorCode code) noexcept {
    const int number = number_of(code);
    return number < 0 ? -number : AERON_ERROR_CODE_GENERIC_ERROR;
}

void set_error(int number, std::string_view text, std::source_location where) noexcept {
    const int length = static_cast<int>(text.substr(0, 8000).size());
    std::array<char, 128> function{};
    const std::string_view name = bare_name(where.function_name());
    name.copy(function.data(), function.size() - 1);
    aeron_err_set(number, function.data(), where.file_name(), static_cast<int>(where.line()), "%.*s", length,
                  text.data());
}

void set_error_from_exception(std::source_location where) noexcept {
    try {
        throw;
    } catch (const Error& error) {
        const int of_system = error.system_error();  // known where it was this process that asked the system
        set_error(of_system > 0 ? of_system : number_of(error.code()), error.what(), where);
    } catch (const std::bad_alloc&) {
        set_error(ENOMEM, "out of memory", where);
    } catch (const std::system_error& error) {
        set_error(error.code().value() > 0 ? error.code().value() : EIO, error.what(), where);
    } catch (const std::exception& error) {
        set_error(-AERON_ERROR_CODE_GENERIC_ERROR, error.what(), where);
    } catch (...) {
        set_error(-AERON_ERROR_CODE_GENERIC_ERROR, "something that is no std::exception was thrown", where);
    }
}

}  // namespace gale::capi
