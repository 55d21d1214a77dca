// Groups with a receiver of ours and one of upstream's, behind a publisher of either: who sets the pace, and places
// that are added by hand.
#include "interop/over_udp.hpp"

#include <tuple>

namespace gale::interop {
namespace {

struct Group {
    std::string_view name;
    std::string publish;    ///< channel; PORT is replaced
    std::string subscribe;  ///< likewise
    friend std::ostream& operator<<(std::ostream& out, const Group& group) { return out << group.name; }
};

const std::vector<Group> groups{
    {"Multicast", "aeron:udp?endpoint=224.20.30.43:PORT|interface=localhost|term-length=64k",
     "aeron:udp?endpoint=224.20.30.43:PORT|interface=localhost"},
    {"DynamicDestinations", "aeron:udp?control=127.0.0.1:PORT|control-mode=dynamic|term-length=64k",
     "aeron:udp?endpoint=127.0.0.1:0|control=127.0.0.1:PORT|control-mode=dynamic"},
};

/// A publisher on its driver, whose pace a subscriber of the other language sets; another subscriber has the
/// publisher's language. Far more than the windows hold.
class Pace : public OverUdp, public ::testing::WithParamInterface<std::tuple<Language, Group>> {
protected:
    static constexpr std::string_view many = "6000";

    [[nodiscard]] Peer subscribe(Language language, const Words& words, const std::string& more = {}) {
        return start(shared_driver({language, "dedicated"}), language, "subscribe",
                     join({{"--channel", with_port(std::get<1>(GetParam()).subscribe, port_) + more, "--expect",
                            std::string{many}},
                           stream_,
                           words}));
    }
    [[nodiscard]] Peer publish(const std::string& flow_control) {
        const Language language = std::get<0>(GetParam());
        return start(shared_driver({language, "dedicated"}), language, "publish",
                     join({{"--channel", with_port(std::get<1>(GetParam()).publish, port_) + flow_control, "--count",
                            std::string{many}},
                           stream_}));
    }
    const Words stream_{"--stream", new_stream(), "--length", "mixed:1500"};

private:
    const int port_ = new_port();
};

// min,g:/2: it begins with both, from the first message on, and goes no further than the slower of them.
TEST_P(Pace, OfMinIsThatOfTheSlowestAndItBeginsWithAll) {
    const Language own = std::get<0>(GetParam());
    Peer quick = subscribe(own, {});
    quick.expect("added");
    Peer publisher = publish("|fc=min,g:/2");
    quick.expect("available .* position=0");
    EXPECT_TRUE(publisher.said("published .*").empty());
    Peer slow = subscribe(other(own), {});
    slow.tell("pause");  // it reads that before anything comes
    slow.expect("available .* position=0");
    slow.expect("done pause");
    // A client comes and goes: more time than all messages need that nobody holds up.
    once(shared_driver({own, "dedicated"}), Language::java, "counters");
    EXPECT_TRUE(publisher.said("published .*").empty());
    EXPECT_TRUE(quick.said("received .*").empty());
    slow.tell("resume");
    for (Peer* subscriber : {&quick, &slow}) subscriber->expect("received .* count=6000 .* errors=0");
    const std::string end = std::to_string(number_in(publisher.expect("published .*"), "position"));
    publisher.tell("close");
    publisher.expect("closed");
    for (Peer* subscriber : {&quick, &slow}) subscriber->expect("unavailable .* position=" + end + " eos=true");
    publisher.stop();
    for (Peer* subscriber : {&quick, &slow}) subscriber->stop();
}

// tagged,g:77/1: it begins with the one that has the tag, and those without hold nobody.
TEST_P(Pace, OfTaggedIsThatOfTheTagged) {
    const Language own = std::get<0>(GetParam());
    Peer plain = subscribe(own, {});
    plain.expect("added");
    Peer publisher = publish("|fc=tagged,g:77/1");
    plain.expect("available .* position=0");
    plain.tell("pause");
    plain.expect("done pause");
    // A client comes and goes: more time than all messages need that nobody holds up.
    once(shared_driver({own, "dedicated"}), Language::java, "counters");
    EXPECT_TRUE(publisher.said("published .*").empty());
    Peer tagged = subscribe(other(own), {}, "|gtag=77");
    tagged.expect("available .* position=0");
    tagged.expect("received .* count=6000 .* errors=0");  // though the other stands still
    const std::string end = std::to_string(number_in(publisher.expect("published .*"), "position"));
    publisher.tell("close");
    publisher.expect("closed");
    tagged.expect("unavailable .* position=" + end + " eos=true");
    publisher.stop();
    tagged.stop();
    plain.stop();
}

INSTANTIATE_TEST_SUITE_P(Interop, Pace, ::testing::Combine(::testing::ValuesIn(both), ::testing::ValuesIn(groups)),
                         [](const auto& one) {
                             return std::string{std::get<1>(one.param).name} + "From" +
                                    std::string{name(std::get<0>(one.param))};
                         });

class ByHand : public OverUdpBothWays {
protected:
    static Words quick_to_miss() { return {"--prop", "aeron.image.liveness.timeout=4s"}; }
    static std::string place() { return with_port("aeron:udp?endpoint=127.0.0.1:PORT", new_port()); }
};

// The first place is there from the start, the second is added while the stream flows, then the first is taken away.
TEST_P(ByHand, DestinationsOfAPublicationComeAndGo) {
    const Ends& ends = GetParam();
    Driver from{ends.from, quick_to_miss()};
    Driver to{ends.to, quick_to_miss()};
    const std::string here = place();
    const std::string there = place();
    const Words stream{"--stream", new_stream(), "--length", "500"};
    Peer first = start(to, ends.to.language, "subscribe", join({stream, {"--channel", there, "--expect", "10"}}));
    Peer second = start(from, ends.from.language, "subscribe",
                        join({stream, {"--channel", here, "--expect", "1000000", "--late"}}));
    for (Peer* subscriber : {&first, &second}) subscriber->expect("added");
    Peer publisher = start(from, ends.from.language, "publish",
                           join({stream,
                                 {"--channel", "aeron:udp?control-mode=manual|control=127.0.0.1:0", "--count",
                                  "1000000", "--pause-us", "1000"}}));
    publisher.expect("added .*");
    publisher.tell("add-destination " + there);
    first.expect("received .* errors=0");
    EXPECT_TRUE(second.said("available .*").empty());
    publisher.tell("add-destination " + here);
    second.expect("available .* position=[1-9][0-9]*");
    publisher.tell("remove-destination " + there);
    publisher.expect("done remove-destination .*");
    first.expect("unavailable .* position=[1-9][0-9]* eos=false");
    publisher.tell("quit");
    second.expect("unavailable .* position=[1-9][0-9]* eos=true");
    publisher.end_well();
    for (Peer* subscriber : {&first, &second}) subscriber->stop();
    for (Driver* driver : {&from, &to}) driver->peer().stop();
}

// A subscription hears at one place, then at a second, and at the end no more at the first.
TEST_P(ByHand, DestinationsOfASubscriptionComeAndGo) {
    const Ends& ends = GetParam();
    Driver from{ends.from, quick_to_miss()};
    Driver to{ends.to, quick_to_miss()};
    const std::string one = place();
    const std::string another = place();
    const Words stream{"--stream", new_stream(), "--length", "mixed:3000"};
    Peer subscriber =
        start(to, ends.to.language, "subscribe",
              join({stream, {"--channel", "aeron:udp?control-mode=manual", "--expect", "500", "--sessions", "2"}}));
    subscriber.expect("added");
    const auto publish = [&](const std::string& channel) {
        return start(from, ends.from.language, "publish", join({stream, {"--channel", channel, "--count", "500"}}));
    };
    Peer early = publish(one);
    Peer waiting = publish(another);
    subscriber.tell("add-destination " + one);
    subscriber.expect("available session=" + std::to_string(early.number("session")) + " position=0");
    early.expect("published .*");
    EXPECT_TRUE(waiting.said("published .*").empty());
    subscriber.tell("add-destination " + another);
    for (Peer* publisher : {&early, &waiting})
        subscriber.expect("received session=" + std::to_string(publisher->number("session")) +
                          " count=500 .* errors=0");
    subscriber.tell("remove-destination " + one);
    subscriber.expect("done remove-destination .*");
    subscriber.expect("unavailable session=" + std::to_string(early.number("session")) + " .* eos=false");
    waiting.tell("close");
    subscriber.expect("unavailable session=" + std::to_string(waiting.number("session")) + " .* eos=true");
    for (Peer* publisher : {&early, &waiting}) publisher->stop();
    subscriber.stop();
    for (Driver* driver : {&from, &to}) driver->peer().stop();
}

INSTANTIATE_TEST_SUITE_P(Interop, ByHand, ::testing::ValuesIn(both_ways),
                         [](const auto& one) { return title(one.param); });

}  // namespace
}  // namespace gale::interop
