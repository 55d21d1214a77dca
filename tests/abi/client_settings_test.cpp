// What needs no client: contexts, properties, the error state, versions, printing.
#include "abi/client_fixture_test.hpp"

#include <aeron/aeron_client_error.h>

#include <array>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace gale::testing {
namespace {

TEST(CAbiContext, BeginsWithWhatTheFactsSayAndKeepsWhatItIsGiven) {
    for (const char* name : {"AERON_DIR", "AERON_DRIVER_TIMEOUT", "AERON_CLIENT_NAME"}) ::unsetenv(name);
    aeron_context_t* context = nullptr;
    ASSERT_EQ(aeron_context_init(&context), 0);
    std::array<char, 200> path{};
    EXPECT_GT(aeron_default_path(path.data(), path.size()), 0);
    EXPECT_STREQ(aeron_context_get_dir(context), path.data());
    EXPECT_EQ(aeron_context_get_driver_timeout_ms(context), 10'000U);
    EXPECT_EQ(aeron_context_get_keepalive_interval_ns(context), 500'000'000U);
    EXPECT_EQ(aeron_context_get_resource_linger_duration_ns(context), 3'000'000'000U);
    EXPECT_EQ(aeron_context_get_idle_sleep_duration_ns(context), 16'000'000U);
    EXPECT_STREQ(aeron_context_get_idle_strategy(context), "sleep-ns");
    EXPECT_STREQ(aeron_context_get_idle_strategy_init_args(context), "16000000");
    EXPECT_FALSE(aeron_context_get_pre_touch_mapped_memory(context));
    EXPECT_STREQ(aeron_context_get_client_name(context), "");
    EXPECT_NE(aeron_context_get_error_handler(context), nullptr);
    EXPECT_NE(aeron_context_get_publication_error_frame_handler(context), nullptr);
    EXPECT_EQ(aeron_context_get_on_new_publication(context), nullptr);
    EXPECT_EQ(aeron_context_get_driver_timeout_ms(nullptr), 10'000U);
    EXPECT_EQ(aeron_context_get_dir(nullptr), nullptr);

    EXPECT_EQ(aeron_context_set_dir(context, std::string(5000, 'x').c_str()), 0);
    EXPECT_EQ(std::string{aeron_context_get_dir(context)}.size(), 4095U);
    EXPECT_EQ(aeron_context_set_client_name(context, "me"), 0);
    EXPECT_EQ(aeron_context_set_client_name(context, std::string(101, 'x').c_str()), -1);
    EXPECT_EQ(aeron_errcode(), EINVAL);
    EXPECT_EQ(errno, EINVAL);
    EXPECT_STREQ(aeron_context_get_client_name(context), "me");
    EXPECT_EQ(aeron_context_set_client_name(context, nullptr), -1);
    EXPECT_EQ(aeron_context_set_idle_strategy(context, "no such thing"), -1);
    EXPECT_EQ(aeron_context_get_idle_strategy(context), nullptr);
    aeron_t* client = nullptr;
    EXPECT_EQ(aeron_init(&client, context), -1) << "without a strategy";
    EXPECT_EQ(aeron_context_set_idle_strategy_init_args(context, "10-20-1us-1ms"), 0);
    EXPECT_EQ(aeron_context_set_idle_strategy(context, "backoff"), 0) << aeron_errmsg();
    int something = 0;
    EXPECT_EQ(aeron_context_set_on_close_client(context, count_one, &something), 0);
    EXPECT_EQ(aeron_context_get_on_close_client(context), &count_one);
    EXPECT_EQ(aeron_context_get_on_close_client_clientd(context), &something);
    EXPECT_EQ(aeron_context_close(context), 0);
    EXPECT_EQ(aeron_context_close(context), -1);
    EXPECT_EQ(aeron_context_close(nullptr), 0);
}

TEST(CAbiContext, ReadsTheEnvironmentAndRefusesWhatItCannotRead) {
    EXPECT_EQ(aeron_properties_buffer_load("# a comment\naeron.driver.timeout=1234\n"
                                           "aeron.client.name = by \\\n  properties\n"),
              0)
        << aeron_errmsg();
    aeron_context_t* context = nullptr;
    ASSERT_EQ(aeron_context_init(&context), 0) << aeron_errmsg();
    EXPECT_EQ(aeron_context_get_driver_timeout_ms(context), 1234U);
    EXPECT_STREQ(aeron_context_get_client_name(context), "by properties");
    EXPECT_EQ(aeron_context_close(context), 0);
    EXPECT_EQ(aeron_properties_buffer_load("aeron.driver.timeout=soon\n"), 0);
    EXPECT_EQ(aeron_context_init(&context), -1);
    EXPECT_EQ(aeron_errcode(), EINVAL);
    TestDirectory file;
    std::ofstream{file.path()} << "aeron.driver.timeout=\naeron.client.name=\n";
    EXPECT_EQ(aeron_properties_load(("file://" + file.path()).c_str()), 0) << aeron_errmsg();
    EXPECT_EQ(std::getenv("AERON_DRIVER_TIMEOUT"), nullptr);
    EXPECT_EQ(std::getenv("AERON_CLIENT_NAME"), nullptr);
    EXPECT_EQ(aeron_properties_load((file.path() + "-not").c_str()), -1);
    EXPECT_EQ(aeron_errcode(), ENOENT);
    EXPECT_EQ(aeron_properties_buffer_load("no newline=1"), -1);
    EXPECT_EQ(aeron_properties_buffer_load("# one\n\nno separator \\\n at all\n"), -1);
    EXPECT_NE(std::string{aeron_errmsg()}.find("line 3 of the properties"), std::string::npos) << aeron_errmsg();
    // A comment amidst a value that goes on is none of it.
    EXPECT_EQ(aeron_properties_buffer_load("aeron.client.name = by \\\n# not \\\n! nor\n  lines\n"), 0);
    EXPECT_STREQ(std::getenv("AERON_CLIENT_NAME"), "by lines");
    EXPECT_EQ(aeron_properties_buffer_load("aeron.client.name=\n"), 0);
    EXPECT_EQ(aeron_properties_http_load("https://localhost/"), -1);
    EXPECT_EQ(aeron_errcode(), EINVAL);
}

TEST(CAbiErrors, AreOfTheirThreadAndLastUntilTheNextFailure) {
    EXPECT_EQ(aeron_context_set_dir(nullptr, "x"), -1);
    EXPECT_EQ(aeron_errcode(), EINVAL);
    EXPECT_NE(std::string{aeron_errmsg()}.find("the context is null"), std::string::npos) << aeron_errmsg();
    EXPECT_TRUE(std::string{aeron_errmsg()}.starts_with("(22) "));
    EXPECT_GT(aeron_nano_clock(), 0);
    EXPECT_EQ(aeron_errcode(), EINVAL) << "what works leaves it";
    std::thread{[] {
        EXPECT_EQ(aeron_errcode(), 0);
        EXPECT_STREQ(aeron_errmsg(), "no error");
    }}.join();
}

TEST(CAbiVersion, IsThatOfTheAbi) {
    EXPECT_STREQ(aeron_version_text(), "1.53.0");
    EXPECT_EQ(aeron_version_major() * 10000 + aeron_version_minor() * 100 + aeron_version_patch(), 15300);
    EXPECT_NE(std::string{aeron_version_full()}.find(aeron_version_gitsha()), std::string::npos);
    const std::int32_t version = aeron_semantic_version_compose(1, 53, 7);
    EXPECT_EQ(version, 0x013507);
    EXPECT_EQ(aeron_semantic_version_major(version), 1);
    EXPECT_EQ(aeron_semantic_version_minor(version), 53);
    EXPECT_EQ(aeron_semantic_version_patch(version), 7);
    EXPECT_GT(aeron_epoch_clock(), 1'600'000'000'000);
}

TEST(CAbiPrinting, GoesThroughTheHandler) {
    static std::string printed;
    EXPECT_EQ(aeron_set_fprintf_handler([](const char*, std::uint64_t, void*, const char* format, va_list arguments) {
                  std::array<char, 100> line{};
                  const int length = std::vsnprintf(line.data(), line.size(), format, arguments);
                  printed = line.data();
                  return length;
              }),
              nullptr);
    EXPECT_EQ(AERON_FPRINTF(stderr, "%d and %s", 1, "two"), 9);
    EXPECT_EQ(printed, "1 and two");
    EXPECT_NE(aeron_set_fprintf_handler(nullptr), nullptr);
}

TEST(CAbiErrors, OfTheSystemComeWithItsNumber) {
    TestDirectory directory;
    MediaDriver driver = MediaDriver::launch(driver_for_c_clients(directory.path()));
    aeron_cnc_t* cnc = nullptr;
    ASSERT_EQ(aeron_cnc_init(&cnc, directory.path().c_str(), 1000), 0) << aeron_errmsg();
    std::filesystem::remove(directory.path() + "/loss-report.dat");
    EXPECT_EQ(aeron_cnc_loss_reporter_read(
                  cnc,
                  [](void*, std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::int32_t, std::int32_t,
                     const char*, std::int32_t, const char*, std::int32_t) {},
                  nullptr),
              -1);
    EXPECT_EQ(aeron_errcode(), ENOENT) << aeron_errmsg();
    EXPECT_NE(std::string{aeron_errmsg()}.find("[aeron_cnc_loss_reporter_read, cnc.cpp:"), std::string::npos)
        << aeron_errmsg();
    aeron_cnc_close(cnc);
}

}  // namespace
}  // namespace gale::testing
