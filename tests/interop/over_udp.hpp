/// What interop tests over UDP share: the drivers of both ends, and ports that no other test has.
#pragma once

#include "interop/interop.hpp"

namespace gale::interop {

/// The drivers of both ends.
struct Ends {
    DriverKind from;
    DriverKind to;
    friend std::ostream& operator<<(std::ostream& out, const Ends& ends) {
        return out << ends.from << " to " << ends.to;
    }
};
[[nodiscard]] std::string title(const Ends& ends);

/// Upstream and we, in both roles.
inline constexpr std::array both_ways{Ends{{Language::java, "dedicated"}, {Language::gale, "dedicated"}},
                                      Ends{{Language::gale, "dedicated"}, {Language::java, "dedicated"}}};

class OverUdp : public Interop {
protected:
    /// PORT, replaced.
    static std::string with_port(std::string channel, int port);
    /// Tests run beside each other, each in a process: of a block of ports for each, below those that the system gives
    /// away.
    static int new_port();
};

/// The same, once for each way.
class OverUdpBothWays : public OverUdp, public ::testing::WithParamInterface<Ends> {};

}  // namespace gale::interop
