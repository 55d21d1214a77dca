/// One publisher and three receivers of a group, each with a driver of its own on a host of its own: one of them reads
/// slowly, or is cut off and comes back. What arrives is looked at, never how long it takes.
#include "system/files.hpp"
#include "system/gale_fixture_test.hpp"
#include "system/hosts.hpp"
#include "system/ports.hpp"

#include <array>
#include <cstdlib>
#include <iostream>
#include <iterator>

namespace gale::testing {
namespace {

enum class Place { namespaces, loopback };

constexpr std::size_t sender = 0;
constexpr std::array<std::size_t, 3> receivers{1, 2, 3};
constexpr std::size_t special = receivers[0];  // who is slow, or away
constexpr std::int64_t term = 64 * 1024;
// What may lie between a publication and the file or pipe of a subscriber that does not read: a term at each end, what
// a pipe holds, and what programs keep for themselves.
constexpr std::int64_t most_on_the_way = 2 * term + 64 * 1024 + 256 * 1024;

/// A line that says which it is, so that what is in it can be checked.
std::string line_of(std::size_t number) {
    std::string line = std::to_string(number) + ' ';
    for (std::size_t i = 0; i < 80; ++i) line += static_cast<char>('a' + (number * 7 + i * (number % 5 + 1)) % 26);
    return line;
}

/// Which lines they are. Each has to be as it was published.
std::vector<std::size_t> numbers_of(const std::vector<std::string>& lines) {
    std::vector<std::size_t> numbers;
    for (const std::string& line : lines) {
        const std::size_t number = std::strtoull(line.c_str(), nullptr, 10);
        EXPECT_EQ(line, line_of(number)) << "not what was published";
        if (line != line_of(number)) break;
        numbers.push_back(number);
    }
    return numbers;
}

/// How often something is missing between a line and the next. None comes twice, or after a later one.
std::size_t gaps_in(const std::vector<std::size_t>& numbers) {
    std::size_t gaps = 0;
    for (std::size_t i = 1; i < numbers.size(); ++i) {
        EXPECT_GT(numbers[i], numbers[i - 1]);
        gaps += numbers[i] != numbers[i - 1] + 1 ? 1U : 0U;
    }
    return gaps;
}

std::string content_of(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{}};
}

class Group : public GaleProgram {
protected:
    /// False where that place is not to be had: the test is skipped, or has failed.
    [[nodiscard]] bool make_hosts(Place place) {
        group_ = place == Place::namespaces
                     ? "aeron:udp?endpoint=224.20.30.49:40456|interface=10.88.0.0/24"
                     : "aeron:udp?endpoint=224.20.30.49" +
                           new_channel().substr(sizeof "aeron:udp?endpoint=127.0.0.1" - 1) + "|interface=localhost";
        if (place == Place::loopback) return true;
        try {
            hosts_.emplace(1 + receivers.size());
            return true;
        } catch (const NoNamespaces& error) {
            tell_and_skip(std::string{"this kernel makes no network namespaces for this user: "} + error.what());
        } catch (const std::runtime_error& error) {
            if (const char* ci = std::getenv("CI"); ci != nullptr && *ci != '\0')
                ADD_FAILURE() << error.what();
            else
                tell_and_skip(error.what());
        }
        return false;
    }

    [[nodiscard]] std::string directory_of(std::size_t host) const { return directory_ / std::to_string(host); }
    [[nodiscard]] Process start_on(std::size_t host, Words words) const {
        words.insert(words.end(), {"--dir", directory_of(host)});
        const Command command = gale(std::move(words));
        return Process{hosts_ ? hosts_->on(host, command) : command};
    }
    /// A driver on each host. That of the special one, and the sender's flow control, give up after `silence`; the
    /// others have to do with nobody who is away, and must not take a busy machine for one.
    void start_drivers(const std::string& silence) {
        for (std::size_t host = 0; host <= receivers.size(); ++host) {
            Words words{"driver"};
            Words options{"counters.buffer.length=1m", "low.file.store.warning.threshold=0", "timer.interval=50ms",
                          "publication.linger.timeout=200ms", "flow.control.receiver.timeout=" + silence};
            if (host == special) options.push_back("image.liveness.timeout=" + silence);
            for (const std::string& option : options) words.insert(words.end(), {"--option", option});
            drivers_.push_back(start_on(host, std::move(words)));
            ASSERT_TRUE(drivers_.back().wait_for_line([](std::string_view line) {
                return line.starts_with("media driver ready");
            })) << drivers_.back().errors();
        }
    }
    [[nodiscard]] Process start_publisher(const std::string& flow_control, Words more = {}) const {
        Words words{"pub", group_ + "|term-length=64k|fc=" + flow_control, "7"};
        words.insert(words.end(), more.begin(), more.end());
        return start_on(sender, std::move(words));
    }
    [[nodiscard]] Process start_subscriber(std::size_t host, Words more = {}) const {
        Words words{"sub", group_, "7"};
        words.insert(words.end(), more.begin(), more.end());
        return start_on(host, std::move(words));
    }

    /// Publishes lines, one at a time, until each of them has heard one: from there on all of them are there.
    void gather(Process& publisher, std::vector<Process*> subscribers) {
        const auto deadline = std::chrono::steady_clock::now() + patience;
        while (!subscribers.empty()) {
            ASSERT_LT(std::chrono::steady_clock::now(), deadline) << publisher.errors();
            publisher.write_line(line_of(next_++));
            subscribers.front()->wait_for_line([](std::string_view) { return true; }, 0, std::chrono::milliseconds{5});
            std::erase_if(subscribers, [](Process* each) {
                each->catch_up();
                return !each->lines().empty();
            });
        }
    }
    /// Publishes so many lines more. No more of them are on their way than the pipe to the publisher holds, and each of
    /// `subscribers` has heard them all at the end.
    [[nodiscard]] bool pass_on(Process& publisher, std::size_t count, const std::vector<Process*>& subscribers) {
        constexpr std::size_t block = 100;
        for (const std::size_t end = next_ + count; next_ < end;) {
            for (const std::size_t to = std::min(next_ + block, end); next_ < to;)
                publisher.write_line(line_of(next_++));
            const std::string last = line_of(next_ - 1);
            for (Process* each : subscribers) {
                std::size_t& seen = seen_[each];
                if (!each->wait_for_line([&](std::string_view line) { return line == last; }, seen)) return false;
                seen = each->lines().size();
            }
        }
        return true;
    }
    /// Publishes lines until `subscriber` hears what is published now.
    void gather_again(Process& publisher, Process& subscriber, const std::vector<Process*>& others) {
        const auto deadline = std::chrono::steady_clock::now() + patience;
        const std::size_t before = subscriber.lines().size();
        while (subscriber.lines().size() == before) {
            ASSERT_LT(std::chrono::steady_clock::now(), deadline) << subscriber.errors();
            ASSERT_TRUE(pass_on(publisher, 1, others));
            subscriber.catch_up();
        }
    }
    /// As `gale streams` of that host tells.
    [[nodiscard]] nlohmann::json stream_on(std::size_t host) const {
        const auto list = json_of({"streams", "--json", "--dir", directory_of(host)})["streams"];
        return list.empty() ? nlohmann::json() : list[0];
    }
    /// What every host has to say of the stream, for the message about one that does not go on.
    [[nodiscard]] std::string state() const {
        std::string text;
        for (std::size_t host = 0; host <= receivers.size(); ++host)
            text += "on host " + std::to_string(host) + ": " + stream_on(host).dump(2) + '\n';
        return text;
    }
    template <class Condition> [[nodiscard]] static bool until(Condition condition) {
        const auto deadline = std::chrono::steady_clock::now() + patience;
        while (!condition())
            if (std::chrono::steady_clock::now() > deadline) return false;
        return true;
    }
    void expect_no_errors(std::size_t host) const {
        const auto errors = json_of({"errors", "--json", "--dir", directory_of(host)});
        EXPECT_EQ(errors["errors"].size(), 0U) << errors.dump();
    }

    std::size_t next_ = 0;  ///< the number of the next line
    std::optional<Namespaces> hosts_{};

private:
    void tell_and_skip(const std::string& why) {
        std::cerr << "NOT TESTED: several hosts on one network: " << why << '\n';
        GTEST_SKIP() << why;
    }

    std::string group_;
    std::map<Process*, std::size_t> seen_;
    std::vector<Process> drivers_;  // end before the hosts
};

class GroupAnywhere : public Group, public ::testing::WithParamInterface<Place> {};

TEST_P(GroupAnywhere, WithMaxFlowControlGoesOnWithoutTheOneWhoReadsSlowly) {
    if (!make_hosts(GetParam())) return;
    start_drivers("2s");
    Process slow = start_subscriber(special, {"--until-eos"});
    Process one = start_subscriber(receivers[1], {"--until-eos"});
    Process another = start_subscriber(receivers[2], {"--until-eos"});
    Process publisher = start_publisher("max");
    gather(publisher, {&slow, &one, &another});
    // Its output is a pipe that nobody empties from now on.
    const auto count = static_cast<std::size_t>(4 * most_on_the_way) / line_of(10'000).size();
    ASSERT_TRUE(pass_on(publisher, count, {&one, &another})) << "the slow one held it\n" << state();
    publisher.close_input();
    EXPECT_EQ(publisher.wait(), succeeded) << publisher.errors();
    for (Process* each : {&one, &another}) {
        EXPECT_EQ(each->wait(), succeeded) << each->errors();
        const auto numbers = numbers_of(each->lines());
        ASSERT_FALSE(numbers.empty());
        EXPECT_EQ(gaps_in(numbers), 0U);
        EXPECT_EQ(numbers.back(), next_ - 1);
    }
    // The rest is too old to be sent again: it gets what it was in time for, as it was, and is told that this is not
    // all.
    ASSERT_TRUE(slow.wait());
    EXPECT_EQ(slow.wait(), failed);
    const auto numbers = numbers_of(slow.lines());
    static_cast<void>(gaps_in(numbers));
    EXPECT_LT(numbers.size(), next_);
}

TEST_P(GroupAnywhere, WithMinFlowControlWaitsForTheOneWhoReadsSlowlyAndNothingIsMissing) {
    if (!make_hosts(GetParam())) return;
    start_drivers("10s");
    const TemporaryDirectory files{"gale-files", "/tmp"};
    write_random_file(files / "sent", static_cast<std::size_t>(4 * most_on_the_way) + 13);
    Process slow = start_subscriber(special, {"--raw"});
    Process one = start_subscriber(receivers[1], {"-o", files / "one"});
    Process another = start_subscriber(receivers[2], {"-o", files / "another"});
    // Nothing leaves before all three are there.
    Process publisher = start_publisher("min,g:/3", {"--exclusive", "--file", files / "sent"});
    std::int64_t held_at = 0;
    ASSERT_TRUE(until([&] {
        const auto stream = stream_on(sender);
        if (stream.is_null() || stream["publication"]["back_pressured"] != true) return false;
        held_at = stream["publication"]["sent"];
        for (const std::size_t host : {receivers[1], receivers[2]}) {
            const auto received = stream_on(host);
            if (received.is_null() || received["image"].is_null() || received["image"]["position"] != held_at ||
                received["subscriptions"][0]["backlog"] != 0)
                return false;
        }
        return true;
    })) << "the others have all that was sent, and there is no more";
    EXPECT_LE(held_at, most_on_the_way);
    EXPECT_GE(held_at, term / 2) << "the window is used";
    // Now it reads.
    EXPECT_EQ(slow.wait(), succeeded) << slow.errors();
    EXPECT_EQ(publisher.wait(), succeeded) << publisher.errors();
    for (Process* each : {&one, &another}) EXPECT_EQ(each->wait(), succeeded) << each->errors();
    EXPECT_TRUE(slow.output() == content_of(files / "sent"));
    const std::string sent = sha256(files / "sent");
    EXPECT_EQ(sha256(files / "one"), sent);
    EXPECT_EQ(sha256(files / "another"), sent);
}

INSTANTIATE_TEST_SUITE_P(On, GroupAnywhere, ::testing::Values(Place::namespaces, Place::loopback),
                         [](const auto& place) {
                             return place.param == Place::namespaces ? "HostsOfTheirOwn" : "OneHost";
                         });

/// Who is cut off, and what of it the others may notice.
class GroupCutOff : public Group, public ::testing::WithParamInterface<std::string> {};

TEST_P(GroupCutOff, ForAMomentMissesNothing) {
    if (!make_hosts(Place::namespaces)) return;
    start_drivers("10s");  // nobody is given up
    Process away = start_subscriber(special, {"--until-eos"});
    Process one = start_subscriber(receivers[1], {"--until-eos"});
    Process another = start_subscriber(receivers[2], {"--until-eos"});
    Process publisher = start_publisher(GetParam());
    gather(publisher, {&away, &one, &another});
    ASSERT_TRUE(pass_on(publisher, 500, {&away, &one, &another}));
    hosts_->pull(special);
    // Less than any window, so that even who waits for it goes on so far.
    ASSERT_TRUE(pass_on(publisher, 100, {&one, &another})) << "the others go on\n" << state();
    hosts_->plug_in(special);
    ASSERT_TRUE(pass_on(publisher, 2000, {&away, &one, &another})) << "it is back\n" << state();
    publisher.close_input();
    EXPECT_EQ(publisher.wait(), succeeded) << publisher.errors();
    for (Process* each : {&away, &one, &another}) {
        EXPECT_EQ(each->wait(), succeeded) << each->errors();
        const auto numbers = numbers_of(each->lines());
        ASSERT_FALSE(numbers.empty());
        EXPECT_EQ(gaps_in(numbers), 0U);
        EXPECT_EQ(numbers.back(), next_ - 1);
    }
    for (const std::size_t host : receivers) expect_no_errors(host);
}

TEST_P(GroupCutOff, ForLongBeginsAnewWhereTheStreamIs) {
    if (!make_hosts(Place::namespaces)) return;
    start_drivers("1s");
    Process away = start_subscriber(special);  // to whom no end of a stream is the end
    Process one = start_subscriber(receivers[1], {"--until-eos"});
    Process another = start_subscriber(receivers[2], {"--until-eos"});
    Process publisher = start_publisher(GetParam());
    gather(publisher, {&away, &one, &another});
    ASSERT_TRUE(pass_on(publisher, 500, {&away, &one, &another}));
    hosts_->pull(special);
    // More than a publication keeps; with min flow control it waits, until whoever is silent does not count any more.
    ASSERT_TRUE(pass_on(publisher, static_cast<std::size_t>(4 * term) / line_of(1000).size(), {&one, &another}))
        << "the others go on\n"
        << state();
    ASSERT_TRUE(until([&] {
        const auto stream = stream_on(special);
        return stream.is_null() || stream["image"].is_null();
    })) << "its image goes";
    hosts_->plug_in(special);
    // From there on it hears again, sooner or later; when it does, it hears all that follows.
    gather_again(publisher, away, {&one, &another});
    ASSERT_TRUE(pass_on(publisher, 500, {&away, &one, &another}));
    publisher.close_input();
    EXPECT_EQ(publisher.wait(), succeeded) << publisher.errors();
    for (Process* each : {&one, &another}) {
        EXPECT_EQ(each->wait(), succeeded) << each->errors();
        const auto numbers = numbers_of(each->lines());
        ASSERT_FALSE(numbers.empty());
        EXPECT_EQ(gaps_in(numbers), 0U);
        EXPECT_EQ(numbers.back(), next_ - 1);
    }
    // What it has is whole, but for the one place where it was away.
    EXPECT_EQ(interrupt(away), succeeded) << away.errors();
    const auto numbers = numbers_of(away.lines());
    ASSERT_FALSE(numbers.empty());
    EXPECT_EQ(gaps_in(numbers), 1U);
    EXPECT_EQ(numbers.back(), next_ - 1);
}

INSTANTIATE_TEST_SUITE_P(With, GroupCutOff, ::testing::Values("max", "min"),
                         [](const auto& flow) { return flow.param == "max" ? "MaxFlowControl" : "MinFlowControl"; });

}  // namespace
}  // namespace gale::testing
