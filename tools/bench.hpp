/// What the benchmarks share.
#pragma once

#include "command.hpp"
#include "throughput.hpp"

#include <string>

namespace gale::tools {

struct BenchOptions {
    std::string directory{};
    bool json = false;
};
void add_bench_options(Command command, BenchOptions& options);
void add_bench_setup(Command bench, Program& program);
void add_bench_idle(Command bench, Program& program);

}  // namespace gale::tools
