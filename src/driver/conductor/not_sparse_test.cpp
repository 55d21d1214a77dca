// Publications with sparse=false: their logs take a while, and nobody else waits for that.
#include "driver/conductor/streams_test.hpp"

#include <gmock/gmock.h>

namespace gale::testing {
namespace {

using ::testing::StartsWith;

class NotSparse : public ::testing::Test {
protected:
    CorrelationId ask(Puppet& by, std::string_view more = "", control::Sharing sharing = control::Sharing::concurrent) {
        return by.ask(add_publication("aeron:ipc?term-length=16m|sparse=false" + std::string{more}, stream_7, sharing));
    }
    static std::optional<CorrelationId> answered(Puppet& by, CorrelationId request) {
        const auto heard =
            by.take_first<control::PublicationReady>([&](const auto& e) { return e.correlation_id == request; });
        if (!heard) return std::nullopt;
        return heard->as<control::PublicationReady>()->original_id;
    }
    // 48 MiB in slices of 2 MiB, one each cycle.
    static constexpr int cycles = 24;

    TestDriver driver;
    Puppet client{driver};
    Puppet other{driver};
};

TEST_F(NotSparse, PublicationsAreReadyWhenTheirLogsAreWholeAndHoldNobodyUp) {
    const auto moving = publish(other, "aeron:ipc", StreamId{8});
    const auto image = image_of(other, subscribe(other, "aeron:ipc", StreamId{8}));
    const auto request = ask(client);
    const std::int64_t limit = moving.limit();
    for (int i = 0; i < cycles - 1; ++i) {
        ASSERT_FALSE(answered(client, request)) << i;
        ASSERT_TRUE(moving.offer(message(i, 1000)));
        image.poll();
        driver.step();
    }
    EXPECT_GT(moving.limit(), limit + 16'000);
    driver.step(3);
    EXPECT_EQ(answered(client, request), request);
    EXPECT_EQ(client.error_to(request), "");
    EXPECT_TRUE(client.heartbeat());
}

TEST_F(NotSparse, PublicationsHearSubscribersThatCameMeanwhile) {
    const auto request = ask(client);
    const auto subscription = subscribe(other, "aeron:ipc", stream_7);
    EXPECT_FALSE(take_image(other, subscription));
    driver.step(cycles);
    EXPECT_TRUE(answered(client, request));
    EXPECT_TRUE(take_image(other, subscription));
}

TEST_F(NotSparse, PublicationsShareWhatOthersMadeFirst) {
    const auto request = ask(client);
    const auto first = publish(other, "aeron:ipc?term-length=16m", stream_7);
    EXPECT_EQ(driver.log_files(), 2);
    driver.step(2 * cycles);
    EXPECT_EQ(answered(client, request), first.original);
    EXPECT_EQ(driver.log_files(), 1);
    EXPECT_TRUE(remove(other, first));
    driver.pass(2s);
    EXPECT_EQ(driver.log_files(), 1) << "it is also the other's";
}

TEST_F(NotSparse, PublicationsAreRefusedWhatOthersTookMeanwhile) {
    const auto request = ask(client, "|session-id=5", control::Sharing::exclusive);
    EXPECT_TRUE(try_publish(other, "aeron:ipc?session-id=5", stream_7, control::Sharing::exclusive));
    driver.step(cycles);
    EXPECT_THAT(client.error_to(request), StartsWith("1 session-id=5 in aeron:ipc?"));
    EXPECT_EQ(driver.log_files(), 1);
    EXPECT_FALSE(client.heartbeat());
    EXPECT_TRUE(driver.has_error("session-id=5"));
}

TEST_F(NotSparse, PublicationsOfClientsThatSaidGoodbyeAreForgotten) {
    const auto request = ask(client);
    client.ask(control::ClientClose{});
    EXPECT_EQ(driver.log_files(), 0);
    driver.step(cycles);
    EXPECT_FALSE(answered(client, request));
    EXPECT_EQ(driver.counters_of(control::CounterType::client_heartbeat), 0);
}

TEST_F(NotSparse, PublicationsCanBeRemovedBeforeTheyAreReady) {
    const auto request = ask(client);
    const auto of_another = other.ask(control::RemovePublication{.registration_id = request});
    EXPECT_THAT(other.error_to(of_another), StartsWith("3 "));
    const auto removal = client.ask(control::RemovePublication{.registration_id = request});
    EXPECT_THAT(client.error_to(request), StartsWith("11 publication"));
    EXPECT_TRUE(
        client.take_first<control::OperationSucceeded>([&](const auto& e) { return e.correlation_id == removal; }));
    EXPECT_EQ(driver.log_files(), 0);
    driver.step(cycles);
    EXPECT_FALSE(answered(client, request));
}

TEST_F(NotSparse, PublicationsLeaveNothingBehindWhenTheDriverStops) {
    ask(client);
    EXPECT_EQ(driver.log_files(), 1);
    driver.driver().close();
    EXPECT_EQ(driver.log_files(), 0);
}

class NotSparseToTheNetwork : public NotSparse {
protected:
    static constexpr std::string_view udp = "aeron:udp?endpoint=10.0.0.2:4000|linger=0s|term-length=16m";
    CorrelationId ask(Puppet& by, std::string_view more = "", control::Sharing sharing = control::Sharing::concurrent) {
        return by.ask(add_publication(std::string{udp} + "|sparse=false" + std::string{more}, stream_7, sharing));
    }
};

TEST_F(NotSparseToTheNetwork, PublicationsAreSpiedOnWhenTheyAreReady) {
    const auto request = ask(client);
    const auto spy = subscribe(other, "aeron-spy:" + std::string{udp});
    driver.step(2);
    EXPECT_FALSE(take_image(other, spy)) << "the sender knows nothing of it yet";
    EXPECT_EQ(driver.counters_of(control::CounterType::subscriber_position), 0);
    driver.step(cycles);
    EXPECT_EQ(answered(client, request), request);
    EXPECT_TRUE(take_image(other, spy));
}

TEST_F(NotSparseToTheNetwork, PublicationsThatGoBeforeTheyAreReadyLeaveTheirSpiesAlone) {
    const auto request = ask(client);
    const auto spy = subscribe(other, "aeron-spy:" + std::string{udp});
    client.ask(control::RemovePublication{.registration_id = request});
    driver.step(cycles);
    EXPECT_FALSE(take_image(other, spy));
    EXPECT_EQ(driver.log_files(), 0);
    EXPECT_TRUE(remove_subscription(other, spy));
}

TEST_F(NotSparseToTheNetwork, PublicationsOutliveOthersThatCameAndWent) {
    const auto request = ask(client);
    const auto second = publish(other, udp);
    EXPECT_NE(second.original, request);
    EXPECT_TRUE(remove(other, second));
    driver.step(2 * cycles);
    EXPECT_EQ(answered(client, request), request);
    driver.pass(10s);
    EXPECT_EQ(driver.log_files(), 1);
    EXPECT_EQ(driver.counters_of(control::CounterType::publisher_limit), 1);
}

TEST_F(NotSparseToTheNetwork, PublicationsShareWhatOthersMadeFirst) {
    const auto request = ask(client, "|session-id=5");
    const auto first = publish(other, std::string{udp} + "|session-id=5");
    driver.step(2 * cycles);
    EXPECT_EQ(answered(client, request), first.original);
    EXPECT_EQ(driver.log_files(), 1);
    EXPECT_TRUE(remove(other, first));
    driver.pass(2s);
    EXPECT_EQ(driver.log_files(), 1) << "it is also the other's";
}

TEST_F(NotSparseToTheNetwork, PublicationsAreRefusedWhatOthersTookMeanwhile) {
    const auto request = ask(client, "|session-id=5", control::Sharing::exclusive);
    EXPECT_TRUE(try_publish(other, std::string{udp} + "|session-id=5", stream_7, control::Sharing::exclusive));
    driver.step(2 * cycles);
    EXPECT_THAT(client.error_to(request), StartsWith("1 session-id=5 in aeron:udp?"));
    EXPECT_EQ(driver.log_files(), 1);
}

}  // namespace
}  // namespace gale::testing
