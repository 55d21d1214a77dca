/// Ports of the loopback interface for tests that run beside each other, each in a process of its own.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <string>

namespace gale::testing {

inline bool is_free(std::uint16_t port) {
    const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool bound = ::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ::close(socket);
    return bound;
}

/// `aeron:udp?endpoint=` with a port that nobody uses: of a block for each process, below those that the system gives
/// away. Blocks of processes far apart may meet, so what is in use is passed over.
inline std::string new_channel() {
    static int next = 12'000 + ::getpid() * 64 % 20'000;
    while (!is_free(static_cast<std::uint16_t>(next))) ++next;
    return "aeron:udp?endpoint=127.0.0.1:" + std::to_string(next++);
}

}  // namespace gale::testing
