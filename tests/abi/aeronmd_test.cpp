// aeronmd as its users start it: arguments, files, signals, and what it ends with.
#include "control/cnc_file.hpp"
#include "control/commands.hpp"
#include "os/directory.hpp"
#include "os/process.hpp"
#include "shm/ring.hpp"
#include "support/process.hpp"
#include "support/temporary_directory.hpp"

#include <gale/gale.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>

namespace gale::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

/// One of the two programs, with a place of its own.
class Aeronmd : public ::testing::TestWithParam<const char*> {
protected:
    Aeronmd() {
        for (const char* prefix : {"AERON_", "GALE_"})
            for (auto& name : os::environment_names(prefix)) clean_.push_back(std::move(name));
    }
    Command command(std::vector<std::string> arguments, std::map<std::string, std::string> environment = {}) {
        environment.try_emplace("AERON_DIR", directory());
        environment.try_emplace("AERON_COUNTERS_BUFFER_LENGTH", "1m");
        environment.try_emplace("AERON_LOW_FILE_STORE_WARNING_THRESHOLD", "0");
        return {.program = GetParam(),
                .arguments = std::move(arguments),
                .environment = std::move(environment),
                .unset = clean_};
    }
    [[nodiscard]] std::string directory() const { return place_.path() + "/aeron"; }
    std::string file(const std::string& name, const std::string& text) {
        os::write_text_file(place_.path() + "/" + name, text);
        return place_.path() + "/" + name;
    }
    /// Started with its options printed, and these read: the first line of that name.
    static std::string option(Process& driver, const std::string& name) {
        return driver.wait_for_line([&](std::string_view line) { return line.starts_with(name + "="); })
            .value_or("(nothing: " + driver.errors() + ")");
    }
    /// Until clients can find it.
    static void expect_serving(const std::string& directory) {
        const Context context{{.directory = directory, .wait = patience}};
        const Config config{.uri = "aeron:ipc?term-length=64k", .put = {.wait_for_subscriber = true}};
        auto subscription = subscriber(context, config);
        auto publication = publisher(context, config);
        ASSERT_EQ(publication.put("hello", {.timeout = patience}), PutStatus::success);
        EXPECT_EQ(subscription.take().text(), "hello");
    }
    void expect_failure(const Command& what, const std::string& words) {
        const Outcome outcome = run(what);
        EXPECT_EQ(outcome.ending, Ending{.status = 1});
        EXPECT_THAT(outcome.errors, HasSubstr(words));
        EXPECT_EQ(outcome.output, "");
    }

private:
    TemporaryDirectory place_{"aeronmd"};
    std::vector<std::string> clean_;
};

TEST_P(Aeronmd, TellsItsVersion) {
    const Outcome outcome = run(command({"-v"}));
    EXPECT_EQ(outcome.ending, Ending{.status = 0});
    EXPECT_THAT(outcome.output, HasSubstr(" <aeron version="));
    EXPECT_THAT(outcome.output, HasSubstr("> major 1 minor 53 patch 0 git "));
}

TEST_P(Aeronmd, ServesUntilASignalAndEndsWithItsNumber) {
    for (const int signal : {SIGINT, SIGTERM}) {
        Process driver{command({})};
        expect_serving(directory());
        driver.signal(signal);
        EXPECT_EQ(driver.wait(), Ending{.status = signal}) << driver.errors();
        EXPECT_THAT(driver.lines(), ElementsAre(StartsWith("Shutting down")));
        const auto cnc = control::CncFile::open(directory(), os::Access::read_only);
        ASSERT_TRUE(cnc.file) << "the directory stays";
        EXPECT_EQ(cnc.file->driver_heartbeat(), Millis{-1});
    }
}

TEST_P(Aeronmd, ServesInEachThreadingMode) {
    for (const char* mode : {"SHARED_NETWORK", "SHARED", "INVOKER"}) {
        SCOPED_TRACE(mode);
        Process driver{command({std::string{"-Daeron.threading.mode="} + mode, "-Daeron.dir.delete.on.shutdown=true"})};
        expect_serving(directory());
        driver.signal(SIGTERM);
        EXPECT_EQ(driver.wait(), Ending{.status = SIGTERM}) << driver.errors();
        EXPECT_EQ(os::inspect_directory(directory()), os::DirectoryState::absent);
    }
}

TEST_P(Aeronmd, EndsWellWhenItIsToldToTerminate) {
    Process driver{command({}, {{"AERON_DRIVER_TERMINATION_VALIDATOR", "allow"}})};
    expect_serving(directory());
    auto opened = control::CncFile::open(directory(), os::Access::read_write);
    ASSERT_TRUE(opened.file);
    shm::Ring ring{opened.file->to_driver()};
    const control::Command request{control::TerminateDriver{}};
    ASSERT_EQ(ring.write(static_cast<std::int32_t>(control::type_of(request)), control::encode(request).bytes()),
              shm::RingWrite::written);
    EXPECT_EQ(driver.wait(), Ending{.status = 0}) << driver.errors();
    EXPECT_THAT(driver.lines(), ElementsAre(StartsWith("Shutting down")));
}

TEST_P(Aeronmd, RunsTheConductorOnItsMainThread) {
    Process driver{command({"-Daeron.thread.naming=new"})};
    expect_serving(directory());
    std::ifstream names{"/proc/" + std::to_string(driver.pid()) + "/comm"};
    std::string name;
    std::getline(names, name);
    EXPECT_EQ(name, "aeron-md-cnd");
}

TEST_P(Aeronmd, PutsFilesAboveDefinitionsAndThoseAboveTheEnvironment) {
    const std::string first = file("first.properties", "# of the first file\naeron.ipc.mtu.length=4k\n"
                                                       "aeron.socket.so_sndbuf=1m\n");
    const std::string second = file("second.properties", "aeron.socket.so_sndbuf=2m\n");
    Process driver{command({first, "-Daeron.mtu.length=2k", "-D", "aeron.ipc.mtu.length=2k", "file://" + second,
                            "-Daeron.print.configuration=true", "-Daeron.timer.interval="},
                           {{"AERON_MTU_LENGTH", "8k"}, {"AERON_TIMER_INTERVAL", "2s"}, {"AERON_MAX_RESEND", "17"}})};
    EXPECT_EQ(option(driver, "aeron.mtu.length"), "aeron.mtu.length=2k");
    EXPECT_EQ(option(driver, "aeron.ipc.mtu.length"), "aeron.ipc.mtu.length=4k") << "a file is stronger";
    EXPECT_EQ(option(driver, "aeron.socket.so_sndbuf"), "aeron.socket.so_sndbuf=2m") << "the later one";
    EXPECT_EQ(option(driver, "aeron.timer.interval"), "aeron.timer.interval=1s") << "nothing is the default";
    EXPECT_EQ(option(driver, "aeron.max.resend"), "aeron.max.resend=17");
}

TEST_P(Aeronmd, RefusesWhatItDoesNotUnderstand) {
    expect_failure(command({"-x"}), "Usage: ");
    expect_failure(command({"-D"}), "Usage: ");
    expect_failure(command({"-Dnonsense"}), "ERROR: -D");
    expect_failure(command({"-Daeron.mtu.length=2k\naeron.dir=/"}), "ERROR: -D");
    expect_failure(command({directory() + "/nowhere.properties"}), "ERROR: ");
    expect_failure(command({file("broken.properties", "aeron.mtu.length 4k\n")}), "ERROR: ");
    expect_failure(command({"-Daeron.mtu.length=1409"}), "AERON_MTU_LENGTH");
    expect_failure(command({"-Daeron.client.liveness.timeout=1us"}), "client.liveness.timeout");
    expect_failure(command({"-Daeron.name.resolver.supplier=driver"}), "AERON_NAME_RESOLVER_SUPPLIER");
    expect_failure(command({"-Daeron.driver.termination.validator=nobody"}), "AERON_DRIVER_TERMINATION_VALIDATOR");
    EXPECT_EQ(os::inspect_directory(directory()), os::DirectoryState::absent);
}

TEST_P(Aeronmd, LeavesTheDirectoryToTheDriverThatLivesThere) {
    Process driver{command({})};
    expect_serving(directory());
    expect_failure(command({}), "ERROR: driver init");
    expect_serving(directory());
}

INSTANTIATE_TEST_SUITE_P(Programs, Aeronmd, ::testing::Values(GALE_AERONMD, GALE_AERONMD_S),
                         [](const auto& program) { return program.index == 0 ? "Shared" : "Static"; });

}  // namespace
}  // namespace gale::testing
