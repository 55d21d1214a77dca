/// What `gale stat`, `streams`, `errors`, `loss` and `bench` tell.
#include "control/cnc_file.hpp"
#include "shm/ring.hpp"
#include "system/gale_fixture_test.hpp"

#include <chrono>
#include <fstream>

namespace gale::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

class GaleTools : public GaleProgram {
protected:
    Process driver_ = start_driver();
};

TEST_F(GaleTools, StatHasTheColumnsOfAeronStat) {
    const Outcome outcome = run_gale({"stat"});
    EXPECT_EQ(outcome.ending, succeeded) << outcome.errors;
    std::istringstream lines{outcome.output};
    std::string header, rule, first;
    std::getline(lines, header);
    std::getline(lines, rule);
    std::getline(lines, first);
    EXPECT_THAT(
        header,
        MatchesRegex(
            "[-0-9]+ [:.0-9]+[-+][0-9]+ - Aeron Stat \\(CnC v0\\.2\\.0\\), pid [0-9]+, heartbeat age [0-9]+ms"));
    EXPECT_EQ(rule, std::string(70, '='));
    EXPECT_THAT(first, MatchesRegex(" *0: +[0-9,]+ - Bytes sent"));
    EXPECT_THAT(outcome.output, Not(HasSubstr("\x1b")));
}

TEST_F(GaleTools, StatChoosesCounters) {
    Process subscriber = start({"sub", "aeron:ipc", "77"});
    Process publisher = start({"pub", "aeron:ipc", "77"});
    publisher.write_line("hello");
    ASSERT_TRUE(subscriber.wait_for_line([](std::string_view line) { return line == "hello"; }));
    const auto only = [&](Words filter) {
        filter.insert(filter.begin(), {"stat", "--json"});
        return json_of(std::move(filter))["counters"];
    };
    EXPECT_EQ(only({"--type", "sub-pos"}).size(), 1U);
    EXPECT_EQ(only({"--type", "sub-pos", "--type", "1"}).size(), 2U);
    EXPECT_EQ(only({"--stream", "77"}).size(), 3U);  // pub-pos, pub-lmt, sub-pos
    EXPECT_EQ(only({"--stream", "78"}).size(), 0U);
    EXPECT_EQ(only({"--channel", "aeron:ip"}).size(), 3U);
    EXPECT_EQ(only({"--type", "client-heartbeat", "--text", "gale-sub"}).size(), 1U);
    const auto counter = only({"--type", "sub-pos"})[0];
    EXPECT_EQ(counter["value"], 64);
    EXPECT_EQ(counter["stream"], 77);
    EXPECT_EQ(counter["channel"], "aeron:ipc");
    EXPECT_EQ(only({"--session", counter["session"].dump()}).size(), 3U);
}

TEST_F(GaleTools, StreamsTellWhoIsHowFar) {
    EXPECT_THAT(run_gale({"streams"}).output, HasSubstr("no streams"));
    Process subscriber = start({"sub", "aeron:ipc", "77"});
    Process publisher = start({"pub", "aeron:ipc", "77", "--exclusive"});
    publisher.write_line("hello");
    ASSERT_TRUE(subscriber.wait_for_line([](std::string_view line) { return line == "hello"; }));
    const auto streams = json_of({"streams", "--json"})["streams"];
    ASSERT_EQ(streams.size(), 1U);
    EXPECT_EQ(streams[0]["stream"], 77);
    EXPECT_EQ(streams[0]["publication"]["exclusive"], true);
    EXPECT_EQ(streams[0]["publication"]["back_pressured"], false);
    ASSERT_EQ(streams[0]["subscriptions"].size(), 1U);
    EXPECT_EQ(streams[0]["subscriptions"][0]["position"], 64);
    EXPECT_THAT(run_gale({"streams"}).output, AllOf(HasSubstr("aeron:ipc stream 77"), HasSubstr("gale-pub"),
                                                    HasSubstr("gale-sub"), HasSubstr("exclusive")));
}

TEST_F(GaleTools, StreamsNameWhoHoldsThePublisherUp) {
    Process subscriber = start({"sub", "aeron:ipc", "77"});
    Process publisher = start({"pub", "aeron:ipc", "77", "--count", "10m", "--size", "1k"});
    // The subscriber's output is a pipe that nobody empties: it falls behind until the window is full. Before that the
    // publisher may be held up for a moment, while its log gets its storage.
    const auto deadline = std::chrono::steady_clock::now() + patience;
    std::string told;
    do {
        told = run_gale({"streams"}).output;
    } while (told.find("the publisher waits for subscription") == told.npos &&
             std::chrono::steady_clock::now() < deadline);
    EXPECT_THAT(told, HasSubstr("the publisher waits for subscription"));
    nlohmann::json streams;
    do {
        streams = json_of({"streams", "--json"})["streams"];
    } while ((streams.empty() || streams[0]["publication"]["back_pressured"] != true) &&
             std::chrono::steady_clock::now() < deadline);
    ASSERT_EQ(streams.size(), 1U);
    EXPECT_EQ(streams[0]["publication"]["back_pressured"], true);
    EXPECT_EQ(streams[0]["slowest"], streams[0]["subscriptions"][0]["registration_id"]);
    EXPECT_EQ(interrupt(publisher), cut_short);
}

TEST_F(GaleTools, ErrorsAreToldOnceWithHowOften) {
    EXPECT_THAT(run_gale({"errors"}).output, HasSubstr("0 distinct errors observed."));
    EXPECT_EQ(run_gale({"pub", "aeron:ipc?term-length=17", "1"}).ending, failed);
    EXPECT_EQ(run_gale({"pub", "aeron:ipc?term-length=17", "1"}).ending, failed);
    const auto errors = json_of({"errors", "--json"})["errors"];
    ASSERT_EQ(errors.size(), 1U);
    EXPECT_EQ(errors[0]["observations"], 2);
    EXPECT_THAT(run_gale({"errors", "--since", "1h"}).output,
                AllOf(HasSubstr("2 observations from"), HasSubstr("1 distinct")));
    EXPECT_THAT(run_gale({"errors", "--since", "2999-01-01"}).output, HasSubstr("0 distinct errors observed."));
    const Outcome wrong = run_gale({"errors", "--since", "yesterday"});
    EXPECT_EQ(wrong.ending, refused);
    EXPECT_THAT(wrong.errors, HasSubstr("'yesterday' is no moment"));
}

TEST_F(GaleTools, NothingIsLostOverSharedMemory) {
    EXPECT_THAT(run_gale({"loss"}).output, HasSubstr("0 entries read"));
    EXPECT_EQ(json_of({"loss", "--json"})["losses"].size(), 0U);
}

TEST_F(GaleTools, AStoppedDriverCanStillBeLookedAt) {
    EXPECT_EQ(run_gale({"pub", "aeron:ipc?term-length=17", "1"}).ending, failed);
    EXPECT_EQ(interrupt(driver_), succeeded);
    const auto stat = json_of({"stat", "--json"});
    EXPECT_EQ(stat["driver"]["state"], "stopped");
    EXPECT_TRUE(stat["driver"]["heartbeat_age_ms"].is_null());
    EXPECT_EQ(json_of({"errors", "--json"})["errors"].size(), 1U);
    EXPECT_EQ(run_gale({"streams"}).ending, succeeded);
    EXPECT_EQ(run_gale({"stat"}).ending, succeeded);
}

TEST_F(GaleTools, AHeartbeatOfTheFutureIsNoSignOfLife) {
    EXPECT_EQ(interrupt(driver_), succeeded);
    const auto cnc = control::CncFile::open(aeron(), os::Access::read_write);
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    shm::Ring{cnc.file->to_driver()}.consumer_heartbeat().store_release(
        std::chrono::duration_cast<Millis>(now + std::chrono::hours{1}).count());
    const auto stat = json_of({"stat", "--json"});
    EXPECT_THAT(stat["driver"]["state"].get<std::string>(), HasSubstr("ahead of this clock"));
    EXPECT_LT(stat["driver"]["heartbeat_age_ms"].get<std::int64_t>(), 0);
}

TEST_F(GaleTools, AFileThatIsNoCncIsRefused) {
    const std::string other = directory_ / "other";
    EXPECT_EQ(run({.program = "/bin/mkdir", .arguments = {other}}).ending, succeeded);
    std::ofstream{other + "/cnc.dat"} << std::string(4096, 'x');
    for (const char* command : {"stat", "errors", "streams"}) {
        const Outcome outcome = run_gale({command, "--dir", other});
        EXPECT_EQ(outcome.ending, failed) << command;
        EXPECT_THAT(outcome.errors, HasSubstr(other)) << command;
    }
}

TEST_F(GaleTools, CtrlCEndsWhatRunsOn) {
    for (const Words& words : {Words{"stat", "--interval", "0.1"}, Words{"streams", "--interval", "0.1"}}) {
        SCOPED_TRACE(words.front());
        Process watching = start(words);
        std::size_t seen = 0;
        for (int times = 0; times < 2; ++times) {  // it is shown again
            ASSERT_TRUE(
                watching.wait_for_line([](std::string_view line) { return line.find("pid") != line.npos; }, seen));
            seen = watching.lines().size();
        }
        EXPECT_EQ(interrupt(watching), succeeded);
    }
    for (const Words& words : {Words{"bench", "throughput", "--seconds", "600"},
                               Words{"bench", "latency", "--seconds", "600"}, Words{"bench", "rtt", "--count", "1000m"},
                               Words{"bench", "idle", "--seconds", "600"}, Words{"bench", "setup", "--count", "10m"}}) {
        SCOPED_TRACE(words[1]);
        Words here = words;
        here.insert(here.end(), {"--dir", aeron()});
        Process bench = start(std::move(here));
        ASSERT_TRUE(bench.wait_for_line([](std::string_view) { return true; }, 1)) << bench.errors();
        EXPECT_EQ(interrupt(bench), cut_short);
    }
}

class GaleBench : public GaleProgram {};

TEST_F(GaleBench, ThroughputChecksEveryMessage) {
    for (const Words& more : {Words{}, Words{"--publication", "shared"}, Words{"--method", "claim"},
                              Words{"--publication", "shared", "--method", "claim", "--size", "1344"},
                              Words{"--size", "64k", "--fragment-limit", "10"}}) {
        SCOPED_TRACE(::testing::PrintToString(more));
        Words words{"bench", "throughput", "--json", "--seconds", "0.2"};
        words.insert(words.end(), more.begin(), more.end());
        const auto json = json_of(words);
        EXPECT_GT(json["result"]["messages_per_second"], 0);
        EXPECT_GT(json["result"]["checked_messages"], 0);
        EXPECT_GT(json["machine"]["cores"], 0);
        EXPECT_FALSE(json["machine"]["processor"].get<std::string>().empty());
    }
    const Outcome outcome = run_gale({"bench", "throughput", "--seconds", "0.2"});
    EXPECT_THAT(outcome.output, HasSubstr("each in its place"));
}

TEST_F(GaleBench, AMessageTooLongToClaimIsRefused) {
    const Outcome outcome = run_gale({"bench", "throughput", "--method", "claim", "--size", "64k"});
    EXPECT_EQ(outcome.ending, refused);
    EXPECT_THAT(outcome.errors, HasSubstr("too long to claim"));
}

TEST_F(GaleBench, LatencyAndRoundTripsHavePercentiles) {
    const auto latency = json_of({"bench", "latency", "--json", "--seconds", "0.3", "--rate", "1k", "--idle", "yield"});
    EXPECT_EQ(latency["benchmark"], "latency");
    EXPECT_EQ(latency["result"]["round_trip"]["count"], 300);
    EXPECT_EQ(latency["parameters"]["counted_from"], "when each message was due");
    const auto rtt = json_of({"bench", "rtt", "--json", "--count", "1000", "--warmup", "100", "--idle", "yield"});
    EXPECT_EQ(rtt["result"]["round_trip"]["count"], 1000);
    EXPECT_LE(rtt["result"]["round_trip"]["p50_ns"], rtt["result"]["round_trip"]["p99_ns"]);
    EXPECT_LE(rtt["result"]["round_trip"]["p99_9_ns"], rtt["result"]["round_trip"]["max_ns"]);
    EXPECT_THAT(run_gale({"bench", "rtt", "--count", "1000"}).output, HasSubstr("p99.9"));
}

TEST_F(GaleBench, OverUdpThroughOneDriverOrTwo) {
    for (const char* drivers : {"1", "2"}) {
        SCOPED_TRACE(drivers);
        for (const char* size : {"32", "1344", "64k"}) {
            const auto json = json_of(
                {"bench", "throughput", "--udp", "--drivers", drivers, "--size", size, "--seconds", "0.2", "--json"});
            EXPECT_GT(json["result"]["messages_per_second"], 0);
            EXPECT_EQ(json["parameters"]["channel"], "aeron:udp?endpoint=127.0.0.1:0");
        }
        const auto rtt = json_of({"bench", "rtt", "--udp", "--drivers", drivers, "--count", "200", "--warmup", "10",
                                  "--option", "mtu.length=4k", "--json"});
        EXPECT_EQ(rtt["result"]["round_trip"]["count"], 200);
        EXPECT_EQ(rtt["parameters"]["driver"], *drivers == '1' ? "embedded driver" : "two embedded drivers");
    }
}

TEST_F(GaleBench, DriversThatCannotMeetAreRefused) {
    const Outcome apart = run_gale({"bench", "rtt", "--drivers", "2"});
    EXPECT_EQ(apart.ending, refused);
    EXPECT_THAT(apart.errors, HasSubstr("share no memory"));
    const Outcome running = run_gale({"bench", "throughput", "--udp", "--drivers", "2", "--dir", aeron()});
    EXPECT_EQ(running.ending, refused);
    EXPECT_THAT(running.errors, HasSubstr("embedded"));
    EXPECT_EQ(run_gale({"bench", "rtt", "--udp", "--ping-channel", "aeron:ipc"}).ending, refused);
    EXPECT_EQ(run_gale({"bench", "throughput", "--option", "mtu"}).ending, refused);
}

TEST_F(GaleBench, SetupAndIdleAreMeasured) {
    const auto setup = json_of({"bench", "setup", "--json", "--count", "20"});
    EXPECT_EQ(setup["result"]["add"]["count"], 20);
    EXPECT_GT(setup["result"]["publications_per_second"], 0);
    const auto idle = json_of({"bench", "idle", "--json", "--seconds", "0.2"});
    EXPECT_GE(idle["result"]["percent_of_a_core"], 0);
    Process driver = start_driver();
    const auto other = json_of({"bench", "idle", "--json", "--seconds", "0.2", "--pid", std::to_string(driver.pid())});
    EXPECT_EQ(other["parameters"]["process"], std::to_string(driver.pid()));
    EXPECT_EQ(run_gale({"bench", "idle", "--pid", "999999999"}).ending, failed);
}

}  // namespace
}  // namespace gale::testing
