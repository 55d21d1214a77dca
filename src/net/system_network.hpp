/// The machine's own network.
#pragma once

#include "net/network.hpp"

namespace gale::net {

class SystemNetwork final : public Network {
public:
    [[nodiscard]] std::unique_ptr<Transport> open(const TransportSpec& spec) override;
    [[nodiscard]] std::unique_ptr<Poller> make_poller() override;
    [[nodiscard]] std::vector<InterfaceAddress> interfaces() override;
    [[nodiscard]] channel::IpAddress resolve(std::string_view host) override;
};

}  // namespace gale::net
