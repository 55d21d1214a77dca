/// For tests only: a network made of lists, counters, and the frames of a publication.
#pragma once

#include "driver/receiver/receiver.hpp"
#include "logbuffer/testing.hpp"
#include "wire/datagram.hpp"

#include <ostream>
#include <vector>

namespace gale::driver::receiver::testing {

using namespace std::chrono_literals;
using gale::testing::LogInMemory;
using gale::testing::small_log;
using gale::testing::small_term;
using gale::testing::to_vector;

using Bytes = std::vector<std::byte>;

inline net::SocketAddress address(std::uint8_t last, std::uint16_t port) {
    net::SocketAddress made{.port = port};
    made.ip.bytes = {127, 0, 0, last};
    return made;
}
inline const net::SocketAddress publisher = address(9, 5000);
inline const net::SocketAddress control_address = address(8, 6000);

class ScriptedTransport final : public net::Transport {
public:
    struct Sent {
        Bytes bytes;
        net::SocketAddress to;
    };
    int send(std::span<const net::Datagram> batch, const net::SocketAddress* to) noexcept override {
        if (refuses) return 0;
        for (const net::Datagram& each : batch)
            if (keeps) sent.push_back({to_vector(each.bytes), *to});
        return static_cast<int>(batch.size());
    }
    int receive(FunctionRef<void(std::span<const net::Received>)> handler, int limit) noexcept override {
        const auto count = std::min(arrivals.size() - next_, static_cast<std::size_t>(limit));
        largest_limit = std::max(largest_limit, limit);
        batch_.clear();
        for (std::size_t i = 0; i < count; ++i) {
            const auto& [bytes, source] = arrivals[next_ + i];
            batch_.push_back({.bytes = bytes, .source = source, .kernel_time = kernel_time});
        }
        if (count > 0) handler(batch_);
        next_ += count;
        if (next_ == arrivals.size()) {
            arrivals.clear();
            next_ = 0;
        }
        return static_cast<int>(count);
    }
    int take_error() noexcept override { return std::exchange(error, 0); }
    net::SocketAddress local_address() const noexcept override { return address(1, 40123); }
    std::int64_t send_buffer_length() const noexcept override { return 1 << 20; }
    std::int64_t receive_buffer_length() const noexcept override { return 1 << 20; }

    std::vector<std::pair<Bytes, net::SocketAddress>> arrivals;
    std::vector<Sent> sent;
    Nanos kernel_time{};
    int error = 0;
    int largest_limit = 0;
    bool refuses = false;
    bool keeps = true;  // what is sent

private:
    std::size_t next_ = 0;
    std::vector<net::Received> batch_ = std::vector<net::Received>(0);
};

class ScriptedPoller final : public net::Poller {
public:
    void add(net::Transport& transport) override { transports.push_back(&transport); }
    void remove(net::Transport& transport) noexcept override { std::erase(transports, &transport); }
    void ready(FunctionRef<void(net::Transport&)> handler) noexcept override {
        for (net::Transport* each : transports) handler(*each);
    }
    void wait(Nanos /*longest*/) noexcept override {}
    void wake() noexcept override {}
    std::vector<net::Transport*> transports;
};

struct TestCounters {
    using Cell = shm::Cell<std::int64_t>;
    Cell bytes_received{}, heartbeats_received{}, status_messages_sent{}, naks_sent{}, error_frames_sent{},
        under_runs{}, over_runs{}, invalid_packets{}, short_sends{}, errors{}, ttl_asymmetries{}, loss_gap_fills{},
        images_revoked{}, sessions_refused{}, long_terms_refused{}, replies_withheld{};
    Counters all{.bytes_received = bytes_received,
                 .heartbeats_received = heartbeats_received,
                 .status_messages_sent = status_messages_sent,
                 .naks_sent = naks_sent,
                 .error_frames_sent = error_frames_sent,
                 .under_runs = under_runs,
                 .over_runs = over_runs,
                 .invalid_packets = invalid_packets,
                 .short_sends = short_sends,
                 .errors = errors,
                 .ttl_asymmetries = ttl_asymmetries,
                 .loss_gap_fills = loss_gap_fills,
                 .images_revoked = images_revoked,
                 .sessions_refused = sessions_refused,
                 .long_terms_refused = long_terms_refused,
                 .replies_withheld = replies_withheld};
};

/// Which stream a frame is of.
struct Key {
    SessionId session{1};
    StreamId stream{10};
    TermId initial{3};
};

/// A data frame at a position of a stream with terms of `small_term` bytes: `length` with header, its payload told by
/// its position.
inline Bytes frame_at(std::int64_t position, std::int32_t length, wire::FrameType type = wire::FrameType::data,
                      Key key = {}) {
    const logbuffer::Geometry geometry{key.initial, small_term};
    const logbuffer::Place place = geometry.place(Position{position});
    wire::FrameHeader header{};
    header.frame_length = length;
    header.flags = wire::flags::whole;
    header.type = type;
    header.term_offset = place.offset;
    header.session_id = key.session.value;
    header.stream_id = key.stream.value;
    header.term_id = place.term_id.value;
    Bytes bytes(static_cast<std::size_t>(type == wire::FrameType::padding ? 32 : wire::footprint(length)));
    std::memcpy(bytes.data(), &header, sizeof header);
    if (type == wire::FrameType::data)
        for (std::size_t i = 32; i < static_cast<std::size_t>(length); ++i)
            bytes[i] = static_cast<std::byte>(static_cast<std::uint64_t>(position) / 32 + i);
    return bytes;
}
inline Bytes heartbeat_at(std::int64_t position, std::uint8_t flags = wire::flags::whole, Key key = {}) {
    Bytes bytes = frame_at(position, 32, wire::FrameType::data, key);
    const auto heartbeat = wire::heartbeat_header(flags);
    std::memcpy(bytes.data(), &heartbeat, sizeof heartbeat);
    return bytes;
}
inline Bytes operator+(Bytes one, const Bytes& other) {
    one.insert(one.end(), other.begin(), other.end());
    return one;
}
template <class Frame> Bytes bytes_of(const Frame& frame) { return to_vector(std::as_bytes(std::span{&frame, 1})); }

struct SetupOptions {
    std::int64_t position = 0;
    std::uint8_t flags = 0;
    std::int32_t term_length = small_term;
    std::int32_t ttl = 0;
    std::int32_t mtu = 1408;
    Key key{};
};
inline Bytes setup_frame(const SetupOptions& options = {}) {
    const logbuffer::Geometry geometry{options.key.initial, options.term_length};
    const logbuffer::Place place = geometry.place(Position{options.position});
    wire::Setup setup{.session_id = options.key.session, .stream_id = options.key.stream};
    setup.common.flags = options.flags;
    setup.term_offset = place.offset;
    setup.initial_term_id = options.key.initial;
    setup.active_term_id = place.term_id;
    setup.term_length = options.term_length;
    setup.mtu = options.mtu;
    setup.ttl = options.ttl;
    return bytes_of(setup);
}

inline void PrintTo(const Bytes& bytes, std::ostream* out) { *out << gale::testing::to_hex(bytes); }

}  // namespace gale::driver::receiver::testing
