#include "client/testing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace gale::client::testing {
namespace {

/// One of everything, and calls on all of it.
struct Everything {
    std::optional<World> world{std::in_place};
    std::optional<Publication> publication{world->publication()};
    std::optional<ExclusivePublication> exclusive{world->exclusive()};
    std::optional<Subscription> subscription{world->subscription()};
    std::optional<Counter> counter{world->settle(world->client.async_add_counter({.label = "c"}))};
    std::optional<CountersReader> reader{world->client.counters()};
    std::optional<Image> image{subscription->images().at(0)};
    std::optional<BufferClaim> claim{std::in_place};
    std::optional<Pending<Publication>> pending{world->client.async_add_publication("aeron:ipc", StreamId{99})};

    Everything() { EXPECT_TRUE(publication->try_claim(10, *claim)); }

    void use() {
        const auto handler = [](std::span<const std::byte>, const Header&) {};
        const auto controlled = [](std::span<const std::byte>, const Header&) { return Action::proceed; };
        const auto block = [](std::span<const std::byte>, SessionId, TermId) {};
        BufferClaim other;
        if (publication) {
            static_cast<void>(publication->offer(as_bytes("hello")));
            static_cast<void>(publication->try_claim(5, other));
            static_cast<void>(publication->is_connected());
            static_cast<void>(publication->position());
            static_cast<void>(publication->position_limit());
            static_cast<void>(publication->channel_status());
            static_cast<void>(publication->local_addresses());
            static_cast<void>(publication->channel());
        }
        if (exclusive) {
            static_cast<void>(exclusive->offer(as_bytes("hello")));
            static_cast<void>(exclusive->append_padding(5));
            static_cast<void>(exclusive->position());
        }
        if (subscription) {
            subscription->poll(handler, 10);
            subscription->controlled_poll(controlled, 10);
            subscription->block_poll(block, 10);
            static_cast<void>(subscription->images());
            static_cast<void>(subscription->is_connected());
            static_cast<void>(subscription->channel_status());
        }
        if (image) {
            image->poll(handler, 10);
            static_cast<void>(image->controlled_peek(image->position(), controlled, Position{1000}));
            static_cast<void>(image->is_end_of_stream());
            static_cast<void>(image->set_position(Position{0}));
        }
        if (counter) {
            counter->set(5);
            counter->add(1);
            static_cast<void>(counter->value());
        }
        if (reader) reader->for_each([](const CounterInfo&) {});
        if (claim && claim->is_open()) claim->payload()[0] = std::byte{1};
    }
};

TEST(Closing, HandlesMayGoInAnyOrderAndBeUsedAfterwards) {
    std::vector<int> order{0, 1, 2, 3, 4, 5, 6, 7, 8};
    std::uint64_t seed = 1;
    for (int round = 0; round < 200; ++round) {
        Everything all;
        all.use();
        for (std::size_t i = order.size(); i > 1; --i) {
            seed = seed * 6364136223846793005U + 1442695040888963407U;
            std::swap(order[i - 1], order[(seed >> 33U) % i]);
        }
        for (const int what : order) {
            switch (what) {
            case 0: all.world.reset(); break;
            case 1: all.publication.reset(); break;
            case 2: all.exclusive.reset(); break;
            case 3: all.subscription.reset(); break;
            case 4: all.counter.reset(); break;
            case 5: all.reader.reset(); break;
            case 6: all.image.reset(); break;
            case 7: all.claim.reset(); break;
            default: all.pending.reset(); break;
            }
            all.use();
        }
    }
}

TEST(Closing, WhatTheClientMadeSaysClosedWhenItIs) {
    Everything all;
    static_cast<void>(all.publication->offer(as_bytes("x")));
    all.counter->set(41);
    all.world->client.close();
    all.world->client.close();
    EXPECT_TRUE(all.world->client.is_closed());
    EXPECT_FALSE(all.world->client.close_reason().has_value());
    EXPECT_EQ(all.publication->offer(as_bytes("x")), OfferError::closed);
    EXPECT_EQ(all.publication->position(), std::nullopt);
    EXPECT_EQ(all.publication->position_limit(), std::nullopt);
    EXPECT_FALSE(all.publication->is_connected());
    EXPECT_EQ(all.publication->channel_status(), ChannelStatus::closing);
    EXPECT_EQ(all.exclusive->offer(as_bytes("x")), OfferError::closed);
    EXPECT_TRUE(all.subscription->is_closed());
    EXPECT_EQ(all.subscription->image_count(), 0);
    EXPECT_TRUE(all.image->is_closed());
    EXPECT_TRUE(all.counter->is_closed());
    EXPECT_EQ(all.counter->value(), 41);
    all.counter->set(1);
    EXPECT_EQ(all.counter->add(1), 41);
    EXPECT_FALSE(all.counter->compare_and_set(41, 1));
    EXPECT_EQ(error_of([&] { static_cast<void>(all.pending->poll()); }).code(), ErrorCode::closed);
    EXPECT_EQ(
        error_of([&] { static_cast<void>(all.world->client.async_add_publication("aeron:ipc", StreamId{1})); }).code(),
        ErrorCode::closed);
}

TEST(Closing, TheDriverIsToldOnce) {
    World world;
    auto publication = world.publication();
    auto exclusive = world.exclusive();
    auto subscription = world.subscription();
    auto counter = world.settle(world.client.async_add_counter({.label = "c"}));
    auto fixed = world.settle(world.client.async_add_static_counter({.label = "s"}, 9));
    publication.close();
    publication.close();
    exclusive.revoke();
    exclusive.close();
    subscription.close();
    counter.close();
    fixed.close();
    const auto commands = world.driver.take();
    ASSERT_EQ(commands.size(), 4U);
    EXPECT_FALSE(commands[0].as<control::RemovePublication>().revoke);
    EXPECT_TRUE(commands[1].as<control::RemovePublication>().revoke);
    EXPECT_EQ(commands[2].type, control::CommandType::remove_subscription);
    EXPECT_EQ(commands[3].type, control::CommandType::remove_counter);
    const auto client_id = world.client.client_id();
    world.client.close();
    const auto last = world.driver.take();
    ASSERT_EQ(last.size(), 1U);
    EXPECT_EQ(last[0].as<control::ClientClose>().request, (control::Request{client_id, CorrelationId{-1}}));
}

TEST(Closing, HandlersHearOfItOnce) {
    std::vector<std::string> heard;
    World world{[&](ClientOptions& options) { options.on_close = [&] { heard.push_back("option"); }; }};
    world.client.add_close_handler([&] { heard.push_back("added"); });
    const int removed = world.client.add_close_handler([&] { heard.push_back("removed"); });
    world.client.remove_close_handler(removed);
    auto publication = world.publication();
    auto subscription = world.subscription("aeron:ipc", StreamId{10}, {.on_unavailable_image = [&](const Image& image) {
                                               EXPECT_TRUE(image.is_closed());
                                               heard.push_back("image");
                                           }});
    world.driver.ring.consumer_heartbeat().store_release(-1);
    world.driver.clock.advance(600ms);
    world.client.do_work();
    world.client.close();
    EXPECT_EQ(heard, (std::vector<std::string>{"image", "option", "added"}));
}

TEST(Closing, AClosedSubscriptionsImagesAreAnnouncedGoneBeforeCloseReturns) {
    World world;
    int gone = 0;
    auto publication = world.publication();
    auto subscription =
        world.subscription("aeron:ipc", StreamId{10}, {.on_unavailable_image = [&](const Image&) { ++gone; }});
    auto image = subscription.images().at(0);
    subscription.close();
    EXPECT_EQ(gone, 1);
    EXPECT_TRUE(image.is_closed());
    world.driver.end_image(*world.driver.streams.begin()->second, subscription.registration_id());
    world.client.do_work();
    EXPECT_EQ(gone, 1);
}

TEST(Closing, ImageNewsOfAClosedSubscriptionAreNotDelivered) {
    World world;
    int came = 0;
    auto subscription =
        world.subscription("aeron:ipc", StreamId{10}, {.on_available_image = [&](const Image&) { ++came; }});
    auto publication = world.client.async_add_publication("aeron:ipc", StreamId{10});
    world.driver.respond();
    subscription.close();
    world.client.do_work();
    EXPECT_EQ(came, 0);
}

TEST(Closing, FromInsideAHandlerIsAllowed) {
    World world;
    std::optional<Subscription> subscription;
    auto publication = world.publication();
    bool called = false;
    subscription = world.settle(
        world.client.async_add_subscription("aeron:ipc", StreamId{10}, {.on_available_image = [&](const Image&) {
                                                called = true;
                                                world.client.close();
                                            }}));
    world.client.do_work();
    EXPECT_TRUE(called);
    EXPECT_TRUE(subscription->is_closed());
}

}  // namespace
}  // namespace gale::client::testing
