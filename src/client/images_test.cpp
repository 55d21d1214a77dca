#include "client/image_state.hpp"
#include "client/testing.hpp"

#include <gtest/gtest.h>

namespace gale::client::testing {
namespace {

TEST(Images, ComeWithTheirPublicationsAndSayWhoTheyAre) {
    World world;
    std::vector<SessionId> came, went;
    auto subscription =
        world.subscription("aeron:ipc", StreamId{10},
                           {.on_available_image = [&](const Image& image) { came.push_back(image.session_id()); },
                            .on_unavailable_image = [&](const Image& image) { went.push_back(image.session_id()); }});
    EXPECT_FALSE(subscription.is_connected());
    auto first = world.exclusive();
    world.client.do_work();
    auto second = world.exclusive();
    world.client.do_work();
    ASSERT_EQ(subscription.image_count(), 2);
    EXPECT_TRUE(subscription.is_connected());
    const auto image = subscription.image_by_session(second.session_id());
    ASSERT_TRUE(image.has_value());
    EXPECT_EQ(image->stream_id(), StreamId{10});
    EXPECT_EQ(image->source_identity(), "aeron:ipc");
    EXPECT_EQ(image->term_length(), 64 * 1024);
    EXPECT_EQ(image->mtu_length(), 1408);
    EXPECT_EQ(image->initial_term_id(), TermId{7});
    EXPECT_EQ(image->correlation_id(), second.constants().registration_id);
    EXPECT_FALSE(subscription.image_by_session(SessionId{12345}).has_value());
    EXPECT_EQ(came, (std::vector{first.session_id(), second.session_id()}));
    world.driver.end_image(world.driver.stream(first.constants().registration_id), subscription.registration_id());
    world.client.do_work();
    EXPECT_EQ(subscription.image_count(), 1);
    EXPECT_EQ(went, (std::vector{first.session_id()}));
}

TEST(Images, CarryWhatABindingKeepsWithThemFromBeforeTheirFirstPoll) {
    World world;
    std::vector<int> kept(2);
    std::size_t made = 0;
    void* seen = nullptr;
    auto subscription =
        world.subscription("aeron:ipc", StreamId{10},
                           {.on_available_image = [&](const Image& image) { EXPECT_NE(image.attached(), nullptr); },
                            .on_unavailable_image = [&](const Image& image) { seen = image.attached(); },
                            .attach = [&](const Image&) -> void* { return &kept.at(made++); }});
    auto publication = world.exclusive();
    auto other = world.exclusive();
    world.client.do_work();
    ASSERT_EQ(made, 2U);
    const auto image = subscription.image_by_session(publication.session_id());
    ASSERT_TRUE(image.has_value());
    EXPECT_EQ(image->attached(), kept.data());
    ASSERT_TRUE(publication.offer(as_bytes("hello")));
    void* of_header = nullptr;
    static_cast<void>(subscription.poll(
        [&](std::span<const std::byte>, const Header& header) { of_header = header.image_state()->attached(); }, 10));
    EXPECT_EQ(of_header, kept.data());
    world.driver.end_image(world.driver.stream(publication.constants().registration_id),
                           subscription.registration_id());
    world.client.do_work();
    EXPECT_EQ(seen, kept.data());
    EXPECT_EQ(Image{nullptr}.attached(), nullptr);
}

// A client that is late with the news: the driver frees a counter, and gives it away again a second later.
TEST(Images, SayWhereTheyEndedAlsoWhenTheirCounterServesAnotherAlready) {
    World world;
    auto publication = world.exclusive();
    auto subscription = world.subscription();
    auto& stream = world.driver.stream(publication.constants().registration_id);
    auto image = subscription.images().at(0);
    for (int i = 0; i < 2; ++i) ASSERT_TRUE(publication.offer(as_bytes("hello")));
    EXPECT_EQ(image.poll(ignore, 10), 2);
    stream.log.metadata().end_of_stream_position.store_release(128);
    world.driver.end_image(stream, subscription.registration_id());
    world.driver.counters.value(image.position_counter_id()).store_release(64);
    world.client.do_work();
    EXPECT_EQ(image.position(), Position{128});
    EXPECT_TRUE(image.is_end_of_stream());
}

TEST(Images, ThatWentAwayKeepWhereTheyEndedAndWriteNothingMore) {
    World world;
    auto publication = world.exclusive();
    auto subscription = world.subscription();
    auto& stream = world.driver.stream(publication.constants().registration_id);
    auto image = subscription.images().at(0);
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(publication.offer(as_bytes("hello")));
    EXPECT_EQ(image.poll(ignore, 2), 2);
    EXPECT_EQ(image.position(), Position{128});
    EXPECT_FALSE(image.is_end_of_stream());
    EXPECT_EQ(image.end_of_stream_position(), std::nullopt);
    stream.log.metadata().end_of_stream_position.store_release(128);
    stream.log.metadata().active_transport_count.store_release(3);
    EXPECT_TRUE(image.is_end_of_stream());
    EXPECT_EQ(image.active_transport_count(), 3);
    EXPECT_FALSE(image.is_publication_revoked());
    stream.log.metadata().is_publication_revoked.store_release(1);
    world.driver.end_image(stream, subscription.registration_id());
    world.client.do_work();

    EXPECT_TRUE(image.is_closed());
    world.driver.counters.value(image.position_counter_id()).store_release(4711);  // another's by now
    stream.log.metadata().end_of_stream_position.store_release(0);
    EXPECT_EQ(image.position(), Position{128});
    EXPECT_TRUE(image.is_end_of_stream());
    EXPECT_EQ(image.end_of_stream_position(), Position{128});
    EXPECT_TRUE(image.is_publication_revoked());
    EXPECT_EQ(image.active_transport_count(), 0);
    EXPECT_EQ(image.poll(ignore, 10), 0);
    EXPECT_FALSE(image.set_position(Position{192}));
    EXPECT_EQ(world.driver.counters.value(image.position_counter_id()).load_acquire(), 4711);
}

TEST(Images, ClosedWhileAHandlerRunsAreNotWrittenAfterIt) {
    World world;
    auto publication = world.exclusive();
    auto subscription = world.subscription();
    auto& stream = world.driver.stream(publication.constants().registration_id);
    auto image = subscription.images().at(0);
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(publication.offer(as_bytes("hello")));
    int seen = 0;
    subscription.poll(
        [&](std::span<const std::byte>, const Header&) {
            ++seen;
            world.driver.end_image(stream, subscription.registration_id());
            world.client.do_work();
        },
        10);
    EXPECT_EQ(seen, 1);
    EXPECT_EQ(world.driver.counters.value(image.position_counter_id()).load_acquire(), 0);
}

TEST(Images, ThatComeBackStartWhereTheDriverSays) {
    World world;
    auto publication = world.exclusive();
    auto subscription = world.subscription();
    auto& stream = world.driver.stream(publication.constants().registration_id);
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(publication.offer(as_bytes("hello")));
    world.driver.end_image(stream, subscription.registration_id());
    world.driver.make_image(stream, subscription.registration_id(), 64);
    world.client.do_work();
    ASSERT_EQ(subscription.image_count(), 1);
    EXPECT_EQ(subscription.images()[0].join_position(), Position{64});
    EXPECT_EQ(subscription.poll(ignore, 10), 2);
}

TEST(Images, AnnouncedTwiceAreThereOnce) {
    World world;
    auto publication = world.exclusive();
    auto subscription = world.subscription();
    world.driver.make_image(world.driver.stream(publication.constants().registration_id),
                            subscription.registration_id());
    world.client.do_work();
    EXPECT_EQ(subscription.image_count(), 1);
}

TEST(Images, WhoseLogCannotBeMappedAreReported) {
    World world;
    auto subscription = world.subscription();
    world.driver.tell(control::AvailableImage{CorrelationId{900}, SessionId{5}, StreamId{10},
                                              subscription.registration_id(), CounterId{1}, "/nowhere/x.logbuffer",
                                              "1.2.3.4:5"});
    world.driver.tell(control::AvailableImage{CorrelationId{901}, SessionId{5}, StreamId{10},
                                              subscription.registration_id(), CounterId{100000}, "/nowhere/x.logbuffer",
                                              "1.2.3.4:5"});
    world.client.do_work();
    EXPECT_EQ(subscription.image_count(), 0);
    EXPECT_EQ(world.errors.size(), 2U);
}

TEST(Images, OfAnotherDriversStreamAreNotBelieved) {
    World world;
    auto subscription = world.subscription();
    const FakeStream& other = world.driver.make_stream(CorrelationId{900}, StreamId{11}, "aeron:ipc");
    const auto tell = [&](SessionId session, StreamId stream) {
        world.driver.tell(control::AvailableImage{other.id, session, stream, subscription.registration_id(),
                                                  CounterId{1}, other.path, "1.2.3.4:5"});
        world.client.do_work();
    };
    tell(other.session, StreamId{10});
    tell(SessionId{other.session.value + 1}, other.stream);
    EXPECT_EQ(subscription.image_count(), 0);
    ASSERT_EQ(world.errors.size(), 2U);
    EXPECT_EQ(world.errors[0].code(), ErrorCode::incompatible);
    const std::string_view why = world.errors[0].what();
    for (const std::string_view part : {std::string_view{other.path}, std::string_view{"stream 11"},
                                        std::string_view{"stream 10"}, std::string_view{"connect again"}})
        EXPECT_NE(why.find(part), why.npos) << why;
    tell(other.session, other.stream);
    EXPECT_EQ(subscription.image_count(), 1);
}

TEST(Images, ShareTheirLogWithThePublicationBesideThem) {
    World world;
    auto publication = world.publication();
    auto one = world.subscription();
    auto other = world.subscription();
    EXPECT_EQ(one.image_count(), 1);
    EXPECT_EQ(other.image_count(), 1);
    EXPECT_NE(one.images()[0], other.images()[0]);
    EXPECT_EQ(one.images()[0], one.images()[0]);
    world.driver.streams.clear();
    world.client.close();
    EXPECT_EQ(one.poll(ignore, 1), 0);
}

TEST(Images, TakeTurnsBeginningWithAnotherEachPoll) {
    World world;
    auto subscription = world.subscription();
    std::vector<ExclusivePublication> publications;
    for (int i = 0; i < 3; ++i) {
        publications.push_back(world.exclusive());
        world.client.do_work();
        for (int n = 0; n < 10; ++n) ASSERT_TRUE(publications.back().offer(as_bytes("x")));
    }
    std::vector<SessionId> order;
    const auto note = [&](std::span<const std::byte>, const Header& header) { order.push_back(header.session_id()); };
    const auto a = publications[0].session_id(), b = publications[1].session_id(), c = publications[2].session_id();
    for (int i = 0; i < 4; ++i) EXPECT_EQ(subscription.poll(note, 1), 1);
    EXPECT_EQ(order, (std::vector{a, b, c, a}));
    order.clear();
    EXPECT_EQ(subscription.poll(note, 12), 12);  // the limit is shared: b has 9 left, then c
    EXPECT_EQ(std::vector(order.begin(), order.begin() + 9), std::vector<SessionId>(9, b));
    EXPECT_EQ(std::vector(order.begin() + 9, order.end()), std::vector<SessionId>(3, c));
    EXPECT_EQ(subscription.poll(note, 0), 0);
    EXPECT_EQ(subscription.poll(note, -1), 0);
}

}  // namespace
}  // namespace gale::client::testing
