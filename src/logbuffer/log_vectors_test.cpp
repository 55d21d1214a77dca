// Logs that Aeron's C driver and clients wrote, where they lie beside the sources.
#include "base/recorded_test.hpp"
#include "logbuffer/testing.hpp"
#include "logbuffer/unblock.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace gale::logbuffer {
namespace {

using nlohmann::json;
using testing::Memory;
using testing::to_vector;

const std::string folder = GALE_SOURCE_DIR "/../shared/vectors/shm/";

class RecordedLog : public ::testing::TestWithParam<const char*> {
protected:
    void SetUp() override {
        if (!testing::is_recorded(folder)) GTEST_SKIP() << "no recorded logs beside the sources";
    }
    static Memory file(const std::string& name) { return Memory{testing::gunzip(folder + name + ".gz")}; }
    static json expectation(const std::string& name) {
        return json::parse(testing::read_file(folder + name + ".json"));
    }
};

json described(const LogMetadata& metadata) {
    std::int64_t untethered_linger = 0;
    std::memcpy(&untethered_linger, metadata.untethered_linger_timeout_ns.data(), sizeof untethered_linger);
    return {{"tail0", metadata.tails[0].load_acquire()},
            {"tail1", metadata.tails[1].load_acquire()},
            {"tail2", metadata.tails[2].load_acquire()},
            {"activeTermCount", metadata.active_term_count.load_acquire()},
            {"endOfStreamPosition", metadata.end_of_stream_position.load_acquire()},
            {"isConnected", metadata.is_connected.load_acquire()},
            {"activeTransportCount", metadata.active_transport_count.load_acquire()},
            {"correlationId", metadata.correlation_id},
            {"initialTermId", metadata.initial_term_id},
            {"defaultFrameHeaderLength", metadata.default_frame_header_length},
            {"mtuLength", metadata.mtu_length},
            {"termLength", metadata.term_length},
            {"pageSize", metadata.page_size},
            {"publicationWindowLength", metadata.publication_window_length},
            {"receiverWindowLength", metadata.receiver_window_length},
            {"socketSendBufferLength", metadata.socket_sndbuf_length},
            {"osDefaultSendBufferLength", metadata.os_default_sndbuf_length},
            {"osMaxSendBufferLength", metadata.os_max_sndbuf_length},
            {"socketReceiveBufferLength", metadata.socket_rcvbuf_length},
            {"osDefaultReceiveBufferLength", metadata.os_default_rcvbuf_length},
            {"osMaxReceiveBufferLength", metadata.os_max_rcvbuf_length},
            {"maxResend", metadata.max_resend},
            {"entityTag", metadata.entity_tag},
            {"responseCorrelationId", metadata.response_correlation_id},
            {"lingerTimeoutNs", metadata.linger_timeout_ns},
            {"untetheredWindowLimitTimeoutNs", metadata.untethered_window_limit_timeout_ns},
            {"untetheredRestingTimeoutNs", metadata.untethered_resting_timeout_ns},
            {"group", metadata.group},
            {"isResponse", metadata.is_response},
            {"rejoin", metadata.rejoin},
            {"reliable", metadata.reliable},
            {"sparse", metadata.sparse},
            {"signalEos", metadata.signal_eos},
            {"spiesSimulateConnection", metadata.spies_simulate_connection},
            {"tether", metadata.tether},
            {"isPublicationRevoked", metadata.is_publication_revoked.load_acquire()},
            {"type", static_cast<std::uint8_t>(metadata.type)},
            {"untetheredLingerTimeoutNs", untethered_linger}};
}

TEST_P(RecordedLog, MetadataAndTailsAreUnderstood) {
    const Memory memory = file(GetParam());
    const json expected = expectation(GetParam());
    ASSERT_EQ(Log::fault(memory.bytes()), "");
    const Log log{memory.bytes()};
    EXPECT_EQ(metadata_offset(memory.bytes().size()), expected["metadataOffset"]);
    EXPECT_EQ(described(log.metadata()), expected["metadata"]);
    EXPECT_EQ(testing::to_hex(std::span{log.metadata().default_frame_header}.first(32)),
              expected["defaultFrameHeaderHex"].get<std::string>());
    for (const json& tail : expected["tails"]) {
        const RawTail raw{log.metadata().tails[tail["index"].get<std::size_t>()].load_acquire()};
        EXPECT_EQ(raw.term_id().value, tail["termId"]);
        EXPECT_EQ(raw.offset(log.term_length()), tail["offset"]);
    }
    if (expected.contains("publisherPosition")) {
        EXPECT_EQ(log.producer_position().value, expected["publisherPosition"]);
    }
}

bool all_zero(std::span<const std::byte> bytes) {
    return std::ranges::all_of(bytes, [](std::byte byte) { return byte == std::byte{0}; });
}

TEST_P(RecordedLog, EachTermHoldsJustTheFramesItShould) {
    const Memory memory = file(GetParam());
    const json expected = expectation(GetParam());
    const Log log{memory.bytes()};
    for (const json& term : expected["terms"]) {
        const auto index = term["index"].get<std::int32_t>();
        const std::span bytes = log.term_bytes(index);
        if (term.value("allZero", false)) {
            EXPECT_TRUE(all_zero(bytes));
            continue;
        }
        EXPECT_TRUE(all_zero(bytes.first(term["zeroBelow"].get<std::size_t>())));
        FrameCursor cursor{log.term(index), log.term_length(), term["scanFrom"].get<std::int32_t>(), log.term_length()};
        for (const json& frame : term["frames"]) {
            const std::int32_t offset = cursor.next_offset();
            ASSERT_TRUE(cursor.next());
            const wire::FrameHeader& header = cursor.header();
            const Place place{TermId{header.term_id}, header.term_offset};
            EXPECT_EQ(offset, frame["offset"]);
            EXPECT_EQ(cursor.length(), frame["frameLength"]);
            EXPECT_EQ(header.version, frame["version"]);
            EXPECT_EQ(header.flags, frame["flags"]);
            EXPECT_EQ(static_cast<std::uint16_t>(header.type), frame["type"]);
            EXPECT_EQ(header.term_offset, frame["termOffset"]);
            EXPECT_EQ(header.session_id, frame["sessionId"]);
            EXPECT_EQ(header.stream_id, frame["streamId"]);
            EXPECT_EQ(header.term_id, frame["termId"]);
            EXPECT_EQ(header.reserved_value, frame["reservedValue"]);
            EXPECT_EQ(log.geometry().position(place).value, frame["position"]);
            EXPECT_EQ(log.geometry().partition(log.geometry().position(place)), index);
        }
        EXPECT_FALSE(cursor.next());
        EXPECT_FALSE(cursor.corrupt());
        const std::int32_t stop = cursor.next_offset();
        EXPECT_EQ(stop, term["scanStopsAt"]);
        if (term.contains("lengthWordAtStop")) {
            EXPECT_EQ(frame_length_acquire(log.term(index) + stop), term["lengthWordAtStop"]);
        }
    }
}

TEST_P(RecordedLog, MessagesArePutTogetherAgain) {
    const Memory memory = file(GetParam());
    const json expected = expectation(GetParam());
    const Log log{memory.bytes()};
    for (const json& entry : expected.value("messages", json::array())) {
        const Position from{entry["startPosition"].get<std::int64_t>()};
        const Position to{entry["endPosition"].get<std::int64_t>()};
        const auto messages = testing::messages_between(log, from, to);
        ASSERT_EQ(messages.size(), 1U) << entry;
        EXPECT_EQ(messages[0],
                  testing::message(entry["message"].get<std::int64_t>(), entry["length"].get<std::size_t>()));
    }
}

INSTANTIATE_TEST_SUITE_P(All, RecordedLog,
                         ::testing::Values("log-ipc-concurrent", "log-ipc-exact-end", "log-ipc-exclusive",
                                           "log-ipc-new-at-position", "log-ipc-open-claim", "log-ipc-page-64k",
                                           "log-ipc-revoked", "log-ipc-unblocked", "log-udp-image-gap",
                                           "log-udp-publication"),
                         [](const auto& test) {
                             std::string name{test.param};
                             std::ranges::replace(name, '-', '_');
                             return name;
                         });

class RecordedClaim : public RecordedLog {};

// The driver that recorded both unblocked this very log.
TEST_F(RecordedClaim, IsUnblockedAsTheRecordingDriverDidIt) {
    const Memory open = file("log-ipc-open-claim");
    const Memory unblocked = file("log-ipc-unblocked");
    EXPECT_TRUE(unblock(Log{open.bytes()}, Position{96}, Producers::may_live));
    const auto frames = [](const Memory& memory) {
        return to_vector(Log{memory.bytes()}.term_bytes(0).first(96 + 32));
    };
    EXPECT_EQ(frames(open), frames(unblocked));
}

class RecordedNewLog : public RecordedLog {};

TEST_F(RecordedNewLog, IsInitialisedAsTheRecordingDriverDidIt) {
    const Memory recorded = file("log-ipc-new-at-position");
    const LogMetadata& theirs = Log{recorded.bytes()}.metadata();
    wire::FrameHeader header{};
    std::memcpy(&header, theirs.default_frame_header.data(), sizeof header);
    std::int64_t untethered_linger = 0;
    std::memcpy(&untethered_linger, theirs.untethered_linger_timeout_ns.data(), sizeof untethered_linger);
    LogSettings settings{.type = theirs.type,
                         .correlation_id = CorrelationId{theirs.correlation_id},
                         .session_id = SessionId{header.session_id},
                         .stream_id = StreamId{header.stream_id},
                         .initial_term_id = TermId{7},
                         .starting_term_id = TermId{12},
                         .starting_offset = 4096,
                         .term_length = 65536,
                         .mtu_length = theirs.mtu_length,
                         .publication_window_length = theirs.publication_window_length,
                         .max_resend = theirs.max_resend,
                         .entity_tag = theirs.entity_tag,
                         .response_correlation_id = theirs.response_correlation_id};
    settings.linger_timeout = Nanos{theirs.linger_timeout_ns};
    settings.untethered_window_limit_timeout = Nanos{theirs.untethered_window_limit_timeout_ns};
    settings.untethered_linger_timeout = Nanos{untethered_linger};
    settings.untethered_resting_timeout = Nanos{theirs.untethered_resting_timeout_ns};
    settings.sparse = theirs.sparse != 0;
    settings.signal_eos = theirs.signal_eos != 0;
    const testing::LogInMemory ours{settings};
    ours.metadata().os_default_sndbuf_length = theirs.os_default_sndbuf_length;  // of the machine, not of the log
    ours.metadata().os_default_rcvbuf_length = theirs.os_default_rcvbuf_length;
    EXPECT_EQ(described(ours.metadata()), described(theirs));
    EXPECT_EQ(to_vector(ours.memory.bytes()), to_vector(recorded.bytes()));
}

}  // namespace
}  // namespace gale::logbuffer
