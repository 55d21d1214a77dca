#include "driver/options_table.hpp"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace gale::driver {
namespace {

constexpr auto no_limit = std::numeric_limits<std::int64_t>::max();

/// Texts that a row must take.
std::vector<std::string> good_values(const Option& option) {
    const auto& limits = option.limits;
    switch (limits.kind) {
    case Kind::text: return {"/tmp/somewhere", std::string(static_cast<std::size_t>(limits.high), 'x')};
    case Kind::idle_arguments: return {"1-2-3us-4ms"};
    case Kind::flag: return {"true", "false", "1", "0", "on", "off"};
    case Kind::naming: return {"classic", "new"};
    case Kind::congestion:
        return {"default", "static", "cubic", "aeron_cubic_congestion_control_strategy_supplier",
                "io.aeron.driver.CubicCongestionControl"};
    case Kind::threading: return {"DEDICATED", "SHARED_NETWORK", "SHARED", "INVOKER", "dedicated", "shared_network"};
    case Kind::termination: return {"allow", "deny"};
    case Kind::idle_name: return {"backoff", "spin", "sleep-ms", "aeron_idle_strategy_yielding", "NoOpIdleStrategy"};
    case Kind::port_range: return {"0 0", "0 65535", "40000 40100", "7   7"};
    case Kind::flow_control:
        return {"multicast_max", "multicast_tagged", "MinMulticastFlowControl",
                "io.aeron.driver.TaggedMulticastFlowControlSupplier"};
    case Kind::rate: return {"0", "1", "0.25", "1e-3"};
    case Kind::group: return {"true", "false", "infer"};
    case Kind::size:
    case Kind::count:
    case Kind::duration:
    case Kind::milliseconds: break;
    }
    switch (limits.form) {
    case Form::any:
    case Form::power_of_two: return {std::to_string(limits.low), std::to_string(limits.high)};
    case Form::multiple: return {std::to_string(limits.low), std::to_string(limits.high / limits.unit * limits.unit)};
    case Form::power_of_two_and_trailer: return {std::to_string(limits.low), std::to_string((1 << 30) + limits.unit)};
    }
    return {};
}

/// Texts that it must not take.
std::vector<std::string> bad_values(const Option& option) {
    const auto& limits = option.limits;
    std::vector<std::string> bad;
    switch (limits.kind) {
    case Kind::text:
    case Kind::idle_arguments: return {std::string(static_cast<std::size_t>(limits.high + 1), 'x'), "two\nlines"};
    case Kind::flag: return {"TRUE", "yes", "1x", "truely", " true", "2"};
    case Kind::naming: return {"New", "0", "modern"};
    case Kind::congestion: return {"Cubic", "fixed", "aeron_cubic"};
    case Kind::threading: return {"Shared", "0", "DEDICATED "};
    case Kind::termination: return {"true", "ALLOW", "1"};
    case Kind::idle_name: return {"controllable", "Backoff", "none"};
    case Kind::port_range: return {"5", "5 4", "0 65536", " 1 2", "1 2 3", "a b", "-1 5"};
    case Kind::flow_control: return {"unicast_max", "max", "Multicast_max", "MaxMulticast"};
    case Kind::group: return {"TRUE", "yes", "Infer", "1"};
    case Kind::rate: return {"1.1", "-0.1", "half", "1x", "nan"};
    case Kind::size: bad = {"1.5m", "abc", "-1", "0x10", "1t", "2mb", " 1m", "9223372036854775808"}; break;
    case Kind::count: bad = {"abc", "1.5", "0x10", "010", "-01", "5x", " 5", "9223372036854775808"}; break;
    case Kind::duration: bad = {"5m", "5mx", "-1", "1.5s", "abc", "1h", " 5s"}; break;
    case Kind::milliseconds: bad = {"10s", "10000ms", "-1", "010", "abc", "9223372036854775807"}; break;
    }
    constexpr auto lowest = std::numeric_limits<std::int64_t>::min();
    if (limits.low > 0 || (limits.low < -1 && limits.low != lowest)) bad.push_back(std::to_string(limits.low - 1));
    if (limits.high != no_limit) bad.push_back(std::to_string(limits.high + 1));
    if (limits.form != Form::any) bad.push_back(std::to_string(limits.low + 1));
    return bad;
}

TEST(OptionTable, EveryRowTakesWhatIsAllowedAndSaysItTheSameWayAgain) {
    for (const Option& option : option_table()) {
        SCOPED_TRACE(option.name);
        for (const auto& value : good_values(option)) {
            DriverOptions options;
            ASSERT_TRUE(option.set(options, value)) << value;
            EXPECT_TRUE(option.holds(options)) << value;
            const auto said = option.get(options);
            DriverOptions again;
            ASSERT_TRUE(option.set(again, said)) << said;
            EXPECT_EQ(option.get(again), said) << value;
        }
    }
}

TEST(OptionTable, EveryRowRefusesTheRestAndChangesNothing) {
    for (const Option& option : option_table()) {
        SCOPED_TRACE(option.name);
        const auto before = option.get(DriverOptions{});
        for (const auto& value : bad_values(option)) {
            DriverOptions options;
            EXPECT_FALSE(option.set(options, value)) << value;
            EXPECT_EQ(option.get(options), before) << value;
        }
    }
}

TEST(OptionTable, EveryDefaultIsWithinItsLimitsAndComesBackWithAnEmptyValue) {
    for (const Option& option : option_table()) {
        SCOPED_TRACE(option.name);
        DriverOptions options;
        const auto said = option.get(options);
        EXPECT_TRUE(option.holds(options));
        ASSERT_TRUE(option.set(options, good_values(option).back()));
        ASSERT_TRUE(option.set(options, ""));
        EXPECT_EQ(option.get(options), said);
    }
}

TEST(OptionTable, EachRowHasItsOwnNamesAndTheSameTextForPeople) {
    std::set<std::string> names;
    for (const Option& option : option_table()) {
        EXPECT_TRUE(names.insert(option.environment_name()).second) << option.name;
        EXPECT_FALSE(option.help.empty()) << option.name;
        EXPECT_FALSE(option.allowed().empty()) << option.name;
    }
    for (const auto& known : options_without_effect())
        EXPECT_TRUE(names.insert(environment_spelling(known.name)).second) << known.name;
}

TEST(OptionTable, IsFoundByEverySpelling) {
    for (const Option& option : option_table()) {
        EXPECT_EQ(find_option(option.name), &option);
        EXPECT_EQ(find_option(option.property_name()), &option);
        EXPECT_EQ(find_option(option.environment_name()), &option);
    }
    EXPECT_EQ(find_option("mtu"), nullptr);
    EXPECT_EQ(find_option(""), nullptr);
}

TEST(OptionTable, HasNamesOfItsOwnForWhatAeronDoesNotHave) {
    const auto* limit = find_option("gale.destination.limit");
    ASSERT_NE(limit, nullptr);
    EXPECT_TRUE(limit->is_own());
    EXPECT_EQ(limit->property_name(), "gale.destination.limit");
    EXPECT_EQ(limit->environment_name(), "GALE_DESTINATION_LIMIT");
    EXPECT_EQ(find_option("GALE_DESTINATION_LIMIT"), limit);
    EXPECT_EQ(find_option("destination.limit"), nullptr);
    EXPECT_EQ(find_option("aeron.gale.destination.limit"), nullptr);
}

TEST(OptionTable, KnowsTheNameThatDoesNotFollowTheRule) {
    const auto* threshold = find_option("aeron.name.resolver.threshold");
    ASSERT_NE(threshold, nullptr);
    EXPECT_EQ(threshold->environment_name(), "AERON_DRIVER_NAME_RESOLVER_THRESHOLD");
    EXPECT_EQ(find_option("aeron.driver.name.resolver.threshold"), threshold);
}

TEST(OptionTable, ASizeThatForgetsItsTrailerIsToldAboutIt) {
    const auto* ring = find_option("conductor.buffer.length");
    DriverOptions options;
    EXPECT_FALSE(ring->set(options, "2m"));
    EXPECT_NE(ring->allowed().find("a power of two plus 768 (such as 2097920)"), std::string::npos) << ring->allowed();
    EXPECT_TRUE(ring->set(options, "2097920"));
    EXPECT_EQ(options.to_driver_buffer_length, 2097920);
}

TEST(NearestName, IsTheOneThatWasMeant) {
    EXPECT_EQ(nearest_name("aeron.mtu.lenght"), "mtu.length");
    EXPECT_EQ(nearest_name("AERON_TERM_BUFER_LENGTH"), "term.buffer.length");
    EXPECT_EQ(nearest_name("socket.so.rcvbuf"), "socket.so_rcvbuf");
    EXPECT_EQ(nearest_name("aeron.wholly.different.thing.altogether"), "");
    EXPECT_EQ(nearest_name(std::string(100'000, 'x')), "");
}

}  // namespace
}  // namespace gale::driver
