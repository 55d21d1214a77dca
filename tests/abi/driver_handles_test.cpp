// Every function of the driver's C ABI with a handle that is null, closed, or of something else. What matters most is
// what does not happen: under the address sanitizer nobody reads what is gone.
#include "abi/driver_fixture_test.hpp"
#include "support/test_directory.hpp"

#include <array>
#include <cerrno>
#include <limits>

namespace gale::testing {
namespace {

/// What the functions answered.
struct Answers {
    int calls = 0;
    int silent = 0;  ///< failed without saying why
    int wrong = 0;   ///< did not fail
};

template <class Result, class Call> void note(Answers& answers, const char* name, bool must_fail, Call call) {
    ++answers.calls;
    errno = 0;
    // Another text than any that a failure would leave.
    static_cast<void>(aeron_flow_control_strategy_supplier_by_name(nullptr));
    const std::string before = aeron_errmsg();
    if constexpr (std::is_void_v<Result>) {
        call();
        if (aeron_errmsg() == before) ++answers.silent;
    } else {
        const Result result = call();
        if (!must_fail) return;
        if constexpr (std::is_arithmetic_v<Result>) {
            EXPECT_EQ(static_cast<std::int64_t>(result), -1) << name;
            answers.wrong += static_cast<std::int64_t>(result) == -1 ? 0 : 1;
        }
        if (aeron_errmsg() == before) ++answers.silent;
        EXPECT_NE(aeron_errmsg(), before) << name << " says why";
        EXPECT_EQ(aeron_errcode(), EINVAL) << name;
    }
}

#define CONTEXT_CALL(NAME, RESULT, ...)                                                                                \
    note<RESULT>(answers, #NAME, true, [&] { return NAME(context __VA_OPT__(, ) __VA_ARGS__); });
#define CONTEXT_GET(NAME, RESULT, ...)                                                                                 \
    note<RESULT>(answers, #NAME, false, [&] { return NAME(context __VA_OPT__(, ) __VA_ARGS__); });
#define DRIVER_CALL(NAME, RESULT, ...)                                                                                 \
    note<RESULT>(answers, #NAME, true, [&] { return NAME(driver __VA_OPT__(, ) __VA_ARGS__); });

Answers call_all(aeron_driver_context_t* context, aeron_driver_t* driver) {
    std::array<uint16_t, 1> place{};
    uint16_t* const port = place.data();
    Answers answers;
#include "driver_calls.inc"
    aeron_driver_t* made = nullptr;
    note<int>(answers, "aeron_driver_init", true, [&] { return aeron_driver_init(&made, context); });
    EXPECT_EQ(made, nullptr);
    note<void>(answers, "aeron_set_thread_affinity_on_start", true,
               [&] { aeron_set_thread_affinity_on_start(context, "conductor"); });
    return answers;
}

void expect_all_refused(aeron_driver_context_t* context, aeron_driver_t* driver) {
    const Answers answers = call_all(context, driver);
    EXPECT_EQ(answers.calls, 237);
    EXPECT_EQ(answers.silent, 0);
    EXPECT_EQ(answers.wrong, 0);
}

class DriverHandles : public ::testing::Test {
protected:
    DriverHandles() { forget_variables(); }
    TestDirectory place_;
};

TEST_F(DriverHandles, ThatAreNullAreRefused) {
    expect_all_refused(nullptr, nullptr);
    expect_refused(aeron_driver_context_init(nullptr), "place");
    const DriverContext context;
    expect_refused(aeron_driver_init(nullptr, context), "place");
    aeron_set_thread_affinity_on_start(context, nullptr);
    EXPECT_FALSE(aeron_is_driver_active(nullptr, 1000, nullptr));
    EXPECT_EQ(aeron_errcode(), EINVAL);
    EXPECT_EQ(aeron_flow_control_strategy_supplier_by_name(nullptr), nullptr);
}

TEST_F(DriverHandles, ThatAreClosedAreRefused) {
    aeron_driver_context_t* context = nullptr;
    aeron_driver_t* driver = nullptr;
    ASSERT_EQ(aeron_driver_context_init(&context), 0) << aeron_errmsg();
    ASSERT_EQ(aeron_driver_context_set_dir(context, place_.path().c_str()), 0);
    ASSERT_EQ(aeron_driver_init(&driver, context), 0) << aeron_errmsg();
    ASSERT_EQ(aeron_driver_start(driver, true), 0) << aeron_errmsg();
    ASSERT_EQ(aeron_driver_close(driver), 0) << aeron_errmsg();
    ASSERT_EQ(aeron_driver_context_close(context), 0) << aeron_errmsg();
    expect_all_refused(context, driver);
    // Nor does anything new come to be where they were.
    const DriverContext next;
    EXPECT_NE(next.get(), context);
    expect_all_refused(context, driver);
}

TEST_F(DriverHandles, ThatAreOfSomethingElseAreRefused) {
    const DriverContext context;
    std::array<std::byte, 64> memory{};
    const auto as_context = [](void* pointer) { return static_cast<aeron_driver_context_t*>(pointer); };
    const auto as_driver = [](void* pointer) { return static_cast<aeron_driver_t*>(pointer); };
    expect_all_refused(as_context(memory.data()), as_driver(memory.data()));
    expect_all_refused(as_context(std::bit_cast<void*>(std::uintptr_t{16})), as_driver(context.get()));
}

TEST_F(DriverHandles, OfAContextWhoseDriverLivesAreNotClosed) {
    aeron_driver_context_t* context = nullptr;
    aeron_driver_t* driver = nullptr;
    ASSERT_EQ(aeron_driver_context_init(&context), 0);
    ASSERT_EQ(aeron_driver_context_set_dir(context, place_.path().c_str()), 0);
    ASSERT_EQ(aeron_driver_init(&driver, context), 0) << aeron_errmsg();
    expect_refused(aeron_driver_context_close(context), "close it first");
    aeron_driver_t* second = nullptr;
    expect_refused(aeron_driver_init(&second, context), "made already");
    expect_refused(aeron_driver_context_set_mtu_length(context, 4096), "before aeron_driver_init");
    EXPECT_EQ(aeron_driver_context_get_mtu_length(context), 1408U);
    expect_refused(aeron_driver_main_do_work(driver), "not started");
    ASSERT_EQ(aeron_driver_start(driver, false), 0) << aeron_errmsg();
    expect_refused(aeron_driver_start(driver, false), "started already");
    expect_refused(aeron_driver_main_do_work(driver), "manual_main_loop");
    EXPECT_EQ(aeron_driver_close(driver), 0);
    EXPECT_EQ(aeron_driver_context_close(context), 0) << aeron_errmsg();
}

}  // namespace
}  // namespace gale::testing
