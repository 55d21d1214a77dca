#include "client/testing.hpp"
#include "logbuffer/frame.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

namespace gale::client::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Texts = std::vector<std::string>;

/// One stream with one image. Each of the messages a, b, c ... takes 64 bytes.
class Poll : public ::testing::Test {
protected:
    World world;
    ExclusivePublication publication{world.exclusive()};
    Subscription subscription{world.subscription()};
    Image image{subscription.images().at(0)};
    Texts seen;

    void offer(std::string_view letters) {
        for (const char letter : letters) ASSERT_TRUE(publication.offer(as_bytes({&letter, 1})));
    }
    auto note() {
        return [this](std::span<const std::byte> fragment, const Header&) { seen.emplace_back(as_text(fragment)); };
    }
    /// Notes, and does `action` at the fragment `at`.
    auto act(std::string at, Action action) {
        return [this, at = std::move(at), action](std::span<const std::byte> fragment, const Header&) {
            seen.emplace_back(as_text(fragment));
            return seen.back() == at ? action : Action::proceed;
        };
    }
    [[nodiscard]] std::int64_t stored() const {
        return world.driver.counters.value(image.position_counter_id()).load_acquire();
    }
    std::byte* frame_at(std::int64_t position) {
        const auto& log = world.driver.stream(publication.constants().registration_id).log;
        return log.term(log.geometry().partition(Position{position})) + log.geometry().offset(Position{position});
    }
};

TEST_F(Poll, DeliversUpToTheLimitAndMovesThePositionAtTheEnd) {
    offer("abc");
    std::vector<std::int64_t> meanwhile;
    EXPECT_EQ(image.poll([&](std::span<const std::byte>, const Header&) { meanwhile.push_back(stored()); }, 2), 2);
    EXPECT_THAT(meanwhile, ElementsAre(0, 0));
    EXPECT_EQ(stored(), 128);
    EXPECT_EQ(image.poll(note(), 10), 1);
    EXPECT_EQ(image.poll(note(), 10), 0);
    EXPECT_EQ(seen, Texts{"c"});
    EXPECT_EQ(stored(), 192);
}

TEST_F(Poll, HeadersSayEverything) {
    static_cast<void>(publication.append_padding(32));
    ASSERT_TRUE(publication.offer(as_bytes("hello"), [](std::span<const std::byte>) { return std::int64_t{77}; }));
    int count = 0;
    EXPECT_EQ(image.poll(
                  [&](std::span<const std::byte> fragment, const Header& header) {
                      ++count;
                      EXPECT_EQ(as_text(fragment), "hello");
                      const Header copy{header.values(), header.image_state()};
                      for (const Header* one : {&header, &copy}) {
                          EXPECT_EQ(one->frame_length(), 37);
                          EXPECT_EQ(one->flags(), 0xC0);
                          EXPECT_TRUE(one->begins_message() && one->ends_message());
                          EXPECT_EQ(one->session_id(), publication.session_id());
                          EXPECT_EQ(one->stream_id(), StreamId{10});
                          EXPECT_EQ(one->term_id(), TermId{7});
                          EXPECT_EQ(one->initial_term_id(), TermId{7});
                          EXPECT_EQ(one->term_offset(), 64);
                          EXPECT_EQ(one->reserved_value(), 77);
                          EXPECT_EQ(one->position(), Position{128});
                          EXPECT_EQ(one->values().type, 1);
                          EXPECT_EQ(one->values().position_bits, 16);
                          EXPECT_EQ(one->image_state(), image.state().get());
                      }
                  },
                  10),
              1);
    EXPECT_EQ(count, 1);
}

TEST_F(Poll, NeverCrossesTheEndOfATerm) {
    const std::vector<std::byte> big(1344);
    std::int64_t offered = 0;
    std::int64_t fragments = 0;
    for (int round = 0; round < 400; ++round) {
        for (int i = 0; i < 20; ++i) offered += publication.offer(big) ? 1 : 0;
        const std::int64_t before = image.position().value;
        fragments += image.poll([](std::span<const std::byte>, const Header&) {}, 1000);
        EXPECT_LE(image.position().value, (before / 65536 + 1) * 65536);
        fragments += image.poll([](std::span<const std::byte>, const Header&) {}, 1000);
        world.driver.stream(publication.constants().registration_id).clean_to(image.position());
    }
    EXPECT_EQ(fragments, offered);
    EXPECT_GT(image.position().value, 5 * 65536);
}

TEST_F(Poll, PaddingIsSkippedAndNotCounted) {
    offer("a");
    static_cast<void>(publication.append_padding(100));
    offer("b");
    BufferClaim claim;
    ASSERT_TRUE(publication.try_claim(10, claim));
    claim.abort();
    offer("c");
    EXPECT_EQ(image.poll(note(), 3), 3);
    EXPECT_EQ(seen, (Texts{"a", "b", "c"}));
}

TEST_F(Poll, AnOpenClaimStopsReaders) {
    BufferClaim claim;
    ASSERT_TRUE(publication.try_claim(1, claim));
    offer("b");
    EXPECT_EQ(image.poll(note(), 10), 0);
    claim.payload()[0] = std::byte{'a'};
    claim.commit();
    EXPECT_EQ(image.poll(note(), 10), 2);
    EXPECT_EQ(seen, (Texts{"a", "b"}));
}

TEST_F(Poll, AHandlerThatThrowsHasSeenItsFragment) {
    offer("abc");
    EXPECT_THROW(image.poll(
                     [&](std::span<const std::byte> fragment, const Header&) {
                         if (as_text(fragment) == "b") throw std::runtime_error{"b"};
                     },
                     10),
                 std::runtime_error);
    EXPECT_EQ(stored(), 128);
    EXPECT_THROW(image.controlled_poll(
                     [&](std::span<const std::byte>, const Header&) -> Action { throw std::runtime_error{"c"}; }, 10),
                 std::runtime_error);
    EXPECT_EQ(stored(), 192);
}

TEST_F(Poll, ControlledActions) {
    offer("abcd");
    EXPECT_EQ(image.controlled_poll(act("b", Action::abort), 10), 1);
    EXPECT_EQ(stored(), 64);
    EXPECT_EQ(image.controlled_poll(act("b", Action::stop), 10), 1);
    EXPECT_EQ(stored(), 128);
    std::int64_t after_commit = 0;
    EXPECT_EQ(image.controlled_poll(
                  [&](std::span<const std::byte> fragment, const Header&) {
                      seen.emplace_back(as_text(fragment));
                      if (seen.back() == "d") after_commit = stored();
                      return seen.back() == "c" ? Action::commit : Action::proceed;
                  },
                  10),
              2);
    EXPECT_EQ(after_commit, 192);
    EXPECT_EQ(stored(), 256);
    EXPECT_EQ(seen, (Texts{"a", "b", "b", "c", "d"}));
}

TEST_F(Poll, AnAbortAfterACommitKeepsTheCommit) {
    offer("ab");
    EXPECT_EQ(
        image.controlled_poll([&](std::span<const std::byte> fragment,
                                  const Header&) { return as_text(fragment) == "a" ? Action::commit : Action::abort; },
                              10),
        1);
    EXPECT_EQ(stored(), 64);
}

TEST_F(Poll, BoundedDeliversWhatBeginsBeforeTheLimit) {
    offer("abcd");
    EXPECT_EQ(image.bounded_poll(note(), Position{0}, 10), 0);
    EXPECT_EQ(image.bounded_poll(note(), Position{65}, 10), 2);
    EXPECT_EQ(image.bounded_poll(note(), Position{128}, 10), 0);
    EXPECT_EQ(image.bounded_poll(note(), Position{-5}, 10), 0);
    EXPECT_EQ(image.bounded_controlled_poll(act("", Action::proceed), Position{192}, 10), 1);
    EXPECT_EQ(image.bounded_controlled_poll(act("", Action::proceed), Position{1 << 30}, 10), 1);
    EXPECT_EQ(seen, (Texts{"a", "b", "c", "d"}));
}

TEST_F(Poll, PeekingConsumesNothing) {
    offer("abc");
    EXPECT_EQ(image.controlled_peek(Position{0}, act("", Action::proceed), Position{1 << 20}), Position{192});
    EXPECT_EQ(image.controlled_peek(Position{64}, act("b", Action::stop), Position{1 << 20}), Position{128});
    EXPECT_EQ(image.controlled_peek(Position{64}, act("c", Action::abort), Position{1 << 20}), Position{128});
    EXPECT_EQ(stored(), 0);
    EXPECT_EQ(seen, (Texts{"a", "b", "c", "b", "b", "c"}));
    seen.clear();
    EXPECT_EQ(image.controlled_peek(Position{16}, act("", Action::proceed), Position{1 << 20}), Position{16});
    EXPECT_EQ(image.controlled_peek(Position{1 << 20}, act("", Action::proceed), Position{1 << 21}), Position{1 << 20});
    EXPECT_EQ(image.poll(note(), 1), 1);
    EXPECT_EQ(image.controlled_peek(Position{0}, act("", Action::proceed), Position{1 << 20}), Position{0});
    EXPECT_EQ(seen, Texts{"a"});
}

TEST_F(Poll, PeekingStopsBehindTheLastWholeMessage) {
    const std::string big(3000, 'x');
    ASSERT_TRUE(publication.offer(as_bytes(big)));
    EXPECT_EQ(image.controlled_peek(
                  Position{0},
                  [](std::span<const std::byte>, const Header& header) {
                      return header.ends_message() ? Action::abort : Action::proceed;
                  },
                  Position{1 << 20}),
              Position{0});
    EXPECT_EQ(
        image.controlled_peek(
            Position{0}, [](std::span<const std::byte>, const Header&) { return Action::proceed; }, Position{1 << 20}),
        *publication.position());
}

TEST_F(Poll, BlocksAreWholeFrames) {
    offer("abc");
    std::vector<std::size_t> lengths;
    const auto block = [&](std::span<const std::byte> frames, SessionId session, TermId term) {
        lengths.push_back(frames.size());
        EXPECT_EQ(session, publication.session_id());
        EXPECT_EQ(term, TermId{7});
    };
    EXPECT_EQ(image.block_poll(block, 63), 0);
    EXPECT_EQ(image.block_poll(block, 130), 128);
    EXPECT_EQ(stored(), 128);
    static_cast<void>(publication.append_padding(500));
    offer("d");
    EXPECT_EQ(image.block_poll(block, 4096), 64);
    EXPECT_EQ(image.block_poll(block, 64), 544);  // padding in front, alone
    EXPECT_EQ(image.block_poll(block, 4096), 64);
    EXPECT_EQ(subscription.block_poll(block, 4096), 0);
    EXPECT_THAT(lengths, ElementsAre(128, 64, 544, 64));
}

TEST_F(Poll, ThePositionIsSetToBoundariesOfFramesOnly) {
    offer("abc");
    EXPECT_FALSE(image.set_position(Position{32}));
    EXPECT_FALSE(image.set_position(Position{256}));
    EXPECT_TRUE(image.set_position(Position{128}));
    EXPECT_FALSE(image.set_position(Position{64}));
    EXPECT_EQ(image.poll(note(), 10), 1);
    EXPECT_EQ(seen, Texts{"c"});
}

TEST_F(Poll, ADamagedFrameStopsThereAndIsReportedOnce) {
    offer("ab");
    for (const std::int32_t length : {65536, 31, 65505}) {
        logbuffer::length_word(frame_at(64)).store_release(length);
        EXPECT_EQ(image.poll(note(), 10) + image.poll(note(), 10), length == 65536 ? 1 : 0) << length;
    }
    world.client.do_work();
    ASSERT_EQ(world.errors.size(), 1U);
    EXPECT_THAT(world.errors[0].what(), HasSubstr("the frame at position 64 says it has 65536 bytes"));
    EXPECT_EQ(stored(), 64);
    EXPECT_EQ(image.block_poll([](std::span<const std::byte>, SessionId, TermId) {}, 1000), 0);
    EXPECT_FALSE(image.set_position(Position{128}));
}

TEST_F(Poll, AScribbledPositionLeadsNowhereOutside) {
    offer("ab");
    for (const std::int64_t position :
         {std::int64_t{-1}, INT64_MIN, INT64_MAX, std::int64_t{17}, std::int64_t{65535}}) {
        world.driver.counters.value(image.position_counter_id()).store_release(position);
        image.poll(note(), 10);
        image.block_poll([](std::span<const std::byte>, SessionId, TermId) {}, 1000);
        static_cast<void>(image.set_position(Position{position}));
        static_cast<void>(image.controlled_peek(Position{position}, act("", Action::proceed), Position{INT64_MAX}));
    }
}

}  // namespace
}  // namespace gale::client::testing
