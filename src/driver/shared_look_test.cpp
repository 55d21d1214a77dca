#include "driver/sender/scripted_network_test.hpp"
#include "driver/shared_look.hpp"
#include "net/recording_poller_test.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace gale::driver {
namespace {

using sender::testing::ScriptedTransport;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<net::Transport*> named_by(net::Poller& poller) {
    std::vector<net::Transport*> named;
    poller.ready([&](net::Transport& transport) { named.push_back(&transport); });
    return named;
}

class SharedLookTest : public ::testing::Test {
protected:
    SharedLookTest() {
        look_.first().add(one_);
        look_.second().add(two_);
        inner_.has_something = {&one_, &two_};
    }

    net::testing::RecordingPoller inner_;
    SharedLook look_{inner_};
    ScriptedTransport one_;
    ScriptedTransport two_;
};

TEST_F(SharedLookTest, OneLookIsForBoth) {
    for (int cycle = 1; cycle <= 3; ++cycle) {
        EXPECT_THAT(named_by(look_.first()), ElementsAre(&one_, &two_));
        inner_.has_something = {&two_};
        EXPECT_THAT(named_by(look_.second()), ElementsAre(&one_, &two_)) << "as it was when the first one looked";
        EXPECT_EQ(inner_.looks, cycle);
        inner_.has_something = {&one_, &two_};
    }
}

TEST_F(SharedLookTest, TheSecondLooksForItselfWhereTheFirstDidNot) {
    static_cast<void>(named_by(look_.first()));
    static_cast<void>(named_by(look_.second()));
    inner_.has_something = {&two_};
    EXPECT_THAT(named_by(look_.second()), ElementsAre(&two_));
    EXPECT_EQ(inner_.looks, 2);
    inner_.has_something.clear();
    EXPECT_THAT(named_by(look_.second()), IsEmpty());
}

TEST_F(SharedLookTest, WhoIsRemovedInBetweenIsNotNamed) {
    static_cast<void>(named_by(look_.first()));
    look_.second().remove(two_);
    EXPECT_THAT(named_by(look_.second()), ElementsAre(&one_));
    EXPECT_THAT(inner_.added, ElementsAre(&one_));
}

TEST_F(SharedLookTest, BothRestOnTheSamePoller) {
    look_.first().wait({});
    look_.second().wait({});
    look_.first().wake();
    look_.second().wake();
    EXPECT_EQ(inner_.waits, 2);
    EXPECT_EQ(inner_.wakes, 2);
}

}  // namespace
}  // namespace gale::driver
