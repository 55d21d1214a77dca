// The programs of README.md and docs/, as whoever types them in runs them: CMakeLists.txt cuts them out.
#include "support/process.hpp"
#include "support/temporary_directory.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace gale::testing {
namespace {

const std::map<std::string, std::string> programs{GALE_DOCS_PROGRAMS};  // name and path

TEST(Docs, ProgramsDoWhatTheyShow) {
    const std::map<std::string, std::string> expected{
        {"docs_readme_1", "message 1\nmessage 2\nmessage 3\n"},
        {"docs_everyday_1", "hello\n"},
    };
    EXPECT_EQ(programs.size(), expected.size()) << "a program came or went: say what it prints";
    for (const auto& [name, path] : programs) {
        SCOPED_TRACE(name);
        const TemporaryDirectory directory{"docs"};
        const Outcome outcome = run({.program = path, .environment = {{"AERON_DIR", directory / "aeron"}}});
        EXPECT_EQ(outcome.ending, Ending{.status = 0});
        EXPECT_EQ(outcome.output, expected.contains(name) ? expected.at(name) : "something");
        EXPECT_EQ(outcome.errors, "");
    }
}

}  // namespace
}  // namespace gale::testing
