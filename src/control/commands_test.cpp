#include "base/random.hpp"
#include "control/commands.hpp"
#include "shm/testing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace gale::control {
namespace {

using nlohmann::json;
using testing::parse_hex;
using testing::to_hex;
using testing::to_vector;

// As Aeron's C client writes them. docs/formats/control.md, commands.
const json& recorded() {
    static const json commands =
        json::parse(testing::read_file(GALE_SOURCE_DIR "/docs/formats/golden/commands.json"))["commands"];
    return commands;
}

std::string text(const json& value) { return value.get<std::string>(); }

struct Fields {
    const json& expected;
    void operator()(const AddPublication& c) const {
        EXPECT_EQ(c.stream_id.value, expected["streamId"]);
        EXPECT_EQ(c.channel, text(expected["channel"]));
        EXPECT_EQ(c.sharing == Sharing::exclusive, text(expected["command"]) == "ADD_EXCLUSIVE_PUBLICATION");
    }
    void operator()(const RemovePublication& c) const {
        EXPECT_EQ(c.registration_id.value, expected["registrationId"]);
        EXPECT_EQ(c.revoke, expected["removeFlags"] == 1);
    }
    void operator()(const AddSubscription& c) const {
        EXPECT_EQ(c.stream_id.value, expected["streamId"]);
        EXPECT_EQ(c.channel, text(expected["channel"]));
    }
    void operator()(const RemoveSubscription& c) const {
        EXPECT_EQ(c.registration_id.value, expected["registrationId"]);
    }
    void operator()(const RemoveCounter& c) const { EXPECT_EQ(c.registration_id.value, expected["registrationId"]); }
    void operator()(const ClientKeepalive&) const {}
    void operator()(const ClientClose&) const {}
    void operator()(const ChangeDestination& c) const {
        EXPECT_EQ(c.registration_id.value, expected["registrationId"]);
        EXPECT_EQ(c.channel, text(expected["channel"]));
    }
    void operator()(const RemoveDestinationById& c) const {
        EXPECT_EQ(c.registration_id.value, expected["resourceRegistrationId"]);
        EXPECT_EQ(c.destination_id.value, expected["destinationRegistrationId"]);
    }
    void operator()(const AddCounter& c) const {
        EXPECT_EQ(c.type_id, expected["typeId"]);
        EXPECT_EQ(to_hex(c.key), text(expected["keyHex"]));
        EXPECT_EQ(c.label, text(expected["label"]));
    }
    void operator()(const AddStaticCounter& c) const {
        EXPECT_EQ(c.registration_id, expected["registrationId"]);
        EXPECT_EQ(c.type_id, expected["typeId"]);
        EXPECT_EQ(to_hex(c.key), text(expected["keyHex"]));
        EXPECT_EQ(c.label, text(expected["label"]));
    }
    void operator()(const TerminateDriver& c) const { EXPECT_EQ(as_text(c.token), text(expected["token"])); }
    void operator()(const RejectImage& c) const {
        EXPECT_EQ(c.image_correlation_id.value, expected["imageCorrelationId"]);
        EXPECT_EQ(c.position.value, expected["position"]);
        EXPECT_EQ(c.reason, text(expected["reason"]));
    }
    void operator()(const NextSessionId& c) const { EXPECT_EQ(c.stream_id.value, expected["streamId"]); }
    void operator()(const Refused& c) const { ADD_FAILURE() << c.why; }
};

Request request_of(const Command& command) {
    return std::visit([](const auto& c) { return c.request; }, command);
}

// What ours writes otherwise, on purpose: -1 where C leaves what was there, and no surplus behind a reason.
std::string expected_bytes(const json& entry) {
    std::string hex = entry["payloadHex"];
    if (entry["command"] == "ADD_SUBSCRIPTION") hex.replace(32, 16, "ffffffffffffffff");
    if (entry["command"] == "REJECT_IMAGE") hex.resize(80);
    return hex;
}

TEST(Commands, OfAeronsClientAreReadAndWrittenTheSameWay) {
    for (const json& entry : recorded()) {
        SCOPED_TRACE(entry["command"]);
        const auto bytes = parse_hex(entry["payloadHex"]);
        const Command command = decode_command(entry["type"], bytes);
        std::visit(Fields{entry}, command);
        EXPECT_EQ(request_of(command).client_id.value, entry["clientId"]);
        EXPECT_EQ(request_of(command).correlation_id.value, entry["correlationId"]);
        EXPECT_EQ(static_cast<int>(type_of(command)), entry["type"]);
        EXPECT_EQ(to_hex(encode(command).bytes()), expected_bytes(entry));
    }
}

TEST(Commands, ThatAreCutShortAreRefusedWithTheIdsThatCouldBeRead) {
    for (const json& entry : recorded()) {
        SCOPED_TRACE(entry["command"]);
        const auto whole = parse_hex(expected_bytes(entry));
        const std::int32_t type = entry["type"];
        for (std::size_t length = 0; length < whole.size(); ++length) {
            if (type == 2 && length == 24) continue;   // the older form
            if (type == 16 && length >= 38) continue;  // all but what pads it
            const testing::Memory exact{std::span{whole}.first(length)};
            const Command command = decode_command(type, exact.bytes());
            const auto* refused = std::get_if<Refused>(&command);
            ASSERT_NE(refused, nullptr) << length;
            EXPECT_TRUE(refused->known_type);
            EXPECT_THAT(refused->why, ::testing::StartsWith(std::string{name(CommandType{type})}));
            const std::int64_t correlation = length >= 16 ? entry["correlationId"].get<std::int64_t>() : -1;
            EXPECT_EQ(refused->request.correlation_id.value, correlation);
        }
    }
}

TEST(Commands, OfTheOlderFormRemoveWithoutRevoking) {
    MessageWriter out;
    out.put(std::int64_t{2}).put(std::int64_t{3}).put(std::int64_t{4});
    const Command command = decode_command(2, out.bytes());
    EXPECT_EQ(std::get<RemovePublication>(command),
              (RemovePublication{.request = {ClientId{2}, CorrelationId{3}}, .registration_id = CorrelationId{4}}));
}

TEST(Commands, OfUnknownTypesKeepTheirIds) {
    MessageWriter out;
    out.put(std::int64_t{2}).put(std::int64_t{3});
    for (const std::int32_t type : {0, -1, 0x13, INT32_MIN, INT32_MAX}) {
        const Command command = decode_command(type, out.bytes());
        const auto& refused = std::get<Refused>(command);
        EXPECT_FALSE(refused.known_type);
        EXPECT_EQ(refused.request.correlation_id, CorrelationId{3});
        EXPECT_THAT(refused.why, ::testing::HasSubstr(std::to_string(type)));
    }
}

TEST(Commands, WithEmptyTextsAreWhole) {
    const Request request{ClientId{2}, CorrelationId{3}};
    const Command counter = AddCounter{.request = request, .type_id = 7};
    EXPECT_EQ(encode(counter).bytes().size(), 28U);
    const auto bytes = to_vector(encode(counter).bytes());
    const Command again = decode_command(9, bytes);
    EXPECT_TRUE(std::get<AddCounter>(again).key.empty());
    EXPECT_TRUE(std::get<AddCounter>(again).label.empty());
    EXPECT_EQ(encode(Command{RejectImage{.request = request}}).bytes().size(), 40U);
}

TEST(Commands, OfRandomBytesAreNeverReadBeyondTheirEnd) {
    Random random{1};
    for (int i = 0; i < 20'000; ++i) {
        std::vector<std::byte> bytes(random.below(80));
        for (std::byte& byte : bytes) byte = static_cast<std::byte>(random.below(random.below(3) == 0 ? 256 : 4));
        const testing::Memory exact{bytes};
        static_cast<void>(decode_command(static_cast<std::int32_t>(random.below(0x15)), exact.bytes()));
    }
}

}  // namespace
}  // namespace gale::control
