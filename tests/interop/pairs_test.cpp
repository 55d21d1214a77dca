// Clients of every language, one publishing and all listening, on every driver that is a program; and programs that
// know only the C ABI on upstream's driver.
#include "abi/programs.hpp"
#include "interop/over_udp.hpp"

#include <array>
#include <optional>
#include <tuple>
#include <utility>

namespace gale::interop {
namespace {

enum class Served { aeronmd, gale_driver, java, aeron_c };
std::string title_of(Served served) {
    switch (served) {
    case Served::aeronmd: return "Aeronmd";
    case Served::gale_driver: return "GaleDriver";
    case Served::java: return "Java";
    case Served::aeron_c: return "AeronC";
    }
    return {};
}
std::ostream& operator<<(std::ostream& out, Served served) { return out << title_of(served); }

/// A driver of upstream's that is like those of tests/abi: quick to notice, and small.
Driver small_driver(const DriverKind& kind) {
    return Driver{kind,
                  {"--prop", "aeron.timer.interval=100ms", "--prop", "aeron.ipc.term.buffer.length=1m", "--prop",
                   "aeron.term.buffer.length=1m", "--prop", "aeron.image.liveness.timeout=1s"}};
}

/// One of them, running.
class ServingDriver {
public:
    explicit ServingDriver(Served served) {
        switch (served) {
        case Served::aeronmd: program_.emplace(testing::DriverProgram::aeronmd); break;
        case Served::gale_driver: program_.emplace(testing::DriverProgram::gale_driver); break;
        case Served::java: upstream_.emplace(small_driver({Language::java, "shared"})); break;
        case Served::aeron_c: upstream_.emplace(small_driver({Language::aeron_c, "shared"})); break;
        }
    }
    [[nodiscard]] std::string directory() const { return upstream_ ? upstream_->directory() : program_->directory(); }
    void stop() {
        if (upstream_)
            upstream_->peer().stop();
        else
            EXPECT_EQ(program_->stop(), "");
    }

private:
    std::optional<Driver> upstream_;
    std::optional<testing::ServingProgram> program_;
};

/// Why a test with Aeron's own C cannot be; nothing where it can.
std::optional<std::string> without_aeron_c(bool is_needed) {
    if (!is_needed || aeron_c_interpreter()) return {};
    return "no interop with Aeron's own C client and driver: GALE_INTEROP_AERON_C names no interpreter; "
           "scripts/ci.sh interop prepares one where there is CPython 3.12 or newer";
}

struct Media {
    std::string_view name;
    std::string channel;  ///< PORT is replaced
    std::string length;
    Words words{};  ///< of the publisher
    friend std::ostream& operator<<(std::ostream& out, const Media& media) { return out << media.name; }
};

const std::vector<Media> medias{
    {.name = "Ipc", .channel = "aeron:ipc", .length = "mixed:65536"},
    {.name = "IpcClaims", .channel = "aeron:ipc", .length = "mixed:1376", .words = {"--claim"}},
    {.name = "Udp", .channel = "aeron:udp?endpoint=127.0.0.1:PORT", .length = "mixed:65536", .words = {"--exclusive"}},
};

class Pairs : public OverUdp, public ::testing::WithParamInterface<std::tuple<Language, Served, Media>> {};

TEST_P(Pairs, MessagesArriveInEveryLanguage) {
    const auto& [language, served, media] = GetParam();
    if (const auto why = without_aeron_c(language == Language::aeron_c || served == Served::aeron_c))
        GTEST_SKIP() << *why;
    ServingDriver driver{served};
    const std::string channel = media.channel.ends_with("PORT") ? with_port(media.channel, new_port()) : media.channel;
    const Words place{"--channel", channel, "--stream", "1001", "--length", media.length, "--seed", "3"};
    const std::string count = "340";
    std::vector<Peer> subscribers;
    std::vector<Language> readers{Language::gale, Language::java, Language::c};
    if (aeron_c_interpreter()) readers.push_back(Language::aeron_c);
    for (const Language reader : readers)
        subscribers.emplace_back(reader, "subscribe", driver.directory(), join({place, {"--expect", count}}));
    for (Peer& subscriber : subscribers) subscriber.expect("added");
    Peer publisher{language, "publish", driver.directory(), join({place, {"--count", count}, media.words})};
    const std::string session = std::to_string(publisher.number("session"));
    const std::string end =
        std::to_string(number_in(publisher.expect("published count=" + count + " position=[0-9]+"), "position"));
    for (Peer& subscriber : subscribers) {
        // Where it stands by then: Aeron's own C client has no handler for images, and looks when it comes round to it.
        subscriber.expect("available session=" + session + " position=[0-9]+");
        subscriber.expect("received session=" + session + " count=" + count + " bytes=[0-9]+ errors=0");
    }
    publisher.tell("close");
    publisher.expect("closed");
    for (Peer& subscriber : subscribers)
        subscriber.expect("unavailable session=" + session + " position=" + end + " eos=true");
    publisher.stop();
    for (Peer& subscriber : subscribers) {
        EXPECT_EQ(subscriber.number("bytes"), subscribers.front().number("bytes"));
        subscriber.stop();
    }
    driver.stop();
}

constexpr std::array every_served{Served::aeronmd, Served::gale_driver, Served::java, Served::aeron_c};
const auto title_of_pair = [](const auto& of) {
    return "From" + std::string{name(std::get<0>(of.param))} + "On" + title_of(std::get<1>(of.param)) +
           std::string{std::get<2>(of.param).name};
};
INSTANTIATE_TEST_SUITE_P(, Pairs,
                         ::testing::Combine(::testing::Values(Language::gale, Language::java, Language::c),
                                            ::testing::ValuesIn(every_served), ::testing::ValuesIn(medias)),
                         title_of_pair);
// What there is of Aeron's own C client makes no claims whose reserved value could be told.
INSTANTIATE_TEST_SUITE_P(Upstream, Pairs,
                         ::testing::Combine(::testing::Values(Language::aeron_c), ::testing::ValuesIn(every_served),
                                            ::testing::Values(medias.front(), medias.back())),
                         title_of_pair);

/// From a publication on one driver to subscribers on another, over the network.
class BetweenDrivers : public OverUdp, public ::testing::WithParamInterface<std::tuple<Served, Served>> {};

TEST_P(BetweenDrivers, MessagesArrive) {
    if (const auto why = without_aeron_c(true)) GTEST_SKIP() << *why;
    const auto& [of_publisher, of_subscriber] = GetParam();
    ServingDriver from{of_publisher};
    ServingDriver to{of_subscriber};
    const Words place{"--channel", with_port("aeron:udp?endpoint=127.0.0.1:PORT", new_port()),
                      "--stream",  "1001",
                      "--length",  "mixed:65536",
                      "--seed",    "4"};
    Peer subscriber{Language::gale, "subscribe", to.directory(), join({place, {"--expect", "340"}})};
    subscriber.expect("added");
    Peer publisher{Language::c, "publish", from.directory(), join({place, {"--count", "340"}})};
    const std::string session = std::to_string(publisher.number("session"));
    const std::string end =
        std::to_string(number_in(publisher.expect("published count=340 position=[0-9]+"), "position"));
    subscriber.expect("received session=" + session + " count=340 bytes=[0-9]+ errors=0");
    publisher.tell("close");
    publisher.expect("closed");
    subscriber.expect("unavailable session=" + session + " position=" + end + " eos=true");
    publisher.stop();
    subscriber.stop();
    from.stop();
    to.stop();
}

INSTANTIATE_TEST_SUITE_P(, BetweenDrivers,
                         ::testing::Values(std::tuple{Served::aeronmd, Served::aeron_c},
                                           std::tuple{Served::aeron_c, Served::aeronmd},
                                           std::tuple{Served::gale_driver, Served::aeron_c},
                                           std::tuple{Served::aeron_c, Served::gale_driver}),
                         [](const auto& of) {
                             return title_of(std::get<0>(of.param)) + "To" + title_of(std::get<1>(of.param));
                         });

/// Drivers of upstream's, in either language and threading mode.
class CAbiOnUpstream : public Interop, public ::testing::WithParamInterface<DriverKind> {
protected:
    void serve(void (*program)(const std::string& directory)) {
        if (const auto why = without_aeron_c(GetParam().language == Language::aeron_c)) GTEST_SKIP() << *why;
        Driver driver = small_driver(GetParam());
        program(driver.directory());
        if (!HasFailure() && !IsSkipped()) driver.peer().stop();
    }
};

TEST_P(CAbiOnUpstream, ServesAProgramInC) { serve(testing::run_a_program_in_c); }

TEST_P(CAbiOnUpstream, ServesTheCallsOfBindingsInPython) { serve(testing::run_the_calls_of_bindings); }

TEST_P(CAbiOnUpstream, ServesAbibench) { serve(testing::run_abibench); }

INSTANTIATE_TEST_SUITE_P(, CAbiOnUpstream,
                         ::testing::Values(DriverKind{Language::java, "shared"},
                                           DriverKind{Language::java, "dedicated"},
                                           DriverKind{Language::aeron_c, "shared"},
                                           DriverKind{Language::aeron_c, "dedicated"}),
                         DriverTitle{});

}  // namespace
}  // namespace gale::interop
