// Programs in C, as processes of their own beside the driver's.
#include "abi/client_fixture_test.hpp"
#include "support/process.hpp"
#include "system/ports.hpp"

namespace gale::testing {
namespace {

TEST_F(CAbiClient, ServesAProgramInC) {
    for (const char* program : {GALE_CLIENT_PROGRAM, GALE_CLIENT_PROGRAM_STATIC})
        for (const std::string& channel : {std::string{"aeron:ipc"}, new_channel()}) {
            SCOPED_TRACE(::testing::Message() << program << ' ' << channel);
            const Outcome outcome = run({.program = program, .arguments = {directory.path(), channel}});
            EXPECT_EQ(outcome.ending, Ending{.status = 0}) << outcome.errors;
            EXPECT_EQ(outcome.output, "1000 messages, 0 wrong, the counter says 1000\n");
        }
}

TEST(CAbiTools, ServeAProgramInCThatNamesAeronsOwnHeaders) {
    for (const char* program : {GALE_EXTRAS_PROGRAM, GALE_EXTRAS_PROGRAM_STATIC}) {
        SCOPED_TRACE(program);
        const Outcome outcome = run({.program = program, .arguments = {}});
        EXPECT_EQ(outcome.ending, Ending{.status = 0}) << outcome.errors;
        EXPECT_EQ(outcome.output, "1,000 right ones, aeron:udp?endpoint=localhost:0|session-id=1000\n");
    }
}

}  // namespace
}  // namespace gale::testing
