#include "support/process.hpp"
#include "support/temporary_directory.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <system_error>

namespace gale::testing {
namespace {

Command shell(const std::string& script) { return {.program = "/bin/sh", .arguments = {"-c", script}}; }

TEST(Process, GivesInputAndTakesBothOutputsAndTheStatus) {
    const Outcome outcome = run(shell("cat; echo complaint >&2; exit 3"), "one\ntwo");
    EXPECT_EQ(outcome.ending, (Ending{.status = 3}));
    EXPECT_EQ(outcome.output, "one\ntwo");
    EXPECT_EQ(outcome.errors, "complaint\n");
}

TEST(Process, WaitsForALineAmongThoseToCome) {
    Process echo{{.program = "/bin/cat"}};
    const auto is_second = [](std::string_view line) { return line == "second"; };
    echo.write("first\nsec");
    echo.write_line("ond");
    EXPECT_EQ(echo.wait_for_line(is_second), "second");
    EXPECT_EQ(echo.lines(), (std::vector<std::string>{"first", "second"}));
    EXPECT_EQ(echo.wait_for_line(is_second, 2, std::chrono::milliseconds{0}), std::nullopt);
    echo.close_input();
    EXPECT_EQ(echo.wait_for_line(is_second, 2), std::nullopt);  // the output has ended
    EXPECT_EQ(echo.wait(), (Ending{.status = 0}));
}

TEST(Process, MayHaveATerminalForBothOutputs) {
    Command command = shell("test -t 1 && test -t 2 && ! test -t 0 && echo out && echo error >&2 && printf '\\r'");
    command.terminal = true;
    Process process{command};
    EXPECT_EQ(process.wait(), (Ending{.status = 0}));
    EXPECT_EQ(process.output(), "out\nerror\n\r");
    EXPECT_EQ(process.errors(), "");
}

TEST(Process, TellsWhichSignalEndedIt) {
    Process process{{.program = "/bin/cat"}};
    EXPECT_EQ(process.wait(std::chrono::milliseconds{0}), std::nullopt);
    process.signal(SIGKILL);
    EXPECT_EQ(process.wait(), (Ending{.signal = SIGKILL}));
    process.write("nobody reads this");
}

TEST(Process, EndsWithItsOwner) {
    pid_t pid = 0;
    {
        Process process{{.program = "/bin/cat"}};
        pid = process.pid();
        const Process moved{std::move(process)};
        EXPECT_EQ(kill(pid, 0), 0);
    }
    EXPECT_NE(kill(pid, 0), 0);
}

TEST(Process, SeesTheEnvironmentAndTheDirectoryItWasGiven) {
    const TemporaryDirectory directory{"process"};
    Command command = shell("echo $GIVEN${HOME:-nowhere} $(pwd)");
    command.environment = {{"GIVEN", "value "}};
    command.unset = {"HOME"};
    command.directory = directory.path();
    EXPECT_EQ(run(command).output, "value nowhere " + directory.path() + "\n");
}

TEST(Process, ThatCannotBeStartedIsAnError) {
    EXPECT_THROW(run({.program = "/nonexistent/program"}), std::system_error);
}

TEST(TemporaryDirectory, GoesWithAllThatIsInIt) {
    std::string path;
    {
        const TemporaryDirectory directory{"gone"};
        path = directory.path();
        std::filesystem::create_directories(directory / "some/where");
    }
    EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace gale::testing
