/// What the kernel of this machine can take over, found out by trying.
#pragma once

#include <cstddef>

namespace gale::net {

struct Offload {
    std::size_t segments = 1;  ///< how many datagrams it takes in one piece; 1: it cannot
};

/// Tried once per process, on a socket of the loopback interface. Thread-safe.
[[nodiscard]] const Offload& offload() noexcept;

/// Lets the kernel hand over runs of equal datagrams in one piece. False where it cannot.
[[nodiscard]] bool enable_receive_offload(int descriptor) noexcept;

}  // namespace gale::net
