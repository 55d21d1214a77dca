#include "net/capture.hpp"
#include "net/counting.hpp"
#include "net/lossy.hpp"
#include "net/testing.hpp"
#include "support/simulated_network.hpp"
#include "support/temporary_directory.hpp"
#include "support/virtual_clock.hpp"

#include <gale/error.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

namespace gale::net {
namespace {

using namespace testing;

/// A perfect line, so that what happens to datagrams is the wrapper's doing.
class Wrappers : public ::testing::Test {
protected:
    gale::testing::VirtualClock clock_;
    gale::testing::SimulatedNetwork network_{clock_, 1};
    Network& host_ = network_.add_host("a", {"10.0.0.1"});
    std::unique_ptr<Transport> receiver_ = host_.open({.local = at("10.0.0.1", 40123)});
    TransportSpec to_receiver_{.local = at("10.0.0.1", 40001), .connected = at("10.0.0.1", 40123)};

    static std::vector<Bytes> take(Transport& transport) {
        std::vector<Arrival> arrivals;
        while (receive_once(transport, arrivals) > 0) {
        }
        return contents(arrivals);
    }
};

/// Which of a train's datagrams these are.
std::vector<std::uint32_t> numbers(const std::vector<Bytes>& received) {
    std::vector<std::uint32_t> result;
    for (const auto& each : received) result.push_back(number_of(each));
    return result;
}

/// A frame header's first eight bytes, of this type.
Bytes frame(std::uint8_t type) {
    Bytes bytes(32);
    bytes[6] = std::byte{type};
    return bytes;
}

TEST_F(Wrappers, LossyLosesDoublesAndReordersWhatItSends) {
    Lossy lossy{host_.open(to_receiver_), {.send = {.loss = 0.1, .duplicate = 0.1, .reorder = 0.1}, .seed = 3}};
    std::size_t heard = 0;
    int out_of_order = 0;
    std::set<Bytes> different;
    for (int round = 0; round < 50; ++round) {
        const Train train{std::vector<std::size_t>(20, 64)};
        EXPECT_EQ(lossy.send(train.datagrams(), nullptr), 20) << "what is lost counts as accepted";
        const auto got = take(*receiver_);
        heard += got.size();
        if (!std::ranges::is_sorted(numbers(got))) ++out_of_order;
        different.insert(got.begin(), got.end());
    }
    EXPECT_NEAR(static_cast<double>(heard), 1000, 60);
    EXPECT_EQ(different.size(), 20U);
    EXPECT_GT(out_of_order, 0);
}

TEST_F(Wrappers, LossyTreatsWhatItReceivesTheSameWay) {
    const auto sender = host_.open(to_receiver_);
    Lossy lossy{std::move(receiver_), {.receive = {.loss = 0.2, .duplicate = 0.1, .reorder = 0.2}, .seed = 3}};
    const Train train{std::vector<std::size_t>(1000, 32)};
    EXPECT_EQ(sender->send(train.datagrams(), nullptr), 1000);
    const auto got = take(lossy);
    EXPECT_NEAR(static_cast<double>(got.size()), 900, 60);
    EXPECT_NE(got, train.contents());
    auto sorted = got;
    auto sent = train.contents();
    std::ranges::sort(sorted);
    std::ranges::sort(sent);
    EXPECT_TRUE(std::ranges::all_of(sorted, [&](const auto& each) { return std::ranges::binary_search(sent, each); }));
}

TEST_F(Wrappers, LossyTouchesOnlyTheFramesItIsTold) {
    constexpr unsigned nak = 2;
    Lossy lossy{host_.open(to_receiver_), {.send = {.loss = 1, .frame_types = LossyLine::type(nak)}}};
    const auto data = frame(1);
    const auto naks = frame(nak);
    const std::vector<Datagram> batch{{data}, {naks}, {data}, {naks}};
    EXPECT_EQ(lossy.send(batch, nullptr), 4);
    EXPECT_EQ(take(*receiver_), (std::vector<Bytes>{data, data}));
}

TEST_F(Wrappers, LossyHoldsNothingBackForever) {
    Lossy lossy{host_.open(to_receiver_), {.send = {.reorder = 1}}};
    const Train train{{64}};
    EXPECT_EQ(lossy.send(train.datagrams(), nullptr), 1);
    EXPECT_TRUE(take(*receiver_).empty());
    EXPECT_TRUE(take(lossy).empty());
    EXPECT_EQ(take(*receiver_), train.contents());
}

TEST_F(Wrappers, LossyCountsExactlyUnderPushBack) {
    network_.set_push_back(0.3);
    Lossy lossy{host_.open(to_receiver_), {.send = {.loss = 0.2, .duplicate = 0.2}, .seed = 9}};
    Train train{std::vector<std::size_t>(400, 64)};
    auto rest = train.datagrams();
    while (!rest.empty()) rest = rest.subspan(static_cast<std::size_t>(lossy.send(rest, nullptr)));
    // Nothing but chance loses: about a fifth is missing, not more.
    auto got = take(*receiver_);
    std::ranges::sort(got);
    const auto repeated = std::ranges::unique(got);
    got.erase(repeated.begin(), repeated.end());
    EXPECT_NEAR(static_cast<double>(got.size()), 320, 40);
}

TEST_F(Wrappers, LossyWithOneSeedIsOneStory) {
    const auto story = [&](std::uint64_t seed) {
        Lossy lossy{host_.open(to_receiver_), {.send = {.loss = 0.5}, .seed = seed}};
        const Train train{std::vector<std::size_t>(100, 64)};
        EXPECT_EQ(lossy.send(train.datagrams(), nullptr), 100);
        return take(*receiver_);
    };
    EXPECT_EQ(story(1), story(1));
    EXPECT_NE(story(1), story(2));
}

TEST_F(Wrappers, CountingCountsBothWays) {
    Counts counts;
    Counting counting{host_.open(to_receiver_), counts};
    const Train train{{64, 96}};
    EXPECT_EQ(counting.send(train.datagrams(), nullptr), 2);
    network_.set_push_back(1);
    EXPECT_LT(counting.send(train.datagrams(), nullptr), 2);
    const auto back = counting.local_address();
    network_.set_push_back(0);
    EXPECT_EQ(receiver_->send(train.datagrams(), &back), 2);
    EXPECT_EQ(take(counting), train.contents());
    EXPECT_EQ(counts.sent.calls, 2);
    EXPECT_GE(counts.sent.bytes, 160);
    EXPECT_EQ(counts.short_sends, 1);
    EXPECT_EQ(counts.received.datagrams, 2);
    EXPECT_EQ(counts.received.bytes, 160);
    EXPECT_EQ(counts.received.idle_calls, 1);
    EXPECT_EQ(counting.take_error(), 0);
    EXPECT_EQ(counts.errors, 0);
}

/// `length` bytes from `offset` of the file.
std::string_view part(const std::string& file, std::size_t offset, std::size_t length) {
    return std::string_view{file}.substr(offset, length);
}

TEST_F(Wrappers, CaptureWritesWhatTsharkReads) {
    const gale::testing::TemporaryDirectory directory{"gale-capture"};
    const auto path = directory / "a.pcap";
    {
        PcapFile file{path, clock_};
        Capture capture{host_.open(to_receiver_), to_receiver_, file};
        const auto bytes = as_bytes("01234567");
        const Datagram datagram{bytes};
        EXPECT_EQ(capture.send({&datagram, 1}, nullptr), 1);
        const auto back = capture.local_address();
        EXPECT_EQ(receiver_->send({&datagram, 1}, &back), 1);
        EXPECT_EQ(take(capture).size(), 1U);
    }
    std::ifstream stream{path, std::ios::binary};
    const std::string file{std::istreambuf_iterator<char>{stream}, {}};
    ASSERT_EQ(file.size(), 24U + 2 * (16 + 20 + 8 + 8));
    EXPECT_EQ(part(file, 0, 4), "\x4d\x3c\xb2\xa1");
    EXPECT_EQ(part(file, 20, 4), (std::string_view{"\x65\0\0\0", 4}));
    const auto ip = part(file, 24 + 16, 20);
    // Version and length, 36 bytes in all, no id; 64 hops, UDP, checksum; from and to.
    EXPECT_EQ(ip, (std::string_view{"\x45\0\0\x24\0\0\0\0\x40\x11\x66\xc8\x0a\0\0\x01\x0a\0\0\x01", 20}));
    const auto udp = part(file, 24 + 16 + 20, 8);
    EXPECT_EQ(udp.substr(0, 6), (std::string_view{"\x9c\x41\x9c\xbb\0\x10", 6}));
    EXPECT_EQ(part(file, 24 + 16 + 28, 8), "01234567");
    const auto answer = part(file, 24 + 52 + 16 + 20, 4);
    EXPECT_EQ(answer, (std::string_view{"\x9c\xbb\x9c\x41", 4}));
}

TEST_F(Wrappers, CaptureWithoutAPlaceSaysSo) { EXPECT_THROW((PcapFile{"/nowhere/at/all.pcap", clock_}), Error); }

}  // namespace
}  // namespace gale::net
