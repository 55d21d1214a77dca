#include "everyday/testing.hpp"

#include <gale/context.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <utility>

namespace gale {
namespace {

using namespace std::chrono_literals;
using testing::embedded;
using testing::fresh_directory;
using ::testing::HasSubstr;
using testing::short_log;
using testing::small_driver;
using testing::wait_for;

template <class Call> Error error_of(Call call) {
    try {
        call();
    } catch (const Error& error) {
        return error;
    }
    ADD_FAILURE() << "nothing was thrown";
    return {ErrorCode::none, ""};
}

TEST(Context, WithoutADriverSaysWhatToDo) {
    const std::string directory = fresh_directory();
    const Error error = error_of([&] { Context context({.directory = directory, .wait = 10ms}); });
    EXPECT_EQ(error.code(), ErrorCode::driver_timeout);
    EXPECT_THAT(error.what(), HasSubstr(directory));
    EXPECT_THAT(error.what(), HasSubstr("`gale driver`"));
    EXPECT_THAT(error.what(), HasSubstr("gale::Context{{.no_driver = gale::NoDriver::embed}}"));
}

TEST(Context, DoesNotTakeADriverThatStoppedForALivingOne) {
    const std::string directory = fresh_directory();
    DriverOptions options = small_driver(directory);
    options.delete_directory_on_shutdown = false;
    MediaDriver::launch(options).close();
    EXPECT_EQ(error_of([&] { Context context({.directory = directory, .wait = 10ms}); }).code(),
              ErrorCode::driver_timeout);
    const Context context{embedded(directory)};  // and one can be embedded where it was
    EXPECT_TRUE(context.is_embedded());
}

TEST(Context, FindsTheDriverOfItsDirectory) {
    const std::string directory = fresh_directory();
    const auto driver = MediaDriver::launch(small_driver(directory));
    const Context context{{.directory = directory}};
    EXPECT_EQ(context.directory(), directory);
    EXPECT_FALSE(context.is_embedded());
    EXPECT_FALSE(context.is_closed());
}

TEST(Context, EmbedsNoDriverWhereOneLives) {
    const std::string directory = fresh_directory();
    const auto driver = MediaDriver::launch(small_driver(directory));
    const Context context{embedded(directory)};
    EXPECT_FALSE(context.is_embedded());
    EXPECT_NO_THROW(static_cast<void>(publisher(context, short_log(1))));
    EXPECT_TRUE(driver.is_running());
}

TEST(Context, SharesTheEmbeddedDriverWithOthersOfItsProcess) {
    const std::string directory = fresh_directory();
    std::optional<Context> first{embedded(directory)};
    const Context second{embedded(directory)};
    const Context third{{.directory = directory + "/"}};  // did not ask for one, but lives on it
    auto subscription = subscriber(second, short_log(1));
    first.reset();
    auto publication = publisher(third, short_log(1));
    ASSERT_TRUE(publication.wait_connected());
    ASSERT_EQ(publication.put("still here"), PutStatus::success);
    EXPECT_EQ(subscription.take().text(), "still here");
    EXPECT_TRUE(second.is_embedded());
    EXPECT_TRUE(third.is_embedded());
}

TEST(Context, StopsTheEmbeddedDriverWithTheLastOfItsUsers) {
    const std::string directory = fresh_directory();
    std::optional<Context> first{embedded(directory)};
    std::optional<Publisher> publication{publisher(*first, short_log(1))};
    first.reset();
    EXPECT_FALSE(publication->is_closed());  // it keeps the connection, and with it the driver
    EXPECT_NO_THROW(Context({.directory = directory}));
    publication.reset();
    EXPECT_THROW(Context({.directory = directory, .wait = 1ms}), Error);
}

TEST(Context, EmbedsManyAtOnceOnlyOnce) {
    const std::string directory = fresh_directory();
    std::atomic<int> embedded_count{0};
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i) {
            threads.emplace_back([&] {
                for (int round = 0; round < 5; ++round)
                    embedded_count += Context{embedded(directory)}.is_embedded() ? 1 : 0;
            });
        }
    }
    EXPECT_EQ(embedded_count, 20);
}

TEST(Context, SaysWhyNoDriverCanBeEmbedded) {
    const std::string directory = fresh_directory() + "/in/a/directory/that/is/not/there";
    const Error error = error_of([&] {
        auto options = embedded(directory);
        options.wait = 1ms;
        Context context(options);
    });
    EXPECT_THAT(error.what(), HasSubstr("cannot run a media driver in " + directory));
}

TEST(Context, RefusesAConductorThatNobodySteps) {
    ContextOptions options = embedded();
    options.client = ClientOptions{.conductor = ConductorMode::invoker};
    EXPECT_EQ(error_of([&] { Context context(options); }).code(), ErrorCode::invalid_argument);
    options = embedded();
    options.driver->threading_mode = ThreadingMode::invoker;
    EXPECT_EQ(error_of([&] { Context context(options); }).code(), ErrorCode::invalid_argument);
}

TEST(Context, ClosesEverythingMadeWithIt) {
    Context context{embedded()};
    auto publication = publisher(context, short_log(1));
    auto subscription = subscriber(context, short_log(1));
    context.close();
    context.close();
    EXPECT_TRUE(context.is_closed());
    EXPECT_EQ(publication.put("late"), PutStatus::closed);
    EXPECT_THAT(publication.close_reason()->what(), HasSubstr("closed, with its context"));
    const Error error = error_of([&] { static_cast<void>(subscription.take()); });
    EXPECT_EQ(error.code(), ErrorCode::closed);
    EXPECT_THAT(error.what(), HasSubstr("closed, with its context"));
    EXPECT_THROW(static_cast<void>(publisher(context, short_log(1))), Error);
    subscription.close();
    publication.close();
}

TEST(Context, SaysThatItWasMovedAway) {
    Context context{embedded()};
    const Context other{std::move(context)};
    EXPECT_TRUE(context.is_closed());  // NOLINT(bugprone-use-after-move): that is the question
    EXPECT_EQ(error_of([&] { static_cast<void>(subscriber(context, short_log(1))); }).code(), ErrorCode::closed);
    EXPECT_FALSE(other.is_closed());
}

TEST(Context, TellsEverybodyWhenTheDriverIsLost) {
    const std::string directory = fresh_directory();
    auto driver = MediaDriver::launch(small_driver(directory));
    ClientOptions client;
    client.keepalive_interval = 10ms;  // looks after the driver that often
    client.on_error = [](const Error&) {};
    Context context{{.directory = directory, .client = client}};
    auto publication = publisher(context, short_log(1));
    auto subscription = subscriber(context, short_log(1));
    auto watched = subscriber(context, short_log(2));
    const auto watch = gale::watch(watched, [](const Message&) {});
    std::jthread stopper{[&] { driver.close(); }};
    const Error error = error_of([&] { static_cast<void>(subscription.take()); });
    EXPECT_EQ(error.code(), ErrorCode::driver_timeout);
    EXPECT_THAT(error.what(), HasSubstr("the subscription to 'aeron:ipc?term-length=64k', stream 1, ended: "));
    EXPECT_EQ(publication.put("late"), PutStatus::closed);
    EXPECT_EQ(publication.close_reason()->code(), ErrorCode::driver_timeout);
    EXPECT_EQ(context.close_reason()->code(), ErrorCode::driver_timeout);
    EXPECT_EQ(error_of([&] { static_cast<void>(subscription.begin()); }).code(), ErrorCode::driver_timeout);
    wait_for([&] { return !watch.is_watching(); });
    wait_for([&] { return watch.last_error() != nullptr; });
    EXPECT_EQ(error_of([&] { std::rethrow_exception(watch.last_error()); }).code(), ErrorCode::driver_timeout);
}

TEST(Context, NamesChannelAndStreamInARefusal) {
    const Context context{embedded()};
    const Error error =
        error_of([&] { static_cast<void>(publisher(context, {.uri = "aeron:nonsense", .stream = 7})); });
    EXPECT_THAT(error.what(), HasSubstr("cannot add a publication on 'aeron:nonsense', stream 7: "));
    EXPECT_THROW(static_cast<void>(subscriber(context, {.uri = "aeron:nonsense", .stream = 7})), Error);
    EXPECT_THROW(static_cast<void>(subscriber(context, {.uri = "", .stream = 7, .add_timeout = 10s})), Error);
}

}  // namespace
}  // namespace gale
