// Numbers that one side makes and the other reads; what upstream's tools make of our files.
#include "interop/interop.hpp"

#include <algorithm>
#include <regex>
#include <set>

namespace gale::interop {
namespace {

class Counters : public OnEveryDriver {};

TEST_P(Counters, OneSideMakesAndTheOtherReads) {
    for (const Language maker : both) {
        SCOPED_TRACE(maker);
        const std::string type = "21" + new_stream();
        Peer owner = start(maker, "add-counter", {"--type", type, "--label", "made by a peer", "--value", "42"});
        const std::string id = std::to_string(owner.number("id"));
        const auto line = [&](const std::string& value) {
            return "counter id=" + id + " type=" + type + " value=" + value +
                   " registration=[0-9]+ owner=[0-9]+ label=made by a peer";
        };
        EXPECT_EQ(once(other(maker), "counters").said(line("42")).size(), 1U);
        owner.tell("set -44");
        owner.expect("value=-44");
        EXPECT_EQ(once(other(maker), "counters").said(line("-44")).size(), 1U);
        owner.tell("close");
        owner.expect("closed");
        owner.stop();
        // A client's goodbye is not answered: the driver hears of it when it looks.
        const auto is_there = [&] {
            return !once(other(maker), "counters").said("counter id=" + id + " type=" + type + " .*").empty();
        };
        int looks = 0;
        while (is_there()) ASSERT_LT(++looks, 100);
    }
}

TEST_P(Counters, AStaticCounterOutlivesItsMakerAndIsFoundByTheOther) {
    for (const Language maker : both) {
        SCOPED_TRACE(maker);
        const Words identity{"--type", "22" + new_stream(), "--registration", "77", "--label", "static one"};
        Peer first = start(maker, "static-counter", join({identity, {"--value", "43"}}));
        const std::string id = std::to_string(first.number("id"));
        first.stop();
        const std::string line =
            "counter id=" + id + " type=" + identity[1] + " value=43 registration=77 owner=-1 label=static one";
        EXPECT_EQ(once(maker, "counters").said(line).size(), 1U);
        EXPECT_EQ(once(other(maker), "counters").said(line).size(), 1U);
        Peer second = start(other(maker), "static-counter", identity);
        EXPECT_EQ(std::to_string(second.number("id")), id);
        second.tell("set 45");
        second.expect("value=45");
        second.stop();
        EXPECT_EQ(once(maker, "counters").said("counter id=" + id + " .* value=45 .*").size(), 1U);
    }
}

TEST_P(Counters, BothSidesSeeTheSameKeys) {
    const std::string stream = new_stream();
    const Words place{"--channel", "aeron:ipc", "--stream", stream, "--length", "8"};
    Peer subscriber = start(Language::java, "subscribe", join({place, {"--expect", "1"}}));
    subscriber.expect("added");
    Peer publisher = start(Language::gale, "publish", join({place, {"--count", "1"}}));
    publisher.expect("published .*");
    subscriber.expect("received .*");
    // System counters and those of this stream; other tests' come and go.
    const std::string stable = "counter id=([0-9]|[123][0-9]) type=0 .*";
    const std::string ours = "counter .* label=(pub-lmt|pub-pos.*|sub-pos): [0-9]+ -?[0-9]+ " + stream + " .*";
    Peer gale = once(Language::gale, "counters", {"--keys"});
    Peer java = once(Language::java, "counters", {"--keys"});
    EXPECT_EQ(gale.said(ours).size(), 3U);
    EXPECT_EQ(gale.said(ours), java.said(ours));
    const auto without_values = [](const std::vector<std::string>& lines) {
        std::vector<std::string> all;
        for (const auto& line : lines) all.push_back(std::regex_replace(line, std::regex{" value=-?[0-9]+"}, ""));
        return all;
    };
    EXPECT_EQ(without_values(gale.said(stable)), without_values(java.said(stable)));
    publisher.stop();
    subscriber.stop();
}

TEST_P(Counters, TheNextSessionIdIsFreeAndDiffersEachTime) {
    const std::string stream = new_stream();
    const auto next = [&](Language language) {
        return std::to_string(once(language, "next-session", {"--stream", stream}).number("id"));
    };
    const std::set<std::string> ids{next(Language::gale), next(Language::java), next(Language::java)};
    EXPECT_EQ(ids.size(), 3U);
    const std::string second = next(Language::gale);
    EXPECT_FALSE(ids.contains(second));
    const Words place{"--channel", "aeron:ipc?session-id=" + second, "--stream", stream, "--length", "8"};
    Peer subscriber = start(Language::java, "subscribe", join({place, {"--expect", "1"}}));
    subscriber.expect("added");
    Peer publisher = start(Language::gale, "publish", join({place, {"--count", "1"}}));
    publisher.expect("added session=" + second + " .*");
    subscriber.expect("received session=" + second + " count=1 bytes=8 errors=0");
    publisher.stop();
    subscriber.stop();
}

TEST_P(Counters, AeronStatShowsThem) {
    Peer owner =
        start(Language::gale, "add-counter", {"--type", "1234", "--label", "seen by AeronStat", "--value", "1234567"});
    owner.expect("counter id=[0-9]+");
    Peer stat = once(Language::java, "aeron-stat");
    stat.expect(".* - Aeron Stat \\(CnC v0\\.2\\.0\\), pid " + std::to_string(driver().peer().pid()) +
                ", heartbeat age [0-9,]+ms");
    for (const char* line : {" *0: +[0-9,]+ - Bytes sent.*", " *15: +[0-9,]+ - Errors.*",
                             " *[0-9]+: +1,234,567 - seen by AeronStat", " *[0-9]+: +[0-9,]+ - client-heartbeat: .*"})
        stat.expect(line);
    owner.stop();
}

INSTANTIATE_TEST_SUITE_P(Interop, Counters, ::testing::ValuesIn(every_driver), DriverTitle{});

}  // namespace
}  // namespace gale::interop
