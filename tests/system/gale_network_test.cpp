/// `gale pub`, `sub`, `ping` and `pong` over UDP, from one driver to another, on loopback.
#include "system/files.hpp"
#include "system/gale_fixture_test.hpp"

#include <unistd.h>

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
    /// Of a port that nobody else uses: tests run beside each other, each in a process. Below those that the system
    /// gives away.
    [[nodiscard]] static std::string new_channel() {
        static int next = 12'000 + ::getpid() * 64 % 20'000;
        return "aeron:udp?endpoint=127.0.0.1:" + std::to_string(next++);
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
    const auto json = json_of({"ping", "--ping-channel", channel_, "--pong-channel", back, "--dir", from(), "--count",
                               "200", "--warmup", "10", "--json"});
    EXPECT_EQ(json["result"]["round_trip"]["count"], 200);
    EXPECT_EQ(interrupt(pong), succeeded);
}

}  // namespace
}  // namespace gale::testing
