#include "driver/network_grants.hpp"

#include "base/text.hpp"
#include "net/network.hpp"

#include <gale/error.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string_view>

namespace gale::driver {
namespace {

/// One of a socket's two buffers, and what has to fit into it.
struct Buffer {
    std::string_view option;
    std::string_view name;
    std::string_view limit;  // the kernel's, where a program asks
    std::int64_t asked;      // 0: nothing
    std::int64_t granted;
};

Buffer send_buffer(const DriverOptions& options, const NetworkGrants& grants) {
    return {.option = "aeron.socket.so_sndbuf",
            .name = "send buffer",
            .limit = "net.core.wmem_max",
            .asked = options.socket_send_buffer,
            .granted = grants.send_buffer};
}

Buffer receive_buffer(const DriverOptions& options, const NetworkGrants& grants) {
    return {.option = "aeron.socket.so_rcvbuf",
            .name = "receive buffer",
            .limit = "net.core.rmem_max",
            .asked = options.socket_receive_buffer,
            .granted = grants.receive_buffer};
}

std::string fault(std::string_view option, std::int64_t length, const Buffer& buffer) {
    const std::string asked = buffer.asked == 0
                                  ? fmt::format("{} is not given", buffer.option)
                                  : fmt::format("{} asks for {}", buffer.option, format_size(buffer.asked));
    return fmt::format(
        "{} ({}) exceeds the {} of {} that the system grants a socket ({}): lower it, or ask for more by "
        "{}; without privilege the system gives no more than `sysctl {}`",
        option, format_size(length), buffer.name, format_size(buffer.granted), asked, buffer.option, buffer.limit);
}

// The system reports twice what it gives: its own needs come out of it.
void tell_if_less(const Buffer& buffer, std::vector<std::string>& lines) {
    const std::int64_t given = buffer.granted / 2;
    if (buffer.asked <= given) return;
    lines.push_back(fmt::format("{}: {} asked for, the system gives {}; raise it by `sysctl -w {}={}`", buffer.option,
                                format_size(buffer.asked), format_size(given), buffer.limit, buffer.asked));
}

}  // namespace

std::optional<NetworkGrants> ask_for_grants(const DriverOptions& options, net::Network& network) {
    for (const channel::Family family : {channel::Family::v4, channel::Family::v6}) {
        try {
            const auto transport = network.open({.local = {.ip = {.family = family}},
                                                 .send_buffer_length = options.socket_send_buffer,
                                                 .receive_buffer_length = options.socket_receive_buffer});
            return NetworkGrants{.send_buffer = transport->send_buffer_length(),
                                 .receive_buffer = transport->receive_buffer_length()};
        } catch (const Error&) {
            continue;  // a machine may have one family only
        }
    }
    return std::nullopt;
}

std::vector<std::string> compare(const DriverOptions& options, const NetworkGrants& grants) {
    const Buffer out = send_buffer(options, grants);
    const Buffer in = receive_buffer(options, grants);
    std::vector<std::string> faults;
    if (options.mtu_length > out.granted) faults.push_back(fault("aeron.mtu.length", options.mtu_length, out));
    if (options.initial_window_length > in.granted)
        faults.push_back(fault("aeron.rcv.initial.window.length", options.initial_window_length, in));
    if (!faults.empty()) throw Error{ErrorCode::invalid_argument, fmt::format("{}", fmt::join(faults, "\n"))};
    std::vector<std::string> lines;
    tell_if_less(out, lines);
    tell_if_less(in, lines);
    return lines;
}

}  // namespace gale::driver
