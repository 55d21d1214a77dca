/// The counters of one thing of the network, allocated together: all of them, or none and an Error.
#pragma once

#include "base/time.hpp"
#include "control/counter_types.hpp"
#include "shm/counters.hpp"

#include <gale/types.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gale::driver {

class CounterSet {
public:
    CounterSet() = default;
    CounterSet(shm::CountersManager& counters, Tick tick) noexcept : counters_{&counters}, tick_{tick} {}
    CounterSet(CounterSet&& other) noexcept;
    CounterSet& operator=(CounterSet&& other) noexcept;
    /// Frees what `release` has not freed.
    ~CounterSet() { release(tick_); }

    /// Throws Error when none is left.
    CounterId add(const shm::CounterSpec& spec);
    /// A counter whose key and label name a stream.
    CounterId add_stream(control::CounterType type, std::string_view name, const control::StreamKey& key,
                         ClientId owner, std::int64_t initial_value);
    [[nodiscard]] shm::Cell<std::int64_t>& cell(CounterId id) const noexcept { return counters_->value(id); }
    void release(Tick tick) noexcept;

private:
    shm::CountersManager* counters_ = nullptr;
    Tick tick_{};  ///< of its making
    std::vector<CounterId> ids_;
};

/// Of a send or receive channel endpoint. docs/formats/counters.md, channel status.
enum class EndpointSide : std::uint8_t { send, receive };
inline constexpr std::int64_t channel_is_active = 1;
inline constexpr std::int64_t channel_is_closing = 2;
/// The status counter: initializing; `bound` is appended to its label when it is not empty.
CounterId add_channel_status(CounterSet& set, EndpointSide side, std::string_view channel, std::string_view bound,
                             CorrelationId registration_id);
CounterId add_local_address(CounterSet& set, EndpointSide side, CounterId status, std::string_view bound,
                            CorrelationId registration_id);
/// The channel as key, `<name>: <channel>` as label.
CounterId add_channel_counter(CounterSet& set, control::CounterType type, std::string_view name,
                              std::string_view channel, std::string_view bound, CorrelationId registration_id);

}  // namespace gale::driver
