#include "os/failure.hpp"

#include <cerrno>
#include <system_error>

namespace gale::os {

std::string reason(int error) { return std::generic_category().message(error); }

void fail(std::string_view action, std::string_view path, int error) {
    std::string text{"cannot "};
    text.append(action).append(" ").append(path).append(": ").append(reason(error));
    const bool full = error == ENOSPC || error == EDQUOT;
    if (full) text += "; free some space there";
    throw SystemError{full ? ErrorCode::storage_space : ErrorCode::system, error, text};
}

}  // namespace gale::os
