// Who asks for a name waits for nobody, whatever the resolver does.
#include "driver/conductor/name_lookups.hpp"
#include "driver/conductor/network_puppet_test.hpp"

#include <semaphore>

namespace gale::driver {
namespace {

using namespace std::chrono_literals;

/// Answers for `slow...` only when it is let.
class SlowNetwork final : public net::Network {
public:
    std::unique_ptr<net::Transport> open(const net::TransportSpec&) override { return nullptr; }
    std::unique_ptr<net::Poller> make_poller() override { return nullptr; }
    std::vector<net::InterfaceAddress> interfaces() override { return {}; }
    channel::IpAddress resolve(std::string_view host) override {
        if (host.starts_with("slow")) {
            asked.release();
            let.acquire();
        }
        if (host == "unknown") throw Error{ErrorCode::unknown_host, "unknown is not known"};
        left = true;
        left.notify_all();
        return channel::parse_ip("10.0.0.7").value();
    }
    std::counting_semaphore<> asked{0};
    std::counting_semaphore<> let{0};
    std::atomic<bool> left{false};
};

class NameLookupsTest : public ::testing::Test {
protected:
    void start() {
        lookups.start({.clock = clock,
                       .on_answer = [this] { told.release(); },
                       .on_start = [](std::string_view role) { EXPECT_EQ(role, "aeron-md-names"); },
                       .on_error = [](const std::exception&) {}});
    }
    NameAnswer next() {
        std::vector<NameAnswer> answers;
        while (answers.empty()) {
            told.acquire();
            answers = lookups.take();
        }
        EXPECT_EQ(answers.size(), 1U);
        return answers.at(0);
    }
    gale::testing::VirtualClock clock;
    SlowNetwork network;
    std::counting_semaphore<> told{0};
    NameLookups lookups{network};
};

TEST_F(NameLookupsTest, AreDoneOneAtATimeWithoutAThread) {
    lookups.ask("fast");
    lookups.ask("unknown");
    lookups.ask("fast");
    EXPECT_EQ(lookups.do_work(clock), 1);
    EXPECT_TRUE(lookups.has_answers());
    EXPECT_EQ(lookups.do_work(clock), 1);
    EXPECT_EQ(lookups.do_work(clock), 0) << "the same name was not looked up twice";
    const auto answers = lookups.take();
    ASSERT_EQ(answers.size(), 2U);
    EXPECT_EQ(answers[0].host, "fast");
    EXPECT_EQ(answers[0].ip, channel::parse_ip("10.0.0.7"));
    EXPECT_EQ(answers[1].trouble, "unknown is not known");
    EXPECT_FALSE(lookups.has_answers());
}

TEST_F(NameLookupsTest, OfAThreadKeepNobodyWaiting) {
    start();
    lookups.ask("slow");
    network.asked.acquire();
    lookups.ask("slow");
    lookups.ask("fast");
    EXPECT_TRUE(lookups.take().empty());
    network.let.release();
    EXPECT_EQ(next().host, "slow");
    EXPECT_EQ(next().host, "fast");
}

TEST_F(NameLookupsTest, AreToldOfUntilSomebodyTakesThem) {
    start();
    lookups.ask("fast");
    for (int i = 0; i < 3; ++i) told.acquire();
    EXPECT_EQ(lookups.take().size(), 1U);
}

TEST(NameLookupsEnd, WaitsForNoResolverOfAProcessThatGoesOn) {
    static SlowNetwork network;  // for ever: the thread is in it when everything else is gone
    {
        gale::testing::VirtualClock clock;
        NameLookups lookups{network, NameLookups::NetworkLives::forever};
        lookups.start({.clock = clock, .on_answer = [] {}, .on_error = [](const std::exception&) {}});
        lookups.ask("slow");
        network.asked.acquire();
        lookups.stop();
        EXPECT_FALSE(network.left);
    }
    network.let.release();  // it comes back, and finds nobody
    network.left.wait(false);
}

TEST(NameLookupsEnd, IsThatOfTheThreadWhenItHasNothingToDo) {
    SlowNetwork network;
    gale::testing::VirtualClock clock;
    NameLookups lookups{network, NameLookups::NetworkLives::forever};
    lookups.stop();
    lookups.start({.clock = clock, .on_answer = [] {}, .on_error = [](const std::exception&) {}});
    lookups.stop();
    lookups.stop();
    EXPECT_FALSE(lookups.runs_here());
}

}  // namespace
}  // namespace gale::driver
