#include "driver/options.hpp"

#include <gale/error.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace gale::driver {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

FromEnvironment read(const std::map<std::string, std::string>& variables) {
    std::vector<std::string> names;
    for (const auto& [name, value] : variables) names.push_back(name);
    return read_environment(names, [&](const std::string& name) {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional{found->second};
    });
}

std::string refusal(const std::function<void()>& attempt) {
    try {
        attempt();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
        return error.what();
    }
    return "";
}

TEST(OptionsFromEnvironment, AreTheDefaultsAndWhatTheVariablesSay) {
    const auto [options, notes] = read({{"AERON_DIR", "/tmp/x"},
                                        {"AERON_DRIVER_TIMEOUT", "2500"},
                                        {"AERON_THREADING_MODE", "shared"},
                                        {"AERON_SPIES_SIMULATE_CONNECTION", "on"},
                                        {"AERON_DRIVER_TERMINATION_VALIDATOR", "allow"},
                                        {"AERON_CONDUCTOR_IDLE_STRATEGY", "sleep-ms"},
                                        {"AERON_DRIVER_NAME_RESOLVER_THRESHOLD", "7s"},
                                        {"AERON_UNTETHERED_LINGER_TIMEOUT", "3s"},
                                        {"AERON_IPC_TERM_BUFFER_LENGTH", "128k"}});
    EXPECT_EQ(options.directory, "/tmp/x");
    EXPECT_EQ(options.driver_timeout, 2500ms);
    EXPECT_EQ(options.threading_mode, ThreadingMode::shared);
    EXPECT_TRUE(options.spies_simulate_connection);
    EXPECT_TRUE(options.allow_termination);
    EXPECT_EQ(options.conductor_idle_strategy, "sleep-ms");
    EXPECT_EQ(options.name_resolver_threshold, 7s);
    EXPECT_EQ(options.untethered_linger_timeout, 3s);
    EXPECT_EQ(options.ipc_term_buffer_length, 128 * 1024);
    EXPECT_EQ(options.term_buffer_length, DriverOptions{}.term_buffer_length);
    EXPECT_TRUE(notes.empty());
}

TEST(OptionsFromEnvironment, RefuseWhatIsNotAllowedAndSayWhatIs) {
    const auto text = refusal([] { static_cast<void>(read({{"AERON_MAX_RESEND", "257"}})); });
    EXPECT_EQ(text, "AERON_MAX_RESEND: '257' given, allowed: a whole number from 1 to 256");
    EXPECT_THAT(refusal([] {
                    static_cast<void>(read({{"AERON_DRIVER_TIMEOUT", "10s"}}));
                }),
                HasSubstr("milliseconds, without a unit"));
    EXPECT_THAT(refusal([] {
                    static_cast<void>(read({{"AERON_ERROR_BUFFER_LENGTH", "1m"}}));
                }),
                HasSubstr("from 4m to"));
}

TEST(OptionsFromEnvironment, AnEmptyVariableCountsAsNotThere) {
    const auto [options, notes] =
        read({{"AERON_MAX_RESEND", ""}, {"AERON_RETRANSMIT_UNICAST_DELAY", ""}, {"AERON_NONSENSE", ""}});
    EXPECT_EQ(options.max_resend, 16);
    EXPECT_TRUE(notes.empty());
}

TEST(OptionsFromEnvironment, KnownButMissingOptionsAreNotedAndDoNoHarm) {
    const auto [options, notes] = read({{"AERON_DRIVER_DYNAMIC_LIBRARIES", "x"}, {"AERON_EVENT_LOG", "admin"}});
    EXPECT_THAT(notes, ElementsAre("AERON_DRIVER_DYNAMIC_LIBRARIES has no effect: this version does not have it",
                                   "AERON_EVENT_LOG has no effect: this version has no event logging"));
}

TEST(OptionsFromEnvironment, ASlipOfThePenIsNotedWithWhatWasMeant) {
    const auto [options, notes] = read({{"AERON_MTU_LENGHT", "8k"}, {"AERON_NAME_RESOLVER_THRESHOLD", "1s"}});
    EXPECT_THAT(
        notes,
        ElementsAre(
            "AERON_MTU_LENGHT is no option and has no effect; did you mean AERON_MTU_LENGTH?",
            "AERON_NAME_RESOLVER_THRESHOLD has no effect: the variable is AERON_DRIVER_NAME_RESOLVER_THRESHOLD"));
    EXPECT_EQ(options.name_resolver_threshold, 5s);
}

TEST(OptionsFromEnvironment, TheVariablesOfOtherProgramsAreNotTheDriversBusiness) {
    const auto [options, notes] =
        read({{"AERON_CLIENT_NAME", "x"}, {"AERON_ARCHIVE_DIR", "x"}, {"AERON_CLUSTER_MEMBER_ID", "0"}});
    EXPECT_TRUE(notes.empty());
}

TEST(OptionsFromEnvironment, OurOwnVariablesAreReadAndOnlyNearMissesNoted) {
    const auto [options, notes] = read({{"GALE_RECEIVE_OFFLOAD", "off"},
                                        {"GALE_IMAGE_MEMORY_LIMIT", "3g"},
                                        {"GALE_DESTINATION_LIMITS", "7"},
                                        {"GALE_WRITE_DOCS", "1"}});
    EXPECT_FALSE(options.receive_offload);
    EXPECT_EQ(options.image_memory_limit, std::int64_t{3} << 30);
    EXPECT_EQ(options.destination_limit, DriverOptions{}.destination_limit);
    EXPECT_THAT(notes, ElementsAre("GALE_DESTINATION_LIMITS is no option and has no effect; did you mean "
                                   "GALE_DESTINATION_LIMIT?"));
}

TEST(OptionsFromEnvironment, TheRealOneCanBeRead) { EXPECT_NO_THROW(static_cast<void>(read_environment())); }

TEST(ApplyProperty, TakesEverySpellingOfAName) {
    for (const auto* name : {"aeron.ipc.mtu.length", "ipc.mtu.length", "AERON_IPC_MTU_LENGTH"}) {
        DriverOptions options;
        EXPECT_TRUE(apply_property(options, name, "8k").empty());
        EXPECT_EQ(options.ipc_mtu_length, 8192) << name;
        EXPECT_TRUE(apply_property(options, name, "@null").empty());
        EXPECT_EQ(options.ipc_mtu_length, 1408) << name;
    }
}

TEST(ApplyProperty, RefusesANameThatNobodyKnowsAndSuggestsOne) {
    DriverOptions options;
    const auto attempt = [&](std::string_view name) {
        return refusal([&] { static_cast<void>(apply_property(options, name, "1")); });
    };
    EXPECT_EQ(attempt("mtu.lenght"), "mtu.lenght: there is no such option; did you mean aeron.mtu.length?");
    EXPECT_EQ(attempt("AERON_MTU_LENGHT"), "AERON_MTU_LENGHT: there is no such option; did you mean AERON_MTU_LENGTH?");
    EXPECT_EQ(attempt("wholly.different.thing.altogether"),
              "wholly.different.thing.altogether: there is no such option");
    EXPECT_EQ(attempt("gale.image.memory.limt"),
              "gale.image.memory.limt: there is no such option; did you mean gale.image.memory.limit?");
    EXPECT_NE(attempt(""), "");
}

TEST(ApplyProperty, SaysWhatHasNoEffect) {
    DriverOptions options;
    EXPECT_THAT(apply_property(options, "aeron.driver.dynamic.libraries", "x"),
                ElementsAre("aeron.driver.dynamic.libraries has no effect: this version does not have it"));
    EXPECT_THAT(apply_property(options, "aeron.client.name", "x"), ElementsAre(HasSubstr("read by clients")));
}

}  // namespace
}  // namespace gale::driver
