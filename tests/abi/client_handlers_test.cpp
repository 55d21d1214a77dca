// Handlers that do what they should not, and closing while others are at it.
#include "abi/client_fixture_test.hpp"

#include <aeron/aeron_client_error.h>

#include <cerrno>
#include <stdexcept>

namespace gale::testing {
namespace {

TEST_F(CAbiClient, AHandlerMayNotCloseItsClientButAddHandlersAndResources) {
    struct Tried {
        aeron_t* client = nullptr;
        std::atomic<bool> may_try{false}, done{false};
        std::atomic<int> closed{0}, closing{1}, code{0}, added{-1}, started{-1};
        aeron_async_add_publication_t* async = nullptr;
        static void on_counter(void* clientd, aeron_counters_reader_t*, std::int64_t, std::int32_t) {
            auto& tried = *static_cast<Tried*>(clientd);
            if (!tried.may_try || tried.done) return;
            tried.closing = aeron_close(tried.client);
            tried.code = aeron_errcode();
            aeron_on_close_client_pair_t pair{count_one, &tried.closed};
            tried.added = aeron_add_close_handler(tried.client, &pair);
            tried.started = aeron_async_add_publication(&tried.async, tried.client, "aeron:ipc", 10);
            tried.done = true;
        }
    } tried;
    {
        CClient client{directory.path(), Conductor::own_thread, [&](aeron_context_t* context) {
                           aeron_context_set_on_available_counter(context, Tried::on_counter, &tried);
                       }};
        tried.client = client.client;
        tried.may_try = true;
        ASSERT_NE(client.counter(1000, "for news"), nullptr);
        client.wait([&] { return tried.done.load(); });
        EXPECT_EQ(tried.closing, -1);
        EXPECT_EQ(tried.code, EPERM);
        EXPECT_EQ(tried.added, 0);
        EXPECT_EQ(tried.started, 0);
        EXPECT_FALSE(aeron_is_closed(client.client));
        EXPECT_NE(client.made(tried.async, aeron_async_add_publication_poll), nullptr);
    }
    EXPECT_EQ(tried.closed, 1);
}

TEST_F(CAbiClient, WhatAHandlerOfAPollThrowsComesToWhoPolls) {
    CClient client{directory.path()};
    aeron_subscription_t* subscription = client.subscription("aeron:ipc");
    aeron_publication_t* publication = client.publication("aeron:ipc");
    client.wait_for_image(subscription);
    client.wait([&] { return aeron_publication_offer(publication, nullptr, 0, nullptr, nullptr) > 0; });
    ASSERT_GT(aeron_publication_offer(publication, nullptr, 0, nullptr, nullptr), 0);
    const auto throws = [](void*, const std::uint8_t*, std::size_t, aeron_header_t*) {
        throw std::runtime_error{"of the handler"};
    };
    EXPECT_THROW(static_cast<void>(aeron_subscription_poll(subscription, throws, nullptr, 10)), std::runtime_error);
    Inbox inbox;
    EXPECT_EQ(aeron_subscription_poll(subscription, Inbox::take, &inbox, 10), 1) << "the first was consumed";
    const std::uint8_t byte = 1;
    EXPECT_THROW(
        static_cast<void>(aeron_publication_offer(
            publication, &byte, 1,
            [](void*, std::uint8_t*, std::size_t) -> std::int64_t { throw std::runtime_error{"of the supplier"}; },
            nullptr)),
        std::runtime_error);
    ASSERT_GT(aeron_publication_offer(publication, &byte, 1, nullptr, nullptr), 0);
    client.wait([&] { return aeron_subscription_poll(subscription, Inbox::take, &inbox, 10) > 0; });
    EXPECT_EQ(inbox.messages.back(), "\x01");
}

TEST_F(CAbiClient, WhatAHandlerOnTheConductorThrowsIsTold) {
    CClient client{directory.path(), Conductor::own_thread, [](aeron_context_t* context) {
                       aeron_context_set_on_new_publication(
                           context,
                           [](void*, const char*, std::int32_t, std::int32_t, std::int64_t) {
                               throw std::runtime_error{"of the handler"};
                           },
                           nullptr);
                   }};
    ASSERT_NE(client.publication("aeron:ipc"), nullptr);
    std::atomic<int> completed{0};
    // Later than the handler, on the same thread.
    EXPECT_EQ(aeron_async_remove_counter(1, client.client, count_one, &completed), 0);
    client.wait([&] { return completed == 1; });
    EXPECT_EQ(aeron_async_remove_counter(1, client.client, count_one, &completed), 0);
    client.wait([&] { return completed == 2; });
    EXPECT_EQ(client.complaints.codes, std::vector{AERON_ERROR_CODE_GENERIC_ERROR});
}

// Whoever offers and polls meanwhile is told that it is closed, and touches nothing that is gone.
TEST_F(CAbiClient, ClosesUnderThreadsThatAreAtIt) {
    CClient client{directory.path()};
    const auto drop = [](void*, const std::uint8_t*, std::size_t, aeron_header_t* header) {
        EXPECT_NE(aeron_header_context(header), nullptr);
    };
    for (int round = 0; round < 20; ++round) {
        aeron_subscription_t* subscription = client.subscription("aeron:ipc");
        aeron_publication_t* publication = client.publication("aeron:ipc");
        client.wait_for_image(subscription);
        std::atomic<int> offered{0}, polled{0};
        std::thread offering{[&] {
            for (;;) {
                aeron_buffer_claim_t claim{};
                std::int64_t result = aeron_publication_offer(publication, nullptr, 0, nullptr, nullptr);
                if (result == AERON_PUBLICATION_CLOSED) return;
                result = aeron_publication_try_claim(publication, 100, &claim);
                if (result > 0) {
                    std::memset(claim.data, 1, claim.length);
                    EXPECT_EQ(aeron_buffer_claim_commit(&claim), 0);
                    ++offered;
                }
            }
        }};
        std::thread polling{[&] {
            int fragments = 0;
            while ((fragments = aeron_subscription_poll(subscription, drop, nullptr, 10)) >= 0) polled += fragments;
        }};
        client.wait([&] { return offered > 100 && polled > 100; });
        std::atomic<int> completed{0};
        EXPECT_EQ(aeron_publication_close(publication, count_one, &completed), 0);
        EXPECT_EQ(aeron_subscription_close(subscription, count_one, &completed), 0);
        offering.join();
        polling.join();
        client.wait([&] { return completed == 2; });
    }
}

TEST_F(CAbiClient, AddsAndClosesFromManyThreads) {
    CClient client{directory.path()};
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread)
        threads.emplace_back([&, stream = 100 + thread] {
            for (int round = 0; round < 10; ++round) {
                aeron_subscription_t* subscription = client.subscription("aeron:ipc", stream);
                aeron_exclusive_publication_t* publication = client.exclusive("aeron:ipc", stream);
                aeron_counter_t* counter = client.counter(1000, "of a thread");
                ASSERT_TRUE(subscription != nullptr && publication != nullptr && counter != nullptr);
                client.wait_for_image(subscription);
                aeron_image_t* image = aeron_subscription_image_at_index(subscription, 0);
                EXPECT_EQ(aeron_counter_close(counter, nullptr, nullptr), 0);
                EXPECT_EQ(aeron_exclusive_publication_close(publication, nullptr, nullptr), 0);
                EXPECT_EQ(aeron_subscription_close(subscription, nullptr, nullptr), 0);
                if (image != nullptr) {
                    EXPECT_EQ(aeron_image_release(image), 0);
                }
            }
        });
    for (auto& thread : threads) thread.join();
}

}  // namespace
}  // namespace gale::testing
