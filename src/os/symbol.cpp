#include "os/symbol.hpp"

#include <dlfcn.h>

namespace gale::os {

void* find_symbol(const std::string& name) noexcept { return ::dlsym(RTLD_DEFAULT, name.c_str()); }

}  // namespace gale::os
