/// The counters of a driver, copied and taken apart by what they belong to.
#pragma once

#include "shm/counters.hpp"

#include <gale/types.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gale::control {

/// What the key of a counter says that belongs to a stream.
struct StreamOfCounter {
    std::int64_t registration_id;
    SessionId session_id;
    StreamId stream_id;
    std::string channel;  ///< the key holds only its beginning: see `full_channel`
};

/// One counter, ours to keep.
struct CounterCopy {
    CounterId id;
    std::int32_t type_id = 0;
    std::int64_t value = 0;
    std::int64_t registration_id = 0;
    std::int64_t owner_id = 0;
    std::int64_t reference_id = 0;
    std::string label{};
    std::optional<StreamOfCounter> stream{};
    std::optional<std::string> channel{};  ///< of stream and channel counters, as the key has it
};

[[nodiscard]] std::vector<CounterCopy> copy_counters(const shm::Counters& counters);
/// The channel of a stream or channel counter as far as its label holds it, which is longer than its key. Empty for
/// others.
[[nodiscard]] std::string full_channel(const CounterCopy& counter);

}  // namespace gale::control
