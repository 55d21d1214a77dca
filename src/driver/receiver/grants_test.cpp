#include "driver/receiver/grants.hpp"

#include <gtest/gtest.h>

namespace gale::driver::receiver {
namespace {

constexpr std::int32_t mtu = 1408;

TEST(Grants, OnlyWhatGoesFurtherIsOne) {
    Grants grants{Position{1000}};
    EXPECT_FALSE(grants.add(Position{1000}));
    EXPECT_TRUE(grants.add(Position{9000}));
    EXPECT_FALSE(grants.add(Position{8000}));
}

TEST(Grants, APublicationAtTheLastOneIsHeldUpByNothingUnheard) {
    Grants grants{Position{0}};
    grants.add(Position{10'000});
    grants.add(Position{50'000});
    EXPECT_FALSE(grants.ends_before_last(Position{50'000}, mtu));
    EXPECT_FALSE(grants.ends_before_last(Position{49'000}, mtu));
}

TEST(Grants, ManyInARowMayBeUnheard) {
    Grants grants{Position{0}};
    for (std::int64_t to = 10'000; to <= 120'000; to += 10'000) grants.add(Position{to});
    for (std::int64_t at = 0; at < 120'000; at += 10'000) {
        EXPECT_TRUE(grants.ends_before_last(Position{at}, mtu)) << at;
        EXPECT_TRUE(grants.ends_before_last(Position{at + 10'000 - mtu}, mtu) || at == 110'000) << at;
        EXPECT_FALSE(grants.ends_before_last(Position{at + 5'000}, mtu)) << "it could go on, and did not";
    }
}

TEST(Grants, TheStartIsForgottenInTime) {
    Grants grants{Position{0}};
    for (std::int64_t to = 1; to <= 100; ++to) grants.add(Position{to * 10'000});
    EXPECT_FALSE(grants.ends_before_last(Position{0}, mtu));
    EXPECT_TRUE(grants.ends_before_last(Position{99 * 10'000}, mtu));
}

}  // namespace
}  // namespace gale::driver::receiver
