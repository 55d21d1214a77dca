#include "sim/network_process.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <utility>

namespace gale::sim {
namespace {

std::string capture_path(const std::string& directory, const std::string& story, const std::string& host) {
    const auto* const test = ::testing::UnitTest::GetInstance()->current_test_info();
    std::string name = test != nullptr ? test->name() : "story";
    std::ranges::replace(name, '/', '-');  // of a test with parameters
    return directory + "/" + name + "-" + story + "-" + host + ".pcap";
}

}  // namespace

/// A machine's network with a file beside it that takes down what passes.
struct NetworkProcess::Recorder {
    Recorder(net::Network& inner, std::string path, Clock& clock) : name{std::move(path)}, file{name, clock} {
        network.emplace(inner, [this](std::unique_ptr<net::Transport> transport, const net::TransportSpec& spec) {
            return std::make_unique<net::Capture>(std::move(transport), spec, file);
        });
    }
    std::string name;
    net::PcapFile file;
    std::optional<net::WrappingNetwork> network{};
};

NetworkProcess::NetworkProcess(World& world, std::string name, std::string story)
    : Process{world, std::move(name)}, story_{std::move(story)}, network_{world.clock(), world.random().next()} {}

NetworkProcess::~NetworkProcess() {
    if (::testing::Test::HasFailure() || std::getenv("SEED") != nullptr) return;
    for (const auto& recorder : recorders_) std::filesystem::remove(recorder->name);
}

net::Network& NetworkProcess::add_host(const std::string& host, const std::vector<std::string>& addresses) {
    net::Network& made = network_.add_host(host, addresses);
    const char* const directory = std::getenv("GALE_SIM_PCAP");
    if (directory == nullptr) return made;
    recorders_.push_back(std::make_unique<Recorder>(made, capture_path(directory, story_, host), world().clock()));
    return *recorders_.back()->network;
}

bool NetworkProcess::tear(const std::vector<std::string>& hosts, Nanos time) {
    if (is_torn_) return false;
    std::string sentence = "the network is torn for " + std::to_string(time.count()) + " ns, on one side";
    for (const std::string& host : hosts) sentence += " " + host;
    world().note(sentence);
    network_.partition(hosts);
    heals_ = world().now() + time;
    return is_torn_ = true;
}

void NetworkProcess::run() {
    if (!is_torn_ || world().now() < heals_) return;
    world().note("the network is whole again");
    network_.heal();
    is_torn_ = false;
}

}  // namespace gale::sim
