#include "os/symbol.hpp"

#include <gtest/gtest.h>

namespace gale::os {
namespace {

TEST(Symbol, IsFoundInAnyLibraryThatIsLoaded) {
    EXPECT_NE(find_symbol("getpid"), nullptr);
    EXPECT_EQ(find_symbol("no_such_symbol_of_gale"), nullptr);
}

}  // namespace
}  // namespace gale::os
