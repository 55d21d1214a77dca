#include "driver/conductor/subscription_rules.hpp"

#include <string>

namespace gale::driver {
namespace {

channel::GroupMode group_mode(GroupConsideration consideration) noexcept {
    switch (consideration) {
    case GroupConsideration::no: return channel::GroupMode::no;
    case GroupConsideration::yes: return channel::GroupMode::yes;
    case GroupConsideration::infer: break;
    }
    return channel::GroupMode::infer;
}

}  // namespace

using control::CounterType;

channel::SubscriptionDefaults subscription_defaults(const DriverOptions& options) {
    channel::SubscriptionDefaults defaults;
    defaults.reliable = options.reliable_stream;
    defaults.sparse = options.term_buffer_sparse_file;
    defaults.tether = options.tether_subscriptions;
    defaults.rejoin = options.rejoin_stream;
    defaults.group = group_mode(options.receiver_group_consideration);
    defaults.group_tag = options.receiver_group_tag;
    defaults.nak_delay = options.nak_unicast_delay;
    defaults.receiver_window = static_cast<std::int32_t>(options.initial_window_length);
    defaults.socket_receive_buffer = static_cast<std::int32_t>(options.socket_receive_buffer);
    defaults.untethered = {.window_limit = options.untethered_window_limit_timeout,
                           .linger = options.untethered_linger_timeout,
                           .resting = options.untethered_resting_timeout};
    return defaults;
}

Error no_such_destination(const control::ChangeDestination& command) {
    return {ErrorCode::unknown_subscription, "subscription " + std::to_string(command.registration_id.value) +
                                                 " has no destination " + std::string{command.channel} +
                                                 " to remove: the text must be the one it was added with"};
}

bool is_group(channel::GroupMode mode, bool is_multicast, const receiver::ImageWanted& wanted) noexcept {
    switch (mode) {
    case channel::GroupMode::no: return false;
    case channel::GroupMode::yes: return true;
    case channel::GroupMode::infer: break;
    }
    return is_multicast || wanted.group;
}

receiver::NakSettings nak_settings(const DriverOptions& options, const channel::SubscriptionParameters& parameters,
                                   bool is_group) {
    const Nanos delay = parameters.settings.nak_delay;
    return {.delay = delay,
            .retry = delay * options.nak_unicast_retry_delay_ratio,
            .is_group = is_group,
            .group_max_backoff = options.nak_multicast_max_backoff,
            .group_size = static_cast<std::int32_t>(options.nak_multicast_group_size)};
}

std::optional<channel::CongestionControl> chosen_congestion_control(const DriverOptions& options,
                                                                    const channel::SubscriptionParameters& parameters) {
    if (options.congestion_control == "static") return channel::CongestionControl::fixed;
    if (options.congestion_control == "cubic") return channel::CongestionControl::cubic;
    return parameters.congestion_control;
}

std::unique_ptr<receiver::CongestionControl> make_congestion_control(const DriverOptions& options,
                                                                     const channel::SubscriptionParameters& parameters,
                                                                     const receiver::WindowSettings& window,
                                                                     CounterSet& counters,
                                                                     const control::StreamKey& key, Tick tick) {
    const auto chosen = chosen_congestion_control(options, parameters);
    if (chosen == channel::CongestionControl::cubic) {
        const auto counter = [&](std::string_view name) {
            return &counters.cell(counters.add_stream(CounterType::per_image, name, key, no_client, 0));
        };
        return receiver::make_cubic_window(window, {.start = tick.now,
                                                    .initial_round_trip = options.cubic_initial_round_trip,
                                                    .measures = options.cubic_measures_round_trip,
                                                    .tcp_mode = options.cubic_tcp_mode,
                                                    .round_trip_counter = counter("rcv-cc-cubic-rtt"),
                                                    .window_counter = counter("rcv-cc-cubic-wnd")});
    }
    if (chosen || parameters.receiver_window) return receiver::make_static_window(window);
    return receiver::make_own_window(window);
}

logbuffer::LogSettings image_log_settings(const ImageLogFacts& facts, std::int32_t page_size) {
    const receiver::ImageWanted& wanted = facts.wanted;
    const auto& untethered = facts.parameters.settings.untethered;
    return {.type = logbuffer::LogType::image,
            .correlation_id = facts.registration_id,
            .session_id = wanted.session_id,
            .stream_id = wanted.stream_id,
            .initial_term_id = wanted.initial_term_id,
            .starting_term_id = wanted.active_term_id,
            .starting_offset = wanted.term_offset,
            .term_length = wanted.term_length,
            .page_size = page_size,
            .mtu_length = wanted.mtu,
            .untethered_window_limit_timeout = untethered.window_limit,
            .untethered_linger_timeout = untethered.linger.value_or(untethered.window_limit),
            .untethered_resting_timeout = untethered.resting,
            .is_response = facts.parameters.is_response,
            .sparse = facts.parameters.settings.sparse};
}

void describe_image(const ImageLogFacts& facts, logbuffer::LogMetadata& metadata) noexcept {
    const auto& settings = facts.parameters.settings;
    const auto flag = [](bool value) { return static_cast<std::uint8_t>(value ? 1 : 0); };
    metadata.receiver_window_length = settings.receiver_window;
    metadata.socket_rcvbuf_length = static_cast<std::int32_t>(facts.receive_buffer_length);
    metadata.group = flag(facts.is_group);
    metadata.reliable = flag(settings.reliable);
    metadata.rejoin = flag(settings.rejoin);
    metadata.tether = flag(settings.tether);
}

}  // namespace gale::driver
