#include "sim/dialogue.hpp"

#include "client/client_core.hpp"
#include "client/image_state.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

namespace gale::sim {

Program::Program(World& world, std::string name, DriverProcess& driver)
    : Process{world, std::move(name)},
      client_{Client::connect(
          {.directory = driver.directory(), .conductor = ConductorMode::invoker, .clock = &world.clock()})} {}

void Program::run() {
    client_.do_work();
    for (const auto& subscription : subscriptions_)
        subscription->poll([](std::span<const std::byte>, const Header&) {}, 10);
}

template <class Resource> Resource Program::await(Pending<Resource> wish) {
    std::optional<Resource> made;
    wait_until(world(), [&] { return (made = wish.poll()).has_value(); });
    return std::move(*made);
}

Publication Program::publish(const std::string& channel, std::int32_t stream) {
    return await(client_.async_add_publication(channel, StreamId{stream}));
}

ExclusivePublication Program::publish_exclusively(const std::string& channel, std::int32_t stream) {
    return await(client_.async_add_exclusive_publication(channel, StreamId{stream}));
}

std::shared_ptr<Subscription> Program::subscribe(const std::string& channel, std::int32_t stream) {
    auto made = std::make_shared<Subscription>(await(client_.async_add_subscription(channel, StreamId{stream})));
    subscriptions_.push_back(made);
    return made;
}

void Program::reject(const Image& image, std::string_view reason) {
    static_cast<void>(await(Pending<CorrelationId>{image.state()->core()->reject_image(*image.state(), reason)}));
}

void Program::leave(std::shared_ptr<Subscription>& subscription) {
    subscription->close();
    std::erase(subscriptions_, subscription);
}

Dialogue::Dialogue() : network_{world_.start<NetworkProcess>("network", "dialogue")} {
    std::map<char, DriverProcess*> drivers;
    for (const char name : {'a', 'b', 'c'}) {
        net::Network& host = network_.add_host({name}, {"10.0.0." + std::to_string(name - 'a' + 1)});
        drivers[name] = &world_.start<DriverProcess>(std::string{"driver "} + name, [&host](DriverOptions& options) {
            options.environment.network = &host;
            options.cubic_measures_round_trip = true;
            options.cubic_initial_round_trip = 20ms;
        });
    }
    network_.network().set_links({.delay = 1ms});
    network_.network().set_filter([this](const testing::Flight& flight) {
        const std::string observer{flight.to_host};
        if (!flight.to.is_multicast() ||
            observers_.try_emplace(net::to_string(flight.to), observer).first->second == observer)
            sent_.push_back({.time = world_.now(),
                             .from = flight.from,
                             .to = flight.to,
                             .bytes = {flight.bytes.begin(), flight.bytes.end()}});
        return true;
    });
    world_.run_for(1s);
    for (const auto& [name, driver] : drivers)
        programs_[name] = &world_.start<Program>(std::string{"program "} + name, *driver);
}

namespace {

const std::string to_b = "aeron:udp?endpoint=10.0.0.2:20121|term-length=64k";

bool has_image(const std::shared_ptr<Subscription>& subscription) { return subscription->is_connected(); }
bool is_alone(const std::shared_ptr<Subscription>& subscription) { return !subscription->is_connected(); }

void tell_lifecycle(Dialogue& dialogue) {
    auto publication = dialogue.program('a').publish_exclusively(
        to_b + "|init-term-id=2147483646|term-id=2147483646|term-offset=0|session-id=1001001", 1001);
    dialogue.wait(310ms);
    auto subscription = dialogue.program('b').subscribe(to_b, 1001);
    dialogue.until([&] { return publication.is_connected(); });
    for (int i = 0; i < 5; ++i) {
        dialogue.wait(30ms);
        say(dialogue, publication, 9);
    }
    dialogue.wait(600ms);
    publication.close();
    dialogue.until([&] { return is_alone(subscription); });
    dialogue.wait(8s);
}

// Lengths at and around whole frames, padding in the middle and at the end of a term, a claim that comes to nothing.
void tell_fragments(Dialogue& dialogue) {
    auto subscription = dialogue.program('b').subscribe(to_b, 1001);
    auto publication =
        dialogue.program('a').publish_exclusively(to_b + "|init-term-id=-3|term-id=-1|term-offset=32768", 1001);
    dialogue.until([&] { return publication.is_connected(); });
    dialogue.wait(150ms);
    for (const std::size_t length :
         std::initializer_list<std::size_t>{0, 1, 31, 32, 33, 1375, 1376, 1377, 2752, 4128}) {
        say(dialogue, publication, length);
        dialogue.wait(5ms);
    }
    say(dialogue, publication, 8, 3);
    dialogue.wait(5ms);
    BufferClaim claim;
    dialogue.until([&] { return bool{publication.try_claim(100, claim)}; });
    claim.abort();
    dialogue.wait(5ms);
    say(dialogue, publication, 8);
    for (const std::int32_t length : {0, 32}) EXPECT_TRUE(publication.append_padding(length));
    dialogue.wait(5ms);
    for (int i = 0; i < 4; ++i) say(dialogue, publication, 8192);  // over the end of the term
    dialogue.wait(500ms);
}

/// Enough for some of it to be lost and asked for.
void publish_through_loss(Dialogue& dialogue, Publication& publication, char to) {
    dialogue.wait(150ms);
    dialogue.lose('a', to, 0.125);
    for (int i = 0; i < 10; ++i) {
        say(dialogue, publication, 1000, 4);
        dialogue.wait(5ms);
    }
    dialogue.wait(1s);
    dialogue.lose('a', to, 0);
}

void tell_loss(Dialogue& dialogue) {
    auto subscription = dialogue.program('b').subscribe(to_b, 1001);
    auto publication = dialogue.program('a').publish(to_b, 1001);
    dialogue.until([&] { return publication.is_connected(); });
    publish_through_loss(dialogue, publication, 'b');
}

// The subscriber leaves, and after its image is forgotten another one comes.
void tell_rejoin(Dialogue& dialogue) {
    auto subscription = dialogue.program('b').subscribe(to_b, 1001);
    auto publication = dialogue.program('a').publish(to_b, 1001);
    dialogue.until([&] { return publication.is_connected(); });
    dialogue.wait(50ms);
    say(dialogue, publication, 9, 3);
    dialogue.wait(500ms);
    dialogue.program('b').leave(subscription);
    dialogue.wait(20s);
    subscription = dialogue.program('b').subscribe(to_b, 1001);
    dialogue.until([&] { return has_image(subscription); });
    dialogue.wait(500ms);
    say(dialogue, publication, 9, 3);
    dialogue.wait(500ms);
}

void tell_multicast(Dialogue& dialogue) {
    const std::string group = "aeron:udp?endpoint=224.20.30.39:20126|interface=10.0.0.0/24|ttl=3|term-length=64k";
    auto first = dialogue.program('b').subscribe(group, 1001);
    auto second = dialogue.program('c').subscribe(group, 1001);
    auto publication = dialogue.program('a').publish(group, 1001);
    dialogue.until([&] { return has_image(first) && has_image(second) && publication.is_connected(); });
    publish_through_loss(dialogue, publication, 'c');
    publication.close();
    dialogue.until([&] { return is_alone(first) && is_alone(second); });
    dialogue.wait(8s);
}

// The second comes late, and leaves.
void tell_dynamic(Dialogue& dialogue) {
    const std::string control = "aeron:udp?control=10.0.0.1:20127|control-mode=dynamic";
    auto first = dialogue.program('b').subscribe(control + "|endpoint=10.0.0.2:20128", 1001);
    auto publication = dialogue.program('a').publish(control + "|fc=min|term-length=64k", 1001);
    dialogue.until([&] { return publication.is_connected(); });
    dialogue.wait(50ms);
    say(dialogue, publication, 9, 3);
    dialogue.wait(600ms);
    auto second = dialogue.program('c').subscribe(control + "|endpoint=10.0.0.3:20128", 1001);
    dialogue.until([&] { return has_image(second); });
    dialogue.wait(600ms);
    say(dialogue, publication, 9, 3);
    dialogue.wait(2s);
    dialogue.program('c').leave(second);
    dialogue.wait(10s);
}

void tell_manual(Dialogue& dialogue) {
    const std::string here = "aeron:udp?endpoint=10.0.0.2:20129";
    const std::string there = "aeron:udp?endpoint=10.0.0.3:20129";
    auto first = dialogue.program('b').subscribe(here, 1001);
    auto second = dialogue.program('c').subscribe(there, 1001);
    auto publication = dialogue.program('a').publish("aeron:udp?control-mode=manual|term-length=64k", 1001);
    dialogue.program('a').add_destination(publication, here);
    dialogue.until([&] { return publication.is_connected(); });
    dialogue.wait(50ms);
    say(dialogue, publication, 9, 3);
    dialogue.wait(500ms);
    dialogue.program('a').add_destination(publication, there);
    dialogue.until([&] { return has_image(second); });
    dialogue.wait(500ms);
    say(dialogue, publication, 9, 3);
    dialogue.wait(500ms);
    dialogue.program('a').remove_destination(publication, here);
    say(dialogue, publication, 9);
    dialogue.wait(1s);
}

// Two publishers of one session, to the two places of one subscription; one ends first.
void tell_many_sources(Dialogue& dialogue) {
    const auto channel = [](int port) { return "aeron:udp?endpoint=10.0.0.2:" + std::to_string(port); };
    const std::string start = "|session-id=1001012|init-term-id=7|term-id=7|term-offset=0|term-length=64k";
    auto subscription = dialogue.program('b').subscribe("aeron:udp?control-mode=manual", 1001);
    dialogue.program('b').add_destination(*subscription, channel(20130));
    dialogue.program('b').add_destination(*subscription, channel(20131));
    auto one = dialogue.program('a').publish_exclusively(channel(20130) + start, 1001);
    auto other = dialogue.program('c').publish_exclusively(channel(20131) + start, 1001);
    dialogue.until([&] { return one.is_connected() && other.is_connected(); });
    dialogue.wait(150ms);
    for (int i = 0; i < 4; ++i) {
        say(dialogue, one, 9);
        say(dialogue, other, 9);
        dialogue.wait(10ms);
    }
    dialogue.wait(500ms);
    one.close();
    dialogue.wait(2s);
    EXPECT_TRUE(has_image(subscription));
    other.close();
    dialogue.until([&] { return is_alone(subscription); });
    dialogue.wait(1s);
}

void tell_cubic(Dialogue& dialogue) {
    auto subscription = dialogue.program('b').subscribe(to_b + "|cc=cubic", 1001);
    auto publication = dialogue.program('a').publish("aeron:udp?endpoint=10.0.0.2:20121|term-length=1m", 1001);
    dialogue.until([&] { return publication.is_connected(); });
    dialogue.wait(150ms);
    dialogue.lose('a', 'b', 0.05);
    say(dialogue, publication, 1300, 100);
    dialogue.wait(500ms);
}

void tell_revoke(Dialogue& dialogue) {
    auto subscription = dialogue.program('b').subscribe(to_b, 1001);
    auto publication = dialogue.program('a').publish_exclusively(to_b + "|linger=1s", 1001);
    dialogue.until([&] { return publication.is_connected(); });
    dialogue.wait(150ms);
    say(dialogue, publication, 9);
    dialogue.wait(400ms);
    publication.revoke();
    dialogue.wait(4s);
}

void tell_response(Dialogue& dialogue) {
    const std::string control = "aeron:udp?control-mode=response|control=10.0.0.2:20134";
    const std::string request = "aeron:udp?endpoint=10.0.0.2:20133";
    auto requests = dialogue.program('b').subscribe(request, 1001);
    auto answers = dialogue.program('a').subscribe(control, 1002);
    auto asking = dialogue.program('a').publish_exclusively(
        request + "|response-correlation-id=" + std::to_string(answers->registration_id().value), 1001);
    dialogue.until([&] { return has_image(requests) && asking.is_connected(); });
    dialogue.wait(50ms);
    say(dialogue, asking, 9);
    const std::int64_t image = requests->images().front().correlation_id().value;
    auto answering =
        dialogue.program('b').publish_exclusively(control + "|response-correlation-id=" + std::to_string(image), 1002);
    dialogue.until([&] { return answering.is_connected() && has_image(answers); });
    dialogue.wait(500ms);
    for (int i = 0; i < 3; ++i) {
        say(dialogue, asking, 9);
        say(dialogue, answering, 9);
        dialogue.wait(800ms);
    }
    asking.close();
    answering.close();
    dialogue.until([&] { return is_alone(requests) && is_alone(answers); });
    dialogue.wait(2s);
}

void tell_rejection(Dialogue& dialogue) {
    auto subscription = dialogue.program('b').subscribe(to_b + "|gtag=-42", 1001);
    auto publication = dialogue.program('a').publish(to_b, 1001);
    dialogue.until([&] { return publication.is_connected() && has_image(subscription); });
    dialogue.wait(50ms);
    say(dialogue, publication, 9);
    dialogue.wait(300ms);
    dialogue.program('b').reject(subscription->images().front(), "not wanted here");
    dialogue.until([&] { return is_alone(subscription); });
    dialogue.until([&] { return has_image(subscription); });
    dialogue.wait(500ms);
}

void tell_tagged(Dialogue& dialogue) {
    const std::string control = "aeron:udp?control=10.0.0.1:20136|control-mode=dynamic";
    auto plain = dialogue.program('b').subscribe(control + "|endpoint=10.0.0.2:20137", 1001);
    auto publication = dialogue.program('a').publish(control + "|fc=tagged,g:77/1|term-length=64k", 1001);
    dialogue.until([&] { return has_image(plain); });
    dialogue.wait(500ms);
    EXPECT_FALSE(publication.is_connected());
    auto tagged = dialogue.program('c').subscribe(control + "|endpoint=10.0.0.3:20137|gtag=77", 1001);
    dialogue.until([&] { return publication.is_connected(); });
    say(dialogue, publication, 9, 3);
    dialogue.wait(1500ms);
}

}  // namespace

const std::vector<Script>& scripts() {
    static const std::vector<Script> all{
        {"unicast-lifecycle", tell_lifecycle},
        {"unicast-fragments", tell_fragments},
        {"unicast-loss", tell_loss},
        {"unicast-rejoin", tell_rejoin},
        {"multicast", tell_multicast},
        {"mdc-dynamic", tell_dynamic},
        {"mdc-manual", tell_manual},
        {"mds", tell_many_sources},
        {"cubic-rttm", tell_cubic},
        {"revoke", tell_revoke},
        {"response-channel", tell_response},
        {"reject-image", tell_rejection},
        {"tagged-flow-control", tell_tagged},
    };
    return all;
}

}  // namespace gale::sim
