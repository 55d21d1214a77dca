// A handle that was moved from is a closed one: asked anything, it answers, and does nothing.
#include "client/testing.hpp"

#include <gtest/gtest.h>

#include <utility>

// NOLINTBEGIN(bugprone-use-after-move): that is the question
namespace gale::client::testing {
namespace {

const auto proceed = [](std::span<const std::byte>, const Header&) { return Action::proceed; };
const auto ignore_block = [](std::span<const std::byte>, SessionId, TermId) {};

template <class Handle> void expect_closed_publication(Handle& moved) {
    const std::span<const std::byte> pieces[] = {as_bytes("in "), as_bytes("pieces")};
    const auto supplier = [](std::span<const std::byte>) { return std::int64_t{1}; };
    BufferClaim claim;
    EXPECT_EQ(moved.offer(as_bytes("x")), OfferError::closed);
    EXPECT_EQ(moved.offer(as_bytes("x"), supplier), OfferError::closed);
    EXPECT_EQ(moved.offer(pieces), OfferError::closed);
    EXPECT_EQ(moved.offer(pieces, supplier), OfferError::closed);
    EXPECT_EQ(moved.try_claim(1, claim), OfferError::closed);
    EXPECT_TRUE(moved.is_closed());
    EXPECT_FALSE(moved.is_connected());
    EXPECT_EQ(moved.channel_status(), ChannelStatus::closing);
    EXPECT_FALSE(moved.position() || moved.position_limit());
    EXPECT_EQ(moved.channel(), "");
    EXPECT_EQ(moved.stream_id(), StreamId{});
    EXPECT_EQ(moved.session_id(), SessionId{});
    EXPECT_TRUE(moved.local_addresses().empty());
    EXPECT_EQ(error_of([&] { moved.add_destination("aeron:udp?endpoint=localhost:1"); }).code(), ErrorCode::closed);
    EXPECT_EQ(error_of([&] { moved.remove_destination(CorrelationId{1}); }).code(), ErrorCode::closed);
    moved.close();
}

TEST(Moved, PublicationIsClosedAndTheOtherGoesOn) {
    World world;
    auto publication = world.publication();
    Publication other{std::move(publication)};
    expect_closed_publication(publication);
    EXPECT_TRUE(other.offer(as_bytes("still")));
    EXPECT_TRUE(world.driver.take().empty()) << "the registration was moved, not given back";
    publication = std::move(other);  // and back
    expect_closed_publication(other);
    EXPECT_TRUE(publication.offer(as_bytes("here")));
}

TEST(Moved, ExclusivePublicationIsClosedAndTheOtherGoesOn) {
    World world;
    auto publication = world.exclusive();
    ExclusivePublication other{std::move(publication)};
    expect_closed_publication(publication);
    EXPECT_EQ(publication.append_padding(10), OfferError::closed);
    EXPECT_EQ(publication.offer_block(as_bytes("frames")), OfferError::closed);
    publication.revoke();
    EXPECT_TRUE(other.offer(as_bytes("still")));
    EXPECT_TRUE(world.driver.take().empty());
}

TEST(Moved, APublicationGivesBackWhatItHadWhenAnotherIsMovedIn) {
    World world;
    auto first = world.publication();
    const auto id = first.constants().registration_id;
    first = world.publication("aeron:ipc", StreamId{11});
    const auto asked = world.driver.take();
    ASSERT_EQ(asked.size(), 1U);
    EXPECT_EQ(asked[0].as<control::RemovePublication>().registration_id, id);
    EXPECT_EQ(first.stream_id(), StreamId{11});
}

TEST(Moved, SubscriptionIsClosedAndTheOtherGoesOn) {
    World world;
    auto publication = world.publication();
    auto subscription = world.subscription();
    Subscription other{std::move(subscription)};
    ASSERT_TRUE(publication.offer(as_bytes("there")));
    EXPECT_EQ(subscription.poll(ignore, 10), 0);
    EXPECT_EQ(subscription.controlled_poll(proceed, 10), 0);
    EXPECT_EQ(subscription.block_poll(ignore_block, 1000), 0);
    EXPECT_TRUE(subscription.is_closed());
    EXPECT_FALSE(subscription.is_connected());
    EXPECT_EQ(subscription.image_count(), 0);
    EXPECT_TRUE(subscription.images().empty());
    EXPECT_FALSE(subscription.image_by_session(publication.session_id()));
    EXPECT_EQ(subscription.channel(), "");
    EXPECT_EQ(subscription.stream_id(), StreamId{});
    EXPECT_EQ(subscription.registration_id(), CorrelationId{});
    EXPECT_EQ(subscription.channel_status_id(), no_counter);
    EXPECT_EQ(subscription.channel_status(), ChannelStatus::closing);
    EXPECT_TRUE(subscription.local_addresses().empty());
    EXPECT_EQ(error_of([&] { subscription.add_destination("aeron:ipc"); }).code(), ErrorCode::closed);
    subscription.close();
    EXPECT_TRUE(world.driver.take().empty());
    EXPECT_EQ(other.poll(ignore, 10), 1);
}

TEST(Moved, ImageHasNothingToReadAndTheOtherGoesOn) {
    World world;
    auto publication = world.publication();
    auto subscription = world.subscription();
    ASSERT_TRUE(publication.offer(as_bytes("there")));
    Image image = subscription.images().at(0);
    Image other{std::move(image)};
    EXPECT_EQ(image.poll(ignore, 10), 0);
    EXPECT_EQ(image.controlled_poll(proceed, 10), 0);
    EXPECT_EQ(image.bounded_poll(ignore, Position{1000}, 10), 0);
    EXPECT_EQ(image.bounded_controlled_poll(proceed, Position{1000}, 10), 0);
    EXPECT_EQ(image.controlled_peek(Position{64}, proceed, Position{1000}), Position{64});
    EXPECT_EQ(image.block_poll(ignore_block, 1000), 0);
    EXPECT_FALSE(image.set_position(Position{0}));
    EXPECT_TRUE(image.is_closed());
    EXPECT_FALSE(image.is_end_of_stream() || image.is_publication_revoked() || image.end_of_stream_position());
    EXPECT_EQ(image.position(), Position{});
    EXPECT_EQ(image.join_position(), Position{});
    EXPECT_EQ(image.active_transport_count(), 0);
    EXPECT_EQ(image.session_id(), SessionId{});
    EXPECT_EQ(image.term_length() + image.mtu_length(), 0);
    EXPECT_EQ(image.position_counter_id(), no_counter);
    EXPECT_EQ(image.source_identity(), "");
    EXPECT_EQ(error_of([&] { image.reject("no"); }).code(), ErrorCode::closed);
    EXPECT_EQ(other.poll(ignore, 10), 1);
    image = other;  // and it may be given something again
    EXPECT_FALSE(image.is_closed());
}

TEST(Moved, CounterIsClosedAndTheOtherGoesOn) {
    World world;
    auto counter = world.settle(world.client.async_add_counter({.label = "c"}));
    Counter other{std::move(counter)};
    EXPECT_TRUE(counter.is_closed());
    counter.set(7);
    EXPECT_EQ(counter.add(1), 0);
    EXPECT_FALSE(counter.compare_and_set(0, 1));
    EXPECT_EQ(counter.value(), 0);
    EXPECT_EQ(counter.id(), no_counter);
    counter.close();
    other.add(5);
    EXPECT_EQ(other.value(), 5);
    EXPECT_TRUE(world.driver.take().empty());
}

}  // namespace
}  // namespace gale::client::testing
// NOLINTEND(bugprone-use-after-move)
