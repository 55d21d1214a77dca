// What libaeron.so exports beside the headers, for those who reach for it.
#include "abi/client_fixture_test.hpp"
#include "capi/client/beyond.hpp"

#include <array>
#include <cerrno>
#include <filesystem>

namespace gale::testing {
namespace {

TEST(CAbiBeyond, MapsFiles) {
    TestDirectory file;
    aeron_mapped_file_t mapped{nullptr, 8192};
    ASSERT_EQ(aeron_map_new_file(&mapped, file.path().c_str(), true), 0) << aeron_errmsg();
    std::memcpy(mapped.addr, "hello", 5);
    EXPECT_EQ(aeron_map_new_file(&mapped, file.path().c_str(), true), -1) << "it is there";
    EXPECT_EQ(aeron_file_length(file.path().c_str()), 8192);
    aeron_mapped_file_t again{}, read_only{};
    ASSERT_EQ(aeron_map_existing_file(&again, file.path().c_str()), 0);
    ASSERT_EQ(aeron_map_readonly_file(&read_only, file.path().c_str()), 0);
    EXPECT_EQ(read_only.length, 8192U);
    EXPECT_EQ(std::memcmp(again.addr, "hello", 5), 0);
    for (auto* each : {&mapped, &again, &read_only}) EXPECT_EQ(aeron_unmap(each), 0);
    EXPECT_EQ(aeron_unmap(nullptr), -1);
    EXPECT_EQ(aeron_file_length("/nonexistent/gale-abi-test"), -1);
    EXPECT_EQ(aeron_map_existing_file(&again, nullptr), -1);
    EXPECT_EQ(aeron_errcode(), EINVAL);
}

TEST(CAbiBeyond, ReadsAndWritesTexts) {
    std::uint64_t value = 0;
    EXPECT_EQ(aeron_parse_size64("64k", &value), 0);
    EXPECT_EQ(value, 65536U);
    EXPECT_EQ(aeron_parse_duration_ns("2us", &value), 0);
    EXPECT_EQ(value, 2000U);
    EXPECT_EQ(aeron_parse_duration_ns("soon", &value), -1);
    EXPECT_EQ(aeron_parse_size64(nullptr, &value), -1);
    EXPECT_TRUE(aeron_parse_bool("on", false));
    EXPECT_TRUE(aeron_parse_bool("perhaps", true));
    EXPECT_EQ(aeron_digit_count(0), 1);
    EXPECT_EQ(aeron_digit_count(4294967295U), 10);
    std::array<char, 40> text{};
    EXPECT_STREQ(aeron_format_number_to_locale(-1234567, text.data(), text.size()), "-1,234,567");
    EXPECT_STREQ(aeron_format_number_to_locale(123, text.data(), text.size()), "123");
    aeron_format_date(text.data(), text.size(), 1'700'000'000'123);
    EXPECT_NE(std::string{text.data()}.find(".123"), std::string::npos) << text.data();
    void* memory = nullptr;
    ASSERT_EQ(aeron_alloc(&memory, 8), 0);
    EXPECT_EQ(*static_cast<std::int64_t*>(memory), 0);
    EXPECT_EQ(aeron_reallocf(&memory, 100), 0);
    aeron_free(memory);
    EXPECT_EQ(aeron_alloc(nullptr, 8), -1);
}

TEST_F(CAbiClient, LogsAreWhereTheirLocationSays) {
    CClient client{directory.path()};
    aeron_publication_t* publication = client.publication("aeron:ipc");
    aeron_publication_constants_t constants{};
    ASSERT_EQ(aeron_publication_constants(publication, &constants), 0);
    std::array<char, 200> path{};
    EXPECT_GT(aeron_ipc_publication_location(path.data(), path.size(), directory.path().c_str(),
                                             constants.original_registration_id),
              0);
    EXPECT_TRUE(std::filesystem::exists(path.data())) << path.data();
    EXPECT_EQ(aeron_publication_image_location(path.data(), 5, "/x", 7),
              static_cast<int>(sizeof "/x/images/7.logbuffer") - 1);
    EXPECT_STREQ(path.data(), "/x/i");
    EXPECT_EQ(aeron_network_publication_location(path.data(), path.size(), nullptr, 7), -1);
}

TEST(CAbiBeyond, RunsAgentsAndLocks) {
    struct Agent {
        aeron_mutex_t mutex{};
        std::int64_t steps = 0;
        std::atomic<bool> began{false}, ended{false};
        std::int64_t seen() {
            EXPECT_EQ(aeron_mutex_lock(&mutex), 0);
            const std::int64_t now = steps;
            EXPECT_EQ(aeron_mutex_unlock(&mutex), 0);
            return now;
        }
    } agent;
    ASSERT_EQ(aeron_mutex_init(&agent.mutex), 0);
    aeron_agent_runner_t runner{};
    EXPECT_EQ(aeron_agent_start(&runner), -1);
    ASSERT_EQ(aeron_agent_init(
                  &runner, "of a test", &agent,
                  [](void* state, const char* role) {
                      EXPECT_STREQ(role, "of a test");
                      static_cast<Agent*>(state)->began = true;
                  },
                  &agent,
                  [](void* state) {
                      auto& of = *static_cast<Agent*>(state);
                      aeron_mutex_lock(&of.mutex);
                      ++of.steps;
                      aeron_mutex_unlock(&of.mutex);
                      return 0;
                  },
                  [](void* state) { static_cast<Agent*>(state)->ended = true; }, aeron_idle_strategy_yielding_idle,
                  nullptr),
              0);
    ASSERT_EQ(aeron_agent_start(&runner), 0);
    EXPECT_EQ(aeron_agent_close(&runner), -1) << "it runs";
    while (agent.seen() < 10) std::this_thread::yield();
    EXPECT_EQ(aeron_agent_stop(&runner), 0);
    const std::int64_t last = agent.steps;
    EXPECT_EQ(aeron_agent_stop(&runner), 0);
    EXPECT_EQ(aeron_agent_close(&runner), 0);
    EXPECT_EQ(agent.steps, last);
    EXPECT_TRUE(agent.began && agent.ended);
    EXPECT_EQ(aeron_mutex_destroy(&agent.mutex), 0);
    EXPECT_EQ(aeron_agent_close(nullptr), -1);
    EXPECT_EQ(aeron_mutex_lock(nullptr), EINVAL);
}

TEST_F(CAbiClient, ImagesArePeekedIntoAndMovedAsUntilAeron152) {
    CClient client{directory.path()};
    aeron_subscription_t* subscription = client.subscription("aeron:ipc");
    aeron_publication_t* publication = client.publication("aeron:ipc");
    client.wait_for_image(subscription);
    aeron_image_t* image = aeron_subscription_image_at_index(subscription, 0);
    client.wait([&] { return aeron_publication_offer(publication, nullptr, 0, nullptr, nullptr) == 32; });
    EXPECT_EQ(aeron_publication_offer(publication, nullptr, 0, nullptr, nullptr), 64);
    Inbox inbox;
    EXPECT_EQ(aeron_image_controlled_peek(image, 0, Inbox::decide, &inbox, 1000), 64);
    EXPECT_EQ(inbox.messages.size(), 2U);
    EXPECT_EQ(aeron_image_controlled_peek(image, 0, nullptr, nullptr, 1000), -1);
    EXPECT_EQ(aeron_image_position(image), 0);
    EXPECT_EQ(aeron_image_set_position(image, 16), -1);
    EXPECT_EQ(aeron_errcode(), EINVAL);
    EXPECT_EQ(aeron_image_set_position(image, 32), 0);
    EXPECT_EQ(aeron_image_poll(image, Inbox::take, &inbox, 10), 1);
    EXPECT_EQ(aeron_image_release(image), 0);
    EXPECT_EQ(aeron_image_set_position(nullptr, 0), -1);
}

}  // namespace
}  // namespace gale::testing
