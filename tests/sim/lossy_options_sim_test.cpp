// Losses that a driver makes itself, by its options debug.*.loss.rate: each concerns one direction of one side, shows
// in what that side hears or says, and in no stream.
#include "sim/machine.hpp"
#include "wire/frame_header.hpp"
#include "wire/frames.hpp"

#include <gtest/gtest.h>

#include <map>
#include <memory>

namespace gale::sim {
namespace {

using control::SystemCounter;
using wire::FrameType;

constexpr StreamId the_stream{1001};
const std::string channel = "aeron:udp?endpoint=10.0.0.2:40123|term-length=64k";

/// A publication on machine a, a subscription on machine b, and what arrives in each direction. Nothing on the way back
/// is lost but by options; on the way there only data, a little of it, so that there is something to ask for.
class LossyOptions : public ::testing::Test {
protected:
    void begin(const DriverProcess::Change& at_a, const DriverProcess::Change& at_b) {
        a_ = start_machine(world_, network_, streams_, 0, at_a);
        b_ = start_machine(world_, network_, streams_, 1, at_b);
        network_.network().set_links({.delay = 1ms});
        network_.network().set_filter([this](const testing::Flight& flight) { return arrives(flight); });
        world_.run_for(100ms);
        b_.clients[0]->subscribe({.stream = the_stream, .channel = channel, .pace = 1000});
        a_.clients[0]->publish({.stream = the_stream, .channel = channel, .pace = 1000});
    }
    static DriverProcess::Change with(double DriverOptions::*rate, double value) {
        return [=](DriverOptions& options) {
            options.*rate = value;
            for (auto seed : {&DriverOptions::send_data_loss_seed, &DriverOptions::send_control_loss_seed,
                              &DriverOptions::receive_data_loss_seed, &DriverOptions::receive_control_loss_seed})
                options.*seed = 7;
        };
    }
    /// Each message arrives once and in order, and both programs come to their end.
    void expect_a_whole_stream() {
        ASSERT_TRUE(world_.run_until([&] { return streams_.written(the_stream).value > 400'000; }, 600s));
        a_.clients[0]->finish_publishers();
        ASSERT_TRUE(world_.run_until([&] { return !a_.clients[0]->has_publishers(); }, 60s));
        b_.clients[0]->finish_subscribers();
        ASSERT_TRUE(world_.run_until([&] { return !b_.clients[0]->has_subscribers(); }, 60s))
            << b_.clients[0]->describe();
        EXPECT_GT(streams_.tally.messages, 100);
        EXPECT_EQ(streams_.tally.images, 1);
    }
    /// But for the last words of each side, which come when the other has gone.
    static void expect_nearly(std::int64_t heard, std::int64_t arrived, std::int64_t word_length = 1) {
        EXPECT_LE(heard, arrived);
        EXPECT_GE(heard, arrived - 5 * word_length);
    }
    /// How many datagrams that begin with such a frame came out of the network at that machine.
    [[nodiscard]] std::int64_t arrived(const Machine& machine, FrameType type) {
        return arrived_[{machine.name, type}];
    }
    [[nodiscard]] std::int64_t bytes_arrived(const Machine& machine) { return bytes_arrived_[machine.name]; }
    [[nodiscard]] std::int64_t questions() const noexcept { return questions_; }

private:
    std::map<std::pair<std::string, FrameType>, std::int64_t> arrived_;
    std::map<std::string, std::int64_t> bytes_arrived_;
    std::int64_t data_ = 0;
    std::int64_t questions_ = 0;  ///< of round trips

protected:
    Streams streams_{Medium::network};
    World world_{1};
    NetworkProcess& network_{world_.start<NetworkProcess>("network", "options")};
    Machine a_;
    Machine b_;

private:
    bool arrives(const testing::Flight& flight) {
        const auto* const header = view<wire::CommonHeader>(flight.bytes);
        if (header == nullptr) return true;
        if (header->type == FrameType::data && ++data_ % 20 == 0) return false;
        if (header->type == FrameType::rtt_measurement && header->has(wire::RttMeasurement::reply_wanted)) ++questions_;
        ++arrived_[{std::string{flight.to_host}, header->type}];
        bytes_arrived_[std::string{flight.to_host}] += static_cast<std::int64_t>(flight.bytes.size());
        return true;
    }
};

TEST_F(LossyOptions, WithoutThemEverythingIsHeard) {
    begin({}, {});
    expect_a_whole_stream();
    EXPECT_GT(arrived(a_, FrameType::nak), 10) << "the line loses something";
    EXPECT_EQ(a_.driver->value(SystemCounter::naks_received), arrived(a_, FrameType::nak));
    expect_nearly(a_.driver->value(SystemCounter::status_messages_received), arrived(a_, FrameType::status_message));
    EXPECT_EQ(b_.driver->value(SystemCounter::naks_sent), arrived(a_, FrameType::nak));
    EXPECT_EQ(b_.driver->value(SystemCounter::status_messages_sent), arrived(a_, FrameType::status_message));
    expect_nearly(b_.driver->value(SystemCounter::bytes_received), bytes_arrived(b_), 1408);
}

TEST_F(LossyOptions, OfControlOnTheWayInLoseStatusMessagesNaksAndMeasurements) {
    begin(with(&DriverOptions::send_control_loss_rate, 0.5), {});
    expect_a_whole_stream();
    const auto heard_of = [&](SystemCounter counter, FrameType type) {
        return static_cast<double>(a_.driver->value(counter)) / static_cast<double>(arrived(a_, type));
    };
    EXPECT_NEAR(heard_of(SystemCounter::naks_received, FrameType::nak), 0.5, 0.25);
    EXPECT_NEAR(heard_of(SystemCounter::status_messages_received, FrameType::status_message), 0.5, 0.25);
    EXPECT_GT(questions(), 0);
    EXPECT_LT(arrived(b_, FrameType::rtt_measurement), questions()) << "some questions went unheard";
    EXPECT_GT(a_.driver->value(SystemCounter::retransmits_sent), 0);
    EXPECT_EQ(b_.driver->value(SystemCounter::status_messages_sent), arrived(a_, FrameType::status_message))
        << "the other side loses nothing";
    expect_nearly(b_.driver->value(SystemCounter::bytes_received), bytes_arrived(b_),
                  1408);  // nor does the other direction
}

TEST_F(LossyOptions, OfControlOnTheWayInMayLoseAllAndTheStreamNeverConnects) {
    begin(with(&DriverOptions::send_control_loss_rate, 1), {});
    world_.run_for(10s);
    EXPECT_GT(arrived(b_, FrameType::setup), 20) << "it goes on asking";
    EXPECT_GT(arrived(a_, FrameType::status_message), 20) << "and is answered";
    EXPECT_EQ(a_.driver->value(SystemCounter::status_messages_received), 0);
    EXPECT_EQ(arrived(b_, FrameType::data), 0);
    EXPECT_EQ(streams_.tally.messages, 0);
}

TEST_F(LossyOptions, OfControlOnTheWayOutLoseWhatASubscriptionAnswers) {
    begin({}, with(&DriverOptions::receive_control_loss_rate, 0.5));
    expect_a_whole_stream();
    const auto left_of = [&](SystemCounter counter, FrameType type) {
        return static_cast<double>(arrived(a_, type)) / static_cast<double>(b_.driver->value(counter));
    };
    EXPECT_NEAR(left_of(SystemCounter::naks_sent, FrameType::nak), 0.5, 0.25);
    EXPECT_NEAR(left_of(SystemCounter::status_messages_sent, FrameType::status_message), 0.5, 0.25);
    expect_nearly(a_.driver->value(SystemCounter::status_messages_received), arrived(a_, FrameType::status_message));
    expect_nearly(b_.driver->value(SystemCounter::bytes_received), bytes_arrived(b_), 1408);
}

TEST_F(LossyOptions, OfDataOnTheWayInLoseSetupsAndWhatFollows) {
    begin({}, with(&DriverOptions::receive_data_loss_rate, 0.5));
    expect_a_whole_stream();
    const double heard =
        static_cast<double>(b_.driver->value(SystemCounter::bytes_received)) / static_cast<double>(bytes_arrived(b_));
    EXPECT_NEAR(heard, 0.5, 0.25);
    EXPECT_GT(arrived(a_, FrameType::nak), 20);
    EXPECT_EQ(a_.driver->value(SystemCounter::naks_received), arrived(a_, FrameType::nak));
}

TEST_F(LossyOptions, OfDataOnTheWayInMayLoseEverySetup) {
    begin({}, with(&DriverOptions::receive_data_loss_rate, 1));
    world_.run_for(10s);
    EXPECT_GT(arrived(b_, FrameType::setup), 20);
    EXPECT_EQ(b_.driver->value(SystemCounter::bytes_received), 0);
    EXPECT_EQ(bytes_arrived(a_), 0) << "who hears nothing answers nothing";
    EXPECT_EQ(streams_.tally.images, 0);
}

TEST_F(LossyOptions, OfDataOnTheWayOutAreRepairedLikeAnyOther) {
    begin(with(&DriverOptions::send_data_loss_rate, 0.3), {});
    expect_a_whole_stream();
    const auto sent = static_cast<double>(a_.driver->value(SystemCounter::bytes_sent) +
                                          a_.driver->value(SystemCounter::retransmitted_bytes));
    EXPECT_NEAR(static_cast<double>(bytes_arrived(b_)) / sent, 0.7, 0.15);
    EXPECT_GT(a_.driver->value(SystemCounter::retransmits_sent), 20);
    expect_nearly(b_.driver->value(SystemCounter::bytes_received), bytes_arrived(b_), 1408);
}

// A story that cannot be told again is of no use in a laboratory.
TEST_F(LossyOptions, LoseTheSameAgainWithTheSameSeed) {
    const auto tell = [](std::int64_t seed) {
        Streams streams{Medium::network};  // outlives who reads and publishes
        World world{1};
        auto& network = world.start<NetworkProcess>("network", "seed");
        const auto change = [seed](DriverOptions& options) {
            options.receive_data_loss_rate = 0.3;
            options.receive_data_loss_seed = seed;
            options.receive_control_loss_rate = 0.3;
            options.receive_control_loss_seed = seed;
        };
        const Machine a = start_machine(world, network, streams, 0);
        const Machine b = start_machine(world, network, streams, 1, change);
        network.network().set_links({.delay = 1ms});
        world.run_for(100ms);
        b.clients[0]->subscribe({.stream = the_stream, .channel = channel});
        a.clients[0]->publish({.stream = the_stream, .channel = channel});
        world.run_for(2s);
        EXPECT_GT(streams.tally.messages, 0);
        return std::pair{network.network().totals().sent, b.driver->value(SystemCounter::bytes_received)};
    };
    const auto first = tell(7);
    EXPECT_EQ(tell(7), first);
    EXPECT_NE(tell(8), first);
}

}  // namespace
}  // namespace gale::sim
