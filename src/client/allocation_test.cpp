#include "client/log_mapping.hpp"
#include "client/publication_state.hpp"
#include "client/testing.hpp"

#include <gale/fragment_assembler.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <iterator>
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
    const CountersReader counters = world.client.counters();
    std::int64_t bytes = 0;
    std::uint64_t sum = 0;  // only so that nothing is optimised away; it may wrap
    int blocks = 0;
    FragmentAssembler assembler{
        [&](std::span<const std::byte> message, const Header&) { bytes += static_cast<std::int64_t>(message.size()); }};
    ControlledFragmentAssembler careful{[&](std::span<const std::byte> message, const Header&) {
        bytes += static_cast<std::int64_t>(message.size());
        return Action::proceed;
    }};
    BufferClaim claim;
    const std::vector<std::byte> big(8000);
    const std::span<const std::byte> pieces[] = {as_bytes("a"), as_bytes("b")};
    const auto take_block = [&](std::span<const std::byte> block, SessionId, TermId) { sum += block.size(); };
    const auto supplier = [](std::span<const std::byte>) { return std::int64_t{1}; };
    // A frame as somebody else laid it out, for the place where the exclusive publication is.
    std::array<std::byte, 64> block{};
    const auto block_at = [&](Position to) -> std::span<const std::byte> {
        const auto place = exclusive.state()->log()->log().geometry().place(to);
        const wire::FrameHeader header{.frame_length = 64,
                                       .version = 0,
                                       .flags = wire::flags::whole,
                                       .type = wire::FrameType::data,
                                       .term_offset = place.offset,
                                       .session_id = exclusive.session_id().value,
                                       .stream_id = exclusive.stream_id().value,
                                       .term_id = place.term_id.value,
                                       .reserved_value = 0};
        std::memcpy(block.data(), &header, sizeof header);
        return block;
    };
    const auto work = [&] {
        for (int n = 0; n < 50; ++n) {
            static_cast<void>(publication.offer(big));
            static_cast<void>(exclusive.offer(big));
            static_cast<void>(publication.offer(pieces));
            static_cast<void>(exclusive.offer(pieces));
            static_cast<void>(publication.offer(big, supplier));
            static_cast<void>(exclusive.offer(big, supplier));
            static_cast<void>(publication.offer(pieces, supplier));
            static_cast<void>(exclusive.offer(pieces, supplier));
            if (const auto to = exclusive.position()) blocks += exclusive.offer_block(block_at(*to)) ? 1 : 0;
            if (publication.try_claim(20, claim)) claim.commit();
            if (exclusive.try_claim(20, claim)) claim.abort();
            static_cast<void>(exclusive.append_padding(10));
            for (int i = 0; i < 8; ++i) {
                subscription.poll(assembler, 10);
                subscription.controlled_poll(careful, 10);
                subscription.block_poll(take_block, 1000);
            }
            for (Image* each : {&image, &other}) {
                static_cast<void>(each->controlled_peek(each->position(), careful, Position{INT64_MAX}));
                each->poll(assembler, 2);
                each->controlled_poll(careful, 2);
                each->bounded_poll(assembler, Position{INT64_MAX}, 2);
                each->bounded_controlled_poll(careful, Position{INT64_MAX}, 2);
                each->block_poll(take_block, 1000);
                static_cast<void>(each->set_position(each->position()));
            }
            static_cast<void>(publication.position());
            static_cast<void>(publication.is_connected());
            world.driver.stream(image.correlation_id()).clean_to(image.position());
            world.driver.stream(other.correlation_id()).clean_to(other.position());
            counter.add(1);
            counters.for_each(
                [&](const CounterInfo& info) { sum += static_cast<std::uint64_t>(info.value) + info.label.size(); });
            sum += static_cast<std::uint64_t>(counters.look(counter.id())->value);
            sum += static_cast<std::uint64_t>(*counters.value(counter.id()));
            sum += static_cast<std::uint64_t>(counters.find(1000, counter.registration_id())->value);
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
    EXPECT_GT(blocks, 50);
    EXPECT_NE(sum, 0U);
    auto more = std::make_unique<int>(1);  // the counting counts
    EXPECT_EQ(allocations, before + 1);
}

}  // namespace
}  // namespace gale::client::testing
