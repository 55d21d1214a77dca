/// How far datagrams of groups may go: what a publication asks for is what its datagrams bear, and a receiver that
/// answers less far says so. With drivers that really talk, and a plain socket that looks at what they send.
#include "control/cnc_file.hpp"
#include "control/counter_types.hpp"
#include "net/network.hpp"
#include "os/mapped_file.hpp"
#include "shm/error_log.hpp"
#include "support/process.hpp"
#include "system/embedded_end.hpp"
#include "system/ports.hpp"
#include "wire/frames.hpp"

#include <gale/gale.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace gale::testing {
namespace {

using std::chrono::steady_clock;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// What one datagram bore, and what the set-up in it said.
struct Heard {
    StreamId stream;
    int hops = -1;
    std::int32_t told = -1;
};

/// A member of a group, which no driver knows of.
class Listener {
public:
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;
    ~Listener() { ::close(socket_); }

    /// On the loopback interface. Its address as a channel has it is filled in.
    static Listener v4(std::uint16_t port) {
        Listener made{AF_INET};
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        ip_mreq request{};
        ::inet_pton(AF_INET, "224.20.30.47", &request.imr_multiaddr);
        request.imr_interface.s_addr = htonl(INADDR_LOOPBACK);
        made.begin(reinterpret_cast<const sockaddr*>(&address), sizeof address);
        made.set(IPPROTO_IP, IP_ADD_MEMBERSHIP, request);
        made.set(IPPROTO_IP, IP_RECVTTL, 1);
        return made;
    }
    static Listener v6(std::uint16_t port, unsigned interface_index) {
        Listener made{AF_INET6};
        sockaddr_in6 address{};
        address.sin6_family = AF_INET6;
        address.sin6_port = htons(port);
        ipv6_mreq request{};
        ::inet_pton(AF_INET6, "ff01::4747", &request.ipv6mr_multiaddr);
        request.ipv6mr_interface = interface_index;
        made.begin(reinterpret_cast<const sockaddr*>(&address), sizeof address);
        made.set(IPPROTO_IPV6, IPV6_JOIN_GROUP, request);
        made.set(IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1);
        return made;
    }

    /// The first set-up of each of so many streams, waited for.
    std::map<std::int32_t, Heard> setups(std::size_t streams) {
        std::map<std::int32_t, Heard> all;
        const auto deadline = steady_clock::now() + patience;
        while (all.size() < streams && steady_clock::now() < deadline)
            if (const auto heard = receive()) all.emplace(heard->stream.value, *heard);
        EXPECT_EQ(all.size(), streams);
        return all;
    }

private:
    explicit Listener(int family) : socket_{::socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0)} {}
    Listener(Listener&& other) noexcept : socket_{std::exchange(other.socket_, -1)} {}

    template <class Value> void set(int level, int option, const Value& value) const {
        EXPECT_EQ(::setsockopt(socket_, level, option, &value, sizeof value), 0) << std::strerror(errno);
    }
    void begin(const sockaddr* address, socklen_t length) const {
        set(SOL_SOCKET, SO_REUSEADDR, 1);
        set(SOL_SOCKET, SO_REUSEPORT, 1);
        EXPECT_EQ(::bind(socket_, address, length), 0) << std::strerror(errno);
    }

    std::optional<Heard> receive() const {
        pollfd waits{.fd = socket_, .events = POLLIN, .revents = 0};
        ::poll(&waits, 1, 100);
        std::array<std::byte, 2048> bytes{};
        alignas(cmsghdr) std::array<std::byte, 256> control{};
        iovec memory{.iov_base = bytes.data(), .iov_len = bytes.size()};
        msghdr message{};
        message.msg_iov = &memory;
        message.msg_iovlen = 1;
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        const ssize_t length = ::recvmsg(socket_, &message, MSG_DONTWAIT);
        if (length < 0) return std::nullopt;
        const auto* const header = view<wire::CommonHeader>(std::span{bytes}.first(static_cast<std::size_t>(length)));
        if (header == nullptr || header->type != wire::FrameType::setup) return std::nullopt;
        const auto& setup = *view<wire::Setup>(std::span{bytes}.first(static_cast<std::size_t>(length)));
        Heard heard{.stream = setup.stream_id, .told = setup.ttl};
        for (cmsghdr* each = CMSG_FIRSTHDR(&message); each != nullptr; each = CMSG_NXTHDR(&message, each)) {
            const bool is_hops = (each->cmsg_level == IPPROTO_IP && each->cmsg_type == IP_TTL) ||
                                 (each->cmsg_level == IPPROTO_IPV6 && each->cmsg_type == IPV6_HOPLIMIT);
            if (is_hops) std::memcpy(&heard.hops, CMSG_DATA(each), sizeof heard.hops);
        }
        return heard;
    }

    int socket_;
};

std::uint16_t new_port() {
    const std::string channel = new_channel();
    return static_cast<std::uint16_t>(std::stoi(channel.substr(channel.rfind(':') + 1)));
}

std::string group_v4(std::uint16_t port) {
    return "aeron:udp?endpoint=224.20.30.47:" + std::to_string(port) + "|interface=localhost|term-length=64k";
}

std::function<void(DriverOptions&)> with_ttl(int hops) {
    return [hops](DriverOptions& options) { options.socket_multicast_ttl = hops; };
}

/// Two publications on one driver share a socket where their channels are the same place, so each has a port of its
/// own.
void expect_hops(const std::function<std::string(std::uint16_t)>& group,
                 const std::function<Listener(std::uint16_t)>& listen) {
    const std::uint16_t ports[] = {new_port(), new_port()};
    Listener one = listen(ports[0]);
    Listener another = listen(ports[1]);
    End plain;
    const auto far = plain.client.add_publication(group(ports[0]) + "|ttl=7", StreamId{1});
    const auto near = plain.client.add_publication(group(ports[1]), StreamId{2});
    End reaching{std::chrono::seconds{1}, with_ttl(5)};
    const auto its_own = reaching.client.add_publication(group(ports[0]), StreamId{3});
    const auto as_it_likes = reaching.client.add_publication(group(ports[1]) + "|ttl=0", StreamId{4});
    End shorter{std::chrono::seconds{1}, with_ttl(5)};
    const auto given = shorter.client.add_publication(group(ports[0]) + "|ttl=2", StreamId{5});

    auto first = one.setups(3);
    EXPECT_EQ(first[1].hops, 7);
    EXPECT_EQ(first[1].told, 7) << "what receivers compare their own with";
    EXPECT_EQ(first[3].hops, 5) << "as its driver is told";
    EXPECT_EQ(first[5].hops, 2) << "the channel's before the driver's";
    EXPECT_EQ(first[5].told, 2);
    auto second = another.setups(2);
    EXPECT_EQ(second[2].hops, 1) << "the system's default: not beyond the next router";
    EXPECT_EQ(second[2].told, 0);
    EXPECT_EQ(second[4].hops, 5) << "0 is nothing asked for";
}

TEST(TimeToLive, OfAGroupsDatagramsIsWhatThePublicationAskedFor) {
    expect_hops(group_v4, [](std::uint16_t port) { return Listener::v4(port); });
}

TEST(TimeToLive, OfAnIpv6GroupsDatagramsIsWhatThePublicationAskedFor) {
    const auto all = net::system_network().interfaces();
    const auto found = std::ranges::find_if(all, [](const net::InterfaceAddress& each) {
        return each.ip.family == channel::Family::v6 && each.can_multicast && !each.is_loopback;
    });
    if (found == all.end()) GTEST_SKIP() << "no interface of this machine has an IPv6 address and does multicast";
    const auto group = [&](std::uint16_t port) {
        return "aeron:udp?endpoint=[ff01::4747]:" + std::to_string(port) + "|interface={" + found->name +
               "}|term-length=64k";
    };
    expect_hops(group, [&](std::uint16_t port) { return Listener::v6(port, found->index); });
}

/// What a receiver's driver found out about the way back.
struct Findings {
    explicit Findings(const End& end)
        : cnc{control::CncFile::open(end.driver.directory(), os::Access::read_only).file.value()} {}
    [[nodiscard]] std::int64_t asymmetries() const {
        constexpr auto counter = static_cast<std::int32_t>(control::SystemCounter::possible_ttl_asymmetry);
        return cnc.counters().value(CounterId{counter}).load_acquire();
    }
    [[nodiscard]] std::vector<std::string> errors() const {
        std::vector<std::string> texts;
        shm::read_error_log(cnc.error_log(), Millis{0},
                            [&](const shm::ErrorObservation& error) { texts.emplace_back(error.text); });
        return texts;
    }
    control::CncFile cnc;
};

// Whose status messages do not reach as far as the stream does would leave the publication waiting, and nobody knew
// why.
TEST(TimeToLive, OfAReceiverThatIsShorterThanThePublicationsIsTold) {
    const std::string group = group_v4(new_port());
    End sending;
    End short_of_breath;
    End even;
    End even_by_itself{std::chrono::seconds{1}, with_ttl(9)};
    const std::map<const char*, std::pair<End*, std::string>> receivers{
        {"short", {&short_of_breath, group + "|ttl=3"}},
        {"even", {&even, group + "|ttl=4"}},
        {"by its driver", {&even_by_itself, group}},
    };
    std::vector<Subscription> subscriptions;
    for (const auto& [name, receiver] : receivers)
        subscriptions.push_back(receiver.first->client.add_subscription(receiver.second, StreamId{1}));
    auto publication = sending.client.add_exclusive_publication(group + "|ttl=4", StreamId{1});
    const auto deadline = steady_clock::now() + patience;
    for (const Subscription& subscription : subscriptions)
        while (!subscription.is_connected() && steady_clock::now() < deadline) std::this_thread::yield();
    for (const Subscription& subscription : subscriptions)
        EXPECT_TRUE(subscription.is_connected()) << "on one machine every answer arrives";

    const Findings of_short{short_of_breath};
    EXPECT_GE(of_short.asymmetries(), 1);
    while (of_short.errors().empty() && steady_clock::now() < deadline) std::this_thread::yield();
    EXPECT_THAT(of_short.errors(), Contains(HasSubstr("the publication's ttl is higher than ours")));
    for (const End* end : {&even, &even_by_itself}) {
        const Findings found{*end};
        EXPECT_EQ(found.asymmetries(), 0);
        EXPECT_THAT(found.errors(), IsEmpty());
    }
}

}  // namespace
}  // namespace gale::testing
