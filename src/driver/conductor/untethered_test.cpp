#include "driver/conductor/streams_test.hpp"

#include <gmock/gmock.h>

namespace gale::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Terms of 64k, a window of 32k: behind is who stands at or below the fastest less 24k.
class Untethered : public ::testing::Test {
protected:
    TestDriver driver;
    Puppet publisher{driver};
    Puppet fast_one{driver};
    Puppet slow_one{driver};
    Publication publication = publish(publisher);
    Image fast = image_of(fast_one, subscribe(fast_one));

    Image slow(std::string_view more = "") {
        const auto image = image_of(slow_one, subscribe(slow_one, "aeron:ipc?tether=false" + std::string{more}));
        slow_one.take();
        return image;
    }
    /// Publishes as far as the limit lets it; the fast one reads along.
    void run_ahead() {
        for (int i = 0; i < 100; ++i) {
            static_cast<void>(publication.offer(message(1, 1000)));
            fast.poll();
            driver.step();
        }
        slow_one.take();
    }
};

TEST_F(Untethered, WhoKeepsUpIsLeftAlone) {
    const auto image = slow();
    for (int i = 0; i < 400; ++i) {
        static_cast<void>(publication.offer(message(1, 1000)));
        fast.poll();
        image.poll();
        driver.pass(100ms);
    }
    EXPECT_THAT(slow_one.take(), IsEmpty());
}

TEST_F(Untethered, WhoLagsBehindTheWindowLosesTheImageThenLetsGoThenComesBack) {
    const auto image = slow();
    run_ahead();
    EXPECT_EQ(publication.limit(), 32768);
    driver.pass(5s);
    EXPECT_THAT(slow_one.take(), IsEmpty());
    driver.pass(2s);
    EXPECT_THAT(slow_one.take_lines(), ElementsAre(unavailable(publication.id, image.subscription)));
    run_ahead();
    EXPECT_EQ(publication.limit(), 32768) << "while it lingers it still holds the publisher back";
    driver.pass(6s);
    run_ahead();
    EXPECT_GT(publication.limit(), 100'000) << "at rest it does not";
    EXPECT_THAT(slow_one.take(), IsEmpty());
    driver.pass(11s);
    const auto back = image_of(slow_one, image.subscription);
    EXPECT_EQ(back.position_counter, image.position_counter);
    EXPECT_EQ(back.id, image.id);
    EXPECT_EQ(back.position(), fast.position());
    ASSERT_TRUE(publication.offer(message(77, 100)));
    EXPECT_EQ(back.poll(), only(message(77, 100)));
}

TEST_F(Untethered, WhoMayNotRejoinIsGoneForGood) {
    const auto image = slow("|rejoin=false");
    run_ahead();
    driver.pass(13s);
    EXPECT_EQ(driver.counters().state(image.position_counter), shm::CounterState::reclaimed);
    driver.pass(30s);
    slow_one.take();
    EXPECT_TRUE(remove_subscription(slow_one, image.subscription));
    remove(publisher, publication);
    driver.pass(5s);
    EXPECT_EQ(driver.counters().state(image.position_counter), shm::CounterState::reclaimed);
}

TEST_F(Untethered, WhoIsTetheredHoldsThePublisherBackForEver) {
    const auto image = image_of(slow_one, subscribe(slow_one));
    run_ahead();
    driver.pass(60s);
    EXPECT_EQ(publication.limit(), 32768);
    EXPECT_THAT(slow_one.take(), IsEmpty());
    EXPECT_EQ(image.position(), 0);
}

TEST_F(Untethered, WhoWasTakenTheImageIsNotToldAgainWhenTheStreamEnds) {
    const auto image = slow();
    run_ahead();
    driver.pass(8s);
    EXPECT_THAT(slow_one.take_lines(), ElementsAre(unavailable(publication.id, image.subscription)));
    remove(publisher, publication);
    fast.poll();
    driver.pass(20s);
    for (const auto& heard : slow_one.take_lines()) EXPECT_NE(heard, unavailable(publication.id, image.subscription));
    EXPECT_EQ(driver.log_files(), 0) << "nor does it hold an ended stream";
}

TEST_F(Untethered, WhoIsRemovedInAnyStateLeavesNothing) {
    for (const Nanos when : {0s, 7s, 13s, 25s}) {
        const auto image = slow();
        run_ahead();
        driver.pass(when);
        EXPECT_TRUE(remove_subscription(slow_one, image.subscription));
        EXPECT_EQ(driver.counters().state(image.position_counter), shm::CounterState::reclaimed);
    }
}

TEST_F(Untethered, WhoIsAloneIsNeverBehind) {
    remove_subscription(fast_one, fast.subscription);
    const auto image = slow();
    // Alone it is the fastest, and never behind itself: only what it says counts.
    driver.pass(30s);
    EXPECT_THAT(slow_one.take(), IsEmpty());
    EXPECT_TRUE(publication.connected());
    EXPECT_EQ(image.position(), 0);
}

TEST_F(Untethered, TimesCanBeThoseOfTheChannel) {
    const auto own = publish(publisher,
                             "aeron:ipc?untethered-window-limit-timeout=2s|untethered-linger-timeout=3s|"
                             "untethered-resting-timeout=4s",
                             StreamId{9});
    fast = image_of(fast_one, subscribe(fast_one, "aeron:ipc", StreamId{9}));
    const auto image = image_of(slow_one, subscribe(slow_one, "aeron:ipc?tether=false", StreamId{9}));
    publication = own;
    run_ahead();
    driver.pass(4s);
    EXPECT_THAT(slow_one.take_lines(), ElementsAre(unavailable(own.id, image.subscription)));
    driver.pass(5s);
    run_ahead();
    EXPECT_GT(own.limit(), 32768);
    driver.pass(5s);
    EXPECT_TRUE(take_image(slow_one, image.subscription));
}

}  // namespace
}  // namespace gale::testing
