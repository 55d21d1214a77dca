#include "interop/over_udp.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <stdexcept>

namespace gale::interop {
namespace {

// Who holds a block has its name, until the process ends.
int own_block() {
    constexpr int ports = 64;
    constexpr int blocks = 300;
    const int own = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    for (int tried = 0; tried < blocks; ++tried) {
        const int block = (::getpid() + tried) % blocks;
        sockaddr_un name{};
        name.sun_family = AF_UNIX;
        const std::string text = "gale-interop-ports-" + std::to_string(block);
        text.copy(name.sun_path + 1, text.size());  // behind a zero: a name that is no file
        const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + text.size());
        if (::bind(own, reinterpret_cast<const sockaddr*>(&name), length) == 0) return 12'000 + block * ports;
    }
    throw std::runtime_error{"all blocks of ports are taken"};
}

}  // namespace

std::string title(const Ends& ends) { return title(ends.from) + "To" + title(ends.to); }

std::string OverUdp::with_port(std::string channel, int port) {
    return channel.replace(channel.find("PORT"), 4, std::to_string(port));
}

int OverUdp::new_port() {
    static int next = own_block();
    return next++;
}

}  // namespace gale::interop
