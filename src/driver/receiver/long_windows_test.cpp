// Windows beyond half a term, between drivers of ours. docs/formats/receiving.md, window.
#include "driver/receiver/receiver_fixture_test.hpp"

namespace gale::driver::receiver::testing {
namespace {

class LongWindows : public ReceiverTest {
protected:
    /// A publication that is held up by each window, and how long they get.
    std::int32_t longest_window(MadeImage& made) {
        std::int64_t sent_to = 0;
        std::int64_t granted = 0;
        std::int32_t longest = 0;
        for (int round = 0; round < 200; ++round) {
            for (const Said& said : statuses()) {
                granted = std::max(granted, said.position + said.window);
                longest = std::max(longest, said.window);
            }
            for (; sent_to + 1024 <= granted; sent_to += 1024) arrive(frame_at(sent_to, 1024));
            step(10ms);
            made.subscriber.store_release(made.image->rebuilt().value);
            step(1ms);
        }
        EXPECT_EQ(made.image->rebuilt(), Position{sent_to});
        EXPECT_EQ(value(counters.over_runs), 0);
        return longest;
    }
};
TEST_F(LongWindows, AreForPublicationsThatTakeThem) {
    MadeImage& made = connect({.own_window = true});
    step(1s);
    const auto questions = sent<wire::RttMeasurement>();
    ASSERT_FALSE(questions.empty());
    EXPECT_TRUE(questions[0].common.has(wire::RttMeasurement::long_windows));
    answer_round_trip(10ms, {}, wire::RttMeasurement::long_windows);
    const std::int32_t longest = longest_window(made);
    EXPECT_GT(longest, small_term * 3 / 4);
    EXPECT_LT(longest, small_term - logbuffer::max_message_length(small_term)) << "with padding still within a term";
}
TEST_F(LongWindows, AreNotForOthers) {
    MadeImage& made = connect({.own_window = true});
    step(1s);
    answer_round_trip(10ms);
    EXPECT_EQ(longest_window(made), small_term / 2);
}
TEST_F(LongWindows, AreNotAskedForWhereTheChannelSaysHowLong) {
    connect();
    step(1s);
    const auto questions = sent<wire::RttMeasurement>();
    ASSERT_FALSE(questions.empty());
    EXPECT_FALSE(questions[0].common.has(wire::RttMeasurement::long_windows));
}

}  // namespace
}  // namespace gale::driver::receiver::testing
