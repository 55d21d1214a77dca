#include "client/testing.hpp"

#include <gale/fragment_assembler.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

namespace {

thread_local std::int64_t allocations = 0;

void* counted(std::size_t size) {
    ++allocations;
    if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
    throw std::bad_alloc{};
}

}  // namespace

[[gnu::noinline]] void* operator new(std::size_t size) { return counted(size); }
[[gnu::noinline]] void* operator new[](std::size_t size) { return counted(size); }
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete[](void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

namespace gale::client::testing {
namespace {

TEST(Allocation, NothingHotAllocatesAfterSetUp) {
    World world;
    auto publication = world.publication();
    auto exclusive = world.exclusive();
    auto subscription = world.subscription();
    auto image = subscription.images().at(0);
    auto other = subscription.images().at(1);
    auto counter = world.settle(world.client.async_add_counter({.label = "c"}));
    std::int64_t bytes = 0;
    FragmentAssembler assembler{
        [&](std::span<const std::byte> message, const Header&) { bytes += static_cast<std::int64_t>(message.size()); }};
    ControlledFragmentAssembler careful{[&](std::span<const std::byte> message, const Header&) {
        bytes += static_cast<std::int64_t>(message.size());
        return Action::proceed;
    }};
    BufferClaim claim;
    const std::vector<std::byte> big(8000);
    const std::span<const std::byte> pieces[] = {as_bytes("a"), as_bytes("b")};
    const auto supplier = [](std::span<const std::byte>) { return std::int64_t{1}; };
    const auto work = [&] {
        for (int n = 0; n < 50; ++n) {
            static_cast<void>(publication.offer(big));
            static_cast<void>(exclusive.offer(big));
            static_cast<void>(publication.offer(pieces, supplier));
            static_cast<void>(exclusive.offer(pieces, supplier));
            if (publication.try_claim(20, claim)) claim.commit();
            if (exclusive.try_claim(20, claim)) claim.abort();
            static_cast<void>(exclusive.append_padding(10));
            for (int i = 0; i < 8; ++i) subscription.poll(assembler, 10);
            for (int i = 0; i < 8; ++i) subscription.controlled_poll(careful, 10);
            subscription.block_poll([](std::span<const std::byte>, SessionId, TermId) {}, 1000);
            image.bounded_poll(assembler, Position{INT64_MAX}, 10);
            static_cast<void>(image.controlled_peek(image.position(), careful, Position{INT64_MAX}));
            static_cast<void>(publication.position());
            static_cast<void>(publication.is_connected());
            world.driver.stream(image.correlation_id()).clean_to(image.position());
            world.driver.stream(other.correlation_id()).clean_to(other.position());
            counter.add(1);
            world.client.do_work();
            world.driver.clock.advance(100ms);
            world.driver.beat();
        }
    };
    work();
    const std::int64_t before = allocations;
    work();
    EXPECT_EQ(allocations, before);
    EXPECT_GT(bytes, 100'000);
    auto more = std::make_unique<int>(1);  // the counting counts
    EXPECT_EQ(allocations, before + 1);
}

}  // namespace
}  // namespace gale::client::testing
