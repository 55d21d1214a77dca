#include "driver/conductor/counter_set.hpp"

#include "control/message.hpp"

#include <gale/error.hpp>

#include <utility>

namespace gale::driver {
namespace {

using control::CounterType;

constexpr std::size_t max_key_channel = 108;
constexpr std::size_t max_key_address = 103;

}  // namespace

CounterSet::CounterSet(CounterSet&& other) noexcept
    : counters_{other.counters_}, tick_{other.tick_}, ids_{std::exchange(other.ids_, {})} {}

CounterSet& CounterSet::operator=(CounterSet&& other) noexcept {
    if (this == &other) return *this;
    release(tick_);
    counters_ = other.counters_;
    tick_ = other.tick_;
    ids_ = std::exchange(other.ids_, {});
    return *this;
}

void CounterSet::release(Tick tick) noexcept {
    for (const CounterId id : ids_) counters_->free(id, tick);
    ids_.clear();
}

CounterId CounterSet::add(const shm::CounterSpec& spec) {
    const auto id = counters_->allocate(spec, tick_);
    if (!id)
        throw Error{ErrorCode::generic, "no counter is left for " + std::string{spec.label} +
                                            ": raise counters.buffer.length of the driver"};
    ids_.push_back(*id);
    return *id;
}

CounterId CounterSet::add_stream(CounterType type, std::string_view name, const control::StreamKey& key, ClientId owner,
                                 std::int64_t initial_value) {
    const auto encoded = control::encode(key);
    return add({.type_id = static_cast<std::int32_t>(type),
                .key = encoded,
                .label = control::stream_label(name, key),
                .registration_id = key.registration_id.value,
                .owner_id = owner.value,
                .initial_value = initial_value});
}

CounterId add_channel_counter(CounterSet& set, CounterType type, std::string_view name, std::string_view channel,
                              std::string_view bound, CorrelationId registration_id) {
    control::MessageWriter key;
    key.put_text(channel.substr(0, max_key_channel));
    std::string label = std::string{name} + ": " + std::string{channel};
    if (!bound.empty()) label.append(" ").append(bound);
    return set.add({.type_id = static_cast<std::int32_t>(type),
                    .key = key.bytes(),
                    .label = label,
                    .registration_id = registration_id.value});
}

CounterId add_channel_status(CounterSet& set, EndpointSide side, std::string_view channel, std::string_view bound,
                             CorrelationId registration_id) {
    const CounterType type =
        side == EndpointSide::send ? CounterType::send_channel_status : CounterType::receive_channel_status;
    return add_channel_counter(set, type, control::name(type), channel, bound, registration_id);
}

CounterId add_local_address(CounterSet& set, EndpointSide side, CounterId status, std::string_view bound,
                            CorrelationId registration_id) {
    control::MessageWriter key;
    key.put(status.value).put_text(bound.substr(0, max_key_address));
    const std::string_view name = side == EndpointSide::send ? "snd-local-sockaddr" : "rcv-local-sockaddr";
    const std::string label = std::string{name} + ": " + std::to_string(status.value) + " " + std::string{bound};
    return set.add({.type_id = static_cast<std::int32_t>(CounterType::local_socket_address),
                    .key = key.bytes(),
                    .label = label,
                    .registration_id = registration_id.value,
                    .initial_value = channel_is_active});
}

}  // namespace gale::driver
