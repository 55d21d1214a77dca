// How a subscription comes to a stream, where it begins, and how both end.
#include "driver/conductor/streams_test.hpp"

#include <gmock/gmock.h>

namespace gale::testing {
namespace {

using control::SystemCounter;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Images : public ::testing::Test {
protected:
    TestDriver driver;
    Puppet publisher{driver};
    Puppet subscriber{driver};
    std::int64_t next = 0;

    void offer(const Publication& publication, int count = 1) {
        for (int i = 0; i < count; ++i) ASSERT_TRUE(publication.offer(message(next++, 100)));
        driver.step();
    }
};

TEST_F(Images, AreTornFromAReadyThatComesFirst) {
    const auto subscription = subscriber.ask(add_subscription("aeron:ipc", stream_7));
    subscriber.take();
    const auto id = publisher.ask(add_publication("aeron:ipc", stream_7));
    EXPECT_THAT(subscriber.take_lines(),
                ElementsAre(line("COUNTER_READY", publisher.id().value),
                            line(line("PUBLICATION_READY", id) + " of", id), available(id, subscription)));
}

TEST_F(Images, ConnectTheirPublicationAtOnceAndLetGoAtOnce) {
    const auto publication = publish(publisher);
    EXPECT_FALSE(publication.connected());
    EXPECT_EQ(publication.limit(), 0);
    EXPECT_EQ(publication.offer(message(1, 10)).error(), OfferError::not_connected);
    const auto subscription = subscribe(subscriber);
    EXPECT_TRUE(publication.connected());
    EXPECT_EQ(publication.limit(), 32768);
    EXPECT_TRUE(publication.offer(message(1, 10)));
    remove_subscription(subscriber, subscription);
    EXPECT_FALSE(publication.connected());
    EXPECT_EQ(publication.offer(message(1, 10)).error(), OfferError::not_connected);
}

TEST_F(Images, ForOneSessionOnlyHearNoOther) {
    const auto five = subscribe(subscriber, "aeron:ipc?session-id=5");
    const auto any = subscribe(subscriber);
    publish_exclusively(publisher, "aeron:ipc?session-id=6");
    EXPECT_FALSE(take_image(subscriber, five));
    EXPECT_TRUE(take_image(subscriber, any));
    publish_exclusively(publisher, "aeron:ipc?session-id=5");
    EXPECT_TRUE(take_image(subscriber, five));
    EXPECT_TRUE(take_image(subscriber, any));
}

TEST_F(Images, BeginWhereTheSlowestReaderStands) {
    const auto publication = publish(publisher);
    const auto fast = image_of(subscriber, subscribe(subscriber));
    EXPECT_EQ(fast.source, "aeron:ipc");
    const auto slow = image_of(subscriber, subscribe(subscriber));
    offer(publication, 10);
    EXPECT_EQ(fast.poll().size(), 10U);
    EXPECT_EQ(slow.poll(4).size(), 4U);
    driver.step();
    EXPECT_EQ(image_of(subscriber, subscribe(subscriber)).position(), slow.position());
}

TEST_F(Images, BeginBehindWhatADepartedReaderReadWhenNobodyIsLeft) {
    const auto publication = publish(publisher);
    const auto first = image_of(subscriber, subscribe(subscriber));
    offer(publication, 10);
    EXPECT_EQ(first.poll(4).size(), 4U);
    remove_subscription(subscriber, first.subscription);  // in the same cycle as its last reading
    const auto later = image_of(subscriber, subscribe(subscriber));
    EXPECT_EQ(later.position(), first.position());
    EXPECT_EQ(later.poll().size(), 6U);
}

TEST_F(Images, OfTheirOwnRemovedSubscriptionAreNotCalledUnavailable) {
    publish(publisher);
    const auto image = image_of(subscriber, subscribe(subscriber));
    subscriber.take();
    const auto removal = subscriber.ask(control::RemoveSubscription{.registration_id = image.subscription});
    EXPECT_THAT(subscriber.take_lines(), ElementsAre(line("SUCCESS", removal)));
    EXPECT_EQ(driver.counters().state(image.position_counter), shm::CounterState::reclaimed);
}

TEST_F(Images, DrainBeforeTheyEnd) {
    const auto publication = publish(publisher);
    const auto image = image_of(subscriber, subscribe(subscriber));
    offer(publication, 3);
    EXPECT_EQ(publication.end_of_stream(), INT64_MAX);
    remove(publisher, publication);
    EXPECT_EQ(publication.end_of_stream(), publication.position());
    EXPECT_EQ(publication.limit(), publication.position());
    EXPECT_TRUE(publication.connected());
    subscriber.take();
    driver.pass(60s);
    EXPECT_THAT(subscriber.take(), IsEmpty());
    EXPECT_EQ(driver.log_files(), 1);
    EXPECT_EQ(image.poll().size(), 3U);
    driver.step();
    EXPECT_THAT(subscriber.take_lines(), ElementsAre(unavailable(publication.id, image.subscription)));
    EXPECT_EQ(driver.counters().state(image.position_counter), shm::CounterState::allocated);
    driver.pass(1s);
    EXPECT_EQ(driver.log_files(), 0);
    EXPECT_EQ(driver.counters().state(image.position_counter), shm::CounterState::reclaimed);
    EXPECT_EQ(driver.counters().state(publication.limit_counter), shm::CounterState::reclaimed);
    EXPECT_THAT(subscriber.take(), IsEmpty());
}

TEST_F(Images, ThatDrainStillTakeLateJoinersUntilAllIsRead) {
    const auto publication = publish(publisher);
    const auto image = image_of(subscriber, subscribe(subscriber));
    offer(publication, 3);
    remove(publisher, publication);
    const auto late = image_of(subscriber, subscribe(subscriber));
    EXPECT_EQ(late.poll().size(), 3U);
    EXPECT_EQ(image.poll().size(), 3U);
    driver.step();
    EXPECT_FALSE(take_image(subscriber, subscribe(subscriber)));
}

TEST_F(Images, BeginAtTheJoinPosition) {
    const auto publication = publish(publisher);
    const auto slow = image_of(subscriber, subscribe(subscriber));
    const auto fast = image_of(subscriber, subscribe(subscriber));
    const auto label = [&](const Image& image) {
        return std::string{driver.counters().look(image.position_counter)->label};
    };
    offer(publication, 4);
    const std::int64_t length = publication.position() / 4;
    EXPECT_EQ(slow.poll(1).size(), 1U);
    EXPECT_EQ(fast.poll(3).size(), 3U);
    driver.step();
    const auto third = image_of(subscriber, subscribe(subscriber));
    EXPECT_EQ(third.position(), length) << "where the slowest is";
    EXPECT_TRUE(label(third).ends_with(" @" + std::to_string(length))) << label(third);
    for (const auto& image : {slow, fast, third}) static_cast<void>(image.poll());
    const auto fourth = image_of(subscriber, subscribe(subscriber));
    EXPECT_EQ(fourth.position(), 3 * length) << "all have moved on, but no cycle has seen it";
    for (const auto& image : {slow, fast, third, fourth})
        subscriber.ask(control::RemoveSubscription{.registration_id = image.subscription});
    EXPECT_EQ(image_of(subscriber, subscribe(subscriber)).position(), 4 * length) << "the farthest that anybody read";
}

TEST_F(Images, OfAnEndedStreamLiveOnWhileANewOneBegins) {
    const auto old = publish(publisher);
    const auto subscription = subscribe(subscriber);
    const auto image = image_of(subscriber, subscription);
    offer(old, 3);
    remove(publisher, old);
    const auto fresh = publish(publisher);
    EXPECT_NE(fresh.original, old.original);
    EXPECT_NE(fresh.session, old.session);
    EXPECT_EQ(image_of(subscriber, subscription).id, fresh.original);
    EXPECT_EQ(image.poll().size(), 3U);
}

TEST_F(Images, EndForAPublisherThatDied) {
    const auto publication = publish(publisher);
    const auto image = image_of(subscriber, subscribe(subscriber));
    offer(publication, 3);
    EXPECT_EQ(image.poll().size(), 3U);
    subscriber.take();
    publisher.die();
    driver.pass(13s);
    const auto lines = subscriber.take_lines();
    EXPECT_THAT(lines, ElementsAre(line("CLIENT_TIMEOUT", publisher.id().value),
                                   line("UNAVAILABLE_COUNTER", publisher.id().value),
                                   unavailable(publication.id, image.subscription)));
    EXPECT_EQ(publication.end_of_stream(), image.position());
}

TEST_F(Images, EndAtOnceWhenRevoked) {
    const auto publication = publish_exclusively(publisher);
    const auto image = image_of(subscriber, subscribe(subscriber));
    offer(publication, 3);
    subscriber.take();
    EXPECT_TRUE(remove(publisher, publication, true));
    EXPECT_THAT(subscriber.take_lines(),
                ElementsAre(::testing::StartsWith("SUCCESS"), unavailable(publication.id, image.subscription)));
    EXPECT_EQ(publication.log().metadata().is_publication_revoked.load_acquire(), 1);
    EXPECT_EQ(publication.end_of_stream(), publication.position());
    EXPECT_EQ(publication.limit(), publication.position());
    EXPECT_FALSE(publication.connected());
    EXPECT_EQ(driver.value(SystemCounter::publications_revoked), 1);
    EXPECT_FALSE(take_image(subscriber, subscribe(subscriber)));
    driver.pass(2s);
    EXPECT_EQ(driver.log_files(), 0);
}

TEST_F(Images, RevokedByOneOfManyHoldTheirLogForTheOthers) {
    const auto first = publish(publisher);
    const auto second = publish(subscriber);
    subscribe(subscriber);
    EXPECT_TRUE(remove(publisher, first, true));
    driver.pass(5s);
    EXPECT_EQ(driver.log_files(), 1);
    EXPECT_EQ(second.offer(message(1, 10)).error(), OfferError::not_connected);
    const auto fresh = publish(publisher);
    EXPECT_NE(fresh.original, first.original);
    EXPECT_TRUE(remove(subscriber, second, true));
    EXPECT_EQ(driver.value(SystemCounter::publications_revoked), 1) << "it was revoked already";
    driver.pass(2s);
    EXPECT_EQ(driver.log_files(), 1);
}

TEST_F(Images, AreRejectedForAWhile) {
    const auto publication = publish(publisher);
    const auto first = image_of(subscriber, subscribe(subscriber));
    const auto second = image_of(subscriber, subscribe(subscriber));
    offer(publication, 3);
    EXPECT_EQ(first.poll(2).size(), 2U);
    subscriber.take();
    const auto id = subscriber.ask(control::RejectImage{.image_correlation_id = publication.id, .reason = "bad data"});
    const auto heard = subscriber.take();
    ASSERT_EQ(heard.size(), 4U);
    const auto* error = heard[0].as<control::PublicationErrorEvent>();
    ASSERT_NE(error, nullptr);
    EXPECT_EQ(error->original_id, publication.id);
    EXPECT_EQ(error->session_id, publication.session);
    EXPECT_EQ(error->stream_id, stream_7);
    EXPECT_EQ(error->code, ErrorCode::image_rejected);
    EXPECT_EQ(error->text, "bad data");
    EXPECT_EQ(error->receiver_id, -1);
    EXPECT_EQ(error->group_tag, -1);
    EXPECT_EQ(error->destination_id.value, -1);
    EXPECT_EQ(error->address_type, 1);
    EXPECT_EQ(to_hex(std::span{error->address}.first(4)), "7f000001");
    EXPECT_EQ(heard[1].line(), unavailable(publication.id, first.subscription));
    EXPECT_EQ(heard[2].line(), unavailable(publication.id, second.subscription));
    EXPECT_EQ(heard[3].line(), line("SUCCESS", id));
    EXPECT_FALSE(publication.connected());
    EXPECT_EQ(publication.limit(), first.position());
    EXPECT_EQ(driver.counters().state(first.position_counter), shm::CounterState::reclaimed);
    EXPECT_EQ(driver.value(SystemCounter::images_rejected), 1);
    EXPECT_TRUE(driver.has_error("bad data"));

    // Nobody joins before the time is over; then all do, once.
    const auto third = subscribe(subscriber);
    driver.pass(9s);
    EXPECT_FALSE(take_image(subscriber, third));
    driver.pass(3s);
    for (const auto subscription : {first.subscription, second.subscription, third}) {
        EXPECT_EQ(image_of(subscriber, subscription).position(), first.position());
        EXPECT_FALSE(take_image(subscriber, subscription));
    }
    EXPECT_TRUE(publication.connected());
}

TEST_F(Images, RejectedAgainWaitLonger) {
    const auto publication = publish(publisher);
    const auto subscription = subscribe(subscriber);
    static_cast<void>(image_of(subscriber, subscription));
    const control::RejectImage reject{.image_correlation_id = publication.id, .reason = "bad data"};
    subscriber.ask(reject);
    driver.pass(6s);
    subscriber.ask(reject);
    driver.pass(8s);
    EXPECT_FALSE(take_image(subscriber, subscription));
    driver.pass(4s);
    EXPECT_TRUE(take_image(subscriber, subscription));
}

TEST_F(Images, AreRejectedWithAReasonOfBoundedLengthAndOnlyWhenTheyExist) {
    const auto publication = publish(publisher);
    const auto answer = [&](CorrelationId image, std::string_view reason) {
        return subscriber.error_to(
            subscriber.ask(control::RejectImage{.image_correlation_id = image, .reason = reason}));
    };
    EXPECT_THAT(answer(publication.id, std::string(1024, 'r')), ::testing::HasSubstr("1023"));
    EXPECT_EQ(answer(publication.id, std::string(1023, 'r')), "");
    EXPECT_THAT(answer(CorrelationId{4242}, "reason"), ::testing::StartsWith("11 "));
    EXPECT_THAT(answer(CorrelationId{4242}, "reason"), ::testing::HasSubstr("4242"));
}

TEST_F(Images, RejectedWhileTheyDrainLetTheStreamEnd) {
    const auto publication = publish(publisher);
    static_cast<void>(image_of(subscriber, subscribe(subscriber)));
    offer(publication, 3);
    remove(publisher, publication);
    subscriber.ask(control::RejectImage{.image_correlation_id = publication.id, .reason = "bad data"});
    driver.pass(2s);
    EXPECT_EQ(driver.log_files(), 0);
}

TEST_F(Images, OfResponsesComeToWhoAskedAndToNobodyElse) {
    constexpr StreamId requests{8};
    constexpr StreamId responses{9};
    const auto mine = subscribe(subscriber, "aeron:ipc?control-mode=response", responses);
    const auto plain = subscribe(subscriber, "aeron:ipc", responses);
    const auto request =
        publish(subscriber, "aeron:ipc?response-correlation-id=" + std::to_string(mine.value), requests);
    publish(publisher, "aeron:ipc", responses);
    EXPECT_FALSE(take_image(subscriber, mine));
    const auto answer =
        publish(publisher, "aeron:ipc?response-correlation-id=" + std::to_string(request.id.value), responses);
    EXPECT_EQ(image_of(subscriber, mine).id, answer.id);
    publish_exclusively(publisher, "aeron:ipc", responses);
    EXPECT_FALSE(take_image(subscriber, mine));
    // A second answer, when the first responder is gone.
    const auto again = publish_exclusively(
        publisher, "aeron:ipc?response-correlation-id=" + std::to_string(request.id.value), responses);
    EXPECT_EQ(image_of(subscriber, mine).id, again.id);
    EXPECT_TRUE(take_image(subscriber, plain));
}

TEST_F(Images, OfPlainSubscriptionsAreNotPinnedByAWrongResponseId) {
    const auto plain = subscribe(subscriber, "aeron:ipc", stream_7);
    const auto request =
        publish(publisher, "aeron:ipc?response-correlation-id=" + std::to_string(plain.value), StreamId{8});
    publish(publisher, "aeron:ipc?response-correlation-id=" + std::to_string(request.id.value), stream_7);
    EXPECT_TRUE(take_image(subscriber, plain));
    publish_exclusively(publisher);
    EXPECT_TRUE(take_image(subscriber, plain)) << "it still hears everybody";
}

TEST_F(Images, OfAClientThatIsGoneLetTheStreamOn) {
    const auto publication = publish(publisher);
    const auto image = image_of(subscriber, subscribe(subscriber));
    Puppet second{driver};
    const auto alive = image_of(second, subscribe(second));
    subscriber.die();
    for (int i = 0; i < 200; ++i) {
        static_cast<void>(publication.offer(message(1, 1000)));
        alive.poll();
        driver.step();
    }
    EXPECT_EQ(publication.limit(), 32768) << "the dead one holds it back";
    driver.pass(13s);
    EXPECT_EQ(driver.counters().state(image.position_counter), shm::CounterState::reclaimed);
    EXPECT_GT(publication.limit(), 32768);
}

}  // namespace
}  // namespace gale::testing
