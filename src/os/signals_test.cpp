#include "os/signals.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>  // layers: what the program did with its signals before
#include <optional>

namespace gale::os {
namespace {

using namespace std::chrono_literals;

volatile std::sig_atomic_t host_heard = 0;
extern "C" void host_handler(int) { host_heard = host_heard + 1; }

using Handler = void (*)(int);
Handler handler_of(int signal) {
    struct sigaction now {};
    EXPECT_EQ(::sigaction(signal, nullptr, &now), 0);
    return now.sa_handler;
}

/// The program around has handlers of its own.
class StopSignalsTest : public ::testing::Test {
protected:
    StopSignalsTest() {
        host_heard = 0;
        std::signal(SIGINT, host_handler);
        std::signal(SIGTERM, host_handler);
    }
    ~StopSignalsTest() override {
        std::signal(SIGINT, SIG_DFL);
        std::signal(SIGTERM, SIG_DFL);
    }
};

TEST_F(StopSignalsTest, AskOnceForBothSignals) {
    for (const int signal : {SIGINT, SIGTERM}) {
        const StopSignals stop;
        EXPECT_FALSE(stop.requested());
        EXPECT_FALSE(stop.wait_for(0ns));
        std::raise(signal);
        EXPECT_TRUE(stop.requested());
        EXPECT_TRUE(stop.wait_for(1h));
    }
    EXPECT_EQ(host_heard, 0);
}

TEST_F(StopSignalsTest, GiveBackWhatTheProgramHad) {
    { const StopSignals stop; }
    EXPECT_EQ(handler_of(SIGINT), host_handler);
    EXPECT_EQ(handler_of(SIGTERM), host_handler);
    std::raise(SIGINT);
    EXPECT_EQ(host_heard, 1);
}

TEST_F(StopSignalsTest, LeaveAloneWhatTheProgramSetMeanwhile) {
    {
        const StopSignals stop;
        std::signal(SIGTERM, SIG_IGN);
    }
    EXPECT_EQ(handler_of(SIGTERM), SIG_IGN);
    EXPECT_EQ(handler_of(SIGINT), host_handler);
}

TEST_F(StopSignalsTest, LeaveBrokenPipesToTheProgram) {
    const StopSignals stop;
    EXPECT_EQ(handler_of(SIGPIPE), SIG_DFL);
}

TEST_F(StopSignalsTest, AskAllThatThereAreAndEndWithTheLast) {
    std::optional<StopSignals> first{std::in_place};
    const StopSignals second;
    first.reset();
    std::raise(SIGINT);
    EXPECT_TRUE(second.requested());
    first.emplace();
    EXPECT_FALSE(first->requested()) << "it came later";
    std::raise(SIGINT);
    EXPECT_TRUE(first->requested());
    EXPECT_EQ(host_heard, 0);
}

TEST_F(StopSignalsTest, AreAskedOneByOneByTheProgramItself) {
    StopSignals first;
    const StopSignals second;
    first.request();
    EXPECT_TRUE(first.wait_for(1h));
    EXPECT_FALSE(second.wait_for(0ns));
}

using StopSignalsDeathTest = StopSignalsTest;

TEST_F(StopSignalsDeathTest, EndTheProgramTheSecondTime) {
    EXPECT_EXIT(
        {
            const StopSignals stop;
            std::raise(SIGTERM);
            std::raise(SIGTERM);
        },
        ::testing::ExitedWithCode(128 + SIGTERM), "");
}

}  // namespace
}  // namespace gale::os
