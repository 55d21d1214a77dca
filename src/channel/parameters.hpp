/// What a channel asks for, typed and checked. docs/formats/channel-uri.md has the same table for people.
///
/// A member that is `std::optional` holds what was given, to be compared when something existing is shared; `settings`
/// holds what is then in force, with the driver's defaults filled in. Only text is looked at here: that names resolve,
/// that interfaces exist, and what depends on other publications and subscriptions is for the floors above.
#pragma once

#include "channel/address.hpp"
#include "channel/flow_control.hpp"
#include "channel/uri.hpp"
#include "channel/values.hpp"

#include <gale/types.hpp>

#include <cstdint>
#include <optional>

namespace gale::channel {

/// What a UDP channel says about sockets. On IPC nothing of it is read.
struct UdpParameters {
    ControlMode control_mode = ControlMode::none;
    std::optional<Address> endpoint{};
    std::optional<Address> control{};
    std::optional<Interface> interface {};
    std::optional<std::uint8_t> ttl{};
    std::optional<std::int32_t> socket_send_buffer{};     ///< 0 asks for what the system gives
    std::optional<std::int32_t> socket_receive_buffer{};  ///< likewise
    std::optional<TimestampOffset> media_receive_timestamp{};
    std::optional<TimestampOffset> channel_receive_timestamp{};
    std::optional<TimestampOffset> channel_send_timestamp{};

    /// Literally so. A name may still resolve to a group: then apply `require_odd` to what it resolved to.
    [[nodiscard]] bool is_multicast() const noexcept { return endpoint && endpoint->is_multicast(); }
    /// A multicast channel drops its `control`.
    [[nodiscard]] bool has_explicit_control() const noexcept { return control && !is_multicast(); }
    [[nodiscard]] bool is_multi_destination() const noexcept {
        return control_mode == ControlMode::manual || control_mode == ControlMode::dynamic;
    }
};

/// How long a subscriber that is not tethered may lag, and how long it then rests.
struct UntetheredParameters {
    std::optional<Nanos> window_limit{};
    std::optional<Nanos> linger{};  ///< never 0, which counts as absent
    std::optional<Nanos> resting{};
};
struct UntetheredSettings {
    Nanos window_limit = std::chrono::seconds{5};
    std::optional<Nanos> linger{};  ///< nothing: as the window limit
    Nanos resting = std::chrono::seconds{10};
};

/// The triple that says where a stream begins. term_offset may equal the term length.
struct StartPosition {
    TermId initial_term_id{};
    TermId term_id{};
    std::int32_t term_offset = 0;
    [[nodiscard]] Position position(std::int32_t term_length) const noexcept;
    bool operator==(const StartPosition&) const = default;
};

/// What a driver takes for what a channel leaves out.
struct PublicationDefaults {
    struct Log {
        std::int32_t mtu = 1408;
        std::int32_t term_length = 0;
        std::int32_t window = 0;  ///< 0: half a term
    };
    Log udp{.term_length = 16 * 1024 * 1024};
    Log ipc{.term_length = 64 * 1024 * 1024};
    Nanos linger = std::chrono::seconds{5};
    std::int32_t max_resend = 16;
    bool sparse = true;
    bool end_of_stream = true;
    bool spies_simulate_connection = false;
    UntetheredSettings untethered{};
    std::int32_t socket_send_buffer = 0;  ///< 0: what the system gives, which the socket's owner compares with the mtu
};

/// What is in force once defaults are filled in.
struct PublicationSettings {
    std::int32_t mtu = 0;
    std::int32_t term_length = 0;
    std::int32_t window = 0;
    Nanos linger{};
    std::int32_t max_resend = 0;
    bool sparse = true;
    bool end_of_stream = true;
    bool spies_simulate_connection = false;
    UntetheredSettings untethered{};
};

struct PublicationParameters {
    Media media = Media::ipc;
    UdpParameters udp{};
    Tags tags{};
    std::optional<SessionId> session_id{};
    std::optional<std::int64_t> session_tag{};  ///< see session_tag()
    std::optional<Nanos> linger{};
    std::optional<std::int32_t> term_length{};
    std::optional<std::int32_t> max_resend{};
    std::optional<std::int32_t> mtu{};
    std::optional<std::int32_t> window{};
    std::optional<StartPosition> start{};
    std::optional<bool> sparse{};
    std::optional<bool> end_of_stream{};
    std::optional<bool> spies_simulate_connection{};
    std::optional<std::int64_t> response_correlation_id{};  ///< `response_prototype`, or an id; never -1
    UntetheredParameters untethered{};
    std::optional<FlowControl> flow_control{};  ///< obeyed on multicast and multi-destination channels only
    std::optional<StreamId> stream_id{};        ///< said by the channel; the driver obeys the one of the request
    PublicationSettings settings{};

    [[nodiscard]] bool is_response_prototype() const noexcept { return response_correlation_id == response_prototype; }
    /// Only a tag: valid when a publication endpoint with this tag exists, else `generic`.
    [[nodiscard]] bool needs_tagged_endpoint() const noexcept;
};

/// Throws Error. Evaluates in the order of the C driver, so that the first of several errors is the same one.
[[nodiscard]] PublicationParameters parse_publication(const Uri& uri, const PublicationDefaults& defaults);

/// The n of `session-id=tag:n`. Ask before parse_publication and put mtu and term length of that publication into the
/// defaults: the sizes of this channel are checked against them.
[[nodiscard]] std::optional<std::int64_t> session_tag(const Uri& uri);

/// Throws Error{generic} unless mtu <= window <= half a term.
void check_window(const Given& given, std::int32_t window, const PublicationSettings& settings);

struct SubscriptionDefaults {
    bool reliable = true;
    bool sparse = true;
    bool tether = true;
    bool rejoin = true;
    GroupMode group = GroupMode::infer;
    CongestionControl congestion_control = CongestionControl::fixed;
    std::optional<std::int64_t> group_tag{};
    Nanos nak_delay = std::chrono::microseconds{1};
    std::int32_t receiver_window = 128 * 1024;
    std::int32_t socket_receive_buffer = 128 * 1024;  ///< 0: what the system gives, compared by the socket's owner
    UntetheredSettings untethered{};
};

/// What is in force: the defaults, with what the channel gave instead.
using SubscriptionSettings = SubscriptionDefaults;

struct SubscriptionParameters {
    Media media = Media::ipc;
    Qualifier qualifier = Qualifier::none;
    UdpParameters udp{};
    Tags tags{};
    bool is_response = false;
    std::optional<bool> reliable{};
    std::optional<bool> sparse{};
    std::optional<bool> tether{};
    std::optional<bool> rejoin{};
    std::optional<GroupMode> group{};
    std::optional<SessionId> session_id{};          ///< only this stream; nothing: any
    std::optional<std::int32_t> receiver_window{};  ///< never 0, which counts as absent
    std::optional<CongestionControl> congestion_control{};
    std::optional<std::int64_t> group_tag{};
    std::optional<Nanos> nak_delay{};
    UntetheredParameters untethered{};
    SubscriptionSettings settings{};

    [[nodiscard]] bool is_spy() const noexcept { return qualifier == Qualifier::spy; }
};

[[nodiscard]] SubscriptionParameters parse_subscription(const Uri& uri, const SubscriptionDefaults& defaults);

/// Where a multi-destination publication also sends to.
struct SendDestination {
    Address endpoint{};
    std::optional<Interface> interface {};
    std::optional<std::uint8_t> ttl{};
};

/// Multicast rules do not apply here. A name that does not resolve is not an error of the request, either.
[[nodiscard]] SendDestination parse_send_destination(const Uri& uri);
/// Where a multi-destination subscription also listens: IPC, a spy, or UDP.
[[nodiscard]] SubscriptionParameters parse_receive_destination(const Uri& uri, const SubscriptionDefaults& defaults);

}  // namespace gale::channel
