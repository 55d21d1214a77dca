#include "driver/options.hpp"

#include <gale/error.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace gale::driver {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

std::string faults(const DriverOptions& options) {
    try {
        validate(options);
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
        return error.what();
    }
    return "";
}

TEST(ValidateOptions, TheDefaultsAreSound) { EXPECT_EQ(faults({}), ""); }

TEST(ValidateOptions, ValuesThatAProgramSetAreCheckedToo) {
    EXPECT_THAT(faults({.ipc_term_buffer_length = 65535}), HasSubstr("aeron.ipc.term.buffer.length: '65535' given"));
    EXPECT_THAT(faults({.threading_mode = ThreadingMode{9}}), HasSubstr("aeron.threading.mode"));
    EXPECT_THAT(faults({.timer_interval = -1s}), HasSubstr("aeron.timer.interval"));
    EXPECT_THAT(faults({.shared_idle_strategy = "lazy"}), HasSubstr("aeron.shared.idle.strategy: 'lazy'"));
    EXPECT_THAT(faults({.to_clients_buffer_length = 2 << 20}), HasSubstr("a power of two plus 128"));
    EXPECT_THAT(faults({.mtu_length = 1409}), HasSubstr("a multiple of 32"));
}

TEST(ValidateOptions, TimersFollowEachOther) {
    EXPECT_THAT(faults({.timer_interval = 10s}),
                HasSubstr("aeron.client.liveness.timeout (10s) must be longer than aeron.timer.interval (10s)"));
    EXPECT_THAT(faults({.publication_unblock_timeout = 10s}), HasSubstr("aeron.publication.unblock.timeout"));
    EXPECT_THAT(faults({.untethered_window_limit_timeout = 1s}), HasSubstr("aeron.untethered.window.limit.timeout"));
    EXPECT_THAT(faults({.untethered_linger_timeout = 1s}), HasSubstr("aeron.untethered.linger.timeout"));
    EXPECT_THAT(faults({.untethered_resting_timeout = 1s}), HasSubstr("aeron.untethered.resting.timeout"));
    EXPECT_EQ(faults({.untethered_linger_timeout = 2s}), "");
}

TEST(ValidateOptions, IdleArgumentsBelongToTheirStrategy) {
    EXPECT_THAT(faults({.conductor_idle_strategy = "spin", .conductor_idle_strategy_args = "1ms"}),
                HasSubstr("aeron.conductor.idle.strategy spin, arguments: '1ms' given"));
    EXPECT_EQ(faults({.conductor_idle_strategy = "sleep-ms", .conductor_idle_strategy_args = "2ms"}), "");
}

TEST(ValidateOptions, TheFilesKeepWithinWhatTheirFormatCanSay) {
    EXPECT_THAT(faults({.counters_buffer_length = 500 << 20}), HasSubstr("cnc.dat would have"));
    EXPECT_EQ(faults({.counters_buffer_length = 400 << 20}), "");
    EXPECT_THAT(faults({.loss_report_buffer_length = 0x7fffffff}), HasSubstr("loss-report.dat would have"));
}

TEST(ValidateOptions, ReservedSessionIdsAreARange) {
    EXPECT_THAT(faults({.publication_reserved_session_id_low = 5, .publication_reserved_session_id_high = 4}),
                HasSubstr("5 to 4"));
    EXPECT_NE(faults({.publication_reserved_session_id_low = -2, .publication_reserved_session_id_high = 0x7fffffff}),
              "");
    EXPECT_EQ(faults({.publication_reserved_session_id_low = 0, .publication_reserved_session_id_high = 0x7fffffff}),
              "");
}

TEST(ValidateOptions, TheDirectoryIsOneThatMayBeRemoved) {
    for (const auto* bad : {"/", "//", ".", "..", "/dev/..", "../..", "x/..", "./"})
        EXPECT_THAT(faults({.directory = bad}), HasSubstr("aeron.dir")) << bad;
    for (const auto* good : {"/dev/shm/x", "x", "../x", "/dev/shm/x/", "./x/."})
        EXPECT_EQ(faults({.directory = good}), "") << good;
}

TEST(ValidateOptions, EveryFaultIsTold) {
    const auto text = faults({.directory = "/", .timer_interval = 20s, .mtu_length = 1});
    EXPECT_EQ(std::ranges::count(text, '\n'), 4) << text;  // unblock is longer than liveness: five faults
    EXPECT_THAT(text, HasSubstr("aeron.mtu.length"));
    EXPECT_THAT(text, HasSubstr("aeron.dir"));
}

}  // namespace
}  // namespace gale::driver
