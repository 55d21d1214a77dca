// What a driver refuses: clients of the other language get the code and the text, and upstream's tool finds it written.
#include "interop/interop.hpp"

namespace gale::interop {
namespace {

/// Ours answers as upstream's C driver does, where that differs from the Java driver.
struct Refusal {
    std::string kind;
    std::string channel;
    int ours;  ///< codes: 1 invalid channel, 11 generic
    int theirs;
    std::string text;  ///< pattern of what either says
    friend std::ostream& operator<<(std::ostream& out, const Refusal& refusal) {
        return out << refusal.kind << ' ' << refusal.channel;
    }
};

const std::vector<Refusal> refusals{
    {"sub", "ipc", 1, 1, ".*must .* 'ipc'.*|.*aeron:.*ipc.*"},
    {"exclusive", "aeron:", 1, 1, ".*media.*"},
    {"pub", "aeron:ipc?term-length", 1, 1, ".*term-length.*"},
    {"pub", "aeron:ipc?term-length=100", 11, 11, ".*100.*"},
    {"exclusive", "aeron:ipc?mtu=33", 11, 11, ".*33.*"},
    {"exclusive", "aeron:ipc?init-term-id=7", 11, 1, ".*set.*"},
    {"exclusive", "aeron:ipc?init-term-id=7|term-id=9|term-offset=33", 11, 1, ".*term-offset=33.*"},
    {"pub", "aeron:ipc?session-id=x", 11, 1, ".*session-id.*number.*"},
    {"exclusive", "aeron:ipc?pub-wnd=1", 11, 1, ".*pub-wnd=1.*1408.*"},
    {"sub", "aeron:udp", 1, 1, ".*aeron:udp.*"},
};

class Refusals : public OnEveryDriver {};

TEST_P(Refusals, ReachClientsOfBothLanguages) {
    for (const Refusal& refusal : refusals) {
        SCOPED_TRACE(::testing::Message() << refusal);
        std::vector<Peer> asking;
        for (const Language language : both)
            asking.push_back(
                start(language, "add-fails", {"--kind", refusal.kind, "--channel", refusal.channel, "--stream", "1"}));
        const int code = GetParam().language == Language::gale ? refusal.ours : refusal.theirs;
        for (Peer& peer : asking) {
            peer.expect("registration-error code=" + std::to_string(code) + " text=(" + refusal.text + ")");
            peer.end_well();
        }
    }
}

TEST_P(Refusals, ASessionThatIsTakenIsNotGivenTwice) {
    const std::string stream = new_stream();
    const Words place{"--channel", "aeron:ipc?session-id=4711", "--stream", stream};
    Peer holder = start(Language::java, "publish", join({place, {"--count", "1", "--exclusive"}}));
    holder.expect("added session=4711 .*");
    for (const Language language : both) {
        Peer asking = once(language, "add-fails", join({place, {"--kind", "exclusive"}}));
        asking.expect("registration-error code=(1|11) text=.*4711.*");
    }
    holder.stop();
}

TEST_P(Refusals, AreWrittenWhereErrorStatLooks) {
    const std::string mark = "6" + new_stream();  // no power of two
    once(Language::java, "add-fails", {"--kind", "pub", "--channel", "aeron:ipc?term-length=" + mark, "--stream", "1"});
    Peer errors = once(Language::java, "error-stat");
    errors.expect(" *[0-9]+ observations? from .*");
    errors.expect(".*" + mark + ".*");
    errors.expect("[0-9]+ distinct errors observed\\.");
    Peer stat = once(Language::java, "aeron-stat");
    stat.expect(" *15: +[1-9][0-9,]* - Errors.*");
}

INSTANTIATE_TEST_SUITE_P(Interop, Refusals, ::testing::ValuesIn(every_driver), DriverTitle{});

}  // namespace
}  // namespace gale::interop
