/// The program where something is missing, full, dying, or in a hurry.
#include "system/gale_fixture_test.hpp"

#include <filesystem>

namespace gale::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class GaleTrouble : public GaleProgram {
protected:
    static std::string pid_of(const Process& driver) { return "pid " + std::to_string(driver.pid()); }
    static auto having(std::string part) {
        return [part = std::move(part)](std::string_view line) { return line.find(part) != line.npos; };
    }
};

TEST_F(GaleTrouble, DemoFitsIntoTheSharedMemoryOfAContainer) {
    const auto alone = [](const std::string& script) {
        return Command{.program = "/usr/bin/unshare", .arguments = {"--mount", "/bin/sh", "-c", script}};
    };
    const std::string mount = "mount -t tmpfs -o size=64m tmpfs /dev/shm";
    if (run(alone(mount)).ending != succeeded) GTEST_SKIP() << "may not mount a small /dev/shm";
    const Outcome demo = run(alone(mount + " && '" GALE_PROGRAM "' demo --seconds 1"));
    EXPECT_EQ(demo.ending, succeeded) << demo.output << demo.errors;
    EXPECT_THAT(demo.output, HasSubstr("Done:"));
    EXPECT_EQ(demo.errors, "");
}

TEST_F(GaleTrouble, LiveViewsGoOnWhenTheDriverStartsAgain) {
    for (const auto& [deletes, gone] :
         std::vector<std::pair<std::string, std::string>>{{"false", "stopped"}, {"true", "no media driver has run"}}) {
        Process first = start_driver({"--option", "dir.delete.on.shutdown=" + deletes});
        std::vector<Process> views;
        for (const char* view : {"stat", "streams"}) views.push_back(start({view, "--interval", "0.05"}));
        for (Process& view : views) ASSERT_TRUE(view.wait_for_line(having(pid_of(first)))) << view.output();
        EXPECT_EQ(interrupt(first), succeeded);
        for (Process& view : views) ASSERT_TRUE(view.wait_for_line(having(gone))) << view.output();
        Process second = start_driver();
        for (Process& view : views) {
            ASSERT_TRUE(view.wait_for_line(having(pid_of(second)))) << view.output();
            EXPECT_EQ(interrupt(view), succeeded);
            EXPECT_EQ(view.errors(), "");
        }
        EXPECT_EQ(interrupt(second), succeeded);
    }
}

TEST_F(GaleTrouble, LossWithoutALossReportSaysWhichFileIsNotThere) {
    std::filesystem::create_directory(aeron());
    const Outcome outcome = run_gale({"loss"});
    EXPECT_EQ(outcome.ending, failed);
    EXPECT_THAT(outcome.errors, AllOf(StartsWith("gale: "), HasSubstr(aeron() + "/loss-report.dat")));
}

TEST_F(GaleTrouble, ASubscriberWhoseDiskIsFullSaysSoAndFails) {
    Process driver = start_driver();
    Process file = start({"sub", "aeron:ipc", "5", "--raw", "-o", "/dev/full"});
    const std::string to_output = "exec '" GALE_PROGRAM "' sub aeron:ipc 5 >/dev/full";
    Process output{{.program = "/bin/sh", .arguments = {"-c", to_output}, .environment = {{"AERON_DIR", aeron()}}}};
    Process publisher = start({"pub", "aeron:ipc", "5", "--count", "100k", "--rate", "500"});
    EXPECT_EQ(file.wait(), failed) << file.errors();
    EXPECT_THAT(file.errors(), HasSubstr("gale: cannot write /dev/full: No space left on device"));
    EXPECT_EQ(output.wait(), failed) << output.errors();
    EXPECT_THAT(output.errors(), HasSubstr("gale: cannot write to the output: No space left on device"));
    EXPECT_EQ(interrupt(publisher), cut_short);
}

TEST_F(GaleTrouble, ADriverThatIsKilledEndsItsClientsWithAReason) {
    const auto soon_aware = [&](Words words) {
        Command command = gale(std::move(words));
        command.environment["AERON_DRIVER_TIMEOUT"] = "4000";  // ms
        return Process{command};
    };
    Process driver = start_driver();
    Process subscriber = soon_aware({"sub", "aeron:ipc", "5"});
    Process publisher = soon_aware({"pub", "aeron:ipc", "5", "--count", "100k", "--rate", "200"});
    Process waiting = soon_aware({"pub", "aeron:ipc", "6"});
    ASSERT_TRUE(subscriber.wait_for_line([](std::string_view) { return true; })) << subscriber.errors();
    EXPECT_TRUE(said(waiting, "waiting for a subscriber"));
    driver.signal(SIGKILL);
    for (Process* client : {&publisher, &waiting, &subscriber}) {
        EXPECT_EQ(client->wait(), failed) << client->errors();
        EXPECT_THAT(client->errors(), AllOf(HasSubstr("gale: "), HasSubstr("driver"), HasSubstr(aeron())));
    }
}

TEST_F(GaleTrouble, ASecondSignalEndsTheProgramAtOnce) {
    Process driver = start_driver();
    // Asleep it takes notice of nothing; awake again it finds both, before it can have ended in good order.
    for (const int signal : {SIGSTOP, SIGINT, SIGTERM, SIGCONT}) driver.signal(signal);
    const auto ending = driver.wait();
    EXPECT_THAT(ending, ::testing::AnyOf(Ending{.status = 128 + SIGINT}, Ending{.status = 128 + SIGTERM}));
    EXPECT_THAT(driver.lines().back(), StartsWith("media driver ready")) << "it had time to stop in good order";
}

TEST_F(GaleTrouble, EveryThreadingModePassesMessagesOn) {
    for (const char* mode : {"dedicated", "shared_network", "shared"}) {
        SCOPED_TRACE(mode);
        Process driver = start_driver({"--threading", mode});
        Process subscriber = start({"sub", "aeron:ipc", "5", "--count", "2"});
        EXPECT_EQ(run_gale({"pub", "aeron:ipc", "5"}, "one\ntwo\n").ending, succeeded);
        EXPECT_EQ(subscriber.wait(), succeeded) << subscriber.errors();
        EXPECT_THAT(subscriber.lines(), ::testing::ElementsAre("one", "two"));
        EXPECT_THAT(run_gale({"stat"}).output, HasSubstr(mode == std::string_view{"shared_network"} ? "SHARED_NETWORK"
                                                         : mode == std::string_view{"shared"}       ? "SHARED\n"
                                                                                                    : "DEDICATED"));
        EXPECT_EQ(interrupt(driver), succeeded);
    }
}

}  // namespace
}  // namespace gale::testing
