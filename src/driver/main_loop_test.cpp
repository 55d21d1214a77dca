// The first agent on a thread of the caller's, and what threads are called.
#include "control/cnc_file.hpp"
#include "driver/conductor/puppet_test.hpp"
#include "driver/roles.hpp"
#include "driver/running_driver.hpp"
#include "os/process.hpp"

#include <gale/error.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <mutex>
#include <thread>

namespace gale::driver {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

/// A driver that tells which thread each of its agents began on.
class MainLoopStage {
public:
    explicit MainLoopStage(ThreadingMode mode, ThreadNaming naming = ThreadNaming::classic) {
        options_ = testing::small_options();
        options_.directory = place_.path();
        options_.threading_mode = mode;
        options_.thread_naming = naming;
        options_.on_agent_start = [this](std::string_view role) {
            if (role == "aeron-md-names") return;  // where there is one; it is no agent
            const std::lock_guard lock{mutex_};
            began_here_[std::string{role}] = std::this_thread::get_id() == here_;
            began_.notify_all();
        };
    }
    DriverOptions& options() noexcept { return options_; }
    RunningDriver& start(MainLoop main_loop) {
        driver_.emplace(options_);
        driver_->start(main_loop);
        return *driver_;
    }
    /// Each role, and whether it began on the thread of the test, once there are so many.
    std::map<std::string, bool> roles(std::size_t count) {
        std::unique_lock lock{mutex_};
        began_.wait(lock, [&] { return began_here_.size() >= count; });
        return began_here_;
    }
    [[nodiscard]] control::CncFile::Opened cnc() const {
        return control::CncFile::open(place_.path(), os::Access::read_only);
    }

private:
    testing::TestDirectory place_;
    DriverOptions options_;
    std::thread::id here_ = std::this_thread::get_id();
    std::mutex mutex_;
    std::condition_variable began_;
    std::map<std::string, bool> began_here_;
    std::optional<RunningDriver> driver_;
};

TEST(MainLoop, OfTheCallerIsTheConductorsWhereAgentsHaveThreads) {
    MainLoopStage stage{ThreadingMode::dedicated};
    RunningDriver& driver = stage.start(MainLoop::caller);
    EXPECT_THAT(stage.roles(4), ElementsAre(Pair("aeron-md-nra", false), Pair("conductor", true),
                                            Pair("receiver", false), Pair("sender", false)));
    const auto opened = stage.cnc();
    ASSERT_EQ(opened.state, control::CncState::ready);
    const auto before = shm::Ring{opened.file->to_driver()}.head();
    EXPECT_GE(driver.do_work(), 0);
    EXPECT_GT(opened.file->driver_heartbeat(), Millis::zero());
    EXPECT_EQ(shm::Ring{opened.file->to_driver()}.head(), before);
    driver.close();
    EXPECT_EQ(driver.do_work(), 0) << "nothing is done any more";
    EXPECT_EQ(opened.file->driver_heartbeat(), Millis{-1});
}

TEST(MainLoop, OfTheCallerIsAllThereIsWhereAgentsShareAThread) {
    for (const ThreadingMode mode : {ThreadingMode::shared, ThreadingMode::invoker}) {
        MainLoopStage stage{mode};
        RunningDriver& driver = stage.start(MainLoop::caller);
        EXPECT_THAT(stage.roles(1), ElementsAre(Pair("[conductor, sender, receiver]", true)));
        driver.do_work();
        EXPECT_GT(stage.cnc().file->driver_heartbeat(), Millis::zero());
    }
}

TEST(MainLoop, OfItsOwnIsNotTheCallersToRun) {
    MainLoopStage stage{ThreadingMode::shared_network};
    RunningDriver& driver = stage.start(MainLoop::own_thread);
    EXPECT_THROW(driver.do_work(), Error);
    driver.idle(0);  // there is nothing to rest from
    EXPECT_THAT(stage.roles(3),
                ElementsAre(Pair("[sender, receiver]", false), Pair("aeron-md-nra", false), Pair("conductor", false)));
}

TEST(MainLoop, OfACallerWhoRestsEndsWithTheDriver) {
    MainLoopStage stage{ThreadingMode::shared};
    stage.options().shared_idle_strategy = "sleeping";
    stage.options().shared_idle_strategy_args = "3600s";
    RunningDriver& driver = stage.start(MainLoop::caller);
    std::thread caller{[&] {
        while (driver.is_running()) driver.idle(driver.do_work());
    }};
    driver.close();
    caller.join();
}

TEST(MainLoop, LeavesADriverThatWasNeverStartedToBeClosed) {
    const testing::TestDirectory place;
    DriverOptions options = testing::small_options();
    options.directory = place.path();
    {
        const RunningDriver driver{options};
        EXPECT_FALSE(driver.is_running());
        EXPECT_EQ(control::CncFile::open(place.path(), os::Access::read_only).state, control::CncState::not_ready)
            << "nobody finds it";
    }
    RunningDriver next{options};
    next.start(MainLoop::own_thread);
    EXPECT_TRUE(next.is_running());
}

TEST(ThreadNaming, CallsThemByTheirNewNames) {
    MainLoopStage dedicated{ThreadingMode::dedicated, ThreadNaming::modern};
    dedicated.start(MainLoop::own_thread);
    EXPECT_THAT(dedicated.roles(4), ElementsAre(Pair("aeron-md-cnd", false), Pair("aeron-md-nra", false),
                                                Pair("aeron-md-rcv", false), Pair("aeron-md-snd", false)));
    MainLoopStage network{ThreadingMode::shared_network, ThreadNaming::modern};
    network.start(MainLoop::own_thread);
    EXPECT_TRUE(network.roles(3).contains("aeron-md-net"));
    MainLoopStage shared{ThreadingMode::shared, ThreadNaming::modern};
    shared.start(MainLoop::own_thread);
    EXPECT_THAT(shared.roles(1), ElementsAre(Pair("aeron-md-shd", false)));
}

TEST(ResourceThread, RestsAsItIsTold) {
    MainLoopStage stage{ThreadingMode::dedicated};
    stage.options().resource_idle_strategy = "yield";
    stage.options().resource_idle_strategy_args = "";
    stage.start(MainLoop::own_thread);
    stage.options().resource_idle_strategy = "snooze";
    EXPECT_THROW(RunningDriver{stage.options()}, Error);
}

TEST(Processors, AreCountedAmongThoseThatTheProcessMayUse) {
    const auto& allowed = os::allowed_processors();
    ASSERT_FALSE(allowed.empty());
    DriverOptions options;
    options.cpuset_affinity = true;
    options.sender_cpu = static_cast<int>(allowed.size()) - 1;
    EXPECT_EQ(processor_of(sender_role, options), allowed.back());
    EXPECT_EQ(processor_of("[sender, receiver]", options), allowed.back());
    EXPECT_EQ(processor_of("aeron-md-snd", options), allowed.back());
    EXPECT_EQ(processor_of("conductor", options), -1);
    EXPECT_EQ(processor_of("no agent", options), -1);
    options.sender_cpu = static_cast<int>(allowed.size());
    EXPECT_THROW(static_cast<void>(processor_of(sender_role, options)), Error);
    options.cpuset_affinity = false;
    EXPECT_EQ(processor_of(sender_role, options), static_cast<int>(allowed.size()));
}

TEST(Processors, ThatTheProcessMayNotUseKeepTheDriverFromStarting) {
    MainLoopStage stage{ThreadingMode::dedicated};
    stage.options().cpuset_affinity = true;
    stage.options().resource_cpu = 255;
    if (os::allowed_processors().size() > 255) GTEST_SKIP() << "a machine with more than 255 processors";
    EXPECT_THROW(RunningDriver{stage.options()}, Error);
}

}  // namespace
}  // namespace gale::driver
