// On a line that loses packets a stream goes on, and fast: no silence of it is longer than three round trips and 20 ms,
// as long as nobody has to wait for a processor. SEED=... tells one story again, aloud.
#include "sim/driver_process.hpp"
#include "sim/network_process.hpp"
#include "support/seeds.hpp"

#include <gale/client.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace gale::sim {
namespace {

/// Both ways.
struct BadLine {
    const char* name;
    double loss;
    Nanos delay;
    double least;  ///< MB/s
};

// What bench/results/ has of real ones.
constexpr std::array bad_lines{BadLine{"whole", 0, 50us, 254},
                               BadLine{"whole_far", 0, 50ms, 113},
                               BadLine{"lost_1_of_100", 0.01, 50us, 98},
                               BadLine{"lost_1_of_100_near", 0.01, 5ms, 45},
                               BadLine{"lost_1_of_100_far", 0.01, 50ms, 34},
                               BadLine{"lost_5_of_100_near", 0.05, 5ms, 41},
                               BadLine{"lost_5_of_100_far", 0.05, 50ms, 5}};

struct Flow {
    Nanos longest_silence{};
    double megabytes = 0;
};

/// Two drivers with their defaults, one program beside each, a line of 300 MB/s between them.
class TwoEnds {
public:
    TwoEnds(std::uint64_t seed, const BadLine& line)
        : world_{seed}, network_{world_.start<NetworkProcess>("network", std::to_string(seed))},
          sender_{start("a", "10.0.0.1")}, receiver_{start("b", "10.0.0.2")},
          writer_{Client::connect(options(sender_))}, reader_{Client::connect(options(receiver_))} {
        network_.network().set_links({.loss = line.loss, .delay = line.delay, .bytes_per_second = 300'000'000});
        world_.go_evenly(50us);
    }
    /// What a subscriber sees who came before the publisher, for so long from its first message on.
    Flow measure(Nanos time) {
        const std::string channel = "aeron:udp?endpoint=10.0.0.2:40123|term-length=64m";
        auto subscription = settle(reader_.async_add_subscription(channel, StreamId{1}));
        auto publication = settle(writer_.async_add_exclusive_publication(channel, StreamId{1}));
        const std::array<std::byte, 1344> message{};
        const auto publish = [&] {
            for (int i = 0; i < 32 && publication.offer(message); ++i) {
            }
        };
        double bytes = 0;
        const auto read = [&] {
            const double before = bytes;
            const auto count = [&](std::span<const std::byte> some, const Header&) {
                bytes += static_cast<double>(some.size());
            };
            while (subscription.poll(count, 64) > 0) {
            }
            return bytes > before;
        };
        EXPECT_TRUE(world_.run_until(
            [&] {
                converse();
                publish();
                return read();
            },
            10s));
        Flow flow;
        Nanos last = world_.now();
        for (const Nanos end = last + time; world_.now() < end && !::testing::Test::HasFailure();) {
            turn();
            publish();
            const Nanos silence = world_.now() - last;
            if (silence > flow.longest_silence) {
                flow.longest_silence = silence;
                silence_ends_ = world_.now();
            }
            if (read()) last = world_.now();
        }
        flow.megabytes = bytes / 1e6;
        world_.note("the longest silence of " + std::to_string(flow.longest_silence.count()) + " ns ended at " +
                    std::to_string(silence_ends_.count()));
        return flow;
    }

private:
    DriverProcess& start(const std::string& name, const std::string& address) {
        net::Network& host = network_.add_host(name, {address});
        return world_.start<DriverProcess>("driver " + name,
                                           [&](DriverOptions& options) { options.environment.network = &host; });
    }
    ClientOptions options(const DriverProcess& driver) {
        ClientOptions made;
        made.directory = driver.directory();
        made.conductor = ConductorMode::invoker;
        made.clock = &world_.clock();
        return made;
    }
    void converse() {
        writer_.do_work();
        reader_.do_work();
    }
    void turn() {
        world_.step();
        converse();
    }
    template <class Resource> Resource settle(Pending<Resource> pending) {
        for (;; turn())
            if (auto made = pending.poll()) return std::move(*made);
    }

    World world_;
    NetworkProcess& network_;
    DriverProcess& sender_;
    DriverProcess& receiver_;
    Client writer_;
    Client reader_;
    Nanos silence_ends_{};
};

class UdpFreezes : public ::testing::TestWithParam<BadLine> {};

constexpr std::chrono::seconds seconds{3};

TEST_P(UdpFreezes, AreShortAndFew) {
    for (const std::uint64_t seed : testing::seeds(1)) {
        SCOPED_TRACE("SEED=" + std::to_string(seed));
        TwoEnds ends{seed, GetParam()};
        const Flow flow = ends.measure(seconds);
        EXPECT_LE(flow.longest_silence, 6 * GetParam().delay + 20ms);
        EXPECT_GE(flow.megabytes / static_cast<double>(seconds.count()), GetParam().least);
    }
}

INSTANTIATE_TEST_SUITE_P(Lines, UdpFreezes, ::testing::ValuesIn(bad_lines),
                         [](const auto& line) { return line.param.name; });

}  // namespace
}  // namespace gale::sim
