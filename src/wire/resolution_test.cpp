#include "base/testing.hpp"
#include "wire/datagram.hpp"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace gale::wire {
namespace {

using testing::golden;
using testing::parse_hex;
using testing::to_hex;

const std::vector<std::byte> ipv4 = parse_hex("0a000007");
const std::vector<std::byte> ipv6 = parse_hex("fd00 00*13 08");
const ResolutionEntry first{.flags = ResolutionEntry::self, .port = 8050, .address = ipv4, .name = "node-a"};
const ResolutionEntry second{
    .type = ResolutionType::name_to_ipv6, .port = 8051, .age_ms = 1000, .address = ipv6, .name = "b"};

void expect_equal(const ResolutionEntry& read, const ResolutionEntry& written) {
    EXPECT_EQ(read.type, written.type);
    EXPECT_EQ(read.flags, written.flags);
    EXPECT_EQ(read.port, written.port);
    EXPECT_EQ(read.age_ms, written.age_ms);
    EXPECT_EQ(to_hex(read.address), to_hex(written.address));
    EXPECT_EQ(read.name, written.name);
}

TEST(Resolution, EntriesAreWrittenAsInTheGoldenBytes) {
    std::array<std::byte, 1408> room;
    room.fill(std::byte{0xFF});  // what fills up an entry must be written, too
    ResolutionWriter writer{room};
    EXPECT_TRUE(writer.add(first));
    EXPECT_TRUE(writer.add(second));
    EXPECT_EQ(to_hex(writer.frame()), to_hex(golden("wire-resolution")));
}

TEST(Resolution, EntriesAreRead) {
    const auto bytes = golden("wire-resolution");
    const auto datagram = Datagram::at_resolver(bytes);
    ASSERT_EQ(datagram.kind(), Datagram::Kind::resolution);
    std::vector<ResolutionEntry> entries;
    for (const auto& entry : datagram.resolution()) entries.push_back(entry);
    ASSERT_EQ(entries.size(), 2U);
    expect_equal(entries[0], first);
    expect_equal(entries[1], second);
}

TEST(Resolution, FrameIsNeverLongerThanItsRoom) {
    std::array<std::byte, 63> room{};
    ResolutionWriter writer{room};
    EXPECT_TRUE(writer.add(first));
    EXPECT_FALSE(writer.add(second));
    EXPECT_EQ(writer.frame().size(), 32U);
    EXPECT_EQ(Datagram::at_resolver(writer.frame()).kind(), Datagram::Kind::resolution);
}

TEST(Resolution, NamesHaveUpTo512Bytes) {
    const std::string longest(512, 'n');
    ResolutionEntry entry = second;
    entry.name = longest;
    std::array<std::byte, 1408> room{};
    ResolutionWriter writer{room};
    ASSERT_TRUE(writer.add(entry));
    const auto datagram = Datagram::at_resolver(writer.frame());
    ASSERT_EQ(datagram.kind(), Datagram::Kind::resolution);
    EXPECT_EQ((*datagram.resolution().begin()).name, longest);
}

TEST(Resolution, EndpointsDoNotHearIt) {
    const auto bytes = golden("wire-resolution");
    EXPECT_EQ(Datagram::at_receiver(bytes).kind(), Datagram::Kind::foreign);
    EXPECT_EQ(Datagram::at_sender(bytes).kind(), Datagram::Kind::foreign);
}

}  // namespace
}  // namespace gale::wire
