// How a stream comes from the network, who reads it from where, and how it ends.
#include "driver/conductor/network_puppet_test.hpp"
#include "shm/loss_report.hpp"

namespace gale::testing {
namespace {

using control::CounterType;
using control::SystemCounter;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class NetworkImages : public NetworkTest {};

TEST_F(NetworkImages, ComeWithTheSetUpOfASessionThatSomebodyWants) {
    const Listening listening = listen(client);
    receive(setup_frame({.position = 64}));
    const auto heard = client.take_first<control::AvailableImage>([](const auto&) { return true; });
    ASSERT_TRUE(heard);
    const auto& available = *heard->as<control::AvailableImage>();
    EXPECT_EQ(available.subscription_id, listening.id);
    EXPECT_EQ(available.session_id, SessionId{1});
    EXPECT_EQ(available.stream_id, stream_10);
    EXPECT_EQ(available.source_identity, "127.0.0.9:5000");
    EXPECT_EQ(driver.value(available.position_counter), 64);
    const MappedLog log{available.log_file};
    EXPECT_EQ(log.log->term_length(), small_term);
    EXPECT_EQ(log.log->mtu_length(), 1408);
    EXPECT_EQ(log.log->metadata().type, logbuffer::LogType::image);
    EXPECT_EQ(log.log->metadata().correlation_id, available.image_correlation_id.value);
}

TEST_F(NetworkImages, GrantAWindowFromWhereTheyBegin) {
    connect(client, {.position = 64});
    EXPECT_THAT(statuses(), ElementsAre(Said{64, 32 * 1024}));
}

TEST_F(NetworkImages, HaveCountersOfTheirOwn) {
    const Image image = connect(client, {.position = 64});
    const auto of = [&](CounterType type) { return counter(type).value(); };
    EXPECT_EQ(of(CounterType::receiver_high_water_mark).value, 64);
    EXPECT_EQ(of(CounterType::receiver_position).registration_id, image.id.value);
    EXPECT_EQ(of(CounterType::receiver_position).owner_id, client.id().value);
    EXPECT_EQ(of(CounterType::receiver_naks_sent).value, 0);
    EXPECT_EQ(of(CounterType::receiver_position).label,
              "rcv-pos: " + std::to_string(image.id.value) + " 1 10 " + std::string{channel});
    EXPECT_EQ(of(CounterType::subscriber_position).reference_id, image.id.value);
}

TEST_F(NetworkImages, BringWhatArrives) {
    const Image image = connect(client);
    receive_data(0, 4096);
    EXPECT_EQ(counter(CounterType::receiver_position)->value, 4096);
    EXPECT_EQ(counter(CounterType::receiver_high_water_mark)->value, 4096);
    EXPECT_THAT(image.poll(), SizeIs(4));
}

TEST_F(NetworkImages, GoOnForManyTermsAsTheirReadersDo) {
    const Image image = connect(client);
    for (std::int64_t at = 0; at < std::int64_t{8} * small_term; at += 8192) {
        receive_data(at, at + 8192);
        ASSERT_THAT(image.poll(), SizeIs(8)) << at;
        driver.pass(1ms, 1ms);
    }
    EXPECT_EQ(image.position(), std::int64_t{8} * small_term);
}

TEST_F(NetworkImages, StopAtTheWindowOfTheirSlowestReader) {
    connect(client);
    receive_data(0, std::int64_t{2} * small_term);
    EXPECT_EQ(counter(CounterType::receiver_position)->value, small_term / 2);
    EXPECT_GT(driver.value(SystemCounter::flow_control_over_runs), 0);
}

TEST_F(NetworkImages, AreJoinedWhereTheSlowestReaderStands) {
    const Image image = connect(client);
    receive_data(0, 4096);
    image.poll(2);
    settle();
    const Listening later = listen(client);
    const Image joined = image_of(client, later.id);
    EXPECT_EQ(joined.position(), 2048);
    EXPECT_EQ(joined.id, image.id);
    EXPECT_THAT(joined.poll(), SizeIs(2));
}

TEST_F(NetworkImages, WaitForALateReaderToo) {
    const Image image = connect(client);
    const Image slow = image_of(client, listen(client).id);
    statuses();
    receive_data(0, 16384);
    image.poll();
    driver.pass(250ms, 50ms);
    EXPECT_EQ(statuses().back().position, 0);
    slow.poll();
    driver.pass(250ms, 50ms);
    EXPECT_EQ(statuses().back().position, 16384);
}

TEST_F(NetworkImages, EndWhenAllIsRead) {
    const Image image = connect(client);
    receive_data(0, 2048);
    receive(heartbeat_at(2048, wire::flags::whole | wire::flags::end_of_stream));
    EXPECT_THAT(client.take_lines(), Not(::testing::Contains(unavailable(image.id, image.subscription))));
    EXPECT_THAT(image.poll(), SizeIs(2));
    settle();
    EXPECT_THAT(client.take_lines(), ::testing::Contains(unavailable(image.id, image.subscription)));
    EXPECT_EQ(image.mapped->log->metadata().end_of_stream_position.load_acquire(), 2048);
    EXPECT_EQ(statuses().back().flags, wire::StatusMessage::end_of_stream);
}

TEST_F(NetworkImages, SayGoodbyeForASecondAndLeaveNothing) {
    const Image image = connect(client);
    receive(heartbeat_at(0, wire::flags::whole | wire::flags::end_of_stream));
    driver.pass(1'100ms, 100ms);
    const auto goodbyes = statuses();
    EXPECT_GE(std::ranges::count(goodbyes, wire::StatusMessage::end_of_stream, &Said::flags), 5);
    driver.pass(5s, 100ms);
    EXPECT_THAT(statuses(), IsEmpty());
    EXPECT_EQ(driver.log_files(), 1);  // clients may still look
    driver.pass(6s, 100ms);
    EXPECT_EQ(driver.log_files(), 0);
    EXPECT_EQ(driver.counters_of(CounterType::receiver_position), 0);
    EXPECT_EQ(driver.counters_of(CounterType::subscriber_position), 0);
    EXPECT_EQ(network.open_sockets(), 1);
}

TEST_F(NetworkImages, EndAtOnceWhenRevoked) {
    const Image image = connect(client);
    receive_data(0, 2048);
    receive(heartbeat_at(2048, wire::flags::whole | wire::flags::end_of_stream | wire::flags::revoked));
    EXPECT_THAT(client.take_lines(), ::testing::Contains(unavailable(image.id, image.subscription)));
    EXPECT_EQ(image.mapped->log->metadata().is_publication_revoked.load_acquire(), 1);
    EXPECT_EQ(driver.value(SystemCounter::publication_images_revoked), 1);
}

TEST_F(NetworkImages, DieOfSilenceAndComeBack) {
    const Image image = connect(client);
    driver.pass(10'500ms, 100ms);
    EXPECT_THAT(client.take_lines(), ::testing::Contains(unavailable(image.id, image.subscription)));
    driver.pass(1s, 100ms);
    receive(setup_frame({.position = 1024}));
    const auto again = take_image(client, image.subscription);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->position(), 1024);
    EXPECT_NE(again->id, image.id);
}

// Its subscribers were told that it has gone: what comes still must not keep it.
TEST_F(NetworkImages, EndAlsoWhenDataComesAgainInTheLastMoment) {
    const Image image = connect(client);
    driver.pass(10'500ms, 100ms);
    EXPECT_THAT(client.take_lines(), ::testing::Contains(unavailable(image.id, image.subscription)));
    receive_data(0, 2048);
    driver.pass(2s, 100ms);
    receive(setup_frame({.position = 2048}));
    const auto again = take_image(client, image.subscription);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->position(), 2048);
}

TEST_F(NetworkImages, NeedAWindowThatTakesADatagram) {
    const Listening listening = listen(client, "aeron:udp?endpoint=127.0.0.1:40123|rcv-wnd=64k");
    receive(setup_frame({.mtu = 40'000}));  // half of a term are 32 KiB
    EXPECT_FALSE(take_image(client, listening.id));
    EXPECT_THAT(driver.errors(), ::testing::Contains(HasSubstr("mtu of 40000")));
}

TEST_F(NetworkImages, DoNotComeBackWhereNobodyWantsThatAgain) {
    const Image image = connect(client, {}, "aeron:udp?endpoint=127.0.0.1:40123|rejoin=false");
    driver.pass(12s, 100ms);
    receive(setup_frame({.position = 1024}));
    EXPECT_FALSE(take_image(client, image.subscription));
}

TEST_F(NetworkImages, GoWithTheirLastReader) {
    const Image image = connect(client);
    statuses();
    ASSERT_TRUE(remove_subscription(client, image.subscription));
    settle();
    EXPECT_EQ(statuses().back().flags, wire::StatusMessage::end_of_stream);
    driver.pass(1'100ms, 100ms);
    settle();
    EXPECT_EQ(network.open_sockets(), 0);
    EXPECT_EQ(driver.log_files(), 0);
    EXPECT_EQ(driver.counters_of(CounterType::receive_channel_status), 0);
    EXPECT_EQ(driver.counters_of(CounterType::local_socket_address), 0);
    EXPECT_THAT(client.take_lines(), Not(::testing::Contains(unavailable(image.id, image.subscription))));
}

TEST_F(NetworkImages, GoWithAClientThatDied) {
    connect(client);
    client.die();
    driver.pass(13s, 100ms);
    settle();
    EXPECT_EQ(network.open_sockets(), 0);
    EXPECT_EQ(driver.log_files(), 0);
    EXPECT_EQ(driver.counters_of(CounterType::subscriber_position), 0);
}

TEST_F(NetworkImages, StayWhenOneOfTheirReadersGoes) {
    const Image image = connect(client);
    const Image other = image_of(client, listen(client).id);
    remove_subscription(client, image.subscription);
    receive_data(0, 2048);
    EXPECT_THAT(other.poll(), SizeIs(2));
}

TEST_F(NetworkImages, AreRejectedWithErrorFrames) {
    const Image image = connect(client);
    statuses();
    const auto id = client.ask(control::RejectImage{.image_correlation_id = image.id, .reason = "not today"});
    settle();
    EXPECT_THAT(client.take_lines(), ::testing::Contains(line("SUCCESS", id)));
    EXPECT_EQ(driver.value(SystemCounter::images_rejected), 1);
    driver.pass(1s, 100ms);
    EXPECT_THAT(statuses(), IsEmpty());
    EXPECT_THAT(sent<wire::ErrorFrame>(), Not(IsEmpty()));
    EXPECT_TRUE(driver.has_error("not today"));
    driver.pass(10s, 100ms);
    EXPECT_THAT(client.take_lines(), ::testing::Contains(unavailable(image.id, image.subscription)));
}

TEST_F(NetworkImages, AreNotRejectedWithALongStory) {
    const Image image = connect(client);
    const std::string story(1024, 'x');
    const auto id = client.ask(control::RejectImage{.image_correlation_id = image.id, .reason = story});
    EXPECT_THAT(client.error_to(id), HasSubstr("at most 1023"));
}

TEST_F(NetworkImages, LoseUntetheredReadersThatLag) {
    const Image image = connect(client);
    const Image lame = image_of(client, listen(client, "aeron:udp?endpoint=127.0.0.1:40123|tether=false").id);
    for (std::int64_t at = 0; at < small_term; at += 8192) {
        receive_data(at, at + 8192);
        image.poll();
        driver.pass(200ms, 100ms);
    }
    EXPECT_EQ(image.position(), small_term / 2);
    for (int second = 0; second < 12; ++second) {
        driver.pass(1s, 100ms);
        receive(heartbeat_at(image.position()));
    }
    EXPECT_THAT(client.take_lines(), ::testing::Contains(unavailable(lame.id, lame.subscription)));
    const std::int64_t from = image.position();
    statuses();
    receive_data(from, from + 4096);
    image.poll();
    driver.pass(250ms, 50ms);
    EXPECT_EQ(statuses().back().position, from + 4096);
}

TEST_F(NetworkImages, AskAgainForWhatWasLostAndReportIt) {
    connect(client);
    receive(frame_at(2048, 1024));
    driver.pass(200ms, 1ms);
    EXPECT_EQ(counter(CounterType::receiver_high_water_mark)->value, 3072);
    EXPECT_GT(counter(CounterType::receiver_naks_sent)->value, 0);
    EXPECT_GT(driver.value(SystemCounter::naks_sent), 0);
    const auto report = os::MappedFile::open(driver.directory().path() + "/loss-report.dat", os::Access::read_write);
    int entries = 0;
    shm::read_loss_report(report.bytes(), [&](const shm::LossObservation& seen) {
        ++entries;
        EXPECT_EQ(seen.bytes_lost, 2048);
        EXPECT_EQ(seen.session_id, SessionId{1});
        EXPECT_EQ(seen.channel, channel);
        EXPECT_EQ(seen.source, "127.0.0.9:5000");
    });
    EXPECT_EQ(entries, 1);
}

TEST_F(NetworkImages, FillTheGapWhereNobodyAsksAgain) {
    const Image image = connect(client, {}, "aeron:udp?endpoint=127.0.0.1:40123|reliable=false");
    receive(frame_at(2048, 1024));
    driver.pass(10ms, 1ms);
    EXPECT_EQ(counter(CounterType::receiver_position)->value, 3072);
    EXPECT_EQ(counter(CounterType::receiver_naks_sent)->value, 0);
    EXPECT_THAT(image.poll(), SizeIs(1));
}

TEST_F(NetworkImages, TakeTheWindowOfTheirChannel) {
    connect(client, {}, "aeron:udp?endpoint=127.0.0.1:40123|rcv-wnd=16k");
    EXPECT_EQ(statuses().back().window, 16 * 1024);
}

TEST_F(NetworkImages, BeginSmallWithCubic) {
    connect(client, {}, "aeron:udp?endpoint=127.0.0.1:40123|cc=cubic");
    EXPECT_EQ(statuses().back().window % 1408, 0);
    EXPECT_EQ(driver.counters_of(CounterType::per_image), 2);
}

/// One congestion control for all images.
class ImagesOfOneMind : public NetworkTest {
protected:
    explicit ImagesOfOneMind(const char* supplier)
        : NetworkTest{[&] {
              DriverOptions options = small_options();
              options.congestion_control = supplier;
              return options;
          }()} {}
};
class CubicImages : public ImagesOfOneMind {
protected:
    CubicImages() : ImagesOfOneMind{"cubic"} {}
};
class StaticImages : public ImagesOfOneMind {
protected:
    StaticImages() : ImagesOfOneMind{"static"} {}
};

TEST_F(CubicImages, AreCubicWhateverTheirChannelSays) {
    connect(client, {}, "aeron:udp?endpoint=127.0.0.1:40123|cc=static");
    EXPECT_EQ(driver.counters_of(CounterType::per_image), 2);
}

TEST_F(StaticImages, AreStaticWhateverTheirChannelSays) {
    connect(client, {}, "aeron:udp?endpoint=127.0.0.1:40123|cc=cubic");
    EXPECT_EQ(driver.counters_of(CounterType::per_image), 0);
}

TEST_F(NetworkImages, AreNotMadeForAnMtuBeyondTheWindow) {
    const Listening listening = listen(client, "aeron:udp?endpoint=127.0.0.1:40123|rcv-wnd=1024");
    receive(setup_frame());
    EXPECT_FALSE(take_image(client, listening.id));
    EXPECT_TRUE(driver.has_error("rcv-wnd"));
    EXPECT_EQ(driver.log_files(), 0);
    receive(setup_frame());
    EXPECT_EQ(driver.errors().size(), 1U);  // the same entry, counted
}

TEST_F(NetworkImages, SendTheTagOfTheirChannel) {
    connect(client, {}, "aeron:udp?endpoint=127.0.0.1:40123|gtag=77");
    const auto& said = socket().sent;
    EXPECT_TRUE(std::ranges::any_of(said, [](const auto& each) {
        return view<wire::CommonHeader>(each.bytes)->type == wire::StatusMessage::type &&
               each.bytes.size() == static_cast<std::size_t>(wire::max_status_message_length);
    }));
}

TEST_F(NetworkImages, OfAnotherSessionAreNotForThoseWhoWantOne) {
    const Listening five = listen(client, "aeron:udp?endpoint=127.0.0.1:40123|session-id=5");
    receive(setup_frame());
    EXPECT_FALSE(take_image(client, five.id));
    receive(setup_frame({.key = {.session = SessionId{5}}}));
    EXPECT_TRUE(take_image(client, five.id));
    const Listening any = listen(client);
    EXPECT_TRUE(take_image(client, any.id));
    receive(setup_frame());
    EXPECT_TRUE(take_image(client, any.id));
    EXPECT_FALSE(take_image(client, five.id));
}

TEST_F(NetworkImages, ThatAreNotSparseComeWhenTheirLogIsWhole) {
    const Image image = connect(client, {.term_length = 1 << 20}, "aeron:udp?endpoint=127.0.0.1:40123|sparse=false");
    EXPECT_EQ(image.mapped->log->metadata().sparse, 0);
}

}  // namespace
}  // namespace gale::testing
