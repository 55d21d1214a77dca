/// The network between the drivers of a simulated world: what it does to datagrams, and for how long it is torn.
#pragma once

#include "net/capture.hpp"
#include "net/wrapping_network.hpp"
#include "sim/world.hpp"
#include "support/simulated_network.hpp"

#include <memory>
#include <string>
#include <vector>

namespace gale::sim {

class NetworkProcess final : public Process {
public:
    /// With GALE_SIM_PCAP=directory in the environment, what each host sent and received is kept there as
    /// `<test>-<story>-<host>.pcap` when the story fails, or is the only one that was asked for.
    NetworkProcess(World& world, std::string name, std::string story);
    ~NetworkProcess() override;

    void run() override;

    /// A machine, as its driver sees the network. Lives as long as this.
    [[nodiscard]] net::Network& add_host(const std::string& host, const std::vector<std::string>& addresses);
    [[nodiscard]] testing::SimulatedNetwork& network() noexcept { return network_; }

    /// Some machines and all others do not reach one another for so long. One tear at a time: while there is one,
    /// false.
    bool tear(const std::vector<std::string>& hosts, Nanos time);

private:
    struct Recorder;

    std::string story_;
    testing::SimulatedNetwork network_;
    std::vector<std::unique_ptr<Recorder>> recorders_;
    Nanos heals_{};
    bool is_torn_ = false;
};

}  // namespace gale::sim
