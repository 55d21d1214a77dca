// Laws of reading datagrams, over many seeds.
#include "base/random.hpp"
#include "wire/testing.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace gale::wire {
namespace {

using testing::Bytes;
using testing::Chain;
using testing::golden;
using testing::Memory;
using Kind = Datagram::Kind;

constexpr const char* golden_names[] = {"wire-setup",
                                        "wire-status-message",
                                        "wire-status-message-tagged",
                                        "wire-status-message-eliciting",
                                        "wire-nak",
                                        "wire-data",
                                        "wire-heartbeat",
                                        "wire-rtt-measurement",
                                        "wire-error",
                                        "wire-response-setup",
                                        "wire-resolution"};

/// The law of data, said once more and slowly.
void expect_lawful(const DataFrames& frames) {
    std::int64_t at = frames.first().term_offset;
    std::size_t offset = 0;
    for (const auto& frame : frames) {
        EXPECT_EQ(frame.offset, offset);
        EXPECT_EQ(frame.header.term_offset, at);
        EXPECT_EQ(at % frame_alignment, 0);
        EXPECT_EQ(frame.header.common.version, 0);
        EXPECT_EQ(SessionId{frame.header.session_id}, SessionId{frames.first().session_id});
        EXPECT_EQ(StreamId{frame.header.stream_id}, StreamId{frames.first().stream_id});
        EXPECT_EQ(TermId{frame.header.term_id}, TermId{frames.first().term_id});
        const std::int32_t length = frame.header.common.frame_length;
        EXPECT_GE(length, frame_header_length);
        EXPECT_EQ(frame.payload.size(), frame.is_padding() ? 0U : static_cast<std::size_t>(length) - 32);
        at += align_up(std::int64_t{length}, frame_alignment);
        offset += frame.is_padding() ? 32U : align_up(static_cast<std::size_t>(length), 32);
    }
    EXPECT_EQ(offset, frames.bytes().size());
    EXPECT_EQ(at, frames.first().term_offset + std::int64_t{frames.covered()});
    EXPECT_LE(at, max_term_length);
}

/// Looks at everything that a datagram offers: the sanitizer sees a byte that is not there.
void expect_lawful(const Datagram& datagram) {
    EXPECT_EQ(datagram.kind() == Kind::rejected, datagram.rejection() != Rejection::none);
    switch (datagram.kind()) {
    case Kind::data: expect_lawful(datagram.data()); break;
    case Kind::heartbeat: EXPECT_EQ(datagram.heartbeat().common.frame_length, 0); break;
    case Kind::setup: EXPECT_TRUE(is_term_length(datagram.setup().term_length)); break;
    case Kind::status_message:
        EXPECT_TRUE(datagram.status_message().fits(max_term_length));
        EXPECT_EQ(datagram.group_tag().has_value(), datagram.status_message().common.frame_length == 44);
        break;
    case Kind::nak: EXPECT_TRUE(datagram.nak().fits(max_term_length)); break;
    case Kind::rtt_measurement: (void)std::int64_t{datagram.rtt_measurement().receiver_id}; break;
    case Kind::error: EXPECT_EQ(std::string{datagram.text()}.size(), datagram.text().size()); break;
    case Kind::response_setup: (void)SessionId{datagram.response_setup().response_session_id}; break;
    case Kind::resolution:
        for (const auto& entry : datagram.resolution()) EXPECT_FALSE(std::string{entry.name}.empty());
        break;
    case Kind::foreign:
    case Kind::rejected: break;
    }
}

void read_everywhere(const Bytes& bytes) {
    const Memory exactly{bytes};
    expect_lawful(Datagram::at_receiver(exactly.bytes()));
    expect_lawful(Datagram::at_sender(exactly.bytes()));
    expect_lawful(Datagram::at_resolver(exactly.bytes()));
}

Chain random_chain(Random& random) {
    const auto below = [&](std::uint64_t bound) { return static_cast<std::int32_t>(random.below(bound)); };
    Chain chain{below(1000) * frame_alignment};
    for (auto count = 1 + random.below(20); count > 0; --count) {
        if (random.below(5) == 0) {
            chain.padding(frame_header_length);
        } else {
            chain.data(frame_header_length + below(random.below(4) == 0 ? 1377 : 70));
        }
    }
    if (random.below(4) == 0) chain.padding(33 + below(100'000));
    return chain;
}

TEST(DatagramLaws, WhatASenderLaysOutIsBelievedWhole) {
    for (std::uint64_t seed = 1; seed <= 2'000; ++seed) {
        SCOPED_TRACE(seed);
        Random random{seed};
        const Chain chain = random_chain(random);
        const Memory exactly{chain.bytes};
        const auto datagram = Datagram::at_receiver(exactly.bytes());
        ASSERT_EQ(datagram.kind(), Kind::data) << name_of(datagram.rejection());
        EXPECT_EQ(datagram.data().bytes().size(), chain.bytes.size());
        EXPECT_EQ(datagram.data().covered(), chain.covered);
        expect_lawful(datagram);
    }
}

TEST(DatagramLaws, NoPartOfAControlFrameIsTakenForTheWhole) {
    for (const std::string name : golden_names) {
        SCOPED_TRACE(name);
        if (name == "wire-data") continue;  // a run of frames: see below
        const auto whole = golden(name);
        for (std::size_t length = 0; length < whole.size(); ++length) {
            SCOPED_TRACE(length);
            const Memory part{{whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length)}};
            EXPECT_EQ(Datagram::at_resolver(part.bytes()).kind(), Kind::rejected);
            EXPECT_EQ(Datagram::at_sender(part.bytes()).kind(), Kind::rejected);
            EXPECT_EQ(Datagram::at_receiver(part.bytes()).kind(), Kind::rejected);
        }
    }
}

TEST(DatagramLaws, DataIsBelievedUpToWholeFramesOnly) {
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        SCOPED_TRACE(seed);
        Random random{seed};
        const Chain chain = random_chain(random);
        std::vector<std::size_t> ends;
        for (const auto& frame : Datagram::at_receiver(chain.bytes).data()) ends.push_back(frame.offset);
        ends.push_back(chain.bytes.size());
        for (std::size_t length = 1; length < chain.bytes.size(); length += 1 + random.below(31)) {
            const auto datagram = Datagram::at_receiver(std::span{chain.bytes}.first(length));
            EXPECT_EQ(datagram.kind() == Kind::data, std::ranges::count(ends, length) > 0) << length;
        }
    }
}

TEST(DatagramLaws, NoMutationGetsPastTheRules) {
    std::size_t believed = 0;
    for (std::uint64_t seed = 1; seed <= 30'000; ++seed) {
        SCOPED_TRACE(seed);
        Random random{seed};
        auto bytes = random.below(2) == 0 ? random_chain(random).bytes
                                          : golden(golden_names[random.below(std::size(golden_names))]);
        for (auto count = 1 + random.below(4); count > 0; --count) {
            auto& byte =
                bytes[random.below(random.below(2) == 0 ? std::min<std::size_t>(bytes.size(), 40) : bytes.size())];
            byte ^= static_cast<std::byte>(random.below(2) == 0 ? 1U << random.below(8) : random.below(256));
        }
        if (random.below(4) == 0) bytes.resize(random.below(bytes.size() + 40));
        read_everywhere(bytes);
        believed += Datagram::at_receiver(bytes).kind() == Kind::data ? 1U : 0U;
    }
    EXPECT_GT(believed, 100U);  // else the mutations miss what they are for
}

TEST(DatagramLaws, NoiseIsHarmless) {
    for (std::uint64_t seed = 1; seed <= 5'000; ++seed) {
        SCOPED_TRACE(seed);
        Random random{seed};
        Bytes bytes(random.below(200));
        for (auto& byte : bytes) byte = static_cast<std::byte>(random.next());
        if (bytes.size() >= 8) {  // let it past the first look
            bytes[4] = std::byte{0};
            bytes[6] = static_cast<std::byte>(random.below(13));
            bytes[7] = std::byte{0};
        }
        read_everywhere(bytes);
    }
}

}  // namespace
}  // namespace gale::wire
