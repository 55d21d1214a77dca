// On the data path, after set-up: no allocation. All allocations of this test program are counted here.
#include "base/counting_allocations.hpp"
#include "driver/receiver/receiver_fixture_test.hpp"

namespace gale::driver::receiver::testing {
namespace {

/// Without a sign, as the test below reads it.
constexpr struct {
    operator std::size_t() const noexcept { return static_cast<std::size_t>(gale::testing::allocations); }  // NOLINT
} allocations;

class AllocationTest : public ReceiverTest {};

TEST_F(AllocationTest, NothingIsAllocatedForDataLossFeedbackAndStrangers) {
    MadeImage& made = connect({.own_window = true});
    transport->keeps = false;
    std::size_t in_the_receiver = 0;
    std::int64_t at = 0;
    for (int round = 0; round < 200; ++round) {
        for (int i = 0; i < 8; ++i, at += 512)
            if (i != 3) arrive(frame_at(at, 512));
        arrive(frame_at(at - 5 * 512, 512));  // the fourth, late
        arrive(heartbeat_at(at));
        arrive(frame_at(0, 64, wire::FrameType::data, {.session = SessionId{1000 + round}}));
        arrive(Bytes(40));
        arrive(setup_frame());
        for (int i = 0; i < 10; ++i) {
            now += 1ms;
            const std::size_t before = allocations;
            static_cast<void>(receiver.do_work({.now = now}));
            in_the_receiver += allocations - before;
            if (round < 3) in_the_receiver = 0;  // the scripted network's lists grow
        }
        made.subscriber.store_release(at);
        for (std::int64_t clean = at - 2 * small_term; clean < at - small_term; clean += 512)
            if (clean >= 0) std::memset(made.log.at(clean), 0, 512);
    }
    EXPECT_EQ(in_the_receiver, 0U);
    EXPECT_EQ(value(made.receiver_position), at);
}

}  // namespace
}  // namespace gale::driver::receiver::testing
