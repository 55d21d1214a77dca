// Over UDP to our driver: a publication on upstream's driver, or on another of ours, and subscribers of both languages.
// The other way is in sending_test.cpp, but for late ones and those that come and go.
#include "interop/over_udp.hpp"

#include <tuple>

namespace gale::interop {
namespace {

struct Line {
    std::string_view name;
    std::string count;
    std::string length;
    std::string publish;    ///< channel; PORT is replaced
    std::string subscribe;  ///< likewise
    friend std::ostream& operator<<(std::ostream& out, const Line& line) { return out << line.name; }
};

const std::vector<Line> lines{
    {.name = "Unicast",
     .count = "20000",
     .length = "100",
     .publish = "aeron:udp?endpoint=127.0.0.1:PORT",
     .subscribe = "aeron:udp?endpoint=127.0.0.1:PORT"},
    {.name = "UpToOneMebibyte",
     .count = "340",
     .length = "mixed",
     .publish = "aeron:udp?endpoint=localhost:PORT",
     .subscribe = "aeron:udp?endpoint=localhost:PORT"},
    {.name = "ManySmallTerms",
     .count = "20000",
     .length = "mixed:4096",
     .publish = "aeron:udp?endpoint=127.0.0.1:PORT|term-length=64k",
     .subscribe = "aeron:udp?endpoint=127.0.0.1:PORT"},
    {.name = "LargeDatagrams",
     .count = "2000",
     .length = "mixed:65536",
     .publish = "aeron:udp?endpoint=127.0.0.1:PORT|mtu=8k",
     .subscribe = "aeron:udp?endpoint=127.0.0.1:PORT"},
    {.name = "Sixth",
     .count = "2000",
     .length = "mixed:4096",
     .publish = "aeron:udp?endpoint=[::1]:PORT",
     .subscribe = "aeron:udp?endpoint=[::1]:PORT"},
    {.name = "Group",
     .count = "2000",
     .length = "mixed:4096",
     .publish = "aeron:udp?endpoint=224.20.30.39:PORT|interface=localhost",
     .subscribe = "aeron:udp?endpoint=224.20.30.39:PORT|interface=localhost"},
    {.name = "DynamicDestinations",
     .count = "2000",
     .length = "mixed:4096",
     .publish = "aeron:udp?control=127.0.0.1:PORT|control-mode=dynamic|fc=min,g:/2",  // begins with both
     .subscribe = "aeron:udp?endpoint=127.0.0.1:0|control=127.0.0.1:PORT"},
    {.name = "Cubic",
     .count = "2000",
     .length = "mixed:4096",
     .publish = "aeron:udp?endpoint=127.0.0.1:PORT",
     .subscribe = "aeron:udp?endpoint=127.0.0.1:PORT|cc=cubic"},
};

const std::vector<Ends> every_pair{
    {{Language::java, "dedicated"}, {Language::gale, "dedicated"}},
    {{Language::java, "dedicated"}, {Language::gale, "shared"}},
    {{Language::gale, "dedicated"}, {Language::gale, "shared"}},
};

class UdpTransfer : public OverUdp, public ::testing::WithParamInterface<std::tuple<Ends, Line>> {};

TEST_P(UdpTransfer, ArrivesWholeAndInOrderAndEnds) {
    const auto& [ends, line] = GetParam();
    Driver& from = shared_driver(ends.from);
    Driver& to = shared_driver(ends.to);
    const int port = new_port();
    const Words place{"--stream", new_stream(), "--length", line.length, "--seed", "5"};
    std::vector<Peer> subscribers;
    for (const Language reader : both)
        subscribers.push_back(
            start(to, reader, "subscribe",
                  join({{"--channel", with_port(line.subscribe, port), "--expect", line.count}, place})));
    for (Peer& subscriber : subscribers) subscriber.expect("added");
    Peer publisher = start(from, ends.from.language, "publish",
                           join({{"--channel", with_port(line.publish, port), "--count", line.count}, place}));
    const std::string session = std::to_string(publisher.number("session"));
    const std::string published = publisher.expect("published count=" + line.count + " position=[0-9]+");
    const std::string end = std::to_string(number_in(published, "position"));
    for (Peer& subscriber : subscribers)
        subscriber.expect("received session=" + session + " count=" + line.count + " bytes=[0-9]+ errors=0");
    publisher.tell("close");
    publisher.expect("closed");
    for (Peer& subscriber : subscribers)
        subscriber.expect("unavailable session=" + session + " position=" + end + " eos=true");
    EXPECT_EQ(subscribers[0].number("bytes"), subscribers[1].number("bytes"));
    publisher.stop();
    for (Peer& subscriber : subscribers) subscriber.stop();
}

INSTANTIATE_TEST_SUITE_P(Interop, UdpTransfer,
                         ::testing::Combine(::testing::ValuesIn(every_pair), ::testing::ValuesIn(lines)),
                         [](const auto& one) {
                             return std::string{std::get<1>(one.param).name} + title(std::get<0>(one.param));
                         });

// What is lost is asked for again, whether data or questions.
TEST_F(OverUdp, LossIsRepaired) {
    Driver ours{{Language::gale, "dedicated"},
                {"--prop", "aeron.debug.receive.data.loss.rate=0.02", "--prop", "aeron.debug.receive.data.loss.seed=5",
                 "--prop", "aeron.debug.receive.control.loss.rate=0.1", "--prop",
                 "aeron.debug.receive.control.loss.seed=6"}};
    Driver& theirs = shared_driver({Language::java, "dedicated"});
    const Words stream{"--channel", with_port("aeron:udp?endpoint=127.0.0.1:PORT", new_port()),
                       "--stream",  new_stream(),
                       "--length",  "mixed:9000"};
    Peer subscriber = start(ours, Language::gale, "subscribe", join({stream, {"--expect", "2000"}}));
    subscriber.expect("added");
    Peer publisher = start(theirs, Language::java, "publish", join({stream, {"--count", "2000"}}));
    subscriber.expect("received .* count=2000 .* errors=0");
    publisher.tell("close");
    publisher.expect("closed");
    subscriber.expect("unavailable .* eos=true");
    publisher.stop();
    subscriber.stop();
    ours.peer().stop();
}

class UdpStreams : public OverUdp, public ::testing::WithParamInterface<Ends> {
protected:
    static constexpr std::string_view place = "aeron:udp?endpoint=127.0.0.1:PORT";
};

TEST_P(UdpStreams, AreJoinedLate) {
    const Ends& ends = GetParam();
    Driver& from = shared_driver(ends.from);
    Driver& to = shared_driver(ends.to);
    const std::string channel = with_port(std::string{place}, new_port());
    const Words stream{"--channel", channel, "--stream", new_stream(), "--length", "100"};
    Peer first = start(to, Language::java, "subscribe", join({stream, {"--expect", "3000"}}));
    first.expect("added");
    Peer publisher =
        start(from, ends.from.language, "publish", join({stream, {"--count", "3000", "--pause-us", "1000"}}));
    first.expect("available .*");
    Peer late = start(to, Language::gale, "subscribe", join({stream, {"--expect", "3000", "--late"}}));
    late.expect("received .* errors=0 first=[0-9]+");
    first.expect("received .* count=3000 .* errors=0");
    publisher.tell("close");
    publisher.expect("closed");
    for (Peer* subscriber : {&first, &late}) subscriber->expect("unavailable .* eos=true");
    publisher.stop();
    first.stop();
    late.stop();
}

TEST_P(UdpStreams, OfManyPublishersShareASocket) {
    const Ends& ends = GetParam();
    Driver& from = shared_driver(ends.from);
    Driver& to = shared_driver(ends.to);
    const std::string channel = with_port(std::string{place}, new_port());
    const Words stream{"--channel", channel, "--stream", new_stream(), "--length", "mixed:4096"};
    Peer subscriber = start(to, Language::gale, "subscribe", join({stream, {"--expect", "1000", "--sessions", "3"}}));
    subscriber.expect("added");
    std::vector<Peer> publishers;
    for (int i = 0; i < 3; ++i)
        publishers.push_back(start(from, i == 1 ? Language::gale : Language::java, "publish",
                                   join({stream, {"--count", "1000", "--exclusive"}})));
    for (Peer& publisher : publishers) publisher.expect("published count=1000 .*");
    for (Peer& publisher : publishers)
        subscriber.expect("received session=" + std::to_string(publisher.number("session")) +
                          " count=1000 .* errors=0");
    for (Peer& publisher : publishers) {
        publisher.tell("close");
        publisher.expect("closed");
        publisher.stop();
    }
    subscriber.stop();
}

TEST_P(UdpStreams, BeginAnewWhenTheirSubscriberComesBack) {
    const Ends& ends = GetParam();
    Driver& from = shared_driver(ends.from);
    Driver& to = shared_driver(ends.to);
    const std::string channel = with_port(std::string{place}, new_port());
    const Words stream{"--channel", channel, "--stream", new_stream(), "--length", "100"};
    Peer first = start(to, Language::gale, "subscribe", join({stream, {"--expect", "10"}}));
    first.expect("added");
    Peer publisher =
        start(from, ends.from.language, "publish", join({stream, {"--count", "6000", "--pause-us", "1000"}}));
    first.expect("received .*");
    first.stop();
    publisher.expect("disconnected .*");
    Peer second = start(to, Language::java, "subscribe", join({stream, {"--expect", "6000", "--late"}}));
    second.expect("received .* errors=0 first=[0-9]+");
    publisher.expect("published count=6000 .*");
    publisher.stop();
    second.stop();
}

std::vector<Ends> and_the_other_way(std::vector<Ends> pairs) {
    pairs.push_back({{Language::gale, "dedicated"}, {Language::java, "dedicated"}});
    return pairs;
}

INSTANTIATE_TEST_SUITE_P(Interop, UdpStreams, ::testing::ValuesIn(and_the_other_way(every_pair)),
                         [](const auto& one) { return title(one.param); });

}  // namespace
}  // namespace gale::interop
