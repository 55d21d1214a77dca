// What clients scribble over in shared memory hurts those who share it with them, and nobody else.
#include "base/random.hpp"
#include "driver/conductor/streams_test.hpp"

#include <gmock/gmock.h>

namespace gale::testing {
namespace {

/// Two that go about their business whatever happens around them: every message arrives, once, in order.
class HonestPair {
public:
    explicit HonestPair(TestDriver& driver)
        : publisher_{driver}, subscriber_{driver}, publication_{publish(publisher_, "aeron:ipc", StreamId{1})},
          image_{image_of(subscriber_, subscribe(subscriber_, "aeron:ipc", StreamId{1}))} {}
    void exchange() {
        for (int i = 0; i < 3; ++i) {
            const auto next = message(sent_, 100 + static_cast<std::size_t>(sent_ % 900));
            if (publication_.offer(next)) ++sent_;
        }
        for (const auto& got : image_.poll()) {
            ASSERT_EQ(got, message(read_, 100 + static_cast<std::size_t>(read_ % 900)));
            ++read_;
        }
    }
    [[nodiscard]] std::int64_t read() const noexcept { return read_; }
    [[nodiscard]] bool lost_its_image() {
        return subscriber_
            .take_first<control::UnavailableImage>(
                [&](const auto& e) { return e.subscription_id == image_.subscription; })
            .has_value();
    }

private:
    Puppet publisher_;
    Puppet subscriber_;
    Publication publication_;
    Image image_;
    std::int64_t sent_ = 0;
    std::int64_t read_ = 0;
};

/// A client that writes where it may, but not what it should.
class Vandal {
public:
    Vandal(TestDriver& driver, std::uint64_t seed) : driver_{driver}, client_{driver}, random_{seed} {
        concurrent_ = publish(client_, "aeron:ipc", StreamId{2});
        exclusive_ = publish_exclusively(client_, "aeron:ipc", StreamId{3});
        images_.push_back(image_of(client_, subscribe(client_, "aeron:ipc", StreamId{2})));
        images_.push_back(image_of(client_, subscribe(client_, "aeron:ipc?tether=false", StreamId{2})));
        images_.push_back(image_of(client_, subscribe(client_, "aeron:ipc", StreamId{3})));
    }
    void act() {
        const Publication& victim = random_.below(2) == 0 ? concurrent_ : exclusive_;
        auto& metadata = victim.log().metadata();
        switch (random_.below(12)) {
        case 0: metadata.tails[random_.below(3)].store_release(number()); break;
        case 1: metadata.active_term_count.store_release(static_cast<std::int32_t>(number())); break;
        case 2: metadata.is_connected.store_release(static_cast<std::int32_t>(number())); break;
        case 3: metadata.end_of_stream_position.store_release(number()); break;
        case 4: scribble(victim.mapped->file.bytes().last(4096)); break;
        case 5: scribble(victim.mapped->file.bytes().first(3 * 65536)); break;
        case 6: images_[random_.below(3)].set_position(number()); break;
        case 7: driver_.counters().value(client_.heartbeat().value()).store_release(number()); break;
        case 8: {
            auto& counter = driver_.counters().metadata(images_[random_.below(3)].position_counter);
            counter.label_length.store_release(static_cast<std::int32_t>(number()));
            break;
        }
        case 9:
            driver_.counters().metadata(victim.limit_counter).state.store_release(static_cast<std::int32_t>(number()));
            break;
        case 10: driver_.counters().value(victim.limit_counter).store_release(number()); break;
        default: static_cast<void>(victim.offer(message(1, 100))); break;
        }
    }
    /// Asks for things as if nothing had happened.
    void ask() {
        switch (random_.below(6)) {
        case 0:
            client_.say(add_subscription("aeron:ipc", StreamId{static_cast<std::int32_t>(2 + random_.below(2))}));
            break;
        case 1:
            client_.say(control::RemoveSubscription{.registration_id = images_[random_.below(3)].subscription});
            break;
        case 2: client_.say(control::RejectImage{.image_correlation_id = concurrent_.id, .reason = "vandalism"}); break;
        case 3:
            client_.say(
                control::RemovePublication{.registration_id = random_.below(2) == 0 ? concurrent_.id : exclusive_.id,
                                           .revoke = random_.below(2) == 0});
            break;
        case 4:
            client_.say(add_publication("aeron:ipc", StreamId{static_cast<std::int32_t>(2 + random_.below(2))}));
            break;
        default: client_.say(control::AddCounter{.type_id = 1001, .label = "x"}); break;
        }
    }
    void leave() { client_.die(); }

private:
    std::int64_t number() {
        switch (random_.below(8)) {
        case 0: return -1;
        case 1: return INT64_MAX;
        case 2: return INT64_MIN;
        case 3: return 0;
        case 4: return static_cast<std::int64_t>(random_.below(1'000'000));
        case 5: return static_cast<std::int64_t>(random_.below(200'000) / 32 * 32);
        default: return static_cast<std::int64_t>(random_.next());
        }
    }
    void scribble(std::span<std::byte> bytes) {
        const std::size_t at = random_.below(bytes.size());
        const std::size_t length = std::min<std::size_t>(bytes.size() - at, 1 + random_.below(300));
        for (std::byte& byte : bytes.subspan(at, length)) byte = static_cast<std::byte>(random_.next());
    }
    TestDriver& driver_;
    Puppet client_;
    Random random_;
    Publication concurrent_;
    Publication exclusive_;
    std::vector<Image> images_;
};

TEST(Rubbish, HurtsOnlyItsAuthor) {
    for (const std::uint64_t seed : seeds(12)) {
        SCOPED_TRACE(seed);
        TestDriver driver;
        HonestPair pair{driver};
        Random random{seed};
        Vandal vandal{driver, seed};
        for (int i = 0; i < 1500; ++i) {
            vandal.act();
            if (random.below(100) == 0) vandal.ask();
            if (i == 1200) vandal.leave();
            pair.exchange();
            driver.step();
            if (random.below(10) == 0) driver.pass(Nanos{1s}, 1s);
            ASSERT_FALSE(::testing::Test::HasFatalFailure());
        }
        driver.pass(20s, 1s);
        EXPECT_GT(pair.read(), 3000);
        EXPECT_FALSE(pair.lost_its_image());
        Puppet newcomer{driver};
        EXPECT_TRUE(try_publish(newcomer, "aeron:ipc", StreamId{4}));
    }
}

TEST(Rubbish, InTheTailsIsToldOnceAndTheStreamStillEnds) {
    TestDriver driver;
    Puppet client{driver};
    const auto publication = publish(client);
    const auto image = image_of(client, subscribe(client));
    ASSERT_TRUE(publication.offer(message(1, 100)));
    image.poll();
    driver.step();
    publication.log().metadata().tails[0].store_release(-1);
    publication.log().metadata().active_term_count.store_release(77);
    driver.pass(5s);
    EXPECT_EQ(driver.value(control::SystemCounter::errors), 1);
    EXPECT_TRUE(driver.has_error("tails"));
    EXPECT_EQ(publication.limit(), 32768) << "nothing follows from rubbish";
    client.take();
    EXPECT_TRUE(remove(client, publication));
    EXPECT_EQ(publication.end_of_stream(), 160);
    driver.pass(3s);
    EXPECT_EQ(driver.log_files(), 0);
}

TEST(Rubbish, InAReadersPositionNeverLetsPublishersOverUnreadData) {
    TestDriver driver;
    Puppet client{driver};
    const auto publication = publish(client);
    const auto honest = image_of(client, subscribe(client));
    const auto rogue = image_of(client, subscribe(client));
    for (const std::int64_t rubbish :
         {INT64_MAX, INT64_MIN, std::int64_t{-32}, std::int64_t{33}, std::int64_t{1} << 50}) {
        rogue.set_position(rubbish);
        driver.step();
        EXPECT_LE(publication.limit(), 32768);
    }
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(publication.offer(message(i, 1000)));
    driver.pass(2s);
    EXPECT_EQ(honest.poll().size(), 20U);
}

TEST(Rubbish, InTheRingIsSkippedAndRecorded) {
    for (const std::uint64_t seed : seeds(30)) {
        SCOPED_TRACE(seed);
        TestDriver driver;
        HonestPair pair{driver};
        Puppet vandal{driver};
        Random random{seed};
        const std::span<std::byte> ring = driver.cnc().to_driver();
        for (int i = 0; i < 20; ++i) {
            // Just ahead of the head, where it is read next, as a request that a client claimed.
            const auto at = static_cast<std::size_t>(vandal.ring().head() % (1024 * 1024));
            for (std::size_t j = 0; j < 64 && at + j < 1024 * 1024; ++j)
                if (random.below(3) == 0) ring[at + j] = static_cast<std::byte>(random.next());
            static_cast<void>(vandal.ring().write(1, ring.first(40)));
            pair.exchange();
            driver.pass(Nanos{1s}, 1s);
            ASSERT_FALSE(::testing::Test::HasFatalFailure());
        }
        EXPECT_GE(driver.value(control::SystemCounter::errors), 1);
        Puppet newcomer{driver};
        // A request may go with the rubbish that it lies in. The next one does not.
        bool answered = false;
        for (int i = 0; i < 4 && !answered; ++i) {
            const auto id = newcomer.say(add_publication("aeron:ipc", StreamId{4}));
            driver.pass(30s, 1s);
            answered = newcomer
                           .take_first<control::PublicationReady>(
                               [&](const auto& ready) { return ready.correlation_id == id; })
                           .has_value();
        }
        EXPECT_TRUE(answered);
        // Once what was there is gone, all is as it was.
        driver.pass(40s, 1s);
        EXPECT_EQ(newcomer.ring().head(), newcomer.ring().tail());
        EXPECT_TRUE(try_publish(newcomer, "aeron:ipc", StreamId{5}));
        pair.exchange();
        EXPECT_GT(pair.read(), 0);
    }
}

TEST(Rubbish, InTheRingsPositionsIsMended) {
    for (const std::uint64_t seed : seeds(40)) {
        SCOPED_TRACE(seed);
        TestDriver driver;
        HonestPair pair{driver};
        Random random{seed};
        auto& trailer = shm::overlay<shm::RingTrailer>(driver.cnc().to_driver(),
                                                       driver.cnc().to_driver().size() - shm::ring_trailer_length);
        for (auto* word : {&trailer.tail, &trailer.head, &trailer.head_cache})
            if (random.below(2) == 0)
                word->store_release(random.below(2) == 0 ? static_cast<std::int64_t>(random.next())
                                                         : static_cast<std::int64_t>(random.below(5'000'000)));
        for (int i = 0; i < 40; ++i) {
            pair.exchange();
            driver.pass(Nanos{1s}, 1s);
        }
        Puppet newcomer{driver};
        EXPECT_TRUE(try_publish(newcomer, "aeron:ipc", StreamId{4}));
        driver.pass(30s, 1s);
        EXPECT_TRUE(try_publish(newcomer, "aeron:ipc", StreamId{5}));
        EXPECT_GT(pair.read(), 100);
        EXPECT_FALSE(pair.lost_its_image());
    }
}

}  // namespace
}  // namespace gale::testing
