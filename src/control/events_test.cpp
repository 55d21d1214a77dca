#include "base/random.hpp"
#include "control/events.hpp"
#include "shm/testing.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace gale::control {
namespace {

using testing::to_hex;
using testing::to_vector;

struct Case {
    Event event;
    std::string hex;
};

const std::string one = "0100000000000000";
const std::string two = "0200000000000000";
const std::string none = "ffffffffffffffff";

// By the tables of docs/formats/control.md, events.
std::vector<Case> cases() {
    std::vector<Case> all;
    all.push_back({ErrorEvent{CorrelationId{1}, ErrorCode::generic, "no"}, one + "0b000000"
                                                                                 "02000000"
                                                                                 "6e6f"});
    all.push_back({AvailableImage{.image_correlation_id = CorrelationId{1},
                                  .session_id = SessionId{-1},
                                  .stream_id = StreamId{7},
                                  .subscription_id = CorrelationId{2},
                                  .position_counter = CounterId{9},
                                  .log_file = "/a/b1",
                                  .source_identity = "aeron:ipc"},
                   one +
                       "ffffffff"
                       "07000000" +
                       two +
                       "09000000"
                       "05000000"
                       "2f612f6231"
                       "000000"
                       "09000000"
                       "6165726f6e3a697063"});
    for (const bool exclusive : {false, true})
        all.push_back({PublicationReady{.exclusive = exclusive,
                                        .correlation_id = CorrelationId{1},
                                        .original_id = CorrelationId{2},
                                        .session_id = SessionId{5},
                                        .stream_id = StreamId{7},
                                        .limit_counter = CounterId{9},
                                        .log_file = "/a"},
                       one + two +
                           "05000000"
                           "07000000"
                           "09000000"
                           "ffffffff"
                           "02000000"
                           "2f61"});
    all.push_back({OperationSucceeded{CorrelationId{1}}, one});
    all.push_back(
        {UnavailableImage{CorrelationId{1}, CorrelationId{2}, StreamId{7}, "aeron:ipc"}, one + two +
                                                                                             "07000000"
                                                                                             "09000000"
                                                                                             "6165726f6e3a697063"});
    all.push_back({SubscriptionReady{CorrelationId{1}, no_counter}, one + "ffffffff"});
    all.push_back({CounterReady{CorrelationId{1}, CounterId{9}}, one + "09000000"});
    all.push_back({UnavailableCounter{CorrelationId{1}, CounterId{9}}, one + "09000000"});
    all.push_back({ClientTimeout{ClientId{1}}, one});
    all.push_back({StaticCounter{CorrelationId{1}, CounterId{9}}, one + "09000000"});
    PublicationErrorEvent error{.original_id = CorrelationId{1}, .session_id = SessionId{5}, .stream_id = StreamId{7}};
    error.address_type = 1;
    error.port = 258;
    error.address[0] = std::byte{127};
    error.address[3] = std::byte{1};
    error.code = ErrorCode::image_rejected;
    error.text = "no";
    all.push_back({error, one + none +
                              "05000000"
                              "07000000" +
                              none + none +
                              "0100"
                              "0201"
                              "7f000001000000000000000000000000"
                              "0d000000"
                              "02000000"
                              "6e6f"
                              "0000"});
    all.push_back({NextSessionIdEvent{CorrelationId{1}, SessionId{-2}}, one + "feffffff"});
    return all;
}

TEST(Events, HaveTheLayoutOfTheFormat) {
    for (const Case& c : cases())
        EXPECT_EQ(to_hex(encode(c.event).bytes()), c.hex) << static_cast<int>(type_of(c.event));
}

TEST(Events, AreReadAsTheyWereWritten) {
    for (const Case& c : cases()) {
        const auto bytes = to_vector(encode(c.event).bytes());
        const Event again = decode_event(static_cast<std::int32_t>(type_of(c.event)), bytes);
        EXPECT_EQ(again.index(), c.event.index());
        EXPECT_EQ(to_hex(encode(again).bytes()), c.hex);
        EXPECT_EQ(type_of(again), type_of(c.event));
    }
}

TEST(Events, OfEveryTypeAreHere) {
    std::vector<std::int32_t> types;
    for (const Case& c : cases()) types.push_back(static_cast<std::int32_t>(type_of(c.event)));
    std::ranges::sort(types);
    for (std::size_t i = 0; i < types.size(); ++i) EXPECT_EQ(types[i], 0x0F01 + static_cast<std::int32_t>(i));
    EXPECT_EQ(types.size(), 13U);
}

TEST(Events, ThatAreCutShortAreUnreadable) {
    for (const Case& c : cases()) {
        const auto type = static_cast<std::int32_t>(type_of(c.event));
        const auto whole = to_vector(encode(c.event).bytes());
        const std::size_t padding = type_of(c.event) == EventType::publication_error ? 2 : 0;
        for (std::size_t length = 0; length + padding < whole.size(); ++length) {
            const testing::Memory exact{std::span{whole}.first(length)};
            const Event event = decode_event(type, exact.bytes());
            const auto* unreadable = std::get_if<UnreadableEvent>(&event);
            ASSERT_NE(unreadable, nullptr) << type << " " << length;
            EXPECT_TRUE(unreadable->known_type);
            EXPECT_EQ(unreadable->type, type);
        }
    }
}

TEST(Events, OfUnknownTypesSaySo) {
    for (const std::int32_t type : {0, 1, 0x0F00, 0x0F0E, -1}) {
        const Event event = decode_event(type, {});
        EXPECT_FALSE(std::get<UnreadableEvent>(event).known_type);
    }
}

TEST(Events, OfRandomBytesAreNeverReadBeyondTheirEnd) {
    Random random{1};
    for (int i = 0; i < 20'000; ++i) {
        std::vector<std::byte> bytes(random.below(80));
        for (std::byte& byte : bytes) byte = static_cast<std::byte>(random.below(random.below(3) == 0 ? 256 : 4));
        const testing::Memory exact{bytes};
        static_cast<void>(decode_event(static_cast<std::int32_t>(0x0F00 + random.below(0x10)), exact.bytes()));
    }
}

}  // namespace
}  // namespace gale::control
