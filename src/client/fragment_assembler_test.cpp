#include "base/random.hpp"
#include "client/testing.hpp"

#include <gale/fragment_assembler.hpp>

#include <gtest/gtest.h>

#include <map>

namespace gale::client::testing {
namespace {

struct Fragment {
    std::int32_t session;
    std::vector<std::byte> bytes;
    std::uint8_t flags;
    std::int64_t position;  // behind it

    [[nodiscard]] Header header() const {
        return {{.frame_length = static_cast<std::int32_t>(bytes.size()) + 32,
                 .flags = flags,
                 .term_offset = static_cast<std::int32_t>((position - footprint()) & 0xFFFF),
                 .session_id = SessionId{session},
                 .stream_id = StreamId{1},
                 .term_id = TermId{static_cast<std::int32_t>((position - footprint()) >> 16)},
                 .reserved_value = position,
                 .initial_term_id = TermId{0},
                 .position_bits = 16,
                 .position = Position{position}},
                nullptr};
    }
    [[nodiscard]] std::int64_t footprint() const {
        return static_cast<std::int64_t>((bytes.size() + 32 + 31) / 32 * 32);
    }
};

/// Cuts messages of one session into fragments, one behind the other.
class Cutter {
public:
    Cutter(std::int32_t session, Random& random) : session_{session}, random_{random} {}
    std::vector<Fragment> cut(const std::vector<std::byte>& message, std::size_t parts) {
        std::vector<Fragment> all;
        const std::size_t each = std::max<std::size_t>(message.size() / parts, 1);
        for (std::size_t at = 0; at < message.size() || all.empty();) {
            const std::size_t length =
                all.size() + 1 == parts ? message.size() - at : std::min(each, message.size() - at);
            Fragment fragment{session_,
                              {message.begin() + static_cast<std::ptrdiff_t>(at),
                               message.begin() + static_cast<std::ptrdiff_t>(at + length)},
                              0,
                              0};
            at += length;
            position_ += fragment.footprint();
            fragment.position = position_;
            all.push_back(std::move(fragment));
        }
        all.front().flags |= 0x80;
        all.back().flags |= 0x40;
        return all;
    }
    std::vector<std::byte> message(std::size_t length) {
        std::vector<std::byte> bytes(length);
        for (auto& byte : bytes) byte = static_cast<std::byte>(random_.next());
        return bytes;
    }
    void lose() { position_ += 64; }

private:
    std::int32_t session_;
    Random& random_;
    std::int64_t position_ = 0;
};

TEST(Assemblers, MessagesComeTogetherWhateverTheirCutsSessionsLossesAndAborts) {
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        SCOPED_TRACE(seed);
        Random random{seed};
        constexpr int sessions = 4;
        std::map<std::int32_t, std::vector<Fragment>> sent;
        std::map<std::int32_t, std::vector<std::vector<std::byte>>> expected, plain, controlled;
        for (int session = 0; session < sessions; ++session) {
            Cutter cutter{session, random};
            auto& out = sent[session];
            const bool joins_late = random.below(3) == 0;
            for (int n = 0; n < 12; ++n) {
                const auto message = cutter.message(1 + random.below(3000));
                auto fragments = cutter.cut(message, 1 + random.below(6));
                bool whole = true;
                if (n == 0 && joins_late && fragments.size() > 1) {
                    fragments.erase(fragments.begin());
                    whole = false;
                } else if (random.below(6) == 0 && fragments.size() > 1) {
                    fragments.erase(fragments.begin() + static_cast<std::ptrdiff_t>(random.below(fragments.size())));
                    whole = false;
                }
                if (random.below(10) == 0) cutter.lose();
                if (whole) expected[session].push_back(message);
                out.insert(out.end(), fragments.begin(), fragments.end());
            }
        }
        const auto note = [](auto& into, std::span<const std::byte> message, const Header& header) {
            EXPECT_EQ(header.frame_length(), 32 + static_cast<std::int32_t>(message.size()));
            EXPECT_EQ(header.flags(), 0xC0);
            into[header.session_id().value].emplace_back(message.begin(), message.end());
        };
        FragmentAssembler assembler{
            [&](std::span<const std::byte> message, const Header& header) { note(plain, message, header); }, 64};
        bool aborted = false;
        ControlledFragmentAssembler careful{[&](std::span<const std::byte> message, const Header& header) {
                                                aborted = random.below(3) == 0;
                                                if (aborted) return Action::abort;
                                                note(controlled, message, header);
                                                return Action::commit;
                                            },
                                            64};
        std::map<std::int32_t, std::size_t> next;
        for (bool more = true; more;) {
            more = false;
            const auto session = static_cast<std::int32_t>(random.below(sessions));
            if (next[session] < sent[session].size()) {
                const Fragment& fragment = sent[session][next[session]++];
                const Header header = fragment.header();
                assembler(fragment.bytes, header);
                while (careful(fragment.bytes, header) == Action::abort) EXPECT_TRUE(aborted);
            }
            for (int any = 0; any < sessions; ++any) more = more || next[any] < sent[any].size();
        }
        EXPECT_EQ(plain, expected);
        EXPECT_EQ(controlled, expected);
    }
}

TEST(Assemblers, TheHeaderIsTheFirstFragmentsWithTheWholesLengthAndEnd) {
    Random random{1};
    Cutter cutter{3, random};
    static_cast<void>(cutter.cut(cutter.message(10), 1));
    const auto fragments = cutter.cut(cutter.message(1000), 4);
    int delivered = 0;
    ImageFragmentAssembler assembler{[&](std::span<const std::byte> message, const Header& header) {
        ++delivered;
        EXPECT_EQ(message.size(), 1000U);
        EXPECT_EQ(header.frame_length(), 1032);
        EXPECT_EQ(header.flags(), 0xC0);
        EXPECT_EQ(header.term_offset(), 64);
        EXPECT_EQ(header.reserved_value(), fragments.front().position);
        EXPECT_EQ(header.position(), Position{fragments.back().position});
    }};
    for (const auto& fragment : fragments) assembler(fragment.bytes, fragment.header());
    EXPECT_EQ(delivered, 1);
}

TEST(Assemblers, AWholeMessageBetweenLeavesAPartialOneAlone) {
    Random random{1};
    Cutter cutter{3, random}, other{4, random};
    const auto fragments = cutter.cut(cutter.message(100), 2);
    const auto whole = other.cut(other.message(10), 1);
    std::vector<std::size_t> lengths;
    ImageControlledFragmentAssembler assembler{[&](std::span<const std::byte> message, const Header&) {
        lengths.push_back(message.size());
        return Action::proceed;
    }};
    EXPECT_EQ(assembler(fragments[0].bytes, fragments[0].header()), Action::proceed);
    EXPECT_EQ(assembler(whole[0].bytes, whole[0].header()), Action::proceed);
    EXPECT_EQ(assembler(fragments[1].bytes, fragments[1].header()), Action::proceed);
    EXPECT_EQ(lengths, (std::vector<std::size_t>{10, 100}));
}

TEST(Assemblers, ForgetDropsWhatIsKept) {
    Random random{1};
    Cutter cutter{3, random};
    const auto fragments = cutter.cut(cutter.message(100), 2);
    int delivered = 0;
    FragmentAssembler assembler{[&](std::span<const std::byte>, const Header&) { ++delivered; }};
    assembler(fragments[0].bytes, fragments[0].header());
    assembler.forget(SessionId{3});
    assembler.forget(SessionId{99});
    assembler(fragments[1].bytes, fragments[1].header());
    EXPECT_EQ(delivered, 0);
}

TEST(Assemblers, WorkOnRealStreams) {
    World world;
    auto publication = world.exclusive();
    auto subscription = world.subscription();
    Random random{5};
    std::string last;
    ControlledFragmentAssembler assembler{[&](std::span<const std::byte> message, const Header& header) {
        if (random.below(2) == 0) return Action::abort;
        last = as_text(message);
        EXPECT_EQ(header.image_state(), subscription.images()[0].state().get());
        return Action::proceed;
    }};
    for (int n = 0; n < 300; ++n) {
        const std::string message(random.below(8192), static_cast<char>('a' + n % 26));
        while (!publication.offer(as_bytes(message))) {
        }
        last = "?";
        while (last == "?") subscription.controlled_poll(assembler, 3);
        ASSERT_EQ(last, message);
        world.driver.stream(publication.constants().registration_id).clean_to(subscription.images()[0].position());
    }
}

}  // namespace
}  // namespace gale::client::testing
