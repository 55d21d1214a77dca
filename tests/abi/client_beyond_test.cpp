// What libaeron.so exports beside the public headers, for those who reach for it: what Aeron dropped, images, counters.
#include "abi/client_fixture_test.hpp"
#include "capi/beyond/dropped.hpp"

#include <aeron/aeron_agent.h>
#include <aeron/aeron_cnc_file_descriptor.h>
#include <aeron/aeron_image.h>
#include <aeron/concurrent/aeron_atomic.h>
#include <aeron/concurrent/aeron_counters_manager.h>
#include <aeron/concurrent/aeron_distinct_error_log.h>
#include <aeron/reports/aeron_loss_reporter.h>
#include <aeron/status/aeron_local_sockaddr.h>
#include <aeron/util/aeron_error.h>
#include <aeron/util/aeron_fileutil.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <filesystem>
#include <fstream>

namespace gale::testing {
namespace {

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
    aeron_mapped_raw_log_t log{};
    ASSERT_EQ(aeron_raw_log_map_existing(&log, path.data(), true), 0) << aeron_errmsg();
    EXPECT_EQ(log.term_length, constants.term_buffer_length);
    EXPECT_TRUE(aeron_raw_log_free(&log, nullptr));
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
    EXPECT_EQ(runner.state, AERON_AGENT_STATE_INITED);
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

TEST_F(CAbiClient, AnImageSaysHowManyHoldIt) {
    CClient client{directory.path()};
    aeron_subscription_t* subscription = client.subscription("aeron:ipc");
    client.publication("aeron:ipc");
    client.wait_for_image(subscription);
    aeron_image_t* image = aeron_subscription_image_at_index(subscription, 0);
    EXPECT_EQ(aeron_image_refcnt_acquire(image), 2) << "the subscription and this one";
    EXPECT_EQ(aeron_subscription_image_retain(subscription, image), 0);
    EXPECT_EQ(aeron_image_refcnt_acquire(image), 3);
    EXPECT_EQ(aeron_image_release(image), 0);
    EXPECT_EQ(aeron_image_release(image), 0);
    EXPECT_EQ(aeron_image_refcnt_acquire(image), 1);
    EXPECT_EQ(aeron_image_refcnt_acquire(nullptr), -1);
    EXPECT_EQ(aeron_errcode(), EINVAL);
}

TEST_F(CAbiClient, ChannelsSayWhatTheyAreBoundTo) {
    CClient client{directory.path()};
    aeron_subscription_t* subscription = client.subscription("aeron:udp?endpoint=127.0.0.1:0");
    client.wait([&] { return aeron_subscription_channel_status(subscription) == 1; });
    aeron_subscription_constants_t constants{};
    ASSERT_EQ(aeron_subscription_constants(subscription, &constants), 0);
    aeron_counters_reader_t* reader = aeron_counters_reader(client.client);
    std::array<char, 64> address{};
    aeron_iovec_t place{reinterpret_cast<std::uint8_t*>(address.data()), address.size()};
    EXPECT_EQ(aeron_local_sockaddr_find_addrs(reader, constants.channel_status_indicator_id, &place, 1), 1);
    EXPECT_TRUE(std::string_view{address.data()}.starts_with("127.0.0.1:")) << address.data();
    EXPECT_EQ(aeron_local_sockaddr_find_addrs(reader, -1, &place, 1), 0);
    EXPECT_EQ(aeron_local_sockaddr_find_addrs(reader, 1 << 30, &place, 1), 0);
    EXPECT_EQ(aeron_local_sockaddr_find_addrs(reader, constants.channel_status_indicator_id, nullptr, 1), -1);
    EXPECT_EQ(aeron_local_sockaddr_find_addrs(nullptr, 0, &place, 1), -1);
    EXPECT_EQ(aeron_errcode(), EINVAL);
}

TEST_F(CAbiClient, CountersAreWrittenByTheirOwner) {
    CClient client{directory.path()};
    std::int64_t* cell = aeron_counter_addr(client.counter(1000, "of a test"));
    ASSERT_NE(cell, nullptr);
    aeron_counter_set_release(cell, 41);
    EXPECT_EQ(aeron_counter_increment_release(cell), 41);
    std::int64_t seen = 0;
    AERON_GET_ACQUIRE(seen, *cell);
    EXPECT_EQ(seen, 42);
    AERON_SET_RELEASE(*cell, 7);
    EXPECT_EQ(*cell, 7);
    aeron_counter_set_release(nullptr, 1);
    EXPECT_EQ(aeron_counter_increment_release(nullptr), 0);
}

TEST_F(CAbiClient, TheControlFileIsMappedOnceItIsWhole) {
    aeron_mapped_file_t file{};
    aeron_cnc_metadata_t* metadata = nullptr;
    ASSERT_EQ(aeron_cnc_map_file_and_load_metadata(directory.path().c_str(), &file, &metadata), AERON_CNC_LOAD_SUCCESS)
        << aeron_errmsg();
    EXPECT_EQ(static_cast<void*>(metadata), file.addr);
    EXPECT_EQ(aeron_cnc_version_volatile(metadata), aeron_semantic_version_compose(0, 2, 0));
    EXPECT_GT(metadata->pid, 0);
    std::array<char, 200> path{};
    EXPECT_EQ(aeron_cnc_resolve_filename(directory.path().c_str(), path.data(), path.size()),
              static_cast<int>(directory.path().size() + 8));
    EXPECT_EQ(static_cast<std::int64_t>(file.length), aeron_file_length(path.data()));
    // Its log of errors is the last section: nothing happened yet.
    const std::size_t log_at = 128 + static_cast<std::size_t>(metadata->to_driver_buffer_length) +
                               static_cast<std::size_t>(metadata->to_clients_buffer_length) +
                               static_cast<std::size_t>(metadata->counter_metadata_buffer_length) +
                               static_cast<std::size_t>(metadata->counter_values_buffer_length);
    const auto read = [](std::int32_t, std::int64_t, std::int64_t, const char*, std::size_t, void*) {};
    const auto* log = static_cast<const std::uint8_t*>(file.addr) + log_at;
    EXPECT_EQ(aeron_error_log_read(log, static_cast<std::size_t>(metadata->error_log_buffer_length), read, nullptr, 0),
              0U);
    EXPECT_EQ(aeron_error_log_read(log + 1, 64, read, nullptr, 0), 0U);
    EXPECT_EQ(aeron_errcode(), EINVAL) << "not aligned";
    EXPECT_EQ(aeron_unmap(&file), 0);
    EXPECT_EQ(aeron_cnc_map_file_and_load_metadata(directory.path().c_str(), nullptr, &metadata),
              AERON_CNC_LOAD_FAILED);
}

TEST(CAbiBeyond, AControlFileThatIsNotWholeIsWaitedFor) {
    TestDirectory directory;
    std::filesystem::create_directory(directory.path());
    const std::string path = directory.path() + "/cnc.dat";
    aeron_mapped_file_t file{};
    aeron_cnc_metadata_t* metadata = nullptr;
    const auto load = [&] { return aeron_cnc_map_file_and_load_metadata(directory.path().c_str(), &file, &metadata); };
    EXPECT_EQ(load(), AERON_CNC_LOAD_AWAIT_FILE);
    std::vector<std::int32_t> words(1024);
    const auto write = [&] {
        std::ofstream{path, std::ios::binary | std::ios::trunc}.write(reinterpret_cast<const char*>(words.data()),
                                                                      4096);
    };
    write();
    EXPECT_EQ(load(), AERON_CNC_LOAD_AWAIT_VERSION);
    words[0] = aeron_semantic_version_compose(0, 2, 0);
    words[1] = 1 << 20;
    write();
    EXPECT_EQ(load(), AERON_CNC_LOAD_AWAIT_CNC_DATA);
    words[0] = aeron_semantic_version_compose(9, 0, 0);
    write();
    EXPECT_EQ(load(), AERON_CNC_LOAD_FAILED);
    EXPECT_NE(std::string_view{aeron_errmsg()}.find("version 9.0.0"), std::string_view::npos) << aeron_errmsg();
    EXPECT_EQ(file.addr, nullptr);
    EXPECT_EQ(metadata, nullptr);
    EXPECT_EQ(aeron_cnc_version_volatile(nullptr), 0);
}

TEST(CAbiBeyond, MacrosSetTheErrorOfTheirPlace) {
    AERON_SET_ERR(EAGAIN, "the first is %d", 1);
    AERON_APPEND_ERR("the second");
    EXPECT_EQ(aeron_errcode(), EAGAIN);
    const std::string text = aeron_errmsg();
    EXPECT_NE(text.find("the first is 1"), std::string::npos) << text;
    EXPECT_NE(text.find("the second"), std::string::npos) << text;
    EXPECT_NE(text.find("client_beyond_test.cpp"), std::string::npos) << text;
    aeron_err_clear();
    EXPECT_EQ(aeron_errcode(), 0);
}

TEST(CAbiBeyond, ALossReportIsWrittenAndRead) {
    alignas(64) std::array<std::uint8_t, 256> memory{};
    aeron_loss_reporter_t reporter{};
    ASSERT_EQ(aeron_loss_reporter_init(&reporter, memory.data(), memory.size()), 0);
    const auto add = [&](std::string_view channel, std::string_view source) {
        return aeron_loss_reporter_create_entry(&reporter, 100, 5000, 3, 4, channel.data(), channel.size(),
                                                source.data(), source.size());
    };
    EXPECT_EQ(add("aeron:udp?endpoint=a:1", "b:2"), 0);
    const auto second = add("", "");
    EXPECT_EQ(second, 128);
    aeron_loss_reporter_record_observation(&reporter, 0, 11, 6000);
    EXPECT_EQ(add("aeron:udp?endpoint=a:1", "b:2"), -1) << "one that is too long for what is left";
    EXPECT_EQ(aeron_errcode(), ENOMEM);
    EXPECT_EQ(aeron_loss_reporter_create_entry(&reporter, 1, 1, 1, 1, "a", SIZE_MAX, "", 0), -1);
    EXPECT_EQ(aeron_loss_reporter_create_entry(&reporter, 1, 1, 1, 1, nullptr, 5, "", 0), -1);
    for (const std::int64_t none : {std::int64_t{-64}, std::int64_t{8}, std::int64_t{192}, INT64_MAX}) {
        aeron_err_clear();
        aeron_loss_reporter_record_observation(&reporter, none, 1, 1);
        EXPECT_EQ(aeron_errcode(), EINVAL) << none;
    }
    std::vector<std::string> seen;
    const auto note = [](void* clientd, std::int64_t count, std::int64_t bytes, std::int64_t first, std::int64_t last,
                         std::int32_t session, std::int32_t stream, const char* channel, std::int32_t channel_length,
                         const char* source, std::int32_t source_length) {
        std::string text;
        for (const std::int64_t each : {count, bytes, first, last, std::int64_t{session}, std::int64_t{stream}})
            text += std::to_string(each) + " ";
        text.append(channel, static_cast<std::size_t>(channel_length)).append(" ");
        static_cast<std::vector<std::string>*>(clientd)->push_back(
            text.append(source, static_cast<std::size_t>(source_length)));
    };
    EXPECT_EQ(aeron_loss_reporter_read(memory.data(), memory.size(), note, &seen), 2U);
    EXPECT_EQ(seen,
              (std::vector<std::string>{"2 111 5000 6000 3 4 aeron:udp?endpoint=a:1 b:2", "1 100 5000 5000 3 4  "}));
    EXPECT_EQ(aeron_loss_reporter_init(&reporter, memory.data() + 1, 100), -1);
    EXPECT_EQ(aeron_loss_reporter_read(memory.data() + 1, 100, note, &seen), 0U);
    reporter.next_record_offset = 7;
    EXPECT_EQ(add("", ""), -1) << "it was never initialised so";
    std::array<char, 64> path{};
    EXPECT_EQ(aeron_loss_reporter_resolve_filename("/d", path.data(), path.size()), 18);
    EXPECT_STREQ(path.data(), "/d/loss-report.dat");
}

}  // namespace
}  // namespace gale::testing
