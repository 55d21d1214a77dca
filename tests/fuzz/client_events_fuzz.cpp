// A client believes no event: a driver of any make sends them, and anybody can write to the broadcast.
#include "client/testing.hpp"
#include "fuzz/fuzz.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace gale;
    fuzz::Input input{data, size};
    client::testing::World world;
    {
        auto publication = world.publication();
        auto subscription = world.subscription();
        for (int steps = 0; !input.empty() && steps < 64; ++steps) {
            const auto what = input.number<std::uint8_t>();
            const auto number = input.number<std::uint16_t>();
            const std::size_t length = input.number<std::uint8_t>();
            if (what % 4 == 0)
                fuzz::scribble(world.driver.cnc().to_clients(), number * std::size_t{2}, input.bytes(length));
            else
                world.driver.tell_bytes(0x0F00 + number % 16, input.bytes(length));
            world.step();
            (void)publication.offer(as_bytes("a message"));
            subscription.poll([](std::span<const std::byte>, const Header&) {}, 10);
        }
    }
    world.live(std::chrono::seconds{12});
    return 0;
}
