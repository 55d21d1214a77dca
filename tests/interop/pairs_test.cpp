// Clients of every language, one publishing and all listening, on every driver that is a program; and programs that
// know only the C ABI on upstream's driver.
#include "abi/programs.hpp"
#include "interop/over_udp.hpp"

#include <optional>
#include <tuple>
#include <utility>

namespace gale::interop {
namespace {

enum class Served { aeronmd, gale_driver, java };
std::string title_of(Served served) {
    switch (served) {
    case Served::aeronmd: return "Aeronmd";
    case Served::gale_driver: return "GaleDriver";
    case Served::java: return "Java";
    }
    return {};
}

std::ostream& operator<<(std::ostream& out, Served served) { return out << title_of(served); }

/// A driver that is like those of tests/abi: quick to notice, and small.
Driver small_java_driver(std::string_view threading) {
    return Driver{{Language::java, threading},
                  {"--prop", "aeron.timer.interval=100ms", "--prop", "aeron.ipc.term.buffer.length=1m", "--prop",
                   "aeron.term.buffer.length=1m", "--prop", "aeron.image.liveness.timeout=1s"}};
}

/// One of the three, running.
class ServingDriver {
public:
    explicit ServingDriver(Served served) {
        if (served == Served::java)
            java_.emplace(small_java_driver("shared"));
        else
            program_.emplace(served == Served::aeronmd ? testing::DriverProgram::aeronmd
                                                       : testing::DriverProgram::gale_driver);
    }
    [[nodiscard]] std::string directory() const { return java_ ? java_->directory() : program_->directory(); }
    void stop() {
        if (java_)
            java_->peer().stop();
        else
            EXPECT_EQ(program_->stop(), "");
    }

private:
    std::optional<Driver> java_;
    std::optional<testing::ServingProgram> program_;
};

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
    ServingDriver driver{served};
    const std::string channel = media.channel.ends_with("PORT") ? with_port(media.channel, new_port()) : media.channel;
    const Words place{"--channel", channel, "--stream", "1001", "--length", media.length, "--seed", "3"};
    const std::string count = "340";
    std::vector<Peer> subscribers;
    for (const Language reader : {Language::gale, Language::java, Language::c})
        subscribers.emplace_back(reader, "subscribe", driver.directory(), join({place, {"--expect", count}}));
    for (Peer& subscriber : subscribers) subscriber.expect("added");
    Peer publisher{language, "publish", driver.directory(), join({place, {"--count", count}, media.words})};
    const std::string session = std::to_string(publisher.number("session"));
    const std::string end =
        std::to_string(number_in(publisher.expect("published count=" + count + " position=[0-9]+"), "position"));
    for (Peer& subscriber : subscribers) {
        subscriber.expect("available session=" + session + " position=0");
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

INSTANTIATE_TEST_SUITE_P(, Pairs,
                         ::testing::Combine(::testing::Values(Language::gale, Language::java, Language::c),
                                            ::testing::Values(Served::aeronmd, Served::gale_driver, Served::java),
                                            ::testing::ValuesIn(medias)),
                         [](const auto& of) {
                             return "From" + std::string{name(std::get<0>(of.param))} + "On" +
                                    title_of(std::get<1>(of.param)) + std::string{std::get<2>(of.param).name};
                         });

/// Upstream's driver, in either threading mode.
class CAbiOnJava : public Interop, public ::testing::WithParamInterface<std::string_view> {
protected:
    void serve(void (*program)(const std::string& directory)) {
        Driver driver = small_java_driver(GetParam());
        program(driver.directory());
        if (!HasFailure() && !IsSkipped()) driver.peer().stop();
    }
};

TEST_P(CAbiOnJava, ServesAProgramInC) { serve(testing::run_a_program_in_c); }

TEST_P(CAbiOnJava, ServesTheCallsOfBindingsInPython) { serve(testing::run_the_calls_of_bindings); }

TEST_P(CAbiOnJava, ServesAbibench) { serve(testing::run_abibench); }

INSTANTIATE_TEST_SUITE_P(, CAbiOnJava, ::testing::Values("shared", "dedicated"),
                         [](const auto& of) { return of.param == "shared" ? "Shared" : "Dedicated"; });

}  // namespace
}  // namespace gale::interop
