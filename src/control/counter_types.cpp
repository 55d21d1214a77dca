#include "control/counter_types.hpp"

#include "control/message.hpp"

#include <bit>

namespace gale::control {
namespace {

constexpr std::array<std::string_view, system_counter_count> system_labels{
    "Bytes sent",
    "Bytes received",
    "Failed offers to ReceiverProxy",
    "Failed offers to SenderProxy",
    "Failed offers to DriverConductorProxy",
    "NAKs sent",
    "NAKs received",
    "Status Messages sent",
    "Status Messages received",
    "Heartbeats sent",
    "Heartbeats received",
    "Retransmits sent",
    "Flow control under runs",
    "Flow control over runs",
    "Invalid packets",
    "Errors",
    "Short sends",
    "Failed attempts to free log buffers",
    "Sender flow control limits, i.e. back-pressure events",
    "Unblocked Publications",
    "Unblocked Control Commands",
    "Possible TTL Asymmetry",
    "ControllableIdleStrategy status",
    "Loss gap fills",
    "Client liveness timeouts",
    "Resolution changes",
    "Conductor max cycle time doing its work in ns",
    "Conductor work cycle exceeded threshold count",
    "Sender max cycle time doing its work in ns",
    "Sender work cycle exceeded threshold count",
    "Receiver max cycle time doing its work in ns",
    "Receiver work cycle exceeded threshold count",
    "NameResolver max time in ns",
    "NameResolver exceeded threshold count",
    "Aeron software",
    "Bytes currently mapped",
    "Retransmitted bytes",
    "Retransmit Pool Overflow count",
    "Error Frames received",
    "Error Frames sent",
    "Publications Revoked",
    "Publication Images Revoked",
    "Images rejected",
    "Control protocol version",
    "Status Messages rejected",
    "Failed offers to NativeResourceAgentProxy",
};

constexpr std::array<std::string_view, refusal_count> refusal_labels{
    "Sessions refused",     "Setups refused for too long terms", "Images refused for want of memory",
    "Replies withheld",     "News of receivers withheld",        "Retransmissions withheld",
    "Destinations refused",
};

constexpr std::size_t max_key_channel_length = 92;

}  // namespace

std::string_view label(SystemCounter counter) noexcept { return system_labels[static_cast<std::size_t>(counter)]; }

std::string_view label(Refusal refusal) noexcept { return refusal_labels[static_cast<std::size_t>(refusal)]; }

std::string_view name(CounterType type) noexcept {
    switch (type) {
    case CounterType::system: return "";
    case CounterType::publisher_limit: return "pub-lmt";
    case CounterType::sender_position: return "snd-pos";
    case CounterType::receiver_high_water_mark: return "rcv-hwm";
    case CounterType::subscriber_position: return "sub-pos";
    case CounterType::receiver_position: return "rcv-pos";
    case CounterType::send_channel_status: return "snd-channel";
    case CounterType::receive_channel_status: return "rcv-channel";
    case CounterType::sender_limit: return "snd-lmt";
    case CounterType::per_image: return "per-image";
    case CounterType::client_heartbeat: return "client-heartbeat";
    case CounterType::publisher_position: return "pub-pos";
    case CounterType::sender_back_pressure: return "snd-bpe";
    case CounterType::local_socket_address: return "local-sockaddr";
    case CounterType::resolver_neighbors: return "Resolver neighbors";
    case CounterType::resolver_cache_entries: return "Resolver cache entries";
    case CounterType::flow_control_receivers: return "fc-receivers";
    case CounterType::mdc_destinations: return "mdc-num-dest";
    case CounterType::sender_naks_received: return "snd-naks-received";
    case CounterType::receiver_naks_sent: return "rcv-naks-sent";
    case CounterType::bootstrap_neighbor: return "Bootstrap neighbor";
    case CounterType::refused: return "refused";
    }
    return "";
}

std::vector<std::byte> encode(const StreamKey& key) {
    MessageWriter out;
    out.put(key.registration_id.value)
        .put(key.session_id.value)
        .put(key.stream_id.value)
        .put_text(key.channel.substr(0, max_key_channel_length));
    return {out.bytes().begin(), out.bytes().end()};
}

std::string stream_label(std::string_view name, const StreamKey& key) {
    std::string text{name};
    text += ": " + std::to_string(key.registration_id.value) + " " + std::to_string(key.session_id.value) + " " +
            std::to_string(key.stream_id.value) + " ";
    return text.append(key.channel);
}

std::array<std::byte, 8> heartbeat_key(ClientId client) noexcept {
    return std::bit_cast<std::array<std::byte, 8>>(client.value);
}
std::array<std::byte, 4> system_key(SystemCounter counter) noexcept {
    return std::bit_cast<std::array<std::byte, 4>>(static_cast<std::int32_t>(counter));
}
std::array<std::byte, 4> refusal_key(Refusal refusal) noexcept {
    return std::bit_cast<std::array<std::byte, 4>>(static_cast<std::int32_t>(refusal));
}

}  // namespace gale::control
