#include "agent/agent_runner.hpp"
#include "os/process.hpp"

#include <gale/error.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <string>
#include <vector>

namespace gale::agent {
namespace {

using namespace std::chrono_literals;

/// A clock that goes on by a millisecond each time it is asked, and counts how often that was.
class CountingClock final : public Clock {
public:
    [[nodiscard]] Tick tick() noexcept override {
        const auto count = ++count_;
        return {.now = count * 1ms, .wall = Millis{count}};
    }
    [[nodiscard]] int count() const noexcept { return count_; }

private:
    std::atomic<int> count_{0};
};

/// Counts its cycles; what it does in each is the test's business.
struct TestAgent {
    std::function<int(int cycle)> work = [](int) { return 0; };
    std::atomic<int> cycles{0};
    std::vector<Nanos> times{};
    int do_work(Tick tick) {
        times.push_back(tick.now);
        return work(++cycles);
    }
};

template <class Condition> void wait_until(Condition condition) {
    while (!condition()) os::yield_thread();
}

ErrorHandler no_errors() {
    return [](const std::exception& error) { ADD_FAILURE() << error.what(); };
}

TEST(AgentInvoker, ReadsTheClockOncePerCycleAndReturnsTheWork) {
    CountingClock clock;
    TestAgent agent{.work = [](int cycle) { return cycle * 10; }};
    AgentInvoker invoker{agent, clock, no_errors()};
    EXPECT_EQ(invoker.invoke(), 10);
    EXPECT_EQ(invoker.invoke(), 20);
    EXPECT_EQ(agent.times, (std::vector<Nanos>{1ms, 2ms}));
    EXPECT_EQ(clock.count(), 2);
}

TEST(AgentInvoker, HandsErrorsOnAndGoesOn) {
    CountingClock clock;
    TestAgent agent{.work = [](int cycle) -> int {
        if (cycle == 1) throw std::runtime_error{"first"};
        if (cycle == 2) throw 2;
        return 3;
    }};
    std::vector<std::string> told;
    AgentInvoker invoker{agent, clock, [&](const std::exception& error) {
                             told.emplace_back(error.what());
                             throw error;
                         }};
    EXPECT_EQ(invoker.invoke(), 0);
    EXPECT_EQ(invoker.invoke(), 0);
    EXPECT_EQ(invoker.invoke(), 3);
    ASSERT_EQ(told.size(), 2U);
    EXPECT_EQ(told[0], "first");
}

TEST(AgentInvoker, IsStoppedWhenTheCycleUnderWayHasEnded) {
    CountingClock clock;
    std::atomic<bool> go_on{false}, ended{false}, stopped{false};
    TestAgent agent;
    AgentInvoker invoker{agent, clock, no_errors()};
    agent.work = [&](int) {
        wait_until([&] { return go_on.load(); });
        EXPECT_EQ(invoker.invoke(), 0) << "one is under way";
        EXPECT_TRUE(invoker.runs_here());
        ended = true;
        return 1;
    };
    std::thread stepper{[&] { invoker.invoke(); }};
    wait_until([&] { return agent.cycles > 0; });
    std::thread stopper{[&] {
        invoker.stop();
        EXPECT_TRUE(ended);
        stopped = true;
    }};
    for (int i = 0; i < 10'000 && !stopped; ++i) os::yield_thread();
    EXPECT_FALSE(stopped);
    EXPECT_FALSE(invoker.runs_here());
    go_on = true;
    stepper.join();
    stopper.join();
    EXPECT_EQ(invoker.invoke(), 0);
    EXPECT_EQ(agent.cycles, 1);
}

TEST(AgentInvoker, MayBeStoppedFromWithinACycle) {
    CountingClock clock;
    TestAgent agent;
    AgentInvoker invoker{agent, clock, no_errors()};
    agent.work = [&](int) { return invoker.stop(), 5; };
    EXPECT_EQ(invoker.invoke(), 5);
    EXPECT_EQ(invoker.invoke(), 0);
    EXPECT_EQ(agent.cycles, 1);
    invoker.stop();
}

TEST(CompositeAgent, GivesEveryOneItsTurnInOrder) {
    std::string order;
    TestAgent a{.work = [&](int) { return order += 'a', 1; }};
    TestAgent b{.work = [&](int) -> int { throw std::runtime_error{order += 'b'}; }};
    TestAgent c{.work = [&](int) { return order += 'c', 4; }};
    CompositeAgent both{a, c};
    EXPECT_EQ(both.do_work({}), 5);
    CompositeAgent all{a, b, c};
    order.clear();
    EXPECT_THROW(static_cast<void>(all.do_work({})), std::runtime_error);
    EXPECT_EQ(order, "abc");
}

TEST(AgentRunner, StartsOnItsOwnThreadBeforeTheFirstCycle) {
    CountingClock clock;
    TestAgent agent;
    std::string role;
    std::thread::id thread;
    int cycles_at_start = -1;
    {
        AgentRunner runner{agent,
                           clock,
                           {.role = "conductor",
                            .on_start =
                                [&](std::string_view given) {
                                    role = given;
                                    thread = std::this_thread::get_id();
                                    cycles_at_start = agent.cycles;
                                },
                            .on_error = no_errors()}};
        wait_until([&] { return agent.cycles > 2; });
    }
    EXPECT_EQ(role, "conductor");
    EXPECT_NE(thread, std::this_thread::get_id());
    EXPECT_EQ(cycles_at_start, 0);
    EXPECT_EQ(clock.count(), agent.cycles);
}

TEST(AgentRunner, GoesOnAfterAnError) {
    CountingClock clock;
    TestAgent agent{.work = [](int cycle) -> int {
        return cycle == 2 ? throw Error{ErrorCode::generic, "second"} : 0;
    }};
    std::atomic<int> errors{0};
    AgentRunner runner{agent, clock, {.on_error = [&](const std::exception&) { ++errors; }}};
    wait_until([&] { return agent.cycles > 10; });
    runner.stop();
    EXPECT_EQ(errors, 1);
}

TEST(AgentRunner, TellsWhenAProcessorCannotBeHadAndAStartHookThrows) {
    CountingClock clock;
    TestAgent agent;
    std::vector<std::string> told;
    AgentRunner runner{agent,
                       clock,
                       {.role = "sender",
                        .cpu = 1 << 20,
                        .on_start = [](std::string_view) { throw std::runtime_error{"hook"}; },
                        .on_error = [&](const std::exception& error) { told.emplace_back(error.what()); }}};
    wait_until([&] { return agent.cycles > 0; });
    runner.stop();
    EXPECT_EQ(told, (std::vector<std::string>{"sender: cannot stay on processor 1048576", "hook"}));
}

TEST(AgentRunner, StopsAThreadThatRestsForHours) {
    alignas(4) std::uint32_t bell = 0;
    for (const bool with_doorbell : {false, true}) {
        for (int round = 0; round < 50; ++round) {
            CountingClock clock;
            TestAgent agent;
            RunnerOptions options{.idle = IdleStrategy::sleeping(10h), .on_error = no_errors()};
            if (with_doorbell) options.doorbell = Doorbell::counter(os::WakeWord{&bell});
            AgentRunner runner{agent, clock, std::move(options)};
            if (round % 2 == 0) wait_until([&] { return agent.cycles > 0; });
            runner.stop();
            runner.stop();
            EXPECT_LE(agent.cycles, 2);
        }
    }
}

TEST(AgentRunner, AnAgentMayAskForItsOwnEnd) {
    CountingClock clock;
    AgentRunner* self = nullptr;
    std::atomic<bool> ready{false};
    TestAgent agent;
    agent.work = [&](int) {
        wait_until([&] { return ready.load(); });
        self->stop();
        return 1;
    };
    AgentRunner runner{agent, clock, {.on_error = no_errors()}};
    self = &runner;
    ready = true;
    wait_until([&] { return agent.cycles > 0; });
    runner.stop();
    EXPECT_EQ(agent.cycles, 1);
}

TEST(AgentRunner, WakeEndsARest) {
    CountingClock clock;
    TestAgent agent;
    AgentRunner runner{agent, clock, {.idle = IdleStrategy::sleeping(10h), .on_error = no_errors()}};
    for (int cycle = 1; cycle <= 100; ++cycle) {
        wait_until([&] { return agent.cycles >= cycle; });
        runner.wake();
    }
}

/// A ring reduced to its two positions: the claim is a step of its own, as it is in the real one.
struct TestRing {
    std::atomic<std::int64_t> tail{0};
    std::atomic<std::int64_t> committed{0};
    std::atomic<std::int64_t> head{0};
    Doorbell doorbell() {
        return Doorbell::tail(os::WakeWord{&tail}, [this] { return static_cast<std::uint32_t>(head.load()); });
    }
    int consume() {
        const auto ready = committed.load();
        const auto count = ready - head.load();
        head = ready;
        return static_cast<int>(count);
    }
};

TEST(AgentRunner, HearsEveryCommandThroughItsDoorbell) {
    TestRing ring;
    CountingClock clock;
    TestAgent agent{.work = [&](int) { return ring.consume(); }};
    agent.times.reserve(1'000'000);
    AgentRunner runner{
        agent, clock, {.idle = IdleStrategy::sleeping(10h), .doorbell = ring.doorbell(), .on_error = no_errors()}};
    for (int command = 1; command <= 2'000; ++command) {  // one lost wake-up and this test lasts ten hours
        ring.tail += 64;
        if (command % 7 == 0) os::yield_thread();  // somebody stopped between claim and commit
        ring.committed += 64;
        os::WakeWord{&ring.tail}.wake();
        wait_until([&] { return ring.head == ring.committed; });
    }
}

TEST(AgentRunner, DoesNotWaitForTheBellOfAProducerThatDied) {
    TestRing ring;
    ring.tail = 64;  // claimed, never committed
    CountingClock clock;
    TestAgent agent{.work = [&](int) { return ring.consume(); }};
    AgentRunner runner{
        agent, clock, {.idle = IdleStrategy::sleeping(10h), .doorbell = ring.doorbell(), .on_error = no_errors()}};
    wait_until([&] { return agent.cycles > 5; });
}

}  // namespace
}  // namespace gale::agent
