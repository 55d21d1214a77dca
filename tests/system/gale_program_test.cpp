/// What everybody meets first: usage, errors, the driver and the demo.
#include "system/gale_fixture_test.hpp"

#include <filesystem>
#include <fstream>

namespace gale::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

/// Neither the private driver's directory nor anything beside it.
bool nothing_left_of(const Process& process) {
    const std::string path = "/dev/shm/gale-demo-" + std::to_string(process.pid()) + "-1";
    return !std::filesystem::exists(path) && !std::filesystem::exists(path + ".lock");
}

TEST_F(GaleProgram, WithoutWordsShowsItsHelpAndFails) {
    const Outcome outcome = run_gale({});
    EXPECT_EQ(outcome.ending, refused);
    EXPECT_THAT(outcome.errors, AllOf(HasSubstr("gale demo"), HasSubstr("driver"), HasSubstr("bench")));
}

TEST_F(GaleProgram, EverySubcommandHasHelp) {
    for (const char* command : {"demo", "driver", "pub", "sub", "ping", "pong", "stat", "streams", "errors", "loss",
                                "doctor", "bench", "version"}) {
        SCOPED_TRACE(command);
        const Outcome outcome = run_gale({command, "--help"});
        EXPECT_EQ(outcome.ending, succeeded);
        EXPECT_THAT(outcome.output, AllOf(HasSubstr("Usage: "), HasSubstr(command)));
        EXPECT_EQ(outcome.errors, "");
    }
    for (const char* bench : {"throughput", "latency", "rtt", "setup", "idle"}) {
        EXPECT_THAT(run_gale({"bench", bench, "--help"}).output, HasSubstr("--json")) << bench;
    }
}

TEST_F(GaleProgram, HelpOfTheDriverListsItsOptions) {
    const Outcome outcome = run_gale({"driver", "--help"});
    EXPECT_THAT(outcome.output, AllOf(HasSubstr("ipc.term.buffer.length"), HasSubstr("threading.mode"),
                                      HasSubstr("client.liveness.timeout")));
}

TEST_F(GaleProgram, TellsItsVersion) {
    EXPECT_THAT(run_gale({"--version"}).output, StartsWith("gale "));
    EXPECT_THAT(run_gale({"version"}).output, StartsWith("gale "));
    EXPECT_TRUE(json_of({"version", "--json"}).contains("version"));
}

TEST_F(GaleProgram, RefusesWrongWordsWithAHint) {
    const std::vector<std::pair<Words, std::string>> cases{
        {{"nonsense"}, "nonsense"},
        {{"pub"}, "channel"},
        {{"pub", "aeron:ipc"}, "stream"},
        {{"sub", "aeron:ipc", "many"}, "many"},
        {{"pub", "aeron:ipc", "1", "--size", "huge"}, "no size"},
        {{"pub", "aeron:ipc", "1", "--count", "-3"}, "no whole number"},
        {{"sub", "aeron:ipc", "1", "--raw", "--json"}, "--raw"},
        {{"stat", "--once", "--interval", "1"}, "--once"},
        {{"bench"}, "subcommand"},
        {{"bench", "magic"}, "no `gale bench magic`"},
        {{"bench", "throughput", "--method", "magic"}, "magic"},
    };
    for (const auto& [words, part] : cases) {
        SCOPED_TRACE(::testing::PrintToString(words));
        const Outcome outcome = run_gale(words);
        EXPECT_EQ(outcome.ending, refused);
        EXPECT_THAT(outcome.errors, AllOf(StartsWith("gale: "), HasSubstr(part), HasSubstr("--help")));
        EXPECT_EQ(outcome.output, "");
    }
}

TEST_F(GaleProgram, SaysWhatToDoWhenNoDriverRuns) {
    for (const Words& words : {Words{"pub", "aeron:ipc", "1"}, Words{"sub", "aeron:ipc", "1"}, Words{"ping"},
                               Words{"pong"}, Words{"stat"}, Words{"streams"}, Words{"errors"}, Words{"loss"}}) {
        SCOPED_TRACE(words.front());
        const Outcome outcome = run_gale(words);
        EXPECT_EQ(outcome.ending, failed);
        EXPECT_THAT(outcome.errors, AllOf(StartsWith("gale: no media driver"), HasSubstr(aeron()),
                                          HasSubstr("gale driver"), HasSubstr("--dir")));
    }
}

TEST_F(GaleProgram, DriverStopsInGoodOrderForBothSignals) {
    for (const int signal : {SIGINT, SIGTERM}) {
        Process driver = start_driver();
        EXPECT_THAT(driver.lines().back(), AllOf(HasSubstr(aeron()), HasSubstr(std::to_string(driver.pid()))));
        EXPECT_EQ(interrupt(driver, signal), succeeded);
        EXPECT_EQ(driver.lines().back(), "media driver stopped");
        EXPECT_EQ(driver.errors(), "");
    }
}

TEST_F(GaleProgram, ASecondDriverInTheDirectoryIsRefused) {
    Process driver = start_driver();
    const Outcome second = run_gale({"driver"});
    EXPECT_EQ(second.ending, failed);
    EXPECT_THAT(second.errors, AllOf(StartsWith("gale: "), HasSubstr(aeron())));
    EXPECT_EQ(interrupt(driver), succeeded);
}

TEST_F(GaleProgram, DriverNamesAnOptionThatIsWrong) {
    for (const auto& [option, part] :
         std::vector<std::pair<std::string, std::string>>{{"ipc.term.buffer.length=17", "term.buffer.length"},
                                                          {"no.such.option=1", "no.such.option"},
                                                          {"mtu.length", "no value"}}) {
        SCOPED_TRACE(option);
        const Outcome outcome = run_gale({"driver", "--option", option});
        EXPECT_EQ(outcome.ending, refused);
        EXPECT_THAT(outcome.errors, AllOf(StartsWith("gale: "), HasSubstr(part)));
    }
    const Outcome file = run_gale({"driver", directory_ / "absent.properties"});
    EXPECT_EQ(file.ending, failed);
    EXPECT_THAT(file.errors, HasSubstr("absent.properties"));
}

TEST_F(GaleProgram, DriverTakesFilesAndTheCommandLineIsStronger) {
    std::ofstream{directory_ / "a.properties"} << "aeron.print.configuration=true\naeron.ipc.term.buffer.length=128k\n"
                                               << "aeron.client.liveness.timeout=7s\n";
    Process driver = start_driver({directory_ / "a.properties", "--threading", "shared"});
    EXPECT_THAT(driver.output(), AllOf(HasSubstr("7s"), HasSubstr("SHARED"), HasSubstr("1m"),
                                       Not(HasSubstr("ipc.term.buffer.length=128k"))));
    EXPECT_EQ(interrupt(driver), succeeded);
}

TEST_F(GaleProgram, DirectoryOptionIsStrongerThanTheEnvironment) {
    const std::string other = directory_ / "other";
    Process driver = start_driver({"--dir", other});
    EXPECT_THAT(driver.lines().back(), HasSubstr(other));
    EXPECT_EQ(run_gale({"stat"}).ending, failed);
    EXPECT_EQ(run_gale({"stat", "--dir", other}).ending, succeeded);
}

TEST_F(GaleProgram, DemoMeasuresAndLeavesNothingBehind) {
    Process demo = start({"demo", "--seconds", "1"});
    EXPECT_EQ(demo.wait(), succeeded) << demo.errors();
    EXPECT_THAT(demo.output(), AllOf(HasSubstr("msg/s"), HasSubstr("in order"), HasSubstr("p99.9"), HasSubstr("Done:"),
                                     HasSubstr("gale driver"), Not(HasSubstr("\x1b"))));
    EXPECT_EQ(demo.errors(), "");
    EXPECT_TRUE(nothing_left_of(demo));
}

TEST_F(GaleProgram, DemoStopsAtOnceOnCtrlCAndLeavesNothingBehind) {
    Process demo = start({"demo", "--seconds", "600"});
    ASSERT_TRUE(demo.wait_for_line([](std::string_view line) { return line.find("msg/s") != line.npos; }))
        << demo.errors();
    EXPECT_EQ(interrupt(demo), cut_short);
    EXPECT_TRUE(nothing_left_of(demo));
}

}  // namespace
}  // namespace gale::testing
