// From a publication on our driver over UDP to subscribers on upstream's: every kind of channel, and lines that lose.
#include "interop/over_udp.hpp"

#include <tuple>

namespace gale::interop {
namespace {

struct Road {
    std::string_view name;
    std::string publish;    ///< channel; PORT is replaced
    std::string subscribe;  ///< likewise
    Words words{};          ///< of the publisher
    Words properties{};     ///< of our driver
    friend std::ostream& operator<<(std::ostream& out, const Road& road) { return out << road.name; }
};

const std::vector<Road> roads{
    {.name = "Unicast",
     .publish = "aeron:udp?endpoint=localhost:PORT",
     .subscribe = "aeron:udp?endpoint=localhost:PORT"},
    {.name = "ExclusiveSmallTerms",
     .publish = "aeron:udp?endpoint=127.0.0.1:PORT|term-length=64k|mtu=8192",
     .subscribe = "aeron:udp?endpoint=127.0.0.1:PORT",
     .words = {"--exclusive"}},
    {.name = "Multicast",
     .publish = "aeron:udp?endpoint=224.20.30.41:PORT|interface=localhost|fc=min",
     .subscribe = "aeron:udp?endpoint=224.20.30.41:PORT|interface=localhost"},
    {.name = "DynamicDestinations",
     .publish = "aeron:udp?control=localhost:PORT|control-mode=dynamic|fc=min",
     .subscribe = "aeron:udp?endpoint=localhost:0|control=localhost:PORT|control-mode=dynamic"},
    {.name = "ThroughLoss",
     .publish = "aeron:udp?endpoint=localhost:PORT",
     .subscribe = "aeron:udp?endpoint=localhost:PORT",
     .properties = {"--prop", "aeron.debug.send.data.loss.rate=0.02", "--prop", "aeron.debug.send.data.loss.seed=5",
                    "--prop", "aeron.debug.send.control.loss.rate=0.1", "--prop",
                    "aeron.debug.send.control.loss.seed=6"}},
};

class Sending : public OverUdp, public ::testing::WithParamInterface<std::tuple<std::string_view, Road>> {};

TEST_P(Sending, ArrivesWholeAndInOrderAndEnds) {
    const auto& [threading, road] = GetParam();
    Driver ours{{Language::gale, threading}, road.properties};
    Driver& theirs = shared_driver({Language::java, "shared"});
    const int port = new_port();
    const Words content{"--stream", new_stream(), "--length", "mixed:8000", "--seed", "5"};
    Peer subscriber = start(theirs, Language::java, "subscribe",
                            join({{"--channel", with_port(road.subscribe, port), "--expect", "1000"}, content}));
    subscriber.expect("added");
    Peer publisher =
        start(ours, Language::gale, "publish",
              join({{"--channel", with_port(road.publish, port), "--count", "1000"}, content, road.words}));
    const std::string session = std::to_string(publisher.number("session"));
    const std::string end = std::to_string(number_in(publisher.expect("published .*"), "position"));
    subscriber.expect("received session=" + session + " count=1000 bytes=[0-9]+ errors=0");
    publisher.tell("close");
    publisher.expect("closed");
    subscriber.expect("unavailable session=" + session + " position=" + end + " eos=true");
    publisher.stop();
    subscriber.stop();
    ours.peer().stop();
}

INSTANTIATE_TEST_SUITE_P(, Sending,
                         ::testing::Combine(::testing::Values("shared", "dedicated"), ::testing::ValuesIn(roads)),
                         [](const auto& of) {
                             return std::string{std::get<1>(of.param).name} +
                                    (std::get<0>(of.param) == "shared" ? "Shared" : "Dedicated");
                         });

}  // namespace
}  // namespace gale::interop
