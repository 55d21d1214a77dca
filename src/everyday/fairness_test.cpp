#include "everyday/testing.hpp"

#include <gale/subscriber.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace gale {
namespace {

using testing::embedded;
using testing::message_of;
using testing::seeds;
using testing::short_log;
using testing::wait_for;

Config exclusive_log() {
    Config config = short_log(1);
    config.exclusive = true;
    return config;
}

/// Several publishers, each with more to send than its log has room for; who reads what is a matter of chance.
class Story {
public:
    explicit Story(std::uint64_t seed) : random_{seed} {
        for (std::size_t i = 0; i < 2 + random_.below(4); ++i) {
            sources_.push_back({.publication = publisher(context_, exclusive_log()), .seed = random_.next()});
            sessions_[sources_.back().publication.session_id()] = i;
        }
        wait_for([&] { return subscription_.session_count() == static_cast<int>(sources_.size()); });
    }

    /// Every publisher puts what has room. True while any has something left.
    bool send() {
        bool more = false;
        for (Source& source : sources_) {
            while (source.sent < messages_each && source.publication.put(message_of(source.seed + source.sent, 8192),
                                                                         {.timeout = Nanos{0}}) == PutStatus::success)
                ++source.sent;
            more = more || source.received < messages_each;
        }
        return more;
    }
    /// Reads once, in one of the ways there are.
    void read() {
        switch (random_.below(4)) {
        case 0: subscription_.poll([&](const Message& message) { check(message); }, limit()); break;
        case 1:
            if (const auto message = subscription_.poll({.fragment_limit = limit()}).message) check(*message);
            break;
        case 2:
            if (const auto message = subscription_.try_take()) check(*message);
            break;
        default:
            for (const Message& message : subscription_.messages({.quiet = Nanos{0}}))
                if (check(message); random_.below(3) == 0) break;
        }
    }

private:
    static constexpr std::uint64_t messages_each = 60;
    struct Source {
        Publisher publication;
        std::uint64_t seed;
        std::uint64_t sent = 0;
        std::uint64_t received = 0;
    };
    int limit() { return 1 + static_cast<int>(random_.below(40)); }
    void check(const Message& message) {
        Source& source = sources_.at(sessions_.at(message.session_id()));
        const auto expected = message_of(source.seed + source.received, 8192);
        ASSERT_TRUE(std::ranges::equal(message.bytes(), expected)) << "message " << source.received;
        ++source.received;
    }

    Random random_;
    Context context_{embedded()};
    Subscriber subscription_ = subscriber(context_, short_log(1));
    std::vector<Source> sources_;
    std::map<SessionId, std::size_t> sessions_;
};

TEST(Reading, LosesNothingAndMixesNothingUpHoweverOneReads) {
    for (const std::uint64_t seed : seeds(12)) {
        SCOPED_TRACE(seed);
        Story story{seed};
        while (story.send()) {
            story.read();
            if (::testing::Test::HasFailure()) return;
        }
    }
}

class Turns : public ::testing::Test {
protected:
    void SetUp() override {
        for (int i = 0; i < sources; ++i) publications.push_back(publisher(context, exclusive_log()));
        wait_for([&] { return subscription.session_count() == sources; });
    }
    void put(std::size_t index, std::size_t length, int count) {
        const PutOptions patient{.timeout = forever, .wait_for_subscriber = true};
        const std::vector<std::byte> bytes(length);
        for (int i = 0; i < count; ++i) ASSERT_EQ(publications[index].put(bytes, patient), PutStatus::success);
    }
    void put_all(int count) {
        for (std::size_t i = 0; i < publications.size(); ++i) put(i, 1000, count);
    }
    void count(const Message& message) { ++counts[message.session_id()]; }

    static constexpr int sources = 3;
    Context context{embedded()};
    Subscriber subscription = subscriber(context, short_log(1));
    std::vector<Publisher> publications;
    std::map<SessionId, int> counts;
};

TEST_F(Turns, GoMessageByMessageWhenOneTakes) {
    put_all(20);
    for (int i = 0; i < 5 * sources; ++i) count(subscription.take());
    for (const auto& [session, number] : counts) EXPECT_EQ(number, 5);
    EXPECT_EQ(counts.size(), 3U);
}

TEST_F(Turns, PassOverThoseWhoHaveNothing) {
    put(0, 1000, 20);
    put(2, 1000, 20);
    for (int i = 0; i < 10; ++i) count(subscription.take());
    EXPECT_EQ(counts[publications[0].session_id()], 5);
    EXPECT_EQ(counts[publications[2].session_id()], 5);
}

TEST_F(Turns, AreNotLengthenedByLongMessages) {
    put(0, 8192, 3);
    put(1, 100, 20);
    put(2, 100, 20);
    for (int i = 0; i < 2 * sources; ++i) count(subscription.take());
    for (const auto& [session, number] : counts) EXPECT_EQ(number, 2);
}

TEST_F(Turns, ComeRoundWhateverTheLimitOfAPoll) {
    for (const int limit : {1, 2, 7}) {
        counts.clear();
        put_all(2 * limit);
        for (int i = 0; i < 2 * sources; ++i) subscription.poll([&](const Message& message) { count(message); }, limit);
        for (const auto& publication : publications) EXPECT_EQ(counts[publication.session_id()], 2 * limit) << limit;
    }
}

}  // namespace
}  // namespace gale
