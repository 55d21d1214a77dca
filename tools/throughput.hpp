/// One publisher, one subscriber, as fast as they can: what `demo` shows and `bench throughput` measures.
#pragma once

#include "os/signals.hpp"

#include <gale/client.hpp>
#include <gale/function_ref.hpp>
#include <gale/types.hpp>

#include <cstdint>
#include <string>

namespace gale::tools {

enum class Publishing { exclusive, shared };
enum class Method { offer, claim };

struct ThroughputSettings {
    std::string channel = "aeron:ipc";
    StreamId stream{1001};
    std::int64_t message_length = 32;  ///< at least 8: each message carries its number
    Publishing publishing = Publishing::exclusive;
    Method method = Method::offer;
    int fragment_limit = 256;
    Nanos warmup = std::chrono::milliseconds{500};
    Nanos duration = std::chrono::seconds{5};
    int publisher_cpu = -1;  ///< -1: anywhere
    int subscriber_cpu = -1;
};

struct ThroughputResult {
    std::int64_t messages = 0;  ///< received while it was measured
    Nanos elapsed{};
    double messages_per_second = 0;
    double bytes_per_second = 0;      ///< of payload
    std::int64_t total_messages = 0;  ///< with warm-up and what was under way at the end; each was checked
    std::int64_t times_refused = 0;   ///< how often the publisher met back pressure or a rotating log
};

/// How far a run is, for a progress line.
struct ThroughputProgress {
    Nanos elapsed;
    double messages_per_second;
    double bytes_per_second;
};

/// The two clients may be one, or of two drivers. Runs until the time is over or a stop is asked for. Throws when a
/// message is missing, out of order or too many.
[[nodiscard]] ThroughputResult run_throughput(Client& sending, Client& receiving, const ThroughputSettings& settings,
                                              const os::StopSignals& stop, Nanos progress_interval,
                                              FunctionRef<void(const ThroughputProgress&)> on_progress);

}  // namespace gale::tools
