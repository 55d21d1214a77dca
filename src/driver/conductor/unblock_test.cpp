// What publishers leave behind that die between claim and commit, and how the stream goes on.
#include "driver/conductor/streams_test.hpp"

#include <gmock/gmock.h>

namespace gale::testing {
namespace {

using control::SystemCounter;

class Unblocking : public ::testing::Test {
protected:
    TestDriver driver;
    Puppet publisher{driver};
    Puppet subscriber{driver};

    [[nodiscard]] std::int64_t unblocked() const { return driver.value(SystemCounter::unblocked_publications); }
    static void leave_claim_open(const Publication& publication, std::int32_t length = 100) {
        logbuffer::ClaimedFrame claimed;
        ASSERT_TRUE(publication.appender().claim(publication.limit(), length, claimed));
    }
    /// Dead right after the fetch_add.
    static void move_only_the_tail(const Publication& publication, std::int64_t by) {
        auto& metadata = publication.log().metadata();
        const auto count = metadata.active_term_count.load_acquire();
        metadata.tails[static_cast<std::size_t>(logbuffer::partition_of(count))].fetch_add(by);
    }
    /// To `left` bytes before the end of the term, everything read.
    void fill_term(const Publication& publication, const Image& image, std::int64_t left) {
        while (65536 - publication.position() % 65536 > left + 1056) {
            ASSERT_TRUE(publication.offer(message(1, 1000)));
            image.poll();
            driver.step();
        }
        const auto rest = static_cast<std::size_t>(65536 - publication.position() % 65536 - left);
        ASSERT_TRUE(rest == 0 || publication.offer(message(1, rest - 32)));
        image.poll();
        driver.step();
        ASSERT_EQ(publication.position() % 65536, (65536 - left) % 65536);
    }
};

TEST_F(Unblocking, PadsOverAnOpenClaimOnceReadersStoodThereForLong) {
    const auto publication = publish(publisher);
    const auto image = image_of(subscriber, subscribe(subscriber));
    ASSERT_TRUE(publication.offer(message(1, 100)));
    leave_claim_open(publication);
    ASSERT_TRUE(publication.offer(message(2, 100)));
    EXPECT_EQ(image.poll(), only(message(1, 100)));
    driver.pass(14s);
    EXPECT_TRUE(image.poll().empty());
    EXPECT_EQ(unblocked(), 0);
    driver.pass(4s);
    EXPECT_EQ(unblocked(), 1);
    EXPECT_EQ(image.poll(), only(message(2, 100)));
}

TEST_F(Unblocking, WaitsAfreshForEachClaim) {
    const auto publication = publish(publisher);
    const auto image = image_of(subscriber, subscribe(subscriber));
    leave_claim_open(publication);
    leave_claim_open(publication);
    ASSERT_TRUE(publication.offer(message(2, 100)));
    driver.pass(18s);
    EXPECT_EQ(unblocked(), 1);
    EXPECT_TRUE(image.poll().empty());
    driver.pass(12s);
    EXPECT_EQ(unblocked(), 1);
    driver.pass(6s);
    EXPECT_EQ(unblocked(), 2);
    EXPECT_EQ(image.poll(), only(message(2, 100)));
}

TEST_F(Unblocking, PadsWhereOnlyTheTailMovedUpToTheNextMessage) {
    const auto publication = publish(publisher);
    const auto image = image_of(subscriber, subscribe(subscriber));
    move_only_the_tail(publication, 192);
    ASSERT_TRUE(publication.offer(message(2, 100)));
    driver.pass(18s);
    EXPECT_EQ(unblocked(), 1);
    EXPECT_EQ(image.poll(), only(message(2, 100)));
    EXPECT_EQ(image.position(), 192 + 160);
}

TEST_F(Unblocking, LeavesATailAloneBehindWhichNothingCameWhileItsMakerMayLive) {
    const auto publication = publish(publisher);
    const auto image = image_of(subscriber, subscribe(subscriber));
    move_only_the_tail(publication, 192);
    driver.pass(60s);
    EXPECT_EQ(unblocked(), 0);
    ASSERT_TRUE(publication.offer(message(2, 100)));
    driver.pass(2s);
    EXPECT_EQ(unblocked(), 1);
    EXPECT_EQ(image.poll(), only(message(2, 100)));
}

TEST_F(Unblocking, FinishesATermWhoseEndWasOnlyClaimed) {
    const auto publication = publish(publisher);
    const auto image = image_of(subscriber, subscribe(subscriber));
    fill_term(publication, image, 512);
    move_only_the_tail(publication, 1024);  // tripped over the end, and died before it padded and rotated
    driver.pass(18s);
    EXPECT_EQ(unblocked(), 1);
    EXPECT_TRUE(image.poll().empty());
    EXPECT_EQ(image.position(), 65536);
    driver.step();
    ASSERT_TRUE(publication.offer(message(2, 100)));
    EXPECT_EQ(image.poll(), only(message(2, 100)));
}

TEST_F(Unblocking, FinishesARotationThatStoppedHalfWay) {
    const auto publication = publish(publisher);
    const auto image = image_of(subscriber, subscribe(subscriber));
    fill_term(publication, image, 0);
    move_only_the_tail(publication, 1024);
    EXPECT_EQ(publication.log().metadata().active_term_count.load_acquire(), 0);
    driver.pass(18s);
    EXPECT_EQ(publication.log().metadata().active_term_count.load_acquire(), 1);
    EXPECT_EQ(unblocked(), 1);
    driver.pass(30s);
    EXPECT_EQ(unblocked(), 1) << "and then there is nothing more to do";
    ASSERT_TRUE(publication.offer(message(2, 100)));
    EXPECT_EQ(image.poll(), only(message(2, 100)));
}

TEST_F(Unblocking, TouchesNoExclusivePublicationWhileItLives) {
    const auto publication = publish_exclusively(publisher);
    const auto image = image_of(subscriber, subscribe(subscriber));
    logbuffer::ClaimedFrame claimed;
    auto appender = publication.exclusive_appender();
    ASSERT_TRUE(appender.claim(publication.limit(), 100, claimed));
    driver.pass(60s);
    EXPECT_EQ(unblocked(), 0);
    logbuffer::commit_frame(claimed.frame, claimed.frame_length);
    EXPECT_EQ(image.poll().size(), 1U);
}

TEST_F(Unblocking, PadsOverAllThatADeadOwnerLeftAtOnce) {
    for (const bool exclusive : {true, false}) {
        const StreamId stream{exclusive ? 20 : 21};
        Puppet dying{driver};
        const auto publication =
            publish(dying, "aeron:ipc", stream, exclusive ? control::Sharing::exclusive : control::Sharing::concurrent);
        const auto image = image_of(subscriber, subscribe(subscriber, "aeron:ipc", stream));
        ASSERT_TRUE(publication.offer(message(1, 100)));
        leave_claim_open(publication);
        ASSERT_TRUE(publication.offer(message(2, 100)));
        move_only_the_tail(publication, 256);
        const auto before = unblocked();
        ASSERT_TRUE(remove(dying, publication));
        EXPECT_EQ(image.poll().size(), 1U);
        driver.pass(1s);
        EXPECT_EQ(image.poll(), only(message(2, 100)));
        driver.pass(1s);
        image.poll();
        driver.pass(1s);
        EXPECT_EQ(unblocked(), before + 2);
        EXPECT_TRUE(subscriber.take_first<control::UnavailableImage>(
            [&](const auto& e) { return e.subscription_id == image.subscription; }));
        driver.pass(1s);
        EXPECT_EQ(driver.log_files(), 0);
    }
}

TEST_F(Unblocking, DoesNothingForReadersThatAreMerelySlow) {
    const auto publication = publish(publisher);
    const auto image = image_of(subscriber, subscribe(subscriber));
    for (int i = 0; i < 10; ++i) ASSERT_TRUE(publication.offer(message(i, 100)));
    driver.pass(100s);
    EXPECT_EQ(unblocked(), 0);
    EXPECT_EQ(image.poll().size(), 10U);
}

}  // namespace
}  // namespace gale::testing
