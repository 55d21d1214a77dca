#include "driver/sender/stage_test.hpp"

namespace gale::driver::sender::testing {
namespace {

using Kind = wire::Datagram::Kind;

StageSpec simulating() {
    StageSpec spec;
    spec.publication.spies_simulate_connection = true;
    return spec;
}

TEST(Connection, ComesWithTheFirstStatusMessageAndGoesFiveSecondsAfterTheLast) {
    Stage stage;
    stage.step();
    EXPECT_FALSE(stage.is_connected());
    stage.status({.window = 4096});
    stage.step();
    EXPECT_TRUE(stage.is_connected());
    EXPECT_TRUE(stage.shared->is_connected);
    EXPECT_EQ(stage.shared->last_status_message, stage.now.count());
    stage.step();
    EXPECT_EQ(stage.value(Stage::publisher_limit), stage_term / 2);
    stage.run(milliseconds{4990}, milliseconds{10});
    EXPECT_TRUE(stage.is_connected());
    stage.offer(100);
    stage.run(milliseconds{20}, milliseconds{10});
    EXPECT_FALSE(stage.is_connected());
    EXPECT_FALSE(stage.shared->has_receivers);
    EXPECT_EQ(stage.value(Stage::publisher_limit), stage.value(Stage::sender_position)) << "pulled back";
}

TEST(Connection, AGroupHasToBeLargeEnough) {
    StageSpec spec{.kind = EndpointKind::multicast};
    spec.publication.flow_control = {.strategy = FlowStrategy::min, .group_min_size = 2};
    Stage stage{spec};
    stage.step();
    stage.status({.window = 4096, .receiver_id = 1});
    stage.step();
    EXPECT_TRUE(stage.shared->has_receivers);
    EXPECT_FALSE(stage.is_connected());
    EXPECT_EQ(stage.value(Stage::flow_receivers), 1);
    stage.status({.window = 4096, .receiver_id = 2});
    stage.run(milliseconds{1});
    EXPECT_TRUE(stage.is_connected());
    EXPECT_EQ(stage.value(Stage::flow_receivers), 2);
}

TEST(PublisherLimit, MovesInTheCycleInWhichTheSenderMoves) {
    Stage stage;
    stage.connect();
    stage.offer_many(10, 1376);
    stage.run(microseconds{5}, microseconds{1});
    EXPECT_EQ(stage.value(Stage::sender_position), 14080);
    EXPECT_GT(stage.value(Stage::publisher_limit), 14080 + stage_term / 2 - stage_term / 32);
    EXPECT_LE(stage.value(Stage::publisher_limit), 14080 + stage_term / 2);
}

TEST(PublisherLimit, StaysWhereCleaningAndStorageAllow) {
    Stage stage;
    stage.shared->writable_to = 1024;
    stage.connect();
    EXPECT_EQ(stage.value(Stage::publisher_limit), 1024);
    stage.shared->writable_to = 1056;
    stage.step();
    EXPECT_EQ(stage.value(Stage::publisher_limit), 1056) << "every byte counts when there are few";
    stage.shared->writable_to = no_limit;
    stage.step();
    EXPECT_EQ(stage.value(Stage::publisher_limit), stage_term / 2);
}

TEST(PublisherLimit, WaitsForTheSlowestSpy) {
    Stage stage;
    stage.connect();
    auto& slow = stage.cell(Stage::first_spy);
    auto& fast = stage.cell(Stage::first_spy + 1);
    stage.tell(AddSpy{stage.publication, CounterId{100}, &slow});
    stage.tell(AddSpy{stage.publication, CounterId{101}, &fast});
    stage.offer_many(10, 1376);
    fast.store_release(14080);
    stage.run(microseconds{5}, microseconds{1});
    EXPECT_EQ(stage.value(Stage::publisher_limit), stage_term / 2);
    slow.store_release(5 * 1408);
    stage.step();
    EXPECT_EQ(stage.value(Stage::publisher_limit), 5 * 1408 + stage_term / 2);
    stage.tell(RemoveSpy{stage.publication, CounterId{100}});
    stage.step();
    EXPECT_EQ(stage.value(Stage::publisher_limit), 14080 + stage_term / 2);
}

TEST(PublisherLimit, BelievesNoSpyThatCannotBeThere) {
    Stage stage;
    stage.connect();
    auto& spy = stage.cell(Stage::first_spy);
    stage.tell(AddSpy{stage.publication, CounterId{100}, &spy});
    stage.offer_many(10, 1376);
    spy.store_release(no_limit);
    stage.run(microseconds{5}, microseconds{1});
    EXPECT_EQ(stage.value(Stage::publisher_limit), 14080 + stage_term / 2);
    spy.store_release(-1);
    stage.offer_many(5, 1376);
    stage.run(microseconds{5}, microseconds{1});
    EXPECT_EQ(stage.value(Stage::publisher_limit), 14080 + stage_term / 2) << "it stands where it was";
}

TEST(PublisherLimit, StaysAtTheEndOfAStoppedStream) {
    Stage stage;
    stage.connect();
    stage.offer(100);
    stage.tell(StopPublication{stage.publication, Position{160}});
    stage.run(milliseconds{5});
    stage.status({.position = 160, .window = 4096});
    stage.run(milliseconds{5});
    EXPECT_EQ(stage.value(Stage::publisher_limit), 160);
    EXPECT_EQ(stage.value(Stage::sender_position), 160) << "what was published is sent";
}

TEST(Spies, SimulateAConnectionWithoutAPacketOnTheWire) {
    Stage stage{simulating()};
    auto& slow = stage.cell(Stage::first_spy);
    auto& fast = stage.cell(Stage::first_spy + 1);
    stage.tell(AddSpy{stage.publication, CounterId{100}, &slow});
    stage.tell(AddSpy{stage.publication, CounterId{101}, &fast});
    stage.step();
    EXPECT_TRUE(stage.is_connected());
    EXPECT_EQ(stage.value(Stage::publisher_limit), stage_term / 2);
    stage.offer_many(4, 1376);
    slow.store_release(1408);
    fast.store_release(3 * 1408);
    stage.run(milliseconds{500});
    EXPECT_EQ(stage.value(Stage::sender_position), 3 * 1408) << "with the fastest";
    EXPECT_EQ(stage.value(Stage::sender_limit), 3 * 1408);
    EXPECT_EQ(stage.value(Stage::publisher_limit), stage_term / 2) << "the slowest holds the publishers";
    const auto frames = stage.look();
    EXPECT_TRUE(std::ranges::all_of(frames, [](const Seen& seen) { return seen.kind == Kind::setup; }));

    stage.status({.position = 3 * 1408, .window = 4096});
    stage.step();
    stage.step();
    const auto data = stage.look(Kind::data);
    ASSERT_EQ(data.size(), 1U) << "from there on it sends";
    EXPECT_EQ(data[0].position, 3 * 1408);
}

TEST(Spies, ThatSimulateCannotPassThePublishers) {
    Stage stage{simulating()};
    auto& spy = stage.cell(Stage::first_spy);
    stage.tell(AddSpy{stage.publication, CounterId{100}, &spy});
    stage.offer(100);
    spy.store_release(1 << 20);
    stage.step();
    EXPECT_EQ(stage.value(Stage::sender_position), 160);
    stage.stored.metadata().tails[0].store_release(-1);
    stage.stored.metadata().active_term_count.store_release(1000);
    spy.store_release(2 << 20);
    stage.run(milliseconds{3});
    EXPECT_LE(stage.value(Stage::sender_position), 160) << "tails are words that clients write";
}

TEST(Spies, DoNotConnectUnlessTheChannelSaysSo) {
    Stage stage;
    stage.tell(AddSpy{stage.publication, CounterId{100}, &stage.cell(Stage::first_spy)});
    stage.run(milliseconds{5});
    EXPECT_FALSE(stage.is_connected());
    EXPECT_EQ(stage.value(Stage::publisher_limit), 0);
}

TEST(Spies, TheLastOneToGoEndsTheSimulatedConnectionAtOnce) {
    Stage stage{simulating()};
    stage.tell(AddSpy{stage.publication, CounterId{100}, &stage.cell(Stage::first_spy)});
    stage.step();
    stage.tell(RemoveSpy{stage.publication, CounterId{100}});
    stage.step();
    EXPECT_FALSE(stage.is_connected());
    EXPECT_EQ(stage.value(Stage::publisher_limit), 0);
}

/// However far publishers run past the limit, they reach no byte that is not zero, and the sender no stale frame.
TEST(FurthestLimit, KeepsPublishersInCleanTermsWhateverTheyDo) {
    constexpr std::int64_t term = stage_term;
    for (std::int64_t cleaned = 0; cleaned < 4 * term; cleaned += 4096) {
        const std::int64_t limit = furthest_limit(Position{cleaned}, Position{no_limit}, stage_term, 8192).value;
        const std::int64_t last_start = limit - 32;
        const std::int64_t reached = (last_start / term + 1) * term;  // the end of the term of the limit
        EXPECT_LE(reached, cleaned / term * term + 3 * term);
        // Where the sender looks when all of it is sent.
        EXPECT_LT(reached - 3 * term, std::max<std::int64_t>(cleaned, 1)) << "the first frame there is zero";
        EXPECT_GE(limit, cleaned + 2 * term) << "and that is not needlessly little";
    }
}

}  // namespace
}  // namespace gale::driver::sender::testing
