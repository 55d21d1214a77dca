// What is believed, and what not and why. docs/formats/wire.md, validation.
#include "wire/testing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace gale::wire {
namespace {

using testing::Bytes;
using testing::Chain;
using testing::golden;
using testing::parse_hex;
using testing::with;
using Kind = Datagram::Kind;
using Read = Datagram (*)(std::span<const std::byte>) noexcept;

constexpr Read at_receiver = Datagram::at_receiver;
constexpr Read at_sender = Datagram::at_sender;
constexpr Read at_resolver = Datagram::at_resolver;

struct Refusal {
    const char* what;
    Read read;
    Bytes bytes;
    Rejection why;
};

Bytes cut(Bytes bytes, std::size_t length) {
    bytes.resize(length);
    return bytes;
}

std::vector<Refusal> of_every_datagram() {
    const auto nak = golden("wire-nak");
    return {
        {"nothing", at_receiver, {}, Rejection::empty},
        {"nothing", at_sender, {}, Rejection::empty},
        {"nothing", at_resolver, {}, Rejection::empty},
        {"64 KiB", at_receiver, Bytes(65536), Rejection::too_long},
        {"64 KiB", at_sender, cut(nak, 65536), Rejection::too_long},
        {"7 bytes", at_receiver, cut(golden("wire-data"), 7), Rejection::too_short},
        {"7 bytes", at_sender, cut(nak, 7), Rejection::too_short},
        {"version 1", at_sender, with(nak, 4, "01"), Rejection::version},
        {"version 1", at_receiver, with(golden("wire-data"), 4, "01"), Rejection::version},
        {"version -1", at_receiver, with(golden("wire-setup"), 4, "ff"), Rejection::version},
        {"length -1", at_sender, with(nak, 0, "ffffffff"), Rejection::frame_length},
        {"length beyond the datagram", at_sender, with(nak, 0, "1d"), Rejection::frame_length},
        {"length beyond the datagram", at_receiver, with(golden("wire-setup"), 0, "29"), Rejection::frame_length},
        {"type 8", at_sender, with(nak, 6, "0800"), Rejection::unknown_type},
        {"type 10", at_receiver, with(nak, 6, "0a00"), Rejection::unknown_type},
        {"type 12", at_sender, with(nak, 6, "0c00"), Rejection::unknown_type},
        {"type 0x0102", at_sender, with(nak, 6, "0201"), Rejection::unknown_type},
        {"type -1", at_receiver, with(golden("wire-data"), 6, "ffff"), Rejection::unknown_type},
        {"NAK without its last byte", at_sender, cut(nak, 27), Rejection::too_short},
        {"NAK without its last byte", at_receiver, cut(nak, 27), Rejection::too_short},
        {"SETUP without its last byte", at_receiver, cut(golden("wire-setup"), 39), Rejection::too_short},
        {"SM without its last byte", at_sender, cut(golden("wire-status-message"), 35), Rejection::too_short},
        {"RTTM without its last byte", at_receiver, cut(golden("wire-rtt-measurement"), 39), Rejection::too_short},
        {"ERR without its last byte", at_sender, cut(golden("wire-error"), 39), Rejection::too_short},
        {"RSP_SETUP without its last byte", at_sender, cut(golden("wire-response-setup"), 19), Rejection::too_short},
        {"RES of 21 bytes", at_receiver, cut(golden("wire-resolution"), 21), Rejection::too_short},
        {"DATA of 31 bytes", at_receiver, cut(golden("wire-data"), 31), Rejection::too_short},
        {"DATA of 31 bytes", at_sender, cut(golden("wire-data"), 31), Rejection::too_short},
    };
}

std::vector<Refusal> of_data() {
    const Bytes one = Chain{}.data(42).bytes;
    const Bytes two = Chain{}.data(42).data(64).bytes;
    return {
        {"33 bytes", at_receiver, cut(one, 33), Rejection::not_whole_frames},
        {"40 bytes", at_sender, cut(one, 40), Rejection::not_whole_frames},
        {"length 0 in 64 bytes", at_receiver, with(one, 0, "00"), Rejection::data_frame_length},
        {"length 0 of padding", at_receiver, with(Chain{}.padding(32).bytes, 0, "00"), Rejection::data_frame_length},
        {"length 0 of the second", at_receiver, with(two, 64, "00"), Rejection::data_frame_length},
        {"length 31", at_receiver, with(one, 0, "1f"), Rejection::data_frame_length},
        {"length 1", at_receiver, with(one, 0, "01"), Rejection::data_frame_length},
        {"padding of length 31", at_receiver, with(Chain{}.padding(32).bytes, 0, "1f"), Rejection::data_frame_length},
        {"length -1", at_receiver, with(one, 0, "ffffffff"), Rejection::data_frame_length},
        {"length -2^31", at_receiver, with(one, 0, "00000080"), Rejection::data_frame_length},
        {"longer than the datagram", at_receiver, cut(one, 32), Rejection::data_frame_cut_off},
        {"longer than a term", at_receiver, with(one, 0, "ffffff7f"), Rejection::data_frame_cut_off},
        {"second cut off", at_receiver, with(two, 64, "41"), Rejection::data_frame_cut_off},
        {"zeros behind", at_receiver, cut(one, 96), Rejection::second_frame},
        {"padding with its body", at_receiver, cut(Chain{}.padding(64).bytes, 64), Rejection::behind_padding},
        {"frame behind long padding", at_receiver, Chain{}.padding(4096).data(42).bytes, Rejection::behind_padding},
        {"second of type SETUP", at_receiver, with(two, 70, "0500"), Rejection::second_frame},
        {"second of type 0x0100", at_receiver, with(two, 70, "0001"), Rejection::second_frame},
        {"second of version 1", at_receiver, with(two, 68, "01"), Rejection::second_frame},
        {"second at another offset", at_receiver, with(two, 72, "60"), Rejection::second_frame},
        {"second of another session", at_receiver, with(two, 76, "08"), Rejection::second_frame},
        {"second of another stream", at_receiver, with(two, 80, "0b"), Rejection::second_frame},
        {"second of another term", at_receiver, with(two, 84, "fc"), Rejection::second_frame},
        {"offset 16", at_receiver, Chain{16}.data(42).bytes, Rejection::term_offset},
        {"offset -32", at_receiver, Chain{-32}.data(42).bytes, Rejection::term_offset},
        {"offset 1 GiB", at_receiver, Chain{max_term_length}.data(42).bytes, Rejection::term_offset},
        {"heartbeat at 1 GiB", at_receiver, with(golden("wire-heartbeat"), 8, "00000040"), Rejection::term_offset},
        {"heartbeat at 8", at_receiver, with(golden("wire-heartbeat"), 8, "08"), Rejection::term_offset},
        {"beyond 1 GiB", at_receiver, Chain{max_term_length - 32}.data(42).bytes, Rejection::term_end},
        {"second beyond 1 GiB", at_receiver, Chain{max_term_length - 32}.data(32).data(32).bytes, Rejection::term_end},
        {"padding beyond 1 GiB", at_receiver, Chain{max_term_length - 64}.data(32).padding(33).bytes,
         Rejection::term_end},
        {"padding of 2 GiB", at_receiver, with(Chain{}.padding(64).bytes, 0, "ffffff7f"), Rejection::term_end},
    };
}

std::vector<Refusal> of_feedback() {
    const auto message = golden("wire-status-message");
    const auto nak = golden("wire-nak");
    const auto error = golden("wire-error");
    return {
        {"SM at offset 16", at_sender, with(message, 20, "10"), Rejection::term_offset},
        {"SM at offset -32", at_sender, with(message, 20, "e0ffffff"), Rejection::term_offset},
        {"SM at offset 1 GiB", at_sender, with(message, 20, "00000040"), Rejection::term_offset},
        {"SM with window -1", at_sender, with(message, 24, "ffffffff"), Rejection::window},
        {"SM with window 512 MiB + 1", at_sender, with(message, 24, "01000020"), Rejection::window},
        {"eliciting SM with a window", at_sender, with(golden("wire-status-message-eliciting"), 24, "00000040"),
         Rejection::window},
        {"tagged SM in 36 bytes", at_sender, with(message, 0, "2c"), Rejection::frame_length},
        {"NAK at offset 16", at_sender, with(nak, 20, "10"), Rejection::term_offset},
        {"NAK at offset -32", at_sender, with(nak, 20, "e0ffffff"), Rejection::term_offset},
        {"NAK at offset 1 GiB", at_sender, with(nak, 20, "00000040"), Rejection::term_offset},
        {"NAK of length -32", at_sender, with(nak, 24, "e0ffffff"), Rejection::gap_length},
        {"NAK beyond 1 GiB", at_sender, with(nak, 20, "e0ffff3f 40000000"), Rejection::gap_length},
        {"NAK of 2 GiB", at_sender, with(nak, 24, "ffffff7f"), Rejection::gap_length},
        {"ERR with text length -1", at_sender, with(error, 36, "ffffffff"), Rejection::text_length},
        {"ERR with text length 2 GiB", at_sender, with(error, 36, "ffffff7f"), Rejection::text_length},
        {"ERR with more text than frame", at_sender, with(error, 36, "0b"), Rejection::text_length},
        {"ERR with more text than frame length", at_sender, with(error, 0, "31"), Rejection::text_length},
        {"ERR with 1024 bytes of text", at_sender, with(with(cut(error, 1064), 0, "28040000"), 36, "00040000"),
         Rejection::text_length},
    };
}

std::vector<Refusal> of_setups() {
    const auto setup = golden("wire-setup");
    return {
        {"term length 32 KiB", at_receiver, with(setup, 28, "00800000"), Rejection::term_length},
        {"term length 192 KiB", at_receiver, with(setup, 28, "00000300"), Rejection::term_length},
        {"term length 0", at_receiver, with(setup, 28, "00000000"), Rejection::term_length},
        {"term length -2^31", at_receiver, with(setup, 28, "00000080"), Rejection::term_length},
        {"offset = term length", at_receiver, with(setup, 8, "00000100"), Rejection::term_offset},
        {"offset 48", at_receiver, with(setup, 8, "30"), Rejection::term_offset},
        {"offset -32", at_receiver, with(setup, 8, "e0ffffff"), Rejection::term_offset},
        {"mtu 0", at_receiver, with(setup, 32, "00000000"), Rejection::mtu},
        {"mtu 32", at_receiver, with(setup, 32, "20000000"), Rejection::mtu},
        {"mtu 1400", at_receiver, with(setup, 32, "78050000"), Rejection::mtu},
        {"mtu 65536", at_receiver, with(setup, 32, "00000100"), Rejection::mtu},
        {"mtu -32", at_receiver, with(setup, 32, "e0ffffff"), Rejection::mtu},
        {"active term before the initial one", at_receiver, with(setup, 24, "feffffff"), Rejection::active_term},
        {"active term half a world away", at_receiver, with(setup, 24, "ffffff7f"), Rejection::active_term},
    };
}

std::vector<Refusal> of_resolutions() {
    const auto names = golden("wire-resolution");
    return {
        {"NAK", at_resolver, golden("wire-nak"), Rejection::unknown_type},
        {"DATA", at_resolver, golden("wire-data"), Rejection::unknown_type},
        {"header only", at_resolver, cut(names, 8), Rejection::too_short},
        {"length less than the datagram", at_resolver, with(names, 0, "20"), Rejection::frame_length},
        {"length more than the datagram", at_resolver, with(names, 0, "41"), Rejection::frame_length},
        {"entry of type 0", at_resolver, with(names, 8, "00"), Rejection::entry_type},
        {"entry of type 3", at_resolver, with(names, 32, "03"), Rejection::entry_type},
        {"age -1", at_resolver, with(names, 36, "ffffffff"), Rejection::entry_age},
        {"name of 0 bytes", at_resolver, with(names, 20, "0000"), Rejection::entry_name},
        {"name of -1 bytes", at_resolver, with(names, 20, "ffff"), Rejection::entry_name},
        {"name of -32768 bytes", at_resolver, with(names, 56, "0080"), Rejection::entry_name},
        {"name of 513 bytes", at_resolver, with(names, 20, "0102"), Rejection::entry_name},
        {"name beyond the datagram", at_resolver, with(names, 56, "0700"), Rejection::entry_cut_off},
        {"entry without filler", at_resolver, with(cut(names, 59), 0, "3b"), Rejection::entry_cut_off},
        {"entry without name length", at_resolver, with(cut(names, 57), 0, "39"), Rejection::entry_cut_off},
        {"entry of 7 bytes", at_resolver, with(cut(names, 39), 0, "27"), Rejection::entry_cut_off},
    };
}

std::vector<Refusal> every_refusal() {
    std::vector<Refusal> all;
    for (auto* part : {of_every_datagram, of_data, of_feedback, of_setups, of_resolutions})
        for (auto& refusal : part()) all.push_back(std::move(refusal));
    return all;
}

TEST(Datagram, IsRefusedForAReason) {
    for (const auto& [what, read, bytes, why] : every_refusal()) {
        SCOPED_TRACE(what);
        const testing::Memory exactly{bytes};  // the sanitizer sees one byte read too far
        const auto datagram = read(exactly.bytes());
        EXPECT_EQ(datagram.kind(), Kind::rejected);
        EXPECT_EQ(name_of(datagram.rejection()), name_of(why));
    }
}

TEST(Datagram, EveryReasonHasAnExampleAndAName) {
    std::set<Rejection> seen;
    std::set<std::string_view> names;
    for (const auto& refusal : every_refusal()) {
        seen.insert(refusal.why);
        names.insert(name_of(refusal.why));
    }
    EXPECT_EQ(seen.size(), static_cast<std::size_t>(Rejection::entry_cut_off));  // all but none; it is the last one
    EXPECT_EQ(names.size(), seen.size());
}

TEST(Datagram, FeedbackMayBeLongerThanItsFrame) {
    for (const auto* name : {"wire-status-message", "wire-nak", "wire-rtt-measurement", "wire-error"}) {
        auto bytes = golden(name);
        const auto kind = Datagram::at_sender(bytes).kind();
        bytes.resize(bytes.size() + 12);
        EXPECT_EQ(Datagram::at_sender(bytes).kind(), kind) << name;
    }
}

TEST(Datagram, FrameLengthMayBeLessThanTheFrame) {
    for (const auto* name : {"wire-status-message", "wire-nak", "wire-rtt-measurement", "wire-response-setup"})
        EXPECT_NE(Datagram::at_sender(with(golden(name), 0, "00")).kind(), Kind::rejected) << name;
}

TEST(Datagram, NakOfNothingIsLegal) {
    const auto bytes = with(golden("wire-nak"), 24, "00000000");
    EXPECT_EQ(Datagram::at_sender(bytes).nak().length, 0);
}

TEST(Datagram, ActiveTermMayHaveWrapped) {
    const auto bytes = with(golden("wire-setup"), 20, "feffff7f 00000080");  // 2^31 - 2 and -2^31
    EXPECT_EQ(Datagram::at_receiver(bytes).kind(), Kind::setup);
}

TEST(Datagram, ShortTermsAreJudgedByWhoKnowsThem) {
    constexpr std::int32_t term_length = 65536;
    const auto nak = [](const char* place) {
        const auto bytes = with(golden("wire-nak"), 20, place);
        return Datagram::at_sender(bytes).nak().fits(term_length);
    };
    EXPECT_TRUE(nak("e0ff0000 20000000"));
    EXPECT_FALSE(nak("e0ff0000 40000000"));
    EXPECT_FALSE(nak("00000100 00000000"));
    const auto message = [](const char* place) {
        const auto bytes = with(golden("wire-status-message"), 20, place);
        return Datagram::at_sender(bytes).status_message().fits(term_length);
    };
    EXPECT_TRUE(message("e0ff0000 00800000"));
    EXPECT_FALSE(message("e0ff0000 01800000"));
    EXPECT_FALSE(message("00000100 00000000"));
    const auto data = [](const Chain& chain) { return Datagram::at_receiver(chain.bytes).data().fits(term_length); };
    EXPECT_TRUE(data(Chain{65536 - 64}.data(42)));
    EXPECT_FALSE(data(Chain{65536 - 32}.data(42)));
    EXPECT_FALSE(data(Chain{65536}.data(42)));
    EXPECT_TRUE(data(Chain{64}.data(42).padding(65536 - 128)));
    EXPECT_FALSE(data(Chain{64}.data(42).padding(65536 - 127)));
    EXPECT_FALSE(data(Chain{0}.padding(max_term_length)));
}

TEST(Datagram, ShortPaddingStandsAnywhereLongPaddingLast) {
    const Chain chain = Chain{96}.padding(32).data(32).data(33).padding(100);
    const auto frames = Datagram::at_receiver(chain.bytes).data();
    EXPECT_EQ(frames.bytes().size(), 160U);
    EXPECT_EQ(frames.covered(), 32 + 32 + 64 + 128);
    std::vector<std::pair<bool, std::size_t>> seen;
    for (const auto& frame : frames) seen.emplace_back(frame.is_padding(), frame.payload.size());
    EXPECT_THAT(seen, ::testing::ElementsAre(std::pair{true, 0U}, std::pair{false, 0U}, std::pair{false, 1U},
                                             std::pair{true, 0U}));
}

TEST(Datagram, HeartbeatIsNoMessageAndAnEmptyMessageNoHeartbeat) {
    EXPECT_EQ(Datagram::at_receiver(golden("wire-heartbeat")).kind(), Kind::heartbeat);
    const Chain empty = Chain{96}.data(32);
    const auto datagram = Datagram::at_receiver(empty.bytes);
    EXPECT_EQ(datagram.kind(), Kind::data);
    EXPECT_EQ(datagram.data().covered(), 32);
}

TEST(Datagram, FramesMayLieAtAnyAddress) {
    const Bytes run = Chain{96}.data(50).data(32).padding(4096).bytes;
    Bytes shifted(run.size() + 1);
    std::ranges::copy(run, shifted.begin() + 1);
    EXPECT_EQ(Datagram::at_receiver(std::span{shifted}.subspan(1)).data().covered(), 64 + 32 + 4096);
}

TEST(DatagramDeathTest, TakenForAnotherKindStopsTheProcess) {
    const auto bytes = golden("wire-nak");
    EXPECT_DEATH((void)Datagram::at_sender(bytes).setup(), "taken for what it is");
    EXPECT_DEATH((void)Datagram::at_receiver({}).data(), "taken for what it is");
}

}  // namespace
}  // namespace gale::wire
