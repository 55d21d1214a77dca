/// Large files of chance, and what tells whether they arrived.
#pragma once

#include "support/process.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <random>
#include <string>
#include <vector>

namespace gale::testing {

/// GALE_TEST_FILE_MIB=1024 for the size that is promised; 64 MiB in everyday tests. No multiple of anything.
inline std::size_t file_test_length() {
    const char* wish = std::getenv("GALE_TEST_FILE_MIB");
    return (wish == nullptr ? 64 : std::strtoul(wish, nullptr, 10)) * 1024 * 1024 + 13;
}

inline void write_random_file(const std::string& path, std::size_t length) {
    std::mt19937_64 random{length};
    std::ofstream file{path, std::ios::binary};
    std::vector<std::uint64_t> block(8192);
    for (std::size_t left = length; left > 0;) {
        for (auto& word : block) word = random();
        const std::size_t part = std::min(left, block.size() * sizeof block[0]);
        file.write(reinterpret_cast<const char*>(block.data()), static_cast<std::streamsize>(part));
        left -= part;
    }
}

inline std::string sha256(const std::string& path) {
    const Outcome outcome = run({.program = "/usr/bin/sha256sum", .arguments = {path}});
    return outcome.output.substr(0, 64);
}

}  // namespace gale::testing
