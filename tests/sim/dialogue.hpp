/// Dialogues between drivers, told line by line instead of by chance, and every datagram that was sent in them.
#pragma once

#include "net/socket_address.hpp"
#include "sim/driver_process.hpp"
#include "sim/network_process.hpp"
#include "sim/world.hpp"

#include <gale/client.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace gale::sim {

template <class Condition> void wait_until(World& world, Condition condition) {
    if (!world.run_until(condition, 60s)) throw std::runtime_error{"what the dialogue waits for does not come"};
}

/// A program that polls all its subscriptions all the time.
class Program final : public Process {
public:
    Program(World& world, std::string name, DriverProcess& driver);

    void run() override;

    /// Wait for the driver, while the world goes on; throw when it does not answer.
    Publication publish(const std::string& channel, std::int32_t stream);
    ExclusivePublication publish_exclusively(const std::string& channel, std::int32_t stream);
    std::shared_ptr<Subscription> subscribe(const std::string& channel, std::int32_t stream);
    template <class Endpoint> void add_destination(Endpoint& of, const std::string& channel) {
        static_cast<void>(await(of.async_add_destination(channel)));
    }
    template <class Endpoint> void remove_destination(Endpoint& of, const std::string& channel) {
        static_cast<void>(await(of.async_remove_destination(channel)));
    }
    /// As Image::reject, which waits in real time.
    void reject(const Image& image, std::string_view reason);
    /// Closes it.
    void leave(std::shared_ptr<Subscription>& subscription);

private:
    template <class Resource> Resource await(Pending<Resource> wish);

    Client client_;
    std::vector<std::shared_ptr<Subscription>> subscriptions_;
};

/// Machines a, b and c (10.0.0.1 to 3), each with a driver and a program, and what they say to each other.
class Dialogue {
public:
    struct Sent {
        Nanos time{};
        net::SocketAddress from;
        net::SocketAddress to;
        std::vector<std::byte> bytes;
    };

    Dialogue();

    [[nodiscard]] Program& program(char machine) noexcept { return *programs_.at(machine); }
    void wait(Nanos time) { world_.run_for(time); }
    /// Until it is so. Throws when it is not within a minute of the world's time: nothing that follows would make
    /// sense.
    template <class Condition> void until(Condition condition) { wait_until(world_, condition); }
    /// How much of what one machine sends to another is lost behind the place where `sent` is noted.
    void lose(char from, char to, double part) { network_.network().link({from}, {to}).loss = part; }
    /// Everything, each datagram once, however many hear it.
    [[nodiscard]] const std::vector<Sent>& sent() const noexcept { return sent_; }

private:
    World world_{1};
    NetworkProcess& network_;
    std::map<char, Program*> programs_;
    std::map<std::string, std::string> observers_;  // of groups: one of the machines that hear them
    std::vector<Sent> sent_;
};

/// Publishes, while the world goes on, when the publication cannot do so at once.
template <class AnyPublication>
void say(Dialogue& dialogue, AnyPublication& publication, std::size_t length, int count = 1) {
    const std::vector<std::byte> message(length, std::byte{'x'});
    for (; count > 0; --count) dialogue.until([&] { return bool{publication.offer(message)}; });
}

/// A dialogue, by the name that the recorded one has.
struct Script {
    std::string_view name;
    void (*tell)(Dialogue&);
    friend std::ostream& operator<<(std::ostream& out, const Script& script) { return out << script.name; }
};
[[nodiscard]] const std::vector<Script>& scripts();

}  // namespace gale::sim
