#include "os/terminal.hpp"

#include "os/failure.hpp"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>

namespace gale::os {

bool is_terminal(std::FILE* stream) noexcept { return ::isatty(::fileno(stream)) == 1; }

TerminalSize terminal_size(std::FILE* stream) noexcept {
    winsize window{};
    if (::ioctl(::fileno(stream), TIOCGWINSZ, &window) != 0 || window.ws_col == 0 || window.ws_row == 0) return {};
    return {window.ws_col, window.ws_row};
}

Input read_standard_input(std::span<std::byte> buffer, const StopSignals& stop) {
    while (!stop.requested()) {
        pollfd watched[2] = {{STDIN_FILENO, POLLIN, 0}, {stop.descriptor(), POLLIN, 0}};
        if (::poll(watched, 2, -1) < 0) {
            if (errno == EINTR) continue;
            fail("wait for", "standard input", errno);
        }
        if (watched[1].revents != 0) break;
        const auto count = ::read(STDIN_FILENO, buffer.data(), buffer.size());
        if (count > 0) return {InputState::data, static_cast<std::size_t>(count)};
        if (count == 0) return {InputState::end, 0};
        if (errno != EINTR && errno != EAGAIN) fail("read", "standard input", errno);
    }
    return {InputState::stopped, 0};
}

}  // namespace gale::os
