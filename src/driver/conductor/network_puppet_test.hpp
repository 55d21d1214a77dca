/// For tests only: a driver on a network made of lists. The test is the publication at the other end: it writes
/// datagrams and reads what the driver's receiver sends.
#pragma once

#include "driver/conductor/streams_test.hpp"
#include "driver/receiver/testing.hpp"
#include "net/network.hpp"
#include "net/wrapper.hpp"

#include <gmock/gmock.h>

#include <list>
#include <map>

namespace gale::testing {

using driver::receiver::testing::Bytes;
using driver::receiver::testing::bytes_of;
using driver::receiver::testing::frame_at;
using driver::receiver::testing::heartbeat_at;
using driver::receiver::testing::Key;
using driver::receiver::testing::publisher;
using driver::receiver::testing::ScriptedPoller;
using driver::receiver::testing::ScriptedTransport;
using driver::receiver::testing::setup_frame;
using driver::receiver::testing::SetupOptions;

class ScriptedNetwork final : public net::Network {
public:
    struct Socket {
        net::TransportSpec spec;
        ScriptedTransport* transport = nullptr;  ///< null once it is closed
        bool reconnects = false;                 ///< else it refuses to
    };

    std::unique_ptr<net::Transport> open(const net::TransportSpec& spec) override {
        const bool taken = !spec.group && std::ranges::any_of(sockets, [&](const Socket& each) {
            return each.transport != nullptr && spec.local.port != 0 && each.spec.local == spec.local;
        });
        if (taken) throw Error{ErrorCode::generic, "address in use: " + net::to_string(spec.local)};
        Socket& socket = sockets.emplace_back(Socket{spec});
        if (spec.local.port == 0) socket.spec.local.port = next_port++;
        auto transport = std::make_unique<ScriptedTransport>();
        socket.transport = transport.get();
        return std::make_unique<Opened>(std::move(transport), socket);
    }
    std::unique_ptr<net::Poller> make_poller() override { return std::make_unique<ScriptedPoller>(); }
    std::vector<net::InterfaceAddress> interfaces() override { return interface_list; }
    channel::IpAddress resolve(std::string_view host) override {
        const auto found = names.find(host);
        if (found == names.end()) throw Error{ErrorCode::unknown_host, std::string{host} + " is not known"};
        return channel::parse_ip(found->second).value();
    }
    [[nodiscard]] int open_sockets() const {
        return static_cast<int>(
            std::ranges::count_if(sockets, [](const Socket& each) { return each.transport != nullptr; }));
    }

    std::list<Socket> sockets;  ///< all that were ever opened
    std::map<std::string, std::string, std::less<>> names;
    std::vector<net::InterfaceAddress> interface_list{
        {.name = "eth0", .index = 2, .ip = channel::parse_ip("10.1.0.5").value(), .prefix = 16, .can_multicast = true}};
    std::uint16_t next_port = 50'000;

private:
    class Opened final : public net::Wrapper {
    public:
        Opened(std::unique_ptr<ScriptedTransport> transport, Socket& socket)
            : Wrapper{std::move(transport)}, socket_{socket} {}
        ~Opened() override { socket_.transport = nullptr; }
        [[nodiscard]] net::SocketAddress local_address() const noexcept override { return socket_.spec.local; }
        [[nodiscard]] int send(std::span<const net::Datagram> batch, const net::SocketAddress* to) noexcept override {
            return inner().send(batch, to == nullptr && socket_.spec.connected ? &*socket_.spec.connected : to);
        }
        [[nodiscard]] bool reconnect(const net::SocketAddress& to) noexcept override {
            if (socket_.reconnects) socket_.spec.connected = to;
            return socket_.reconnects;
        }

    private:
        Socket& socket_;
    };
};

inline constexpr StreamId stream_10{10};  // of the frames

class NetworkTest : public ::testing::Test {
protected:
    static constexpr std::string_view channel = "aeron:udp?endpoint=127.0.0.1:40123";

    explicit NetworkTest(DriverOptions options = small_options()) : driver{with(std::move(options), network)} {}

    static DriverOptions with(DriverOptions options, net::Network& network) {
        options.environment.network = &network;
        return options;
    }
    /// Duty cycles enough for a question to cross all threads and come back.
    void settle() { driver.step(6); }
    /// The driver's newest socket, or an older one.
    [[nodiscard]] ScriptedTransport& socket(int back = 0) {
        return *std::next(network.sockets.rbegin(), back)->transport;
    }
    void receive(const Bytes& bytes, int back = 0, const net::SocketAddress& source = publisher) {
        socket(back).arrivals.emplace_back(bytes, source);
        settle();
    }

    struct Listening {
        CorrelationId id;
        CounterId status;
    };
    /// Nothing when it was refused; then the error is still in the inbox.
    std::optional<Listening> try_listen(Puppet& who, std::string_view uri, StreamId stream = stream_10) {
        const CorrelationId id = who.ask(add_subscription(uri, stream));
        settle();
        const auto heard =
            who.take_first<control::SubscriptionReady>([&](const auto& ready) { return ready.correlation_id == id; });
        if (!heard) return std::nullopt;
        return Listening{id, heard->as<control::SubscriptionReady>()->channel_status_counter};
    }
    Listening listen(Puppet& who, std::string_view uri = channel, StreamId stream = stream_10) {
        return try_listen(who, uri, stream).value();
    }
    /// Why a subscription is refused.
    std::string refusal(Puppet& who, std::string_view uri, StreamId stream = stream_10) {
        const CorrelationId id = who.ask(add_subscription(uri, stream));
        settle();
        return who.error_to(id);
    }
    /// The whole dialogue: a subscription, a set-up, an image.
    Image connect(Puppet& who, const SetupOptions& setup = {}, std::string_view uri = channel) {
        const Listening listening = listen(who, uri);
        receive(setup_frame(setup));
        return image_of(who, listening.id);
    }
    void receive_data(std::int64_t from, std::int64_t to, int back = 0) {
        for (std::int64_t at = from; at < to; at += 1024)
            socket(back).arrivals.emplace_back(frame_at(at, 1024), publisher);
        settle();
    }

    struct Said {
        std::int64_t position;
        std::int32_t window;
        std::uint8_t flags = 0;
        bool operator==(const Said&) const = default;
    };
    /// The frames of one kind that were sent since this was asked last.
    template <class Frame> std::vector<Frame> sent(int back = 0) {
        std::vector<Frame> frames;
        auto& list = socket(back).sent;
        for (const auto& each : list)
            if (view<wire::CommonHeader>(each.bytes)->type == Frame::type) frames.push_back(*view<Frame>(each.bytes));
        std::erase_if(list, [](const auto& each) { return view<wire::CommonHeader>(each.bytes)->type == Frame::type; });
        return frames;
    }
    std::vector<Said> statuses(int back = 0) {
        std::vector<Said> said;
        for (const wire::StatusMessage& each : sent<wire::StatusMessage>(back))
            said.push_back({logbuffer::Geometry{Key{}.initial, gale::testing::small_term}
                                .position({each.term_id, each.term_offset})
                                .value,
                            each.window, each.common.flags});
        return said;
    }
    [[nodiscard]] std::optional<shm::CounterView> counter(control::CounterType type) const {
        std::optional<shm::CounterView> found;
        driver.counters().for_each([&](const shm::CounterView& each) {
            if (each.type_id == static_cast<std::int32_t>(type)) found = each;
        });
        return found;
    }

    ScriptedNetwork network;  // outlives the driver
    TestDriver driver;
    Puppet client{driver};
};

}  // namespace gale::testing
