/// `gale pub`, `sub`, `ping`, `pong` and `doctor` over UDP, from one driver to another, on loopback.
#include "system/files.hpp"
#include "system/gale_fixture_test.hpp"
#include "system/ports.hpp"

namespace gale::testing {
namespace {

using ::testing::HasSubstr;

/// `from` and `to`: a driver for each end, in directories of their own.
class GaleNetwork : public GaleProgram {
protected:
    [[nodiscard]] std::string from() const { return directory_ / "from"; }
    [[nodiscard]] std::string to() const { return directory_ / "to"; }
    [[nodiscard]] Process start_driver_in(const std::string& directory, Words more = {}) const {
        more.insert(more.end(), {"--dir", directory});
        return start_driver(std::move(more));
    }
    const std::string channel_ = new_channel();
};

TEST_F(GaleNetwork, LinesTravelFromOneDriverToAnother) {
    const Process sending = start_driver_in(from());
    const Process receiving = start_driver_in(to());
    Process subscriber = start({"sub", channel_, "7", "--count", "2", "--dir", to()});
    const Outcome publisher = run_gale({"pub", channel_, "7", "--dir", from()}, "one\ntwo\n");
    EXPECT_EQ(publisher.ending, succeeded) << publisher.errors;
    EXPECT_EQ(subscriber.wait(), succeeded) << subscriber.errors();
    EXPECT_THAT(subscriber.lines(), ::testing::ElementsAre("one", "two"));
}

TEST_F(GaleNetwork, AFileArrivesByteForByteThoughAHundredthIsLost) {
    const Process sending = start_driver_in(from());
    const Process receiving = start_driver_in(
        to(), {"--option", "debug.receive.data.loss.rate=0.01", "--option", "debug.receive.data.loss.seed=7"});
    const TemporaryDirectory files{"gale-files", "/tmp"};
    write_random_file(files / "sent", file_test_length());
    for (const Words& more : {Words{}, Words{"--exclusive", "--size", "100000"}}) {
        SCOPED_TRACE(::testing::PrintToString(more));
        Process subscriber = start({"sub", channel_, "7", "-o", files / "received", "--dir", to()});
        Words words{"pub", channel_, "7", "--file", files / "sent", "--dir", from()};
        words.insert(words.end(), more.begin(), more.end());
        const Outcome publisher = run_gale(words);
        EXPECT_EQ(publisher.ending, succeeded) << publisher.errors;
        EXPECT_EQ(subscriber.wait(), succeeded) << subscriber.errors();
        EXPECT_EQ(sha256(files / "received"), sha256(files / "sent"));
    }
    EXPECT_GT(json_of({"loss", "--json", "--dir", to()})["losses"].size(), 0U) << "nothing was lost: no test of repair";
}

TEST_F(GaleNetwork, PartOfAFileIsNoFile) {
    Process sending = start_driver_in(from());
    const Process receiving = start_driver_in(to(), {"--option", "image.liveness.timeout=300ms"});
    const TemporaryDirectory files{"gale-files", "/tmp"};
    Process subscriber = start({"sub", channel_, "7", "-o", files / "received", "--dir", to()});
    Process publisher = start({"pub", channel_, "7", "--dir", from()});
    publisher.write_line("the first");
    publisher.write_line("of many");
    // The file stays empty until there is a pause, so what tells that the stream is there is the driver.
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (json_of({"streams", "--json", "--dir", to()})["streams"].empty() &&
           std::chrono::steady_clock::now() < deadline) {
    }
    sending.signal(SIGKILL);
    EXPECT_EQ(subscriber.wait(), failed);
    EXPECT_THAT(subscriber.errors(), HasSubstr("fell silent before it had ended its stream"));
}

TEST_F(GaleNetwork, PingAndPongMeasureRoundTrips) {
    const Process pinging = start_driver_in(from());
    const Process ponging = start_driver_in(to());
    const std::string back = new_channel();
    Process pong = start({"pong", "--ping-channel", channel_, "--pong-channel", back, "--dir", to()});
    ASSERT_TRUE(pong.wait_for_line([](std::string_view line) { return line.starts_with("answering"); }))
        << pong.errors();
    const auto json = json_of({"ping", "--ping-channel", channel_, "--pong-channel", back, "--dir", from(), "--count",
                               "200", "--warmup", "10", "--json"});
    EXPECT_EQ(json["result"]["round_trip"]["count"], 200);
    EXPECT_EQ(interrupt(pong), succeeded);
}

TEST_F(GaleNetwork, WhoeverWaitsIsToldWhy) {
    const Process driver = start_driver();
    Process publisher = start({"pub", channel_, "7"});
    EXPECT_TRUE(said(publisher, "still waiting: set-ups leave for " + channel_.substr(channel_.find("127"))))
        << publisher.errors();
    Process subscriber = start({"sub", "aeron:udp?endpoint=127.0.0.1:0", "7"});
    EXPECT_TRUE(said(subscriber, "start `gale pub 'aeron:udp?endpoint=127.0.0.1:")) << subscriber.errors();
    EXPECT_THAT(subscriber.errors(), ::testing::Not(HasSubstr("127.0.0.1:0'"))) << "where it really listens";
    EXPECT_TRUE(said(subscriber, "still waiting: it listens at 127.0.0.1:")) << subscriber.errors();
}

TEST_F(GaleNetwork, StreamsTellWhatTheNetworkDoes) {
    const Process sending = start_driver_in(from());
    const Process receiving = start_driver_in(
        to(), {"--option", "debug.receive.data.loss.rate=0.2", "--option", "debug.receive.data.loss.seed=7"});
    Process publisher = start({"pub", channel_, "7", "--exclusive", "--count", "20k", "--size", "1k", "--dir", from()});
    const auto streams = [&](const std::string& directory) {
        return json_of({"streams", "--json", "--dir", directory})["streams"];
    };
    const auto until = [&](const std::string& directory, auto wanted) {
        const auto deadline = std::chrono::steady_clock::now() + patience;
        auto list = streams(directory);
        while ((list.empty() || !wanted(list[0])) && std::chrono::steady_clock::now() < deadline)
            list = streams(directory);
        EXPECT_FALSE(list.empty());
        return list.empty() ? nlohmann::json() : list[0];
    };
    const auto alone = until(from(), [](const auto& stream) { return stream["publication"]["sent"] == 0; });
    EXPECT_EQ(alone["publication"]["connected"], false);
    EXPECT_EQ(alone["publication"]["back_pressured"], false);
    EXPECT_TRUE(alone["image"].is_null());
    EXPECT_THAT(alone["verdict"].get<std::string>(), HasSubstr("gale doctor"));
    // Its output is a pipe that nobody empties: it falls behind.
    Process subscriber = start({"sub", channel_, "7", "--dir", to()});
    const auto from_here =
        until(from(), [](const auto& stream) {  // it may be held back for a moment, before anything is lost
            return stream["publication"]["back_pressured"] == true && stream["publication"]["naks_received"] > 0;
        });
    const auto& publication = from_here["publication"];
    EXPECT_GT(publication["sent"], 0);
    EXPECT_GT(publication["naks_received"], 0);
    EXPECT_EQ(publication["window"],
              publication["sender_limit"].get<std::int64_t>() - publication["sent"].get<std::int64_t>());
    const auto to_there = until(to(), [](const auto& stream) {
        return stream["subscriptions"][0]["backlog"] > 0 && stream["image"]["bytes_lost"] > 0;  // reported now and then
    });
    EXPECT_TRUE(to_there["publication"].is_null());
    EXPECT_GT(to_there["image"]["naks_sent"], 0);
    EXPECT_GT(to_there["image"]["bytes_lost"], 0);
    EXPECT_EQ(to_there["slowest"], to_there["subscriptions"][0]["registration_id"]);
    std::string told;
    for (const auto deadline = std::chrono::steady_clock::now() + patience;
         told.find("held back") == told.npos && std::chrono::steady_clock::now() < deadline;)
        told = run_gale({"streams", "--dir", from()}).output;
    EXPECT_THAT(told, ::testing::AllOf(HasSubstr("held back"), HasSubstr("NAKs received"), HasSubstr("window")));
    EXPECT_THAT(run_gale({"streams", "--dir", to()}).output,
                ::testing::AllOf(HasSubstr("NAKs sent"), HasSubstr("lost on the way"), HasSubstr("behind by")));
    EXPECT_EQ(interrupt(publisher), cut_short);
}

class GaleDoctor : public GaleNetwork {
protected:
    /// What is found of `words`, in JSON; the exit status says whether all is well.
    [[nodiscard]] nlohmann::json examine(Words words) const {
        words.insert(words.begin(), {"doctor", "--json", "--seconds", "0"});
        const Outcome outcome = run_gale(words);
        auto json = parsed(outcome.output);
        EXPECT_EQ(outcome.ending, json["well"] == true ? succeeded : failed) << outcome.errors;
        return json["findings"];
    }
    /// Looks again until the first finding is this one.
    [[nodiscard]] nlohmann::json examine_until(const Words& words, std::string_view finding) const {
        const auto deadline = std::chrono::steady_clock::now() + patience;
        auto found = examine(words);
        while (found[0]["finding"] != finding && std::chrono::steady_clock::now() < deadline) found = examine(words);
        EXPECT_EQ(found[0]["finding"], finding) << found.dump();
        return found;
    }
};

TEST_F(GaleDoctor, WithoutADriver) {
    const auto found = examine({channel_});
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0]["finding"], "no-driver");
    EXPECT_THAT(found[0]["what"].get<std::string>(), HasSubstr(aeron()));
    EXPECT_THAT(run_gale({"doctor"}).output, HasSubstr("what to do: start one with `gale driver`"));
}

TEST_F(GaleDoctor, AChannelThatMakesNoSense) {
    const auto found = examine({"aeron:udp?endpoint=here"});
    EXPECT_EQ(found[0]["finding"], "bad-channel");
    EXPECT_THAT(found[0]["what"].get<std::string>(), HasSubstr("port"));
    EXPECT_EQ(examine({"udp://there"})[0]["finding"], "bad-channel");
}

TEST_F(GaleDoctor, WhatTheDriverRefusedIsToldFromItsErrorLog) {
    const Process driver = start_driver();
    EXPECT_EQ(examine({})[0]["finding"], "not-there");
    const std::string channel = channel_ + "|interface=192.0.2.1";
    EXPECT_EQ(run_gale({"pub", channel, "7"}).ending, failed);
    const auto found = examine({channel});
    EXPECT_EQ(found[0]["finding"], "not-there");
    EXPECT_THAT(found[0]["what"].get<std::string>(), HasSubstr("no interface of this machine"));
}

TEST_F(GaleDoctor, BothSidesOfAStream) {
    const Process sending = start_driver_in(from());
    const Process receiving = start_driver_in(to());
    Process publisher = start({"pub", channel_, "7", "--exclusive", "--dir", from()});
    const auto alone = examine_until({channel_, "--dir", from()}, "no-answer");
    EXPECT_EQ(alone[0]["side"], "publication");
    EXPECT_EQ(alone[0]["stream"], 7);
    {
        const Process other = start({"sub", channel_, "8", "--dir", to()});
        const auto listening = examine_until({channel_, "--stream", "8", "--dir", to()}, "no-image");
        EXPECT_EQ(listening[0]["side"], "subscription");
    }
    Process subscriber = start({"sub", channel_, "7", "--dir", to()});
    EXPECT_EQ(examine_until({channel_, "--stream", "7", "--dir", from()}, "all-well").size(), 1U);
    const auto image = examine_until({channel_, "--stream", "7", "--dir", to()}, "all-well");
    EXPECT_EQ(image[0]["side"], "image");
    EXPECT_EQ(image[0]["session"], alone[0]["session"]);
    EXPECT_EQ(examine({channel_, "--stream", "6", "--dir", from()})[0]["finding"], "not-there");
    // By now the client has written its name beside its number.
    EXPECT_THAT(run_gale({"doctor", "--dir", from()}).output, HasSubstr("gale-pub)"));
}

TEST_F(GaleDoctor, ASubscriberThatDoesNotRead) {
    const Process sending = start_driver_in(from());
    const Process receiving = start_driver_in(to());
    Process subscriber = start({"sub", channel_, "7", "--dir", to()});
    // Its output is a pipe that nobody empties.
    Process publisher = start({"pub", channel_, "7", "--count", "10m", "--size", "1k", "--dir", from()});
    const auto slow = examine_until({"--dir", to()}, "slow-subscriber");
    EXPECT_THAT(slow[0]["what"].get<std::string>(), HasSubstr("gale-sub"));
    const auto held = examine_until({"--dir", from()}, "slow-receiver");
    EXPECT_THAT(held[0]["advice"].get<std::string>(), HasSubstr("gale doctor '" + channel_ + "' --stream 7"));
    EXPECT_EQ(interrupt(publisher), cut_short);
}

}  // namespace
}  // namespace gale::testing
