// The end of a client, from whatever place: threads in the middle of calls, handlers, close handlers that throw. The
// sanitizers look on.
#include "abi/client_fixture_test.hpp"

#include <gmock/gmock.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <optional>
#include <stdexcept>

namespace gale::testing {
namespace {

std::atomic<aeron_t*> closed_by_idle_strategy{nullptr};  // the next time that it is called
std::atomic<int> closing_in_idle_strategy{0};

}  // namespace
}  // namespace gale::testing

extern "C" {
// Found by its name, as a program's own idle strategy is.
struct GaleTestIdleStrategy {
    void (*idle)(void* state, int work_count);
    int (*init)(void** state, const char* env_var, const char* init_args);
};
extern GaleTestIdleStrategy gale_test_closes_when_idle;
GaleTestIdleStrategy gale_test_closes_when_idle{
    [](void*, int) {
        using namespace gale::testing;
        if (aeron_t* client = closed_by_idle_strategy.exchange(nullptr); client != nullptr)
            closing_in_idle_strategy = aeron_close(client) == -1 ? aeron_errcode() : 0;
        std::this_thread::yield();
    },
    nullptr};
}

namespace gale::testing {
namespace {

/// How many files of that directory this process has mapped, also such as were removed.
int mappings_of(const std::string& directory) {
    std::ifstream maps{"/proc/self/maps"};
    int count = 0;
    for (std::string line; std::getline(maps, line);)
        if (line.find(directory + "/") != std::string::npos && line.find(".logbuffer") != std::string::npos) ++count;
    return count;
}

void drop(void*, const std::uint8_t*, std::size_t, aeron_header_t*) {}

TEST_F(CAbiClient, EndsUnderThreadsThatAreInTheMiddleOfCalls) {
    for (int round = 0; round < 10; ++round) {
        CClient client{directory.path()};
        aeron_t* const handle = client.client;
        aeron_subscription_t* const subscription = client.subscription("aeron:ipc");
        aeron_publication_t* const publication = client.publication("aeron:ipc");
        client.wait_for_image(subscription);
        aeron_counters_reader_t* const reader = aeron_counters_reader(handle);
        std::atomic<int> at_it{0};
        const auto until_refused = [&](const auto& call) {
            return std::thread{[&at_it, call] {
                for (bool first = true; call(); first = false)
                    if (first) ++at_it;
            }};
        };
        std::array threads{
            until_refused([&] {
                aeron_async_add_publication_t* async = nullptr;
                if (aeron_async_add_publication(&async, handle, "aeron:ipc", 11) < 0) return false;
                aeron_publication_t* made = nullptr;
                int result = 0;
                while ((result = aeron_async_add_publication_poll(&made, async)) == 0) {
                }
                if (result < 0) return false;
                EXPECT_EQ(aeron_publication_close(made, nullptr, nullptr), 0);
                return true;
            }),
            until_refused([&] { return aeron_client_id(handle) > 0 && aeron_next_correlation_id(handle) > 0; }),
            until_refused([&] {
                aeron_counters_reader_buffers_t buffers{};
                aeron_counters_reader_foreach_counter(
                    reader,
                    [](std::int64_t, std::int32_t, std::int32_t, const std::uint8_t*, std::size_t, const char*,
                       std::size_t, void*) {},
                    nullptr);
                return aeron_counters_reader_get_buffers(reader, &buffers) == 0;
            }),
            until_refused([&] {
                return aeron_publication_offer(publication, nullptr, 0, nullptr, nullptr) != AERON_PUBLICATION_CLOSED;
            }),
            until_refused([&] { return aeron_subscription_poll(subscription, drop, nullptr, 10) >= 0; }),
        };
        client.wait([&] { return at_it == static_cast<int>(threads.size()); });
        client.close();
        for (std::thread& thread : threads) thread.join();
    }
}

TEST_F(CAbiClient, IsAskedForDestinationsOfWhatIsBeingClosed) {
    CClient client{directory.path()};
    std::atomic<aeron_publication_t*> current{client.publication("aeron:ipc")};
    std::atomic<bool> over{false};
    std::atomic<int> asked{0};
    std::thread asking{[&] {
        for (; !over; ++asked) {
            aeron_async_destination_t* async = nullptr;
            const int result = aeron_publication_async_add_destination(&async, client.client, current,
                                                                       "aeron:udp?endpoint=127.0.0.1:9");
            while (result == 0 && aeron_publication_async_destination_poll(async) == 0) {
            }
        }
    }};
    for (int round = 0; round < 100; ++round) {
        client.wait([&] { return asked > round; });
        aeron_publication_t* const before = current.exchange(client.publication("aeron:ipc"));
        EXPECT_EQ(aeron_publication_close(before, nullptr, nullptr), 0);
    }
    over = true;
    asking.join();
}

/// What a handler of fragments closes when its first one comes.
struct Closing {
    aeron_t** client = nullptr;
    aeron_subscription_t* subscription = nullptr;
    aeron_fragment_assembler_t* assembler = nullptr;
    int fragments = 0;
    std::size_t bytes = 0;

    static void handle(void* clientd, const std::uint8_t* buffer, std::size_t length, aeron_header_t* header) {
        auto& closing = *static_cast<Closing*>(clientd);
        if (closing.fragments++ == 0) {
            if (closing.client != nullptr) {
                EXPECT_EQ(aeron_close(std::exchange(*closing.client, nullptr)), 0) << aeron_errmsg();
            }
            if (closing.subscription != nullptr) {
                EXPECT_EQ(aeron_subscription_close(closing.subscription, nullptr, nullptr), 0);
            }
            if (closing.assembler != nullptr) {
                EXPECT_EQ(aeron_fragment_assembler_delete(closing.assembler), 0);
            }
        }
        for (std::size_t i = 0; i < length; ++i) closing.bytes += buffer[i] == 'm' ? 1 : 0;  // all of it is still there
        EXPECT_GT(aeron_header_position(header), 0);
    }
};

class CAbiClosingHandler : public CAbiClient {
protected:
    /// Three messages of three fragments each wait for the subscription.
    void fill() {
        client.emplace(directory.path(), Conductor::own_thread, [](aeron_context_t* context) {
            EXPECT_EQ(aeron_context_set_resource_linger_duration_ns(context, 0), 0);
        });
        subscription = client->subscription("aeron:ipc");
        aeron_publication_t* const publication = client->publication("aeron:ipc");
        client->wait([&] { return aeron_publication_is_connected(publication); });
        client->wait_for_image(subscription);
        const std::string message(4000, 'm');
        for (int i = 0; i < 3; ++i)
            client->wait([&] {
                return aeron_publication_offer(publication, bytes_of(message), message.size(), nullptr, nullptr) > 0;
            });
    }
    std::optional<CClient> client{};
    aeron_subscription_t* subscription = nullptr;
};

TEST_F(CAbiClosingHandler, MayEndItsClient) {
    fill();
    Closing closing{.client = &client->client};
    EXPECT_GT(aeron_subscription_poll(subscription, Closing::handle, &closing, 100), 0);
    EXPECT_GT(closing.bytes, 0U);
    EXPECT_EQ(aeron_subscription_poll(subscription, Closing::handle, &closing, 100), -1);
}

TEST_F(CAbiClosingHandler, MayCloseItsSubscription) {
    fill();
    Closing closing{.subscription = subscription};
    EXPECT_GT(aeron_subscription_poll(subscription, Closing::handle, &closing, 100), 0);
    EXPECT_GT(closing.bytes, 0U);
    EXPECT_EQ(aeron_subscription_poll(subscription, Closing::handle, &closing, 100), -1);
}

TEST_F(CAbiClosingHandler, MayDeleteTheAssemblerThatCallsIt) {
    fill();
    Closing closing{};
    ASSERT_EQ(aeron_fragment_assembler_create(&closing.assembler, Closing::handle, &closing), 0);
    EXPECT_GE(aeron_subscription_poll(subscription, aeron_fragment_assembler_handler, closing.assembler, 100), 3);
    EXPECT_EQ(closing.bytes % 4000, 0U);
    EXPECT_GT(closing.bytes, 0U);
    EXPECT_EQ(aeron_fragment_assembler_delete(closing.assembler), -1) << "it was deleted";
}

TEST_F(CAbiClient, IsNotClosedByTheIdleStrategyOfItsConductor) {
    CClient client{directory.path(), Conductor::own_thread, [](aeron_context_t* context) {
                       EXPECT_EQ(aeron_context_set_idle_strategy(context, "gale_test_closes_when_idle"), 0)
                           << aeron_errmsg();
                   }};
    closing_in_idle_strategy = 0;
    closed_by_idle_strategy = client.client;
    client.wait([] { return closing_in_idle_strategy != 0; });
    EXPECT_EQ(closing_in_idle_strategy, EPERM) << "it would wait for itself";
    EXPECT_FALSE(aeron_is_closed(client.client));
}

TEST_F(CAbiClient, LetsGoOfTheLogsOfWhatWasClosedByItself) {
    CClient client{directory.path(), Conductor::own_thread, [](aeron_context_t* context) {
                       EXPECT_EQ(aeron_context_set_resource_linger_duration_ns(context, 0), 0);
                   }};
    for (int i = 0; i < 3; ++i) {
        aeron_exclusive_publication_t* const publication = client.exclusive("aeron:ipc");
        ASSERT_NE(publication, nullptr);
        EXPECT_GT(mappings_of(directory.path()), 0);
        EXPECT_EQ(aeron_exclusive_publication_close(publication, nullptr, nullptr), 0);
    }
    // Nothing of the library is called meanwhile. The driver of this process lets go when a stream has lingered.
    while (mappings_of(directory.path()) > 0) std::this_thread::yield();
}

TEST_F(CAbiClient, LetsGoOfItsLogsHoweverLongSingleOnesLinger) {
    CClient client{directory.path(), Conductor::own_thread, [](aeron_context_t* context) {
                       EXPECT_EQ(aeron_context_set_resource_linger_duration_ns(context, 3'600'000'000'000), 0);
                   }};
    aeron_exclusive_publication_t* const one = client.exclusive("aeron:ipc");
    ASSERT_NE(one, nullptr);
    const int of_one = mappings_of(directory.path());
    ASSERT_NE(client.exclusive("aeron:ipc", 11), nullptr);
    EXPECT_GT(mappings_of(directory.path()), of_one);
    EXPECT_EQ(aeron_exclusive_publication_close(one, nullptr, nullptr), 0);
    client.close();
    while (mappings_of(directory.path()) > of_one) std::this_thread::yield();
}

/// Who hears of the end of a client.
struct Ends {
    aeron_t* client = nullptr;
    std::int64_t id_in_handler = 0;
    int closing_again = 0;
    std::atomic<int> told{0};

    static void look(void* clientd) {
        auto& ends = *static_cast<Ends*>(clientd);
        ends.id_in_handler = aeron_client_id(ends.client);
        ends.closing_again = aeron_close(ends.client);
        ++ends.told;
    }
    static void fail(void* clientd) {
        ++static_cast<Ends*>(clientd)->told;
        throw std::runtime_error{"a close handler fails"};
    }
    static void went(void* clientd, aeron_subscription_t*, aeron_image_t*) { ++static_cast<Ends*>(clientd)->told; }
};

TEST_F(CAbiClient, CallsEachCloseHandlerWhileItsHandleIsGood) {
    CClient client{directory.path()};
    Ends looking{.client = client.client};
    Ends failing{};
    std::atomic<int> last{0};
    aeron_on_close_client_pair_t pairs[]{{Ends::look, &looking}, {Ends::fail, &failing}, {count_one, &last}};
    for (aeron_on_close_client_pair_t& pair : pairs) ASSERT_EQ(aeron_add_close_handler(client.client, &pair), 0);
    const std::int64_t id = aeron_client_id(client.client);
    EXPECT_EQ(aeron_close(std::exchange(client.client, nullptr)), -1);
    EXPECT_THAT(aeron_errmsg(), ::testing::HasSubstr("a close handler fails"));
    EXPECT_EQ(failing.told, 1);
    EXPECT_EQ(last, 1) << "who comes behind one that fails is called, too";
    EXPECT_EQ(looking.told, 1);
    EXPECT_EQ(looking.id_in_handler, id);
    EXPECT_EQ(looking.closing_again, -1) << "it is being closed";
    EXPECT_EQ(aeron_client_id(looking.client), -1) << "and now it is closed";
}

TEST_F(CAbiClient, TellsNobodyThatImagesWentWithIt) {
    Ends ends{};
    {
        CClient client{directory.path()};
        aeron_subscription_t* const subscription = client.subscription("aeron:ipc", 10, nullptr, Ends::went, &ends);
        static_cast<void>(client.publication("aeron:ipc"));
        client.wait_for_image(subscription);
    }
    EXPECT_EQ(ends.told, 0) << "only close handlers are";
    CClient client{directory.path()};
    aeron_subscription_t* const subscription = client.subscription("aeron:ipc", 10, nullptr, Ends::went, &ends);
    static_cast<void>(client.publication("aeron:ipc"));
    client.wait_for_image(subscription);
    EXPECT_EQ(aeron_subscription_close(subscription, count_one, &ends.told), 0);
    client.wait([&] { return ends.told == 2; });  // the image's handler, and that the subscription is closed
}

TEST_F(CAbiClient, KeepsNoReferenceWhenAHandlerOfImagesThrows) {
    CClient client{directory.path()};
    aeron_subscription_t* const subscription = client.subscription("aeron:ipc");
    static_cast<void>(client.publication("aeron:ipc"));
    client.wait_for_image(subscription);
    aeron_image_t* seen = nullptr;
    EXPECT_THROW(aeron_subscription_for_each_image(
                     subscription,
                     [](aeron_image_t* image, void* place) {
                         *static_cast<aeron_image_t**>(place) = image;
                         throw std::runtime_error{"no image is good enough"};
                     },
                     &seen),
                 std::runtime_error);
    ASSERT_NE(seen, nullptr);
    EXPECT_EQ(aeron_image_release(seen), -1) << "the program holds none";
}

TEST_F(CAbiClient, RemovesWhatItsConductorMadeAndNobodyHasPolledFor) {
    CClient client{directory.path()};
    std::atomic<int> available{0};
    static_cast<void>(client.publication("aeron:ipc"));
    aeron_async_add_subscription_t* async = nullptr;
    ASSERT_EQ(aeron_async_add_subscription(
                  &async, client.client, "aeron:ipc", 10,
                  [](void* clientd, aeron_subscription_t*, aeron_image_t*) { count_one(clientd); }, &available, nullptr,
                  nullptr),
              0);
    client.wait([&] { return available == 1; });
    std::atomic<int> removed{0};
    const std::int64_t id = aeron_async_add_subscription_get_registration_id(async);
    ASSERT_EQ(aeron_async_remove_subscription(id, client.client, count_one, &removed), 0);
    client.wait([&] { return removed == 1; });
    aeron_subscription_t* subscription = nullptr;
    EXPECT_EQ(aeron_async_add_subscription_poll(&subscription, async), -1);
    EXPECT_EQ(subscription, nullptr);
}

}  // namespace
}  // namespace gale::testing
