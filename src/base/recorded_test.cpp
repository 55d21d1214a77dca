#include "base/recorded_test.hpp"

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <optional>

namespace gale::testing {
namespace {

class Recordings : public ::testing::Test {
protected:
    void TearDown() override {
        if (before_)
            ::setenv("CI", before_->c_str(), 1);
        else
            ::unsetenv("CI");
    }

private:
    static std::optional<std::string> ci() {
        const char* value = std::getenv("CI");
        return value == nullptr ? std::nullopt : std::optional<std::string>{value};
    }
    const std::optional<std::string> before_ = ci();
};

TEST_F(Recordings, MayBeMissingButNotInCi) {
    ::unsetenv("CI");
    EXPECT_FALSE(is_recorded("/no/such/recording"));
    ::setenv("CI", "true", 1);
    EXPECT_NONFATAL_FAILURE(static_cast<void>(is_recorded("/no/such/recording")), "/no/such/recording is missing");
    EXPECT_TRUE(is_recorded(GALE_SOURCE_DIR "/README.md"));
}

}  // namespace
}  // namespace gale::testing
