#include "base/random.hpp"
#include "driver/sender/stage_test.hpp"
#include "logbuffer/clean.hpp"

namespace gale::driver::sender::testing {
namespace {

using Kind = wire::Datagram::Kind;

/// A receiver as simple as can be: keeps what comes, asks for what does not, grants a window.
struct Receiver {
    void hear(const std::vector<std::byte>& bytes, const logbuffer::Geometry& geometry) {
        const auto datagram = wire::Datagram::at_receiver(bytes);
        if (datagram.kind() == Kind::heartbeat) {
            const auto& heartbeat = datagram.heartbeat();
            highest = std::max(highest, geometry.position({heartbeat.term_id, heartbeat.term_offset}).value);
        }
        if (datagram.kind() != Kind::data) return;
        const auto& first = datagram.data().first();
        const std::int64_t at = geometry.position({first.term_id, first.term_offset}).value;
        EXPECT_LE(at + static_cast<std::int64_t>(bytes.size()), granted) << "never beyond what was granted";
        highest = std::max(highest, at + datagram.data().covered());
        // Datagrams may be cut elsewhere the second time: keep frames.
        for (const wire::DataFrame frame : datagram.data()) {
            const std::int64_t position = at + static_cast<std::int64_t>(frame.offset);
            const std::int32_t covered = align_up(std::int32_t{frame.header.common.frame_length}, 32);
            if (position < rebuilt || frames.contains(position)) continue;
            frames[position] = {covered, frame.is_padding() ? std::vector<std::byte>{}
                                                            : gale::testing::to_vector(frame.payload)};
        }
    }
    /// Messages that are complete now, in order.
    std::vector<std::vector<std::byte>> take() {
        std::vector<std::vector<std::byte>> messages;
        for (auto next = frames.find(rebuilt); next != frames.end(); next = frames.find(rebuilt)) {
            rebuilt += next->second.covered;
            if (!next->second.payload.empty()) messages.push_back(std::move(next->second.payload));
            frames.erase(next);
        }
        return messages;
    }
    [[nodiscard]] std::vector<std::pair<std::int64_t, std::int64_t>> gaps(std::int64_t term) const {
        std::vector<std::pair<std::int64_t, std::int64_t>> found;
        std::int64_t at = rebuilt;
        const auto add = [&](std::int64_t to) {
            while (at < to) {  // none crosses the end of a term
                const std::int64_t end = std::min(to, (at / term + 1) * term);
                found.emplace_back(at, end - at);
                at = end;
            }
        };
        for (const auto& [position, frame] : frames) {
            add(position);
            at = position + frame.covered;
        }
        add(highest);
        return found;
    }

    struct Frame {
        std::int32_t covered;
        std::vector<std::byte> payload;
    };
    std::map<std::int64_t, Frame> frames;
    std::int64_t rebuilt = 0;
    std::int64_t highest = 0;
    std::int64_t granted = 0;
};

// A publisher that obeys its limit, a conductor that cleans, a bad network, a socket that is full at times.
TEST(Dialogue, EveryMessageArrivesInOrderAndNothingIsSentThatWasNotGranted) {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        SCOPED_TRACE(seed);
        Random random{seed};
        Stage stage;
        Receiver receiver;
        logbuffer::Cleaner cleaner{stage.stored.log, Position{0}};
        const auto claim = logbuffer::Framing{1376}.framed_length(logbuffer::max_message_length(stage_term));
        const auto loses = [&] { return random.below(100) < seed % 20; };
        std::vector<std::vector<std::byte>> offered;
        std::size_t arrived = 0;
        std::int64_t position = 0;
        for (int cycle = 0; cycle < 6000 && (arrived < 600 || arrived < offered.size()); ++cycle) {
            for (std::uint64_t i = random.below(8); i > 0 && offered.size() < 600; --i) {
                auto message =
                    gale::testing::message(static_cast<std::int64_t>(offered.size()), 1 + random.below(1376));
                if (stage.appender.offer(stage.value(Stage::publisher_limit), logbuffer::SingleSource{message},
                                         nullptr))
                    offered.push_back(std::move(message));
            }
            stage.network->room = random.below(5) == 0 ? static_cast<int>(random.below(4)) : 1000;
            stage.step(microseconds{200});
            ASSERT_GE(stage.value(Stage::sender_position), position) << "a position never goes back";
            position = stage.value(Stage::sender_position);
            ASSERT_LE(stage.value(Stage::publisher_limit), position + stage_term / 2);

            cleaner.advance(Position{position - stage_term}, 4096);
            stage.shared->writable_to = furthest_limit(cleaner.position(), Position{no_limit}, stage_term, claim).value;

            for (const auto& sent : std::exchange(stage.network->sent, {}))
                if (!loses()) receiver.hear(sent.bytes, stage.geometry());
            for (auto& message : receiver.take()) {
                ASSERT_LT(arrived, offered.size());
                ASSERT_EQ(message, offered[arrived]) << arrived;
                ++arrived;
            }
            if (random.below(4) == 0 && !loses()) {
                const auto window = static_cast<std::int32_t>(32 * (1 + random.below(1000)));
                receiver.granted = std::max(receiver.granted, receiver.rebuilt + window);
                stage.status({.position = receiver.rebuilt, .window = window});
            }
            if (random.below(3) == 0)
                for (const auto& [at, length] : receiver.gaps(stage_term))
                    if (!loses()) stage.nak(at, static_cast<std::int32_t>(length));
        }
        EXPECT_EQ(arrived, 600U);
        EXPECT_EQ(offered.size(), 600U);
        EXPECT_EQ(stage.value(Stage::invalid_packets), 0);
        EXPECT_GT(position, 4 * stage_term);
    }
}

}  // namespace
}  // namespace gale::driver::sender::testing
