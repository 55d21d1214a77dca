#include "base/ensure.hpp"

#include <cstdio>
#include <cstdlib>

namespace gale {

void broken_promise(const char* what, std::source_location where) noexcept {
    std::fprintf(stderr, "gale: broken promise: %s (%s:%u)\n", what, where.file_name(),
                 static_cast<unsigned>(where.line()));
    std::abort();
}

}  // namespace gale
