#include "os/library.hpp"

#include <gale/error.hpp>

#include <dlfcn.h>

namespace gale::os {

void load_library(const std::string& path) {
    if (::dlopen(path.c_str(), RTLD_LAZY | RTLD_GLOBAL) != nullptr) return;
    const char* why = ::dlerror();
    throw Error{ErrorCode::invalid_argument, why != nullptr ? why : "cannot load " + path};
}

}  // namespace gale::os
