// gale::media_driver() in a program of its own: signals reach it there only.
#include "support/process.hpp"
#include "support/temporary_directory.hpp"

#include <gale/gale.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>

namespace gale::testing {
namespace {

using ::testing::ElementsAre;

TEST(MediaDriverProgram, ServesUntilASignalAndGivesSignalsBack) {
    for (const char* threads : {"threads", "invoker"}) {
        for (const int signal : {SIGINT, SIGTERM}) {
            SCOPED_TRACE(::testing::Message() << threads << " " << signal);
            const TemporaryDirectory directory{"serving"};
            const std::string aeron = directory / "aeron";
            Process driver{{.program = GALE_SERVING_DRIVER, .arguments = {aeron, threads}}};
            {
                const Context context{{.directory = aeron, .wait = patience}};
                const Config config{.uri = "aeron:ipc?term-length=64k", .put = {.wait_for_subscriber = true}};
                auto subscription = subscriber(context, config);
                auto publication = publisher(context, config);
                ASSERT_EQ(publication.put("hello", {.timeout = patience}), PutStatus::success);
                EXPECT_EQ(subscription.take().text(), "hello");
            }
            driver.signal(signal);
            EXPECT_EQ(driver.wait(), Ending{.status = 0}) << driver.errors();
            EXPECT_THAT(driver.lines(), ElementsAre("served", "has its signals back"));
            EXPECT_FALSE(std::filesystem::exists(aeron));
        }
    }
}

}  // namespace
}  // namespace gale::testing
