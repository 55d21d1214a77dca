// Each thread of the driver idles as its own options say: beside a driver of the defaults, one that was told never to
// rest.
#include "driver/conductor/puppet_test.hpp"
#include "driver/options.hpp"
#include "os/clock.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <ostream>
#include <thread>

namespace gale::testing {
namespace {

/// Asked once in each duty cycle, by the thread whose cycle it is.
class CyclesClock final : public Clock {
public:
    [[nodiscard]] Tick tick() noexcept override {
        if (of_this_thread != nullptr) of_this_thread->fetch_add(1, std::memory_order_relaxed);
        return os::system_clock().tick();
    }
    static thread_local std::atomic<std::int64_t>* of_this_thread;
};
thread_local std::atomic<std::int64_t>* CyclesClock::of_this_thread = nullptr;

struct IdlingRow {
    std::string thread;  ///< as options call it
    std::string role;    ///< as the driver does
    ThreadingMode mode;
    friend std::ostream& operator<<(std::ostream& out, const IdlingRow& row) { return out << row.thread; }
};

/// A driver, and the duty cycles of one of its threads.
struct IdlingDriver {
    IdlingDriver(const IdlingRow& row, const std::string& option, const std::string& value) {
        DriverOptions options = small_options();
        options.directory = place.path();
        options.threading_mode = row.mode;
        options.environment.clock = &clock;
        options.on_agent_start = [this, role = row.role](std::string_view started) {
            if (started == role) CyclesClock::of_this_thread = &cycles;
        };
        if (!option.empty()) {
            EXPECT_TRUE(driver::apply_property(options, option, value).empty());
        }
        running.emplace(MediaDriver::launch(std::move(options)));
    }
    TestDirectory place;
    CyclesClock clock;
    std::atomic<std::int64_t> cycles{0};
    std::optional<MediaDriver> running{};
};

class IdlingOfOneThread : public ::testing::TestWithParam<IdlingRow> {
protected:
    static void expect_obeyed(const std::string& option, const std::string& value) {
        constexpr std::int64_t few = 500;  // with rests between them
        constexpr std::int64_t many = 6 * few;
        const IdlingDriver resting{GetParam(), "", ""};
        const IdlingDriver busy{GetParam(), option, value};
        while (busy.cycles < many && resting.cycles < few) std::this_thread::yield();
        EXPECT_GE(busy.cycles, many) << option << '=' << value << " rests as one does without it";
    }
};

TEST_P(IdlingOfOneThread, IsAsItsStrategySays) { expect_obeyed(GetParam().thread + ".idle.strategy", "noop"); }

TEST_P(IdlingOfOneThread, IsAsTheStrategysArgumentsSay) {
    expect_obeyed(GetParam().thread + ".idle.strategy.init.args", "1000000000000-0-1us-1us");  // spins for ever
}

INSTANTIATE_TEST_SUITE_P(Driver, IdlingOfOneThread,
                         ::testing::Values(IdlingRow{"conductor", "conductor", ThreadingMode::dedicated},
                                           IdlingRow{"sender", "sender", ThreadingMode::dedicated},
                                           IdlingRow{"receiver", "receiver", ThreadingMode::dedicated},
                                           IdlingRow{"sharednetwork", "[sender, receiver]",
                                                     ThreadingMode::shared_network},
                                           IdlingRow{"shared", "[conductor, sender, receiver]", ThreadingMode::shared}),
                         [](const auto& row) { return row.param.thread; });

}  // namespace
}  // namespace gale::testing
