/// What subscriptions to the network go by: the driver's defaults, and what of them an image is made of.
#pragma once

#include "channel/parameters.hpp"
#include "control/commands.hpp"
#include "control/counter_types.hpp"
#include "driver/conductor/counter_set.hpp"
#include "driver/receiver/congestion_control.hpp"
#include "driver/receiver/messages.hpp"
#include "driver/receiver/recovery.hpp"
#include "logbuffer/log.hpp"

#include <gale/driver_options.hpp>
#include <gale/error.hpp>
#include <gale/types.hpp>

#include <memory>

namespace gale::driver {

[[nodiscard]] channel::SubscriptionDefaults subscription_defaults(const DriverOptions& options);

/// To throw when a subscription is to lose what it never had: shared memory and spies go by the very same text.
[[nodiscard]] Error no_such_destination(const control::ChangeDestination& command);

/// Whether NAKs wait for those of others, and go to all of them.
[[nodiscard]] bool is_group(channel::GroupMode mode, bool is_multicast, const receiver::ImageWanted& wanted) noexcept;
[[nodiscard]] receiver::NakSettings nak_settings(const DriverOptions& options,
                                                 const channel::SubscriptionParameters& parameters, bool is_group);

/// The strategy that the channel names, or the driver's own. Its counters, if it has any, join `counters`.
[[nodiscard]] std::unique_ptr<receiver::CongestionControl>
make_congestion_control(const DriverOptions& options, const channel::SubscriptionParameters& parameters,
                        const receiver::WindowSettings& window, CounterSet& counters, const control::StreamKey& key,
                        Tick tick);

/// Of the image's log. What is announced is not changed any more.
struct ImageLogFacts {
    CorrelationId registration_id;
    const receiver::ImageWanted& wanted;
    const channel::SubscriptionParameters& parameters;
    bool is_group;
    std::int64_t receive_buffer_length;
};
[[nodiscard]] logbuffer::LogSettings image_log_settings(const ImageLogFacts& facts, std::int32_t page_size);
/// What only the logs of images say.
void describe_image(const ImageLogFacts& facts, logbuffer::LogMetadata& metadata) noexcept;

}  // namespace gale::driver
