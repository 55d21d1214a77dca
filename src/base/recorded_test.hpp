/// For tests only: recordings of the upstream driver, which lie beside the repository.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

namespace gale::testing {

/// Whether there is something at `path`, which a checkout of the sources alone does not have: a test without it skips
/// itself. With CI=true nothing may be missing; then it fails as well.
inline bool is_recorded(const std::string& path) {
    if (std::filesystem::exists(path)) return true;
    const char* ci = std::getenv("CI");
    if (ci != nullptr && std::string_view{ci} == "true") ADD_FAILURE() << path << " is missing, and this is CI";
    return false;
}

}  // namespace gale::testing
