#include "driver/conductor/streams_test.hpp"

#include <gmock/gmock.h>

namespace gale::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ClientCounters : public ::testing::Test {
protected:
    TestDriver driver;
    Puppet client{driver};
    Puppet other{driver};

    CounterId static_counter(Puppet& who, std::int64_t registration, std::int32_t type = 1002) {
        const auto id =
            who.ask(control::AddStaticCounter{.registration_id = registration, .type_id = type, .label = "static"});
        const auto heard =
            who.take_first<control::StaticCounter>([&](const auto& e) { return e.correlation_id == id; });
        return heard ? heard->as<control::StaticCounter>()->counter_id : no_counter;
    }
};

TEST_F(ClientCounters, OfTheSystemHaveTheirNumbersAsIds) {
    for (std::int32_t number = 0; number < control::system_counter_count; ++number) {
        const auto counter = driver.counters().look(CounterId{number}).value();
        EXPECT_EQ(counter.type_id, 0);
        EXPECT_EQ(counter.registration_id, number);
        EXPECT_EQ(counter.owner_id, -1);
        EXPECT_TRUE(counter.label.starts_with(control::label(control::SystemCounter{number}))) << counter.label;
    }
    EXPECT_EQ(driver.value(control::SystemCounter::control_protocol_version), 65536);
    EXPECT_EQ(driver.value(control::SystemCounter::aeron_version), (1 << 16) | (53 << 8));
    EXPECT_EQ(driver.counters().look(CounterId{27})->label,
              "Conductor work cycle exceeded threshold count: threshold=100ms INVOKER");
    EXPECT_EQ(driver.counters().look(CounterId{25})->label, "Resolution changes: driverName=");
}

TEST_F(ClientCounters, OfRefusalsComeBehindThose) {
    for (std::int32_t number = 0; number < control::refusal_count; ++number) {
        const auto counter = driver.counters().look(CounterId{control::system_counter_count + number}).value();
        EXPECT_EQ(counter.type_id, 900);
        EXPECT_EQ(counter.registration_id, number);
        EXPECT_EQ(counter.owner_id, -1);
        EXPECT_EQ(counter.value, 0);
        EXPECT_EQ(counter.label, control::label(control::Refusal{number}));
    }
}

TEST_F(ClientCounters, AreAnnouncedToEverybodyWithTheirOwner) {
    const auto key = as_bytes("key");
    const auto id = client.ask(control::AddCounter{.type_id = 1001, .key = key, .label = "a label"});
    EXPECT_THAT(client.take_lines(), ElementsAre(line("COUNTER_READY", client.id().value), line("COUNTER_READY", id)));
    const auto heard = other.take();
    ASSERT_EQ(heard.size(), 2U);
    const auto* ready = heard[1].as<control::CounterReady>();
    const auto counter = driver.counters().look(ready->counter_id).value();
    EXPECT_EQ(counter.type_id, 1001);
    EXPECT_EQ(counter.label, "a label");
    EXPECT_EQ(as_text(counter.key.first(3)), "key");
    EXPECT_EQ(counter.registration_id, id.value);
    EXPECT_EQ(counter.owner_id, client.id().value);
    EXPECT_EQ(counter.value, 0);
}

TEST_F(ClientCounters, GoWithSuccessFirstThenTheNews) {
    const auto id = client.ask(control::AddCounter{.type_id = 1001, .label = "a label"});
    client.take();
    const auto removal = client.ask(control::RemoveCounter{.registration_id = id});
    EXPECT_THAT(client.take_lines(), ElementsAre(line("SUCCESS", removal), line("UNAVAILABLE_COUNTER", id)));
    const auto again = client.ask(control::RemoveCounter{.registration_id = id});
    EXPECT_EQ(client.error_to(again).substr(0, 2), "5 ");
}

TEST_F(ClientCounters, CutWhatIsTooLong) {
    const std::string label(1000, 'l');
    const std::string key(500, 'k');
    const auto id = client.ask(control::AddCounter{.type_id = 1001, .key = as_bytes(key), .label = label});
    const auto counter = driver.counters().look(driver.counters().find(1001, id.value).value()).value();
    EXPECT_EQ(counter.label, label.substr(0, 380));
    EXPECT_EQ(as_text(counter.key), key.substr(0, 112));
}

TEST_F(ClientCounters, ThatAreStaticAreSharedAndOutliveEverybody) {
    const CounterId counter = static_counter(client, 77);
    EXPECT_NE(counter, no_counter);
    EXPECT_EQ(static_counter(other, 77), counter);
    EXPECT_NE(static_counter(other, 78), counter);
    EXPECT_NE(static_counter(other, 77, 1003), counter);
    EXPECT_EQ(driver.counters().look(counter)->owner_id, -1);
    client.ask(control::ClientClose{});
    other.die();
    driver.pass(14s);
    EXPECT_EQ(driver.counters().state(counter), shm::CounterState::allocated);
}

TEST_F(ClientCounters, ThatAreStaticAreNotAnnounced) {
    const auto id = client.ask(control::AddStaticCounter{.registration_id = 5, .type_id = 1002, .label = "s"});
    EXPECT_THAT(other.take_lines(), ElementsAre(line("COUNTER_READY", client.id().value), line("STATIC_COUNTER", id)));
}

TEST_F(ClientCounters, ThatSomebodyOwnsAreNotTakenForStatic) {
    const auto owned = client.ask(control::AddCounter{.type_id = 1002, .label = "owned"});
    const auto id =
        other.ask(control::AddStaticCounter{.registration_id = owned.value, .type_id = 1002, .label = "static"});
    const std::string error = other.error_to(id);
    EXPECT_EQ(error.substr(0, 3), "11 ");
    EXPECT_NE(error.find("registration id " + std::to_string(owned.value)), error.npos);
}

TEST_F(ClientCounters, ThatRunOutAreRefusedByTheNameOfTheOption) {
    const auto capacity = driver.counters().capacity();
    CorrelationId last;
    for (int i = 0; i <= capacity; ++i) last = client.ask(control::AddCounter{.type_id = 1001, .label = "x"});
    const std::string error = client.error_to(last);
    EXPECT_EQ(error.substr(0, 3), "11 ");
    EXPECT_NE(error.find("counters.buffer.length"), error.npos);
    // Publications and newcomers need counters, too. What they had begun is undone.
    const auto publication = client.ask(add_publication("aeron:ipc", stream_7));
    EXPECT_NE(client.error_to(publication).find("counters.buffer.length"), error.npos);
    EXPECT_EQ(driver.log_files(), 0);
    const auto newcomer = other.ask(add_subscription("aeron:ipc", stream_7));
    EXPECT_NE(other.error_to(newcomer).find("counters.buffer.length"), error.npos);
    EXPECT_FALSE(other.heartbeat());
}

TEST_F(ClientCounters, ThatJustSufficeForAPublicationButNotForItsClientAreGivenBack) {
    const auto capacity = driver.counters().capacity();
    for (int i = control::driver_counter_count + 1; i < capacity - 2; ++i)
        client.ask(control::AddCounter{.type_id = 1001, .label = "x"});
    const auto id = other.ask(add_publication("aeron:ipc", stream_7));
    EXPECT_EQ(other.error_to(id).substr(0, 3), "11 ");
    EXPECT_EQ(driver.log_files(), 0);
    EXPECT_EQ(driver.counters_of(control::CounterType::publisher_limit), 0);
    driver.pass(2s);  // what was given back has cooled down
    EXPECT_TRUE(try_publish(client, "aeron:ipc"));
}

TEST_F(ClientCounters, OfStreamsTellWhoseTheyAre) {
    const auto publication = publish_exclusively(client, "aeron:ipc?alias=a");
    const auto subscription = subscribe(other, "aeron:ipc?alias=b");
    const auto image = image_of(other, subscription);
    const std::string stream =
        std::to_string(publication.id.value) + " " + std::to_string(publication.session.value) + " 7 ";
    const auto limit = driver.counters().look(publication.limit_counter).value();
    EXPECT_EQ(limit.type_id, 1);
    EXPECT_EQ(limit.label, "pub-lmt: " + stream + "aeron:ipc?alias=a");
    EXPECT_EQ(limit.registration_id, publication.id.value);
    EXPECT_EQ(limit.owner_id, client.id().value);
    const auto position =
        driver.counters().look(publication.counter(control::CounterType::publisher_position).value()).value();
    EXPECT_EQ(position.label, "pub-pos (exclusive): " + stream + "aeron:ipc?alias=a");
    const auto read = driver.counters().look(image.position_counter).value();
    EXPECT_EQ(read.type_id, 4);
    EXPECT_EQ(read.label, "sub-pos: " + std::to_string(subscription.value) + " " +
                              std::to_string(publication.session.value) + " 7 aeron:ipc?alias=b @0");
    EXPECT_EQ(read.registration_id, subscription.value);
    EXPECT_EQ(read.owner_id, other.id().value);
    EXPECT_EQ(read.reference_id, publication.id.value);
    std::int64_t key = 0;
    std::memcpy(&key, read.key.data(), sizeof key);
    EXPECT_EQ(key, subscription.value);
}

TEST_F(ClientCounters, OfMappedBytesFollowTheLogs) {
    const auto idle = driver.value(control::SystemCounter::bytes_currently_mapped);
    EXPECT_EQ(idle, static_cast<std::int64_t>(driver.cnc().length()) + 4096);
    const auto publication = publish(client);
    driver.pass(1s);
    EXPECT_EQ(driver.value(control::SystemCounter::bytes_currently_mapped), idle + 3 * 65536 + 4096);
    remove(client, publication);
    driver.pass(3s);
    EXPECT_EQ(driver.value(control::SystemCounter::bytes_currently_mapped), idle);
}

}  // namespace
}  // namespace gale::testing
