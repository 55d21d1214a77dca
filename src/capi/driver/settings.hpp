/// How a setter and a getter of the C ABI reach an option: one place for null, closed and too late.
#pragma once

#include "capi/driver/context.hpp"
#include "capi/error.hpp"

#include <source_location>
#include <string_view>
#include <utility>

namespace gale::capi::driver {

/// Throws: the option is not to be had so.
[[noreturn]] void refuse(std::string_view why);

/// A setter's work: 0, or -1 with the state set when `change` throws, or there is no context that could be changed.
template <class Change>
int edit(aeron_driver_context_t* handle, Change&& change,
         std::source_location where = std::source_location::current()) noexcept {
    return guarded(
        [&] {
            const auto context = context_to_set(handle);
            const std::lock_guard lock{context->mutex};
            change(*context);
            return 0;
        },
        -1, where);
}

/// What a getter answers without a context.
[[nodiscard]] const Context& defaults() noexcept;

/// A getter's answer; the default's where there is no context, and for a closed one the error state says so, too.
template <class Answer>
auto look(const aeron_driver_context_t* handle, Answer&& answer,
          std::source_location where = std::source_location::current()) noexcept {
    if (const auto context = find_context(handle)) {
        const std::lock_guard lock{context->mutex};
        return answer(std::as_const(*context));
    }
    if (handle != nullptr) set_error(EINVAL, "this is no driver context, or it was closed", where);
    return answer(defaults());
}

}  // namespace gale::capi::driver
