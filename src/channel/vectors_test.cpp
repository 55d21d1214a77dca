#include "base/random.hpp"
#include "base/recorded_test.hpp"
#include "channel/parameters.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

namespace gale::channel {
namespace {

using nlohmann::json;

/// What one request came to: the code of its refusal, or what was understood.
struct Outcome {
    std::int32_t code = 0;
    std::string text{};
    json seen = json::object();
};

json describe(const PublicationParameters& publication) {
    const auto& settings = publication.settings;
    json seen{{"term_length", settings.term_length},
              {"mtu", settings.mtu},
              {"linger_ns", settings.linger.count()},
              {"entity_tag", publication.tags.entity.value_or(-1)},
              {"channel_tag", nullptr},
              {"response_correlation_id", publication.response_correlation_id.value_or(-1)},
              {"untethered_window_limit_ns", settings.untethered.window_limit.count()},
              {"untethered_linger_ns", settings.untethered.linger.value_or(Nanos::zero()).count()},
              {"untethered_resting_ns", settings.untethered.resting.count()},
              {"ttl", publication.udp.ttl.value_or(0)}};
    if (publication.tags.channel) seen["channel_tag"] = *publication.tags.channel;
    if (publication.session_id) seen["session_id"] = publication.session_id->value;
    if (publication.start) seen["position"] = publication.start->position(settings.term_length).value;
    return seen;
}

Outcome judge(const std::string& side, const std::string& text) {
    try {
        const auto uri = Uri::parse(text);
        if (side == "pub" || side == "xpub") return {.seen = describe(parse_publication(uri, {}))};
        if (side == "sub") static_cast<void>(parse_subscription(uri, {}));
        if (side == "dest") static_cast<void>(parse_send_destination(uri));
        if (side == "rcvdest") static_cast<void>(parse_receive_destination(uri, {}));
        return {};
    } catch (const Error& error) {
        return {.code = static_cast<std::int32_t>(error.code()), .text = error.what()};
    }
}

json load(const std::filesystem::path& path) { return json::parse(std::ifstream{path}); }

bool holds_word(std::string text, std::string word) {
    const auto lower = [](unsigned char c) { return static_cast<char>(std::tolower(c)); };
    std::ranges::transform(text, text.begin(), lower);
    std::ranges::transform(word, word.begin(), lower);
    return text.find(word) != std::string::npos;
}

void expect_agreement(const json& record, const Outcome& outcome) {
    const auto result = record.value("result", json::object());
    for (const auto& [name, value] : result.items()) {
        if (!outcome.seen.contains(name)) continue;  // what only a driver or a socket can see
        EXPECT_EQ(outcome.seen[name], value) << name;
    }
}

TEST(ChannelExamples, AreJudgedByText) {
    const auto records = load(GALE_SOURCE_DIR "/src/channel/testdata/channel-uri.json");
    ASSERT_GT(records.size(), 100U);
    for (const auto& record : records) {
        SCOPED_TRACE(record.dump());
        const auto outcome = judge(record["side"], record["uri"]);
        EXPECT_EQ(outcome.code, record.value("code", 0)) << outcome.text;
        expect_agreement(record, outcome);
    }
}

/// Recorded refusals that come from look-ups, sockets, interfaces or other publications: the text alone is in order.
const std::set<std::string> beyond_text{
    "ex38p", "ex38s",  "CM11", "I6",    "E18", "E20", "RDudp?endpoint=nohost.invalid:1",
    "ex16p", "I8",     "I5",   "I17",   "E25", "E29", "ex75b",
    "ex52p", "Stag:5", "Spt",  "ex85p", "RC2", "RC7"};

/// Where the record is no example to follow: obey or refuse, with a code that fits. `tags=` must be refused.
void expect_strict(const json& record, const Outcome& outcome) {
    const bool must_be_refused = record["uri"].get<std::string>().ends_with("tags=");
    EXPECT_TRUE(outcome.code == 1 || (!must_be_refused && (outcome.code == 0 || outcome.code == 11))) << outcome.text;
}

TEST(ChannelVectors, AgreeWithWhatTheUpstreamDriverAnswered) {
    const std::filesystem::path path{GALE_SOURCE_DIR "/../shared/vectors/channel-uri.json"};
    if (!testing::is_recorded(path)) GTEST_SKIP() << "no recorded vectors beside the sources";
    for (const auto& record : load(path)) {
        SCOPED_TRACE(record.dump());
        const auto outcome = judge(record["side"], record["uri"]);
        EXPECT_LT(outcome.text.size(), 600U);
        if (record.value("strict", false)) {
            expect_strict(record, outcome);
            continue;
        }
        const bool text_suffices = !record.value("machine", false) && !beyond_text.contains(record["id"]);
        EXPECT_EQ(outcome.code, text_suffices ? record.value("error_code", 0) : 0) << outcome.text;
        const bool explains = outcome.code == 0 || holds_word(outcome.text, record.value("error_text_contains", ""));
        EXPECT_TRUE(explains) << outcome.text;
        expect_agreement(record, outcome);
    }
}

TEST(ChannelExamples, NoMutationEndsTheProcess) {
    constexpr std::string_view alphabet = "|=?:,/-[]{}%0179kgx \xff";
    const auto records = load(GALE_SOURCE_DIR "/src/channel/testdata/channel-uri.json");
    for (std::uint64_t seed = 1; seed <= 5'000; ++seed) {
        SCOPED_TRACE(seed);
        Random random{seed};
        auto uri = records[random.below(records.size())]["uri"].get<std::string>();
        for (auto count = 1 + random.below(3); count > 0; --count)
            uri.replace(random.below(uri.size()), random.below(3), 1, alphabet[random.below(alphabet.size())]);
        for (const auto* side : {"pub", "sub", "dest", "rcvdest"}) {
            const auto code = judge(side, uri).code;
            EXPECT_TRUE(code == 0 || code == 1 || code == 9 || code == 11) << code;
        }
    }
}

}  // namespace
}  // namespace gale::channel
