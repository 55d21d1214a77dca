// Many at once on one stream, late ones, refused ones, and a claim that nobody ends.
#include "interop/interop.hpp"

#include <algorithm>

namespace gale::interop {
namespace {

class Streams : public OnEveryDriver {};

TEST_P(Streams, PublishersAndSubscribersOfBothLanguagesShareAStream) {
    const Words place{"--channel", "aeron:ipc", "--stream", new_stream(), "--length", "mixed:9000"};
    std::vector<Peer> subscribers;
    for (const Language language : both)
        subscribers.push_back(start(language, "subscribe", join({place, {"--expect", "500", "--sessions", "4"}})));
    for (Peer& subscriber : subscribers) subscriber.expect("added");
    std::vector<Peer> publishers;
    for (const Language language : {Language::gale, Language::java, Language::gale, Language::java})
        // Closed at once after the last message: what was published has to arrive all the same.
        publishers.push_back(
            start(language, "publish", join({place, {"--count", "500", "--exclusive", "--linger-ms", "0"}})));
    for (Peer& publisher : publishers) {
        const std::string session = std::to_string(publisher.number("session"));
        const std::string end = std::to_string(number_in(publisher.expect("published .*"), "position"));
        publisher.expect("closed");
        for (Peer& subscriber : subscribers) {
            subscriber.expect("received session=" + session + " count=500 bytes=[0-9]+ errors=0");
            subscriber.expect("unavailable session=" + session + " position=" + end + " eos=true");
        }
    }
    for (Peer& publisher : publishers) publisher.stop();
    for (Peer& subscriber : subscribers) subscriber.stop();
}

// The Java subscriber knows one publisher per session only: it complains of the numbers, but must not of anything else.
TEST_P(Streams, PublishersOfBothLanguagesShareOneLog) {
    const std::string each = "2000";
    const std::string all = "8000";
    const Words place{"--channel", "aeron:ipc?term-length=256k", "--stream", new_stream(), "--length", "3000"};
    Peer ours = start(Language::gale, "subscribe", join({place, {"--expect", all, "--shared", "4"}}));
    Peer theirs = start(Language::java, "subscribe", join({place, {"--expect", all}}));
    for (Peer* subscriber : {&ours, &theirs}) subscriber->expect("added");
    std::vector<Peer> publishers;
    for (const Language language : {Language::gale, Language::java, Language::java, Language::gale})
        publishers.push_back(start(language, "publish", join({place, {"--count", each, "--pause-us", "100"}})));
    const std::string session = std::to_string(publishers.front().number("session"));
    for (Peer& publisher : publishers) {
        EXPECT_EQ(std::to_string(publisher.number("session")), session);
        publisher.expect("published count=" + each + " .*");
    }
    ours.expect("received session=" + session + " count=" + all + " bytes=24000000 errors=0");
    theirs.expect("received session=" + session + " count=" + all + " bytes=24000000 errors=[0-9]+");
    EXPECT_EQ(theirs.said("mismatch .*").size(), theirs.said("mismatch .* text=number").size());

    // The stream ends with the last of them.
    for (Peer& publisher : publishers) {
        EXPECT_TRUE(ours.said("unavailable .*").empty());
        EXPECT_TRUE(theirs.said("unavailable .*").empty());
        publisher.tell("close");
        publisher.expect("closed");
    }
    for (Peer* subscriber : {&ours, &theirs}) subscriber->expect("unavailable session=" + session + " .* eos=true");
    for (Peer& publisher : publishers) publisher.stop();
    ours.stop();
    theirs.tell("quit");
}

TEST_P(Streams, LateSubscribersOfBothLanguagesJoinWhereTheStreamIs) {
    for (const Language language : both) {
        SCOPED_TRACE(language);
        const Words place{"--channel", "aeron:ipc", "--stream", new_stream(), "--length", "mixed:20000"};
        Peer early = start(other(language), "subscribe", join({place, {"--expect", "100"}}));
        early.expect("added");
        Peer publisher = start(language, "publish", join({place, {"--count", "4000", "--pause-us", "500"}}));
        early.expect("received .*");  // it goes on, and so does the publisher
        std::vector<Peer> late;
        for (const Language reader : both)
            late.push_back(start(reader, "subscribe", join({place, {"--expect", "4000", "--late"}})));
        for (Peer& subscriber : late) {
            subscriber.expect("available session=-?[0-9]+ position=[1-9][0-9]*");
            subscriber.expect("received session=-?[0-9]+ count=[0-9]+ bytes=[0-9]+ errors=0 first=[1-9][0-9]*");
        }
        publisher.tell("close");
        publisher.expect("closed");
        early.expect("unavailable .* eos=true");
        early.tell("count");
        early.expect("received session=-?[0-9]+ count=4000 bytes=[0-9]+ errors=0");
        publisher.stop();
        early.stop();
        for (Peer& subscriber : late) subscriber.stop();
    }
}

// Over shared memory one subscriber's rejection sends the publisher away from all of them.
TEST_P(Streams, ARejectedPublisherLearnsWhyAndLosesItsSubscribers) {
    for (const Language language : both) {
        SCOPED_TRACE(language);
        const Words place{"--channel", "aeron:ipc", "--stream", new_stream()};
        const Words content{"--length", "64"};
        Peer subscriber = start(language, "subscribe", join({place, content, {"--expect", "10"}}));
        subscriber.expect("added");
        Peer publisher =
            start(language, "publish", join({place, content, {"--count", "1000000", "--pause-us", "1000"}}));
        subscriber.expect("received .*");
        Peer rejecter = start(other(language), "reject", join({place, {"--reason", "not wanted here"}}));
        const std::string session = std::to_string(publisher.number("session"));
        rejecter.expect("rejected session=" + session + " position=[0-9]+");
        publisher.expect("publication-error code=13 text=.*not wanted here.*");
        publisher.expect("disconnected at=[1-9][0-9]*");
        for (Peer* peer : {&rejecter, &subscriber})
            peer->expect("unavailable session=" + session + " position=[1-9][0-9]* eos=false");
        publisher.stop();
        rejecter.stop();
        subscriber.stop();
    }
}

TEST_P(Streams, ASubscriberThatLeavesDisconnectsThePublisherUntilAnotherComes) {
    for (const Language language : both) {
        SCOPED_TRACE(language);
        const Words place{"--channel", "aeron:ipc", "--stream", new_stream(), "--length", "100"};
        Peer first = start(other(language), "subscribe", join({place, {"--expect", "10"}}));
        first.expect("added");
        Peer publisher = start(language, "publish", join({place, {"--count", "2000", "--pause-us", "500"}}));
        first.expect("received .*");
        first.stop();
        publisher.expect("disconnected at=[1-9][0-9]*");
        Peer second = start(other(language), "subscribe", join({place, {"--expect", "2000", "--late"}}));
        publisher.expect("published count=2000 .*");
        second.expect("received session=-?[0-9]+ count=[0-9]+ bytes=[0-9]+ errors=0 first=[1-9][0-9]*");
        publisher.stop();
        second.stop();
    }
}

INSTANTIATE_TEST_SUITE_P(Interop, Streams, ::testing::ValuesIn(every_driver), DriverTitle{});

}  // namespace
}  // namespace gale::interop
