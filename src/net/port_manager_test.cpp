#include "net/port_manager.hpp"

#include <gale/error.hpp>

#include <gtest/gtest.h>

namespace gale::net {
namespace {

TEST(PortManager, WithoutARangeTheSystemChooses) {
    PortManager ports{PortRange{}};
    EXPECT_EQ(ports.take(), 0);
    ports.release(0);
    EXPECT_EQ(ports.take(), 0);
}

TEST(PortManager, HandsOutTheNextAndBeginsAgain) {
    PortManager ports{{.low = 100, .high = 102}};
    EXPECT_EQ(ports.take(), 100);
    EXPECT_EQ(ports.take(), 101);
    ports.release(100);
    EXPECT_EQ(ports.take(), 102) << "not 100, which was in use a moment ago";
    EXPECT_EQ(ports.take(), 100);
}

TEST(PortManager, WhenAllAreTakenItSaysSo) {
    PortManager ports{{.low = 100, .high = 101}};
    EXPECT_EQ(ports.take(), 100);
    EXPECT_EQ(ports.take(), 101);
    EXPECT_THROW(static_cast<void>(ports.take()), Error);
    ports.release(101);
    EXPECT_EQ(ports.take(), 101);
}

TEST(PortManager, LeavesOutWhatSomebodyNamed) {
    PortManager ports{{.low = 100, .high = 102}};
    ports.hold(100);
    ports.hold(5);
    EXPECT_EQ(ports.take(), 101);
    EXPECT_TRUE(ports.is_held(5));
}

TEST(PortManager, APortThatSeveralHoldIsFreeWhenTheLastLetsGo) {
    PortManager ports{{.low = 100, .high = 100}};
    ports.hold(100);
    ports.hold(100);
    ports.release(100);
    EXPECT_THROW(static_cast<void>(ports.take()), Error);
    ports.release(100);
    EXPECT_EQ(ports.take(), 100);
}

TEST(PortManager, AWholeRangeUpToTheLastPortEnds) {
    PortManager ports{{.low = 0, .high = 65535}};
    for (std::uint32_t port = 1; port <= 65535; ++port) ASSERT_EQ(ports.take(), port);
    EXPECT_THROW(static_cast<void>(ports.take()), Error);
}

TEST(PortManager, ReleasingWhatNobodyHoldsIsNothing) {
    PortManager ports{{.low = 100, .high = 100}};
    ports.release(100);
    EXPECT_EQ(ports.take(), 100);
}

}  // namespace
}  // namespace gale::net
