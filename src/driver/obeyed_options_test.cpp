// An option that is set is obeyed: a row for each whose effect no other test shows. What a row looks at must be one
// thing with the option, and another without it.
#include "driver/conductor/streams_test.hpp"
#include "driver/options.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <optional>
#include <ostream>

namespace gale::testing {
namespace {

constexpr std::string_view obeyed_ipc = "aeron:ipc";
constexpr std::string_view obeyed_udp = "aeron:udp?endpoint=10.0.0.2:4000|ssc=true";  // a spy is its reader
constexpr std::string_view obeyed_loop = "aeron:udp?endpoint=10.0.0.1:4000";          // by way of a network, to itself

std::string reader_of(std::string_view channel) {
    return (channel == obeyed_udp ? "aeron-spy:" : "") + std::string{channel};
}

/// Somebody who publishes, somebody who reads at once, and somebody who reads nothing.
struct Three {
    explicit Three(TestDriver& of, std::string_view channel, std::string_view slow_more = "")
        : driver{of}, stream{publish(publisher, channel)} {
        fast = join(fast_one, reader_of(channel));
        slow = join(slow_one, reader_of(channel) + std::string{slow_more});
        slow_one.take();
    }
    Image join(Puppet& who, const std::string& channel) {
        const CorrelationId id = subscribe(who, channel);
        std::optional<Image> image;
        for (int i = 0; i < 100 && !(image = take_image(who, id)); ++i) driver.pass(10ms, 10ms);
        return image.value();
    }
    void run_ahead() {
        for (int i = 0; i < 100; ++i) {
            static_cast<void>(stream.offer(message(1, 1000)));
            driver.step();
            fast->poll();
            driver.step();
        }
    }
    [[nodiscard]] bool slow_lost_its_image() {
        return slow_one
            .take_first<control::UnavailableImage>(
                [&](const auto& e) { return e.subscription_id == slow->subscription; })
            .has_value();
    }

    TestDriver& driver;
    Puppet publisher{driver};
    Puppet fast_one{driver};
    Puppet slow_one{driver};
    Publication stream;
    std::optional<Image> fast{};
    std::optional<Image> slow{};
};

using Look = std::function<std::int64_t(TestDriver&)>;

std::int64_t limit_of(TestDriver& driver, std::string_view channel) {
    const Three three{driver, channel};
    driver.pass(200ms);
    return three.stream.limit();
}

/// Whether who reads nothing loses its image within a while.
std::int64_t loses_image(TestDriver& driver, std::string_view channel, std::string_view more, Nanos within) {
    Three three{driver, channel, more};
    three.run_ahead();
    driver.pass(within);
    return three.slow_lost_its_image();
}

/// Whether it then no longer holds the publisher back, in such a while more.
std::int64_t lets_go(TestDriver& driver, Nanos within) {
    Three three{driver, obeyed_ipc, "?tether=false"};
    three.run_ahead();
    for (int second = 0; second < 20 && !three.slow_lost_its_image(); ++second) driver.pass(1s);
    driver.pass(within);
    three.run_ahead();
    return three.stream.limit() > 50'000;
}

/// Whether it has its image again, in such a while after it let go.
std::int64_t comes_back(TestDriver& driver, std::string_view channel, std::string_view more, Nanos within) {
    Three three{driver, channel, more};
    for (int second = 0; second < 20 && three.stream.limit() < 50'000; ++second) {
        three.run_ahead();
        driver.pass(1s);
    }
    EXPECT_GE(three.stream.limit(), 50'000);
    EXPECT_TRUE(three.slow_lost_its_image());
    driver.pass(within);
    return take_image(three.slow_one, three.slow->subscription).has_value();
}

std::int64_t same_counter_again(TestDriver& driver) {
    Puppet client{driver};
    const auto add = [&] {
        const auto id = client.ask(control::AddCounter{.type_id = 1000, .label = "c"});
        const auto heard =
            client.take_first<control::CounterReady>([&](const auto& e) { return e.correlation_id == id; });
        return std::pair{id, heard.value().as<control::CounterReady>()->counter_id};
    };
    const auto [registration, first] = add();
    client.ask(control::RemoveCounter{.registration_id = registration});
    driver.pass(3s);
    return add().second == first;
}

/// Whether any of a hundred session ids lies from one number to another.
bool some_session_is_within(TestDriver& driver, std::int32_t low, std::int32_t high) {
    Puppet client{driver};
    bool found = false;
    for (int i = 0; i < 100; ++i) {
        const auto id = client.ask(control::NextSessionId{.stream_id = stream_7});
        const auto heard =
            client.take_first<control::NextSessionIdEvent>([&](const auto& e) { return e.correlation_id == id; });
        const std::int32_t session = heard.value().as<control::NextSessionIdEvent>()->session_id.value;
        found = found || (session >= low && session <= high);
    }
    return found;
}

/// Claims that were taken away from a publisher that never ended them, 20 s later.
std::int64_t unblocked_after_20s(TestDriver& driver, std::string_view channel) {
    Three three{driver, channel};
    driver.pass(200ms);
    logbuffer::ClaimedFrame claimed;
    EXPECT_TRUE(three.stream.appender().claim(three.stream.limit(), 100, claimed));
    EXPECT_TRUE(three.stream.offer(message(1, 100)));
    driver.pass(20s);
    return driver.value(control::SystemCounter::unblocked_publications);
}

std::int64_t length_of(const std::string& path) { return static_cast<std::int64_t>(std::filesystem::file_size(path)); }

std::int64_t log_length(TestDriver& driver, std::string_view channel) {
    const Three three{driver, channel};
    return length_of(three.stream.path);
}

/// What is written into the log of an image that came over the network.
template <class Member> Look image_says(Member member) {
    return [member](TestDriver& driver) {
        const Three three{driver, obeyed_loop};
        return static_cast<std::int64_t>(three.fast->mapped->log->metadata().*member);
    };
}

/// How many status messages go to a stream that stands still, in two seconds.
std::int64_t statuses_in_2s(TestDriver& driver) {
    const Three three{driver, obeyed_loop};
    driver.pass(1s, 10ms);
    const std::int64_t before = driver.value(control::SystemCounter::status_messages_sent);
    driver.pass(2s, 10ms);
    return driver.value(control::SystemCounter::status_messages_sent) - before;
}

/// Whether a publication still counts its receiver when nothing has come from there for so long.
std::int64_t is_connected_after_2s_of_silence(TestDriver& driver) {
    const Three three{driver, obeyed_loop};
    driver.pass(1s, 10ms);
    driver.world().link("driver", "driver").cut = true;
    driver.pass(2s, 10ms);
    return three.stream.log().metadata().is_connected.load_acquire();
}

/// Whether steps of 100 ms count as cycles that took too long.
Look long_cycles(control::SystemCounter counter) {
    return [counter](TestDriver& driver) {
        driver.pass(1s, 100ms);
        return std::int64_t{driver.value(counter) > 0};
    };
}

struct Obeyed {
    std::string name;  ///< of the test
    std::vector<std::pair<std::string, std::string>> options;
    Look look;
    std::int64_t with;
    std::int64_t without;
    friend std::ostream& operator<<(std::ostream& out, const Obeyed& row) { return out << row.name; }
};

const std::vector<Obeyed> obeyed{
    {"IpcMtu",
     {{"ipc.mtu.length", "2048"}},
     [](TestDriver& d) {
         return std::int64_t{Three{d, obeyed_ipc}.stream.log().mtu_length()};
     },
     2048,
     1408},
    {"IpcWindow",
     {{"ipc.publication.term.window.length", "16k"}},
     [](TestDriver& d) { return limit_of(d, obeyed_ipc); },
     16384,
     32768},
    {"Window",
     {{"publication.term.window.length", "16k"}},
     [](TestDriver& d) { return limit_of(d, obeyed_udp); },
     16384,
     32768},
    {"TetherOverIpc",
     {{"tether.subscriptions", "false"}},
     [](TestDriver& d) { return loses_image(d, obeyed_ipc, "", 8s); },
     1,
     0},
    {"TetherOfSpies",
     {{"tether.subscriptions", "false"}},
     [](TestDriver& d) { return loses_image(d, obeyed_udp, "", 8s); },
     1,
     0},
    {"TetherOverTheNetwork",
     {{"tether.subscriptions", "false"}},
     [](TestDriver& d) { return loses_image(d, obeyed_loop, "", 8s); },
     1,
     0},
    {"RejoinOverIpc",
     {{"rejoin.stream", "false"}},
     [](TestDriver& d) { return comes_back(d, obeyed_ipc, "?tether=false", 13s); },
     0,
     1},
    {"RejoinOfSpies",
     {{"rejoin.stream", "false"}},
     [](TestDriver& d) { return comes_back(d, obeyed_udp, "|tether=false", 13s); },
     0,
     1},
    {"RejoinOverTheNetwork", {{"rejoin.stream", "false"}}, image_says(&logbuffer::LogMetadata::rejoin), 0, 1},
    {"SparseIpcLogs",
     {{"term.buffer.sparse.file", "false"}},
     [](TestDriver& d) {
         return std::int64_t{Three{d, obeyed_ipc}.stream.log().metadata().sparse};
     },
     0,
     1},
    {"SparseLogs",
     {{"term.buffer.sparse.file", "false"}},
     [](TestDriver& d) {
         return std::int64_t{Three{d, obeyed_udp}.stream.log().metadata().sparse};
     },
     0,
     1},
    {"SparseImages", {{"term.buffer.sparse.file", "false"}}, image_says(&logbuffer::LogMetadata::sparse), 0, 1},
    {"CountersFreeToReuse", {{"counters.free.to.reuse.timeout", "10s"}}, same_counter_again, 0, 1},
    {"ReservedSessionIdsUpTo",
     {{"publication.reserved.session.id.high", "2147483646"}},
     [](TestDriver& d) { return std::int64_t{some_session_is_within(d, 1001, 2147483646)}; },
     0,
     1},
    {"ReservedSessionIdsFrom",
     {{"publication.reserved.session.id.low", "-2147482000"}},
     [](TestDriver& d) { return std::int64_t{some_session_is_within(d, -2147482000, -2)}; },
     0,
     1},
    {"ReliableStreams", {{"reliable.stream", "false"}}, image_says(&logbuffer::LogMetadata::reliable), 0, 1},
    {"GroupsOfReceivers", {{"receiver.group.consideration", "true"}}, image_says(&logbuffer::LogMetadata::group), 1, 0},
    {"StatusMessages",
     {{"rcv.status.message.timeout", "900ms"}},
     [](TestDriver& d) { return statuses_in_2s(d); },
     2,
     10},
    {"ConnectionsOfPublications",
     {{"publication.connection.timeout", "1s"}},
     [](TestDriver& d) { return is_connected_after_2s_of_silence(d); },
     0,
     1},
    {"CyclesOfTheConductor",
     {{"driver.conductor.cycle.threshold", "50ms"}},
     long_cycles(control::SystemCounter::conductor_cycle_time_threshold_exceeded),
     1,
     0},
    {"CyclesOfTheSender",
     {{"driver.sender.cycle.threshold", "50ms"}},
     long_cycles(control::SystemCounter::sender_cycle_time_threshold_exceeded),
     1,
     0},
    {"CyclesOfTheReceiver",
     {{"driver.receiver.cycle.threshold", "50ms"}},
     long_cycles(control::SystemCounter::receiver_cycle_time_threshold_exceeded),
     1,
     0},
    {"UntetheredWindowLimit",
     {{"untethered.window.limit.timeout", "2s"}},
     [](TestDriver& d) { return loses_image(d, obeyed_ipc, "?tether=false", 4s); },
     1,
     0},
    {"UntetheredWindowLimitOverTheNetwork",
     {{"untethered.window.limit.timeout", "2s"}},
     [](TestDriver& d) { return loses_image(d, obeyed_loop, "|tether=false", 4s); },
     1,
     0},
    {"UntetheredLinger", {{"untethered.linger.timeout", "2s"}}, [](TestDriver& d) { return lets_go(d, 4s); }, 1, 0},
    {"UntetheredResting",
     {{"untethered.resting.timeout", "2s"}},
     [](TestDriver& d) { return comes_back(d, obeyed_ipc, "?tether=false", 4s); },
     1,
     0},
    {"Unblock",
     {{"publication.unblock.timeout", "30s"}},
     [](TestDriver& d) { return unblocked_after_20s(d, obeyed_ipc); },
     0,
     1},
    {"UnblockTowardsTheNetwork",
     {{"publication.unblock.timeout", "30s"}},
     [](TestDriver& d) { return unblocked_after_20s(d, obeyed_udp); },
     0,
     1},
    {"ErrorBuffer",
     {{"error.buffer.length", "8m"}},
     [](TestDriver& d) { return static_cast<std::int64_t>(d.cnc().error_log().size()); },
     8 * 1024 * 1024,
     4 * 1024 * 1024},
    {"FilePageOfIpcLogs",
     {{"file.page.size", "64k"}},
     [](TestDriver& d) { return log_length(d, obeyed_ipc); },
     4 * 65536,
     3 * 65536 + 4096},
    {"FilePageOfLogs",
     {{"file.page.size", "64k"}},
     [](TestDriver& d) { return log_length(d, obeyed_udp); },
     4 * 65536,
     3 * 65536 + 4096},
    {"FilePageOfImages", {{"file.page.size", "64k"}}, image_says(&logbuffer::LogMetadata::page_size), 65536, 4096},
    {"FilePageOfTheLossReport",
     {{"file.page.size", "64k"}},
     [](TestDriver& d) { return length_of(d.directory().path() + "/loss-report.dat"); },
     65536,
     4096},
    {"FilePageOfCnc",
     {{"file.page.size", "64k"}},
     [](TestDriver& d) { return length_of(d.directory().path() + "/cnc.dat") % 65536; },
     0,
     4096},
};

class OptionThatIsSet : public ::testing::TestWithParam<Obeyed> {};

TEST_P(OptionThatIsSet, IsObeyed) {
    const Obeyed& row = GetParam();
    {
        TestDriver without;
        EXPECT_EQ(row.look(without), row.without) << "without it";
    }
    DriverOptions options = small_options();
    for (const auto& [name, value] : row.options) EXPECT_TRUE(driver::apply_property(options, name, value).empty());
    TestDriver with{options};
    EXPECT_EQ(row.look(with), row.with) << "with it";
}

INSTANTIATE_TEST_SUITE_P(Driver, OptionThatIsSet, ::testing::ValuesIn(obeyed),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace gale::testing
