#include "driver/network_grants.hpp"
#include "driver/options.hpp"
#include "net/network.hpp"
#include "support/simulated_network.hpp"
#include "support/test_directory.hpp"
#include "support/virtual_clock.hpp"

#include <gale/error.hpp>
#include <gale/media_driver.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace gale::driver {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// Of a kernel that nobody tuned: net.core.rmem_max = wmem_max = 212992, reported twice.
constexpr NetworkGrants ordinary{.send_buffer = 212992, .receive_buffer = 425984};

std::string refusal(const DriverOptions& options, const NetworkGrants& grants) {
    try {
        static_cast<void>(compare(options, grants));
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
        return error.what();
    }
    return {};
}

TEST(NetworkGrants, OfAnOrdinaryKernelAreEnoughForTheDefaults) { EXPECT_THAT(compare({}, ordinary), IsEmpty()); }

TEST(NetworkGrants, AnMtuBeyondTheSendBufferIsRefused) {
    DriverOptions options;
    options.mtu_length = 8192;
    EXPECT_EQ(refusal(options, {.send_buffer = 8192, .receive_buffer = 425984}), "");
    EXPECT_EQ(refusal(options, {.send_buffer = 8191, .receive_buffer = 425984}),
              "aeron.mtu.length (8k) exceeds the send buffer of 8191 that the system grants a socket "
              "(aeron.socket.so_sndbuf is not given): lower it, or ask for more by aeron.socket.so_sndbuf; without "
              "privilege the system gives no more than `sysctl net.core.wmem_max`");
}

TEST(NetworkGrants, AWindowBeyondTheReceiveBufferIsRefused) {
    DriverOptions options;
    options.initial_window_length = 425984;
    EXPECT_EQ(refusal(options, ordinary), "");
    options.initial_window_length = 425985;
    options.socket_receive_buffer = 1024 * 1024;
    EXPECT_EQ(refusal(options, ordinary),
              "aeron.rcv.initial.window.length (425985) exceeds the receive buffer of 416k that the system grants a "
              "socket (aeron.socket.so_rcvbuf asks for 1m): lower it, or ask for more by aeron.socket.so_rcvbuf; "
              "without privilege the system gives no more than `sysctl net.core.rmem_max`");
}

TEST(NetworkGrants, WhatIsWrongIsToldAtOnce) {
    DriverOptions options;
    options.mtu_length = 8192;
    EXPECT_THAT(refusal(options, {.send_buffer = 4608, .receive_buffer = 65536}),
                AllOf(HasSubstr("aeron.mtu.length (8k)"), HasSubstr("\naeron.rcv.initial.window.length (128k)")));
}

TEST(NetworkGrants, ABufferShorterThanAskedForIsOnlyTold) {
    DriverOptions options;
    options.socket_send_buffer = 106496;
    options.socket_receive_buffer = 212992;
    EXPECT_THAT(compare(options, ordinary), IsEmpty());
    options.socket_send_buffer = 1024 * 1024;
    options.socket_receive_buffer = 2 * 1024 * 1024;
    EXPECT_THAT(compare(options, ordinary),
                ElementsAre("aeron.socket.so_sndbuf: 1m asked for, the system gives 104k; raise it by `sysctl -w "
                            "net.core.wmem_max=1048576`",
                            "aeron.socket.so_rcvbuf: 2m asked for, the system gives 208k; raise it by `sysctl -w "
                            "net.core.rmem_max=2097152`"));
}

TEST(NetworkGrants, AreThoseOfASocketWithTheBuffersAskedFor) {
    const auto untouched = ask_for_grants({}, net::system_network());
    DriverOptions options;
    options.socket_send_buffer = 16 * 1024;
    options.socket_receive_buffer = 32 * 1024;
    const auto small = ask_for_grants(options, net::system_network());
    ASSERT_TRUE(untouched && small);
    EXPECT_EQ(small->send_buffer, 32 * 1024);
    EXPECT_EQ(small->receive_buffer, 64 * 1024);
    EXPECT_GT(untouched->receive_buffer, small->receive_buffer);
}

/// Of one family only, or of none.
class PoorNetwork final : public net::Network {
public:
    explicit PoorNetwork(bool has_v6) : has_v6_{has_v6} {}
    std::unique_ptr<net::Transport> open(const net::TransportSpec& spec) override {
        if (!has_v6_ || spec.local.ip.family == channel::Family::v4) throw Error{ErrorCode::generic, "not here"};
        return machine_.open(spec);
    }
    std::unique_ptr<net::Poller> make_poller() override { return machine_.make_poller(); }
    std::vector<net::InterfaceAddress> interfaces() override { return machine_.interfaces(); }
    channel::IpAddress resolve(std::string_view host) override { return machine_.resolve(host); }

private:
    bool has_v6_;
    gale::testing::VirtualClock clock_;
    gale::testing::SimulatedNetwork simulated_{clock_, 1};
    net::Network& machine_{simulated_.add_host("here", {"fd00::1"})};
};

TEST(NetworkGrants, OfAMachineWithoutIpv4AreThoseOfIpv6) {
    PoorNetwork network{true};
    EXPECT_TRUE(ask_for_grants({}, network));
}

TEST(NetworkGrants, OfAMachineWithoutNetworkAreUnknown) {
    PoorNetwork network{false};
    EXPECT_FALSE(ask_for_grants({}, network));
}

DriverOptions starting_in(const gale::testing::TestDirectory& place) {
    return {.directory = place.path(),
            .threading_mode = ThreadingMode::invoker,
            .counters_buffer_length = 1 << 20,
            .low_file_store_warning_threshold = 0};
}

std::string refused_start(const DriverOptions& options) {
    try {
        const MediaDriver driver = MediaDriver::launch(options);
        ADD_FAILURE() << "it started";
    } catch (const Error& error) {
        return error.what();
    }
    return {};
}

TEST(DriverStart, IsRefusedWhereNoDatagramOfTheMtuCouldLeave) {
    const gale::testing::TestDirectory place;
    DriverOptions options = starting_in(place);
    options.mtu_length = 65504;
    options.socket_send_buffer = 8192;  // reported as 16k, by whomever
    EXPECT_THAT(refused_start(options), HasSubstr("aeron.mtu.length (65504) exceeds the send buffer of 16k"));
    EXPECT_FALSE(std::filesystem::exists(place.path())) << "nothing was touched";
}

TEST(DriverStart, IsRefusedWhereNoSocketHoldsTheFirstWindow) {
    const gale::testing::TestDirectory place;
    DriverOptions options = starting_in(place);
    options.initial_window_length = 64 * 1024 * 1024;  // the driver asks for 8 MiB by itself
    EXPECT_THAT(refused_start(options), HasSubstr("aeron.rcv.initial.window.length (64m) exceeds the receive buffer"));
}

TEST(DriverStart, NeedsNoTuningForTheDefaults) {
    const gale::testing::TestDirectory place;
    DriverOptions options = starting_in(place);
    std::vector<std::string> warnings;
    options.on_warning = [&](std::string_view line) { warnings.emplace_back(line); };
    const MediaDriver driver = MediaDriver::launch(options);
    EXPECT_TRUE(driver.is_running());
    EXPECT_THAT(warnings, Not(::testing::Contains(HasSubstr("socket"))));
}

TEST(DriverStart, TellsThatABufferIsShorterThanItWasAskedFor) {
    const gale::testing::TestDirectory place;
    DriverOptions options = starting_in(place);
    // More than the system gives anybody, also those with privilege.
    options.socket_receive_buffer = std::numeric_limits<std::int32_t>::max();
    std::vector<std::string> warnings;
    options.on_warning = [&](std::string_view line) { warnings.emplace_back(line); };
    const MediaDriver driver = MediaDriver::launch(options);
    EXPECT_THAT(warnings, ElementsAre(HasSubstr("aeron.socket.so_rcvbuf: 2147483647 asked for")));
}

// Sockets of simulated networks have ports that stories name: none of them may go to a question.
TEST(DriverStart, AsksOnlyTheSystemsOwnNetwork) {
    const gale::testing::TestDirectory place;
    PoorNetwork network{false};
    DriverOptions options = starting_in(place);
    options.mtu_length = 65504;
    options.socket_send_buffer = 8192;
    options.environment.network = &network;
    EXPECT_NO_THROW(static_cast<void>(MediaDriver::launch(options)));
}

}  // namespace
}  // namespace gale::driver
