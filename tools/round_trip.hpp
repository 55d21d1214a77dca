/// Messages there and back: what `ping`, `pong`, `bench latency`, `bench rtt` and `demo` are made of.
#pragma once

#include "histogram.hpp"
#include "idle.hpp"
#include "os/signals.hpp"

#include <gale/client.hpp>
#include <gale/function_ref.hpp>
#include <gale/types.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace gale::tools {

/// Aeron's samples use the same streams.
struct RoundTripChannels {
    std::string ping_channel = "aeron:ipc";
    std::string pong_channel = "aeron:ipc";
    StreamId ping_stream{1002};
    StreamId pong_stream{1003};
};

inline constexpr std::int64_t shortest_ping = 16;  ///< its number and its time

struct PingSettings {
    RoundTripChannels channels{};
    std::int64_t message_length = 32;  ///< at least `shortest_ping`
    std::int64_t warmup = 10'000;      ///< messages that are not counted
    std::int64_t count = 100'000;
    std::int64_t rate = 0;  ///< per second, latency counted from when each was due; 0: each when the last is back
    Idling idling = Idling::yield;
    int cpu = -1;
    Nanos patience = std::chrono::seconds{10};  ///< without an answer, or a pong at all
};

struct PingResult {
    Histogram histogram{};
    Nanos elapsed{};
    bool complete = false;  ///< false: a stop was asked for
};

/// What one side holds: where it hears and where it speaks.
struct RoundTripEnd {
    Subscription in;
    ExclusivePublication out;
};
[[nodiscard]] RoundTripEnd open_ping_end(Client& client, const RoundTripChannels& channels);
[[nodiscard]] RoundTripEnd open_pong_end(Client& client, const RoundTripChannels& channels);
/// First that of ping, then that of pong. The clients may be one, or of two drivers; ports may be left to the system.
[[nodiscard]] std::pair<RoundTripEnd, RoundTripEnd> open_both_ends(Client& pinging, Client& ponging,
                                                                   const RoundTripChannels& channels);

/// Sends and receives in a thread of its own, while the calling one only tells how it goes: `on_progress` with how many
/// are counted, about `progress_interval` apart, `on_waiting` once when no pong is there. Throws when answers stay away
/// or are not what was sent.
[[nodiscard]] PingResult ping(RoundTripEnd end, const PingSettings& settings, const os::StopSignals& stop,
                              Nanos progress_interval, FunctionRef<void(std::int64_t counted)> on_progress,
                              FunctionRef<void()> on_waiting);

/// Sends back what comes. `stopped` is asked while there is nothing to do. Returns how many messages went back.
std::int64_t pong(RoundTripEnd end, Idling idling, int cpu, FunctionRef<bool()> stopped);

/// A pong in a thread of this process, for as long as the object lives.
class PongThread {
public:
    PongThread(RoundTripEnd end, Idling idling, int cpu);
    PongThread(const PongThread&) = delete;
    PongThread& operator=(const PongThread&) = delete;
    ~PongThread();

private:
    struct Running;
    std::unique_ptr<Running> running_;
};

}  // namespace gale::tools
