#include "control/counter_copies.hpp"

#include "control/counter_types.hpp"

#include <algorithm>
#include <cstring>
#include <span>

namespace gale::control {
namespace {

template <class T> T field(std::span<const std::byte> key, std::size_t offset) noexcept {
    T value{};
    if (offset + sizeof value <= key.size()) std::memcpy(&value, key.data() + offset, sizeof value);
    return value;
}

/// A length and as many characters, never beyond the key: docs/formats/counters.md, keys.
std::string text_at(std::span<const std::byte> key, std::size_t offset) {
    const auto length = static_cast<std::size_t>(std::max<std::int32_t>(0, field<std::int32_t>(key, offset)));
    const auto text = key.subspan(offset + sizeof(std::int32_t));
    return std::string{as_text(text.first(std::min(length, text.size())))};
}

bool is_stream_type(std::int32_t type) noexcept {
    switch (static_cast<CounterType>(type)) {
    case CounterType::publisher_limit:
    case CounterType::sender_position:
    case CounterType::receiver_high_water_mark:
    case CounterType::subscriber_position:
    case CounterType::receiver_position:
    case CounterType::sender_limit:
    case CounterType::per_image:
    case CounterType::publisher_position:
    case CounterType::sender_back_pressure:
    case CounterType::flow_control_receivers:
    case CounterType::sender_naks_received:
    case CounterType::receiver_naks_sent: return true;
    default: return false;
    }
}

bool is_channel_type(std::int32_t type) noexcept {
    const auto known = static_cast<CounterType>(type);
    return known == CounterType::send_channel_status || known == CounterType::receive_channel_status ||
           known == CounterType::mdc_destinations;
}

CounterCopy copy(const shm::CounterView& seen) {
    CounterCopy counter{.id = seen.id,
                        .type_id = seen.type_id,
                        .value = seen.value,
                        .registration_id = seen.registration_id,
                        .owner_id = seen.owner_id,
                        .reference_id = seen.reference_id,
                        .label = std::string{seen.label}};
    while (counter.label.ends_with('\0')) counter.label.pop_back();  // some drivers count one of them
    if (is_stream_type(seen.type_id)) {
        counter.stream = StreamOfCounter{.registration_id = field<std::int64_t>(seen.key, 0),
                                         .session_id = SessionId{field<std::int32_t>(seen.key, 8)},
                                         .stream_id = StreamId{field<std::int32_t>(seen.key, 12)},
                                         .channel = text_at(seen.key, 16)};
        counter.channel = counter.stream->channel;
    } else if (is_channel_type(seen.type_id)) {
        counter.channel = text_at(seen.key, 0);
    }
    return counter;
}

}  // namespace

std::vector<CounterCopy> copy_counters(const shm::Counters& counters) {
    std::vector<CounterCopy> copies;
    counters.for_each([&](const shm::CounterView& seen) { copies.push_back(copy(seen)); });
    return copies;
}

std::string full_channel(const CounterCopy& counter) {
    if (!counter.channel) return {};
    const std::string& label = counter.label;
    const auto begin = counter.channel->empty() ? std::string::npos : label.find(*counter.channel);
    if (begin == std::string::npos) return *counter.channel;
    // What follows begins with a blank, which channels hardly have: an address, or where a subscriber joined.
    const auto end = label.find(' ', begin + counter.channel->size());
    return label.substr(begin, end == std::string::npos ? end : end - begin);
}

}  // namespace gale::control
