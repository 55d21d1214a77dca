/// Several hosts on one segment, for programs that talk over a network: network namespaces on a bridge. Where the
/// kernel allows none, or none are asked for, they are programs beside each other on the loopback interface.
#pragma once

#include "support/process.hpp"

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace gale::testing {

/// The kernel lets this process make none.
struct NoNamespaces : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Network namespaces `gale-lab-<pid>-...`, the host of number n at 10.88.0.n+1, and one more that has the bridge. They
/// go away with this, and those that a process left behind when it was killed go with the next. The bridge and its ends
/// of the cables are in a namespace, too: nothing of the machine's own network is touched.
class Namespaces {
public:
    /// Throws NoNamespaces where the kernel forbids them, std::runtime_error with what `ip` says at any other trouble.
    explicit Namespaces(std::size_t hosts);
    Namespaces(const Namespaces&) = delete;
    Namespaces& operator=(const Namespaces&) = delete;
    ~Namespaces();

    /// The same program, on that host. Its process id and its signals are as without.
    [[nodiscard]] Command on(std::size_t host, const Command& command) const;
    /// The cable between a host and the bridge is pulled; and plugged in again.
    void pull(std::size_t host) const { set_cable(host, "down"); }
    void plug_in(std::size_t host) const { set_cable(host, "up"); }

private:
    [[nodiscard]] std::string name(std::string_view what) const;
    void add_namespace(const std::string& name);
    void set_cable(std::size_t host, std::string_view state) const;

    std::vector<std::string> made_;
};

}  // namespace gale::testing
