#include "client/testing.hpp"

#include <gtest/gtest.h>

namespace gale::client::testing {
namespace {

TEST(Counters, OfOnesOwn) {
    World world;
    const std::byte key[4] = {std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}};
    auto counter = world.settle(world.client.async_add_counter({.type_id = 1234, .label = "mine", .key = key}));
    counter.set(5);
    EXPECT_EQ(counter.add(2), 5);
    EXPECT_TRUE(counter.compare_and_set(7, 9));
    EXPECT_FALSE(counter.compare_and_set(7, 10));
    EXPECT_EQ(counter.value(), 9);
    const auto reader = world.client.counters();
    const auto info = reader.look(counter.id());
    ASSERT_TRUE(info.has_value());
    EXPECT_EQ(info->type_id, 1234);
    EXPECT_EQ(info->label, "mine");
    EXPECT_EQ(info->value, 9);
    EXPECT_EQ(info->owner_id, world.client.client_id().value);
    EXPECT_EQ(info->key[2], std::byte{3});
    EXPECT_EQ(reader.find(1234, counter.registration_id()), counter.id());
    const CounterId id = counter.id();
    counter.close();
    EXPECT_TRUE(counter.is_closed());
    EXPECT_EQ(counter.value(), 9);
    world.step();
    EXPECT_FALSE(reader.value(id).has_value());
    EXPECT_FALSE(reader.find(1234, info->registration_id).has_value());
}

TEST(Counters, FreedByTheDriverAreClosed) {
    World world;
    auto counter = world.settle(world.client.async_add_counter({.label = "mine"}));
    counter.set(3);
    world.driver.tell(control::UnavailableCounter{CorrelationId{counter.registration_id()}, counter.id()});
    world.client.do_work();
    EXPECT_TRUE(counter.is_closed());
    EXPECT_EQ(counter.value(), 3);
}

TEST(Counters, ThatAreStaticAreEverybodys) {
    World world;
    auto first = world.settle(world.client.async_add_static_counter({.type_id = 1500, .label = "ours"}, 42));
    auto second = world.settle(world.client.async_add_static_counter({.type_id = 1500, .label = "ours"}, 42));
    EXPECT_EQ(first.id(), second.id());
    EXPECT_EQ(first.registration_id(), 42);
    first.set(8);
    first.close();
    EXPECT_EQ(second.value(), 8);
    EXPECT_TRUE(world.driver.take().empty());
}

TEST(Counters, KeysAndLabelsAreCutToTheirRoom) {
    World world;
    const std::vector<std::byte> key(200);
    auto pending = world.client.async_add_counter({.label = std::string(500, 'l'), .key = key});
    const auto commands = world.driver.respond();
    const auto command = commands.at(0).as<control::AddCounter>();
    EXPECT_EQ(command.key.size(), 112U);
    EXPECT_EQ(command.label.size(), 380U);
}

TEST(Counters, ReaderKnowsItsBounds) {
    World world;
    const auto reader = world.client.counters();
    EXPECT_EQ(reader.max_counter_id(), CounterId{511});
    EXPECT_FALSE(reader.look(CounterId{-1}).has_value());
    EXPECT_FALSE(reader.look(CounterId{512}).has_value());
    EXPECT_FALSE(reader.value(CounterId{511}).has_value());
    int count = 0;
    reader.for_each([&](const CounterInfo&) { ++count; });
    EXPECT_EQ(count, control::system_counter_count);
    Counter none;
    EXPECT_TRUE(none.is_closed());
    EXPECT_EQ(none.value(), 0);
    EXPECT_EQ(none.id(), no_counter);
}

}  // namespace
}  // namespace gale::client::testing
