// On the data path, after start: no allocation. All allocations of this test program are counted here.
#include "base/counting_allocations.hpp"
#include "driver/conductor/streams_test.hpp"

namespace gale::testing {
namespace {

TEST(DutyCycle, AllocatesNothingWhileMessagesFlowAndTimersTick) {
    TestDriver driver;
    Puppet client{driver};
    const auto publication = publish(client);
    const auto image = image_of(client, subscribe(client));
    static_cast<void>(publish_exclusively(client, "aeron:ipc", StreamId{9}));
    const auto text = message(1, 100);
    driver.step(10);
    std::int64_t in_the_driver = 0;
    for (int i = 0; i < 2000; ++i) {
        static_cast<void>(publication.offer(text));
        image.set_position(publication.position());
        driver.clock().advance(10ms);
        const std::int64_t before = allocations;
        driver.driver().do_work();
        in_the_driver += allocations - before;
        if (i == 300) in_the_driver = 0;  // what comes once is not the matter
        client.beat();
    }
    EXPECT_EQ(in_the_driver, 0);
    EXPECT_GT(publication.position(), 65536);
}

TEST(DutyCycle, AllocatesNothingForPublicationsToTheNetwork) {
    TestDriver driver;
    Puppet client{driver};
    for (int i = 0; i < 10'000; ++i) static_cast<void>(client.next_id());  // a long name, once it is in a text
    static_cast<void>(publish(client, "aeron:udp?endpoint=10.0.0.2:4000"));
    driver.step(10);
    std::int64_t in_the_driver = 0;
    for (int i = 0; i < 1000; ++i) {
        driver.clock().advance(1us);  // too short for set-ups: the simulated network allocates what is sent
        const std::int64_t before = allocations;
        driver.driver().do_work();
        in_the_driver += allocations - before;
    }
    EXPECT_EQ(in_the_driver, 0);
}

}  // namespace
}  // namespace gale::testing
