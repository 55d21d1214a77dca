// Counters run out: who asked is told, and nobody stays deaf once there are some again.
#include "driver/conductor/streams_test.hpp"

#include <gmock/gmock.h>

namespace gale::testing {
namespace {

using ::testing::StartsWith;

class FewCounters : public ::testing::Test {
protected:
    FewCounters() {
        subscribe(client, "aeron:ipc", StreamId{8});  // known from now on
        publish(publisher, "aeron:ipc", StreamId{9});
    }
    void use_up() {
        for (;;) {
            const auto id = hoarder.ask(control::AddCounter{.type_id = 1001, .label = "x"});
            if (!hoarder.take_first<control::CounterReady>([&](const auto& e) { return e.correlation_id == id; }))
                break;
            hoarded.push_back(id);
        }
        ASSERT_GT(hoarded.size(), 2U);
    }
    void give_back(int count) {
        for (; count > 0; --count) {
            hoarder.ask(control::RemoveCounter{.registration_id = hoarded.back()});
            hoarded.pop_back();
        }
        driver.pass(2s);  // until they can be used again
    }
    TestDriver driver;
    Puppet client{driver};
    Puppet publisher{driver};
    Puppet hoarder{driver};
    std::vector<CorrelationId> hoarded;
};

TEST_F(FewCounters, RefuseASubscriptionToStreamsThatItCouldNotHear) {
    publish_exclusively(publisher);
    publish_exclusively(publisher);
    use_up();
    give_back(1);
    client.take();
    const auto request = client.ask(add_subscription("aeron:ipc", stream_7));
    EXPECT_THAT(client.error_to(request), StartsWith("11 not enough counters are left"));
    EXPECT_FALSE(client.take_first<control::SubscriptionReady>([](const auto&) { return true; }));
    EXPECT_FALSE(client.take_first<control::AvailableImage>([](const auto&) { return true; }));
    give_back(1);
    const auto subscription = subscribe(client);
    EXPECT_TRUE(take_image(client, subscription));
    EXPECT_TRUE(take_image(client, subscription));
}

TEST_F(FewCounters, LetASubscriptionHearAStreamAsSoonAsThereIsOneForIt) {
    const auto subscription = subscribe(client);
    use_up();
    give_back(2);
    const auto publication = publish(publisher);
    EXPECT_FALSE(take_image(client, subscription));
    EXPECT_TRUE(driver.has_error("it is tried again when one is free"));
    const auto errors = driver.value(control::SystemCounter::errors);
    driver.pass(5s);
    EXPECT_EQ(driver.value(control::SystemCounter::errors), errors) << "told once";
    give_back(1);
    const auto image = take_image(client, subscription);
    ASSERT_TRUE(image);
    EXPECT_TRUE(publication.offer(message(1, 100)));
    EXPECT_EQ(image->poll(), only(message(1, 100)));
}

}  // namespace
}  // namespace gale::testing
