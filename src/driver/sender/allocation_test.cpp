#include "base/counting_allocations.hpp"
#include "driver/sender/stage_test.hpp"

namespace gale::driver::sender::testing {
namespace {

using gale::testing::allocations;

TEST(Allocation, NothingAllocatesWhileDataStatusAndNaksGoRound) {
    for (const auto strategy : {FlowStrategy::unicast, FlowStrategy::min}) {
        StageSpec spec{.kind = strategy == FlowStrategy::unicast ? EndpointKind::unicast : EndpointKind::dynamic};
        spec.publication.flow_control.strategy = strategy;
        Stage stage{spec};
        stage.connect();
        stage.network->keeps = false;
        std::int64_t hot = 0;
        for (int cycle = 0; cycle < 2000; ++cycle) {
            // The script itself allocates; the duty cycle must not.
            const std::int64_t at = stage.value(Stage::sender_position);
            if (stage.producer() < at + 8000) stage.offer(1000);
            if (cycle % 3 == 0) stage.status({.position = at, .window = stage_term / 2});
            if (cycle % 7 == 0) stage.status({.position = at, .window = stage_term / 2, .receiver_id = cycle % 50});
            if (cycle % 5 == 0 && at > 3000) stage.nak(at - 2112, 1056);
            if (cycle % 11 == 0) stage.arrive(gale::testing::message(1, 20));
            if (cycle % 13 == 0) stage.elicit({.receiver_id = 900 + cycle % 20, .port = 333});
            const std::int64_t before = allocations;
            stage.now += microseconds{100};
            stage.sender.do_work({.now = stage.now});
            hot += allocations - before;
        }
        EXPECT_EQ(hot, 0);
        EXPECT_GT(stage.value(Stage::sender_position), stage_term);
        EXPECT_GT(stage.value(Stage::retransmits_sent), 20);
    }
}

}  // namespace
}  // namespace gale::driver::sender::testing
