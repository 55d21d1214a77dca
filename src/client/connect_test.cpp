#include "client/testing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/wait.h>  // layers: becomes another user in a child
#include <unistd.h>    // layers: becomes another user in a child

#include <cstdlib>
#include <filesystem>
#include <functional>

namespace gale::client::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

ClientOptions quick(FakeDriver& driver, Nanos timeout = 30ms) {
    ClientOptions options;
    options.directory = driver.directory();
    options.conductor = ConductorMode::invoker;
    options.clock = &driver.clock;
    options.driver_timeout = timeout;
    return options;
}

Error refusal(ClientOptions options) {
    return error_of([&] { static_cast<void>(Client::connect(std::move(options))); });
}

TEST(Connect, NamesTheFileThatIsNotThereAndSaysWhatToDo) {
    ClientOptions options;
    options.directory = "/dev/shm/gale-no-such-directory";
    options.driver_timeout = 20ms;
    const Error error = refusal(options);
    EXPECT_EQ(error.code(), ErrorCode::driver_timeout);
    EXPECT_THAT(error.what(), AllOf(HasSubstr("/dev/shm/gale-no-such-directory/cnc.dat does not exist"),
                                    HasSubstr("within 20ms"), HasSubstr("gale driver")));
}

/// Runs `check` as a user who owns nothing here, where this one may do anything.
bool as_nobody(const std::function<bool()>& check) {
    if (::geteuid() != 0) return check();
    const pid_t child = ::fork();
    if (child == 0) ::_exit(::setgid(65534) == 0 && ::setuid(65534) == 0 && check() ? 0 : 1);
    int status = 1;
    return ::waitpid(child, &status, 0) == child && status == 0;
}

TEST(Connect, RefusesAtOnceWhatThisUserMayNotOpen) {
    for (const bool whole : {true, false}) {
        FakeDriver driver;
        const std::string hidden = driver.directory() + (whole ? "" : "/cnc.dat");
        std::filesystem::permissions(hidden, std::filesystem::perms::none);
        EXPECT_TRUE(as_nobody([&] {
            const Error error = refusal(quick(driver, 1h));
            const std::string_view why = error.what();
            return error.code() == ErrorCode::system && why.starts_with("Permission denied to open") &&
                   why.find(driver.directory() + "/cnc.dat") != why.npos && why.find("AERON_DIR") != why.npos;
        })) << hidden;
        std::filesystem::permissions(hidden, std::filesystem::perms::owner_all);
    }
}

TEST(Connect, DoesNotWaitForeverForADriverThatNeverFinishesStarting) {
    FakeDriver driver{FakeDriver::Start::silent};
    EXPECT_THAT(refusal(quick(driver)).what(), HasSubstr("is not initialised"));
    driver.cnc().publish_version();
    EXPECT_THAT(refusal(quick(driver)).what(), HasSubstr("has not shown a sign of life yet"));
}

TEST(Connect, DoesNotBelieveADriverThatStoppedOrDied) {
    FakeDriver driver;
    driver.clock.advance(12s);
    EXPECT_THAT(refusal(quick(driver)).what(), HasSubstr("died: its last sign of life is 12s old"));
    driver.ring.consumer_heartbeat().store_release(-1);
    EXPECT_THAT(refusal(quick(driver)).what(), HasSubstr("was stopped"));
}

TEST(Connect, WaitsForADriverThatComes) {
    FakeDriver driver{FakeDriver::Start::silent};
    int looks = 0;
    driver.clock.on_tick = [&] {
        ++looks;
        if (looks == 3) driver.beat();
        if (looks == 5) driver.cnc().publish_version();
    };
    auto client = Client::connect(quick(driver, 1h));
    EXPECT_GT(looks, 5);
    EXPECT_FALSE(client.is_closed());
    EXPECT_EQ(client.directory(), driver.directory());
    EXPECT_GT(client.client_id().value, 0);
}

TEST(Connect, SaysWhatIsWrongWithADamagedFile) {
    for (const std::uintmax_t kept :
         {std::uintmax_t{0}, std::uintmax_t{64}, std::uintmax_t{4096}, std::uintmax_t{100000}}) {
        FakeDriver driver;
        // In its place, not over it: the driver's own mapping stays whole.
        const std::string path = driver.directory() + "/cnc.dat";
        std::filesystem::copy_file(path, path + ".copy");
        std::filesystem::rename(path + ".copy", path);
        std::filesystem::resize_file(path, kept);
        const Error error = refusal(quick(driver));
        EXPECT_EQ(error.code(), ErrorCode::driver_timeout);
        EXPECT_THAT(error.what(), AllOf(HasSubstr(path), AnyOf(HasSubstr("has only"), HasSubstr("is damaged"))))
            << kept;
    }
}

TEST(Connect, RefusesAnotherVersionAtOnce) {
    FakeDriver driver;
    auto file = os::MappedFile::open(driver.directory() + "/cnc.dat", os::Access::read_write);
    auto& version = *reinterpret_cast<std::int32_t*>(file.bytes().data());
    version = 0x010000;
    EXPECT_EQ(refusal(quick(driver, 1h)).code(), ErrorCode::incompatible);
    version = 0x000100;
    EXPECT_EQ(refusal(quick(driver, 1h)).code(), ErrorCode::incompatible);
}

TEST(Connect, ChecksItsOptions) {
    FakeDriver driver;
    auto options = quick(driver);
    options.name.assign(101, 'n');
    EXPECT_EQ(refusal(options).code(), ErrorCode::invalid_argument);
    options.name.clear();
    options.idle_sleep = 0ns;
    EXPECT_EQ(refusal(options).code(), ErrorCode::invalid_argument);
}

class Environment : public ::testing::Test {
protected:
    static constexpr const char* names[] = {"AERON_DIR",
                                            "AERON_DRIVER_TIMEOUT",
                                            "AERON_CLIENT_NAME",
                                            "AERON_CLIENT_IDLE_SLEEP_DURATION",
                                            "AERON_CLIENT_RESOURCE_LINGER_DURATION",
                                            "AERON_CLIENT_PRE_TOUCH_MAPPED_MEMORY"};
    void SetUp() override { clear(); }
    void TearDown() override { clear(); }
    static void clear() {
        for (const char* name : names) ::unsetenv(name);
    }
    static Error refused(const char* name, const char* value) {
        ::setenv(name, value, 1);
        const Error error = error_of([] { static_cast<void>(ClientOptions::from_environment()); });
        ::unsetenv(name);
        return error;
    }
};

TEST_F(Environment, SetsOptions) {
    ::setenv("AERON_DIR", "/dev/shm/somewhere", 1);
    ::setenv("AERON_DRIVER_TIMEOUT", "1500", 1);
    ::setenv("AERON_CLIENT_NAME", "me", 1);
    ::setenv("AERON_CLIENT_IDLE_SLEEP_DURATION", "4ms", 1);
    ::setenv("AERON_CLIENT_RESOURCE_LINGER_DURATION", "1000", 1);
    ::setenv("AERON_CLIENT_PRE_TOUCH_MAPPED_MEMORY", "true", 1);
    const auto options = ClientOptions::from_environment();
    EXPECT_EQ(options.directory, "/dev/shm/somewhere");
    EXPECT_EQ(options.driver_timeout, 1500ms);
    EXPECT_EQ(options.name, "me");
    EXPECT_EQ(options.idle_sleep, 4ms);
    EXPECT_EQ(options.resource_linger, 1000ns);
    EXPECT_TRUE(options.pre_touch_mapped_memory);
}

TEST_F(Environment, HasDefaults) {
    const auto options = ClientOptions::from_environment();
    EXPECT_EQ(options.directory, "");
    EXPECT_EQ(options.driver_timeout, 10s);
    EXPECT_EQ(options.idle_sleep, 16ms);
    EXPECT_FALSE(options.pre_touch_mapped_memory);
}

TEST_F(Environment, IsReadStrictly) {
    for (const char* value : {"", "10s", "-1", "0", "1 ", "0x10", "99999999999999999999"})
        EXPECT_EQ(refused("AERON_DRIVER_TIMEOUT", value).code(), ErrorCode::invalid_argument) << value;
    EXPECT_STREQ(refused("AERON_DRIVER_TIMEOUT", "10s").what(),
                 "AERON_DRIVER_TIMEOUT=10s is not a number of milliseconds, without a unit");
    EXPECT_EQ(refused("AERON_CLIENT_IDLE_SLEEP_DURATION", "soon").code(), ErrorCode::invalid_argument);
    EXPECT_EQ(refused("AERON_CLIENT_PRE_TOUCH_MAPPED_MEMORY", "yes").code(), ErrorCode::invalid_argument);
    EXPECT_EQ(refused("AERON_CLIENT_NAME", std::string(101, 'n').c_str()).code(), ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace gale::client::testing
