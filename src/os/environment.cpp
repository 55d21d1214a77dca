#include "os/environment.hpp"

#include <stdlib.h>  // setenv and unsetenv, which <cstdlib> need not have

namespace gale::os {

bool set_environment(const std::string& name, const std::string& value) noexcept {
    return ::setenv(name.c_str(), value.c_str(), 1) == 0;
}

bool remove_environment(const std::string& name) noexcept { return ::unsetenv(name.c_str()) == 0; }

}  // namespace gale::os
