// Our dialogues as others see them: Aeron's recorded ones, frame kind by frame kind, and the dissector of tshark.
#include "base/recorded_test.hpp"
#include "base/testing.hpp"
#include "net/capture.hpp"
#include "sim/dialogue.hpp"
#include "support/process.hpp"
#include "support/temporary_directory.hpp"
#include "wire/datagram.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace gale::sim {
namespace {

using nlohmann::json;
using wire::FrameType;

/// What of a frame has to be alike: its type, its flags, and which form of several it has.
struct Kind {
    std::string type;
    std::uint8_t flags = 0;
    std::string form{};
    [[nodiscard]] std::string text() const {
        constexpr std::string_view digits = "0123456789abcdef";
        return type + ' ' + digits[flags >> 4U] + digits[flags & 0xFU] + form;
    }
    /// What a publisher says, measurements aside.
    [[nodiscard]] bool is_of_sender() const {
        static const std::set<std::string> types{"SETUP", "DATA", "PAD", "HEARTBEAT"};
        return types.contains(type);
    }
};

std::string form_of_status(std::int32_t length, bool for_anybody, bool is_zero) {
    return ' ' + std::to_string(length) + (for_anybody ? " for anybody" : "") + (is_zero ? " of nothing" : "");
}

Kind kind_of(const wire::DataHeader& header) {
    if (header.common.type == FrameType::padding) return {"PAD", header.common.flags};
    const bool is_heartbeat = header.common.frame_length == 0;
    return {is_heartbeat ? "HEARTBEAT" : "DATA", header.common.flags};
}

/// Of each frame of a datagram. Whoever it is for would believe it.
std::vector<Kind> kinds_of(std::span<const std::byte> bytes) {
    const auto* const header = view<wire::CommonHeader>(bytes);
    if (header == nullptr) {
        ADD_FAILURE() << "a driver of ours sent a datagram of " << bytes.size() << " bytes";
        return {};
    }
    const FrameType type = header->type;
    const bool for_receivers = type == FrameType::data || type == FrameType::padding || type == FrameType::setup;
    const auto datagram = for_receivers ? wire::Datagram::at_receiver(bytes) : wire::Datagram::at_sender(bytes);
    switch (datagram.kind()) {
    case wire::Datagram::Kind::data: {
        std::vector<Kind> kinds;
        for (const auto& frame : datagram.data()) kinds.push_back(kind_of(frame.header));
        return kinds;
    }
    case wire::Datagram::Kind::heartbeat: return {kind_of(datagram.heartbeat())};
    case wire::Datagram::Kind::setup:
        return {{"SETUP", datagram.setup().common.flags, std::int32_t{datagram.setup().ttl} > 0 ? " ttl" : ""}};
    case wire::Datagram::Kind::status_message: {
        const auto& said = datagram.status_message();
        return {{"SM", said.common.flags,
                 form_of_status(said.common.frame_length,
                                SessionId{said.session_id} == SessionId{0} && StreamId{said.stream_id} == StreamId{0},
                                TermId{said.term_id} == TermId{0} && said.term_offset == 0 && said.window == 0)}};
    }
    case wire::Datagram::Kind::nak: return {{"NAK", datagram.nak().common.flags}};
    case wire::Datagram::Kind::rtt_measurement: return {{"RTTM", datagram.rtt_measurement().common.flags}};
    case wire::Datagram::Kind::error: return {{"ERR", datagram.error().common.flags}};
    case wire::Datagram::Kind::response_setup: return {{"RSP_SETUP", datagram.response_setup().common.flags}};
    case wire::Datagram::Kind::rejected:
    case wire::Datagram::Kind::foreign:
    case wire::Datagram::Kind::resolution: break;
    }
    ADD_FAILURE() << "a driver of ours said what nobody believes: " << name_of(datagram.rejection());
    return {};
}

Kind kind_of(const json& frame) {
    Kind kind{frame["type"], frame["flags"]};
    if (frame.value("heartbeat", false)) kind.type = "HEARTBEAT";
    if (kind.type == "SETUP" && frame["ttl"] > 0) kind.form = " ttl";
    if (kind.type == "SM")
        kind.form = form_of_status(frame["length"], frame["session"] == 0 && frame["stream"] == 0,
                                   frame["term_id"] == 0 && frame["term_offset"] == 0 && frame["window"] == 0);
    return kind;
}

/// The kinds of each side, in the order in which they came up.
struct Course {
    std::vector<std::string> sender{};
    std::vector<std::string> receiver{};
    std::set<std::string> measurements{};  ///< which depend on time more than others: in any order
    void add(Kind kind) {
        if (kind.type == "RTTM") {
            kind.flags &= 0xFEU;  // what drivers of ours tell each other of their windows
            measurements.insert(kind.text());
            return;
        }
        auto& side = kind.is_of_sender() ? sender : receiver;
        if (std::ranges::find(side, kind.text()) == side.end()) side.push_back(kind.text());
    }
};

/// What receivers of ours say or leave out on purpose: docs/formats/wire.md, dialogues.
struct Difference {
    std::string_view dialogue;
    std::set<std::string> only_ours{};
    std::set<std::string> only_theirs{};
};
const std::vector<Difference> differences{
    {.dialogue = "mdc-dynamic", .only_theirs = {"SM 80 36 of nothing"}},
    {.dialogue = "revoke", .only_ours = {"SM 40 36"}},
    {.dialogue = "tagged-flow-control", .only_theirs = {"SM 80 44 of nothing"}},
};

std::vector<std::string> without(std::vector<std::string> kinds, const std::set<std::string>& some) {
    for (const std::string& one : some)
        EXPECT_EQ(std::erase(kinds, one), 1U) << "a difference that there is not any more: " << one;
    return kinds;
}

class Dialogues : public ::testing::TestWithParam<Script> {};

TEST_P(Dialogues, HaveTheFramesOfTheRecordedOnes) {
    const std::string recorded = GALE_SOURCE_DIR "/../shared/vectors/wire/" + std::string{GetParam().name} + ".json";
    if (!testing::is_recorded(recorded)) GTEST_SKIP() << "no recorded dialogue beside the sources";
    Dialogue dialogue;
    GetParam().tell(dialogue);
    Course ours;
    for (const auto& sent : dialogue.sent())
        for (const Kind& kind : kinds_of(sent.bytes)) ours.add(kind);
    Course theirs;
    const json dialogue_of_theirs = json::parse(testing::read_file(recorded));
    for (const auto& row : dialogue_of_theirs["list"])
        for (const auto& frame : row["frames"]) theirs.add(kind_of(frame));
    const auto found = std::ranges::find(differences, GetParam().name, &Difference::dialogue);
    const Difference difference = found == differences.end() ? Difference{} : *found;
    EXPECT_EQ(ours.sender, theirs.sender);
    EXPECT_EQ(without(ours.receiver, difference.only_ours), without(theirs.receiver, difference.only_theirs));
    // Receivers of ours always measure.
    EXPECT_EQ(ours.measurements, (std::set<std::string>{"RTTM 80", "RTTM 00"}));
    EXPECT_TRUE(std::ranges::includes(ours.measurements, theirs.measurements));
}

/// What the dissector of tshark calls a kind, and how often it says so of a datagram. It takes heartbeats with an end
/// of stream for data, and does not know the present ERR, RES and RSP_SETUP.
const std::map<std::string, std::string> dissected{
    {"SETUP", "setup"}, {"DATA", "data"}, {"PAD", "pad"}, {"HEARTBEAT", "heartbeat"},
    {"SM", "sm"},       {"NAK", "nak"},   {"RTTM", "rtt"}};

std::string dissector_name(const Kind& kind) {
    const auto found = dissected.find(kind.type);
    if (found == dissected.end()) return {};
    return kind.type == "HEARTBEAT" && kind.flags != wire::flags::whole ? "data" : found->second;
}

using Counts = std::map<std::string, std::size_t>;

/// Of each datagram of a capture; `complaint` for what it does not like.
std::vector<Counts> dissect(const std::string& capture) {
    testing::Command command{.program = "/usr/bin/env",
                             .arguments = {"tshark", "-n", "-r", capture, "-d", "udp.port==1-65535,aeron", "-T",
                                           "fields", "-E", "separator=|", "-E", "occurrence=a"}};
    std::vector<std::string> names;
    for (const auto& [type, name] : dissected) names.push_back(name);
    for (const std::string& name : names)
        command.arguments.insert(command.arguments.end(), {"-e", "aeron." + name + ".type"});
    command.arguments.insert(command.arguments.end(), {"-e", "_ws.malformed", "-e", "_ws.expert.severity"});
    const auto outcome = testing::run(command);
    EXPECT_EQ(outcome.ending, testing::Ending{.status = 0}) << outcome.errors;
    std::vector<Counts> all;
    std::istringstream lines{outcome.output};
    for (std::string line; std::getline(lines, line);) {
        Counts& counts = all.emplace_back();
        std::istringstream fields{line};
        std::string field;
        for (const std::string& name : names) {
            std::getline(fields, field, '|');
            if (!field.empty()) counts[name] = static_cast<std::size_t>(std::ranges::count(field, ',')) + 1;
        }
        std::getline(fields, field, '|');
        if (!field.empty()) counts["malformed: " + field] = 1;
        std::getline(fields, field, '|');
        constexpr std::string_view error = "8388608";
        if (field.find(error) != field.npos) counts["error: " + line] = 1;
    }
    return all;
}

// Every datagram is what its sender meant, to somebody who never read a line of ours.
TEST_P(Dialogues, AreUnderstoodByTshark) {
    if (testing::run({.program = "/usr/bin/env", .arguments = {"tshark", "--version"}}).ending !=
        testing::Ending{.status = 0}) {
        if (testing::in_ci()) FAIL() << "there is no tshark, and this is CI: scripts/setup.sh test installs it";
        GTEST_SKIP() << "there is no tshark: scripts/setup.sh test installs it";
    }
    Dialogue dialogue;
    GetParam().tell(dialogue);
    const testing::TemporaryDirectory directory{"dialogue"};
    const std::string capture = directory / "capture.pcap";
    testing::VirtualClock clock;
    std::vector<Counts> meant;
    {
        net::PcapFile file{capture, clock};
        for (const auto& sent : dialogue.sent()) {
            Counts counts;
            for (const Kind& kind : kinds_of(sent.bytes)) ++counts[dissector_name(kind)];
            if (counts.contains("")) continue;
            file.write(sent.time, sent.from, sent.to, sent.bytes);
            meant.push_back(counts);
        }
    }
    const auto found = dissect(capture);
    ASSERT_EQ(found.size(), meant.size());
    for (std::size_t i = 0; i < meant.size(); ++i) EXPECT_EQ(found[i], meant[i]) << "datagram " << i + 1;
}

INSTANTIATE_TEST_SUITE_P(, Dialogues, ::testing::ValuesIn(scripts()), [](const auto& one) {
    std::string title;
    bool begins = true;
    for (const char letter : one.param.name) {
        if (letter == '-') {
            begins = true;
            continue;
        }
        title += begins ? static_cast<char>(std::toupper(static_cast<unsigned char>(letter))) : letter;
        begins = false;
    }
    return title;
});

}  // namespace
}  // namespace gale::sim
