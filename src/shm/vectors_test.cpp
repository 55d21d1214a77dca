// Files that Aeron's C driver wrote, where they lie beside the sources.
#include "base/recorded_test.hpp"
#include "shm/broadcast.hpp"
#include "shm/counters.hpp"
#include "shm/error_log.hpp"
#include "shm/loss_report.hpp"
#include "shm/ring.hpp"
#include "shm/testing.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

namespace gale::shm {
namespace {

using nlohmann::json;
using testing::Memory;
using namespace std::chrono_literals;

const std::string folder = GALE_SOURCE_DIR "/../shared/vectors/shm/";

std::string sha256(std::span<const std::byte> bytes) {
    const auto path = std::filesystem::temp_directory_path() / "gale-shm-vectors-payload";
    std::ofstream{path, std::ios::binary}.write(reinterpret_cast<const char*>(bytes.data()),
                                                static_cast<std::streamsize>(bytes.size()));
    const auto text = testing::output_of("sha256sum '" + path.string() + "'");
    std::filesystem::remove(path);
    return std::string{as_text(text)}.substr(0, 64);
}

class RecordedCnc : public ::testing::TestWithParam<const char*> {
protected:
    void SetUp() override {
        if (!testing::is_recorded(folder)) GTEST_SKIP() << "no recorded files beside the sources";
        memory = Memory{testing::gunzip(folder + GetParam() + ".gz")};
        expected = json::parse(testing::read_file(folder + GetParam() + ".json"));
    }
    /// Sections as the recording's description has them: where the header is read is the floor above.
    std::span<std::byte> section(const char* name, const char* length) {
        return memory.bytes().subspan(expected["sections"][name], expected["header"][length]);
    }

    Memory memory{0};
    json expected;
};

TEST_P(RecordedCnc, WaitingCommandsAreRead) {
    Ring ring{section("toDriver", "toDriverBufferLength")};
    const json& to_driver = expected["toDriver"];
    EXPECT_EQ(ring.capacity(), to_driver["capacity"]);
    EXPECT_EQ(ring.tail(), to_driver["tailPosition"]);
    EXPECT_EQ(ring.head(), to_driver["headPosition"]);
    EXPECT_EQ(ring.consumer_heartbeat().load_acquire(), to_driver["consumerHeartbeatMs"]);
    auto waiting = to_driver["waiting"];
    for (std::size_t at = 0; at < waiting.size();) {
        const json& record = waiting[at];
        if (record.value("type", padding_type) == padding_type) {  // padding, or not committed
            waiting.erase(at);
        } else {
            ++at;
        }
    }
    json seen = json::array();
    const auto take = [&](std::int32_t type, std::span<const std::byte> payload) {
        seen.push_back({{"type", type}, {"payloadHex", testing::to_hex(payload)}});
        return RingRead::consumed;
    };
    for (int pass = 0; pass < 3; ++pass) (void)ring.read(take, 100);
    ASSERT_EQ(seen.size(), waiting.size());
    for (std::size_t i = 0; i < seen.size(); ++i) {
        EXPECT_EQ(seen[i]["type"], waiting[i]["type"]);
        EXPECT_EQ(seen[i]["payloadHex"], waiting[i]["payloadHex"]);
    }
    EXPECT_EQ(ring.damaged(), 0);
    if (ring.head() == ring.tail()) return;
    EXPECT_TRUE(ring.unblock(RingTail::stood_still));  // a claim that was never committed
    (void)ring.read(take, 100);
    EXPECT_EQ(ring.head(), ring.tail());
    EXPECT_GE(seen.size(), waiting.size());  // what was written behind the claim was out of reach until now
    EXPECT_TRUE(std::ranges::all_of(
        section("toDriver", "toDriverBufferLength").first(static_cast<std::size_t>(ring.capacity())),
        [](std::byte byte) { return byte == std::byte{0}; }));
}

TEST_P(RecordedCnc, BroadcastEventsAreReceived) {
    const std::span bytes = section("toClients", "toClientsBufferLength");
    const json& to_clients = expected["toClients"];
    auto& trailer = overlay<BroadcastTrailer>(bytes, bytes.size() - broadcast_trailer_length);
    EXPECT_EQ(trailer.tail_intent.load_acquire(), to_clients["tailIntent"]);
    EXPECT_EQ(trailer.tail.load_acquire(), to_clients["tail"]);
    EXPECT_EQ(trailer.latest.load_acquire(), to_clients["latest"]);
    const json& records = to_clients["records"];
    trailer.latest.store_release(records[0]["position"]);  // as a receiver that was there from the first one listed
    BroadcastReceiver receiver{bytes};
    for (const json& record : records) {
        const auto message = receiver.receive();
        ASSERT_TRUE(message);
        EXPECT_EQ(message->type, record["type"]);
        EXPECT_EQ(message->payload.size(), record["length"].get<std::size_t>() - record_header_length);
        if (record.contains("payloadHex")) {
            EXPECT_EQ(testing::to_hex(message->payload), record["payloadHex"].get<std::string>());
        } else {
            EXPECT_EQ(sha256(message->payload), record["payloadSha256"].get<std::string>());
        }
    }
    EXPECT_FALSE(receiver.receive());
    EXPECT_EQ(receiver.lapped(), 0);
}

TEST_P(RecordedCnc, CountersAreRead) {
    const Counters counters{section("countersMetadata", "countersMetadataBufferLength"),
                            section("countersValues", "countersValuesBufferLength")};
    std::int32_t allocated = 0;
    for (const json& counter : expected.value("counters", json::array())) {
        const CounterId id{counter["id"].get<std::int32_t>()};
        SCOPED_TRACE(counter["label"]);
        EXPECT_EQ(static_cast<std::int32_t>(counters.state(id)), counter["state"]);
        EXPECT_EQ(counters.value(id).load_acquire(), counter["value"]);
        EXPECT_EQ(counters.metadata(id).free_for_reuse_deadline_ms.load_acquire(), counter["freeForReuseDeadlineMs"]);
        const auto view = counters.look(id);
        if (!view) continue;
        ++allocated;
        EXPECT_EQ(view->type_id, counter["typeId"]);
        EXPECT_EQ(view->registration_id, counter["registrationId"]);
        EXPECT_EQ(view->owner_id, counter["ownerId"]);
        EXPECT_EQ(view->reference_id, counter["referenceId"]);
        EXPECT_EQ(view->label, counter["label"].get<std::string>());
        const auto key = counter["keyHex"].get<std::string>();
        EXPECT_EQ(testing::to_hex(view->key.first(key.size() / 2)), key);
    }
    std::int32_t found = 0;
    counters.for_each([&](const CounterView&) { ++found; });
    if (expected.contains("counters")) {
        EXPECT_EQ(found, allocated);
    }
    if (expected.contains("firstUnusedCounterId")) {
        const CounterId unused{expected["firstUnusedCounterId"].get<std::int32_t>()};
        EXPECT_EQ(counters.state(unused), CounterState::unused);
    }
}

TEST_P(RecordedCnc, ErrorsAreRead) {
    json seen = json::array();
    (void)read_error_log(section("errorLog", "errorLogBufferLength"), 0ms, [&](const ErrorObservation& error) {
        seen.push_back({{"observationCount", error.count},
                        {"firstObservationMs", error.first.count()},
                        {"lastObservationMs", error.last.count()},
                        {"text", error.text}});
    });
    json listed = expected["errorLog"];
    for (json& error : listed) {
        error.erase("offset");
        error.erase("length");
    }
    EXPECT_EQ(seen, listed);
}

INSTANTIATE_TEST_SUITE_P(All, RecordedCnc, ::testing::Values("cnc-live", "cnc-stopped", "cnc-wrapped"),
                         [](const auto& test) {
                             std::string name{test.param};
                             std::ranges::replace(name, '-', '_');
                             return name;
                         });

TEST(RecordedLossReport, EveryEntryIsReadAndNoFalseOne) {
    if (!testing::is_recorded(folder)) GTEST_SKIP() << "no recorded files beside the sources";
    const Memory memory{testing::gunzip(folder + "loss-report.gz")};
    json seen = json::array();
    (void)read_loss_report(memory.bytes(), [&](const LossObservation& loss) {
        seen.push_back({{"observationCount", loss.count},
                        {"totalBytesLost", loss.bytes_lost},
                        {"firstObservationMs", loss.first.count()},
                        {"lastObservationMs", loss.last.count()},
                        {"sessionId", loss.session_id.value},
                        {"streamId", loss.stream_id.value},
                        {"channel", loss.channel},
                        {"source", loss.source}});
    });
    json listed = json::parse(testing::read_file(folder + "loss-report.json"))["entries"];
    for (json& entry : listed) entry.erase("offset");
    EXPECT_EQ(seen, listed);
}

}  // namespace
}  // namespace gale::shm
