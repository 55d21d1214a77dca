/// Which stream, and how patiently: what a publisher and a subscriber are made of.
#pragma once

#include <gale/types.hpp>

#include <chrono>
#include <cstdint>
#include <stop_token>
#include <string>

namespace gale {

/// A time that never ends.
inline constexpr Nanos forever = Nanos::max();

/// How long `put` tries, and what for.
struct PutOptions {
    Nanos timeout = std::chrono::seconds{1};  ///< for back pressure and rotations; zero: one attempt
    bool wait_for_subscriber = false;  ///< within `timeout`, wait for a first subscriber, too; within 0.2 s after the
                                       ///< context added a publisher or subscriber it does so anyhow
    std::int64_t reserved_value = 0;   ///< 64 bits beside the message, for Message::reserved_value
    std::stop_token stop{};            ///< ends the waiting, not the first attempt
};

struct Config {
    std::string uri = "aeron:ipc";
    std::int32_t stream = 1001;
    bool exclusive = false;  ///< a publisher: for one thread alone, and then faster
    PutOptions put{};        ///< a publisher: what `put` does when it is not told otherwise
    Nanos add_timeout{0};    ///< how long to wait for the driver's answer; zero: the client's driver timeout
};

}  // namespace gale
