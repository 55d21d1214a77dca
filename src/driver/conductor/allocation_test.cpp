// On the data path, after start: no allocation. All allocations of this test program are counted here.
#include "driver/conductor/streams_test.hpp"

#include <cstdlib>
#include <new>

namespace {
std::size_t allocations = 0;  // this program's tests have one thread
}

// Not inlined: GCC would otherwise see free() of what it believes came from its own operator new.
[[gnu::noinline]] void* operator new(std::size_t size) {
    ++allocations;
    if (void* memory = std::malloc(size > 0 ? size : 1); memory != nullptr) return memory;
    throw std::bad_alloc{};
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

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
    std::size_t in_the_driver = 0;
    for (int i = 0; i < 2000; ++i) {
        static_cast<void>(publication.offer(text));
        image.set_position(publication.position());
        driver.clock().advance(10ms);
        const std::size_t before = allocations;
        driver.driver().do_work();
        in_the_driver += allocations - before;
        if (i == 300) in_the_driver = 0;  // what comes once is not the matter
        client.beat();
    }
    EXPECT_EQ(in_the_driver, 0U);
    EXPECT_GT(publication.position(), 65536);
}

TEST(DutyCycle, AllocatesNothingForPublicationsToTheNetwork) {
    TestDriver driver;
    Puppet client{driver};
    for (int i = 0; i < 10'000; ++i) static_cast<void>(client.next_id());  // a long name, once it is in a text
    static_cast<void>(publish(client, "aeron:udp?endpoint=10.0.0.2:4000"));
    driver.step(10);
    std::size_t in_the_driver = 0;
    for (int i = 0; i < 1000; ++i) {
        driver.clock().advance(1us);  // too short for set-ups: the simulated network allocates what is sent
        const std::size_t before = allocations;
        driver.driver().do_work();
        in_the_driver += allocations - before;
    }
    EXPECT_EQ(in_the_driver, 0U);
}

}  // namespace
}  // namespace gale::testing
