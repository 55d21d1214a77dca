#include "base/counting_allocations.hpp"
#include "client/log_mapping.hpp"
#include "client/publication_state.hpp"
#include "client/testing.hpp"

#include <gale/fragment_assembler.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <new>

namespace gale::client::testing {
namespace {

using gale::testing::allocations_of;
using gale::testing::counts_allocations;

TEST(CountingAllocations, Works) {
    if (!counts_allocations) GTEST_SKIP() << "a sanitizer has replaced operator new already";
    // Calls, not new expressions: a compiler may leave those out.
    EXPECT_EQ(allocations_of([] { ::operator delete(::operator new(4)); }), 1);
    constexpr std::align_val_t line{64};
    EXPECT_EQ(allocations_of([] { ::operator delete(::operator new(64, line), line); }), 1);
}

/// Each call by itself, a few hundred times and so through many terms, each time with a message there to be read.
class HotCalls : public ::testing::Test {
protected:
    /// `call` gives more than 0 when it did what it is for.
    template <class Call> void expect_quiet(const char* what, Call call) {
        for (int round = 0; round < 200; ++round) {
            while (!shared.offer(big)) image.poll(ignore, 1);  // over the padding at the end of the term
            std::int64_t result = 0;
            ASSERT_EQ(allocations_of([&] { result = static_cast<std::int64_t>(call()); }), 0) << what << ' ' << round;
            ASSERT_GT(result, 0) << what << ' ' << round;
            while (image.poll(ignore, 100) > 0) {
            }
            world.driver.stream(shared.constants().registration_id).clean_to(image.position());
            world.driver.stream(exclusive.constants().registration_id).clean_to(*exclusive.position());
        }
    }
    /// The same for what makes its buffers once, for the first message.
    template <class Call> void expect_quiet_after_the_first(const char* what, Call call) {
        while (!shared.offer(big)) image.poll(ignore, 1);
        call();
        expect_quiet(what, call);
    }
    /// What an offer gives; again when it was the one that turned the log over.
    template <class Offer> static std::int64_t twice(Offer offer) {
        OfferResult result = offer();
        if (result == OfferError::admin_action) result = offer();
        return result.raw();
    }
    void limit(const PublicationConstants& of, std::int64_t to) {
        world.driver.counters.value(of.limit_counter_id).store_release(to);
    }

    World world;
    Publication shared = world.publication();
    ExclusivePublication exclusive = world.exclusive("aeron:ipc", StreamId{11});  // nobody has to read it
    Subscription subscription = world.subscription();
    Image image = subscription.images().at(0);
    const std::vector<std::byte> big = std::vector<std::byte>(8000);  // six fragments
    const std::array<std::span<const std::byte>, 2> pieces{as_bytes("a"), as_bytes("b")};
    const Position far{INT64_MAX};
};

constexpr auto quiet_supplier = [](std::span<const std::byte>) { return std::int64_t{1}; };
constexpr auto proceed_always = [](std::span<const std::byte>, const Header&) { return Action::proceed; };
constexpr auto ignore_block = [](std::span<const std::byte>, SessionId, TermId) {};

TEST_F(HotCalls, OfImages) {
    expect_quiet("poll", [&] { return image.poll(ignore, 10); });
    expect_quiet("controlled_poll", [&] { return image.controlled_poll(proceed_always, 10); });
    expect_quiet("bounded_poll", [&] { return image.bounded_poll(ignore, far, 10); });
    expect_quiet("bounded_controlled_poll", [&] { return image.bounded_controlled_poll(proceed_always, far, 10); });
    expect_quiet("controlled_peek", [&] {
        const Position from = image.position();
        return image.controlled_peek(from, proceed_always, far).value - from.value;
    });
    expect_quiet("block_poll", [&] { return image.block_poll(ignore_block, 10'000); });
    expect_quiet("set_position", [&] { return image.set_position(*shared.position()); });
}

TEST_F(HotCalls, OfSubscriptions) {
    expect_quiet("poll", [&] { return subscription.poll(ignore, 10); });
    expect_quiet("controlled_poll", [&] { return subscription.controlled_poll(proceed_always, 10); });
    expect_quiet("block_poll", [&] { return subscription.block_poll(ignore_block, 10'000); });
    expect_quiet("is_connected", [&] { return subscription.is_connected(); });
}

TEST_F(HotCalls, OfAssemblers) {
    int messages = 0;
    const auto count = [&](std::span<const std::byte>, const Header&) { ++messages; };
    const auto count_on = [&](std::span<const std::byte>, const Header&) {
        ++messages;
        return Action::proceed;
    };
    const auto messages_of = [&](auto poll) {
        messages = 0;
        poll();
        return messages;
    };
    FragmentAssembler any{count};
    ImageFragmentAssembler one{count};
    ControlledFragmentAssembler any_controlled{count_on};
    ImageControlledFragmentAssembler one_controlled{count_on};
    expect_quiet_after_the_first("FragmentAssembler", [&] { return messages_of([&] { subscription.poll(any, 10); }); });
    expect_quiet_after_the_first("ImageFragmentAssembler", [&] { return messages_of([&] { image.poll(one, 10); }); });
    expect_quiet_after_the_first("ControlledFragmentAssembler", [&] {
        return messages_of([&] { subscription.controlled_poll(any_controlled, 10); });
    });
    expect_quiet_after_the_first("ImageControlledFragmentAssembler",
                                 [&] { return messages_of([&] { image.controlled_poll(one_controlled, 10); }); });
}

TEST_F(HotCalls, OfBothPublications) {
    const auto of = [&](auto& publication) {
        expect_quiet("offer", [&] { return twice([&] { return publication.offer(big); }); });
        expect_quiet("offer with values",
                     [&] { return twice([&] { return publication.offer(big, quiet_supplier); }); });
        expect_quiet("offer of pieces", [&] { return twice([&] { return publication.offer(pieces); }); });
        expect_quiet("offer of pieces with values",
                     [&] { return twice([&] { return publication.offer(pieces, quiet_supplier); }); });
        BufferClaim claim;
        expect_quiet("commit", [&] {
            const std::int64_t result = twice([&] { return publication.try_claim(20, claim); });
            claim.commit();
            return result;
        });
        expect_quiet("abort", [&] {
            const std::int64_t result = twice([&] { return publication.try_claim(20, claim); });
            claim.abort();
            return result;
        });
        expect_quiet("back pressure", [&] {
            limit(publication.constants(), 0);
            const bool all = publication.offer(big) == OfferError::back_pressured &&
                             publication.offer(big, quiet_supplier) == OfferError::back_pressured &&
                             publication.offer(pieces) == OfferError::back_pressured &&
                             publication.try_claim(20, claim) == OfferError::back_pressured;
            limit(publication.constants(), INT64_MAX);
            return all;
        });
        expect_quiet("a message too long", [&] { return publication.try_claim(8000, claim) == OfferError::error; });
        expect_quiet("state", [&] {
            return publication.is_connected() && publication.position() && publication.position_limit();
        });
    };
    of(shared);
    of(exclusive);
}

TEST_F(HotCalls, OfExclusivePublications) {
    expect_quiet("append_padding", [&] { return twice([&] { return exclusive.append_padding(10); }); });
    std::array<std::byte, 64> block{};
    int blocks = 0;
    expect_quiet("offer_block", [&] {
        // A frame as somebody else laid it out, for the place where the publication is.
        const auto place = exclusive.state()->log()->log().geometry().place(*exclusive.position());
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
        const OfferResult result = exclusive.offer_block(block);
        blocks += result ? 1 : 0;
        return result || result == OfferError::admin_action;
    });
    EXPECT_GT(blocks, 190);
}

TEST_F(HotCalls, OfCountersAndTheClient) {
    auto counter = world.settle(world.client.async_add_counter({.label = "c"}));
    const CountersReader counters = world.client.counters();
    std::int64_t next = 1;
    expect_quiet("set", [&] {
        counter.set(next);
        return counter.value() == next++;
    });
    expect_quiet("add", [&] { return counter.add(1); });
    expect_quiet("compare_and_set", [&] {
        const std::int64_t now = counter.value();
        return counter.compare_and_set(now, now + 1) && !counter.compare_and_set(now, now + 1);
    });
    expect_quiet("for_each", [&] {
        int seen = 0;
        counters.for_each([&](const CounterInfo&) { ++seen; });
        return seen;
    });
    expect_quiet("look", [&] { return counters.look(counter.id())->value; });
    expect_quiet("value", [&] { return *counters.value(counter.id()); });
    expect_quiet("find", [&] { return counters.find(1000, counter.registration_id())->value; });
    expect_quiet("do_work", [&] {
        world.driver.clock.advance(100ms);
        world.driver.beat();
        world.client.do_work();
        return !world.client.is_closed();
    });
}

}  // namespace
}  // namespace gale::client::testing
