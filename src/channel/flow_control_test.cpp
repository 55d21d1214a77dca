#include "channel/flow_control.hpp"

#include <gtest/gtest.h>

namespace gale::channel {
namespace {

using namespace std::chrono_literals;

FlowControl strategy(std::string_view value) {
    return parse_flow_control({.channel = "aeron:udp", .key = "fc", .value = value});
}

TEST(FlowControl, NamesAStrategyAndItsOptions) {
    EXPECT_EQ(strategy("max"), (FlowControl{.strategy = FlowStrategy::max}));
    EXPECT_EQ(strategy("min,g:/3,t:2s"),
              (FlowControl{.strategy = FlowStrategy::min, .group_min_size = 3, .receiver_timeout = 2s}));
    EXPECT_EQ(strategy("tagged,g:-7"), (FlowControl{.strategy = FlowStrategy::tagged, .group_tag = -7}));
    EXPECT_EQ(strategy("tagged,g:5/2,t:1s,rrwm:2"), (FlowControl{.strategy = FlowStrategy::tagged,
                                                                 .group_tag = 5,
                                                                 .group_min_size = 2,
                                                                 .receiver_timeout = 1s,
                                                                 .retransmit_window_multiple = 2}));
    EXPECT_EQ(strategy("max,rrwm:8").retransmit_window_multiple, 8);
}

TEST(FlowControl, OfAnOptionGivenTwiceTheLastCounts) { EXPECT_EQ(strategy("min,t:5s,t:7s").receiver_timeout, 7s); }

TEST(FlowControl, KeepsTheLimitsOfNumbers) {
    EXPECT_EQ(strategy("min,g:/0").group_min_size, 0);
    EXPECT_EQ(strategy("min,g:/2147483647").group_min_size, 2147483647);
    EXPECT_EQ(strategy("min,g:9223372036854775807").group_tag, 9223372036854775807);
    EXPECT_EQ(strategy("min,rrwm:1").retransmit_window_multiple, 1);
}

TEST(FlowControl, RefusesEverythingElse) {
    for (const auto* bad : {"",
                            "Max",
                            "max ",
                            "fastest",
                            "min,",
                            "max,",
                            ",g:/2",
                            "min,,t:5s",
                            "min,foo",
                            "min,foo:1",
                            "min,g:",
                            "min,g:/",
                            "min,g:/-1",
                            "min,g:/2147483648",
                            "min,g:/3x",
                            "min,t:",
                            "min,t:x",
                            "max,g:/3",
                            "max,t:5s",
                            "max,rrwm:0",
                            "max,rrwm:-1",
                            "max,rrwm:x",
                            "max,rrwm:8x",
                            "tagged,g:0x10",
                            "min,g:99999999999999999999"}) {
        EXPECT_THROW(static_cast<void>(strategy(bad)), Error) << bad;
    }
}

}  // namespace
}  // namespace gale::channel
