// Between upstream and us, in both roles: lines that lose on either side, the end of streams, and drivers and programs
// that are killed and started again.
#include "interop/over_udp.hpp"

#include <optional>
#include <tuple>

namespace gale::interop {
namespace {

/// Makes a driver lose what it sends or receives: some data, and more of the answers. `--prop` each.
Words losses(Language language, const std::string& direction) {
    Words words;
    const std::string name = "aeron.debug." + direction;
    std::vector<std::string> properties{name + ".data.loss.rate=0.02", name + ".data.loss.seed=5",
                                        name + ".control.loss.rate=0.1", name + ".control.loss.seed=6"};
    if (language == Language::java) {
        const std::string kind = direction == "send" ? "Send" : "Receive";
        properties.push_back("aeron." + kind + "ChannelEndpoint.supplier=io.aeron.driver.ext.Debug" + kind +
                             "ChannelEndpointSupplier");
    }
    for (const std::string& property : properties) {
        words.emplace_back("--prop");
        words.push_back(property);
    }
    return words;
}

struct Lossy {
    std::string_view name;
    std::string length;
    std::string count;
    std::string channel;  ///< PORT is replaced
    friend std::ostream& operator<<(std::ostream& out, const Lossy& lossy) { return out << lossy.name; }
};
const std::vector<Lossy> lossy_lines{
    {"UpToOneMebibyte", "mixed", "51", "aeron:udp?endpoint=127.0.0.1:PORT"},
    {"Group", "mixed:9000", "500", "aeron:udp?endpoint=224.20.30.45:PORT|interface=localhost"},
};

class Losses : public OverUdp, public ::testing::WithParamInterface<std::tuple<Ends, std::string_view, Lossy>> {};

// The publication is closed at once: what was lost last is repaired while it lingers.
TEST_P(Losses, AreRepairedToTheEnd) {
    const auto& [ends, loser, line] = GetParam();
    const bool sender_loses = loser == "Sender";
    Driver from{ends.from, sender_loses ? losses(ends.from.language, "send") : Words{}};
    Driver to{ends.to, sender_loses ? Words{} : losses(ends.to.language, "receive")};
    const Words stream{"--channel", with_port(line.channel, new_port()), "--stream", new_stream(), "--length",
                       line.length};
    Peer subscriber = start(to, ends.to.language, "subscribe", join({stream, {"--expect", line.count}}));
    subscriber.expect("added");
    Peer publisher =
        start(from, ends.from.language, "publish", join({stream, {"--count", line.count, "--linger-ms", "0"}}));
    const std::string end = std::to_string(number_in(publisher.expect("published .*"), "position"));
    publisher.expect("closed");
    subscriber.expect("received .* count=" + line.count + " .* errors=0");
    subscriber.expect("unavailable .* position=" + end + " eos=true");
    publisher.stop();
    subscriber.stop();
    EXPECT_EQ(once(to, Language::gale, "counters")
                  .said("counter id=[0-9]+ type=0 value=[1-9][0-9]* .* label=NAK.* sent")
                  .size(),
              1U)
        << "nothing was lost, or nobody asked for it";
    for (Driver* driver : {&from, &to}) driver->peer().stop();
}

INSTANTIATE_TEST_SUITE_P(Interop, Losses,
                         ::testing::Combine(::testing::ValuesIn(both_ways), ::testing::Values("Sender", "Receiver"),
                                            ::testing::ValuesIn(lossy_lines)),
                         [](const auto& one) {
                             return std::string{std::get<2>(one.param).name} + "Lost" +
                                    (std::get<1>(one.param) == "Sender" ? "BySender" : "ByReceiver") +
                                    title(std::get<0>(one.param));
                         });

class Endings : public OverUdpBothWays {
protected:
    [[nodiscard]] Words stream(const std::string& parameters = {}) {
        return {"--channel", with_port("aeron:udp?endpoint=127.0.0.1:PORT" + parameters, port_),
                "--stream",  stream_,
                "--length",  "mixed:1500"};
    }

private:
    const int port_ = new_port();
    const std::string stream_ = new_stream();
};

// Closed while most of it waits for a subscriber that does not read.
TEST_P(Endings, AClosedPublicationSendsWhatItHas) {
    const Ends& ends = GetParam();
    Driver& from = shared_driver(ends.from);
    Driver& to = shared_driver(ends.to);
    Peer subscriber = start(to, ends.to.language, "subscribe", join({stream(), {"--expect", "600"}}));
    subscriber.expect("added");
    subscriber.tell("pause");
    subscriber.expect("done pause");
    Peer publisher =
        start(from, ends.from.language, "publish",
              join({stream("|term-length=1m"), {"--count", "600", "--linger-ms", "0"}}));  // two windows of 128 KiB
    const std::string end = std::to_string(number_in(publisher.expect("published .*"), "position"));
    publisher.expect("closed");
    publisher.stop();
    EXPECT_TRUE(subscriber.said("unavailable .*").empty());
    subscriber.tell("resume");
    subscriber.expect("received .* count=600 .* errors=0");
    subscriber.expect("unavailable .* position=" + end + " eos=true");
    subscriber.stop();
}

// eos=false: the subscriber only notices that nothing comes any more.
TEST_P(Endings, WhoKeepsTheEndToItselfIsMissed) {
    const Ends& ends = GetParam();
    Driver& from = shared_driver(ends.from);
    Driver to{ends.to, {"--prop", "aeron.image.liveness.timeout=4s"}};
    Peer subscriber = start(to, ends.to.language, "subscribe", join({stream(), {"--expect", "100"}}));
    subscriber.expect("added");
    Peer publisher = start(from, ends.from.language, "publish",
                           join({stream("|eos=false|linger=2s"), {"--count", "100", "--linger-ms", "0"}}));
    const std::string end = std::to_string(number_in(publisher.expect("published .*"), "position"));
    subscriber.expect("received .* count=100 .* errors=0");
    subscriber.expect("unavailable .* position=" + end + " eos=false");
    publisher.stop();
    subscriber.stop();
    to.peer().stop();
}

INSTANTIATE_TEST_SUITE_P(Interop, Endings, ::testing::ValuesIn(both_ways),
                         [](const auto& one) { return title(one.param); });

class Restarts : public OverUdpBothWays {
protected:
    void SetUp() override {
        OverUdpBothWays::SetUp();
        if (IsSkipped() || HasFatalFailure()) return;
        from_.emplace(GetParam().from, timeouts_);
        to_.emplace(GetParam().to, timeouts_);
    }
    [[nodiscard]] Peer publish(const Words& words) {
        return start(*from_, GetParam().from.language, "publish", join({stream_, words}));
    }
    [[nodiscard]] Peer subscribe(const Words& words) {
        return start(*to_, GetParam().to.language, "subscribe", join({stream_, words}));
    }

    const Words timeouts_{"--prop", "aeron.image.liveness.timeout=4s", "--prop", "aeron.client.liveness.timeout=6s",
                          "--prop", "aeron.timer.interval=100ms"};
    std::optional<Driver> from_;
    std::optional<Driver> to_;
    const Words stream_{"--channel", with_port("aeron:udp?endpoint=127.0.0.1:PORT", new_port()),
                        "--stream",  new_stream(),
                        "--length",  "200"};
};

TEST_P(Restarts, TheReceivingSideComesBackAndJoins) {
    Peer subscriber = subscribe({"--expect", "10"});
    subscriber.expect("added");
    Peer publisher = publish({"--count", "1000000", "--pause-us", "1000"});
    subscriber.expect("received .* errors=0");
    subscriber.kill();
    to_->peer().kill();
    to_->start_again();
    const std::string session = std::to_string(publisher.number("session"));
    Peer again = subscribe({"--expect", "10", "--late"});
    again.expect("available session=" + session + " position=[1-9][0-9]*");
    again.expect("received session=" + session + " .* errors=0 first=[1-9][0-9]*");
    publisher.tell("quit");
    again.expect("unavailable session=" + session + " .* eos=true");
    publisher.end_well();
    again.stop();
    for (Driver* driver : {&*from_, &*to_}) driver->peer().stop();
}

TEST_P(Restarts, TheSendingSideComesBackAsANewImage) {
    Peer subscriber = subscribe({"--expect", "3000"});
    subscriber.expect("added");
    Peer publisher = publish({"--count", "100"});  // and stays
    const std::string session = std::to_string(publisher.number("session"));
    subscriber.expect("available session=" + session + " position=0");
    publisher.kill();
    from_->peer().kill();
    from_->start_again();
    Peer again = publish({"--count", "3000"});
    const std::string new_session = std::to_string(again.number("session"));
    EXPECT_NE(new_session, session);
    subscriber.expect("available session=" + new_session + " position=0");
    subscriber.expect("received session=" + new_session + " count=3000 .* errors=0");
    subscriber.expect("unavailable session=" + session + " .* eos=false");
    again.tell("close");
    subscriber.expect("unavailable session=" + new_session + " .* eos=true");
    again.stop();
    subscriber.stop();
    for (Driver* driver : {&*from_, &*to_}) driver->peer().stop();
}

// The drivers live on: they notice who is gone, and tell the other side.
TEST_P(Restarts, ProgramsComeBackOnBothSides) {
    Peer subscriber = subscribe({"--expect", "10"});
    subscriber.expect("added");
    Peer publisher = publish({"--count", "1000000", "--pause-us", "1000"});
    subscriber.expect("received .* errors=0");
    subscriber.kill();
    publisher.expect("disconnected at=[1-9][0-9]*");
    Peer again = subscribe({"--expect", "10", "--late"});
    again.expect("received .* errors=0 first=[1-9][0-9]*");
    publisher.kill();
    again.expect("unavailable session=" + std::to_string(publisher.number("session")) + " .* eos=true");
    Peer next = publish({"--count", "10"});
    again.expect("available session=" + std::to_string(next.number("session")) + " position=0");
    next.tell("close");
    again.expect("unavailable session=" + std::to_string(next.number("session")) + " .* eos=true");
    next.stop();
    again.stop();
    for (Driver* driver : {&*from_, &*to_}) driver->peer().stop();
}

INSTANTIATE_TEST_SUITE_P(Interop, Restarts, ::testing::ValuesIn(both_ways),
                         [](const auto& one) { return title(one.param); });

}  // namespace
}  // namespace gale::interop
