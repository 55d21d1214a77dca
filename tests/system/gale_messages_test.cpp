/// Messages through `gale pub`, `sub`, `ping` and `pong`, each a process of its own.
#include "system/files.hpp"
#include "system/gale_fixture_test.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>

namespace gale::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class GaleMessages : public GaleProgram {
protected:
    Process driver_ = start_driver();
};

TEST_F(GaleMessages, LinesTravelFromOneProcessToAnother) {
    Process subscriber = start({"sub", "aeron:ipc", "1001", "--count", "3"});
    const Outcome publisher = run_gale({"pub", "aeron:ipc", "1001"}, "one\n\nlast, without a line end");
    EXPECT_EQ(publisher.ending, succeeded) << publisher.errors;
    EXPECT_THAT(publisher.errors, HasSubstr("sent 3 messages"));
    EXPECT_EQ(subscriber.wait(), succeeded) << subscriber.errors();
    EXPECT_THAT(subscriber.lines(), ElementsAre("one", "", "last, without a line end"));
}

TEST_F(GaleMessages, ALineIsSeenBeforeTheNextIsTyped) {
    Process subscriber = start({"sub", "aeron:ipc", "1001"});
    Process publisher = start({"pub", "aeron:ipc", "1001"});
    for (const std::string line : {"first", "second"}) {
        publisher.write_line(line);
        EXPECT_TRUE(subscriber.wait_for_line([&](std::string_view seen) { return seen == line; }));
    }
    EXPECT_EQ(interrupt(subscriber), succeeded);
    EXPECT_EQ(interrupt(publisher), cut_short);
}

TEST_F(GaleMessages, JsonHasTextOrBase64) {
    Process subscriber = start({"sub", "aeron:ipc", "7", "--json", "--count", "2"});
    EXPECT_EQ(run_gale({"pub", "aeron:ipc", "7", "--exclusive"}, "caf\xC3\xA9\n\xFF\xFE\n").ending, succeeded);
    ASSERT_EQ(subscriber.wait(), succeeded) << subscriber.errors();
    ASSERT_EQ(subscriber.lines().size(), 2U);
    const auto first = parsed(subscriber.lines()[0]);
    EXPECT_EQ(first["text"], "caf\xC3\xA9");
    EXPECT_EQ(first["stream"], 7);
    EXPECT_EQ(first["length"], 5);
    EXPECT_EQ(first["position"], 64);
    EXPECT_EQ(parsed(subscriber.lines()[1])["base64"], "//4=");
}

TEST_F(GaleMessages, AFileArrivesByteForByte) {
    const TemporaryDirectory files{"gale-files", "/tmp"};
    write_random_file(files / "sent", file_test_length());
    for (const Words& more : {Words{}, Words{"--size", "100000"}, Words{"--exclusive", "--size", "777"}}) {
        SCOPED_TRACE(::testing::PrintToString(more));
        Process subscriber = start({"sub", "aeron:ipc", "5", "--raw", "-o", files / "received"});
        Words words{"pub", "aeron:ipc", "5", "--file", files / "sent"};
        words.insert(words.end(), more.begin(), more.end());
        const Outcome publisher = run_gale(words);
        EXPECT_EQ(publisher.ending, succeeded) << publisher.errors;
        EXPECT_EQ(subscriber.wait(), succeeded) << subscriber.errors();
        EXPECT_EQ(sha256(files / "received"), sha256(files / "sent"));
    }
}

TEST_F(GaleMessages, RawGoesToStandardOutputToo) {
    Process subscriber = start({"sub", "aeron:ipc", "5", "--raw"});
    EXPECT_EQ(run_gale({"pub", "aeron:ipc", "5"}, "a\nb\n").ending, succeeded);
    EXPECT_EQ(subscriber.wait(), succeeded);
    EXPECT_EQ(subscriber.output(), "ab");
}

TEST_F(GaleMessages, QuietCountsUntilTheEndOfTheStream) {
    Process subscriber = start({"sub", "aeron:ipc", "5", "--quiet", "--until-eos"});
    const Outcome publisher = run_gale({"pub", "aeron:ipc", "5", "--count", "100k", "--size", "100"});
    EXPECT_EQ(publisher.ending, succeeded) << publisher.errors;
    EXPECT_EQ(subscriber.wait(), succeeded) << subscriber.errors();
    EXPECT_THAT(subscriber.lines().back(), AllOf(StartsWith("received 100,000 messages"), HasSubstr("MiB")));
}

TEST_F(GaleMessages, PublisherKeepsTheRate) {
    Process subscriber = start({"sub", "aeron:ipc", "5", "--quiet", "--until-eos"});
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(run_gale({"pub", "aeron:ipc", "5", "--count", "50", "--rate", "100"}).ending, succeeded);
    EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds{490});
    EXPECT_EQ(subscriber.wait(), succeeded);
}

TEST_F(GaleMessages, PublisherWaitsForASubscriberAndSaysSo) {
    Process publisher = start({"pub", "aeron:ipc", "5", "--count", "1"});
    EXPECT_TRUE(said(publisher, "waiting for a subscriber"));
    Process subscriber = start({"sub", "aeron:ipc", "5", "--quiet", "--count", "1"});
    EXPECT_EQ(subscriber.wait(), succeeded);
    EXPECT_EQ(publisher.wait(), succeeded);
}

TEST_F(GaleMessages, WithoutWaitingMessagesForNobodyAreDroppedAndCounted) {
    const Outcome outcome = run_gale({"pub", "aeron:ipc", "5", "--count", "10", "--no-wait"});
    EXPECT_EQ(outcome.ending, succeeded);
    EXPECT_THAT(outcome.errors, HasSubstr("10 dropped"));
}

TEST_F(GaleMessages, AMessageThatIsTooLongIsRefusedWithOrWithoutASubscriber) {
    const auto says_both = AllOf(HasSubstr("8193 bytes"), HasSubstr("at most 8192"));
    const Words made_up{"pub", "aeron:ipc?term-length=64k", "5", "--count", "1", "--size"};
    const auto sized = [&](const char* size, const Words& more) {
        Words words = made_up;
        words.emplace_back(size);
        words.insert(words.end(), more.begin(), more.end());
        return words;
    };
    for (const Words& more : {Words{}, Words{"--no-wait"}, Words{"--no-wait", "--exclusive"}}) {
        const Outcome outcome = run_gale(sized("8193", more));
        EXPECT_EQ(outcome.ending, refused);
        EXPECT_THAT(outcome.errors, says_both);
    }
    const Outcome line =
        run_gale({"pub", "aeron:ipc?term-length=64k", "5", "--no-wait"}, std::string(8193, 'x') + "\n");
    EXPECT_EQ(line.ending, refused);
    EXPECT_THAT(line.errors, HasSubstr("8192"));
    const Outcome longest = run_gale(sized("8192", {"--no-wait"}));
    EXPECT_EQ(longest.ending, succeeded);
    EXPECT_THAT(longest.errors, HasSubstr("1 dropped"));
}

TEST_F(GaleMessages, WithoutWaitingEveryMessageIsCountedAsSentOrAsDropped) {
    Process publisher = start({"pub", "aeron:ipc", "5", "--no-wait"});
    std::int64_t written = 0;
    const auto write = [&] { publisher.write_line(std::to_string(written++)); };
    while (json_of({"streams", "--json"})["streams"].empty() && !HasFailure()) write();
    Process subscriber = start({"sub", "aeron:ipc", "5"});
    for (; subscriber.lines().empty(); subscriber.catch_up()) write();  // dropped, until the subscriber is there
    publisher.close_input();
    ASSERT_EQ(publisher.wait(), succeeded) << publisher.errors();
    const std::string last = std::to_string(written - 1);
    ASSERT_TRUE(subscriber.wait_for_line([&](std::string_view line) { return line == last; }));
    const auto received = static_cast<std::int64_t>(subscriber.lines().size());
    std::string said = publisher.errors();
    std::erase(said, ',');
    EXPECT_THAT(said, HasSubstr("sent " + std::to_string(received) + " messages"));
    const std::string dropped = "; " + std::to_string(written - received) + " dropped because nobody was subscribed";
    EXPECT_EQ(said.find(dropped) != said.npos, received < written) << said;
    EXPECT_EQ(interrupt(subscriber), succeeded);
}

TEST_F(GaleMessages, WhoeverReadsOnlyTheHeadEndsTheSubscriber) {
    const std::string command = "'" GALE_PROGRAM "' sub aeron:ipc 5 --json | head -n 1; '" GALE_PROGRAM
                                "' stat --once | head -n 1 | cut -c 1-2";
    Process reader{{.program = "/bin/sh", .arguments = {"-c", command}, .environment = {{"AERON_DIR", aeron()}}}};
    Process publisher = start({"pub", "aeron:ipc", "5", "--rate", "200", "--count", "100k"});
    EXPECT_EQ(reader.wait(), succeeded);
    EXPECT_EQ(reader.lines().size(), 2U) << reader.output();
    EXPECT_EQ(interrupt(publisher), cut_short);
}

TEST_F(GaleMessages, AChannelThatCannotBeIsRefusedWithTheReason) {
    for (const std::string channel : {"nonsense", "aeron:carrier-pigeon", "aeron:ipc?term-length=17"}) {
        for (const char* command : {"pub", "sub"}) {
            if (command[0] == 's' && channel.find('?') != channel.npos) continue;  // a subscriber has no terms
            SCOPED_TRACE(command + (" " + channel));
            const Outcome outcome = run_gale({command, channel, "5"});
            EXPECT_EQ(outcome.ending, failed);
            EXPECT_THAT(outcome.errors, StartsWith("gale: "));
            EXPECT_GT(outcome.errors.size(), 30U);
        }
    }
}

TEST_F(GaleMessages, AFileThatIsNotThereIsRefusedBeforeAnybodyWaits) {
    const Outcome outcome = run_gale({"pub", "aeron:ipc", "5", "--file", "/no/such/file"});
    EXPECT_EQ(outcome.ending, failed);
    EXPECT_THAT(outcome.errors, HasSubstr("/no/such/file"));
}

TEST_F(GaleMessages, CtrlCEndsWhoWaits) {
    Process subscriber = start({"sub", "aeron:ipc", "5"});
    EXPECT_TRUE(said(subscriber, "waiting for a publisher"));
    EXPECT_EQ(interrupt(subscriber), succeeded);
    Process raw = start({"sub", "aeron:ipc", "5", "--raw"});
    EXPECT_TRUE(said(raw, "waiting for a publisher"));
    EXPECT_EQ(interrupt(raw, SIGTERM), cut_short);
    Process publisher = start({"pub", "aeron:ipc", "6"});
    EXPECT_TRUE(said(publisher, "waiting for a subscriber"));
    EXPECT_EQ(interrupt(publisher), cut_short);
    Process ping = start({"ping"});
    EXPECT_TRUE(ping.wait_for_line([](std::string_view line) { return line.starts_with("waiting for a pong"); }));
    EXPECT_EQ(interrupt(ping), cut_short);
}

TEST_F(GaleMessages, PingMeasuresRoundTripsToAnotherProcess) {
    Process pong = start({"pong"});
    ASSERT_TRUE(pong.wait_for_line([](std::string_view line) { return line.starts_with("answering"); }));
    const Outcome text = run_gale({"ping", "--count", "2000", "--warmup", "100"});
    EXPECT_EQ(text.ending, succeeded) << text.errors;
    EXPECT_THAT(text.output,
                AllOf(HasSubstr("2,000 round trips"), HasSubstr("p50"), HasSubstr("p99.9"), HasSubstr("max")));

    const auto begin = std::chrono::steady_clock::now();
    const auto json = json_of({"ping", "--count", "500", "--warmup", "10", "--rate", "2k", "--size", "5000", "--json"});
    EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds{509 / 2});  // when the last was due
    EXPECT_EQ(json["result"]["round_trip"]["count"], 500);
    EXPECT_GT(json["result"]["round_trip"]["p50_ns"], 0);
    EXPECT_EQ(json["parameters"]["message_length"], 5000);
    EXPECT_GT(json["result"]["round_trips_per_second"], 0);

    EXPECT_EQ(interrupt(pong), succeeded);
    EXPECT_EQ(pong.lines().back(), "answered 2,610 messages");
}

TEST_F(GaleMessages, APingThatWasInterruptedLeavesNoAnswersToTheNext) {
    const Process pong = start({"pong"});
    for (int round = 0; round < 3; ++round) {
        Process ping = start({"ping", "--count", "100000000"});
        EXPECT_TRUE(ping.wait_for_line([](std::string_view line) { return line.find(" of ") != line.npos; }));
        EXPECT_EQ(interrupt(ping), cut_short);
        const Outcome next = run_gale({"ping", "--count", "200", "--warmup", "10"});
        EXPECT_EQ(next.ending, succeeded) << next.errors;
    }
}

TEST_F(GaleMessages, ADriverThatStopsEndsItsClientsWithAReason) {
    Process subscriber = start({"sub", "aeron:ipc", "5"});
    EXPECT_TRUE(said(subscriber, "waiting for a publisher"));
    EXPECT_EQ(interrupt(driver_), succeeded);
    EXPECT_EQ(subscriber.wait(), failed);
    EXPECT_THAT(subscriber.errors(), HasSubstr("gale: "));
}

}  // namespace
}  // namespace gale::testing
