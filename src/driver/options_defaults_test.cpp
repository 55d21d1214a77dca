#include "base/recorded_test.hpp"
#include "base/text.hpp"
#include "driver/options.hpp"

#include <gale/error.hpp>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>

namespace gale::driver {
namespace {

using nlohmann::json;

json read_json(const std::filesystem::path& path) { return json::parse(std::ifstream{path}); }

/// A value as Aeron's getters return it: numbers in bytes, ns or ms, truths, names.
json as_getter(const Option& option, const DriverOptions& options) {
    const auto text = option.get(options);
    switch (option.limits.kind) {
    case Kind::size: return *parse_size(text);
    case Kind::count:
    case Kind::milliseconds: return text.empty() ? -1 : *parse_int64(text);  // absent: as its getter says
    case Kind::duration: return text.empty() ? -1 : parse_duration(text)->count();
    case Kind::flag: return text == "true";
    case Kind::rate: return std::stod(text);
    case Kind::group: return static_cast<int>(options.receiver_group_consideration);
    case Kind::threading: return static_cast<int>(options.threading_mode);
    case Kind::naming: return static_cast<int>(options.thread_naming);
    case Kind::text:
    case Kind::termination:
    case Kind::idle_name:
    case Kind::idle_arguments:
    case Kind::port_range:
    case Kind::flow_control:
    case Kind::congestion: break;
    }
    return text.empty() ? json(nullptr) : json(text);
}

/// Some truths were recorded as numbers.
bool is_same(const json& ours, const json& theirs) {
    return ours.is_boolean() && theirs.is_number() ? ours.get<bool>() == (theirs != 0) : ours == theirs;
}

/// Ours on purpose: docs/formats/configuration.md, differences.
bool differs_on_purpose(std::string_view name) { return name == "AERON_SOCKET_SO_RCVBUF"; }

TEST(OptionDefaults, AreAeronsButForThoseThatDifferOnPurpose) {
    const auto defaults = read_json(GALE_SOURCE_DIR "/src/driver/testdata/option-defaults.json");
    EXPECT_EQ(defaults.size(), static_cast<std::size_t>(std::ranges::count(option_table(), false, &Option::is_own)));
    for (const Option& option : option_table()) {
        if (option.is_own()) continue;
        const auto name = option.environment_name();
        ASSERT_TRUE(defaults.contains(name)) << name;
        EXPECT_EQ(as_getter(option, {}), defaults[name]) << name;
    }
}

/// What the recorded driver made of a variable; nothing when it did not start.
void expect_agreement(const json& record, const Option& option) {
    DriverOptions options;
    try {
        static_cast<void>(apply_property(options, option.environment_name(), record["value"].get<std::string>()));
    } catch (const Error&) {
        return;  // stricter than Aeron: docs/formats/configuration.md, differences
    }
    if (record.contains("strict") || record.contains("warning") || !record.contains("result")) return;
    if (option.limits.kind == Kind::text || option.limits.kind == Kind::termination) return;  // recorded as objects
    if (option.limits.kind == Kind::port_range || option.limits.kind == Kind::flow_control) return;
    if (option.limits.kind == Kind::idle_name) return;  // the recorded getter does not tell
    if (option.limits.kind == Kind::congestion) {       // recorded by its long name
        DriverOptions recorded;
        EXPECT_TRUE(option.set(recorded, record["result"].get<std::string>()));
        EXPECT_EQ(options.congestion_control, recorded.congestion_control);
        return;
    }
    EXPECT_TRUE(is_same(as_getter(option, options), record["result"])) << as_getter(option, options);
}

TEST(OptionVectors, WhatIsTakenMeansWhatItMeansToAeron) {
    const std::filesystem::path path = GALE_SOURCE_DIR "/../shared/vectors/config-defaults.json";
    if (!testing::is_recorded(path)) GTEST_SKIP() << "no recorded vectors beside the sources";
    const auto records = read_json(path);
    int taken = 0;
    for (const auto& record : records["environment"]) {
        const Option* option = find_option(record["env"].get<std::string>());
        if (record["side"] != "driver" || option == nullptr) continue;
        SCOPED_TRACE(record.dump());
        expect_agreement(record, *option);
        ++taken;
    }
    EXPECT_GT(taken, 300);
    for (const auto& record : records["defaults"]) {
        if (record["side"] != "driver" || !record.contains("env") || !record["env"].is_string()) continue;
        const auto name = record["env"].get<std::string>();
        const Option* option = find_option(name);
        EXPECT_TRUE(option != nullptr || find_option_without_effect(name) != nullptr) << name;
        if (option == nullptr || !record["default"].is_number() || differs_on_purpose(name)) continue;
        EXPECT_TRUE(is_same(as_getter(*option, {}), record["default"])) << name;
    }
}

}  // namespace
}  // namespace gale::driver
