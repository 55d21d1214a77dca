// Frames against their golden bytes, written and read. docs/formats/wire.md.
#include "base/testing.hpp"
#include "wire/datagram.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace gale::wire {
namespace {

using testing::golden;
using testing::to_hex;
using Kind = Datagram::Kind;

constexpr std::int64_t receiver_id = 0x0102030405060708;

/// Expects that `frame`, which is what a builder made, is what the golden file holds.
void expect_golden(std::span<const std::byte> frame, const std::string& name) {
    EXPECT_EQ(to_hex(frame), to_hex(golden(name)));
}

template <class Frame> std::span<const std::byte> bytes_of(const Frame& frame) {
    return std::as_bytes(std::span{&frame, 1});
}

class Frames : public ::testing::Test {
protected:
    std::array<std::byte, max_error_frame_length> room{};
};

TEST_F(Frames, SetupIsWrittenAndRead) {
    const wire::Setup written{.common = common_header<wire::Setup>(wire::Setup::group),
                              .term_offset = 96,
                              .session_id = SessionId{7},
                              .stream_id = StreamId{10},
                              .initial_term_id = TermId{-1},
                              .active_term_id = TermId{1},
                              .term_length = 65536,
                              .mtu = 1408,
                              .ttl = 4};
    expect_golden(put(room, written), "wire-setup");

    const auto bytes = golden("wire-setup");
    const auto datagram = Datagram::at_receiver(bytes);
    ASSERT_EQ(datagram.kind(), Kind::setup);
    const wire::Setup& setup = datagram.setup();
    EXPECT_TRUE(setup.common.has(wire::Setup::group));
    EXPECT_FALSE(setup.common.has(wire::Setup::response_wanted));
    EXPECT_EQ(setup.term_offset, 96);
    EXPECT_EQ(setup.session_id, SessionId{7});
    EXPECT_EQ(setup.stream_id, StreamId{10});
    EXPECT_EQ(setup.initial_term_id, TermId{-1});
    EXPECT_EQ(setup.active_term_id, TermId{1});
    EXPECT_EQ(setup.term_length, 65536);
    EXPECT_EQ(setup.mtu, 1408);
    EXPECT_EQ(setup.ttl, 4);
    EXPECT_EQ(Datagram::at_sender(bytes).kind(), Kind::foreign);
}

TEST_F(Frames, StatusMessageIsWrittenAndRead) {
    StatusMessage written{.session_id = SessionId{7},
                          .stream_id = StreamId{10},
                          .term_id = TermId{1},
                          .term_offset = 96,
                          .window = 32768,
                          .receiver_id = receiver_id};
    expect_golden(put(room, written, std::nullopt), "wire-status-message");
    written.common.flags = StatusMessage::end_of_stream;
    expect_golden(put(room, written, -42), "wire-status-message-tagged");
    EXPECT_EQ(written.common.frame_length, 36) << "the tag is added to a copy";
    expect_golden(put(room, StatusMessage{.common = common_header<StatusMessage>(StatusMessage::send_setup),
                                          .session_id = SessionId{7},
                                          .stream_id = StreamId{10},
                                          .receiver_id = receiver_id}),
                  "wire-status-message-eliciting");

    const auto bytes = golden("wire-status-message");
    const auto datagram = Datagram::at_sender(bytes);
    ASSERT_EQ(datagram.kind(), Kind::status_message);
    const StatusMessage& message = datagram.status_message();
    EXPECT_EQ(message.session_id, SessionId{7});
    EXPECT_EQ(message.stream_id, StreamId{10});
    EXPECT_EQ(message.term_id, TermId{1});
    EXPECT_EQ(message.term_offset, 96);
    EXPECT_EQ(message.window, 32768);
    EXPECT_EQ(message.receiver_id, receiver_id);
    EXPECT_FALSE(message.common.has(StatusMessage::send_setup));
    EXPECT_FALSE(datagram.group_tag());
    EXPECT_EQ(Datagram::at_receiver(bytes).kind(), Kind::foreign);
}

TEST_F(Frames, GroupTagIsThereWhenTheFrameLengthSaysSo) {
    auto bytes = golden("wire-status-message-tagged");
    EXPECT_EQ(Datagram::at_sender(bytes).group_tag(), -42);
    EXPECT_TRUE(Datagram::at_sender(bytes).status_message().common.has(StatusMessage::end_of_stream));
    for (const int frame_length : {0, 20, 36, 40, 43}) {
        bytes[0] = static_cast<std::byte>(frame_length);
        ASSERT_EQ(Datagram::at_sender(bytes).kind(), Kind::status_message) << frame_length;
        EXPECT_FALSE(Datagram::at_sender(bytes).group_tag()) << frame_length;
    }
}

TEST_F(Frames, ElicitingStatusMessageIsRead) {
    const auto bytes = golden("wire-status-message-eliciting");
    const auto datagram = Datagram::at_sender(bytes);
    EXPECT_TRUE(datagram.status_message().common.has(StatusMessage::send_setup));
    EXPECT_EQ(datagram.status_message().window, 0);
}

TEST_F(Frames, NakIsWrittenAndRead) {
    expect_golden(put(room, Nak{.session_id = SessionId{7},
                                .stream_id = StreamId{10},
                                .term_id = TermId{1},
                                .term_offset = 96,
                                .length = 1408}),
                  "wire-nak");

    const auto bytes = golden("wire-nak");
    const auto datagram = Datagram::at_sender(bytes);
    ASSERT_EQ(datagram.kind(), Kind::nak);
    EXPECT_EQ(datagram.nak().session_id, SessionId{7});
    EXPECT_EQ(datagram.nak().stream_id, StreamId{10});
    EXPECT_EQ(datagram.nak().term_id, TermId{1});
    EXPECT_EQ(datagram.nak().term_offset, 96);
    EXPECT_EQ(datagram.nak().length, 1408);
    EXPECT_EQ(Datagram::at_receiver(bytes).kind(), Kind::foreign);
}

TEST_F(Frames, HeartbeatIsWrittenAndRead) {
    constexpr std::uint8_t at_the_end = flags::whole | flags::end_of_stream;
    expect_golden(put(room, DataHeader{.common = heartbeat_header(at_the_end),
                                       .term_offset = 96,
                                       .session_id = SessionId{7},
                                       .stream_id = StreamId{10},
                                       .term_id = TermId{1}}),
                  "wire-heartbeat");

    const auto bytes = golden("wire-heartbeat");
    const auto datagram = Datagram::at_receiver(bytes);
    ASSERT_EQ(datagram.kind(), Kind::heartbeat);
    EXPECT_TRUE(datagram.heartbeat().common.has(flags::end_of_stream));
    EXPECT_FALSE(datagram.heartbeat().common.has(flags::revoked));
    EXPECT_EQ(datagram.heartbeat().term_id, TermId{1});
    EXPECT_EQ(datagram.heartbeat().term_offset, 96);
    EXPECT_EQ(Datagram::at_sender(bytes).kind(), Kind::foreign);
}

TEST_F(Frames, DataAndPaddingAreRead) {
    const auto bytes = golden("wire-data");
    const auto datagram = Datagram::at_receiver(bytes);
    ASSERT_EQ(datagram.kind(), Kind::data);
    const DataFrames frames = datagram.data();
    EXPECT_EQ(frames.bytes().data(), bytes.data());
    EXPECT_EQ(frames.bytes().size(), 96U);
    EXPECT_EQ(frames.covered(), 65536 - 96);
    EXPECT_EQ(frames.first().session_id, SessionId{7});
    EXPECT_EQ(frames.first().stream_id, StreamId{10});
    EXPECT_EQ(frames.first().term_id, TermId{1});
    EXPECT_EQ(frames.first().reserved_value, 0);

    const std::vector<DataFrame> all{frames.begin(), frames.end()};
    ASSERT_EQ(all.size(), 2U);
    EXPECT_FALSE(all[0].is_padding());
    EXPECT_EQ(all[0].offset, 0U);
    EXPECT_EQ(as_text(all[0].payload), "hello");
    EXPECT_TRUE(all[1].is_padding());
    EXPECT_EQ(all[1].offset, 64U);
    EXPECT_EQ(all[1].header.term_offset, 160);
    EXPECT_TRUE(all[1].payload.empty());
    EXPECT_EQ(Datagram::at_sender(bytes).kind(), Kind::foreign);
}

TEST_F(Frames, RttMeasurementIsWrittenAndRead) {
    expect_golden(put(room, RttMeasurement{.common = common_header<RttMeasurement>(RttMeasurement::reply_wanted),
                                           .session_id = SessionId{7},
                                           .stream_id = StreamId{10},
                                           .echo_timestamp_ns = 123456789,
                                           .receiver_id = receiver_id}),
                  "wire-rtt-measurement");

    const auto bytes = golden("wire-rtt-measurement");
    for (const auto& datagram : {Datagram::at_sender(bytes), Datagram::at_receiver(bytes)}) {
        ASSERT_EQ(datagram.kind(), Kind::rtt_measurement);
        const RttMeasurement& measurement = datagram.rtt_measurement();
        EXPECT_TRUE(measurement.common.has(RttMeasurement::reply_wanted));
        EXPECT_EQ(measurement.session_id, SessionId{7});
        EXPECT_EQ(measurement.stream_id, StreamId{10});
        EXPECT_EQ(measurement.echo_timestamp_ns, 123456789);
        EXPECT_EQ(measurement.reception_delta_ns, 0);
        EXPECT_EQ(measurement.receiver_id, receiver_id);
    }
}

TEST_F(Frames, ErrorIsWrittenAndRead) {
    ErrorFrame written{.common = common_header<ErrorFrame>(ErrorFrame::tagged),
                       .session_id = SessionId{7},
                       .stream_id = StreamId{10},
                       .receiver_id = receiver_id,
                       .group_tag = -42,
                       .code = 13};
    expect_golden(put(room, written, "wrong data"), "wire-error");
    EXPECT_EQ(put(room, written, std::string(5'000, 'x')).size(), max_error_frame_length);
    EXPECT_EQ(Datagram::at_sender(room).text(), std::string(1'023, 'x'));

    const auto bytes = golden("wire-error");
    const auto datagram = Datagram::at_sender(bytes);
    ASSERT_EQ(datagram.kind(), Kind::error);
    const ErrorFrame& error = datagram.error();
    EXPECT_EQ(error.session_id, SessionId{7});
    EXPECT_EQ(error.stream_id, StreamId{10});
    EXPECT_EQ(error.receiver_id, receiver_id);
    EXPECT_TRUE(error.common.has(ErrorFrame::tagged));
    EXPECT_EQ(error.group_tag, -42);
    EXPECT_EQ(error.code, 13);
    EXPECT_EQ(datagram.text(), "wrong data");
    EXPECT_EQ(Datagram::at_receiver(bytes).kind(), Kind::foreign);
    EXPECT_EQ(ErrorFrame{}.group_tag, -1);
}

TEST_F(Frames, ResponseSetupIsWrittenAndRead) {
    expect_golden(
        put(room,
            ResponseSetup{.session_id = SessionId{7}, .stream_id = StreamId{10}, .response_session_id = SessionId{9}}),
        "wire-response-setup");

    const auto bytes = golden("wire-response-setup");
    const auto datagram = Datagram::at_sender(bytes);
    ASSERT_EQ(datagram.kind(), Kind::response_setup);
    EXPECT_EQ(datagram.response_setup().session_id, SessionId{7});
    EXPECT_EQ(datagram.response_setup().stream_id, StreamId{10});
    EXPECT_EQ(datagram.response_setup().response_session_id, SessionId{9});
    EXPECT_EQ(Datagram::at_receiver(bytes).kind(), Kind::foreign);
}

TEST_F(Frames, LogsAndDatagramsHaveTheSameHeader) {
    const FrameHeader logged{.frame_length = 33,
                             .version = 0,
                             .flags = flags::begin,
                             .type = FrameType::data,
                             .term_offset = 64,
                             .session_id = -1,
                             .stream_id = -2,
                             .term_id = -3,
                             .reserved_value = -4};
    const DataHeader sent{.common = {.frame_length = 33, .version = 0, .flags = flags::begin, .type = FrameType::data},
                          .term_offset = 64,
                          .session_id = SessionId{-1},
                          .stream_id = StreamId{-2},
                          .term_id = TermId{-3},
                          .reserved_value = -4};
    EXPECT_EQ(to_hex(bytes_of(logged)), to_hex(bytes_of(sent)));
}

}  // namespace
}  // namespace gale::wire
