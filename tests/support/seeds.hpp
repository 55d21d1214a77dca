/// Which stories a property is told.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <vector>

namespace gale::testing {

/// The seeds from 1 to `count`. The environment may want others: SEED=7 just that one, SEEDS=5000 so many.
inline std::vector<std::uint64_t> seeds(std::uint64_t count) {
    if (const char* only = std::getenv("SEED"); only != nullptr) return {std::strtoull(only, nullptr, 10)};
    if (const char* more = std::getenv("SEEDS"); more != nullptr) count = std::strtoull(more, nullptr, 10);
    std::vector<std::uint64_t> all(count);
    for (std::uint64_t i = 0; i < count; ++i) all[i] = i + 1;
    return all;
}

}  // namespace gale::testing
