/// What the system grants a socket, against what the options ask for: looked at once, before the driver begins.
#pragma once

#include <gale/driver_options.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gale::net {
class Network;
}

namespace gale::driver {

/// Bytes of a socket's buffers as the system reports them, and as mtu and windows of channels are compared with them.
struct NetworkGrants {
    std::int64_t send_buffer = 0;
    std::int64_t receive_buffer = 0;
};

/// What a socket with the buffers of `options` gets: one is opened, of IPv4 or else IPv6, and closed again. Nothing
/// where the system gives neither; a driver for shared memory needs none, and channels tell why they cannot be opened.
[[nodiscard]] std::optional<NetworkGrants> ask_for_grants(const DriverOptions& options, net::Network& network);

/// Throws one Error{invalid_argument} with a line for each option that no socket could obey. What is returned does no
/// harm, only less good than was hoped: a line each.
/// docs/formats/configuration.md, what the system must grant.
[[nodiscard]] std::vector<std::string> compare(const DriverOptions& options, const NetworkGrants& grants);

}  // namespace gale::driver
