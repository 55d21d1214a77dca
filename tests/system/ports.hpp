/// Ports of the loopback interface for tests that run beside each other, each in a process of its own.
#pragma once

#include <unistd.h>

#include <string>

namespace gale::testing {

/// `aeron:udp?endpoint=` with a port that nobody else uses: a block for each process, below those that the system gives
/// away.
inline std::string new_channel() {
    static int next = 12'000 + ::getpid() * 64 % 20'000;
    return "aeron:udp?endpoint=127.0.0.1:" + std::to_string(next++);
}

}  // namespace gale::testing
