/// The error state of the C ABI, one per thread, and the one way from an exception into it.
///
/// The state lives in libaeron.so. This header is all that libaeron_driver.so sees of it: what it calls is exported.
#pragma once

#include <gale/error.hpp>

#include <aeron/util/aeron_error.h>

#include <cerrno>
#include <new>
#include <source_location>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>

namespace gale::capi {

/// What aeron_errcode() answers for `code`: Aeron's own numbers negative, those of the system positive.
[[nodiscard]] int number_of(ErrorCode code) noexcept;

/// What error handlers are told for it: positive, and never one that only Gale has.
[[nodiscard]] int number_for_handlers(ErrorCode code) noexcept;

/// Sets the state of this thread; `number` as aeron_errcode() answers it.
void set_error(int number, std::string_view text,
               std::source_location where = std::source_location::current()) noexcept;

/// The same for a call that answers -1.
inline int fail(int number, std::string_view text,
                std::source_location where = std::source_location::current()) noexcept {
    set_error(number, text, where);
    return -1;
}

/// In a handler of exceptions only: what is in flight becomes the state of this thread.
void set_error_from_exception(std::source_location where = std::source_location::current()) noexcept;

/// What `work` answers, or `failed` with the state set, when it throws. Nothing that throws crosses the C ABI.
template <class Work, class Result = std::invoke_result_t<Work>>
Result guarded(Work&& work, std::type_identity_t<Result> failed = Result(-1),
               std::source_location where = std::source_location::current()) noexcept {
    try {
        return std::forward<Work>(work)();
    } catch (...) {
        set_error_from_exception(where);
        return failed;
    }
}

/// For work that answers nothing by itself: 0, or -1 with the state set.
template <class Work>
    requires std::is_void_v<std::invoke_result_t<Work>>
int guarded(Work&& work, std::source_location where = std::source_location::current()) noexcept {
    try {
        std::forward<Work>(work)();
        return 0;
    } catch (...) {
        set_error_from_exception(where);
        return -1;
    }
}

}  // namespace gale::capi
