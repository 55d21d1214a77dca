// Datagrams of Aeron's C driver: what was in them, and what it thought of good and bad ones. A part lies in testdata,
// all of them where they lie beside the sources.
#include "base/recorded_test.hpp"

#include "wire/testing.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace gale::wire {
namespace {

using nlohmann::json;
using testing::Bytes;
using testing::parse_hex;
using testing::read_file;
using Kind = Datagram::Kind;

const std::string own_folder = GALE_SOURCE_DIR "/src/wire/testdata/";
const std::string shared_folder = GALE_SOURCE_DIR "/../shared/vectors/wire/";

/// UDP payloads of a pcap file with Ethernet, IPv4 without options in the way, and nanoseconds.
std::vector<Bytes> datagrams_of(const std::string& path) {
    const std::string file = read_file(path);
    const auto u32 = [&](std::size_t at) {
        return std::uint32_t{*view<Field<std::uint32_t>>(as_bytes(file).subspan(at))};
    };
    if (u32(0) != 0xa1b23c4d) throw std::runtime_error(path + " is no pcap file with nanoseconds");
    std::vector<Bytes> datagrams;
    for (std::size_t at = 24; at < file.size();) {
        const auto packet = as_bytes(file).subspan(at + 16, u32(at + 8));
        const std::size_t ip_header = (std::to_integer<std::size_t>(packet[14]) & 0x0FU) * 4;
        const std::size_t udp = 14 + ip_header;
        const auto length =
            std::to_integer<std::size_t>(packet[udp + 4]) * 256 + std::to_integer<std::size_t>(packet[udp + 5]);
        datagrams.push_back(testing::to_vector(packet.subspan(udp + 8, length - 8)));
        at += 16 + packet.size();
    }
    return datagrams;
}

std::uint32_t crc32(std::span<const std::byte> bytes) {
    std::uint32_t sum = 0xFFFFFFFF;
    for (const std::byte byte : bytes) {
        sum ^= std::to_integer<std::uint32_t>(byte);
        for (int bit = 0; bit < 8; ++bit) sum = (sum >> 1U) ^ ((sum & 1U) != 0 ? 0xEDB88320U : 0U);
    }
    return ~sum;
}

json common(const char* type, const CommonHeader& header, std::size_t at = 0) {
    return {{"at", at},
            {"type", type},
            {"length", std::int32_t{header.frame_length}},
            {"version", std::uint8_t{header.version}},
            {"flags", std::uint8_t{header.flags}}};
}

template <class Frame> json with_ids(const char* type, const Frame& frame, std::size_t at = 0) {
    json described = common(type, frame.common, at);
    described["session"] = SessionId{frame.session_id}.value;
    described["stream"] = StreamId{frame.stream_id}.value;
    return described;
}

json describe(const DataHeader& header, std::size_t at = 0) {
    const bool padding = header.common.type == FrameType::padding;
    json described = with_ids(padding ? "PAD" : "DATA", header, at);
    described["term_offset"] = std::int32_t{header.term_offset};
    described["term_id"] = TermId{header.term_id}.value;
    described["reserved"] = std::int64_t{header.reserved_value};
    return described;
}

json describe(const DataFrames& frames) {
    json all = json::array();
    for (const auto& frame : frames) {
        all.push_back(describe(frame.header, frame.offset));
        if (frame.is_padding()) continue;
        all.back()["payload_length"] = frame.payload.size();
        if (!frame.payload.empty()) all.back()["payload_crc32"] = crc32(frame.payload);
    }
    return all;
}

json describe(const Setup& setup) {
    json described = with_ids("SETUP", setup);
    described["term_offset"] = std::int32_t{setup.term_offset};
    described["initial_term_id"] = TermId{setup.initial_term_id}.value;
    described["active_term_id"] = TermId{setup.active_term_id}.value;
    described["term_length"] = std::int32_t{setup.term_length};
    described["mtu"] = std::int32_t{setup.mtu};
    described["ttl"] = std::int32_t{setup.ttl};
    return described;
}

json describe(const StatusMessage& message, std::optional<std::int64_t> group_tag) {
    json described = with_ids("SM", message);
    described["term_id"] = TermId{message.term_id}.value;
    described["term_offset"] = std::int32_t{message.term_offset};
    described["window"] = std::int32_t{message.window};
    described["receiver_id"] = std::int64_t{message.receiver_id};
    described["group_tag"] = group_tag ? json(*group_tag) : json(nullptr);
    return described;
}

json describe(const Nak& nak) {
    json described = with_ids("NAK", nak);
    described["term_id"] = TermId{nak.term_id}.value;
    described["term_offset"] = std::int32_t{nak.term_offset};
    described["gap_length"] = std::int32_t{nak.length};
    return described;
}

json describe(const RttMeasurement& measurement) {
    json described = with_ids("RTTM", measurement);
    described["echo"] = std::int64_t{measurement.echo_timestamp_ns};
    described["delta"] = std::int64_t{measurement.reception_delta_ns};
    described["receiver_id"] = std::int64_t{measurement.receiver_id};
    return described;
}

json describe(const ErrorFrame& error, std::string_view text) {
    json described = with_ids("ERR", error);
    described["receiver_id"] = std::int64_t{error.receiver_id};
    described["group_tag"] = std::int64_t{error.group_tag};
    described["code"] = std::int32_t{error.code};
    described["text_length"] = std::int32_t{error.text_length};
    described["text"] = text;
    return described;
}

std::string ipv4_text(std::span<const std::byte> address) {
    std::string text;
    for (const std::byte byte : address) text += (text.empty() ? "" : ".") + std::to_string(std::to_integer<int>(byte));
    return text;
}

json describe(const ResolutionEntries& entries) {
    json all = json::array();
    std::size_t at = sizeof(CommonHeader);
    for (const auto& entry : entries) {
        all.push_back({{"at", at},
                       {"type", static_cast<int>(entry.type)},
                       {"flags", entry.flags},
                       {"port", entry.port},
                       {"age_ms", entry.age_ms},
                       {"address", ipv4_text(entry.address)},
                       {"name", entry.name}});
        at += align_up(10 + entry.address.size() + entry.name.size(), 8);
    }
    return all;
}

/// All frames of a datagram, as the recordings describe them.
json describe(const Datagram& datagram, std::span<const std::byte> bytes) {
    switch (datagram.kind()) {
    case Kind::data: return describe(datagram.data());
    case Kind::heartbeat: {
        json described = describe(datagram.heartbeat());
        described["heartbeat"] = true;
        return json::array({described});
    }
    case Kind::setup: return json::array({describe(datagram.setup())});
    case Kind::status_message: return json::array({describe(datagram.status_message(), datagram.group_tag())});
    case Kind::nak: return json::array({describe(datagram.nak())});
    case Kind::rtt_measurement: return json::array({describe(datagram.rtt_measurement())});
    case Kind::error: return json::array({describe(datagram.error(), datagram.text())});
    case Kind::response_setup: {
        json described = with_ids("RSP_SETUP", datagram.response_setup());
        described["response_session"] = SessionId{datagram.response_setup().response_session_id}.value;
        return json::array({described});
    }
    case Kind::resolution: {
        json described = common("RES", *view<CommonHeader>(bytes));
        described["entries"] = describe(datagram.resolution());
        return json::array({described});
    }
    case Kind::rejected: return name_of(datagram.rejection());
    case Kind::foreign: break;
    }
    return "foreign";
}

/// As whoever hears that type would read it.
Datagram read(const std::string& type, std::span<const std::byte> bytes) {
    if (type == "RES") return Datagram::at_resolver(bytes);
    const bool for_receivers = type == "DATA" || type == "PAD" || type == "SETUP";
    return for_receivers ? Datagram::at_receiver(bytes) : Datagram::at_sender(bytes);
}

/// Recordings by their path without `.json`: what lies here, and what lies beside the sources.
std::vector<std::string> dialogues(const std::string& folder) {
    std::vector<std::string> found;
    if (!std::filesystem::exists(folder)) return found;
    for (const auto& file : std::filesystem::directory_iterator{folder})
        if (file.path().extension() == ".pcap")
            found.push_back((file.path().parent_path() / file.path().stem()).string());
    return found;
}

/// How many frames of each type there were.
std::map<std::string, int> expect_dialogues_understood(const std::string& folder) {
    std::map<std::string, int> seen;
    for (const auto& dialogue : dialogues(folder)) {
        SCOPED_TRACE(dialogue);
        const auto expected = json::parse(read_file(dialogue + ".json"));
        const auto datagrams = datagrams_of(dialogue + ".pcap");
        EXPECT_EQ(datagrams.size(), expected["datagrams"]);
        for (std::size_t i = 0; i < datagrams.size(); ++i) {
            const json& row = expected["list"][i];
            SCOPED_TRACE(row.dump());
            const testing::Memory exactly{datagrams[i]};
            EXPECT_EQ(exactly.bytes().size(), row["length"]);
            const auto datagram = read(row["frames"][0]["type"], exactly.bytes());
            EXPECT_EQ(describe(datagram, exactly.bytes()), row["frames"]);
            if (datagram.kind() == Kind::data) {
                EXPECT_EQ(datagram.data().covered(), row["covers"]);
            }
            for (const auto& frame : row["frames"]) ++seen[frame["type"]];
        }
    }
    return seen;
}

TEST(RecordedDialogues, AreUnderstood) {
    const auto seen = expect_dialogues_understood(own_folder);
    for (const auto* type : {"DATA", "SETUP", "SM", "RES"}) EXPECT_GT(seen.count(type), 0U) << type;
}

TEST(RecordedDialogues, AreUnderstoodBesideTheSources) {
    if (!testing::is_recorded(shared_folder)) GTEST_SKIP() << "no recorded datagrams beside the sources";
    const auto seen = expect_dialogues_understood(shared_folder);
    for (const auto* type : {"DATA", "PAD", "NAK", "SM", "ERR", "SETUP", "RTTM", "RES", "RSP_SETUP"})
        EXPECT_GT(seen.count(type), 0U) << type;
}

/// What the recorded driver believed and we do not. docs/formats/wire.md, what we do better.
const std::map<std::string, Rejection> stricter{
    {"bytes behind a PAD of 4096", Rejection::behind_padding},
    {"second frame with foreign session, stream, term, version and flags", Rejection::second_frame},
};

/// The counter that a frame moves when it is believed, knowing of its stream only which it is and how long its terms
/// are.
std::string counted_as(const Datagram& datagram, const json& head) {
    const std::int32_t term_length = head["term_length"];
    const auto is_known = [&](const auto& frame) {
        return SessionId{frame.session_id}.value == head["session"] &&
               StreamId{frame.stream_id}.value == head["stream"];
    };
    const auto if_it_fits = [](bool fits, const char* counter) { return fits ? counter : "invalid_packets"; };
    switch (datagram.kind()) {
    case Kind::status_message: {
        const auto& message = datagram.status_message();
        return if_it_fits(message.fits(is_known(message) ? term_length : max_term_length), "status_messages_received");
    }
    case Kind::nak:
        return is_known(datagram.nak()) ? if_it_fits(datagram.nak().fits(term_length), "naks_received") : "";
    case Kind::error: return "error_frames_received";
    case Kind::heartbeat:
        return if_it_fits(is_term_offset(datagram.heartbeat().term_offset, term_length), "heartbeats_received");
    case Kind::data: return if_it_fits(datagram.data().fits(term_length), "");
    case Kind::rejected: return datagram.rejection() == Rejection::empty ? "" : "invalid_packets";
    case Kind::foreign:
    case Kind::setup:
    case Kind::rtt_measurement:
    case Kind::response_setup:
    case Kind::resolution: break;
    }
    return "";
}

/// The counters of the recording without those that only a stream's position explains.
json expected_counters(const json& row) {
    json counters = row["counters"];
    for (const auto* name : {"status_messages_rejected", "retransmits", "retransmitted_bytes"}) counters.erase(name);
    return counters;
}

void expect_judged(const std::string& path) {
    const auto recorded = json::parse(read_file(path));
    std::size_t stricter_ones = 0;
    for (const auto& row : recorded["list"]) {
        SCOPED_TRACE(row.dump());
        const testing::Memory exactly{parse_hex(row["hex"])};
        const bool at_sender = row["at"] == "send";
        const auto datagram = at_sender ? Datagram::at_sender(exactly.bytes()) : Datagram::at_receiver(exactly.bytes());
        if (const auto it = stricter.find(row["name"]); it != stricter.end()) {
            ++stricter_ones;
            EXPECT_TRUE(row["counters"].empty());
            EXPECT_EQ(name_of(datagram.rejection()), name_of(it->second));
            continue;
        }
        json expected = expected_counters(row);
        if (expected.contains("under_runs") || expected.contains("over_runs")) {  // for the image to find out
            EXPECT_TRUE(datagram.kind() == Kind::data || datagram.kind() == Kind::heartbeat);
            continue;
        }
        auto counted = counted_as(datagram, recorded);
        if (!at_sender && datagram.rejection() == Rejection::empty) counted = "invalid_packets";
        // One recorded heartbeat lies before the initial term: it counts nowhere, which only an image can know.
        if (row["name"] == "heartbeat before the initial term") expected["heartbeats_received"] = 1;
        json counters = json::object();
        if (!counted.empty()) counters[counted] = 1;
        EXPECT_EQ(counters, expected);
    }
    EXPECT_EQ(stricter_ones, stricter.size());
}

TEST(RecordedDatagrams, AreJudgedAsTheUpstreamDriverDid) { expect_judged(own_folder + "datagrams.json"); }

TEST(RecordedDatagrams, AreJudgedAsTheUpstreamDriverDidBesideTheSources) {
    if (!testing::is_recorded(shared_folder)) GTEST_SKIP() << "no recorded datagrams beside the sources";
    expect_judged(shared_folder + "datagrams.json");
}

}  // namespace
}  // namespace gale::wire
