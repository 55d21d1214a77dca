// Which publication an add is given, and which streams a subscription hears: recorded answers of Aeron's driver,
// replayed.
#include "base/recorded_test.hpp"
#include "driver/conductor/streams_test.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <map>
#include <set>

namespace gale::testing {
namespace {

using nlohmann::json;

constexpr const char* kept = GALE_SOURCE_DIR "/src/driver/testdata/ipc-matching.json";
constexpr const char* kept_udp = GALE_SOURCE_DIR "/src/driver/testdata/send-channel-matching.json";
constexpr const char* recorded = GALE_SOURCE_DIR "/../shared/vectors/publication-matching.json";

/// Plays one scenario; registrations by the names that it gives them.
class Player {
public:
    explicit Player(TestDriver& driver) : driver_{driver} {}
    void play(const json& scenario) {
        for (const json& step : scenario["steps"]) {
            SCOPED_TRACE(step.dump());
            play_step(step);
        }
        for (const auto& entry : publications_) static_cast<void>(remove(client_, entry.second));
        for (const auto& entry : subscriptions_) static_cast<void>(remove_subscription(client_, entry.second));
        driver_.pass(uses_the_network() ? 6s : 3s);
        EXPECT_EQ(driver_.log_files(), 0);
    }

private:
    void play_step(const json& step) {
        const std::string op = step["op"];
        if (op == "pub" || op == "xpub")
            add_publication_step(step, op == "pub" ? control::Sharing::concurrent : control::Sharing::exclusive);
        else if (op == "sub")
            add_subscription_step(step);
        else if (op == "images")
            expect_images(step);
        else if (op == "close")
            close(step["of"]);
        else if (op == "wait")
            wait(Millis{step.value("ms", 1000)});
        else if (op == "offer")
            EXPECT_TRUE(publications_.at(step["of"]).offer(message(1, step["length"])));
        else if (op == "poll")
            poll(step);
        else if (op == "add_destination")
            change_destination(step, control::DestinationChange::add_send);
        else if (op == "remove_destination")
            change_destination(step, control::DestinationChange::remove_send);
        else if (op == "destination_count")
            expect_destinations(step["value"]);
        else
            FAIL() << "a step of unknown kind";
    }
    [[nodiscard]] bool uses_the_network() const {
        return driver_.counters_of(control::CounterType::send_channel_status) > 0;
    }
    // Recorded with ticks of 10 ms, ours take a second; but what lingers for a second must still be there.
    void wait(Millis time) { driver_.pass(uses_the_network() && time < 1s ? Nanos{time} : 3s); }
    std::string filled_in(std::string uri) {
        for (auto at = uri.find('{'); at != uri.npos; at = uri.find('{')) {
            const auto end = uri.find('}', at);
            const std::string inside = uri.substr(at + 1, end - at - 1);
            const std::string what = inside.substr(0, inside.find(':'));
            const std::string name = inside.substr(inside.find(':') + 1);
            std::int64_t number = 0;
            if (what == "session") number = publications_.at(name).session.value;
            if (what == "reg")
                number = publications_.contains(name) ? publications_.at(name).id.value : subscriptions_.at(name).value;
            uri.replace(at, end - at + 1, std::to_string(number));
        }
        return uri;
    }
    void add_publication_step(const json& step, control::Sharing sharing) {
        const auto publication = try_publish(client_, filled_in(step["uri"]), StreamId{step["stream"]}, sharing);
        EXPECT_EQ(publication.has_value(), step["ok"].get<bool>());
        if (!publication) return expect_error(step);
        const std::string log = step.value("log", "own");
        const std::string with = log == "own" ? "" : log.substr(std::string{"shared with "}.size());
        EXPECT_EQ(publication->original, with.empty() ? publication->id : originals_.at(with));
        EXPECT_EQ(publication->session.value, step.value("session_id", publication->session.value));
        EXPECT_EQ(publication->log().term_length(), step.value("term_length", publication->log().term_length()));
        EXPECT_EQ(publication->log().mtu_length(), step.value("mtu", publication->log().mtu_length()));
        if (step.contains("session_of")) {
            EXPECT_EQ(publication->session, publications_.at(step["session_of"].get<std::string>()).session);
        }
        const std::string endpoint = step.value("endpoint", "");
        if (endpoint == "own") {
            EXPECT_TRUE(statuses_.insert({publication->status_counter, step["as"]}).second);
        } else if (!endpoint.empty()) {
            EXPECT_EQ("shared with " + statuses_[publication->status_counter], endpoint);
        }
        publications_.insert_or_assign(step["as"], *publication);
        originals_[step["as"]] = publication->original;
    }
    void expect_error(const json& step) {
        const auto heard = client_.take_first<control::ErrorEvent>([](const auto&) { return true; });
        ASSERT_TRUE(heard);
        EXPECT_EQ(static_cast<int>(heard->as<control::ErrorEvent>()->code), step.value("error_code", 0))
            << heard->as<control::ErrorEvent>()->text;
    }
    void add_subscription_step(const json& step) {
        if (!step["ok"].get<bool>()) {
            client_.ask(gale::testing::add_subscription(step["uri"].get<std::string>(), StreamId{step["stream"]}));
            return expect_error(step);
        }
        subscriptions_[step["as"]] = subscribe(client_, filled_in(step["uri"]), StreamId{step["stream"]});
    }
    void gather_images() {
        for (const auto& [name, subscription] : subscriptions_)
            while (const auto image = take_image(client_, subscription)) images_[name].push_back(*image);
    }
    void expect_images(const json& step) {
        gather_images();
        std::vector<std::int64_t> expected;
        for (const std::string name : step["streams"]) expected.push_back(originals_.at(name).value);
        std::vector<std::int64_t> found;
        for (const Image& image : images_[step["of"]]) found.push_back(image.id.value);
        EXPECT_THAT(found, ::testing::UnorderedElementsAreArray(expected));
    }
    void close(const std::string& name) {
        if (publications_.contains(name)) {
            EXPECT_TRUE(remove(client_, publications_.at(name)));
            publications_.erase(name);
        } else {
            EXPECT_TRUE(remove_subscription(client_, subscriptions_.at(name)));
            subscriptions_.erase(name);
        }
    }
    void poll(const json& step) {
        gather_images();
        std::size_t read = 0;
        for (const Image& image : images_.at(step["of"])) read += image.poll().size();
        EXPECT_EQ(read, step["fragments"].get<std::size_t>());
    }
    void change_destination(const json& step, control::DestinationChange change) {
        const std::string uri = step["uri"];
        const std::string of = step["of"];
        const bool sends = publications_.contains(of);
        if (!sends)
            change = change == control::DestinationChange::add_send ? control::DestinationChange::add_receive
                                                                    : control::DestinationChange::remove_receive;
        const auto id = client_.ask(
            control::ChangeDestination{.change = change,
                                       .registration_id = sends ? publications_.at(of).id : subscriptions_.at(of),
                                       .channel = uri});
        const std::string error = client_.error_to(id);
        EXPECT_EQ(error.substr(0, error.find(' ')),
                  step["ok"].get<bool>() ? "" : std::to_string(step.value("error_code", 0)))
            << error;
    }
    void expect_destinations(std::int64_t count) {
        driver_.step(2);
        driver_.counters().for_each([&](const shm::CounterView& counter) {
            if (counter.type_id == static_cast<std::int32_t>(control::CounterType::mdc_destinations)) {
                EXPECT_EQ(counter.value, count);
            }
        });
    }

    TestDriver& driver_;
    Puppet client_{driver_};
    std::map<std::string, Publication> publications_;
    std::map<CounterId, std::string> statuses_;       ///< of channels, by who opened it
    std::map<std::string, CorrelationId> originals_;  ///< also of those closed since
    std::map<std::string, CorrelationId> subscriptions_;
    std::map<std::string, std::vector<Image>> images_;
};

bool needs_network(const json& scenario) { return scenario.dump().find("aeron:udp") != std::string::npos; }

bool listens_to_the_network(const json& scenario) {
    return std::ranges::any_of(scenario["steps"], [](const json& step) {
        return step["op"] == "sub" && step["uri"].get<std::string>().starts_with("aeron:udp");
    });
}

// Where ours answers otherwise on purpose, or does not look yet.
bool differs(const json& scenario) {
    static const std::set<std::string> ids{
        "entity-ipc-from-network",  "entity-ipc-not-found",  // an entity tag is looked for on the same medium
        "udp-fc-ignored",           "snd-fc-other-stream",   // a bad fc is refused, obeyed or not
        "response-sub-ipc-for-udp",                          // whether the subscription that awaits it is there
    };
    return ids.contains(scenario["id"].get<std::string>());
}

int play_all(const json& scenarios, bool on_the_network) {
    DriverOptions options = small_options();
    options.ipc_term_buffer_length = 1024 * 1024;  // room for the windows that some scenarios ask for
    options.term_buffer_length = 1024 * 1024;
    options.socket_receive_buffer = 128 * 1024;  // as Aeron has it
    options.publication_linger_timeout = 3s;
    TestDriver driver{options};
    int played = 0;
    for (const json& scenario : scenarios) {
        if (needs_network(scenario) != on_the_network || listens_to_the_network(scenario)) continue;
        if (differs(scenario)) continue;
        if (scenario.dump().find("aeron-spy:aeron:ipc") != std::string::npos) continue;
        SCOPED_TRACE(scenario["id"].get<std::string>());
        json ours = scenario;
        if (ours["id"] == "ipc-alias")
            ours["steps"][1].update({{"ok", false}, {"error_code", 1}});  // a key given twice
        if (ours["id"] == "snd-endpoint-port-text")
            ours["steps"][1].update({{"ok", false}, {"error_code", 11}});  // a port in hexadecimal
        Player{driver}.play(ours);
        ++played;
    }
    return played;
}

TEST(Sharing, AgreesWithAeronInEveryRecordedCase) { EXPECT_EQ(play_all(json::parse(read_file(kept)), false), 59); }

TEST(Sharing, OfSendChannelsAgreesWithAeronInEveryRecordedCase) {
    EXPECT_EQ(play_all(json::parse(read_file(kept_udp)), true), 121);
}

TEST(Sharing, AgreesWithTheWholeRecord) {
    if (!is_recorded(recorded)) GTEST_SKIP() << recorded << " is not here";
    EXPECT_EQ(play_all(json::parse(read_file(recorded)), false), 59);
    EXPECT_EQ(play_all(json::parse(read_file(recorded)), true), 121);
}

TEST(Sharing, ConflictsNameTheParameterAndBothValues) {
    TestDriver driver;
    Puppet client{driver};
    publish(client, "aeron:ipc?mtu=4096|init-term-id=3|term-id=4|term-offset=64|term-length=128k");
    const auto answer = [&](std::string_view channel) {
        return client.error_to(client.ask(add_publication(channel, stream_7)));
    };
    EXPECT_THAT(answer("aeron:ipc?mtu=8192"),
                ::testing::AllOf(::testing::StartsWith("11 mtu=8"), ::testing::HasSubstr("4")));
    EXPECT_THAT(answer("aeron:ipc?term-length=64k"), ::testing::StartsWith("11 term-length=64k"));
    EXPECT_THAT(answer("aeron:ipc?session-id=5"), ::testing::StartsWith("11 session-id=5"));
    EXPECT_THAT(answer("aeron:ipc?term-length=128k|init-term-id=2|term-id=4|term-offset=64"),
                ::testing::StartsWith("11 init-term-id=2"));
    EXPECT_THAT(answer("aeron:ipc?term-length=128k|init-term-id=3|term-id=5|term-offset=64"),
                ::testing::StartsWith("11 term-id=5"));
    EXPECT_THAT(answer("aeron:ipc?term-length=128k|init-term-id=3|term-id=4|term-offset=96"),
                ::testing::StartsWith("11 term-offset=96"));
}

TEST(Sharing, StartsWhereTheChannelSays) {
    TestDriver driver;
    Puppet client{driver};
    const auto subscription = subscribe(client);
    const auto publication = publish(client, "aeron:ipc?init-term-id=3|term-id=5|term-offset=4096|term-length=64k");
    constexpr std::int64_t start = 2 * 65536 + 4096;
    EXPECT_EQ(publication.position(), start);
    EXPECT_EQ(driver.value(publication.counter(control::CounterType::publisher_position).value()), start);
    EXPECT_EQ(image_of(client, subscription).position(), start);
    EXPECT_EQ(publication.limit(), start + 32768);
    EXPECT_EQ(publication.offer(message(1, 100)).position(), Position{start + 160});
}

TEST(Sharing, StartsAtTheVeryEndOfATerm) {
    TestDriver driver;
    Puppet client{driver};
    const auto subscription = subscribe(client);
    const auto publication = publish(client, "aeron:ipc?init-term-id=3|term-id=3|term-offset=65536|term-length=64k");
    const auto image = image_of(client, subscription);
    EXPECT_EQ(image.position(), 65536);
    while (!publication.offer(message(1, 100))) driver.step();
    EXPECT_EQ(image.poll(), only(message(1, 100)));
}

TEST(Sharing, TellsItsLogEverythingTheChannelSaid) {
    TestDriver driver;
    Puppet client{driver};
    const auto publication =
        publish_exclusively(client, "aeron:ipc?term-length=128k|mtu=2048|tags=3,9|linger=3s|pub-wnd=32k|session-id=-5|"
                                    "untethered-window-limit-timeout=7s|eos=false|response-correlation-id=44");
    const auto& metadata = publication.log().metadata();
    EXPECT_EQ(metadata.correlation_id, publication.id.value);
    EXPECT_EQ(metadata.term_length, 128 * 1024);
    EXPECT_EQ(metadata.mtu_length, 2048);
    EXPECT_EQ(metadata.publication_window_length, 32 * 1024);
    EXPECT_EQ(metadata.entity_tag, 9);
    EXPECT_EQ(metadata.response_correlation_id, 44);
    EXPECT_EQ(metadata.untethered_window_limit_timeout_ns, 7'000'000'000);
    EXPECT_EQ(metadata.linger_timeout_ns, 3'000'000'000);
    EXPECT_EQ(metadata.signal_eos, 0);
    EXPECT_EQ(metadata.type, logbuffer::LogType::exclusive_publication);
    EXPECT_EQ(publication.session, SessionId{-5});
}

}  // namespace
}  // namespace gale::testing
