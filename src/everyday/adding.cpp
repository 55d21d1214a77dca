#include "everyday/adding.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

namespace gale::everyday {

Error cannot_add(const char* what, const Config& config, const Error& error) {
    return Error{error.code(),
                 fmt::format("cannot add {} on '{}', stream {}: {}", what, config.uri, config.stream, error.what())};
}

Error no_answer(Nanos timeout) {
    return Error{ErrorCode::timed_out, fmt::format("the driver did not answer within {}", format_duration(timeout))};
}

}  // namespace gale::everyday
