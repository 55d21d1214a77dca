/// A network whose transports are put into wrappers as they are opened: for a lab, or for a test.
#pragma once

#include "net/network.hpp"

#include <functional>
#include <utility>

namespace gale::net {

class WrappingNetwork final : public Network {
public:
    using Wrap = std::function<std::unique_ptr<Transport>(std::unique_ptr<Transport>, const TransportSpec&)>;

    /// `inner` outlives this. `wrap` is called by whoever opens.
    WrappingNetwork(Network& inner, Wrap wrap) : inner_{inner}, wrap_{std::move(wrap)} {}

    [[nodiscard]] std::unique_ptr<Transport> open(const TransportSpec& spec) override {
        return wrap_(inner_.open(spec), spec);
    }
    [[nodiscard]] std::unique_ptr<Poller> make_poller() override { return inner_.make_poller(); }
    [[nodiscard]] std::vector<InterfaceAddress> interfaces() override { return inner_.interfaces(); }
    [[nodiscard]] channel::IpAddress resolve(std::string_view host) override { return inner_.resolve(host); }

private:
    Network& inner_;
    Wrap wrap_;
};

}  // namespace gale::net
