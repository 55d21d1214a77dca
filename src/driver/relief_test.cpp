#include "driver/relief_rest.hpp"
#include "net/recording_poller_test.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

namespace gale::driver {
namespace {

using namespace std::chrono_literals;

/// Two threads' cycles in one thread, with a clock and amounts of work that the test sets.
class ReliefTest : public ::testing::Test {
protected:
    void sender_cycle(Nanos later = 100us) {
        now_ += later;
        in_sender_ = true;
        relief_.send({.now = now_, .wall = {}});
        in_sender_ = false;
    }
    int receiver_cycle() { return relief_.receive({.now = now_, .wall = {}}); }
    void both(int cycles, Nanos later = 100us) {
        for (int i = 0; i < cycles; ++i) {
            sender_cycle(later);
            receiver_cycle();
        }
    }
    /// Light traffic until the sender's thread has all of the work; how long that took.
    Nanos relieve() {
        const Nanos begin = now_;
        for (int i = 0; i < 10'000 && !relief_.is_relieved(); ++i) both(1);
        EXPECT_TRUE(relief_.is_relieved());
        return now_ - begin;
    }

    int sent_ = 0;
    int received_ = 0;
    int by_sender_ = 0;  ///< cycles of receiving on the sender's thread
    int by_receiver_ = 0;
    Relief relief_{[this](Tick) { return sent_; },
                   [this](Tick) {
                       ++(in_sender_ ? by_sender_ : by_receiver_);
                       return received_;
                   }};

private:
    Nanos now_{1s};
    bool in_sender_ = false;
};

TEST_F(ReliefTest, EachDoesItsOwnAtFirst) {
    both(5);
    EXPECT_EQ(by_receiver_, 5);
    EXPECT_EQ(by_sender_, 0);
}

TEST_F(ReliefTest, LightTrafficMakesOneThreadOfTwo) {
    sent_ = Relief::much_sent - 1;
    received_ = Relief::much_received - 1;
    EXPECT_GE(relieve(), Relief::first_patience);
    by_receiver_ = by_sender_ = 0;
    both(1000);
    EXPECT_EQ(by_receiver_, 0);
    EXPECT_EQ(by_sender_, 1000);
}

TEST_F(ReliefTest, NobodyReceivesTwiceWhileTheWorkChangesHands) {
    int cycles = 0;
    for (; !relief_.is_relieved(); ++cycles) {
        sender_cycle();
        EXPECT_EQ(by_sender_, 0) << "the receiver has not let go";
        receiver_cycle();
    }
    EXPECT_EQ(by_receiver_, cycles - 1) << "all but the one that let go";
}

TEST_F(ReliefTest, MuchToSendGivesTheWorkBack) {
    relieve();
    sent_ = Relief::much_sent;
    sender_cycle();
    EXPECT_FALSE(relief_.is_relieved());
    by_receiver_ = by_sender_ = 0;
    both(10'000);
    EXPECT_EQ(by_receiver_, 10'000);
    EXPECT_EQ(by_sender_, 0);
}

TEST_F(ReliefTest, MuchToReceiveGivesTheWorkBack) {
    relieve();
    received_ = Relief::much_received;
    sender_cycle();
    EXPECT_FALSE(relief_.is_relieved());
}

TEST_F(ReliefTest, WhoRestsGivesTheWorkBackFirst) {
    relieve();
    relief_.give_back();
    EXPECT_FALSE(relief_.is_relieved());
    by_receiver_ = 0;
    receiver_cycle();
    EXPECT_EQ(by_receiver_, 1);
    EXPECT_GE(relieve(), Relief::first_patience) << "a rest begins the wait anew";
}

TEST_F(ReliefTest, ARestOfTheSendersThreadEndsTheReliefAndTheReceiversThreadSleepsThroughIt) {
    net::testing::RecordingPoller senders;
    net::testing::RecordingPoller receivers;
    RelievingRest sender{PollerRest{senders, [] { return true; }}, receivers, relief_};
    RelievedRest receiver{PollerRest{receivers, [] { return false; }}, relief_};
    receiver.park(1ms);
    EXPECT_EQ(receivers.waits, 1) << "with its own work it waits for its own sockets";
    relieve();
    receiver.wake();
    sender.park(1ms);
    EXPECT_FALSE(relief_.is_relieved());
    EXPECT_EQ(senders.waits, 1);
    EXPECT_EQ(receivers.waits, 1);
    EXPECT_EQ(receivers.wakes, 1);
}

TEST_F(ReliefTest, ANapOfTheSendersThreadEndsWithWhatComesForTheReceiverAndKeepsTheWork) {
    net::testing::RecordingPoller senders;
    net::testing::RecordingPoller receivers;
    RelievingRest sender{PollerRest{senders, [] { return true; }}, receivers, relief_};
    sender.park(100us);
    EXPECT_EQ(senders.waits, 1) << "with its own work it waits for its own sockets";
    EXPECT_LE(relieve(), Relief::first_patience + 200us) << "a nap is no idleness";
    sender.park(100us);
    EXPECT_TRUE(relief_.is_relieved());
    EXPECT_EQ(senders.waits_with, &receivers);
    EXPECT_EQ(senders.waits, 1);
    senders.can_wait_with = false;
    sender.park(100us);
    EXPECT_FALSE(relief_.is_relieved()) << "better given back than not heard";
    EXPECT_EQ(senders.waits, 2);
}

TEST_F(ReliefTest, WhoNapsOffersNothingMeanwhile) {
    sender_cycle();
    sender_cycle(Relief::first_patience);  // offers
    EXPECT_FALSE(relief_.has_all());
    receiver_cycle();
    EXPECT_FALSE(relief_.is_relieved()) << "it had been taken back";
    EXPECT_EQ(by_receiver_, 1);
}

TEST_F(ReliefTest, WhoHasItsWorkBackBeginsAnew) {
    EXPECT_EQ(receiver_cycle(), 0);
    relieve();
    EXPECT_EQ(receiver_cycle(), 0);
    relief_.give_back();
    EXPECT_EQ(receiver_cycle(), 1);
    EXPECT_EQ(receiver_cycle(), 0);
}

TEST_F(ReliefTest, RestsThatComeSoonMakeItPatient) {
    for (int i = 0; i < 10; ++i) {
        relieve();
        relief_.give_back();
    }
    EXPECT_GE(relieve(), Relief::last_patience);
}

TEST_F(ReliefTest, WhoRestsOftenNeverTakesTheWork) {
    for (int i = 0; i < 1000; ++i) {
        both(5);
        relief_.give_back();
    }
    EXPECT_EQ(by_sender_, 0);
}

TEST_F(ReliefTest, AnOfferIsTakenBackWhenThereIsMuchAgain) {
    sender_cycle();
    sender_cycle(Relief::first_patience);  // offers
    sent_ = Relief::much_sent;
    sender_cycle();
    receiver_cycle();
    EXPECT_FALSE(relief_.is_relieved());
    EXPECT_EQ(by_receiver_, 1);
}

TEST_F(ReliefTest, TrafficThatComesAndGoesIsLeftToTwoForLonger) {
    Nanos waited = relieve();
    for (int i = 0; i < 20; ++i) {
        sent_ = Relief::much_sent;
        sender_cycle();
        sent_ = 0;
        const Nanos again = relieve();
        EXPECT_GE(again, std::min(waited, Relief::last_patience));
        waited = again;
    }
    EXPECT_GE(waited, Relief::last_patience);
    EXPECT_LE(waited, 2 * Relief::last_patience);
    both(1000);  // a long relief: it was worth it
    sent_ = Relief::much_sent;
    sender_cycle();
    sent_ = 0;
    EXPECT_LE(relieve(), 2 * Relief::first_patience);
}

TEST(ReliefThreads, TheReceiverIsTouchedByOneThreadAtATime) {
    std::int64_t received = 0;  // no atomic: the thread sanitizer says whether two threads touch it at once
    std::atomic<int> inside{0};
    Nanos last{};
    std::int64_t clock = 0;
    int round = 0;
    std::atomic<bool> done{false};
    Relief relief{[&](Tick) { return ++round % 7 == 0 ? Relief::much_sent : 0; },
                  [&](Tick tick) {
                      EXPECT_EQ(inside.fetch_add(1), 0);
                      EXPECT_GE(tick.now, last) << "time went back";
                      last = tick.now;
                      inside.fetch_sub(1);
                      return ++received % 11 == 0 ? Relief::much_received : 0;
                  }};
    std::thread receiver{[&] {
        while (!done.load(std::memory_order_acquire)) {
            relief.receive({});
            if (relief.is_relieved()) relief.rest(std::chrono::hours{1});
        }
    }};
    for (int changes = 0; changes < 200;) {
        const bool before = relief.is_relieved();
        relief.send({.now = Nanos{clock += Relief::last_patience.count()}, .wall = {}});
        if (relief.is_relieved() != before) ++changes;
        std::this_thread::yield();
    }
    relief.give_back();
    done.store(true, std::memory_order_release);
    receiver.join();
    EXPECT_GT(received, 0);
}

}  // namespace
}  // namespace gale::driver
