// What a flood costs the processor of a whole driver, without a clock for processors: a driver's work is its duty
// cycles, and what a datagram of a flood is worth is bounded by its kind (bench/floods_bench.cpp measures each). So it
// is counted how many of them a duty cycle takes, whatever waits, and how many it answers; and the honest streams
// beside, which have the same number of duty cycles with and without, come as far.
#include "net/counting.hpp"
#include "net/wrapping_network.hpp"
#include "sim/driver_process.hpp"
#include "support/simulated_network.hpp"
#include "wire/frames.hpp"

#include <gale/client.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace gale::sim {
namespace {

using control::SystemCounter;
using Bytes = std::vector<std::byte>;

constexpr int cycles = 400;
constexpr Nanos cycle_time = 100us;
// What receivers and senders take at most from one socket in one duty cycle.
constexpr std::int64_t most_from_a_receiving_socket = 256;
constexpr std::int64_t most_from_a_sending_socket = 64;
constexpr std::size_t overwhelming = 400;  // datagrams in each duty cycle: more than are taken from any socket

/// A machine whose driver does one duty cycle at a time, and is looked at.
class Watched {
public:
    Watched(testing::SimulatedNetwork& network, const std::string& name, const std::string& address, Clock& clock,
            const DriverProcess::Change& change)
        : counted_{network.add_host(name, {address}),
                   [this](std::unique_ptr<net::Transport> transport, const net::TransportSpec&) {
                       sockets_.push_back(transport->local_address());
                       return std::make_unique<net::Counting>(std::move(transport), counts_);
                   }},
          driver_{MediaDriver::launch(options(clock, change))},
          client_{
              Client::connect({.directory = directory_.path(), .conductor = ConductorMode::invoker, .clock = &clock})},
          cnc_{control::CncFile::open(directory_.path(), os::Access::read_only).file.value()} {}

    void cycle() {
        const std::int64_t before = counts_.received.datagrams;
        static_cast<void>(driver_.do_work());
        most_taken_ = std::max(most_taken_, counts_.received.datagrams - before);
        client_.do_work();
    }
    void begin_to_count() {
        counts_ = {};
        most_taken_ = 0;
    }

    [[nodiscard]] Client& client() noexcept { return client_; }
    [[nodiscard]] const net::Counts& counts() const noexcept { return counts_; }
    [[nodiscard]] std::int64_t most_taken() const noexcept { return most_taken_; }
    /// In the order in which they were opened.
    [[nodiscard]] net::SocketAddress socket(std::size_t index) const { return sockets_.at(index); }
    [[nodiscard]] std::int64_t value(SystemCounter counter) const {
        return cnc_.counters().value(CounterId{static_cast<std::int32_t>(counter)}).load_acquire();
    }

private:
    [[nodiscard]] DriverOptions options(Clock& clock, const DriverProcess::Change& change) {
        DriverOptions made{.directory = directory_.path(),
                           .threading_mode = ThreadingMode::invoker,
                           .counters_buffer_length = 1 << 20,
                           .loss_report_buffer_length = 4096,
                           .term_buffer_length = 64 * 1024,
                           .low_file_store_warning_threshold = 0};
        made.environment = {.clock = &clock, .seed = 7, .network = &counted_};
        if (change) change(made);
        return made;
    }
    net::Counts counts_;
    std::vector<net::SocketAddress> sockets_;
    std::int64_t most_taken_ = 0;
    net::WrappingNetwork counted_;
    testing::TestDirectory directory_;
    MediaDriver driver_;
    Client client_;
    control::CncFile cnc_;
};

/// A stream from the one machine to the other, as fast as it goes.
struct Stream {
    ExclusivePublication publication;
    Subscription subscription;
    std::int64_t read = 0;

    void act() {
        const std::vector<std::byte> message(1000, std::byte{'h'});
        while (publication.offer(message)) {
        }
        const auto count = [this](std::span<const std::byte> bytes, const Header&) {
            read += static_cast<std::int64_t>(bytes.size());
        };
        while (subscription.poll(count, 100) > 0) {
        }
    }
};

/// What a stranger sends in each duty cycle.
struct Attack {
    std::size_t datagrams = 0;
    std::function<Bytes(std::uint64_t number)> make{};
    std::function<net::SocketAddress(const class Scene&)> where{};
};

class Scene {
public:
    explicit Scene(const DriverProcess::Change& change = {})
        : a_{network_, "a", "10.0.0.1", clock_, change}, b_{network_, "b", "10.0.0.2", clock_, change},
          stranger_{network_.add_host("stranger", {"10.0.0.3"})
                        .open({.local = {.ip = channel::parse_ip("10.0.0.3").value(), .port = 666}})} {
        network_.set_links({.delay = 50us});
        for (const char* port : {"40123", "40124"}) {
            const std::string channel = std::string{"aeron:udp?endpoint=10.0.0.2:"} + port;
            auto subscription = await(b_.client().async_add_subscription(channel, stream));
            streams_.push_back(
                {await(a_.client().async_add_exclusive_publication(channel, stream)), std::move(subscription)});
        }
        while (!streams_[0].publication.is_connected() || !streams_[1].publication.is_connected()) cycle();
    }

    /// So many duty cycles of each driver under attack.
    void suffer(const Attack& attack) {
        a_.begin_to_count();
        b_.begin_to_count();
        for (Stream& each : streams_) each.read = 0;
        std::uint64_t number = 0;
        for (int i = 0; i < cycles; ++i) {
            for (std::size_t n = 0; n < attack.datagrams; ++n) {
                const Bytes bytes = attack.make(number++);
                const net::Datagram datagram{bytes};
                const auto to = attack.where(*this);
                EXPECT_EQ(stranger_->send({&datagram, 1}, &to), 1);
            }
            cycle();
            for (Stream& each : streams_) each.act();
        }
    }

    [[nodiscard]] const Watched& b() const noexcept { return b_; }
    [[nodiscard]] const Watched& a() const noexcept { return a_; }
    /// Of the stream at the first port, and of that at the second, which strangers flood.
    [[nodiscard]] std::int64_t read(std::size_t index) const { return streams_[index].read; }
    [[nodiscard]] Position position(std::size_t index) const { return streams_[index].publication.position().value(); }
    [[nodiscard]] PublicationConstants constants(std::size_t index) const {
        return streams_[index].publication.constants();
    }
    [[nodiscard]] const testing::SimulatedTotals& totals() const noexcept { return network_.totals(); }

    static constexpr StreamId stream{7};

private:
    void cycle() {
        clock_.advance(cycle_time);
        a_.cycle();
        b_.cycle();
    }
    template <class Resource> Resource await(Pending<Resource> wish) {
        std::optional<Resource> made;
        while (!(made = wish.poll())) cycle();
        return std::move(*made);
    }

    testing::VirtualClock clock_;
    testing::SimulatedNetwork network_{clock_, 1};
    Watched a_;
    Watched b_;
    std::unique_ptr<net::Transport> stranger_;
    std::vector<Stream> streams_;
};

net::SocketAddress at_b(std::uint16_t port) { return {.ip = channel::parse_ip("10.0.0.2").value(), .port = port}; }

template <class Frame> Bytes bytes_of(const Frame& frame) {
    const auto bytes = std::as_bytes(std::span{&frame, 1});
    return {bytes.begin(), bytes.end()};
}

Bytes rubbish(std::uint64_t number) {
    Random random{number};
    Bytes bytes(random.below(200));
    for (std::byte& each : bytes) each = static_cast<std::byte>(random.next());
    // Half of it looks like something at first.
    if (bytes.size() > 8 && number % 2 == 0) {
        const wire::CommonHeader header{.frame_length = static_cast<std::int32_t>(bytes.size()) + 8,
                                        .version = 0,
                                        .flags = 0,
                                        .type = static_cast<wire::FrameType>(number / 2 % 12)};
        std::memcpy(bytes.data(), &header, sizeof header);
    }
    return bytes;
}

Bytes setup_of(SessionId session, StreamId stream) {
    wire::Setup setup{.session_id = session, .stream_id = stream};
    setup.term_length = 64 * 1024;
    setup.mtu = 1408;
    return bytes_of(setup);
}

Bytes setup_of_unknown_stream(std::uint64_t number) {
    const auto some = static_cast<std::int32_t>(number);
    return setup_of(SessionId{some}, StreamId{1'000'000 + some});
}

Bytes data_of_unknown_session(std::uint64_t number) {
    wire::FrameHeader header{};
    header.frame_length = 64;
    header.flags = wire::flags::whole;
    header.type = wire::FrameType::data;
    header.session_id = static_cast<std::int32_t>(number);
    header.stream_id = Scene::stream.value;
    Bytes bytes = bytes_of(header);
    bytes.resize(64);
    return bytes;
}

struct FloodKind {
    const char* name;
    Bytes (*make)(std::uint64_t);
};
void PrintTo(const FloodKind& kind, std::ostream* out) { *out << kind.name; }

/// How far both streams come when nobody disturbs them, and what passes the drivers' sockets meanwhile.
struct Usual {
    std::array<std::int64_t, 2> read;
    std::int64_t received_by_a;
    std::int64_t sent_by_b;
};
const Usual& undisturbed() {
    static const Usual usual = [] {
        Scene scene;
        scene.suffer({});
        return Usual{.read = {scene.read(0), scene.read(1)},
                     .received_by_a = scene.a().counts().received.datagrams,
                     .sent_by_b = scene.b().counts().sent.datagrams};
    }();
    return usual;
}
void expect_as_far_as_undisturbed(const Scene& scene, std::size_t stream) {
    const std::int64_t usual = undisturbed().read.at(stream);
    EXPECT_GT(usual, 1'000'000) << "it flows at all";
    EXPECT_GE(scene.read(stream), usual - usual / 20);
}

class FloodOf : public ::testing::TestWithParam<FloodKind> {
protected:
    // Elicitations: what is earned in the time, and what was saved before, a second's worth.
    static constexpr std::int64_t most_answers = 1000 + 1000 * cycles * cycle_time / 1s + 1;
};

TEST_P(FloodOf, CostsADutyCycleNoMoreThanItTakesAndOtherSocketsNothing) {
    Scene scene;
    scene.suffer(
        {.datagrams = overwhelming, .make = GetParam().make, .where = [](const Scene&) { return at_b(40124); }});
    // More waits than is taken, and so much of it is taken in a duty cycle: from each of two sockets, at most.
    EXPECT_GT(scene.totals().overflowed + scene.totals().delivered, scene.b().counts().received.datagrams);
    EXPECT_GE(scene.b().most_taken(), most_from_a_receiving_socket);
    EXPECT_LE(scene.b().most_taken(), 2 * most_from_a_receiving_socket);
    EXPECT_LE(scene.b().counts().sent.datagrams, 2 * undisturbed().sent_by_b + most_answers);
    EXPECT_EQ(scene.b().value(SystemCounter::errors), 0);
    expect_as_far_as_undisturbed(scene, 0);
}

TEST_P(FloodOf, ThatADutyCycleCanTakeCostsAStreamOfTheSameSocketNothing) {
    Scene scene;
    scene.suffer({.datagrams = 150, .make = GetParam().make, .where = [](const Scene&) { return at_b(40123); }});
    EXPECT_GE(scene.b().counts().received.datagrams, 150 * (cycles - 10));
    EXPECT_LE(scene.b().counts().sent.datagrams, 2 * undisturbed().sent_by_b + most_answers);
    expect_as_far_as_undisturbed(scene, 0);
    expect_as_far_as_undisturbed(scene, 1);
}

INSTANTIATE_TEST_SUITE_P(, FloodOf,
                         ::testing::Values(FloodKind{"Rubbish", rubbish},
                                           FloodKind{"SetupsForUnknownStreams", setup_of_unknown_stream},
                                           FloodKind{"DataOfUnknownSessions", data_of_unknown_session}),
                         [](const auto& kind) { return kind.param.name; });

/// NAKs that make sense: of the flooded stream, for any part of a term.
class FloodOfNaks : public ::testing::Test {
protected:
    static constexpr std::size_t flooded = 1;
    /// Of what was published last and may still be sent again.
    static Attack naks(const Scene& scene, std::size_t datagrams) {
        const auto make = [&scene](std::uint64_t number) {
            const auto of = scene.constants(flooded);
            const std::int64_t position =
                scene.position(flooded).value - 1408 * (1 + static_cast<std::int64_t>(number % 16));
            const std::int64_t at = std::max<std::int64_t>(position, 0) / 32 * 32;
            wire::Nak nak{.session_id = of.session_id, .stream_id = Scene::stream};
            nak.term_id = TermId{of.initial_term_id.value + static_cast<std::int32_t>(at / of.term_length)};
            nak.term_offset = static_cast<std::int32_t>(at % of.term_length);
            nak.length = 1408;
            return bytes_of(nak);
        };
        return {.datagrams = datagrams, .make = make, .where = [](const Scene& at) {
                    return net::SocketAddress{.ip = channel::parse_ip("10.0.0.1").value(),
                                              .port = at.a().socket(flooded).port};
                }};
    }
    static void hear_anybody(DriverOptions& options) { options.driver_connect = false; }
    static void send_little_again(DriverOptions& options) {
        hear_anybody(options);
        options.retransmit_rate = 64 * 1024;
        options.retransmit_burst = 64 * 1024;
    }
};

TEST_F(FloodOfNaks, OfStrangersIsNotEvenTakenByASocketThatKnowsItsReceiver) {
    Scene scene;
    scene.suffer(naks(scene, overwhelming));
    EXPECT_GE(scene.totals().unheard, static_cast<std::int64_t>(overwhelming) * (cycles - 10));
    EXPECT_EQ(scene.a().value(SystemCounter::naks_received), 0);
    EXPECT_LE(scene.a().counts().received.datagrams, 2 * undisturbed().received_by_a);
    expect_as_far_as_undisturbed(scene, 0);
    expect_as_far_as_undisturbed(scene, flooded);
}

TEST_F(FloodOfNaks, CostsADutyCycleNoMoreThanItTakesAndOtherStreamsNothing) {
    Scene scene{send_little_again};
    scene.suffer(naks(scene, overwhelming));
    EXPECT_GE(scene.a().most_taken(), most_from_a_sending_socket);
    EXPECT_LE(scene.a().most_taken(), 2 * most_from_a_sending_socket);
    EXPECT_GT(scene.a().value(SystemCounter::naks_received), cycles);
    // 64 KiB at once, then 64 KiB a second, and what had begun is ended.
    EXPECT_GT(scene.a().value(SystemCounter::retransmitted_bytes), 0);
    EXPECT_LE(scene.a().value(SystemCounter::retransmitted_bytes),
              64 * 1024 + 64 * 1024 * cycles * cycle_time / 1s + 4096);
    expect_as_far_as_undisturbed(scene, 0);
}

TEST_F(FloodOfNaks, ThatADutyCycleCanTakeCostsTheStreamItselfNothing) {
    Scene scene{hear_anybody};
    scene.suffer(naks(scene, 40));
    EXPECT_GE(scene.a().value(SystemCounter::naks_received), 40 * (cycles - 40));
    // Whoever asks again within 10 ms is not answered again: a term a time, as it were.
    EXPECT_LE(scene.a().value(SystemCounter::retransmitted_bytes), 2 * 64 * 1024 * cycles * cycle_time / 10ms);
    expect_as_far_as_undisturbed(scene, 0);
    expect_as_far_as_undisturbed(scene, flooded);
}

}  // namespace
}  // namespace gale::sim
