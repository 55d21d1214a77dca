/// For tests only: what may be missing on some machines, like recordings of the upstream driver, which lie beside the
/// repository.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

namespace gale::testing {

/// With CI=true: what a test may do without elsewhere, it may not here.
inline bool in_ci() {
    const char* ci = std::getenv("CI");
    return ci != nullptr && std::string_view{ci} == "true";
}

/// Whether there is something at `path`, which a checkout of the sources alone does not have: a test without it skips
/// itself. In CI it fails as well.
inline bool is_recorded(const std::string& path) {
    if (std::filesystem::exists(path)) return true;
    if (in_ci()) ADD_FAILURE() << path << " is missing, and this is CI";
    return false;
}

}  // namespace gale::testing
