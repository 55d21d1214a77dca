// How far publishers may go, and that what they reach is zero.
#include "base/random.hpp"
#include "driver/conductor/streams_test.hpp"

#include <gmock/gmock.h>

#include <array>
#include <deque>

namespace gale::testing {
namespace {

class Limits : public ::testing::Test {
protected:
    TestDriver driver;
    Puppet publisher{driver};
    Puppet subscriber{driver};
};

TEST_F(Limits, AreTheSlowestReadersPositionAndTheWindow) {
    const auto publication = publish(publisher, "aeron:ipc?term-length=128k");
    const auto fast = image_of(subscriber, subscribe(subscriber));
    const auto slow = image_of(subscriber, subscribe(subscriber));
    EXPECT_EQ(publication.limit(), 64 * 1024);
    for (int i = 0; i < 40; ++i) ASSERT_TRUE(publication.offer(message(i, 1000)));
    driver.step();
    fast.poll();
    driver.step();
    EXPECT_EQ(publication.limit(), 64 * 1024);
    slow.poll(20);
    driver.step();
    EXPECT_EQ(publication.limit(), slow.position() + 64 * 1024);
}

TEST_F(Limits, MoveInStepsOfAnEighthOfTheWindow) {
    const auto publication = publish(publisher);
    const auto image = image_of(subscriber, subscribe(subscriber));
    for (int i = 0; i < 7; ++i) {
        ASSERT_TRUE(publication.offer(message(i, 480)));  // 512 each: 4096 are the trip
        image.poll();
        driver.step();
        EXPECT_EQ(publication.limit(), 32768) << i;
    }
    ASSERT_TRUE(publication.offer(message(8, 480)));
    image.poll();
    driver.step();
    EXPECT_EQ(publication.limit(), 32768 + 4096);
}

TEST_F(Limits, FallBackToTheReadersWhenAllAreGone) {
    const auto publication = publish(publisher);
    const auto image = image_of(subscriber, subscribe(subscriber));
    for (int i = 0; i < 10; ++i) ASSERT_TRUE(publication.offer(message(i, 1000)));
    image.poll(5);
    remove_subscription(subscriber, image.subscription);
    EXPECT_EQ(publication.limit(), image.position());
    EXPECT_EQ(publication.offer(message(1, 1)).error(), OfferError::not_connected);
    const auto next = image_of(subscriber, subscribe(subscriber));
    EXPECT_EQ(next.poll().size(), 5U);
    EXPECT_EQ(publication.limit(), image.position() + 32768);
}

TEST_F(Limits, HeedTheWindowOfTheChannel) {
    const auto publication = publish(publisher, "aeron:ipc?pub-wnd=8k");
    static_cast<void>(image_of(subscriber, subscribe(subscriber)));
    EXPECT_EQ(publication.limit(), 8192);
}

TEST_F(Limits, TellThePublishersPosition) {
    const auto publication = publish(publisher);
    static_cast<void>(image_of(subscriber, subscribe(subscriber)));
    ASSERT_TRUE(publication.offer(message(1, 100)));
    driver.step();
    EXPECT_EQ(driver.value(publication.counter(control::CounterType::publisher_position).value()), 160);
}

/// One subscriber of a stream at full swing.
struct Reader {
    CorrelationId subscription;
    Image image;
    std::vector<std::byte> partial{};
    std::size_t read = 0;  ///< messages
};

// Every byte from the producer up to the end of the term that the limit lies in must be zero: that is how far
// publishers may write before they look at the limit again.
void expect_zero_ahead(const Publication& publication) {
    static constexpr std::array<std::byte, 4096> zeros{};
    const logbuffer::Log& log = publication.log();
    const std::int64_t term = log.term_length();
    const std::int64_t end = (publication.limit() - 1 + term) / term * term;
    for (std::int64_t at = publication.position(); at < end;) {
        const std::int64_t length = std::min<std::int64_t>(4096 - at % 4096, end - at);  // never over a term's end
        const std::byte* place = log.term(log.geometry().partition(Position{at})) + at % term;
        ASSERT_EQ(std::memcmp(place, zeros.data(), static_cast<std::size_t>(length)), 0) << at;
        at += length;
    }
}

// Reads whole messages and compares them with what was sent.
void read(Reader& reader, const std::deque<std::vector<std::byte>>& sent, int limit) {
    Position at{reader.image.position()};
    (void)logbuffer::scan(*reader.image.mapped->log, at, logbuffer::no_end, limit,
                          [&](std::span<const std::byte> payload, const wire::FrameHeader& header, Position) {
                              reader.partial.insert(reader.partial.end(), payload.begin(), payload.end());
                              if ((header.flags & wire::flags::end) == 0) return;
                              ASSERT_LT(reader.read, sent.size());
                              ASSERT_EQ(reader.partial, sent[reader.read]);
                              ++reader.read;
                              reader.partial.clear();
                          });
    reader.image.set_position(at.value);
}

void run_at_full_swing(std::uint64_t seed, control::Sharing sharing) {
    SCOPED_TRACE(seed);
    Random random{seed};
    TestDriver driver;
    Puppet publisher{driver};
    Puppet subscriber{driver};
    const auto publication =
        publish(publisher, "aeron:ipc?init-term-id=2147483646|term-id=2147483646|term-offset=0", stream_7, sharing);
    std::vector<Reader> readers;
    for (int i = 0; i < 3; ++i) {
        readers.push_back({.subscription = subscribe(subscriber)});
        readers.back().image = image_of(subscriber, readers.back().subscription);
    }
    std::deque<std::vector<std::byte>> sent;
    auto exclusive = publication.exclusive_appender();
    const auto concurrent = publication.appender();
    while (publication.position() < 20 * 65536) {
        switch (random.below(8)) {
        case 0: driver.step(); break;
        case 1: expect_zero_ahead(publication); break;
        case 2:
        case 3: read(readers[random.below(readers.size())], sent, static_cast<int>(1 + random.below(40))); break;
        default: {
            const auto next =
                message(static_cast<std::int64_t>(sent.size()), random.below(random.below(5) == 0 ? 8192 : 300));
            const logbuffer::SingleSource source{next};
            const OfferResult result = sharing == control::Sharing::exclusive
                                           ? exclusive.offer(publication.limit(), source, nullptr)
                                           : concurrent.offer(publication.limit(), source, nullptr);
            if (result) sent.push_back(next);
        }
        }
        if (::testing::Test::HasFatalFailure()) return;
    }
    for (Reader& reader : readers)
        for (int i = 0; i < 5; ++i) read(reader, sent, 100'000);
    for (const Reader& reader : readers) EXPECT_EQ(reader.read, sent.size());
}

TEST(Cleaning, LeavesOnlyZerosAheadAndNothingUnreadBehind) {
    for (const std::uint64_t seed : seeds(10)) run_at_full_swing(seed, control::Sharing::concurrent);
}

TEST(Cleaning, DoesSoForExclusivePublicationsToo) {
    for (const std::uint64_t seed : seeds(10)) run_at_full_swing(seed, control::Sharing::exclusive);
}

// A limit of 16 MiB steps, a cleaner of 4 MiB slices: it lags, and must still be far enough in time.
TEST(Cleaning, IsFarEnoughWhenReadersLeapInLongTerms) {
    DriverOptions options = small_options();
    options.ipc_term_buffer_length = 64 * 1024 * 1024;
    TestDriver driver{options};
    Puppet publisher{driver};
    Puppet subscriber{driver};
    const auto publication = publish_exclusively(publisher);
    const auto image = image_of(subscriber, subscribe(subscriber));
    driver.step(100);  // storage comes in pieces
    auto appender = publication.exclusive_appender();
    const std::vector<std::byte> bulk(8 * 1024 * 1024, std::byte{0xAA});
    const std::int64_t term = publication.log().term_length();
    while (publication.position() < 10 * term) {
        while (appender.offer(publication.limit(), logbuffer::SingleSource{bulk}, nullptr) ||
               publication.position() < publication.limit()) {
        }
        image.set_position(publication.position());
        driver.step();
        expect_zero_ahead(publication);
    }
}

// A cycle that claims to have worked keeps the conductor's thread from resting.
TEST(IdleDriver, HasNothingToDoInADutyCycleBetweenTicks) {
    TestDriver driver;
    Puppet client{driver};
    subscribe(client);
    for (int i = 0; i < 4; ++i) publish_exclusively(client);
    driver.step(10);
    for (int i = 0; i < 1000; ++i) ASSERT_EQ(driver.driver().do_work(), 0) << i;
}

}  // namespace
}  // namespace gale::testing
