// One publisher, subscribers of both languages, every way to publish, on every driver.
#include "interop/interop.hpp"

#include <tuple>

namespace gale::interop {
namespace {

struct Way {
    std::string_view name;
    std::string count;
    std::string length;
    Words publish{};
    Words subscribe{};
    std::string channel = "aeron:ipc";
    std::int64_t from = 0;  // position the stream begins at
    friend std::ostream& operator<<(std::ostream& out, const Way& way) { return out << way.name; }
};

const std::vector<Way> ways{
    {.name = "SmallMessages", .count = "20000", .length = "100"},
    {.name = "UpToOneMebibyte", .count = "340", .length = "mixed"},
    {.name = "ExclusiveControlled",
     .count = "340",
     .length = "mixed",
     .publish = {"--exclusive"},
     .subscribe = {"--controlled"}},
    {.name = "Claims", .count = "5000", .length = "mixed:1376", .publish = {"--claim"}},
    {.name = "ExclusiveClaims",
     .count = "5000",
     .length = "mixed:1376",
     .publish = {"--exclusive", "--claim"},
     .subscribe = {"--controlled"}},
    {.name = "ManySmallTerms", .count = "20000", .length = "mixed:8192", .channel = "aeron:ipc?term-length=64k"},
    {.name = "ExclusiveFromAPosition",
     .count = "1000",
     .length = "mixed:30000",
     .publish = {"--exclusive"},
     .channel = "aeron:ipc?term-length=256k|init-term-id=7|term-id=9|term-offset=4096|mtu=8192|alias=replay",
     .from = 2 * 256 * 1024 + 4096},
};

class Transfer : public Interop, public ::testing::WithParamInterface<std::tuple<DriverKind, Language, Way>> {};

TEST_P(Transfer, ArrivesWholeAndInOrderAndEnds) {
    const auto& [kind, language, way] = GetParam();
    Driver& driver = shared_driver(kind);
    const Words place{"--stream", new_stream(), "--length", way.length, "--seed", "5"};
    std::vector<Peer> subscribers;
    for (const Language reader : both)
        subscribers.push_back(start(driver, reader, "subscribe",
                                    join({{"--channel", "aeron:ipc", "--expect", way.count}, place, way.subscribe})));
    for (Peer& subscriber : subscribers) subscriber.expect("added");
    Peer publisher = start(driver, language, "publish",
                           join({{"--channel", way.channel, "--count", way.count}, place, way.publish}));
    const std::string session = std::to_string(publisher.number("session"));
    const std::string published = publisher.expect("published count=" + way.count + " position=[0-9]+");
    const std::string end = std::to_string(number_in(published, "position"));
    for (Peer& subscriber : subscribers) {
        subscriber.expect("available session=" + session + " position=" + std::to_string(way.from));
        subscriber.expect("received session=" + session + " count=" + way.count + " bytes=[0-9]+ errors=0");
    }
    publisher.tell("close");
    publisher.expect("closed");
    for (Peer& subscriber : subscribers) {
        subscriber.expect("unavailable session=" + session + " position=" + end + " eos=true");
        subscriber.tell("count");
        subscriber.expect("counted sessions=1");
    }
    EXPECT_EQ(subscribers[0].number("bytes"), subscribers[1].number("bytes"));
    publisher.stop();
    for (Peer& subscriber : subscribers) subscriber.stop();
}

INSTANTIATE_TEST_SUITE_P(Interop, Transfer,
                         ::testing::Combine(::testing::ValuesIn(every_driver), ::testing::ValuesIn(both),
                                            ::testing::ValuesIn(ways)),
                         [](const auto& one) {
                             return std::string{std::get<2>(one.param).name} + "From" +
                                    std::string{name(std::get<1>(one.param))} + "On" + title(std::get<0>(one.param));
                         });

}  // namespace
}  // namespace gale::interop
