#include "base/random.hpp"
#include "shm/broadcast.hpp"
#include "shm/testing.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gale::shm {
namespace {

using testing::Memory;
using testing::to_vector;

constexpr std::int32_t capacity = 1024;

class Broadcast : public ::testing::Test {
protected:
    void send(std::int32_t type, std::size_t payload_length = 8) {
        const std::string payload(payload_length, 'x');
        transmitter.transmit(type, as_bytes(payload));
    }
    static std::vector<std::int32_t> receive(BroadcastReceiver& receiver) {
        std::vector<std::int32_t> types;
        while (const auto message = receiver.receive()) types.push_back(message->type);
        return types;
    }
    BroadcastTrailer& trailer() { return overlay<BroadcastTrailer>(memory.bytes(), capacity); }
    RecordHeader& header(std::size_t index) { return overlay<RecordHeader>(memory.bytes(), index); }

    using Types = std::vector<std::int32_t>;
    Memory memory{capacity + broadcast_trailer_length};
    BroadcastTransmitter transmitter{memory.bytes()};
};

TEST_F(Broadcast, ARecordIsTheGoldenBytes) {
    const auto golden = testing::golden("broadcast-record");
    transmitter.transmit(0x0f07, std::span{golden}.subspan(8, 12));
    EXPECT_EQ(to_vector(memory.bytes().first(24)), golden);
    EXPECT_EQ(trailer().tail_intent.load_acquire(), 24);
    EXPECT_EQ(trailer().tail.load_acquire(), 24);
    EXPECT_EQ(trailer().latest.load_acquire(), 0);
}

TEST_F(Broadcast, EveryReceiverSeesEveryRecordInOrder) {
    BroadcastReceiver one{memory.bytes()};
    BroadcastReceiver other{memory.bytes()};
    EXPECT_FALSE(one.receive());
    for (std::int32_t type = 1; type <= 3; ++type) send(type);
    EXPECT_EQ(receive(one), (Types{1, 2, 3}));
    EXPECT_EQ(receive(other), (Types{1, 2, 3}));
    EXPECT_EQ(one.lapped(), 0);
}

TEST_F(Broadcast, APayloadArrivesWholeWhateverItsLength) {
    BroadcastReceiver receiver{memory.bytes()};
    for (std::size_t length = 0; length <= 128; ++length) {
        std::string payload;
        for (std::size_t i = 0; i < length; ++i) payload += static_cast<char>(i + length);
        transmitter.transmit(1, as_bytes(payload));
        const auto message = receiver.receive();
        ASSERT_TRUE(message);
        EXPECT_EQ(as_text(message->payload), payload);
    }
}

TEST_F(Broadcast, AReceiverStartsAtTheLatestRecordWhichItDeliversAgain) {
    for (std::int32_t type = 1; type <= 3; ++type) send(type);
    BroadcastReceiver receiver{memory.bytes()};
    EXPECT_EQ(receive(receiver), Types{3});
}

TEST_F(Broadcast, ARecordThatWouldWrapIsPrecededByPadding) {
    BroadcastReceiver receiver{memory.bytes()};
    for (int i = 0; i < 10; ++i) send(1, 92);  // 104 each, 1040 > 1024
    EXPECT_EQ(header(936).length.load_acquire(), 88);
    EXPECT_EQ(header(936).type.load_acquire(), padding_type);
    EXPECT_EQ(trailer().latest.load_acquire(), 1024);
    EXPECT_EQ(trailer().tail.load_acquire(), 1128);
    EXPECT_EQ(receive(receiver), Types{1});  // the first was overwritten: lapped, so on to the newest
    EXPECT_EQ(receiver.lapped(), 1);
}

TEST_F(Broadcast, AReceiverCrossesThePaddingWhenItIsNotOvertaken) {
    BroadcastReceiver receiver{memory.bytes()};
    for (std::int32_t type = 1; type <= 30; ++type) {
        send(type, 92);
        ASSERT_EQ(receive(receiver), Types{type});
    }
    EXPECT_EQ(receiver.lapped(), 0);
}

TEST_F(Broadcast, ARecordThatEndsJustAtTheEndNeedsNoPadding) {
    BroadcastReceiver receiver{memory.bytes()};
    for (std::int32_t type = 1; type <= 8; ++type) send(type, 120);
    EXPECT_EQ(trailer().tail.load_acquire(), capacity);
    EXPECT_EQ(receive(receiver), (Types{1, 2, 3, 4, 5, 6, 7, 8}));  // a full buffer behind is not yet overtaken
    send(9, 120);
    EXPECT_EQ(receive(receiver), Types{9});
    EXPECT_EQ(receiver.lapped(), 0);
}

TEST_F(Broadcast, AnOvertakenReceiverCountsItAndGoesOnAtTheLatest) {
    BroadcastReceiver receiver{memory.bytes()};
    for (std::int32_t type = 1; type <= 9; ++type) send(type, 120);
    EXPECT_EQ(receive(receiver), Types{9});
    EXPECT_EQ(receiver.lapped(), 1);
    send(10);
    EXPECT_EQ(receive(receiver), Types{10});
}

TEST_F(Broadcast, ARecordThatMakesNoSenseIsSkippedAndEndsNoLoopNever) {
    for (const std::int32_t length : {0, 7, -8, 200, 2000, INT32_MAX, INT32_MIN}) {
        BroadcastReceiver receiver{memory.bytes()};
        receive(receiver);
        const auto at = static_cast<std::size_t>(trailer().tail.load_acquire() % capacity);
        send(1, 24);
        header(at).length.store_release(length);
        EXPECT_FALSE(receiver.receive()) << length;
        EXPECT_EQ(receiver.lapped(), 1);
        send(2, 24);
        EXPECT_EQ(receive(receiver), Types{2});
    }
}

TEST_F(Broadcast, ATransmitterDoesNotBelieveTheSharedTail) {
    send(1);
    trailer().tail.store_release(3);
    send(2);
    EXPECT_EQ(trailer().tail.load_acquire(), 32);
}

TEST(BroadcastProperty, WhateverTheSectionHoldsReceivingEndsAndStaysInside) {
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        SCOPED_TRACE(seed);
        Random random{seed};
        const Memory memory{capacity + broadcast_trailer_length};
        auto& trailer = overlay<BroadcastTrailer>(memory.bytes(), capacity);
        for (std::size_t at = 0; at < memory.bytes().size(); at += 4) {
            const auto word = random.below(4) == 0 ? random.next_int32() : static_cast<std::int32_t>(random.below(100));
            std::memcpy(memory.bytes().data() + at, &word, sizeof word);
        }
        if (random.below(2) == 0) trailer.latest.store_release(static_cast<std::int64_t>(random.below(4096)));
        BroadcastReceiver receiver{memory.bytes()};
        BroadcastTransmitter transmitter{memory.bytes()};
        for (int i = 0; i < 200; ++i) {
            (void)receiver.receive();
            if (i % 3 == 0) transmitter.transmit(1, memory.bytes().first(random.below(128)));
        }
    }
}

}  // namespace
}  // namespace gale::shm
