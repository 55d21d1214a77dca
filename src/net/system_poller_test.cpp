#include "net/network.hpp"
#include "net/recording_poller_test.hpp"
#include "net/system_poller.hpp"
#include "net/testing.hpp"

#include <gtest/gtest.h>

#include <set>
#include <thread>

namespace gale::net {
namespace {

using namespace testing;
using std::chrono::hours;

class SystemPollerTest : public ::testing::TestWithParam<std::size_t> {
protected:
    SystemPollerTest() {
        for (std::size_t i = 0; i < GetParam(); ++i) {
            transports_.push_back(system_network().open({.local = at("127.0.0.1")}));
            poller_.add(*transports_.back());
        }
    }
    void send_to(std::size_t index) {
        const Train train{{64}};
        const auto to = transports_[index]->local_address();
        ASSERT_EQ(sender_->send(train.datagrams(), &to), 1);
    }
    /// Those that `ready` names and that have something.
    std::set<const Transport*> heard() {
        std::set<const Transport*> result;
        poller_.ready([&](Transport& transport) {
            std::vector<Arrival> arrivals;
            if (receive_once(transport, arrivals) > 0) result.insert(&transport);
        });
        return result;
    }

    SystemPoller poller_;
    std::vector<std::unique_ptr<Transport>> transports_;
    std::unique_ptr<Transport> sender_ = system_network().open({.local = at("127.0.0.1")});
};

TEST_P(SystemPollerTest, NamesThoseThatHaveSomething) {
    EXPECT_TRUE(heard().empty());
    send_to(0);
    send_to(GetParam() - 1);
    std::set<const Transport*> all;
    while (all.size() < std::min<std::size_t>(GetParam(), 2)) {
        poller_.wait(hours{1});
        all.merge(heard());
    }
    EXPECT_EQ(all, (std::set<const Transport*>{transports_.front().get(), transports_.back().get()}));
}

TEST_P(SystemPollerTest, ADatagramEndsAWait) {
    send_to(0);
    poller_.wait(hours{1});
    EXPECT_FALSE(heard().empty());
}

TEST_P(SystemPollerTest, AWakeEndsTheWaitThatFollows) {
    poller_.wake();
    poller_.wake();
    poller_.wait(hours{1});
    SUCCEED() << "else this test would not end";
}

TEST_P(SystemPollerTest, AWakeFromAnotherThreadEndsAWait) {
    for (int i = 0; i < 200; ++i) {
        std::atomic<bool> said{false};
        std::thread other{[&] {
            said.store(true, std::memory_order_release);
            poller_.wake();
        }};
        while (!said.load(std::memory_order_acquire)) poller_.wait(hours{1});
        other.join();
    }
}

TEST_P(SystemPollerTest, WhoIsRemovedIsNotNamed) {
    send_to(0);
    poller_.remove(*transports_[0]);
    EXPECT_TRUE(heard().empty());
    poller_.wait(Nanos::zero());
}

TEST_P(SystemPollerTest, OneThreadWaitsForTwo) {
    SystemPoller other;
    const auto transport = system_network().open({.local = at("127.0.0.1")});
    other.add(*transport);
    // What comes to either, and a wake of either, end it.
    send_to(0);
    EXPECT_TRUE(other.wait_with(poller_, hours{1}));
    EXPECT_TRUE(poller_.wait_with(other, hours{1}));
    EXPECT_FALSE(heard().empty());
    for (SystemPoller* woken : {&poller_, &other}) {
        woken->wake();
        EXPECT_TRUE(poller_.wait_with(other, hours{1}));
        std::thread waking{[&] { woken->wake(); }};
        EXPECT_TRUE(poller_.wait_with(other, hours{1}));
        waking.join();
        EXPECT_TRUE(poller_.wait_with(other, std::chrono::milliseconds{1})) << "nothing is left of it";
    }
}

TEST_P(SystemPollerTest, WithAStrangerNobodyWaits) {
    RecordingPoller stranger;
    EXPECT_FALSE(poller_.wait_with(stranger, hours{1}));
}

TEST_P(SystemPollerTest, AWaitEndsByItself) { poller_.wait(std::chrono::milliseconds{1}); }

INSTANTIATE_TEST_SUITE_P(FewAndMany, SystemPollerTest, ::testing::Values(1, 2, 100));

}  // namespace
}  // namespace gale::net
