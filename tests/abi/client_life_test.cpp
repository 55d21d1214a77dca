// Contexts, clients, counters and what is asked of a driver from outside, through the C ABI.
#include "abi/client_fixture_test.hpp"

#include <aeron/aeron_client_error.h>
#include <aeron/aeron_counters.h>
#include <aeron/aeronmd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace gale::testing {
namespace {

TEST(CAbiConnecting, SaysWhyThereIsNoDriver) {
    TestDirectory directory;
    aeron_context_t* context = nullptr;
    ASSERT_EQ(aeron_context_init(&context), 0);
    ASSERT_EQ(aeron_context_set_dir(context, directory.path().c_str()), 0);
    ASSERT_EQ(aeron_context_set_driver_timeout_ms(context, 1), 0);
    aeron_t* client = nullptr;
    EXPECT_EQ(aeron_init(&client, context), -1);
    EXPECT_EQ(aeron_errcode(), -AERON_CLIENT_ERROR_DRIVER_TIMEOUT) << aeron_errmsg();
    EXPECT_EQ(client, nullptr);
    // A file that nobody makes ready.
    std::filesystem::create_directory(directory.path());
    {
        std::ofstream file{directory.path() + "/cnc.dat"};
        file << std::string(4096, '\0');
    }
    EXPECT_EQ(aeron_init(&client, context), -1);
    EXPECT_EQ(aeron_errcode(), -AERON_CLIENT_ERROR_CLIENT_TIMEOUT) << aeron_errmsg();
    aeron_cnc_t* cnc = nullptr;
    EXPECT_EQ(aeron_cnc_init(&cnc, directory.path().c_str(), 0), -1);
    EXPECT_EQ(aeron_errcode(), -AERON_CLIENT_ERROR_DRIVER_TIMEOUT);
    EXPECT_FALSE(aeron_is_driver_active(directory.path().c_str(), 1000, nullptr));
    EXPECT_EQ(aeron_context_request_driver_termination(directory.path().c_str(), nullptr, 0), -1);
    EXPECT_EQ(aeron_errcode(), EINVAL) << "it is not initialised";
    // One that is too short to be any.
    std::filesystem::resize_file(directory.path() + "/cnc.dat", 128);
    EXPECT_EQ(aeron_init(&client, context), -1);
    EXPECT_EQ(aeron_errcode(), -AERON_CLIENT_ERROR_DRIVER_TIMEOUT) << aeron_errmsg();
    EXPECT_EQ(aeron_context_request_driver_termination(directory.path().c_str(), nullptr, 0), 0);
    EXPECT_EQ(aeron_delete_directory(directory.path().c_str()), 0);
    EXPECT_FALSE(std::filesystem::exists(directory.path()));
    EXPECT_EQ(aeron_context_request_driver_termination(directory.path().c_str(), nullptr, 0), -1);
    EXPECT_EQ(aeron_errcode(), EINVAL);
    EXPECT_EQ(aeron_context_close(context), 0);
}

TEST_F(CAbiClient, TakesTheLeastTimeThereIsForNone) {
    CClient client{directory.path(), Conductor::own_thread, [](aeron_context_t* context) {
                       EXPECT_EQ(aeron_context_set_keepalive_interval_ns(context, 0), 0);
                       EXPECT_EQ(aeron_context_set_idle_sleep_duration_ns(context, 0), 0);
                   }};
    EXPECT_FALSE(aeron_is_closed(client.client));
}

// A millisecond may be too short for a driver that was put off; but it is no error of the program's.
TEST_F(CAbiClient, WaitsTheLeastTimeForADriver) {
    aeron_context_t* context = nullptr;
    aeron_t* client = nullptr;
    ASSERT_EQ(aeron_context_init(&context), 0);
    ASSERT_EQ(aeron_context_set_dir(context, (directory.path() + "-none").c_str()), 0);
    ASSERT_EQ(aeron_context_set_driver_timeout_ms(context, 0), 0);
    EXPECT_EQ(aeron_init(&client, context), -1);
    EXPECT_EQ(aeron_errcode(), -AERON_CLIENT_ERROR_DRIVER_TIMEOUT) << aeron_errmsg();
    EXPECT_EQ(aeron_context_close(context), 0);
}

TEST_F(CAbiClient, MayBeClosedWithoutHavingBeenStarted) {
    aeron_context_t* context = nullptr;
    aeron_t* client = nullptr;
    ASSERT_EQ(aeron_context_init(&context), 0);
    ASSERT_EQ(aeron_context_set_dir(context, directory.path().c_str()), 0);
    ASSERT_EQ(aeron_init(&client, context), 0) << aeron_errmsg();
    aeron_async_add_publication_t* async = nullptr;
    aeron_publication_t* publication = nullptr;
    EXPECT_EQ(aeron_async_add_publication(&async, client, "aeron:ipc", 10), 0);
    EXPECT_EQ(aeron_async_add_publication_poll(&publication, async), 0) << "nobody listens yet";
    std::atomic<int> completed{0};
    EXPECT_EQ(aeron_async_remove_publication(5, client, count_one, &completed), 0);
    EXPECT_EQ(aeron_close(client), 0);
    EXPECT_EQ(completed, 1) << "what was queued is completed";
    EXPECT_EQ(aeron_context_close(context), 0);
}

TEST_F(CAbiClient, RefusalsOfTheDriverComeWithTheirCode) {
    CClient client{directory.path()};
    EXPECT_EQ(client.publication("aeron:nonsense"), nullptr);
    EXPECT_EQ(aeron_errcode(), -AERON_ERROR_CODE_INVALID_CHANNEL) << aeron_errmsg();
    EXPECT_EQ(client.subscription("aeron:udp"), nullptr);
    EXPECT_LT(aeron_errcode(), 0);
    EXPECT_EQ(client.exclusive("nonsense"), nullptr);
    aeron_async_add_publication_t* async = nullptr;
    EXPECT_EQ(aeron_async_add_publication(&async, client.client, nullptr, 10), -1);
    EXPECT_EQ(aeron_errcode(), EINVAL);
    EXPECT_EQ(async, nullptr);
}

TEST_F(CAbiClient, PendingOperationsKnowTheirKindAndEndOnce) {
    CClient client{directory.path()};
    aeron_async_add_publication_t* async = nullptr;
    ASSERT_EQ(aeron_async_add_publication(&async, client.client, "aeron:ipc", 10), 0);
    const std::int64_t id = aeron_async_add_publication_get_registration_id(async);
    aeron_exclusive_publication_t* exclusive = nullptr;
    aeron_counter_t* counter = nullptr;
    EXPECT_EQ(aeron_async_add_exclusive_publication_poll(&exclusive, async), -1);
    EXPECT_EQ(aeron_errcode(), EINVAL);
    EXPECT_EQ(aeron_async_add_counter_poll(&counter, async), -1);
    EXPECT_EQ(aeron_async_add_publication_poll(nullptr, async), -1);
    EXPECT_EQ(aeron_async_add_subscription_cancel(client.client, async), -1);
    aeron_publication_t* publication = client.made(async, aeron_async_add_publication_poll);
    ASSERT_NE(publication, nullptr) << "what was refused for its arguments did not end it";
    EXPECT_EQ(aeron_async_add_publication_poll(&publication, async), -1);
    aeron_publication_constants_t constants{};
    ASSERT_EQ(aeron_publication_constants(publication, &constants), 0);
    EXPECT_EQ(constants.registration_id, id);

    ASSERT_EQ(aeron_async_add_publication(&async, client.client, "aeron:ipc", 11), 0);
    EXPECT_EQ(aeron_async_add_publication_cancel(client.client, async), 0);
    EXPECT_EQ(aeron_async_add_publication_cancel(client.client, async), -1);
    aeron_async_add_subscription_t* subscribing = nullptr;
    ASSERT_EQ(
        aeron_async_add_subscription(&subscribing, client.client, "aeron:ipc", 10, nullptr, nullptr, nullptr, nullptr),
        0);
    EXPECT_EQ(aeron_async_add_subscription_cancel(client.client, subscribing), 0);
    // Left for aeron_close().
    ASSERT_EQ(
        aeron_async_add_subscription(&subscribing, client.client, "aeron:ipc", 10, nullptr, nullptr, nullptr, nullptr),
        0);
}

TEST_F(CAbiClient, RemovesByIdWhatIsThereWhatComesAndWhatNeverWas) {
    CClient client{directory.path()};
    std::atomic<int> completed{0};
    aeron_publication_t* publication = client.publication("aeron:ipc");
    aeron_subscription_t* subscription = client.subscription("aeron:ipc");
    aeron_publication_constants_t of_publication{};
    aeron_subscription_constants_t of_subscription{};
    ASSERT_EQ(aeron_publication_constants(publication, &of_publication), 0);
    ASSERT_EQ(aeron_subscription_constants(subscription, &of_subscription), 0);
    EXPECT_EQ(aeron_async_remove_subscription(of_publication.registration_id, client.client, count_one, &completed), 0);
    client.wait([&] { return completed == 1; });
    EXPECT_FALSE(aeron_publication_is_closed(publication)) << "it is no subscription";
    EXPECT_EQ(aeron_async_remove_publication(of_publication.registration_id, client.client, count_one, &completed), 0);
    EXPECT_TRUE(aeron_publication_is_closed(publication));
    EXPECT_EQ(aeron_async_remove_subscription(of_subscription.registration_id, client.client, count_one, &completed),
              0);
    client.wait([&] { return completed == 3; });
    EXPECT_TRUE(aeron_subscription_is_closed(subscription));
    aeron_async_add_exclusive_publication_t* async = nullptr;
    ASSERT_EQ(aeron_async_add_exclusive_publication(&async, client.client, "aeron:ipc", 12), 0);
    EXPECT_EQ(aeron_async_remove_exclusive_publication(aeron_async_add_exclusive_publication_get_registration_id(async),
                                                       client.client, count_one, &completed),
              0);
    client.wait([&] { return completed == 4; });
    aeron_exclusive_publication_t* exclusive = nullptr;
    EXPECT_EQ(aeron_async_add_exclusive_publication_poll(&exclusive, async), -1);
    EXPECT_EQ(aeron_async_remove_counter(123456, client.client, count_one, &completed), 0);
    client.wait([&] { return completed == 5; });
}

struct CounterNews {
    std::atomic<int> came{0}, went{0};
    std::atomic<std::int32_t> last{-1};
    static void on_came(void* clientd, aeron_counters_reader_t* reader, std::int64_t, std::int32_t id) {
        auto& news = *static_cast<CounterNews*>(clientd);
        EXPECT_GE(aeron_counters_reader_max_counter_id(reader), id);
        news.last = id;
        ++news.came;
    }
    static void on_went(void* clientd, aeron_counters_reader_t*, std::int64_t, std::int32_t) {
        ++static_cast<CounterNews*>(clientd)->went;
    }
};

TEST_F(CAbiClient, CountsForEverybodyToSee) {
    CounterNews of_context;
    CClient client{directory.path(), Conductor::own_thread, [&](aeron_context_t* context) {
                       aeron_context_set_on_available_counter(context, CounterNews::on_came, &of_context);
                       aeron_context_set_on_unavailable_counter(context, CounterNews::on_went, &of_context);
                   }};
    CounterNews added;
    aeron_on_available_counter_pair_t came{CounterNews::on_came, &added};
    aeron_on_unavailable_counter_pair_t went{CounterNews::on_went, &added};
    EXPECT_EQ(aeron_add_available_counter_handler(client.client, &came), 0);
    EXPECT_EQ(aeron_add_unavailable_counter_handler(client.client, &went), 0);

    const std::array<std::uint8_t, 3> key{7, 8, 9};
    const std::string label = "seen by everybody";
    aeron_async_add_counter_t* async = nullptr;
    ASSERT_EQ(aeron_async_add_counter(&async, client.client, 1001, key.data(), key.size(), label.data(), label.size()),
              0);
    const std::int64_t id_asked_for = aeron_async_add_counter_get_registration_id(async);
    aeron_counter_t* counter = client.made(async, aeron_async_add_counter_poll);
    ASSERT_NE(counter, nullptr);
    aeron_counter_constants_t constants{};
    ASSERT_EQ(aeron_counter_constants(counter, &constants), 0);
    EXPECT_EQ(constants.registration_id, id_asked_for);
    EXPECT_EQ(constants.correlation_id, id_asked_for);
    client.wait([&] { return of_context.last == constants.counter_id && added.last == constants.counter_id; });

    aeron_counters_reader_t* reader = aeron_counters_reader(client.client);
    *aeron_counter_addr(counter) = 42;
    EXPECT_EQ(*aeron_counters_reader_addr(reader, constants.counter_id), 42);
    EXPECT_EQ(aeron_counters_reader_addr(reader, -1), nullptr);
    EXPECT_EQ(aeron_counters_reader_find_by_type_id_and_registration_id(reader, 1001, id_asked_for),
              constants.counter_id);
    EXPECT_EQ(aeron_counters_reader_find_by_type_id_and_registration_id(reader, 1001, -5), AERON_NULL_COUNTER_ID);
    std::int32_t number = 0;
    std::int64_t wide = 0;
    EXPECT_EQ(aeron_counters_reader_counter_state(reader, constants.counter_id, &number), 0);
    EXPECT_EQ(number, AERON_COUNTER_RECORD_ALLOCATED);
    EXPECT_EQ(aeron_counters_reader_counter_type_id(reader, constants.counter_id, &number), 0);
    EXPECT_EQ(number, 1001);
    EXPECT_EQ(aeron_counters_reader_counter_registration_id(reader, constants.counter_id, &wide), 0);
    EXPECT_EQ(wide, id_asked_for);
    EXPECT_EQ(aeron_counters_reader_counter_owner_id(reader, constants.counter_id, &wide), 0);
    EXPECT_EQ(wide, aeron_client_id(client.client));
    EXPECT_EQ(aeron_counters_reader_counter_reference_id(reader, constants.counter_id, &wide), 0);
    EXPECT_EQ(aeron_counters_reader_free_for_reuse_deadline_ms(reader, constants.counter_id, &wide), 0);
    EXPECT_EQ(wide, AERON_COUNTER_NOT_FREE_TO_REUSE);
    std::uint8_t* found_key = nullptr;
    EXPECT_EQ(aeron_counters_reader_metadata_key(reader, constants.counter_id, &found_key), 0);
    EXPECT_EQ(std::memcmp(found_key, key.data(), key.size()), 0);
    std::array<char, 400> text{};
    EXPECT_EQ(aeron_counters_reader_counter_label(reader, constants.counter_id, text.data(), text.size()),
              static_cast<int>(label.size()));
    EXPECT_EQ(text.data(), label);
    EXPECT_EQ(aeron_counters_reader_counter_label(reader, constants.counter_id, text.data(), 4), 4);
    EXPECT_EQ(aeron_counters_reader_counter_state(reader, aeron_counters_reader_max_counter_id(reader) + 1, &number),
              -1);
    aeron_counters_reader_buffers_t buffers{};
    EXPECT_EQ(aeron_counters_reader_get_buffers(reader, &buffers), 0);
    EXPECT_EQ(buffers.metadata_length, 4 * buffers.values_length);
    EXPECT_EQ(reinterpret_cast<std::int64_t*>(buffers.values +
                                              AERON_COUNTER_OFFSET(static_cast<std::size_t>(constants.counter_id))),
              aeron_counter_addr(counter));
    int seen = 0;
    aeron_counters_reader_foreach_counter(
        reader,
        [](std::int64_t value, std::int32_t, std::int32_t type, const std::uint8_t*, std::size_t key_length,
           const char*, std::size_t, void* clientd) {
            if (type == 1001 && value == 42 && key_length == AERON_COUNTER_MAX_KEY_LENGTH)
                ++*static_cast<int*>(clientd);
        },
        &seen);
    EXPECT_EQ(seen, 1);
    static std::string printed;
    printed.clear();
    aeron_print_counters(client.client, [](const char* line) { printed += line; });
    EXPECT_NE(printed.find(label), std::string::npos);

    EXPECT_EQ(aeron_remove_available_counter_handler(client.client, &came), 0);
    EXPECT_EQ(aeron_remove_available_counter_handler(client.client, &came), 0) << "that it is not there is no error";
    const int before = added.came;
    const int before_of_context = of_context.came;
    std::atomic<int> completed{0};
    EXPECT_EQ(aeron_counter_close(counter, count_one, &completed), 0);
    EXPECT_TRUE(aeron_counter_is_closed(counter));
    client.wait([&] { return completed == 1 && added.went > 0 && of_context.went > 0; });
    ASSERT_NE(client.counter(1001, "next"), nullptr);
    client.wait([&] { return of_context.came > before_of_context; });
    EXPECT_EQ(added.came, before);
}

TEST_F(CAbiClient, AStaticCounterOutlivesItsClientAndIsFoundAgain) {
    aeron_counter_constants_t first{};
    const auto add = [](CClient& client) {
        aeron_async_add_counter_t* async = nullptr;
        EXPECT_EQ(aeron_async_add_static_counter(&async, client.client, 1002, nullptr, 0, "static", 6, 777), 0);
        return client.made(async, aeron_async_add_counter_poll);
    };
    {
        CClient client{directory.path()};
        aeron_counter_t* counter = add(client);
        ASSERT_NE(counter, nullptr) << aeron_errmsg();
        ASSERT_EQ(aeron_counter_constants(counter, &first), 0);
        EXPECT_EQ(first.registration_id, 777);
        *aeron_counter_addr(counter) = 5;
    }
    CClient client{directory.path()};
    aeron_counter_t* counter = add(client);
    aeron_counter_constants_t again{};
    ASSERT_EQ(aeron_counter_constants(counter, &again), 0);
    EXPECT_EQ(again.counter_id, first.counter_id);
    EXPECT_NE(again.correlation_id, first.correlation_id);
    EXPECT_EQ(*aeron_counter_addr(counter), 5);
}

TEST_F(CAbiClient, GivesSessionIds) {
    CClient client{directory.path()};
    aeron_async_get_next_available_session_id_t* async = nullptr;
    ASSERT_EQ(aeron_async_next_session_id(&async, client.client, 10), 0);
    std::int32_t session = 0;
    int result = 0;
    client.wait([&] { return (result = aeron_async_next_session_id_poll(&session, async)) != 0; });
    ASSERT_EQ(result, 1);
    const std::string channel = "aeron:ipc?session-id=" + std::to_string(session);
    aeron_publication_t* publication = client.publication(channel.c_str());
    ASSERT_NE(publication, nullptr);
    EXPECT_EQ(aeron_publication_session_id(publication), session);
    EXPECT_EQ(aeron_publication_channel(publication), channel);
    EXPECT_GT(aeron_next_correlation_id(client.client), aeron_client_id(client.client));
    EXPECT_EQ(aeron_context(client.client), client.context);
}

TEST_F(CAbiClient, TellsWhatIsNewAndThatItEnds) {
    struct News {
        std::atomic<int> publications{0}, exclusive{0}, subscriptions{0}, closed{0}, also_closed{0};
    } news;
    {
        CClient client{directory.path(), Conductor::own_thread, [&](aeron_context_t* context) {
                           aeron_context_set_on_new_publication(
                               context,
                               [](void* clientd, const char* channel, std::int32_t stream, std::int32_t, std::int64_t) {
                                   EXPECT_STREQ(channel, "aeron:ipc");
                                   EXPECT_EQ(stream, 10);
                                   ++static_cast<News*>(clientd)->publications;
                               },
                               &news);
                           aeron_context_set_on_new_exclusive_publication(
                               context,
                               [](void* clientd, const char*, std::int32_t, std::int32_t, std::int64_t) {
                                   ++static_cast<News*>(clientd)->exclusive;
                               },
                               &news);
                           aeron_context_set_on_new_subscription(
                               context,
                               [](void* clientd, const char*, std::int32_t, std::int64_t) {
                                   ++static_cast<News*>(clientd)->subscriptions;
                               },
                               &news);
                           aeron_context_set_on_close_client(context, count_one, &news.closed);
                       }};
        aeron_on_close_client_pair_t pair{count_one, &news.also_closed}, removed = pair;
        EXPECT_EQ(aeron_add_close_handler(client.client, &pair), 0);
        EXPECT_EQ(aeron_add_close_handler(client.client, &removed), 0);
        EXPECT_EQ(aeron_remove_close_handler(client.client, &removed), 0);
        ASSERT_NE(client.publication("aeron:ipc"), nullptr);
        ASSERT_NE(client.exclusive("aeron:ipc"), nullptr);
        ASSERT_NE(client.subscription("aeron:ipc"), nullptr);
        client.wait([&] { return news.publications == 1 && news.exclusive == 1 && news.subscriptions == 1; });
        EXPECT_EQ(news.closed, 0);
    }
    EXPECT_EQ(news.closed, 1);
    EXPECT_EQ(news.also_closed, 1);
}

TEST_F(CAbiClient, OutlivesItsDriverClosed) {
    CClient client{directory.path()};
    aeron_publication_t* publication = client.publication("aeron:ipc");
    aeron_subscription_t* subscription = client.subscription("aeron:ipc");
    aeron_counter_t* counter = client.counter(1000, "left behind");
    driver.close();
    client.wait([&] {
        return aeron_is_closed(client.client) && aeron_publication_is_closed(publication) &&
               aeron_subscription_is_closed(subscription) && aeron_counter_is_closed(counter);
    });
    EXPECT_EQ(aeron_publication_offer(publication, nullptr, 0, nullptr, nullptr), AERON_PUBLICATION_CLOSED);
    aeron_async_add_publication_t* async = nullptr;
    EXPECT_EQ(aeron_async_add_publication(&async, client.client, "aeron:ipc", 10), -1);
    EXPECT_EQ(aeron_errcode(), EPERM) << aeron_errmsg();
    std::atomic<int> completed{0};
    EXPECT_EQ(aeron_publication_close(publication, count_one, &completed), 0);
    EXPECT_EQ(aeron_subscription_close(subscription, count_one, &completed), 0);
    EXPECT_EQ(aeron_counter_close(counter, count_one, &completed), 0);
    aeron_t* closing = client.client;
    client.client = nullptr;
    EXPECT_EQ(aeron_close(closing), 0);
    EXPECT_EQ(completed, 0) << "who closes what is closed is not told";
    EXPECT_EQ(client.complaints.codes, std::vector{AERON_CLIENT_ERROR_DRIVER_TIMEOUT});
}

TEST_F(CAbiClient, LooksAtADriverFromOutside) {
    static std::vector<std::string> told;
    told.clear();
    EXPECT_TRUE(
        aeron_is_driver_active(directory.path().c_str(), 10'000, [](const char* line) { told.emplace_back(line); }));
    EXPECT_FALSE(told.empty());
    aeron_cnc_t* cnc = nullptr;
    ASSERT_EQ(aeron_cnc_init(&cnc, directory.path().c_str(), 1000), 0) << aeron_errmsg();
    EXPECT_EQ(aeron_cnc_filename(cnc), directory.path() + "/cnc.dat");
    EXPECT_GT(aeron_cnc_to_driver_heartbeat(cnc), 0);
    aeron_cnc_constants_t constants{};
    ASSERT_EQ(aeron_cnc_constants(cnc, &constants), 0);
    EXPECT_EQ(constants.pid, os::process_id());
    EXPECT_EQ(aeron_semantic_version_minor(constants.cnc_version), 2);
    aeron_counters_reader_t* reader = aeron_cnc_counters_reader(cnc);
    std::int32_t type = -1;
    EXPECT_EQ(aeron_counters_reader_counter_type_id(reader, AERON_SYSTEM_COUNTER_ID_ERRORS, &type), 0);
    EXPECT_EQ(type, AERON_COUNTER_SYSTEM_COUNTER_TYPE_ID);
    {
        CClient client{directory.path()};
        EXPECT_EQ(client.subscription("aeron:udp?endpoint=nowhere.invalid:1"), nullptr);
    }
    struct Errors {
        std::vector<std::string> texts;
        static void take(std::int32_t count, std::int64_t first, std::int64_t last, const char* error,
                         std::size_t length, void* clientd) {
            EXPECT_GE(count, 1);
            EXPECT_LE(first, last);
            static_cast<Errors*>(clientd)->texts.emplace_back(error, length);
        }
    } errors;
    const std::size_t count = aeron_cnc_error_log_read(cnc, Errors::take, &errors, 0);
    EXPECT_EQ(count, errors.texts.size());
    EXPECT_FALSE(errors.texts.empty());
    EXPECT_EQ(aeron_cnc_loss_reporter_read(
                  cnc,
                  [](void*, std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::int32_t, std::int32_t,
                     const char*, std::int32_t, const char*, std::int32_t) {},
                  nullptr),
              0)
        << aeron_errmsg();
    const std::array<std::uint8_t, 4097> token{};
    EXPECT_EQ(aeron_context_request_driver_termination(directory.path().c_str(), token.data(), token.size()), -1);
    EXPECT_EQ(aeron_context_request_driver_termination(directory.path().c_str(), token.data(), 4), 1);
    aeron_cnc_close(cnc);
    EXPECT_EQ(aeron_cnc_filename(cnc), nullptr);
}

}  // namespace
}  // namespace gale::testing
