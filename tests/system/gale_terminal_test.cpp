/// What the program shows people: a line that counts on a terminal, plain lines everywhere else.
#include "system/gale_fixture_test.hpp"

namespace gale::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class GaleTerminal : public GaleProgram {
protected:
    /// The same twice: on a terminal, and with pipes.
    struct Shown {
        std::string on_terminal;
        std::string elsewhere;
    };
    [[nodiscard]] Shown show(const Words& words) const {
        Process terminal = start_on_terminal(words);
        EXPECT_EQ(terminal.wait(), succeeded) << terminal.output();
        const Outcome plain = run_gale(words);
        EXPECT_EQ(plain.ending, succeeded) << plain.errors;
        return {.on_terminal = terminal.output(), .elsewhere = plain.output + plain.errors};
    }
};

TEST_F(GaleTerminal, DemoCountsInOneLineOnATerminalOnly) {
    const auto [on_terminal, elsewhere] = show({"demo", "--seconds", "1"});
    EXPECT_THAT(on_terminal, HasSubstr("\r  \x1b[36m####"));  // a bar that grows
    EXPECT_THAT(on_terminal, HasSubstr("\r\x1b[K"));          // and makes room for the result
    EXPECT_THAT(elsewhere, Not(HasSubstr("\r")));
    EXPECT_THAT(elsewhere, Not(HasSubstr("\x1b")));
    EXPECT_THAT(elsewhere, HasSubstr(" %"));
}

TEST_F(GaleTerminal, BenchCountsInOneLineOnATerminalOnly) {
    const auto [on_terminal, elsewhere] = show({"bench", "throughput", "--seconds", "2"});
    EXPECT_THAT(on_terminal, HasSubstr("\r"));
    EXPECT_THAT(elsewhere, Not(HasSubstr("\r")));
    EXPECT_THAT(elsewhere, Not(HasSubstr("\x1b")));
}

TEST_F(GaleTerminal, ColoursGoWithNoColorTheCountingStays) {
    Command command = gale({"demo", "--seconds", "1"});
    command.terminal = true;
    command.unset.clear();
    command.environment["NO_COLOR"] = "1";
    Process demo{command};
    EXPECT_EQ(demo.wait(), succeeded) << demo.output();
    EXPECT_THAT(demo.output(), HasSubstr("\r  ####"));
    EXPECT_THAT(demo.output(), Not(HasSubstr("m####")));
    EXPECT_THAT(demo.output(), Not(HasSubstr("\x1b[1m")));
}

TEST_F(GaleTerminal, ViewsClearTheScreenOfATerminalAndSubscribersHideControlCharacters) {
    Process driver = start_driver();
    Process view = start_on_terminal({"stat"});
    ASSERT_TRUE(view.wait_for_line([](std::string_view line) { return line.find("pid") != line.npos; }));
    const std::size_t seen = view.lines().size();
    ASSERT_TRUE(view.wait_for_line([](std::string_view line) { return line.find("pid") != line.npos; }, seen));
    EXPECT_TRUE(view.output().starts_with("\x1b[H\x1b[2J")) << view.output().substr(0, 20);
    EXPECT_EQ(interrupt(view), succeeded);
    EXPECT_THAT(run_gale({"stat"}).output, Not(HasSubstr("\x1b")));

    Process subscriber = start_on_terminal({"sub", "aeron:ipc", "5", "--count", "1"});
    EXPECT_EQ(run_gale({"pub", "aeron:ipc", "5"}, "red \x1b[31m alert\n").ending, succeeded);
    EXPECT_EQ(subscriber.wait(), succeeded);
    EXPECT_THAT(subscriber.output(), HasSubstr("alert"));
    EXPECT_THAT(subscriber.output(), Not(HasSubstr("\x1b[31m")));
}

}  // namespace
}  // namespace gale::testing
