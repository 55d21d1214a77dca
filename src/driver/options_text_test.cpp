#include "driver/options.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace gale::driver {
namespace {

TEST(ConfigurationText, IsAPropertiesFileThatSetsEverythingAgain) {
    DriverOptions options;
    for (const auto& [name, value] : {std::pair{"dir", "/tmp/here"},
                                      {"driver.timeout", "1234"},
                                      {"ipc.mtu.length", "8k"},
                                      {"untethered.linger.timeout", "7s"},
                                      {"threading.mode", "INVOKER"},
                                      {"shared.idle.strategy", "backoff"},
                                      {"shared.idle.strategy.init.args", "1-2-3us-4ms"},
                                      {"reliable.stream", "false"},
                                      {"driver.termination.validator", "allow"}})
        static_cast<void>(apply_property(options, name, value));
    const auto text = configuration_text(options);
    DriverOptions again;
    again.max_resend = 3;
    EXPECT_TRUE(load_properties(text, "printed", again).empty());
    EXPECT_EQ(configuration_text(again), text);
    EXPECT_NE(text.find("aeron.driver.timeout=1234\n"), std::string::npos);
}

TEST(HelpText, NamesEveryOption) {
    const auto text = help_text();
    for (const Option& option : option_table()) {
        EXPECT_NE(text.find("  " + std::string{option.name} + "="), std::string::npos) << option.name;
        EXPECT_NE(text.find(option.environment_name()), std::string::npos) << option.name;
    }
}

TEST(OptionsPage, IsTheOneMadeFromTheTable) {
    const auto* path = GALE_SOURCE_DIR "/docs/options.md";
    const auto page = options_markdown();
    if (std::getenv("GALE_WRITE_DOCS") != nullptr) std::ofstream{path} << page;
    std::ifstream file{path};
    const std::string kept{std::istreambuf_iterator<char>{file}, {}};
    EXPECT_TRUE(kept == page) << "docs/options.md is not up to date; its second line says how to make it again";
}

}  // namespace
}  // namespace gale::driver
