/// What the conformance suite runs over: a network, an address of it, and how to wait there.
#pragma once

#include "base/random.hpp"
#include "net/network.hpp"
#include "net/testing.hpp"

#include <gale/error.hpp>

#include <memory>
#include <string_view>
#include <vector>

namespace gale::net::testing {

enum class LineKind { system_v4, system_v6, plain_v4, simulated_v4, simulated_v6, lossy, counting, capture };

[[nodiscard]] std::vector<LineKind> line_kinds();
[[nodiscard]] std::string_view name(LineKind kind);

class Line {
public:
    virtual ~Line() = default;
    Line() = default;
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;

    [[nodiscard]] virtual Network& network() = 0;
    [[nodiscard]] virtual SocketAddress host() const = 0;                      ///< an address to bind to, port 0
    [[nodiscard]] virtual SocketAddress foreign() const = 0;                   ///< of another machine
    [[nodiscard]] virtual SocketAddress group() const = 0;                     ///< with a port of its own for each call
    [[nodiscard]] virtual SocketAddress group_host() const { return host(); }  ///< of the interface for groups
    [[nodiscard]] virtual std::uint32_t interface_index() const = 0;           ///< of the same
    /// Lets some time pass, less when `transport` has something.
    virtual void wait_for(Transport& transport) = 0;

    /// What arrives until there are `count`, or nothing comes any more. Looks once when `count` is 0.
    [[nodiscard]] std::vector<Arrival> receive(Transport& transport, std::size_t count, int limit = 1024);
    /// Null when the machine refuses.
    [[nodiscard]] std::unique_ptr<Transport> open_member(const SocketAddress& group,
                                                         const std::optional<SocketAddress>& connected = {});
    [[nodiscard]] std::unique_ptr<Transport> open_to_group(const SocketAddress& group);

private:
    [[nodiscard]] std::unique_ptr<Transport> try_open(const TransportSpec& spec);
};

/// Null when the machine has no such network.
[[nodiscard]] std::unique_ptr<Line> make_line(LineKind kind);

}  // namespace gale::net::testing
