// A driver made through the C ABI and used by clients: what its callbacks are told, and how it ends.
#include "abi/driver_fixture_test.hpp"
#include "control/cnc_file.hpp"
#include "control/commands.hpp"
#include "shm/error_log.hpp"
#include "shm/ring.hpp"
#include "support/test_directory.hpp"

#include <gale/gale.hpp>

#include <dlfcn.h>  // layers: looks names up as bindings do

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <stdexcept>
#include <thread>

namespace gale::testing {
namespace {

using namespace std::chrono_literals;

/// A driver of C's in a directory of its own.
class DriverOfC : public ::testing::Test {
protected:
    DriverOfC() {
        forget_variables();
        EXPECT_EQ(aeron_driver_context_init(&context_), 0) << aeron_errmsg();
        EXPECT_EQ(aeron_driver_context_set_dir(context_, place_.path().c_str()), 0);
        EXPECT_EQ(aeron_driver_context_set_counters_buffer_length(context_, 1 << 20), 0);
        EXPECT_EQ(aeron_driver_context_set_low_file_store_warning_threshold(context_, 0), 0);
    }
    ~DriverOfC() override {
        if (driver_ != nullptr) close();
        EXPECT_EQ(aeron_driver_context_close(context_), 0) << aeron_errmsg();
    }
    void init() { ASSERT_EQ(aeron_driver_init(&driver_, context_), 0) << aeron_errmsg(); }
    void start(bool manual_main_loop) {
        init();
        ASSERT_EQ(aeron_driver_start(driver_, manual_main_loop), 0) << aeron_errmsg();
    }
    void close() { EXPECT_EQ(aeron_driver_close(std::exchange(driver_, nullptr)), 0) << aeron_errmsg(); }
    void work() {
        const int work = aeron_driver_main_do_work(driver_);
        ASSERT_GE(work, 0) << aeron_errmsg();
        aeron_driver_main_idle_strategy(driver_, work);
    }
    /// As a client would, with this as its token.
    void ask_to_terminate(std::string_view token) {
        auto opened = control::CncFile::open(place_.path(), os::Access::read_write);
        ASSERT_TRUE(opened.file) << opened.why;
        shm::Ring ring{opened.file->to_driver()};
        const control::Command request{control::TerminateDriver{.token = std::as_bytes(std::span{token})}};
        ASSERT_EQ(ring.write(static_cast<std::int32_t>(control::type_of(request)), control::encode(request).bytes()),
                  shm::RingWrite::written);
    }

    TestDirectory place_;
    aeron_driver_context_t* context_ = nullptr;
    aeron_driver_t* driver_ = nullptr;
};

TEST(DriverLibrary, HasTheClientsNamesForWhoeverLoadsIt) {
    void* const library = ::dlopen("libaeron_driver.so", RTLD_LAZY | RTLD_NOLOAD);
    ASSERT_NE(library, nullptr) << "by the name that it gives itself";
    for (const char* name : {"aeron_driver_init", "aeron_errmsg", "aeron_version_full", "aeron_delete_directory",
                             "aeron_default_path", "aeron_properties_load", "aeron_init"})
        EXPECT_NE(::dlsym(library, name), nullptr) << name;
    EXPECT_EQ(::dlsym(library, "_ZN4gale11MediaDriver6launchENS_13DriverOptionsE"), nullptr) << "nothing of ours";
    ::dlclose(library);
}

TEST_F(DriverOfC, CarriesMessages) {
    start(false);
    const Context context{{.directory = place_.path(), .wait = 60s}};
    const Config config{.uri = "aeron:ipc?term-length=64k", .put = {.wait_for_subscriber = true}};
    auto subscription = subscriber(context, config);
    auto publication = publisher(context, config);
    ASSERT_EQ(publication.put("through C", {.timeout = 60s}), PutStatus::success);
    EXPECT_EQ(subscription.take().text(), "through C");
}

TEST_F(DriverOfC, CarriesMessagesWhileItsMainLoopIsTheProgramsOwn) {
    for (const auto mode : {AERON_THREADING_MODE_SHARED, AERON_THREADING_MODE_INVOKER}) {
        ASSERT_EQ(aeron_driver_context_set_threading_mode(context_, mode), 0) << aeron_errmsg();
        start(true);
        std::atomic<bool> done{false};
        std::thread loop{[&] {
            while (!done) work();
        }};
        {
            const Context context{{.directory = place_.path(), .wait = 60s}};
            const Config config{.uri = "aeron:ipc?term-length=64k", .put = {.wait_for_subscriber = true}};
            auto subscription = subscriber(context, config);
            auto publication = publisher(context, config);
            EXPECT_EQ(publication.put("stepped", {.timeout = 60s}), PutStatus::success);
            EXPECT_EQ(subscription.take().text(), "stepped");
        }
        done = true;
        loop.join();
        close();
    }
}

TEST_F(DriverOfC, IsFoundOnceItIsStarted) {
    init();
    EXPECT_FALSE(aeron_is_driver_active(place_.path().c_str(), 0, nullptr));
    ASSERT_EQ(aeron_driver_start(driver_, true), 0) << aeron_errmsg();
    work();
    EXPECT_TRUE(aeron_is_driver_active(place_.path().c_str(), 10'000, nullptr));
    EXPECT_FALSE(aeron_is_driver_active((place_.path() + "-elsewhere").c_str(), 10'000, nullptr));
    close();
    EXPECT_FALSE(aeron_is_driver_active(place_.path().c_str(), 10'000, nullptr));
    EXPECT_TRUE(std::filesystem::exists(place_.path()));
}

TEST_F(DriverOfC, LeavesNoDirectoryWhereThatIsWanted) {
    ASSERT_EQ(aeron_driver_context_set_dir_delete_on_shutdown(context_, true), 0);
    start(false);
    EXPECT_TRUE(std::filesystem::exists(place_.path()));
    close();
    EXPECT_FALSE(std::filesystem::exists(place_.path()));
}

TEST_F(DriverOfC, DoesNotTakeTheDirectoryOfALivingOne) {
    start(false);
    const DriverContext other;
    ASSERT_EQ(aeron_driver_context_set_dir(other, place_.path().c_str()), 0);
    aeron_driver_t* second = nullptr;
    EXPECT_EQ(aeron_driver_init(&second, other), -1);
    EXPECT_NE(std::string{aeron_errmsg()}.find("a media driver lives in"), std::string::npos) << aeron_errmsg();
    close();
    EXPECT_EQ(aeron_driver_init(&second, other), 0) << aeron_errmsg();  // its context may try again
    EXPECT_EQ(aeron_driver_close(second), 0);
}

TEST_F(DriverOfC, MayHaveASuccessorOfTheSameContext) {
    start(false);
    close();
    ASSERT_EQ(aeron_driver_context_set_mtu_length(context_, 4096), 0) << aeron_errmsg();
    start(false);
    EXPECT_EQ(aeron_driver_context_get_mtu_length(context_), 4096U);
}

/// What the callbacks of C were told.
struct Told {
    std::atomic<int> hooks{0};
    std::string token{};
    bool answer = true;
    aeron_driver_t* driver = nullptr;
    int close_result = 0;
    int close_error = 0;
};

TEST_F(DriverOfC, IsTerminatedAsItsValidatorSays) {
    Told told;
    ASSERT_EQ(aeron_driver_context_set_driver_termination_validator(
                  context_,
                  [](void* state, uint8_t* buffer, int32_t length) {
                      auto& said = *static_cast<Told*>(state);
                      said.token.assign(buffer, buffer + length);
                      return said.answer;
                  },
                  &told),
              0);
    ASSERT_EQ(aeron_driver_context_set_driver_termination_hook(
                  context_,
                  [](void* state) {
                      auto& said = *static_cast<Told*>(state);
                      said.close_result = aeron_driver_close(said.driver);
                      said.close_error = aeron_errcode();
                      ++said.hooks;
                  },
                  &told),
              0);
    start(true);
    told.driver = driver_;
    told.answer = false;
    ask_to_terminate("please");
    while (told.token.empty()) work();
    EXPECT_EQ(told.token, "please");
    EXPECT_EQ(told.hooks, 0);
    told.answer = true;
    ask_to_terminate("now");
    while (told.hooks == 0) work();
    EXPECT_EQ(told.token, "now");
    EXPECT_EQ(told.close_result, -1) << "a driver does not wait for its own thread";
    EXPECT_EQ(told.close_error, EDEADLK);
}

TEST_F(DriverOfC, IsTerminatedByAnybodyWhereThatIsAllowed) {
    Told told;
    const Variable allow{"AERON_DRIVER_TERMINATION_VALIDATOR", "allow"};
    aeron_driver_context_t* context = nullptr;
    ASSERT_EQ(aeron_driver_context_init(&context), 0) << aeron_errmsg();
    std::swap(context, context_);
    ASSERT_EQ(aeron_driver_context_close(context), 0);
    ASSERT_EQ(aeron_driver_context_set_dir(context_, place_.path().c_str()), 0);
    ASSERT_EQ(aeron_driver_context_set_driver_termination_hook(
                  context_, [](void* state) { ++static_cast<Told*>(state)->hooks; }, &told),
              0);
    start(false);
    ask_to_terminate("");
    while (told.hooks == 0) std::this_thread::yield();
    EXPECT_EQ(aeron_driver_context_get_driver_termination_hook_state(context_), &told);
}

TEST_F(DriverOfC, SurvivesAValidatorThatThrows) {
    std::atomic<int> asked{0};
    ASSERT_EQ(aeron_driver_context_set_driver_termination_validator(
                  context_,
                  [](void* state, uint8_t*, int32_t) -> bool {
                      ++*static_cast<std::atomic<int>*>(state);
                      throw std::runtime_error{"a validator in C++"};
                  },
                  &asked),
              0);
    start(true);
    ask_to_terminate("please");
    while (asked == 0) work();
    work();
    const auto opened = control::CncFile::open(place_.path(), os::Access::read_only);
    std::string errors;
    shm::read_error_log(opened.file->error_log(), Millis{0},
                        [&](const shm::ErrorObservation& error) { errors += error.text; });
    EXPECT_NE(errors.find("a validator in C++"), std::string::npos) << errors;
}

TEST_F(DriverOfC, DoesNotStartWhereTheProgramsOwnAgentCannot) {
    ASSERT_EQ(aeron_driver_context_set_agent_on_start_function(
                  context_,
                  [](void*, const char* role) {
                      if (std::string_view{role} == "[conductor, sender, receiver]")
                          throw std::runtime_error{"no start for " + std::string{role}};
                  },
                  nullptr),
              0);
    ASSERT_EQ(aeron_driver_context_set_threading_mode(context_, AERON_THREADING_MODE_SHARED), 0);
    init();
    EXPECT_EQ(aeron_driver_start(driver_, true), -1);
    EXPECT_NE(std::string{aeron_errmsg()}.find("no start for [conductor"), std::string::npos) << aeron_errmsg();
    expect_refused(aeron_driver_main_do_work(driver_), "was not started");
    expect_refused(aeron_driver_start(driver_, true), "started already");
    EXPECT_FALSE(std::filesystem::exists(place_.path())) << "nothing is left of it";
}

TEST_F(DriverOfC, IsNotTerminatedByDefault) {
    Told told;
    ASSERT_EQ(aeron_driver_context_set_driver_termination_hook(
                  context_, [](void* state) { ++static_cast<Told*>(state)->hooks; }, &told),
              0);
    start(true);
    ask_to_terminate("please");
    auto opened = control::CncFile::open(place_.path(), os::Access::read_only);
    const shm::Ring ring{opened.file->to_driver()};
    const auto before = ring.head();
    while (ring.head() == before) work();
    EXPECT_EQ(told.hooks, 0);
}

TEST_F(DriverOfC, GivesItsThreadsTheirNamesAndProcessors) {
    struct Roles {
        std::mutex mutex;
        std::set<std::string> names;
        aeron_driver_context_t* context;
    } roles{.context = context_};
    ASSERT_EQ(aeron_driver_context_set_thread_naming(context_, AERON_THREAD_NAMING_NEW), 0);
    ASSERT_EQ(aeron_driver_context_set_agent_on_start_function(
                  context_,
                  [](void* state, const char* role) {
                      auto& heard = *static_cast<Roles*>(state);
                      aeron_set_thread_affinity_on_start(heard.context, role);
                      const std::lock_guard lock{heard.mutex};
                      heard.names.insert(role);
                  },
                  &roles),
              0);
    start(false);
    close();
    for (const char* name : {"aeron-md-cnd", "aeron-md-snd", "aeron-md-rcv", "aeron-md-nra"})
        EXPECT_TRUE(roles.names.contains(name)) << name;
}

TEST_F(DriverOfC, PrintsItsOptions) {
    ASSERT_EQ(aeron_driver_context_set_mtu_length(context_, 2048), 0);
    ASSERT_EQ(aeron_driver_context_set_print_configuration(context_, true), 0);
    ::testing::internal::CaptureStdout();
    init();
    const std::string printed = ::testing::internal::GetCapturedStdout();
    EXPECT_NE(printed.find("aeron.mtu.length=2k\n"), std::string::npos) << printed;
    EXPECT_NE(printed.find("aeron.dir=" + place_.path() + "\n"), std::string::npos) << printed;
}

extern "C" void aeron_driver_context_print_configuration(aeron_driver_context_t* context);

TEST_F(DriverOfC, PrintsTheOptionsOfAContext) {
    const auto print = [&] {
        ::testing::internal::CaptureStdout();
        aeron_driver_context_print_configuration(context_);
        return ::testing::internal::GetCapturedStdout();
    };
    EXPECT_NE(print().find("aeron.dir=" + place_.path() + "\n"), std::string::npos) << print();
    EXPECT_NE(print().find("aeron.socket.so_rcvbuf=0\n"), std::string::npos) << "Gale's own, whatever the getter says";
    ASSERT_EQ(aeron_driver_context_set_socket_so_rcvbuf(context_, 131'072), 0);
    EXPECT_NE(print().find("aeron.socket.so_rcvbuf=128k\n"), std::string::npos) << "as it was told";
    aeron_driver_context_print_configuration(nullptr);
    EXPECT_EQ(aeron_errcode(), EINVAL);
}

}  // namespace
}  // namespace gale::testing
