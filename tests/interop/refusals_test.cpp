// What a driver refuses: clients of the other language get the code and the text, and upstream's tool finds it written.
#include "interop/interop.hpp"

namespace gale::interop {
namespace {

struct Refusal {
    std::string_view name;
    std::string kind;
    std::string channel;
    std::string code;  ///< patterns
    std::string text;
    friend std::ostream& operator<<(std::ostream& out, const Refusal& refusal) { return out << refusal.name; }
};

class Refusals : public OnEveryDriver {};

TEST_P(Refusals, ReachClientsOfBothLanguages) {
    const std::vector<Refusal> refusals{
        {"TermLength", "pub", "aeron:ipc?term-length=100", "(1|11)", ".*[Tt]erm.?length.*100.*"},
        {"NoMedia", "exclusive", "aeron:", "(1|11)", ".+"},
        {"NoAeron", "sub", "ipc", "(1|11)", ".+"},
        {"Mtu", "exclusive", "aeron:ipc?mtu=33", "(1|11)", ".*33.*"},
    };
    for (const Refusal& refusal : refusals) {
        for (const Language language : both) {
            SCOPED_TRACE(::testing::Message() << refusal << ' ' << language);
            Peer asking = once(language, "add-fails",
                               {"--kind", refusal.kind, "--channel", refusal.channel, "--stream", new_stream()});
            const std::string said = asking.expect("registration-error code=" + refusal.code + " text=" + refusal.text);
            std::cout << refusal << ' ' << language << ": " << said << '\n';
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
